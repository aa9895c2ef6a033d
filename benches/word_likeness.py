"""Writes src/lang/english/alike.txt: pairs of English words that are alike, as a model's own vectors of words say.

    python benches/word_likeness.py MODEL_DIR > src/lang/english/alike.txt

MODEL_DIR holds `model.safetensors` and `tokenizer.json` of all-MiniLM-L6-v2 (needs numpy). A word's vector is the row of
its token in the embedding matrix, less the mean of all rows; training on sentences that mean the same has brought words
of one meaning together there. Only whole words in lower-case letters count, and forms of one word are left out. Each
pair stands once, behind the word that comes first, with its cosine in tenths, rounded down.
"""

import json
import re
import struct
import sys
from pathlib import Path

import numpy as np

LEAST = 0.4


def embedding(path):
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        name = next(name for name in header if name.endswith("word_embeddings.weight"))
        start, end = header[name]["data_offsets"]
        file.seek(8 + length + start)
        return np.frombuffer(file.read(end - start), np.float32).reshape(header[name]["shape"])


def bare(word):
    for ending in ("ies", "ied", "ing", "es", "ed", "s", "d", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word
    return word


def main():
    directory = Path(sys.argv[1])
    vocabulary = json.loads((directory / "tokenizer.json").read_text())["model"]["vocab"]
    rows = embedding(directory / "model.safetensors")
    rows = rows - rows.mean(0)
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    words = sorted(word for word in vocabulary if re.fullmatch("[a-z]{3,}", word))
    vectors = rows[[vocabulary[word] for word in words]]
    for at, word in enumerate(words):
        cosines = vectors[at + 1 :] @ vectors[at]
        alike = [
            f"{words[at + 1 + other]}{int(10 * cosines[other])}"
            for other in np.flatnonzero(cosines >= LEAST)
            if bare(words[at + 1 + other]) != bare(word)
        ]
        if alike:
            print(word, *alike)


main()
