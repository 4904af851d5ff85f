//! The network's two curves, from polynomials: no table, no branch, the same on every machine but for the last bits.

use std::f32::consts::LOG2_E;

use fearless_simd::prelude::*;

/// Beyond this the quotient is no better than 1 in `f32`.
const BOUND: f32 = 7.905_311;
/// Of x, x³ … x¹³ above the line (the coefficients are those that Eigen and XLA use).
const ABOVE: [f32; 7] = [
    4.893_524_6e-3,
    6.372_619_3e-4,
    1.485_722_4e-5,
    5.122_297e-8,
    -8.604_672e-11,
    2.000_188e-13,
    -2.760_768_5e-16,
];
/// Of 1, x² … x⁶ below it.
const BELOW: [f32; 4] = [4.893_525e-3, 2.268_434_6e-3, 1.185_347_1e-4, 1.198_258_4e-6];

/// The natural logarithm of 2 in two parts; the first has so few digits that whole multiples of it are exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;
/// The first terms of the exponential function's series, enough for half of the logarithm of 2.
const EXP: [f32; 8] = [
    1.0,
    1.0,
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
];

/// The hyperbolic tangent, at most 4e-7 off. A NaN gives some number.
#[inline(always)]
pub(super) fn tanh<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let x = x.max(-BOUND).min(BOUND);
    let square = x * x;
    x * horner(simd, &ABOVE, square) / horner(simd, &BELOW, square)
}

/// The logistic function, `1 / (1 + exp(-x))`, at most 4e-7 off **in proportion**, down to 1e-37: a gate
/// that is all but shut still lets through what adds up over thousands of windows, and half of `1 + tanh(x / 2)`, which
/// cannot tell 1e-9 from 1e-7, has been 3e-4 off in the network's probability.
#[inline(always)]
pub(super) fn sigmoid<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let one = S::f32s::splat(simd, 1.0);
    one / (one + exp(simd, -x))
}

/// The exponential function of x from -87 to 87, and of the nearer of these beyond: a power of two, and a polynomial for what is left.
#[inline(always)]
fn exp<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let x = x.max(-87.0).min(87.0);
    // Added to a number so large, the power is rounded to a whole one, which stands in the lowest bits, 127 more than it is: as
    // an exponent wants it.
    let large = S::f32s::splat(simd, 12_582_912.0 + 127.0);
    let shifted = x.mul_add(S::f32s::splat(simd, LOG2_E), large);
    let power = shifted - large;
    let rest = power.mul_add(S::f32s::splat(simd, -LN_2_HIGH), x);
    let rest = power.mul_add(S::f32s::splat(simd, -LN_2_LOW), rest);
    horner(simd, &EXP, rest) * S::f32s::from_bits(shifted.to_bits() << 23)
}

/// The polynomial with these coefficients, that of the constant first.
#[inline(always)]
fn horner<S: Simd>(simd: S, coefficients: &[f32], x: S::f32s) -> S::f32s {
    let mut sum = S::f32s::splat(simd, 0.0);
    for &coefficient in coefficients.iter().rev() {
        sum = sum.mul_add(x, S::f32s::splat(simd, coefficient));
    }
    sum
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::super::level::levels;
    use super::*;

    #[inline(always)]
    fn both<S: Simd>(simd: S, x: f32) -> (f32, f32) {
        let x = S::f32s::splat(simd, x);
        (tanh(simd, x).as_slice()[0], sigmoid(simd, x).as_slice()[0])
    }

    /// How far each curve is off at worst over -80 to 80, the logistic function in proportion.
    fn worst(level: Level) -> (f64, f64) {
        (-400_000..=400_000).fold((0.0, 0.0), |worst: (f64, f64), n| {
            let x = n as f32 * 2e-4;
            let found = dispatch!(level, simd => both(simd, x));
            let x = f64::from(x);
            let off = (
                f64::from(found.0) - x.tanh(),
                f64::from(found.1) * (1.0 + (-x).exp()) - 1.0,
            );
            (worst.0.max(off.0.abs()), worst.1.max(off.1.abs()))
        })
    }

    #[test]
    fn the_curves_are_as_near_as_they_say() {
        for level in levels() {
            let (tanh, sigmoid) = worst(level);
            assert!(tanh < 4e-7 && sigmoid < 4e-7, "{level:?}: {tanh:e}, {sigmoid:e}");
        }
    }

    #[test]
    fn the_curves_end_at_their_bounds() {
        for (x, ends) in [(f32::MAX, (1.0, 1.0)), (f32::MIN, (-1.0, 0.0)), (0.0, (0.0, 0.5))] {
            for level in levels() {
                let found = dispatch!(level, simd => both(simd, x));
                assert!((found.0 - ends.0 as f32).abs() < 4e-7, "{level:?} {x}: {found:?}");
                assert!((found.1 - ends.1 as f32).abs() < 4e-7, "{level:?} {x}: {found:?}");
            }
        }
    }
}
