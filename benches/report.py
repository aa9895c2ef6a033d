#!/usr/bin/env python3
"""How large a report's page is, and how soon it can be read.

    npm ci --prefix tests/browser
    python3 benches/report.py target/release/samesay FOLDER [--documents 5 200 5000] [--runs 5]

Makes so many documents in FOLDER, writes their report, and opens the page in headless Chromium (CHROMIUM, or the one in the
path): the time until its content is there, until it is loaded with its script done, and from a letter in the search box until
the filters have been applied. Each document tells some of 4 stories for every 40 documents: 14 paragraphs of the sample
corpus's sentences, of which half are other documents' too, in part word by word, in part with words left out or changed.
"""

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE = os.path.join(HERE, "..", "corpus")
BROWSER = os.path.join(HERE, "..", "tests", "browser")

OPEN = """
import { createRequire } from "node:module";
const { chromium } = createRequire(process.argv[2] + "/")("playwright-core");
const [, , , file, chrome] = process.argv;
const browser = await chromium.launch({ executablePath: chrome, args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"] });
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
await page.goto("file://" + file);
const { content, loaded } = await page.evaluate(() => {
  const [timing] = performance.getEntriesByType("navigation");
  return { content: timing.domContentLoadedEventEnd, loaded: timing.loadEventEnd };
});
const search = await page.evaluate(() => {
  const find = document.querySelector("#find");
  find.value = "the harbor";
  const start = performance.now();
  find.dispatchEvent(new Event("input", { bubbles: true }));
  document.body.getBoundingClientRect();
  return performance.now() - start;
});
console.log(JSON.stringify({ content, loaded, search, claims: await page.locator(".claim").count() }));
await browser.close();
"""


def sentences():
    found = []
    for name in sorted(os.listdir(SAMPLE)):
        if name.endswith((".txt", ".md")):
            with open(os.path.join(SAMPLE, name)) as file:
                for paragraph in file.read().split("\n\n"):
                    text = " ".join(paragraph.split())
                    found += [part for part in re.split(r"(?<=[.!?])\s+", text) if 8 <= len(part.split()) <= 40]
    return found


def make_documents(folder, documents):
    chance = random.Random(11)
    known = sentences()
    words = [word for sentence in known for word in sentence.split()]

    def changed(paragraph):
        return " ".join(chance.choice(words) if chance.random() < 0.08 else word for word in paragraph.split() if chance.random() > 0.05)

    def paragraph():
        # Sentences whose words are moved about a little, so that no two stories are one.
        return " ".join(changed(sentence) for sentence in chance.sample(known, 3))

    stories = [[paragraph() for _ in range(10)] for _ in range(max(4, documents // 10))]
    for number in range(documents):
        story = chance.choice(stories)
        shared = [text if chance.random() < 0.3 else changed(text) for text in chance.sample(story, 7)]
        text = "\n\n".join(shared + [paragraph() for _ in range(7)])
        with open(os.path.join(folder, f"{number:05}.txt"), "w") as file:
            file.write(text + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--documents", type=int, nargs="+", default=[5, 200, 5000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--min-score", help="these documents are much alike: of thousands nearly all hang together at the default cut")
    args = parser.parse_args()
    chrome = os.environ.get("CHROMIUM") or shutil.which("chromium") or sys.exit("there is no Chromium")
    print("| documents | headline | first report, s | report again, s | page, kB | content, ms | loaded, ms | search, ms | claims on the page |")
    print("|---|---|---|---|---|---|---|---|---|")
    cut = ["--min-score", args.min_score] if args.min_score else []
    for documents in args.documents:
        folder = os.path.abspath(os.path.join(args.folder, f"docs-{documents}"))
        page, store = folder + ".html", folder + ".db"
        if not os.path.exists(folder):
            os.makedirs(folder)
            make_documents(folder, documents)
        seconds = []
        for _ in range(2):
            start = time.perf_counter()
            done = subprocess.run([args.program, "report", folder, "-o", page, "--store", store, "-q", *cut], capture_output=True, text=True)
            seconds.append(time.perf_counter() - start)
            if done.returncode != 0:
                sys.exit(done.stderr)
        headline = " ".join(done.stdout.split("\n\n")[0].split()).split(";")[0]
        runs = []
        for _ in range(args.runs):
            done = subprocess.run(["node", "--input-type=module", "-", BROWSER, page, chrome], input=OPEN, capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(done.stderr)
            runs.append(json.loads(done.stdout))
        content, loaded, search = (statistics.median(run[part] for run in runs) for part in ("content", "loaded", "search"))
        size = os.path.getsize(page) / 1e3
        print(f"| {documents} | {headline} | {seconds[0]:.1f} | {seconds[1]:.1f} | {size:.0f} | {content:.0f} | {loaded:.0f} | {search:.0f} | {runs[0]['claims']} |", flush=True)


if __name__ == "__main__":
    main()
