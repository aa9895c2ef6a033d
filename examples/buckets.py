"""Shared by `ray_data.py` and `pyspark_pairs.py`: embedding shards, buckets, and the pairs that bucketing loses.

Two texts are compared only if they meet in a bucket. With k-means, each vector goes to the buckets of its nearest
centroids; with MinHash, each text goes to one bucket per band of its signature. Everything else is `samesay` on the
command line, which needs only files.
"""

import argparse
import json
import os
import subprocess
import tempfile
from collections import Counter

import numpy as np
from datasketch import MinHash
from sklearn.cluster import MiniBatchKMeans

PERMUTATIONS = 64
BANDS = 32


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("texts", help="file with one text per line")
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--centroids", type=int, default=16, help="number of k-means buckets")
    parser.add_argument("--nearest", type=int, default=2, help="buckets that each vector goes to")
    parser.add_argument("--min-score", type=float, default=0.7, help="cosine at which two texts count as similar")
    parser.add_argument("--samesay", default="samesay", help="the program")
    parser.add_argument("--work", help="folder for the shards' vectors, which a later run uses again")
    args = parser.parse_args()
    args.texts = os.path.abspath(args.texts)
    args.work = os.path.abspath(args.work or tempfile.mkdtemp(prefix="samesay-shards-"))
    os.makedirs(args.work, exist_ok=True)
    return args


def samesay(args, *command):
    """Runs the program. Its exit code is 1 if nothing was found."""
    run = subprocess.run([args.samesay, *map(str, command)], stdout=subprocess.PIPE, check=False)
    if run.returncode > 1:
        raise RuntimeError(f"samesay {command[0]} ended with code {run.returncode}")
    return run.stdout.decode()


def shard_file(args, shard):
    return os.path.join(args.work, f"{shard}-of-{args.shards}.npy")


def embed_shard(args, shard):
    """Embeds one shard (from 1) into a file unless it exists: files are written completely or not at all."""
    path = shard_file(args, shard)
    if not os.path.exists(path):
        threads = max(1, (os.cpu_count() or 1) // args.shards)
        part = f"{shard}/{args.shards}"
        samesay(args, "embed", "--lines", args.texts, "--shard", part, "--threads", threads, "-o", path)
    return path


def lines_of(args, shard):
    """The number (from 0), text and vector of each line of a shard: every Nth line, beginning with the Ith."""
    vectors = np.load(shard_file(args, shard))
    with open(args.texts, encoding="utf-8") as texts:
        mine = [(n, line.rstrip("\r\n")) for n, line in enumerate(texts) if n % args.shards == shard - 1]
    assert len(mine) == len(vectors), "the texts have changed since they were embedded"
    return [(n, text, vector) for (n, text), vector in zip(mine, vectors)]


def centroids(args):
    """The k-means centroids of all vectors."""
    vectors = np.concatenate([np.load(shard_file(args, shard)) for shard in range(1, args.shards + 1)])
    k = min(args.centroids, len(vectors))
    return MiniBatchKMeans(k, random_state=0, n_init=3).fit(vectors).cluster_centers_


def kmeans_buckets(args, centres, vector):
    """The buckets of a vector: its nearest centroids."""
    distance = ((centres - vector) ** 2).sum(axis=1)
    return [f"k-means {centre}" for centre in np.argsort(distance, kind="stable")[: args.nearest]]


def minhash_buckets(text):
    """The buckets of a text: one for each band of the signature of its words."""
    signature = MinHash(num_perm=PERMUTATIONS, seed=1)
    signature.update_batch([word.encode() for word in set(text.lower().split())])
    bands = signature.hashvalues.reshape(BANDS, -1)
    return [f"MinHash {at} {band.tobytes().hex()}" for at, band in enumerate(bands)]


def pairs_of_bucket(args, numbers, vectors):
    """The similar pairs of one bucket, as line numbers, the lower first."""
    rows = sorted(zip(map(int, numbers), vectors), key=lambda row: row[0])
    if len(rows) < 2:
        return []
    with tempfile.TemporaryDirectory() as folder:
        ids, npy = os.path.join(folder, "ids.txt"), os.path.join(folder, "bucket.npy")
        np.save(npy, np.array([vector for _, vector in rows], dtype=np.float32))
        with open(ids, "w", encoding="utf-8") as out:
            out.writelines(f"{number}\n" for number, _ in rows)
        return pairs_of_file(args, npy, "--ids", ids)


def pairs_of_file(args, npy, *more):
    command = ["pairs", "--vectors", npy, *more, "--min-score", args.min_score, "--format", "jsonl", "--quiet"]
    found = samesay(args, *command)
    pairs = map(json.loads, found.splitlines())
    return [tuple(sorted((int(pair["a"]["id"]), int(pair["b"]["id"])))) for pair in pairs]


def compared(buckets):
    """Number of pairs that are compared in these buckets; a pair that meets twice counts twice."""
    return sum(n * (n - 1) // 2 for n in Counter(buckets).values())


def report(args, centres, found):
    """Prints what each way of bucketing compared, and how many of the exact pairs it and their union found."""
    shards = [lines_of(args, shard) for shard in range(1, args.shards + 1)]
    rows = sorted((row for shard in shards for row in shard), key=lambda row: row[0])
    exact = set(pairs_of_bucket(args, [n for n, _, _ in rows], [vector for _, _, vector in rows]))
    print(f"{len(rows)} texts, {len(exact)} pairs with a cosine of {args.min_score} or more (exact)")
    every = max(1, len(rows) * (len(rows) - 1) // 2)
    meet = {
        "k-means": compared(bucket for row in rows for bucket in kmeans_buckets(args, centres, row[2])),
        "MinHash": compared(bucket for row in rows for bucket in minhash_buckets(row[1])),
    }
    for name, pairs in meet.items():
        print(f"{name} compares {pairs} pairs ({100 * pairs / every:.1f}% of all)")
    found = {name: set(pairs) for name, pairs in found.items()}
    found["union"] = set().union(*found.values())
    for name, pairs in found.items():
        assert pairs <= exact, "a bucket found a pair that is not similar"
        lost = len(exact - pairs)
        share = 100 * lost / max(1, len(exact))
        print(f"{name}: {len(pairs)} found, {lost} lost ({share:.1f}%)")
