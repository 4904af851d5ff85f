"""Renders the held-out sentences as 8 kHz WAV files after G.711, to judge by.

    python make_eval_wavs.py OUTDIR

Sets (all sentences each): `seen` trained voices; `unseen` voices never trained; `noise15` the trained-voice sounds in white noise at
15 dB; `loss2` the same with 2 % of the 20 ms packets lost (silence instead). OUTDIR/index.tsv: file, text, set; voice.
"""

import random
import sys
import wave
from pathlib import Path

import numpy as np

from channel import ULAW, lose_silent, through
from espeak import Espeak
from expand import heldout_sentences
from synth import to_8k, trim
from voices import trained, untrained

SEED = 4711
LEVEL = 0.5  # peak is -9 dBFS or so: 0.7 · 0.5


def say(espeak, text, voice, r):
    samples = espeak.say(text, voice, r.randint(140, 200), r.randint(35, 65), r.randint(35, 65))
    wave_ = trim(to_8k(samples, espeak.rate, 0.0, 0, 3800)).astype(np.float32) / 32768 * LEVEL
    return np.concatenate([np.zeros(2400, np.float32), wave_, np.zeros(4000, np.float32)])


def save(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.clip(samples * 32768, -32768, 32767).astype("<i2").tobytes())


def main(folder):
    r, n, espeak = random.Random(SEED), np.random.default_rng(SEED), Espeak()
    rows = []
    seen_voices = [v for v in trained() if "whisper" not in v]
    for i, text in enumerate(heldout_sentences()):
        seen_voice = r.choice(seen_voices)
        seen = say(espeak, text, seen_voice, r)
        unseen_voice = untrained()[i % len(untrained())]
        unseen = say(espeak, text, unseen_voice, r)
        speech = seen[2400:-4000]
        gain = np.sqrt(np.mean(speech**2)) * 10 ** (-15 / 20)
        noisy = seen + gain * n.standard_normal(len(seen)).astype(np.float32)
        sets = {"seen": (seen, seen_voice), "unseen": (unseen, unseen_voice), "noise15": (noisy, seen_voice),
                "loss2": (lose_silent(n, seen, 0.02), seen_voice)}
        for name, (samples, voice) in sets.items():
            file = f"{name}_{i:03}.wav"
            save(folder / file, through(ULAW, samples))
            rows.append(f"{file}\t{text}\t{name}\t{voice}")
    (folder / "index.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    main(out)
