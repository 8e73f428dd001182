#!/usr/bin/env bash
# Checks the Go source: format, vet, staticcheck.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
# Only what git knows or would add is ours to format.
unformatted=$(git ls-files -co --exclude-standard -- '*.go' | xargs -r ls -d 2>/dev/null | xargs -r gofmt -l)
if [ -n "$unformatted" ]; then
  printf 'not formatted, run gofmt -w:\n%s\n' "$unformatted"
  failed=1
fi
go vet ./... || failed=1
# The linter is a module of its own, so that go.mod holds only what the program needs.
go -C tools build -o ../build/staticcheck honnef.co/go/tools/cmd/staticcheck
build/staticcheck ./... || failed=1
exit $failed
