"""Near pairs of many texts with Ray Data: shards are embedded by `samesay`, and compared within buckets.

    pip install "ray[data]" numpy scikit-learn datasketch
    python examples/ray_data.py texts.txt --shards 4

On a cluster, --work and the texts have to be on a file system that all nodes see.
"""

import os

import numpy as np
import ray

import buckets


def main():
    args = buckets.arguments(__doc__)
    here = os.path.dirname(os.path.abspath(__file__))
    ray.init(runtime_env={"env_vars": {"PYTHONPATH": here}}, log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False

    numbers = [{"shard": shard} for shard in range(1, args.shards + 1)]
    shards = ray.data.from_items(numbers, override_num_blocks=args.shards)
    shards.map(lambda row: {"path": buckets.embed_shard(args, row["shard"])}).materialize()
    centres = buckets.centroids(args)

    def by_kmeans(row):
        for number, _, vector in buckets.lines_of(args, row["shard"]):
            for bucket in buckets.kmeans_buckets(args, centres, vector):
                yield {"bucket": bucket, "number": number, "vector": vector}

    def by_minhash(row):
        for number, text, vector in buckets.lines_of(args, row["shard"]):
            for bucket in buckets.minhash_buckets(text):
                yield {"bucket": bucket, "number": number, "vector": vector}

    def pairs(group):
        found = buckets.pairs_of_bucket(args, group["number"], np.stack(group["vector"]))
        found = np.array(found, dtype=np.int64).reshape(-1, 2)
        return {"a": found[:, 0], "b": found[:, 1]}

    found = {}
    for name, bucketing in [("k-means", by_kmeans), ("MinHash", by_minhash)]:
        rows = shards.flat_map(bucketing).groupby("bucket").map_groups(pairs, batch_format="numpy").take_all()
        found[name] = [(int(row["a"]), int(row["b"])) for row in rows]
    buckets.report(args, centres, found)


if __name__ == "__main__":
    main()
