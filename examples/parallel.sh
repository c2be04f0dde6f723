#!/usr/bin/env bash
# An experiment on the cores of one machine or of several: GNU parallel deals out the links, 25 at a time, and keeps
# their order. The arguments are those of `connlab sweep`.
set -euo pipefail
connlab sweep --list "$@" |
    parallel --pipe -k -N 25 --halt now,fail=1 connlab run --links - --jsonl -j 1 --fields failed_share,p99_ms
