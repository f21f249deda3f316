#!/bin/sh
# run.sh PROGRAM CORPUS FOUND SECONDS [SEED]: fuzzes from a copy of the corpus, so that the one in the sources stays as it is. Inputs
# that break something are kept in FOUND; libFuzzer's last lines say how many executions there were.
set -eu
program=$1 corpus=$2 found=$3 seconds=$4 seed=${5:-0}  # 0: another every time
mkdir -p "$found"
growing=$(mktemp -d)
trap 'rm -rf "$growing"' EXIT
exec_name=$(basename "$program")
"$program" -seed="$seed" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$found/$exec_name-" "$growing" "$corpus" 2>&1
