#!/usr/bin/env bash
# Runs every measurement and prints its table; bench/README.md says what each figure means. BENCH_MINUTES (10) is the time
# for conversations one at a time, BENCH_CALLS (1,5,10,20,40) the numbers of calls at once.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need.sh espeak-ng=espeak-ng cc=gcc python3=python3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
grep -m1 "model name" /proc/cpuinfo || true
echo "cores: $(nproc); load: $(cut -d' ' -f1-3 /proc/loadavg); $(date -I)"
run() { echo; echo "== $*"; cargo run --quiet --locked --release "$@"; }
cargo build --quiet --locked --release -p biseo-server
echo; echo "== whole calls"
python3 scripts/bench_calls.py "${CARGO_TARGET_DIR:-target}/release/biseo" "$folder" \
  --minutes "${BENCH_MINUTES:-10}" --calls "${BENCH_CALLS:-1,5,10,20,40}"
echo; echo "== what Biseo itself adds, and what a call costs"
for vad in loud silero; do
  "${CARGO_TARGET_DIR:-target}/release/biseo" bench latency --lang en --vad "$vad" --calls "${BENCH_LATENCY_CALLS:-1,8,32,100}" --turns "${BENCH_LATENCY_TURNS:-200}"
done
"${CARGO_TARGET_DIR:-target}/release/biseo" bench latency --lang en --transport stream --calls "${BENCH_LATENCY_CALLS:-1,8,32,100}" --turns "${BENCH_LATENCY_TURNS:-200}"
echo; echo "== turn-taking"
for script in pauses hesitant_dev hesitant_unseen; do
  "${CARGO_TARGET_DIR:-target}/release/biseo" bench turns --lang en --script "bench/$script.toml" --patience 75,100,150
done
"${CARGO_TARGET_DIR:-target}/release/biseo" bench voice --lang en --calls "${BENCH_VOICE_CALLS:-8}" --rounds "${BENCH_VOICE_ROUNDS:-2}"
echo; echo "== a flood of junk"
"${CARGO_TARGET_DIR:-target}/release/biseo" bench flood --lang en --seconds "${BENCH_FLOOD_SECONDS:-60}"
run -p biseo-telephony --example flood -- "${BENCH_FLOOD_SECONDS:-60}"
run -p biseo-media-io --example pacing -- --seconds 8
run -p biseo-speech --example vad_cost
run -p biseo-nlu --example bench -- shops crates/nlu/tests/data/utterances.jsonl
run -p biseo-conversation --example turn_cost
run -p biseo-conversation --example memory -- 10000
run -p biseo-media --example measure
echo; echo "== the console"
scripts/web.sh bench
scripts/need.sh initdb=postgresql
run -p biseo-api --example big_list
run -p biseo-api --example big_list postgres
