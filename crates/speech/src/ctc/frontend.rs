//! Log-mel features as the training script makes them: what comes out here must equal `features.py` there.

use super::fft::{BINS, Fft, SIZE};

/// Numbers in one feature vector: three frames of 40 bands, the oldest first.
pub const FEATURES: usize = BANDS * STACK;
/// Samples from one feature vector to the next: 30 ms.
pub const STEP_SAMPLES: usize = HOP * STACK;

const BANDS: usize = 40;
/// Frames in a feature vector.
const STACK: usize = 3;
/// Samples from one frame to the next, 10 ms.
const HOP: usize = 80;
/// Samples in one frame, 25 ms.
const WINDOW: usize = 200;
/// The bands lie between these frequencies, in Hz.
const RANGE: (f64, f64) = (60.0, 3_800.0);
/// Power below this counts as this.
const FLOOR: f32 = 1e-6;

/// One triangular band: the first bin it covers and the weights from there on.
struct Band {
    first: usize,
    weights: Vec<f32>,
}

/// Turns samples into feature vectors as they come. Nothing is allocated after [`LogMel::new`].
pub struct LogMel {
    window: [f32; WINDOW],
    bands: Vec<Band>,
    fft: Fft,
    /// The samples of the frame that is being filled; behind them zeros up to the transform's size.
    pending: [f32; WINDOW],
    filled: usize,
    stacked: [f32; FEATURES],
    frames: usize,
}

impl Default for LogMel {
    fn default() -> Self {
        Self::new()
    }
}

impl LogMel {
    /// A front end at the beginning of an utterance.
    pub fn new() -> Self {
        Self {
            window: std::array::from_fn(hann),
            bands: (0..BANDS).map(band).collect(),
            fft: Fft::new(),
            pending: [0.0; WINDOW],
            filled: 0,
            stacked: [0.0; FEATURES],
            frames: 0,
        }
    }

    /// Takes samples, any number of them, and calls `each` with every feature vector they complete. Vector n covers the
    /// samples from 240 n to 240 n + 360.
    ///
    /// # Errors
    /// The first error of `each`; the vectors after it are lost.
    pub fn push<E>(
        &mut self,
        mut samples: &[i16],
        mut each: impl FnMut(&[f32; FEATURES]) -> Result<(), E>,
    ) -> Result<(), E> {
        while !samples.is_empty() {
            let (head, tail) = samples.split_at(samples.len().min(WINDOW - self.filled));
            for (to, &sample) in self.pending[self.filled..].iter_mut().zip(head) {
                *to = f32::from(sample) / 32_768.0;
            }
            self.filled += head.len();
            samples = tail;
            if self.filled == WINDOW && self.frame() {
                each(&self.stacked)?;
            }
        }
        Ok(())
    }

    /// Begins a new utterance.
    pub fn reset(&mut self) {
        self.filled = 0;
        self.frames = 0;
    }

    /// Computes the frame that is full. Whether it completes a vector.
    fn frame(&mut self) -> bool {
        let mut windowed = [0.0; SIZE];
        for (to, (sample, weight)) in windowed.iter_mut().zip(self.pending.iter().zip(&self.window)) {
            *to = sample * weight;
        }
        let mut power = [0.0; BINS];
        self.fft.power(&windowed, &mut power);
        let at = self.frames * BANDS;
        for (to, band) in self.stacked[at..at + BANDS].iter_mut().zip(&self.bands) {
            *to = band.energy(&power).max(FLOOR).ln();
        }
        self.pending.copy_within(HOP.., 0);
        self.filled = WINDOW - HOP;
        self.frames = (self.frames + 1) % STACK;
        self.frames == 0
    }
}

impl Band {
    fn energy(&self, power: &[f32; BINS]) -> f32 {
        let covered = &power[self.first..];
        self.weights.iter().zip(covered).map(|(w, p)| w * p).sum()
    }
}

/// The periodic Hann window.
fn hann(n: usize) -> f32 {
    let angle = 2.0 * std::f64::consts::PI * n as f64 / WINDOW as f64;
    (0.5 - 0.5 * angle.cos()) as f32
}

/// HTK's mel scale and its inverse.
fn mel(hertz: f64) -> f64 {
    2_595.0 * (1.0 + hertz / 700.0).log10()
}

fn hertz(mel: f64) -> f64 {
    700.0 * (10f64.powf(mel / 2_595.0) - 1.0)
}

/// The n-th band: a triangle in Hz whose corners are evenly spaced in mel.
fn band(n: usize) -> Band {
    let (low, high) = (mel(RANGE.0), mel(RANGE.1));
    let corner = |k: usize| hertz(low + (high - low) * k as f64 / (BANDS + 1) as f64);
    let (left, top, right) = (corner(n), corner(n + 1), corner(n + 2));
    let weight = |bin: usize| {
        let at = bin as f64 * f64::from(crate::SAMPLE_RATE) / SIZE as f64;
        ((at - left) / (top - left))
            .min((right - at) / (right - top))
            .max(0.0) as f32
    };
    let first = (0..BINS).find(|&bin| weight(bin) > 0.0).unwrap_or(0);
    let weights = (first..BINS).map(weight).take_while(|&w| w > 0.0).collect();
    Band { first, weights }
}
