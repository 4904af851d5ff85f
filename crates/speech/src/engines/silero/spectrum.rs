//! The magnitudes of four frames' Fourier transforms at once, a frame in each lane.
//!
//! The published network has a matrix of 130 times 128 numbers here, applied as a convolution. They are a Hann window times
//! cosines and sines, so that a fast transform gives the same with a twentieth of the work.

use std::f64::consts::PI;

use fearless_simd::{f32x4, prelude::*};

/// Samples in a frame.
pub(super) const FRAME: usize = 128;
/// Samples from the beginning of a frame to that of the next.
pub(super) const HOP: usize = 64;
/// Frames in a window.
pub(super) const FRAMES: usize = 4;
/// Frequencies, 0 Hz and half the sampling rate included.
pub(super) const BINS: usize = FRAME / 2 + 1;
/// Samples that the four frames lie on.
pub(super) const SPAN: usize = FRAME + (FRAMES - 1) * HOP;

/// Complex numbers of the transform: two samples in each.
const PAIRS: usize = FRAME / 2;

/// The window, and `exp(-2πik/128)` for each k, as cosines and sines.
pub(super) struct Spectrum {
    window: [f32; FRAME],
    turns: [(f32, f32); FRAME],
}

impl Spectrum {
    /// With a window of 128 numbers; `None` when it has another length.
    pub(super) fn new(window: &[f32]) -> Option<Self> {
        let turn = |k: usize| {
            let angle = -2.0 * PI * k as f64 / FRAME as f64;
            (angle.cos() as f32, angle.sin() as f32)
        };
        Some(Self {
            window: window.try_into().ok()?,
            turns: std::array::from_fn(turn),
        })
    }

    /// The magnitude of each frequency in each frame.
    #[inline(always)]
    pub(super) fn magnitudes<S: Simd>(&self, simd: S, sound: &[f32; SPAN]) -> [[f32; FRAMES]; BINS] {
        let mut work = self.sorted(simd, sound);
        self.stage::<S, 1>(simd, &mut work);
        self.stage::<S, 4>(simd, &mut work);
        self.stage::<S, 16>(simd, &mut work);
        self.unfold(simd, &work)
    }

    /// The windowed samples, even ones as real parts, odd ones as imaginary ones, in the order that the first stage wants: the
    /// three digits of their numbers to the base 4 read backwards.
    #[inline(always)]
    fn sorted<S: Simd>(&self, simd: S, sound: &[f32; SPAN]) -> [Complex<S>; PAIRS] {
        let nothing = f32x4::splat(simd, 0.0);
        let mut work = [Complex(nothing, nothing); PAIRS];
        for (to, pair) in work.iter_mut().enumerate() {
            let from = 2 * ((to % 4) * 16 + (to / 4 % 4) * 4 + to / 16);
            *pair = Complex(self.sample(simd, sound, from), self.sample(simd, sound, from + 1));
        }
        work
    }

    /// Sample `n` of each frame, windowed.
    #[inline(always)]
    fn sample<S: Simd>(&self, simd: S, sound: &[f32; SPAN], n: usize) -> f32x4<S> {
        let lanes = [sound[n], sound[n + HOP], sound[n + 2 * HOP], sound[n + 3 * HOP]];
        f32x4::from_slice(simd, &lanes) * self.window[n]
    }

    /// Joins transforms of length `LENGTH`, four at a time, to such of four times the length.
    #[inline(always)]
    fn stage<S: Simd, const LENGTH: usize>(&self, simd: S, work: &mut [Complex<S>; PAIRS]) {
        for first in (0..PAIRS).step_by(4 * LENGTH) {
            for k in 0..LENGTH {
                self.join::<S, LENGTH>(simd, work, first + k, k * (FRAME / (4 * LENGTH)));
            }
        }
    }

