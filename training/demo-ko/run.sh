#!/bin/sh
# Makes the demo voice model from nothing: text, sound, training, export, evaluation. About two hours on two processor cores.
#   training/demo-ko/run.sh [WORKDIR] [MINUTES]
# Needs: python3 with venv, espeak-ng with libespeak-ng1, hunspell-ko (Debian: apt-get install espeak-ng libespeak-ng1 hunspell-ko python3-venv).
set -eu
cd "$(dirname "$0")"
work=${1:-../../out/demo-ko}
minutes=${2:-95}
mkdir -p "$work"
work=$(cd "$work" && pwd)

for need in espeak-ng python3; do
    command -v "$need" >/dev/null || { echo "missing: $need (see the head of $0)" >&2; exit 1; }
done
[ -f /usr/share/hunspell/ko.dic ] || { echo "missing: hunspell-ko" >&2; exit 1; }
if [ ! -x "$work/venv/bin/python" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install -q -r requirements.txt
fi
python="$work/venv/bin/python"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

echo "== text: no training line may give a held-out sentence"
"$python" expand.py check
echo "== held-out sounds"
"$python" make_eval_wavs.py "$work/eval"
echo "== the first 8,000 utterances; the other 14,000 are made while training runs"
"$python" synth.py "$work/shards" 0 4 & first=$!
"$python" synth.py "$work/shards" 4 8
wait "$first"
"$python" synth.py "$work/shards" 8 22 & rest=$!
echo "== training for $minutes minutes"
"$python" train.py "$work/shards" "$work/eval" "$work/run" "$minutes"
wait "$rest"
echo "== export"
"$python" export.py "$work/run/final.pt" ../../models/demo-ko/model.onnx
"$python" -c 'import tokens; tokens.write("../../models/demo-ko/tokens.txt")'
echo "== the same for sherpa-onnx"
"$python" export_sherpa.py ../../models/demo-ko/model.onnx ../../models/demo-ko-sherpa
echo "== language model"
"$python" lm.py build ../../models/demo-ko/lm.bin
"$python" evaluate.py ../../models/demo-ko/model.onnx "$work/eval"
