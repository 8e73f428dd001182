#!/usr/bin/env bash
# A private PostgreSQL for a run of tests or benchmarks; it forgets everything
# when stopped. For tests it does not wait for the disk (fsync off).
#
#   scripts/postgres.sh start DIR           start it in the empty folder DIR, print its URL
#   scripts/postgres.sh start DIR durable   the same, with commits that reach the disk
#   scripts/postgres.sh stop DIR            stop it and remove DIR
#
# PostgreSQL refuses to run as root; then it runs as postgres, or as nobody.
set -euo pipefail

dir=${2:?usage: postgres.sh start|stop DIR}
data=$dir/data
relaxed="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
[ "${3:-}" = durable ] && relaxed=

bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1 || true)
if [ -z "$bin" ]; then
  bin=$(dirname "$(command -v initdb)") || { echo "postgres.sh: no initdb found; run scripts/deps.sh" >&2; exit 1; }
fi

as=()
if [ "$(id -u)" -eq 0 ]; then
  user=postgres
  id "$user" >/dev/null 2>&1 || user=nobody
  as=(runuser -u "$user" --)
fi
# The working folder may be closed to that user.
server() { (cd / && "${as[@]}" "$bin/$1" "${@:2}"); }

start() {
  mkdir -p "$dir"
  [ ${#as[@]} -eq 0 ] || chown "$user" "$dir"
  server initdb -D "$data" -U wardline -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 || {
    cat "$dir/initdb.log" >&2
    return 1
  }
  # A port may be taken by another program: try some.
  local port
  for _ in 1 2 3 4 5 6 7 8; do
    port=$((20000 + RANDOM % 12000))
    if server pg_ctl -D "$data" -w -t 60 -s -l "$dir/server.log" start -o "-p $port -k $dir \
      -c listen_addresses=127.0.0.1 -c max_connections=300 -c shared_buffers=128MB \
      -c wal_level=minimal -c max_wal_senders=0 $relaxed" >/dev/null 2>&1; then
      echo "postgres://wardline@127.0.0.1:$port/postgres?sslmode=disable"
      return
    fi
  done
  tail -n 20 "$dir/server.log" >&2
  return 1
}

stop() {
  if [ -f "$data/postmaster.pid" ]; then
    server pg_ctl -D "$data" -w -t 60 -s -m immediate stop || true
  fi
  rm -rf "$dir"
}

case $1 in
  start) start ;;
  stop) stop ;;
  *) echo "usage: postgres.sh start|stop DIR" >&2; exit 2 ;;
esac