    /// Joins the four numbers that lie `LENGTH` apart from `at` on; the second is to be turned by `turn`.
    #[inline(always)]
    fn join<S: Simd, const LENGTH: usize>(
        &self,
        simd: S,
        work: &mut [Complex<S>; PAIRS],
        at: usize,
        turn: usize,
    ) {
        let a = work[at];
        let b = work[at + LENGTH].turned(simd, self.turns[turn]);
        let c = work[at + 2 * LENGTH].turned(simd, self.turns[2 * turn]);
        let d = work[at + 3 * LENGTH].turned(simd, self.turns[3 * turn]);
        let (sum, difference) = (a.plus(c), a.minus(c));
        let (other, turned) = (b.plus(d), b.minus(d).quarter_back());
        work[at] = sum.plus(other);
        work[at + LENGTH] = difference.plus(turned);
        work[at + 2 * LENGTH] = sum.minus(other);
        work[at + 3 * LENGTH] = difference.minus(turned);
    }

    /// Takes the spectra of even and odd samples apart, and joins them to that of all samples.
    #[inline(always)]
    fn unfold<S: Simd>(&self, simd: S, work: &[Complex<S>; PAIRS]) -> [[f32; FRAMES]; BINS] {
        let mut magnitudes = [[0.0; FRAMES]; BINS];
        for k in 0..=PAIRS / 2 {
            let (a, b) = (work[k], work[(PAIRS - k) % PAIRS]);
            let even = Complex(a.0 + b.0, a.1 - b.1);
            let odd = Complex(a.1 + b.1, b.0 - a.0).turned(simd, self.turns[k]);
            even.plus(odd).half_magnitude().store_slice(&mut magnitudes[k]);
            even.minus(odd)
                .half_magnitude()
                .store_slice(&mut magnitudes[PAIRS - k]);
        }
        magnitudes
    }
}

/// A complex number of each frame.
#[derive(Clone, Copy)]
struct Complex<S: Simd>(f32x4<S>, f32x4<S>);

impl<S: Simd> Complex<S> {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1)
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        Self(self.0 - other.0, self.1 - other.1)
    }

    /// Times `turn`.
    #[inline(always)]
    fn turned(self, simd: S, turn: (f32, f32)) -> Self {
        let (re, im) = (f32x4::splat(simd, turn.0), f32x4::splat(simd, turn.1));
        Self(self.0 * re - self.1 * im, self.0 * im + self.1 * re)
    }

    /// Times -i.
    #[inline(always)]
    fn quarter_back(self) -> Self {
        Self(self.1, -self.0)
    }

    #[inline(always)]
    fn half_magnitude(self) -> f32x4<S> {
        (self.0 * self.0 + self.1 * self.1).sqrt() * 0.5
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::super::level::levels;
    use super::*;

    /// The definition, term by term.
    fn slow(window: &[f32], frame: &[f32], k: usize) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, (sample, window)) in frame.iter().zip(window).enumerate() {
            let angle = 2.0 * PI * (k * n) as f64 / FRAME as f64;
            re += f64::from(sample * window) * angle.cos();
            im += f64::from(sample * window) * angle.sin();
        }
        re.hypot(im)
    }

    fn fast(level: Level, window: &[f32], sound: &[f32; SPAN]) -> [[f32; FRAMES]; BINS] {
        let spectrum = Spectrum::new(window).unwrap();
        dispatch!(level, simd => spectrum.magnitudes(simd, sound))
    }

    #[test]
    fn equals_the_definition() {
        let window: [f32; FRAME] =
            std::array::from_fn(|n| (n as f32 * 0.024_6).sin().powi(2) + n as f32 * 1e-3);
        let sound =
            std::array::from_fn(|n| (n as f32 * 0.37).sin() * 0.5 + ((n * n) as f32 * 0.011).cos() * 0.3);
        for level in levels() {
            for (k, frames) in fast(level, &window, &sound).iter().enumerate() {
                for (frame, &magnitude) in frames.iter().enumerate() {
                    let expected = slow(&window, &sound[frame * HOP..], k);
                    let off = (f64::from(magnitude) - expected).abs();
                    assert!(
                        off < 2e-5,
                        "{level:?}, frame {frame}, frequency {k}: {magnitude}, not {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn another_window_is_refused() {
        assert!(Spectrum::new(&[1.0; FRAME - 1]).is_none());
        assert!(Spectrum::new(&[1.0; FRAME + 1]).is_none());
    }
}
