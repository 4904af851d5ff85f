#!/usr/bin/env bash
# The console. `build`: types, unit tests, and web/dist, which the next build of the program embeds. `check`: the built console in a
# browser, before the real API over generated data and on the real program with real calls. Without a word both. `bench`: what it costs
# to open it, and how soon a word is shown.
set -euo pipefail
cd "$(dirname "$0")/.."
# What web/package.json asks for; Debian 12 has Node 18 only.
needs=20.19
found=$(command -v node >/dev/null && node --version || echo none)
if [ "$found" = none ] || [ "$(printf '%s\n' "v$needs" "$found" | sort -V | head -n 1)" != "v$needs" ]; then
  echo "web.sh: the console needs Node.js $needs or later; found: $found. Debian 12's own is too old: take one from https://nodejs.org." >&2
  exit 1
fi
command -v npm >/dev/null || { echo "web.sh: npm is missing; it comes with Node.js from https://nodejs.org." >&2; exit 1; }
build() {
  cd web
  npm ci
  npm run check
  npm test
  npm run build
  cd ..
}

check() {
  browser=${CHROMIUM:-/usr/bin/chromium}
  [ -x "$browser" ] || scripts/need.sh "$browser"=chromium
  scripts/need.sh espeak-ng=espeak-ng
  # With the whole workspace's features, as the tests have built it already.
  cargo build --locked --workspace --example serve --bin biseo
  target=$(cargo metadata --locked --no-deps --format-version 1 | node -pe 'JSON.parse(require("fs").readFileSync(0)).target_directory')
  cd web
  BISEO_SERVE="$target/debug/examples/serve" CHROMIUM="$browser" npm run e2e
  BISEO="$target/debug/biseo" CHROMIUM="$browser" npm run walk
}

bench() {
  browser=${CHROMIUM:-/usr/bin/chromium}
  [ -x "$browser" ] || scripts/need.sh "$browser"=chromium
  build
  cargo build --locked --release -p biseo-server
  target=$(cargo metadata --locked --no-deps --format-version 1 | node -pe 'JSON.parse(require("fs").readFileSync(0)).target_directory')
  cd web
  BISEO="$target/release/biseo" CHROMIUM="$browser" npm run bench
}

case ${1:-all} in
  build) build ;;
  check) check ;;
  bench) bench ;;
  all) build; check ;;
  *) echo "web.sh: build, check, bench, or nothing for both" >&2; exit 2 ;;
esac
