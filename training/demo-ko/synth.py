"""Speaks training text into shards: 8 kHz int16 sound, unspoilt but for speed, tape warp and band; the rest is done while training.

    python synth.py OUT FIRST LAST [UTTERANCES]

writes shards FIRST to LAST-1 (each its own seed) as OUT/NNNN.npy (all samples in a row) and OUT/NNNN.tsv (start, length, voice, kind, text).
"""

import random
import sys
from pathlib import Path

import numpy as np

from corpus import Corpus
from espeak import Espeak
from voices import trained

PEAK = 0.7


def to_8k(samples, rate, warp, low, high):
    """Resamples in the frequency domain to 8 kHz / (1 + warp), with soft band edges in Hz (0 = none below)."""
    size = len(samples) + rate // 10
    spectrum = np.fft.rfft(samples.astype(np.float32), n=size)
    out_size = int(round(size * 8000 / rate / (1 + warp)))
    keep = out_size // 2 + 1
    spectrum = spectrum[:keep] if len(spectrum) >= keep else np.pad(spectrum, (0, keep - len(spectrum)))
    hz = np.arange(keep) * 8000.0 / out_size
    gain = 1 / (1 + np.exp((hz - high) / 60.0))
    if low:
        gain *= 1 / (1 + np.exp((low - hz) / 40.0))
    return np.fft.irfft(spectrum * gain, n=out_size).astype(np.float32)


def trim(wave, floor=0.004):
    """Without the silence at both ends, and at the trained level."""
    peak = np.abs(wave).max(initial=0)
    if peak <= 0:
        return np.zeros(0, np.int16)
    loud = np.flatnonzero(np.abs(wave) > floor * peak)
    wave = wave[max(0, loud[0] - 80): loud[-1] + 160]
    return (wave / peak * PEAK * 32767).astype(np.int16)


def punctuate(text, r):
    """Now and then a comma or an ending mark, for other melodies; it is not part of the label."""
    words = text.split(" ")
    if len(words) > 3 and r.random() < 0.2:
        at = r.randrange(1, len(words) - 1)
        words[at - 1] += ","
    return " ".join(words) + r.choice(["", "", "", ".", "?"])


def speak(espeak, text, voice, r):
    """One utterance as int16 at 8 kHz with random speed, pitch, melody, warp and band."""
    samples = espeak.say(punctuate(text, r), voice, r.randint(120, 220), r.randint(20, 80), r.randint(15, 85))
    band = (r.uniform(150, 350), r.uniform(3200, 3600)) if r.random() < 0.35 else (0, r.uniform(3500, 3950))
    warp = max(-0.12, min(0.12, r.gauss(0, 0.05)))
    return trim(to_8k(samples, espeak.rate, warp, *band))


def shard(folder, number, count):
    r = random.Random(number * 7919 + 1)
    corpus, espeak, voices = Corpus(number), Espeak(), trained()
    pieces, rows, at = [], [], 0
    while len(rows) < count:
        kind, text = corpus.draw()
        voice = "ko" if r.random() < 0.06 else r.choice(voices)
        wave = speak(espeak, text, voice, r) if text else np.zeros(int(r.uniform(0.5, 4) * 8000), np.int16)
        # CTC needs a step for each jamo; what is spoken too fast for that cannot be learned.
        if len(wave) < 800 or len(wave) > 8000 * 12 or len(wave) / 240 < 2.6 * len(text.replace(" ", "")):
            continue
        pieces.append(wave)
        rows.append(f"{at}\t{len(wave)}\t{voice}\t{kind}\t{text}")
        at += len(wave)
    np.save(folder / f"{number:04}.npy", np.concatenate(pieces))
    (folder / f"{number:04}.part").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / f"{number:04}.part").rename(folder / f"{number:04}.tsv")
    print(f"shard {number}: {len(rows)} utterances, {at / 8000 / 60:.1f} min", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for i in range(int(sys.argv[2]), int(sys.argv[3])):
        shard(target, i, int(sys.argv[4]) if len(sys.argv) > 4 else 1000)
