#!/usr/bin/env bash
# Runs the browser journeys of test/e2e on the real program, against both
# databases. The journeys are an npm package of their own; `npm test` there finds
#
#   WARDLINE_BIN                 the program, built here
#   WARDLINE_TEST_POSTGRES_URL   a PostgreSQL on which databases may be made
#   CHROMIUM                     the browser
#
# The first two are taken from the environment when they are set. Arguments go
# to `npm test`.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${WARDLINE_BIN:-}" ]; then
  scripts/deps.sh
  scripts/build.sh
  WARDLINE_BIN=$PWD/bin/wardline
fi
if [ -z "${WARDLINE_TEST_POSTGRES_URL:-}" ]; then
  dir=$(mktemp -d "${TMPDIR:-/tmp}/wardline-e2e.XXXXXX")
  root=$PWD # the journeys run in another folder
  trap '"$root/scripts/postgres.sh" stop "$dir"' EXIT
  WARDLINE_TEST_POSTGRES_URL=$(scripts/postgres.sh start "$dir")
fi
go build -trimpath -o bin/rehearsal ./test/rehearsal
WARDLINE_REHEARSAL=$PWD/bin/rehearsal
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
export WARDLINE_BIN WARDLINE_REHEARSAL WARDLINE_TEST_POSTGRES_URL CHROMIUM

cd test/e2e
stamp=node_modules/.installed
lock=$(sha256sum package.json package-lock.json | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$lock" ]; then
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund
  echo "$lock" >"$stamp"
fi
npm test -- "$@"
