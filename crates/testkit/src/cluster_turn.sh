# Stops or starts the server of a cluster that cluster.sh has made; run by cluster.rs: FOLDER stop|start.
set -eu
bin=$(ls /usr/lib/postgresql/*/bin/pg_ctl 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(command -v pg_ctl)
cd "$1"
as() { "$@"; }
if [ "$(id -u)" -eq 0 ]; then
  as() { runuser -u postgres -- "$@"; }
fi
case "$2" in
  stop) as "$bin" -D "$1/data" -m fast -w stop >/dev/null ;;
  start) as "$bin" -D "$1/data" -w -l "$1/server.log" start >/dev/null ;;
esac
