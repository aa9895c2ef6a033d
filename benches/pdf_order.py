"""Word order of PDFs: samesay's passages against poppler's pdftotext.

    python3 benches/pdf_order.py FOLDER [--reader "samesay passages --format json {}"] [--pages 20] [--show FILE]

Fetches nothing; needs `pdftotext` (poppler-utils) on the path. For every PDF in FOLDER it prints

    order   of the words in passages, the part that is in the longest common subsequence with pdftotext's words: 1 when
            all are read in poppler's order. What was dropped (heads, figure text, captions) is left out here.
    kept    of pdftotext's words, the part that is found, as a bag of words, in passages or in what was dropped: 1 when
            nothing is lost.

Words are compared in NFKC, in lower case, letters and digits only; a hyphen at a line's end joins two halves on both
sides; only the first --pages pages count. A passage may begin on the last of them and go on behind it, so texts are cut
to whole passages. --show prints the places where the two differ, for reading by eye.
"""

import argparse
import bisect
import collections
import difflib
import json
import pathlib
import re
import shlex
import subprocess
import time
import unicodedata


def words(text):
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "-").replace("\u2010", "-")
    text = re.sub(r"(\w)-\s*\n\s*(\w)", r"\1\2", text).lower()
    text = re.sub(r"(?<=\w)['’\-–](?=\w)", "", text)
    found = re.findall(r"[^\W_]+", text)
    spaced = lambda word: list(word) if re.match(r"[\u3040-\u30ff\u3400-\u9fff]", word) else [word]
    return [part for word in found for part in spaced(word)]


def common(a, b):
    """The length of the longest common subsequence (Hunt and Szymanski)."""
    places = collections.defaultdict(list)
    for at, word in enumerate(b):
        places[word].append(at)
    ends = []
    for word in a:
        for at in reversed(places.get(word, ())):
            slot = bisect.bisect_left(ends, at)
            ends[slot : slot + 1] = [at]
    return len(ends)


def poppler(path, pages):
    run = subprocess.run(["pdftotext", "-l", str(pages), path, "-"], capture_output=True, timeout=120)
    return words(run.stdout.decode(errors="replace"))


def reader(command, path, pages):
    started = time.monotonic()
    run = subprocess.run([part.format(path) for part in shlex.split(command)], capture_output=True, timeout=300)
    took = time.monotonic() - started
    answer = json.loads(run.stdout)
    if not answer.get("sources"):
        return None, None, took
    source = answer["sources"][0]
    within = lambda item: (item.get("page") or 1) <= pages
    passages = [word for item in source["passages"] if within(item) for word in words(item["text"])]
    dropped = [word for item in source["dropped"] if within(item) for word in words(item["text"])]
    return passages, dropped, took


def compare(path, command, pages, show):
    theirs = poppler(path, pages)
    ours, dropped, took = reader(command, path, pages)
    if not ours:
        return f"{path.name[:44]:44} {'-':>6} {'-':>6} {len(theirs):7} {0:7} {took:6.2f}"
    bag = collections.Counter(ours) + collections.Counter(dropped)
    kept = sum((collections.Counter(theirs) & bag).values()) / max(len(theirs), 1)
    if show:
        for tag, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
            if tag != "equal":
                print(f"{tag:8} ours: {' '.join(ours[a:b])[:300]!r} (after {' '.join(ours[max(a-4,0):a])!r})\n         theirs: {' '.join(theirs[c:d])[:300]!r}")
    order = common(ours, theirs) / len(ours)
    return f"{path.name[:44]:44} {order:6.3f} {kept:6.3f} {len(theirs):7} {len(ours):7} {took:6.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--reader", default="samesay passages --format json {}")
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--show", default="")
    args = parser.parse_args()
    print(f"{'':44} {'order':>6} {'kept':>6} {'poppler':>7} {'ours':>7} {'s':>6}")
    for path in sorted(args.folder.glob("*.pdf")):
        if not args.show or args.show in path.name:
            print(compare(path, args.reader, args.pages, bool(args.show)), flush=True)


if __name__ == "__main__":
    main()
