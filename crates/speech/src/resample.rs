//! Change of sampling rate, as sound arrives.
//!
//! A polyphase filter (windowed sinc, Kaiser window): the input is thought of as raised by L and lowered by M, but only
//! the samples that stay are computed. The pass band ends at 45 % of the lower rate and what could alias is 60 dB down,
//! which for 8 kHz keeps the telephone band (300 to 3400 Hz) whole. Own code rather than a library's: streaming with
//! pieces of any size, at fixed ratios, is a page.

/// A filter's length is this many zero crossings of the sinc on either side.
const HALF_CROSSINGS: usize = 24;
/// Kaiser window parameter for about 65 dB of stop band.
const KAISER_BETA: f64 = 6.2;
/// Where the filter cuts, as a part of half the lower rate; the transition band ends before 1.0 plus its mirror image.
const CUTOFF: f64 = 0.92;

/// Converts a mono stream from one rate to another.
///
/// ```
/// let mut down = biseo_speech::resample::Resampler::new(16_000, 8_000);
/// let mut out = Vec::new();
/// down.push(&[0; 1_600], &mut out);
/// down.finish(&mut out);
/// assert_eq!(out.len(), 800);
/// ```
pub struct Resampler {
    /// One row of `taps` coefficients for each of the `up` phases.
    bank: Vec<f32>,
    taps: usize,
    up: usize,
    down: usize,
    /// The newest samples, with the filter's reach of old ones in front.
    history: Vec<f32>,
    /// Position of the next output: index into `history` of its first tap, and its phase.
    next: usize,
    phase: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// A converter between two rates in Hz, each at least 1; equal rates copy. The table grows with the reduced ratio:
    /// 22,050 to 8,000 has 160 phases.
    pub fn new(from: u32, to: u32) -> Self {
        let (from, to) = (from.max(1), to.max(1));
        let divisor = gcd(from, to);
        let (up, down) = ((to / divisor) as usize, (from / divisor) as usize);
        let taps = taps_for(up, down);
        let mut made = Self {
            bank: filter_bank(up, down, taps),
            taps,
            up,
            down,
            history: Vec::new(),
            next: 0,
            phase: 0,
            taken: 0,
            given: 0,
        };
        made.reset();
        made
    }

    /// Takes samples and appends what they yield. The filter's delay is already compensated: output sample `n` belongs
    /// to time `n / to`, and comes as soon as the input half a filter later is there (1.5 to 3 ms at these rates).
    pub fn push(&mut self, samples: &[i16], out: &mut Vec<i16>) {
        if self.up == self.down {
            out.extend_from_slice(samples);
            return;
        }
        self.taken += samples.len() as u64;
        self.history.extend(samples.iter().map(|&s| f32::from(s)));
        self.drain(out, u64::MAX);
    }

    /// The stream is over: appends the last samples, so that the whole output is `input * to / from` long (rounded up),
    /// and begins anew.
    pub fn finish(&mut self, out: &mut Vec<i16>) {
        if self.up != self.down {
            let total = (self.taken * self.up as u64).div_ceil(self.down as u64);
            self.history.extend(std::iter::repeat_n(0.0, self.taps));
            self.drain(out, total);
        }
        self.reset();
    }

    /// Forgets the stream so far.
    pub fn reset(&mut self) {
        self.history.clear();
        // Half a filter of silence in front puts the filter's centre on the first sample.
        self.history.resize(self.taps / 2, 0.0);
        (self.next, self.phase, self.taken, self.given) = (0, 0, 0, 0);
    }

    fn drain(&mut self, out: &mut Vec<i16>, limit: u64) {
        while self.given < limit
            && let Some(window) = self.history.get(self.next..self.next + self.taps)
        {
            let row = &self.bank[self.phase * self.taps..(self.phase + 1) * self.taps];
            out.push(to_sample(dot(window, row)));
            self.given += 1;
            self.phase += self.down;
            self.next += self.phase / self.up;
            self.phase %= self.up;
        }
        let used = self.next.min(self.history.len());
        self.history.drain(..used);
        self.next -= used;
    }
}

