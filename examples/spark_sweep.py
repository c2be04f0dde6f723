"""An experiment on Spark. The arguments are those of `connlab sweep`."""

import os
import subprocess
import sys

from pyspark.sql import SparkSession

RUN = "connlab run --links - --jsonl -j 1 --fields failed_share,p99_ms"


def main():
    command = ["connlab", "sweep", "--list", *sys.argv[1:]]
    links = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    spark = SparkSession.builder.appName("connlab").getOrCreate()
    parts = spark.sparkContext.parallelize(links, -(-len(links) // 25) or 1)
    # Spark starts the command with these variables and no others: without PATH it would not be found.
    for line in parts.pipe(RUN, env={"PATH": os.environ["PATH"]}, checkCode=True).toLocalIterator():
        print(line)
    spark.stop()


if __name__ == "__main__":
    main()
