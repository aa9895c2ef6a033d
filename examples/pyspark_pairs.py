"""Near pairs of many texts with PySpark: shards are embedded by `samesay`, and compared within buckets.

    pip install pyspark numpy scikit-learn datasketch      (PySpark needs Java 17)
    python examples/pyspark_pairs.py texts.txt --shards 4

On a cluster, --work and the texts have to be on a file system that all nodes see.
"""

import os
import sys

from pyspark.sql import SparkSession

import buckets


def main():
    args = buckets.arguments(__doc__)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = SparkSession.builder.appName("samesay").getOrCreate()
    context = spark.sparkContext
    context.setLogLevel("ERROR")
    context.addPyFile(os.path.join(os.path.dirname(os.path.abspath(__file__)), "buckets.py"))

    shards = context.parallelize(range(1, args.shards + 1), args.shards)
    shards.foreach(lambda shard: buckets.embed_shard(args, shard))
    centroids = buckets.centroids(args)
    centres = context.broadcast(centroids)

    def by_kmeans(line):
        number, _, vector = line
        return [(bucket, (number, vector)) for bucket in buckets.kmeans_buckets(args, centres.value, vector)]

    def by_minhash(line):
        number, text, vector = line
        return [(bucket, (number, vector)) for bucket in buckets.minhash_buckets(text)]

    def pairs(group):
        _, rows = group
        numbers, vectors = zip(*rows)
        return buckets.pairs_of_bucket(args, numbers, vectors)

    lines = shards.flatMap(lambda shard: buckets.lines_of(args, shard)).cache()
    found = {
        name: lines.flatMap(bucketing).groupByKey(args.shards).flatMap(pairs).distinct().collect()
        for name, bucketing in [("k-means", by_kmeans), ("MinHash", by_minhash)]
    }
    spark.stop()
    buckets.report(args, centroids, found)


if __name__ == "__main__":
    main()
