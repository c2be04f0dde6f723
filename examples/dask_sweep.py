"""An experiment on Dask: on two workers of this machine, or on the cluster of DASK_SCHEDULER_ADDRESS.

The arguments are those of `connlab sweep`.
"""

import os
import subprocess
import sys

from dask.distributed import Client, LocalCluster


def connlab(*arguments, links=""):
    """What the command line prints; it fails as the command does."""
    command = ["connlab", *arguments]
    return subprocess.run(command, input=links, stdout=subprocess.PIPE, text=True, check=True).stdout


def run(links):
    return connlab("run", "--links", "-", "--jsonl", "-j", "1", "--fields", "failed_share,p99_ms", links="\n".join(links))


def main():
    links = connlab("sweep", "--list", *sys.argv[1:]).splitlines()
    blocks = [links[first : first + 25] for first in range(0, len(links), 25)]
    address = os.environ.get("DASK_SCHEDULER_ADDRESS")
    cluster = address or LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with Client(cluster) as client:
        for future in client.map(run, blocks):
            sys.stdout.write(future.result())


if __name__ == "__main__":
    main()
