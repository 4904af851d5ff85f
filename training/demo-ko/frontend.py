"""Log-mel front end, outside of the exported graph (the Rust engine computes the same).

8 kHz samples in [-1, 1]; periodic Hann window of 200, FFT of 256, hop 80, power spectrum, 40 HTK-mel triangles from 60 to
3800 Hz, log(max(x, 1e-6)); no padding: frame t covers samples [80 t, 80 t + 200). Three frames make one step of 120 numbers.
"""

import math

import torch

RATE, WINDOW, FFT, HOP, MELS, STACK = 8000, 200, 256, 80, 40, 3
LOW, HIGH, FLOOR = 60.0, 3800.0, 1e-6


def mel(hz):
    return 2595.0 * math.log10(1.0 + hz / 700.0)


def filterbank():
    """[129, 40] weights: triangles in mel over the FFT bins' frequencies, linear in Hz between the corner points."""
    points = [mel(LOW) + (mel(HIGH) - mel(LOW)) * i / (MELS + 1) for i in range(MELS + 2)]
    corners = torch.tensor([700.0 * (10.0 ** (p / 2595.0) - 1.0) for p in points], dtype=torch.float64)
    bins = torch.arange(FFT // 2 + 1, dtype=torch.float64) * RATE / FFT
    rising = (bins[:, None] - corners[None, :-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[None, 2:] - bins[:, None]) / (corners[2:] - corners[1:-1])
    return torch.minimum(rising, falling).clamp(min=0.0).float()


FILTERS = filterbank()
HANN = torch.hann_window(WINDOW, periodic=True)


def steps_of(samples):
    """How many whole steps a number of samples gives."""
    frames = 0 if samples < WINDOW else (samples - WINDOW) // HOP + 1
    return frames // STACK


def features(wave):
    """[B, N] samples -> [B, T, 120]."""
    frames = wave.unfold(1, WINDOW, HOP) * HANN
    power = torch.fft.rfft(frames, n=FFT).abs().square()
    logs = (power @ FILTERS).clamp(min=FLOOR).log()
    whole = logs.shape[1] // STACK * STACK
    return logs[:, :whole].reshape(wave.shape[0], whole // STACK, MELS * STACK)
