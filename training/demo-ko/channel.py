"""What a telephone does to speech, at random: silence around it, level, noise, G.711, lost packets. All at 8 kHz."""

import numpy as np

PACKET = 160  # samples in 20 ms


def ulaw_table():
    """int16 (as uint16) -> int16 through G.711 µ-law and back."""
    x = np.arange(-32768, 32768)
    magnitude = np.minimum(np.abs(x), 32635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(int) - 7
    step = magnitude >> (exponent + 3)
    value = ((step << (exponent + 3)) + (1 << (exponent + 2))) - 132
    return np.roll(np.where(x < 0, -value, value), 32768).astype(np.float32) / 32768


def alaw_table():
    """The same through A-law."""
    x = np.arange(-32768, 32768)
    magnitude = np.where(x < 0, -x - 1, x) >> 3
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(int) - 4, 1)
    value = ((magnitude >> exponent) << exponent) + (1 << (exponent - 1))
    return np.roll(np.where(x < 0, -value, value) * 8, 32768).astype(np.float32) / 32768


ULAW, ALAW = ulaw_table(), alaw_table()


def through(table, wave):
    """float samples through a G.711 table."""
    codes = np.clip(wave * 32768, -32768, 32767).astype(np.int16)
    return table[codes.view(np.uint16)]


def coloured(r, seconds=60):
    """A minute each of white (thrice as likely), pink, brownish noise and mains hum, of power 1; to cut pieces from."""
    n = seconds * 8000
    white = r.standard_normal(n).astype(np.float32)
    spectrum = np.fft.rfft(white)
    hz = np.maximum(np.fft.rfftfreq(n, 1 / 8000), 20)
    out = [white] * 3  # the most frequent on a line
    for power in (0.5, 0.9):
        noise = np.fft.irfft(spectrum / hz**power, n=n)
        out.append((noise / noise.std()).astype(np.float32))
    for mains in (50, 60, 60):
        t = np.arange(n) / 8000
        hum = sum(r.uniform(0.1, 1) / k * np.sin(2 * np.pi * mains * k * t + r.uniform(0, 6)) for k in range(1, 30)) + 0.1 * white
        out.append((hum / hum.std()).astype(np.float32))
    return out


def piece(r, noise, n):
    """`n` samples of a noise from a random place."""
    at = int(r.integers(0, max(1, len(noise) - n)))
    cut = noise[at:at + n]
    return cut if len(cut) == n else np.resize(cut, n)


def add_noise(r, wave, noise, speech_power, low=5.0, high=40.0):
    """Adds noise at a random SNR in dB relative to the speech's power."""
    cut = piece(r, noise, len(wave))
    power = float(np.dot(cut, cut)) / len(cut) + 1e-9
    gain = np.sqrt(speech_power / power) * 10 ** (-r.uniform(low, high) / 20)
    return wave + gain * cut


def lose(r, wave, rate):
    """Loses packets: replaced by silence, or by the packet before (fading)."""
    wave = wave.copy()
    repeat = r.random() < 0.5
    for p in np.flatnonzero(r.random(len(wave) // PACKET) < rate):
        a = p * PACKET
        wave[a:a + PACKET] = wave[a - PACKET:a] * 0.7 if repeat and p else 0.0
    return wave


def lose_silent(r, wave, rate):
    """Loses packets at `rate`, silence instead."""
    wave = wave.copy()
    for p in np.flatnonzero(r.random(len(wave) // PACKET) < rate):
        wave[p * PACKET:(p + 1) * PACKET] = 0.0
    return wave


def spoil(r, samples, noises, babble, empty):
    """One training sound from clean int16 samples. `babble` gives another utterance's samples."""
    wave = samples.astype(np.float32) / 32768
    power = float(np.dot(wave, wave)) / max(1, len(wave)) if not empty else 0.01
    lead, tail = int(r.uniform(0, 0.6) * 8000), int(r.uniform(0.12, 0.6) * 8000)
    wave = np.concatenate([np.zeros(lead, np.float32), wave, np.zeros(tail, np.float32)])
    if r.random() < (0.5 if not empty else 0.8):
        if r.random() < 0.25 and not empty:
            other = np.concatenate([babble() for _ in range(int(r.integers(1, 4)))]).astype(np.float32) / 32768
            wave = add_noise(r, wave, np.resize(other, len(wave)), power, 12.0, 40.0)
        else:
            wave = add_noise(r, wave, noises[int(r.integers(0, len(noises)))], power)
    wave *= 10 ** (r.uniform(-27, 0) / 20) * (0.7 / max(0.7, float(np.abs(wave).max(initial=0))))
    if r.random() < 0.25:
        wave = lose(r, wave, r.choice([0.01, 0.02, 0.03, 0.05, 0.1]))
    codec = r.random()
    if codec < 0.85:
        wave = through(ULAW if codec < 0.5 else ALAW, wave)
    return wave
