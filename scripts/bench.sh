#!/usr/bin/env bash
# Runs the benchmarks of bench/; each prints our figure, the limit or peer
# measured beside it, and the ratio. Arguments go to the benchmarks, for example
# `scripts/bench.sh -orders 100000 list`.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/deps.sh
scripts/build.sh

dir=$(mktemp -d "${TMPDIR:-/tmp}/wardline-bench.XXXXXX")
trap 'scripts/postgres.sh stop "$dir"' EXIT
WARDLINE_BENCH_POSTGRES_URL=$(scripts/postgres.sh start "$dir" durable | tail -n 1)
export WARDLINE_BENCH_POSTGRES_URL
ulimit -n "$(ulimit -Hn)"
go build -o build/bench ./bench
build/bench -bin bin/wardline "$@"
