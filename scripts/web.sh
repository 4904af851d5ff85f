#!/usr/bin/env bash
# Checks the console: types, unit tests, build, and the built console in a browser before the real API over generated data.
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
browser=${CHROMIUM:-/usr/bin/chromium}
[ -x "$browser" ] || scripts/need.sh "$browser"=chromium
cargo build --locked -p biseo-api --example serve
target=$(cargo metadata --locked --no-deps --format-version 1 | node -pe 'JSON.parse(require("fs").readFileSync(0)).target_directory')
cd web
npm ci
npm run check
npm test
npm run build
BISEO_SERVE="$target/debug/examples/serve" CHROMIUM="$browser" npm run e2e
