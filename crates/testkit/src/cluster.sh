# A PostgreSQL cluster of one's own, for tests; run by cluster.rs. Says "ready FOLDER" once it serves on the socket in that
# folder. It takes itself away when its standard input is closed, which happens however the tests' process ends.
set -eu
exec 2>&1
trap '' HUP INT
# Debian keeps it out of the path.
bin=$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(command -v initdb || true)
if [ -z "$bin" ]; then
  echo "initdb is not there: install PostgreSQL (make deps, or apt-get install postgresql)"
  exit 1
fi
bin=$(dirname "$bin")
folder=$(mktemp -d)
as() { "$@"; }
if [ "$(id -u)" -eq 0 ]; then # PostgreSQL refuses to run as root
  chown postgres "$folder"
  as() { runuser -u postgres -- "$@"; }
fi
cd "$folder"
finish() {
  as "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null || true
  cd /
  rm -rf "$folder"
}
trap finish EXIT
# Sorted by a language's rules, as an operator's database may be.
as "$bin/initdb" -D data -U postgres --auth=trust --no-sync --encoding=UTF8 --locale=C.UTF-8 \
  --locale-provider=icu --icu-locale=ko-KR >init.log || { cat init.log; exit 1; }
# The role "guarded" must give its password.
rules=$(cat data/pg_hba.conf)
printf 'local all guarded scram-sha-256\n%s\n' "$rules" >data/pg_hba.conf
# Defaults that would lose or double bookings, were they relied on; and no waiting for the disk.
cat >>data/postgresql.conf <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = 200
default_transaction_isolation = 'repeatable read'
synchronous_commit = off
fsync = off
full_page_writes = off
SETTINGS
as "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/server.log" start >start.log || { cat start.log server.log; exit 1; }
echo "ready $folder"
cat >/dev/null
