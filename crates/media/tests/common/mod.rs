//! Sound to test with, and how alike two sounds are. All of it is made by rule: no randomness, no files.
#![allow(dead_code)]

use biseo_media::{FRAME_SAMPLES, Frame};

/// A small linear congruential generator, so that every test sees the same "chance".
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    /// Evenly over 0.0..1.0.
    pub fn unit(&mut self) -> f64 {
        f64::from(self.next()) / f64::from(1u32 << 31)
    }

    /// Evenly over −1.0..1.0.
    pub fn signed(&mut self) -> f64 {
        2.0 * self.unit() - 1.0
    }

    /// Roughly Gaussian, standard deviation 1.
    pub fn gauss(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// A sine at 8 kHz.
pub fn sine(hz: f64, amplitude: f64, len: usize) -> Vec<i16> {
    (0..len)
        .map(|i| (amplitude * (std::f64::consts::TAU * hz * i as f64 / 8000.0).sin()) as i16)
        .collect()
}

/// Speech-like sound: syllables of a gliding voice pitch with harmonics under moving formants, hissing consonants,
/// pauses between words, and a noise floor.
pub fn speech(seconds: f64, seed: u64) -> Vec<i16> {
    let mut chance = Chance(seed);
    let mut out = Vec::new();
    let total = (seconds * 8000.0) as usize;
    let mut phase = 0.0f64;
    while out.len() < total {
        let pitch = 90.0 + 160.0 * chance.unit();
        let glide = 1.0 + 0.3 * chance.signed();
        let formants = [
            300.0 + 500.0 * chance.unit(),
            900.0 + 1400.0 * chance.unit(),
            2400.0 + 600.0 * chance.unit(),
        ];
        let loudness = 2500.0 + 4000.0 * chance.unit();
        let syllable = (900.0 + 1200.0 * chance.unit()) as usize;
        for i in 0..syllable {
            let t = i as f64 / syllable as f64;
            let f0 = pitch * (1.0 + (glide - 1.0) * t);
            phase += f0 / 8000.0;
            let envelope = (std::f64::consts::PI * t).sin().powf(0.6);
            let mut sample = 0.0;
            let mut harmonic = 1.0;
            while harmonic * f0 < 3600.0 {
                let hz = harmonic * f0;
                let gain: f64 = formants
                    .iter()
                    .map(|f| 1.0 / (1.0 + ((hz - f) / 120.0).powi(2)))
                    .sum();
                sample += gain * (std::f64::consts::TAU * phase * harmonic).sin();
                harmonic += 1.0;
            }
            out.push(
                (loudness * envelope * sample * 0.6 + 15.0 * chance.gauss()).clamp(-32000.0, 32000.0) as i16,
            );
        }
        let hiss = (300.0 * chance.unit()) as usize;
        let mut before = 0.0;
        for _ in 0..hiss {
            let noise = chance.gauss();
            out.push((600.0 * (noise - before)) as i16);
            before = noise;
        }
        let pause = if chance.unit() < 0.25 { 2400 } else { 200 };
        out.extend((0..pause).map(|_| (15.0 * chance.gauss()) as i16));
    }
    out.truncate(total);
    out
}

/// Cut into whole frames.
pub fn frames(samples: &[i16]) -> Vec<Frame> {
    samples
        .chunks_exact(FRAME_SAMPLES)
        .map(|chunk| chunk.try_into().unwrap())
        .collect()
}

pub fn rms(samples: &[i16]) -> f64 {
    (samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len().max(1) as f64).sqrt()
}

/// The delay at which `output` follows `input` best (by correlation), and the correlation there.
pub fn align(input: &[i16], output: &[i16], max_delay: usize) -> (usize, f64) {
    (0..max_delay.min(output.len()))
        .map(|delay| (delay, correlation(input, &output[delay..])))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap()
}

/// Normalised correlation over the common length.
pub fn correlation(a: &[i16], b: &[i16]) -> f64 {
    let (mut ab, mut aa, mut bb) = (0.0, 1.0, 1.0);
    for (&a, &b) in a.iter().zip(b) {
        let (a, b) = (f64::from(a), f64::from(b));
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    ab / f64::sqrt(aa * bb)
}

/// Signal-to-noise ratio in dB of `output` against `input`, after the best gain and with the delay given.
pub fn snr(input: &[i16], output: &[i16], delay: usize) -> f64 {
    let c = correlation(input, &output[delay..]);
    10.0 * (c * c / (1.0 - c * c).max(1e-12)).log10()
}
