#!/usr/bin/env bash
# Builds Wardline and starts it on this machine. The first start fills the data
# folder (./data, or WARDLINE_DATA) with the demo hospital; the program prints
# its addresses and demo accounts. Arguments go to `wardline serve`.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/build.sh

data=${WARDLINE_DATA:-data}
# A PostgreSQL is someone's own: it is filled only by `wardline demo` itself.
if [ -z "${WARDLINE_DATABASE_URL:-}" ] && [ -z "$(ls -A "$data" 2>/dev/null)" ]; then
  echo "run: making the demo hospital in $data"
  # Half a hospital is of no use: a demo that did not finish is taken away.
  trap 'echo "run: the demo hospital was not finished, removing $data" >&2; rm -rf "$data"' EXIT
  bin/wardline demo
  trap - EXIT
fi
exec bin/wardline serve "$@"
