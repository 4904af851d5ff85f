#!/usr/bin/env bash
# Runs every measurement and prints its table; bench/README.md says what each figure means.
set -euo pipefail
cd "$(dirname "$0")/.."
run() { echo; echo "== $*"; cargo run --quiet --locked --release "$@"; }
run -p biseo-speech --example vad_cost
run -p biseo-nlu --example bench
run -p biseo-conversation --example turn_cost
run -p biseo-media --example measure
run -p biseo-media-io --example pacing -- --seconds 8
