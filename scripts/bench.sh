#!/usr/bin/env bash
# Runs the benchmarks of bench/ on both databases; each prints our figure, the
# limit or peer measured beside it, and the ratio. Arguments go to the benchmark
# command, for example -orders 100000 create list.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/deps.sh
scripts/build.sh

dir=$(mktemp -d "${TMPDIR:-/tmp}/wardline-bench.XXXXXX")
trap 'scripts/postgres.sh stop "$dir"' EXIT
# Commits are measured, so this server does write to the disk.
WARDLINE_BENCH_POSTGRES_URL=$(scripts/postgres.sh start "$dir" durable)
export WARDLINE_BENCH_POSTGRES_URL
go run ./bench "$@"
