//! Silero's network for 8 kHz: what it computes, with shapes as `[channels][frames]`.
//!
//! | step | of | to | weights |
//! | --- | --- | --- | --- |
//! | sound: 32 samples of the window before, 256 new ones, the last 32 mirrored | 288 | 320 | |
//! | Fourier transform of 4 frames of 128, 64 apart, Hann window; magnitudes | 320 | `[65][4]` | 128 |
//! | convolution, 3 taps, step 1, a frame of zeros at each end; ReLU | `[65][4]` | `[128][4]` | 65 × 3 × 128 |
//! | convolution, 3 taps, step 2, zeros likewise; ReLU | `[128][4]` | `[64][2]` | 128 × 3 × 64 |
//! | the same | `[64][2]` | `[64][1]` | 64 × 2 × 64: the first tap meets zeros only |
//! | convolution, 3 taps, step 1, zeros likewise; ReLU | `[64][1]` | `[128][1]` | 64 × 1 × 128: so do both outer taps |
//! | LSTM: gates from these 128 and the 128 hidden numbers; input, forget, output: logistic, candidate: tanh | 256 | 512 | 256 × 512 |
//! | its 128 cells and its 128 hidden numbers, which are what is remembered | 512 | 128 | |
//! | ReLU, a weighted sum, logistic: the probability (the published network takes a mean of this one number) | 128 | 1 | 128 |
//!
//! About 270 000 multiplications and 790 KiB of weights for a window; half of both, and two thirds of the weights, are the
//! LSTM's, so that calls that are judged together share the reading of those.

use fearless_simd::{Level, dispatch, f32x4, prelude::*};

use super::curve::{sigmoid, tanh};
use super::layer::{BLOCK, Layer, Matrix};
use super::spectrum::{BINS, FRAMES, SPAN, Spectrum};
use super::weights;

/// Numbers in each of the network's two state vectors.
pub(super) const STATE: usize = 128;
/// Samples of the window before that the network sees again.
pub(super) const CONTEXT: usize = 32;
/// Samples in one window: 32 ms at 8 kHz.
pub const WINDOW: usize = 256;
/// Samples at the end that are seen a second time, backwards.
const MIRRORED: usize = SPAN - CONTEXT - WINDOW;
/// Cells of the LSTM in one block of its gates.
const CELLS: usize = BLOCK / 4;

/// What the LSTM remembers of one call.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    pub(super) hidden: [f32; STATE],
    pub(super) cells: [f32; STATE],
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            hidden: [0.0; STATE],
            cells: [0.0; STATE],
        }
    }
}

/// The network's weights, read only: any number of threads may compute with them at once.
pub(super) struct Network {
    spectrum: Spectrum,
    first: Layer<2, 3, 1, 1>,
    second: Layer<1, 3, 2, 1>,
    /// Its first of three taps meets only zeros, and is left out.
    third: Layer<1, 2, 2, 0>,
    /// Its middle tap: the others meet only zeros.
    fourth: Matrix<2>,
    gates: Matrix<8>,
    output: [f32; STATE],
    output_bias: f32,
}

