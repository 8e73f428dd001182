#!/usr/bin/env bash
# Runs the benchmarks of bench/; each prints our figure, the limit or peer
# measured beside it, and the ratio. Arguments go to `go test`, for example
# -run Create.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/deps.sh
scripts/web.sh

dir=$(mktemp -d "${TMPDIR:-/tmp}/wardline-bench.XXXXXX")
trap 'scripts/postgres.sh stop "$dir"' EXIT
WARDLINE_TEST_POSTGRES_URL=$(scripts/postgres.sh start "$dir")
export WARDLINE_TEST_POSTGRES_URL
go test -count=1 -p 1 -timeout 2h -v "$@" ./bench/...
