//! Fourier transforms of the two sizes that the front end needs: 256 complex values, and 512 real ones by the same transform.
//!
//! Own code, since 256 points are all there is: a planner for any size would be a large dependency for one small transform.

use std::f32::consts::PI;
use std::sync::LazyLock;

/// Points of the complex transform.
pub(super) const SIZE: usize = 256;
/// Points of the real transform.
pub(super) const REAL: usize = 2 * SIZE;

/// A complex number.
#[derive(Clone, Copy, Default)]
pub(super) struct Complex {
    pub(super) re: f32,
    pub(super) im: f32,
}

impl Complex {
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self {
            re: self.re + other.re,
            im: self.im + other.im,
        }
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        Self {
            re: self.re - other.re,
            im: self.im - other.im,
        }
    }

    /// Multiplied by −i.
    #[inline(always)]
    fn turned(self) -> Self {
        Self {
            re: self.im,
            im: -self.re,
        }
    }
}

/// 256 complex values, real and imaginary parts apart. Of a real sound of 512 samples: bins 0 to 255 (15.6 Hz each at 8 kHz). The last bin, half the sample rate, is left
/// out: a telephone carries nothing there.
#[derive(Clone)]
pub(super) struct Spectrum {
    pub(super) re: [f32; SIZE],
    pub(super) im: [f32; SIZE],
}

impl Spectrum {
    /// Of silence.
    pub(super) const SILENT: Self = Self {
        re: [0.0; SIZE],
        im: [0.0; SIZE],
    };
}

impl Spectrum {
    /// One bin, below 256.
    #[inline(always)]
    pub(super) fn at(&self, bin: usize) -> Complex {
        Complex {
            re: self.re[bin],
            im: self.im[bin],
        }
    }
}

/// The tables of all calls: one for each would only push the other calls' out of the cache.
static SHARED: LazyLock<Fft> = LazyLock::new(Fft::new);

/// Tables.
pub(super) struct Fft {
    /// e^(−2πik/512), for k below 256.
    turns: [Complex; SIZE],
    /// The turns of the three stages' second, third and fourth quarters, up to 64 of each.
    stages: [[[Complex; 64]; 3]; 3],
    /// The digits of each index to base 4 in reverse.
    order: [u8; SIZE],
}

impl Fft {
    /// The tables, made by the first call that asks.
    pub(super) fn shared() -> &'static Self {
        &SHARED
    }

    fn new() -> Self {
        let turn = |k: usize| {
            let angle = -2.0 * PI * k as f32 / REAL as f32;
            Complex {
                re: angle.cos(),
                im: angle.sin(),
            }
        };
        let reversed = |n: usize| (0..4).fold(0, |to, digit| (to << 2) | ((n >> (2 * digit)) & 3)) as u8;
        Self {
            turns: std::array::from_fn(turn),
            stages: [4, 16, 64].map(|quarter| {
                let nth = |n: usize, k: usize| turn((n + 1) * k * (REAL / (4 * quarter)));
                std::array::from_fn(|n| std::array::from_fn(|k| nth(n, k)))
            }),
            order: std::array::from_fn(reversed),
        }
    }

    /// The complex transform: out of `input(n)`, n from 0 to 255, into `out`. Not scaled. Radix 4, decimation in time.
    #[inline(always)]
    pub(super) fn complex(&self, input: impl Fn(usize) -> Complex, out: &mut Spectrum) {
        for (four, from) in self.order.chunks_exact(4).enumerate() {
            let at = |n: usize| input(usize::from(from[n]));
            let mixed = butterfly([at(0), at(1), at(2), at(3)]);
            for (n, value) in mixed.into_iter().enumerate() {
                (out.re[4 * four + n], out.im[4 * four + n]) = (value.re, value.im);
            }
        }
        stage::<4>(&self.stages[0], out);
        stage::<16>(&self.stages[1], out);
        stage::<64>(&self.stages[2], out);
    }

    /// The spectrum of 512 samples. Not scaled.
    #[inline(always)]
    pub(super) fn forward(&self, sound: &[f32; REAL], work: &mut Spectrum, out: &mut Spectrum) {
        let pair = |n: usize| Complex {
            re: sound[2 * n],
            im: sound[2 * n + 1],
        };
        self.complex(pair, work);
        for k in 0..SIZE {
            let (here, there) = (work.at(k), work.at((SIZE - k) % SIZE));
            // The spectra of the even and of the odd samples.
            let even = Complex {
                re: 0.5 * (here.re + there.re),
                im: 0.5 * (here.im - there.im),
            };
            let odd = Complex {
                re: 0.5 * (here.im + there.im),
                im: 0.5 * (there.re - here.re),
            };
            let turned = odd.times(self.turns[k]);
            out.re[k] = even.re + turned.re;
            out.im[k] = even.im + turned.im;
        }
    }

    /// The 512 samples of a spectrum, scaled so that it undoes [`Self::forward`].
    #[inline(always)]
    pub(super) fn inverse(&self, spectrum: &Spectrum, work: &mut Spectrum, out: &mut [f32; REAL]) {
        let bin = |k: usize| {
            if k == SIZE {
                Complex::default()
            } else {
                spectrum.at(k)
            }
        };
        // The inverse transform is the forward one of the conjugate.
        let pair = |k: usize| {
            let (here, there) = (bin(k), bin(SIZE - k));
            let even = Complex {
                re: here.re + there.re,
                im: here.im - there.im,
            };
            let odd = Complex {
                re: here.re - there.re,
                im: here.im + there.im,
            };
            let back = self.turns[k];
            let odd = odd.times(Complex {
                re: back.re,
                im: -back.im,
            });
            Complex {
                re: even.re - odd.im,
                im: -(even.im + odd.re),
            }
        };
        self.complex(pair, work);
        let scale = 1.0 / REAL as f32;
        for (n, two) in out.chunks_exact_mut(2).enumerate() {
            two[0] = scale * work.re[n];
            two[1] = -scale * work.im[n];
        }
    }
}

