#!/usr/bin/env python3
"""How much of invented pages' articles a reader finds, and how much of what stands beside them it takes for text.

    python3 benches/pages/score.py READER [--set tuned|held-out|wild] [--folder DIR] [--failures]

READER is the program, `target/release/samesay` (it is run as `samesay passages FILE --format json`), `trafilatura` (the Python package), or any
other command that prints the text of the file that it is given. The pages are written to DIR (a temporary folder without it).

A snippet (a paragraph of the article, or a text beside it) counts as found when it stands in what the reader gives, white space
aside, as in trafilatura's evaluation; words are counted as bags, as in that of Readability's ports.
"""

import argparse
import collections
import html
import json
import os
import re
import subprocess
import tempfile
import time

import held_out
import tuned
import wild
from page import Page

SETS = {"tuned": (tuned.PAGES, 100), "held-out": (held_out.PAGES, 500), "wild": (wild.PAGES, 900)}


def build(name, folder):
    """Writes the pages of a set. Yields (path, page)."""
    pages, seed = SETS[name]
    for number, entry in enumerate(pages):
        make, language = entry if isinstance(entry, tuple) else (entry, "en")
        page = Page(seed + number, language)
        body = make(page)
        if "<head" not in body:
            body = f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{page.title} | The Quay</title></head>{body}</html>'
        path = os.path.join(folder, f"{name}-{make.__name__}.html")
        with open(path, "w", encoding="utf-8") as file:
            file.write(body)
        yield path, page


def read(reader, path):
    if reader == "trafilatura":
        import trafilatura

        with open(path, encoding="utf-8") as file:
            return trafilatura.extract(file.read(), include_comments=False) or ""
    if os.path.basename(reader) == "samesay":
        environment = dict(os.environ, SAMESAY_STORE="none")
        run = subprocess.run([reader, "passages", path, "--format", "json"], capture_output=True, env=environment)
        if run.returncode != 0:  # a page that it says holds no text
            return ""
        out = run.stdout
        return "\n".join(passage["text"] for source in json.loads(out)["sources"] for passage in source["passages"])
    return subprocess.run([*reader.split(), path], capture_output=True, check=True, text=True).stdout


def bare(text):
    return re.sub(r"\s+", "", html.unescape(text))


def bag(text):
    words = re.findall(r"[\u3040-\u30ff\u3400-\u9fff]|\w+", html.unescape(text).lower())
    return collections.Counter(words)


def ratio(part, whole):
    return part / whole if whole else 1.0


def f1(precision, recall):
    return ratio(2 * precision * recall, precision + recall)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reader")
    parser.add_argument("--set", choices=SETS, action="append")
    parser.add_argument("--folder")
    parser.add_argument("--failures", action="store_true", help="list the snippets that are missed or taken by mistake")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for name in args.set or SETS:
            score(name, args, args.folder or temporary)


def score(name, args, folder):
    os.makedirs(folder, exist_ok=True)
    found = wrong = kept = pages = size = 0
    precisions, recalls, seconds = [], [], 0.0
    for path, page in build(name, folder):
        start = time.perf_counter()
        text = read(args.reader, path)
        seconds += time.perf_counter() - start
        seen = bare(text)
        missed = [snippet for snippet in page.kept if bare(snippet) not in seen]
        taken = [snippet for snippet in page.left_out if bare(snippet) in seen]
        found, wrong, kept = found + len(page.kept) - len(missed), wrong + len(taken), kept + len(page.kept)
        given, wanted = bag(text), bag(" ".join(page.kept))
        shared = (given & wanted).total()
        precisions.append(ratio(shared, given.total()))
        recalls.append(ratio(shared, wanted.total()))
        pages, size = pages + 1, size + os.path.getsize(path)
        if args.failures:
            for sign, snippets in (("-", missed), ("+", taken)):
                for snippet in snippets:
                    print(f"{sign} {os.path.basename(path)}: {snippet[:110]}")
    precision, recall = ratio(found, found + wrong), ratio(found, kept)
    mean_precision, mean_recall = sum(precisions) / pages, sum(recalls) / pages
    print(
        f"{name}: {pages} pages, {size / 1000:.0f} kB; snippets: precision {precision:.3f}, recall {recall:.3f}, F1 {f1(precision, recall):.3f}; "
        f"words: precision {mean_precision:.3f}, recall {mean_recall:.3f}, F1 {f1(mean_precision, mean_recall):.3f}; {seconds:.2f} s"
    )


if __name__ == "__main__":
    main()
