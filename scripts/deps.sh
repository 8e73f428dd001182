#!/usr/bin/env bash
# Makes sure that what building and testing need is there.
#
#   scripts/deps.sh         everything
#   scripts/deps.sh build   only what building and running need
#
# Go, Node and git are only checked, since the versions needed are newer than
# Debian 12's. Packages are installed by apt when this runs as root or may use
# sudo; otherwise the command to run is printed and the script fails. When all
# is present it changes nothing and is done at once.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-all}
wrong=()

# at_least HAVE WANT: whether version HAVE is WANT or newer.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

need_version() { # NAME HAVE WANT WHERE
  if [ -z "$2" ]; then
    wrong+=("$1 $3 or newer is missing: $4")
  elif ! at_least "$2" "$3"; then
    wrong+=("$1 $2 is too old, $3 or newer is needed: $4")
  fi
}

# Any Go since 1.21 fetches the version go.mod asks for by itself.
need_version Go "$(go env GOVERSION 2>/dev/null | sed 's/^go//; s/ .*//')" 1.21 https://go.dev/dl/
need_version Node "$(node --version 2>/dev/null | sed 's/^v//')" 20.0.0 https://nodejs.org/
need_version npm "$(npm --version 2>/dev/null || true)" 9.0.0 "it comes with Node"
command -v git >/dev/null || wrong+=("git is missing: apt-get install git")
if [ ${#wrong[@]} -gt 0 ]; then
  printf 'deps: %s\n' "${wrong[@]}" >&2
  exit 1
fi
[ "$what" = build ] && exit 0

packages=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || packages+=(postgresql)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || packages+=(chromium)
compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh family)" ]; } || packages+=(fonts-noto-cjk)
[ ${#packages[@]} -eq 0 ] && exit 0

install=(apt-get install -y --no-install-recommends "${packages[@]}")
if ! command -v apt-get >/dev/null; then
  echo "deps: missing: ${packages[*]}. This machine has no apt-get: install them its own way." >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=(sudo)
  else
    printf 'deps: missing: %s. Run this as root and start again:\n\n    apt-get update && %s\n\n' "${packages[*]}" "${install[*]}" >&2
    exit 1
  fi
fi

as_admin() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" </dev/null; }
echo "deps: installing ${packages[*]}"
# Package lists may be missing or out of date; fetching them is tried only then.
if ! as_admin "${install[@]}"; then
  as_admin apt-get update
  as_admin "${install[@]}"
fi
