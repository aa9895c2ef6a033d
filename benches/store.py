#!/usr/bin/env python3
"""How fast the program is over a large store, and how large that is.

    python3 benches/store.py target/release/samesay FOLDER [--documents 10000] [--runs 11]

Makes documents of the sample corpus's words in no order in FOLDER (20 paragraphs each, of 2 to 4 sentences of 10 to 30 words),
indexes them unless that was done before, and then times whole processes with a warm page cache: `index` where
nothing has changed, `index` after one paragraph has changed, and queries. Every answer is compared with the first.
"""

import argparse
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import time

SYLLABLES = "ba be bi bo bu da de di do ka ke ki ko la le li lo ma me mi mo na ne ni no pa pe pi po ra re ri ro sa se si so".split()
SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "corpus")


def make_documents(folder, documents):
    """The words of the sample corpus, as often as there, and one in thirty a made-up name."""
    chance = random.Random(7)
    names = ["".join(chance.choice(SYLLABLES) for _ in range(3)).capitalize() for _ in range(20_000)]
    words = []
    for name in sorted(os.listdir(SAMPLE)):
        if name.endswith((".txt", ".md")):
            with open(os.path.join(SAMPLE, name)) as file:
                words += re.findall(r"[A-Za-z']+", file.read())

    def word():
        return chance.choice(names) if chance.random() < 1 / 30 else chance.choice(words)

    def sentence():
        chosen = " ".join(word() for _ in range(chance.randint(10, 30)))
        return chosen[0].upper() + chosen[1:] + "."

    for number in range(documents):
        place = os.path.join(folder, f"{number // 200:03}")
        os.makedirs(place, exist_ok=True)
        paragraphs = (" ".join(sentence() for _ in range(chance.randint(2, 4))) for _ in range(20))
        with open(os.path.join(place, f"{number:05}.txt"), "w") as file:
            file.write("\n\n".join(paragraphs) + "\n")


def run(program, *arguments):
    start = time.perf_counter()
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 1):
        sys.exit(f"{arguments}: {done.stderr}")
    return seconds, done.stdout


def timed(name, runs, program, *arguments):
    results = [run(program, *arguments) for _ in range(runs + 1)]
    if len({out for _, out in results}) != 1:
        sys.exit(f"{name}: two runs, two answers")
    seconds = [1000 * spent for spent, _ in results[1:]]
    print(f"| {name} | {statistics.median(seconds):.0f} | {min(seconds):.0f} | {max(seconds):.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=11)
    args = parser.parse_args()
    folder, store = os.path.join(args.folder, "docs"), os.path.join(args.folder, "store.db")
    if not os.path.exists(folder):
        make_documents(folder, args.documents)
    seconds, counts = run(args.program, "index", folder, "--store", store)
    print(f"{platform.processor() or platform.machine()}: {counts.strip()}; the first `index` took {seconds:.0f} s")
    files = [os.path.join(args.folder, name) for name in os.listdir(args.folder) if name.startswith("store.db")]
    passages = int(counts.split(",")[1].split()[0])
    sizes = {"vectors": 0, "database": 0}
    for file in files:
        sizes["vectors" if "-vectors-" in file else "database"] += os.path.getsize(file)
    print(", ".join(f"{name} {size / passages:.0f} bytes a passage" for name, size in sizes.items()))
    print("\n| whole process, ms | median | min | max |\n|---|---|---|---|")
    common = ("--store", store)
    timed("`model list` (nothing but starting)", args.runs, args.program, "model", "list")
    timed("`index status`", args.runs, args.program, "index", "status", *common)
    timed("`index`, nothing changed", args.runs, args.program, "index", folder, *common)
    timed("`query`", args.runs, args.program, "query", "a ferry on fire near Kabedi", folder, *common)
    timed("`query` of common words", args.runs, args.program, "query", "what they said of it to the other one was that she had it", folder, *common)
    timed("`query --words`", args.runs, args.program, "query", "the ship", folder, "--words", "of the", "-n", "3", *common)
    path = os.path.join(folder, "000", "00000.txt")
    with open(path) as file:
        text = file.read()
    for number in range(3):
        with open(path, "w") as file:
            file.write(f"Paragraph number {time.time()} is new.\n\n{text}")
        seconds, _ = run(args.program, "index", folder, *common)
        print(f"one new paragraph in one document, `index`: {1000 * seconds:.0f} ms")
        seconds, _ = run(args.program, "query", "a ferry on fire", folder, *common)
        print(f"the first `query` after it: {1000 * seconds:.0f} ms")
    with open(path, "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
