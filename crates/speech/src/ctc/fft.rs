//! The power spectrum of 256 real samples: a complex transform of half the length, radix 2.

/// Samples in one transform.
pub(super) const SIZE: usize = 256;
/// Frequencies in its spectrum, 0 Hz and half the sampling rate included.
pub(super) const BINS: usize = SIZE / 2 + 1;
const HALF: usize = SIZE / 2;

/// A number with a real and an imaginary part.
type Complex = (f32, f32);

/// Tables for the transform, and its working memory.
pub(super) struct Fft {
    /// `exp(-2πik/256)` for k below 128.
    turns: [Complex; HALF],
    /// Where each sample pair goes before the first pass.
    order: [u8; HALF],
    work: [Complex; HALF],
}

impl Fft {
    pub(super) fn new() -> Self {
        let turn = |k: usize| {
            let angle = -2.0 * std::f64::consts::PI * k as f64 / SIZE as f64;
            (angle.cos() as f32, angle.sin() as f32)
        };
        Self {
            turns: std::array::from_fn(turn),
            order: std::array::from_fn(|n| (n as u8).reverse_bits() >> 1),
            work: [(0.0, 0.0); HALF],
        }
    }

    /// Fills `power` with the squared magnitude of each frequency.
    pub(super) fn power(&mut self, samples: &[f32; SIZE], power: &mut [f32; BINS]) {
        for (pair, &to) in samples.as_chunks::<2>().0.iter().zip(&self.order) {
            self.work[usize::from(to)] = (pair[0], pair[1]);
        }
        self.transform();
        self.unfold(power);
    }

    fn transform(&mut self) {
        let mut half = 1;
        while half < HALF {
            // A pass joins transforms of length `half`; its k-th turn is `exp(-πik/half)`.
            let stride = HALF / half;
            for block in self.work.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                for (k, (a, b)) in low.iter_mut().zip(high).enumerate() {
                    let turned = times(*b, self.turns[k * stride]);
                    *b = (a.0 - turned.0, a.1 - turned.1);
                    *a = (a.0 + turned.0, a.1 + turned.1);
                }
            }
            half *= 2;
        }
    }

    /// The even samples were the real parts and the odd ones the imaginary parts: takes the two spectra apart and joins
    /// them to that of all samples.
    fn unfold(&self, power: &mut [f32; BINS]) {
        for (k, power) in power.iter_mut().enumerate() {
            let a = self.work[k % HALF];
            let b = self.work[(HALF - k % HALF) % HALF];
            let even = (0.5 * (a.0 + b.0), 0.5 * (a.1 - b.1));
            let odd = (0.5 * (a.1 + b.1), 0.5 * (b.0 - a.0));
            let turn = self.turns.get(k).copied().unwrap_or((-1.0, 0.0));
            let odd = times(odd, turn);
            let (re, im) = (even.0 + odd.0, even.1 + odd.1);
            *power = re * re + im * im;
        }
    }
}

fn times(a: Complex, b: Complex) -> Complex {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, term by term.
    fn slow_power(samples: &[f32; SIZE], k: usize) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, &sample) in samples.iter().enumerate() {
            let angle = -2.0 * std::f64::consts::PI * (k * n) as f64 / SIZE as f64;
            re += f64::from(sample) * angle.cos();
            im += f64::from(sample) * angle.sin();
        }
        re * re + im * im
    }

    #[test]
    fn equals_the_definition() {
        let samples =
            std::array::from_fn(|n| (n as f32 * 0.37).sin() * 0.5 + ((n * n) as f32 * 0.011).cos() * 0.3);
        let mut power = [0.0; BINS];
        let mut fft = Fft::new();
        for _ in 0..2 {
            fft.power(&samples, &mut power);
            for (k, &fast) in power.iter().enumerate() {
                let slow = slow_power(&samples, k);
                assert!(
                    (f64::from(fast) - slow).abs() < 1e-3 * slow.max(1.0),
                    "bin {k}: {fast} {slow}"
                );
            }
        }
    }
}
