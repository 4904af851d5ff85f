"""Greedy character errors (blanks ignored) on the rendered held-out sentences.

    python evaluate.py CHECKPOINT|MODEL.onnx EVALDIR [--errors]
"""

import sys
import wave
from pathlib import Path

import numpy as np
import torch

import tokens
from frontend import features

SETS = ("seen", "unseen", "noise15", "loss2")


def read_wav(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


def index(folder, limit=None):
    """(set, text, path, voice) of the rendered sentences; at most `limit` of each set."""
    rows = [line.split("\t") for line in (Path(folder) / "index.tsv").read_text(encoding="utf-8").splitlines()]
    per_set = {name: [row for row in rows if row[2] == name] for name in SETS}
    step = lambda found: max(1, len(found) // limit) | 1 if limit else 1  # odd: all eight untrained voices
    return [(row[2], row[1], Path(folder) / row[0], row[3]) for name in SETS for row in per_set[name][::step(per_set[name])]]


def distance(a, b):
    """Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def recogniser(path):
    """A function from samples to text, for a checkpoint or an exported model."""
    if str(path).endswith(".onnx"):
        import onnxruntime

        from export import run
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        return lambda samples: tokens.decode(run(session, features(torch.from_numpy(samples)[None]).numpy(), [4])[0].argmax(-1).tolist())
    from export import load
    return of_network(load(path))


def of_network(net):
    """A function from samples to text, greedy."""
    def recognise(samples):
        with torch.no_grad():
            return tokens.decode(net(features(torch.from_numpy(samples)[None]))[0][0].argmax(-1).tolist())
    return recognise


def score(recognise, rows, show=False):
    """Set -> (CER in %, exact sentences in %), blanks ignored."""
    totals = {}
    for name, text, path, voice in rows:
        want, got = text.replace(" ", ""), recognise(read_wav(path)).replace(" ", "")
        errors = distance(want, got)
        if show and errors:
            print(f"{name} {voice}: {text} -> {got}")
        t = totals.setdefault(name, [0, 0, 0, 0])
        t[0], t[1], t[2], t[3] = t[0] + errors, t[1] + len(want), t[2] + (errors == 0), t[3] + 1
    return {name: (100 * t[0] / t[1], 100 * t[2] / t[3]) for name, t in totals.items()}


def line(scores):
    return "  ".join(f"{name} {cer:.1f}%/{exact:.0f}%" for name, (cer, exact) in scores.items())


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    torch.set_num_threads(2)
    print(line(score(recogniser(sys.argv[1]), index(sys.argv[2]), "--errors" in sys.argv)))
