#!/usr/bin/env bash
# Installs the front end's packages if the lock file has changed and builds the
# pages into web/dist if anything they are made of has.
#
#   scripts/web.sh           packages and pages
#   scripts/web.sh install   packages only
set -euo pipefail
cd "$(dirname "$0")/../web"

stamp=node_modules/.installed
lock=$(sha256sum package.json package-lock.json | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$lock" ]; then
  rm -f "$stamp"
  # The browser comes from the system, see deps.sh.
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund
  echo "$lock" >"$stamp"
fi
[ "${1:-}" = install ] && exit 0

stamp=node_modules/.built
sources=$(find . \( -name node_modules -o -path ./dist -o -path ./build \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
if [ ! -d dist/report ] || [ "$(cat "$stamp" 2>/dev/null)" != "$sources" ]; then
  rm -f "$stamp"
  npm run build
  echo "$sources" >"$stamp"
fi