impl Network {
    /// The network from a file of weights.
    pub(super) fn read(file: &[u8]) -> Result<Self, &'static str> {
        let tables = weights::read(file)?;
        Self::from_tables(&tables).ok_or("another network (sizes)")
    }

    fn from_tables(tables: &[Vec<f32>; weights::TABLES]) -> Option<Self> {
        let [
            window,
            w1,
            b1,
            w2,
            b2,
            w3,
            b3,
            w4,
            b4,
            gates,
            gates_bias,
            output,
            output_bias,
        ] = tables;
        Some(Self {
            spectrum: Spectrum::new(window)?,
            first: Layer::new(BINS, w1, b1)?,
            second: Layer::new(128, w2, b2)?,
            third: Layer::new(64, w3, b3)?,
            fourth: Layer::new(64, w4, b4)?,
            gates: Layer::new(2 * STATE, gates, gates_bias)?,
            output: output.as_slice().try_into().ok()?,
            output_bias: *output_bias.first()?,
        })
    }

    /// What the encoder makes of a window; it remembers nothing.
    pub(super) fn encode(
        &self,
        level: Level,
        context: &[f32; CONTEXT],
        window: &[f32; WINDOW],
    ) -> [f32; STATE] {
        let sound = mirrored(context, window);
        dispatch!(level, simd => self.encoder(simd, &sound))
    }

    /// Lets `N` calls hear what the encoder made of a window of each, and tells the probability of speech in them.
    pub(super) fn hear<const N: usize>(
        &self,
        level: Level,
        heard: &[[f32; STATE]; N],
        memories: &mut [&mut Memory; N],
    ) -> [f32; N] {
        dispatch!(level, simd => self.decoder(simd, heard, memories))
    }

    #[inline(always)]
    fn encoder<S: Simd>(&self, simd: S, sound: &[f32; SPAN]) -> [f32; STATE] {
        let magnitudes = simd.vectorize(
            #[inline(always)]
            || self.spectrum.magnitudes(simd, sound),
        );
        let first: [[f32; FRAMES]; 128] = simd.vectorize(
            #[inline(always)]
            || rectified(|block| self.first.block(simd, block, &magnitudes)),
        );
        let second: [[f32; 2]; 64] = simd.vectorize(
            #[inline(always)]
            || rectified(|block| self.second.block(simd, block, &first)),
        );
        let third: [[f32; 1]; 64] = simd.vectorize(
            #[inline(always)]
            || rectified(|block| self.third.block(simd, block, &second)),
        );
        let fourth: [[f32; 1]; 128] = simd.vectorize(
            #[inline(always)]
            || rectified(|block| self.fourth.block(simd, block, &third)),
        );
        fourth.map(|[number]| number)
    }

    #[inline(always)]
    fn decoder<S: Simd, const N: usize>(
        &self,
        simd: S,
        heard: &[[f32; STATE]; N],
        memories: &mut [&mut Memory; N],
    ) -> [f32; N] {
        let mut input = [[0.0; N]; 2 * STATE];
        for call in 0..N {
            let (new, old) = input.split_at_mut(STATE);
            for n in 0..STATE {
                new[n][call] = heard[call][n];
                old[n][call] = memories[call].hidden[n];
            }
        }
        for block in 0..STATE / CELLS {
            let gates: [_; N] = self.gates.block(simd, block, &input);
            for (gates, memory) in gates.iter().zip(memories.iter_mut()) {
                memory.update(simd, block * CELLS, gates);
            }
        }
        let mut probabilities = [0.0; N];
        for (probability, memory) in probabilities.iter_mut().zip(memories.iter()) {
            *probability = self.probability(simd, &memory.hidden);
        }
        probabilities
    }

    #[inline(always)]
    fn probability<S: Simd>(&self, simd: S, hidden: &[f32; STATE]) -> f32 {
        let mut sums = f32x4::splat(simd, 0.0);
        for (hidden, weights) in hidden
            .as_chunks::<4>()
            .0
            .iter()
            .zip(self.output.as_chunks::<4>().0)
        {
            let heard = f32x4::from_slice(simd, hidden).max(0.0);
            sums = heard.mul_add(f32x4::from_slice(simd, weights), sums);
        }
        let sum = sums.as_slice().iter().sum::<f32>() + self.output_bias;
        sigmoid(simd, S::f32s::splat(simd, sum)).as_slice()[0]
    }
}

impl Memory {
    /// New values of the 16 cells that begin `at`, from their gates.
    #[inline(always)]
    fn update<S: Simd>(&mut self, simd: S, at: usize, gates: &[f32; BLOCK]) {
        let width = S::f32s::LEN;
        for n in (0..CELLS).step_by(width) {
            let input = sigmoid(simd, S::f32s::from_slice(simd, &gates[n..][..width]));
            let forget = sigmoid(simd, S::f32s::from_slice(simd, &gates[CELLS + n..][..width]));
            let candidate = tanh(simd, S::f32s::from_slice(simd, &gates[2 * CELLS + n..][..width]));
            let output = sigmoid(simd, S::f32s::from_slice(simd, &gates[3 * CELLS + n..][..width]));
            let cells = &mut self.cells[at + n..][..width];
            let kept = forget * S::f32s::from_slice(simd, cells);
            let new = input.mul_add(candidate, kept);
            new.store_slice(cells);
            (output * tanh(simd, new)).store_slice(&mut self.hidden[at + n..][..width]);
        }
    }
}

/// The window after its context, with its end mirrored, the last sample not repeated.
fn mirrored(context: &[f32; CONTEXT], window: &[f32; WINDOW]) -> [f32; SPAN] {
    let mut sound = [0.0; SPAN];
    sound[..CONTEXT].copy_from_slice(context);
    sound[CONTEXT..CONTEXT + WINDOW].copy_from_slice(window);
    for n in 0..MIRRORED {
        sound[CONTEXT + WINDOW + n] = window[WINDOW - 2 - n];
    }
    sound
}

/// A layer's outputs, what is below zero made zero, from its sums block by block.
#[inline(always)]
fn rectified<const OUTPUTS: usize, const FRAMES: usize>(
    sums: impl Fn(usize) -> [[f32; BLOCK]; FRAMES],
) -> [[f32; FRAMES]; OUTPUTS] {
    let mut outputs = [[0.0; FRAMES]; OUTPUTS];
    for (block, outputs) in outputs.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        for (frame, sums) in sums(block).iter().enumerate() {
            for (output, sum) in outputs.iter_mut().zip(sums) {
                output[frame] = sum.max(0.0);
            }
        }
    }
    outputs
}