/// Converts a whole clip; the result is `samples.len() * to / from` long, rounded up.
pub fn convert(samples: &[i16], from: u32, to: u32) -> Vec<i16> {
    let mut out = Vec::new();
    let mut resampler = Resampler::new(from, to);
    resampler.push(samples, &mut out);
    resampler.finish(&mut out);
    out
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// An even number of taps that reaches `HALF_CROSSINGS` zero crossings on either side.
fn taps_for(up: usize, down: usize) -> usize {
    let stretch = (down as f64 / up as f64).max(1.0) / CUTOFF;
    2 * (HALF_CROSSINGS as f64 * stretch).ceil() as usize
}

/// For phase `p` the output lies `p / up` of an input period after the tap at `taps / 2`.
fn filter_bank(up: usize, down: usize, taps: usize) -> Vec<f32> {
    let cutoff = CUTOFF * (up as f64 / down as f64).min(1.0);
    let half = (taps / 2) as f64;
    let mut bank = Vec::with_capacity(up * taps);
    for phase in 0..up {
        let centre = half + phase as f64 / up as f64;
        let row: Vec<f64> = (0..taps)
            .map(|t| coefficient(t as f64 - centre, cutoff, half))
            .collect();
        // Each phase passes a constant unchanged; else the phases would differ in loudness and hum.
        let sum: f64 = row.iter().sum();
        bank.extend(row.iter().map(|c| (c / sum) as f32));
    }
    bank
}

fn coefficient(x: f64, cutoff: f64, half: f64) -> f64 {
    let angle = std::f64::consts::PI * cutoff * x;
    let sinc = if angle.abs() < 1e-9 {
        1.0
    } else {
        angle.sin() / angle
    };
    let edge = (1.0 - (x / (half + 1.0)).powi(2)).max(0.0);
    sinc * bessel_i0(KAISER_BETA * edge.sqrt()) / bessel_i0(KAISER_BETA)
}

/// Modified Bessel function of order 0, by its series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let mut term = 1.0;
    (1..30).fold(1.0, |sum, k| {
        term *= quarter / f64::from(k * k);
        sum + term
    })
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (wide_a, rest_a) = a.as_chunks::<8>();
    let (wide_b, rest_b) = b.as_chunks::<8>();
    let mut lanes = [0.0f32; 8];
    for (x, y) in wide_a.iter().zip(wide_b) {
        for i in 0..8 {
            lanes[i] += x[i] * y[i];
        }
    }
    lanes.iter().sum::<f32>() + rest_a.iter().zip(rest_b).map(|(x, y)| x * y).sum::<f32>()
}

fn to_sample(value: f32) -> i16 {
    // `as` saturates.
    value.round() as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tone(rate: u32, hertz: f64, samples: usize) -> Vec<i16> {
        let step = std::f64::consts::TAU * hertz / f64::from(rate);
        (0..samples)
            .map(|n| (10_000.0 * (step * n as f64).sin()) as i16)
            .collect()
    }

    fn level(samples: &[i16]) -> f64 {
        let inner = &samples[samples.len() / 4..samples.len() * 3 / 4];
        (inner.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / inner.len() as f64).sqrt()
    }

    fn gain_db(from: u32, to: u32, hertz: f64) -> f64 {
        let input = tone(from, hertz, from as usize / 2);
        20.0 * (level(&convert(&input, from, to)).max(1e-3) / level(&input)).log10()
    }

    #[test]
    fn the_telephone_band_passes() {
        for (from, to) in [
            (22_050, 8_000),
            (16_000, 8_000),
            (48_000, 8_000),
            (8_000, 16_000),
            (8_000, 48_000),
        ] {
            for hertz in [100.0, 300.0, 1_000.0, 2_500.0, 3_400.0] {
                let gain = gain_db(from, to, hertz);
                assert!(gain.abs() < 0.3, "{from} to {to} at {hertz} Hz: {gain:.2} dB");
            }
        }
    }

    #[test]
    fn nothing_aliases() {
        for from in [16_000, 22_050, 44_100, 48_000] {
            for hertz in [4_400.0, 5_000.0, 6_100.0, 7_600.0] {
                let gain = gain_db(from, 8_000, hertz);
                assert!(gain < -55.0, "{from} at {hertz} Hz: {gain:.1} dB");
            }
        }
    }

    #[test]
    fn time_is_kept() {
        let input = tone(22_050, 440.0, 22_050);
        let expected = tone(8_000, 440.0, 8_000);
        let output = convert(&input, 22_050, 8_000);
        assert_eq!(output.len(), 8_000);
        let worst = output[200..7_800]
            .iter()
            .zip(&expected[200..7_800])
            .map(|(a, b)| (a - b).abs())
            .max();
        assert!(worst < Some(30), "{worst:?}");
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(
            samples in proptest::collection::vec(any::<i16>(), 0..3_000),
            piece in 1usize..700,
            rates in prop_oneof![Just((22_050, 8_000)), Just((8_000, 16_000)), Just((48_000, 8_000)), Just((8_000, 8_000))],
        ) {
            let whole = convert(&samples, rates.0, rates.1);
            let mut resampler = Resampler::new(rates.0, rates.1);
            let mut pieces = Vec::new();
            for part in samples.chunks(piece) {
                resampler.push(part, &mut pieces);
            }
            resampler.finish(&mut pieces);
            prop_assert_eq!(&whole, &pieces);
            let length = (samples.len() as u64 * u64::from(rates.1)).div_ceil(u64::from(rates.0));
            prop_assert_eq!(whole.len() as u64, length);
        }
    }
}
