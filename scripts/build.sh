#!/usr/bin/env bash
# Builds bin/wardline: one static program with its pages inside.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/deps.sh build
scripts/web.sh
version=$(git describe --tags --always --dirty 2>/dev/null || echo unknown)
CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$version" -o bin/wardline ./cmd/wardline
echo "built bin/wardline $version"
