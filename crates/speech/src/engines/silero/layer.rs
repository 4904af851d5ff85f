//! One layer of the network: a convolution over a few frames, or, with one tap, a matrix.
//!
//! The sums of 64 outputs stay in registers while the weights stream by once, in the order in which they lie in memory: each
//! row is multiplied by one number of the input and added. So nothing is to be added up across a register, and every sum is
//! computed in the same order whatever the registers' width.

use fearless_simd::prelude::*;

/// Columns of a row: the outputs that are computed together.
pub(super) const BLOCK: usize = 64;

/// Weights from one input and tap to 64 outputs, or a bias of 64 outputs. Aligned to cache lines: a register that is filled
/// from two of them costs twice.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Row([f32; BLOCK]);

/// The weights of `BLOCKS` times 64 outputs. Output frame `f` meets with tap `t` the input frame `f * STRIDE + t - PAD`;
/// what lies outside counts as zero.
pub(super) struct Layer<const BLOCKS: usize, const TAPS: usize, const STRIDE: usize, const PAD: usize> {
    /// For each block its rows, `[input][tap]`.
    weights: [Box<[Row]>; BLOCKS],
    bias: [Row; BLOCKS],
}

/// A layer that is a matrix: one tap.
pub(super) type Matrix<const BLOCKS: usize> = Layer<BLOCKS, 1, 1, 0>;

impl<const BLOCKS: usize, const TAPS: usize, const STRIDE: usize, const PAD: usize>
    Layer<BLOCKS, TAPS, STRIDE, PAD>
{
    /// A layer with so many inputs from its tables; `None` when they are of other sizes.
    pub(super) fn new(inputs: usize, weights: &[f32], bias: &[f32]) -> Option<Self> {
        let (weights, bias) = (rows(weights), rows(bias));
        let rows = inputs * TAPS;
        if weights.len() != BLOCKS * rows || bias.len() != BLOCKS {
            return None;
        }
        Some(Self {
            weights: std::array::from_fn(|block| weights[block * rows..][..rows].into()),
            bias: bias.try_into().ok()?,
        })
    }

    /// The sums of one block, below [`BLOCKS`], in `OUT` frames, from the `IN` frames of each input.
    #[inline(always)]
    pub(super) fn block<S: Simd, const IN: usize, const OUT: usize>(
        &self,
        simd: S,
        block: usize,
        input: &[[f32; IN]],
    ) -> [[f32; BLOCK]; OUT] {
        // Eight sums at once, so that none waits for the one before. AVX-512 has twice the registers, and four hold a row.
        match (OUT, S::f32s::LEN) {
            (1, 4 | 8) => self.passes::<S, IN, OUT, 8>(simd, block, input),
            (4, 4 | 8) => self.passes::<S, IN, OUT, 2>(simd, block, input),
            _ => self.passes::<S, IN, OUT, 4>(simd, block, input),
        }
    }

    /// The block's sums, `VECTORS` registers of each frame at a time.
    #[inline(always)]
    fn passes<S: Simd, const IN: usize, const OUT: usize, const VECTORS: usize>(
        &self,
        simd: S,
        block: usize,
        input: &[[f32; IN]],
    ) -> [[f32; BLOCK]; OUT] {
        let mut sums = [[0.0; BLOCK]; OUT];
        let width = VECTORS * S::f32s::LEN;
        for pass in 0..BLOCK / width {
            let found: [[S::f32s; VECTORS]; OUT] = self.pass(simd, block, input, pass * width);
            for (sums, found) in sums.iter_mut().zip(&found) {
                let columns = sums[pass * width..][..width].chunks_exact_mut(S::f32s::LEN);
                columns.zip(found).for_each(|(to, sum)| sum.store_slice(to));
            }
        }
        sums
    }

    /// The sums of the columns that begin `at`.
    #[inline(always)]
    fn pass<S: Simd, const IN: usize, const OUT: usize, const VECTORS: usize>(
        &self,
        simd: S,
        block: usize,
        input: &[[f32; IN]],
        at: usize,
    ) -> [[S::f32s; VECTORS]; OUT] {
        let mut sums = [self.bias[block].vectors(simd, at); OUT];
        for (rows, input) in self.weights[block].as_chunks::<TAPS>().0.iter().zip(input) {
            for (tap, row) in rows.iter().enumerate() {
                let row = row.vectors(simd, at);
                for (frame, sums) in sums.iter_mut().enumerate() {
                    let met = frame * STRIDE + tap;
                    if (PAD..PAD + IN).contains(&met) {
                        add(simd, sums, &row, input[met - PAD]);
                    }
                }
            }
        }
        sums
    }
}

impl Row {
    /// `VECTORS` registers from the columns that begin `at`.
    #[inline(always)]
    fn vectors<S: Simd, const VECTORS: usize>(&self, simd: S, at: usize) -> [S::f32s; VECTORS] {
        let columns = self.0[at..][..VECTORS * S::f32s::LEN].chunks_exact(S::f32s::LEN);
        let mut vectors = [S::f32s::splat(simd, 0.0); VECTORS];
        for (vector, columns) in vectors.iter_mut().zip(columns) {
            *vector = S::f32s::from_slice(simd, columns);
        }
        vectors
    }
}

/// Adds `row` times `factor`, in one rounding where the machine can.
#[inline(always)]
fn add<S: Simd, const VECTORS: usize>(
    simd: S,
    sums: &mut [S::f32s; VECTORS],
    row: &[S::f32s; VECTORS],
    factor: f32,
) {
    let factor = S::f32s::splat(simd, factor);
    for (sum, &weight) in sums.iter_mut().zip(row) {
        *sum = weight.mul_add(factor, *sum);
    }
}

fn rows(numbers: &[f32]) -> Vec<Row> {
    numbers.as_chunks().0.iter().map(|&row| Row(row)).collect()
}
