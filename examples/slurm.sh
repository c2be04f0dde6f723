#!/bin/sh
#SBATCH --job-name=connlab
#SBATCH --cpus-per-task=4
# An experiment as a Slurm array: each task runs its part of it, and begins where it was if it has been killed. The
# arguments are those of `connlab sweep`.
set -eu
connlab sweep "$@" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" -j "${SLURM_CPUS_PER_TASK:-1}" \
    --resume "out.$SLURM_ARRAY_TASK_ID.jsonl"