/// Joins four neighbours of `QUARTER` values each into one, everywhere.
#[inline(always)]
fn stage<const QUARTER: usize>(turns: &[[Complex; 64]; 3], out: &mut Spectrum) {
    let Spectrum { re, im } = out;
    for (re, im) in re
        .chunks_exact_mut(4 * QUARTER)
        .zip(im.chunks_exact_mut(4 * QUARTER))
    {
        for k in 0..QUARTER {
            let at = |n: usize| Complex {
                re: re[n * QUARTER + k],
                im: im[n * QUARTER + k],
            };
            let turned = |n: usize| at(n).times(turns[n - 1][k]);
            let mixed = butterfly([at(0), turned(1), turned(2), turned(3)]);
            for (n, value) in mixed.into_iter().enumerate() {
                re[n * QUARTER + k] = value.re;
                im[n * QUARTER + k] = value.im;
            }
        }
    }
}

/// A transform of four points.
#[inline(always)]
fn butterfly([a, b, c, d]: [Complex; 4]) -> [Complex; 4] {
    let (ac, a_c) = (a.plus(c), a.minus(c));
    let (bd, b_d) = (b.plus(d), b.minus(d).turned());
    [ac.plus(bd), a_c.plus(b_d), ac.minus(bd), a_c.minus(b_d)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Noise;

    #[test]
    fn it_is_the_transform_of_the_definition() {
        let mut noise = Noise::new();
        let sound: [f32; REAL] = std::array::from_fn(|_| noise.next());
        let (fft, mut work, mut spectrum) = (Fft::new(), Spectrum::SILENT, Spectrum::SILENT);
        fft.forward(&sound, &mut work, &mut spectrum);
        for k in [0, 1, 2, 63, 64, 100, 127, 128, 200, 255] {
            let (mut re, mut im) = (0.0f64, 0.0f64);
            for (n, &sample) in sound.iter().enumerate() {
                let angle = -std::f64::consts::TAU * (k * n) as f64 / REAL as f64;
                re += f64::from(sample) * angle.cos();
                im += f64::from(sample) * angle.sin();
            }
            let off = (f64::from(spectrum.re[k]) - re).hypot(f64::from(spectrum.im[k]) - im);
            assert!(off < 1e-3, "bin {k}: {off}");
        }
    }

    #[test]
    fn the_inverse_undoes_it() {
        let mut noise = Noise::new();
        // Nothing at half the sample rate, which is not kept.
        let mut before = 0.0;
        let mut smooth = || {
            let now = noise.next();
            std::mem::replace(&mut before, now) + now
        };
        let mut sound: [f32; REAL] = std::array::from_fn(|_| smooth());
        let top: f32 = sound
            .iter()
            .enumerate()
            .map(|(n, s)| if n % 2 == 0 { *s } else { -s })
            .sum();
        for (n, sample) in sound.iter_mut().enumerate() {
            *sample -= top / REAL as f32 * if n % 2 == 0 { 1.0 } else { -1.0 };
        }
        let (fft, mut work, mut spectrum) = (Fft::new(), Spectrum::SILENT, Spectrum::SILENT);
        fft.forward(&sound, &mut work, &mut spectrum);
        let mut back = [0.0; REAL];
        fft.inverse(&spectrum, &mut work, &mut back);
        let off = sound
            .iter()
            .zip(&back)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!(off < 1e-5, "{off}");
    }
}
