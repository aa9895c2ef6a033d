"""Word order of PDFs: samesay's passages and poppler's pdftotext, against each other and against the true text.

    python3 benches/pdf_order.py FOLDER [--reader "samesay passages --format json {}"] [--pages 20] [--show FILE]

Fetches nothing; needs `pdftotext` (poppler-utils) on the path. For every PDF in FOLDER it prints

    order   2 * common / (ours + theirs): the longest common subsequence of the words in passages and of pdftotext's. Of
            pdftotext's words, those that were dropped with a reason (heads, figure text) are not counted.
    kept    of pdftotext's words, the part that is found, as a bag of words, in passages or in what was dropped: 1 when
            nothing is lost.

Where FILE.txt is beside FILE.pdf, it is the true text: a paragraph per line in reading order; `# ` marks headings, which
are not compared, and `~ ` what stands beside the text: notes, captions, cells. Both readers are held against it:

    true    of its words, the part that is read in its order: what is lost or elsewhere is missing.
    whole   of its sentences, the part that stands word for word, with nothing spliced into it; ours within one passage.
    aside   the same of what stands beside the text, in passages or in what was dropped.

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
    """Our passages and what was dropped, each as lists of words."""
    run = subprocess.run([part.format(path) for part in shlex.split(command)], capture_output=True, timeout=300)
    answer = json.loads(run.stdout)
    if not answer.get("sources"):
        return [], []
    source = answer["sources"][0]
    within = lambda item: (item.get("page") or 1) <= pages
    return [[words(item["text"]) for item in source[key] if within(item)] for key in ("passages", "dropped")]


def flat(lists):
    return [word for words in lists for word in words]


def agreement(ours, dropped, theirs):
    """The order of two readings, and the part of the second that the first has at all."""
    bag, surplus = collections.Counter(ours), collections.Counter(theirs) - collections.Counter(ours)
    explained = sum((surplus & collections.Counter(dropped)).values())
    kept = sum((collections.Counter(theirs) & (bag + collections.Counter(dropped))).values()) / max(len(theirs), 1)
    return 2 * common(ours, theirs) / max(len(ours) + len(theirs) - explained, 1), kept


def truth(path):
    """The paragraphs of the true text, and what stands beside it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line[:2] not in ("# ", "~ ")], [line[2:] for line in lines if line[:2] == "~ "]


def sentences(paragraphs):
    return [words(part) for paragraph in paragraphs for part in re.split(r"(?<=[.!?]) (?=[A-Z0-9])", paragraph)]


def whole(sentences, texts):
    """Of the sentences, those that stand in one of the texts word for word."""
    joined = "\n".join(f" {' '.join(text)} " for text in texts)
    return [sentence for sentence in sentences if f" {' '.join(sentence)} " in joined]


def against(paragraphs, asides, texts, dropped=()):
    body = words("\n".join(paragraphs))
    share = lambda part, texts: len(whole(part, texts)) / max(len(part), 1) if part else None
    beside = share([words(text) for text in asides], [*texts, *dropped])
    return [common(body, flat(texts)) / max(len(body), 1), share(sentences(paragraphs), texts), beside]


def differences(ours, theirs):
    for tag, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag != "equal":
            print(f"{tag:8} ours: {' '.join(ours[a:b])[:300]!r} (after {' '.join(ours[max(a - 4, 0):a])!r})")
            print(f"         theirs: {' '.join(theirs[c:d])[:300]!r}")


def compare(path, command, pages, show):
    theirs = poppler(path, pages)
    passages, dropped = reader(command, path, pages)
    if not passages:
        return {"order": None}
    row = dict(zip(("order", "kept"), agreement(flat(passages), flat(dropped), theirs)))
    if show:
        differences(flat(passages), theirs)
    if path.with_suffix(".txt").exists():
        paragraphs, asides = truth(path.with_suffix(".txt"))
        for reader_is, texts in (("", (passages, dropped)), ("'", ([theirs],))):
            row |= zip((name + reader_is for name in ("true", "whole", "aside")), against(paragraphs, asides, *texts))
        if show:
            broken = [s for s in sentences(paragraphs) if s not in whole(sentences(paragraphs), passages)]
            print(*(f"broken: {' '.join(sentence)}" for sentence in broken), sep="\n")
    return row


COLUMNS = ["order", "kept", "true", "true'", "whole", "whole'", "aside", "aside'"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--reader", default="samesay passages --format json {}")
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--show", default="")
    args = parser.parse_args()
    print(f"{'':36}" + "".join(f"{name:>8}" for name in COLUMNS) + "   (': pdftotext)")
    rows = []
    for path in sorted(args.folder.glob("*.pdf")):
        if args.show and args.show not in path.name:
            continue
        rows.append(compare(path, args.reader, args.pages, bool(args.show)))
        print(line(path.name, rows[-1]), flush=True)
    mean = lambda name: [row[name] for row in rows if row.get(name) is not None]
    print(line(f"mean of {len(rows)}", {name: sum(mean(name)) / len(mean(name)) for name in COLUMNS if mean(name)}))


def line(name, row):
    cell = lambda value: f"{'-':>8}" if value is None else f"{value:8.3f}"
    return f"{name[:36]:36}" + "".join(cell(row.get(column)) for column in COLUMNS)


if __name__ == "__main__":
    main()
