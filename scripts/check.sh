#!/usr/bin/env bash
# The quick checks before a commit; `make test` runs them too.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/deps.sh build
scripts/lint.sh
go test ./internal/arch/
scripts/web.sh install
npm --prefix web run types
npm --prefix web run lint
npm --prefix web run i18n
