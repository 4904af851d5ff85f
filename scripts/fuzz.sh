#!/usr/bin/env bash
# Runs each fuzz target for FUZZ_SECONDS (60), beginning with the utterances of the tests and with what earlier runs found
# (fuzz/corpus, kept on this machine). What fails is written to fuzz/artifacts; `scripts/fuzz.sh TARGET FILE` plays it again.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh cc=gcc c++=g++ python3=python3
# libFuzzer's counters of branches, as the stable compiler can place them.
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
host=$(rustc -vV | sed -n 's/^host: //p')
# With --target, build scripts are built without the counters.
cargo build --quiet --release --manifest-path fuzz/Cargo.toml --target "$host" --target-dir target/fuzz
bin="target/fuzz/$host/release"
if [ $# -ge 2 ]; then exec "$bin/$1" "$2"; fi
for target in ${1:-understand converse vault look}; do
  mkdir -p "fuzz/corpus/$target" "fuzz/artifacts/$target"
  python3 scripts/fuzz_seeds.py "$target" "fuzz/corpus/$target"
  echo "== $target, ${FUZZ_SECONDS:-60} s"
  "$bin/$target" "fuzz/corpus/$target" -artifact_prefix="fuzz/artifacts/$target/" -dict=fuzz/korean.dict \
    -max_total_time="${FUZZ_SECONDS:-60}" -timeout=5 -rss_limit_mb=2048 -max_len=2048 -print_final_stats=1 2>&1 | grep -E "^Done|^stat::|SUMMARY|panicked|Test unit"
done
