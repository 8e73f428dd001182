#!/usr/bin/env bash
# Runs every test there is: installs what they need, builds the pages, checks and
# tests both halves one after the other (the Go tests wait for real servers, and a
# busy machine would let them wait in vain), then drives the program in a browser. Each step
# leaves its output in build/test/. Fails if anything fails.
set -euo pipefail
cd "$(dirname "$0")/.."
set -m # each lane is a process group, so that it can be ended as a whole

readonly logs=build/test
readonly patience=3300 # seconds after which the whole run is given up
rm -rf "$logs"
mkdir -p "$logs"
touch "$logs/results"
postgres=$(mktemp -d "${TMPDIR:-/tmp}/wardline-test.XXXXXX")

cleanup() {
  local status=$? lane
  trap - EXIT
  {
    for lane in $(jobs -p); do
      kill -- "-$lane" || true
    done
    wait || true
  } 2>/dev/null
  scripts/postgres.sh stop "$postgres" || true
  exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'echo "test: gave up after $patience seconds" >&2; exit 1' ALRM

# step NAME COMMAND…: runs it into a log and notes how it went; a failure prints
# the end of the log and does not end the lane by itself.
step() {
  local name=$1 begin=$SECONDS status=0
  shift
  # Waiting for a background command lets the watchdog and Ctrl-C through at once.
  "$@" >"$logs/$name.log" 2>&1 </dev/null &
  wait $! || status=$?
  if [ "$status" -eq 0 ]; then
    printf 'ok      %-16s %4d s\n' "$name" $((SECONDS - begin)) | tee -a "$logs/results"
  else
    { printf '\n--- %s failed, the end of %s:\n' "$name" "$logs/$name.log"; tail -n 80 "$logs/$name.log"; echo '---'; } >&2
    printf 'FAILED  %-16s %4d s   %s\n' "$name" $((SECONDS - begin)) "$logs/$name.log" | tee -a "$logs/results"
  fi
  return "$status"
}

# Other people's code is compiled while the pages are built; ours waits, since it
# embeds the pages.
warm() { go build $(go list -e -deps -test ./... | grep '\.' | grep -v -e '^wardline' -e '\.test$' -e ' ') && go -C tools build -o ../build/staticcheck honnef.co/go/tools/cmd/staticcheck; }

web_checks() {
  local failed=0 what
  for what in types lint test i18n budget; do
    step "web-$what" npm --prefix web run "$what" || failed=1
  done
  return "$failed"
}

go_checks() {
  local failed=0
  step go-lint scripts/lint.sh || failed=1
  step go-test env -u WARDLINE_TEST_POSTGRES_URL go test -timeout 25m ./... || failed=1
  return "$failed"
}

# both LANE LANE: runs two lanes at a time.
both() {
  local a b failed=0
  "$1" & a=$!
  "$2" & b=$!
  wait "$a" || failed=1
  wait "$b" || failed=1
  return "$failed"
}

pages() { step web-build scripts/web.sh; }
others() { step go-dependencies warm; }

main() {
  (sleep "$patience" && kill -ALRM $$) &
  step deps scripts/deps.sh || return 1
  both pages others || return 1

  # Each Go package starts a server of its own: PostgreSQL's oldest running
  # transaction is that of the whole server, and one package's long transaction
  # would hold up what another waits for.
  local failed=0
  web_checks || failed=1
  go_checks || failed=1

  step postgres scripts/postgres.sh start "$postgres" || return 1
  WARDLINE_TEST_POSTGRES_URL=$(tail -n 1 "$logs/postgres.log")
  export WARDLINE_TEST_POSTGRES_URL
  if step build scripts/build.sh; then
    WARDLINE_BIN=$PWD/bin/wardline step browser scripts/e2e.sh || failed=1
  else
    failed=1
  fi
  return "$failed"
}

status=0
main || status=1
printf '\nSummary (%d min %d s)\n' $((SECONDS / 60)) $((SECONDS % 60))
cat "$logs/results"
if [ "$status" -eq 0 ]; then echo "all passed"; else echo "FAILED"; fi
exit "$status"
