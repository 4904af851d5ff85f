//! Loudness in bands of two sounds at once, by one Fourier transform: one sound is the real, the other the imaginary part.

use std::f32::consts::PI;
use std::sync::LazyLock;

use super::fft::{Complex, Fft, SIZE, Spectrum};
use crate::FRAME_SAMPLES;

/// Samples between two transforms: 10 ms.
pub(super) const HOP: usize = 80;
/// Bands; each about one Bark wide.
pub(super) const BANDS: usize = 14;
/// The bands' edges in bins: 250 to 3375 Hz, what a telephone carries.
const EDGES: [usize; BANDS + 1] = [8, 11, 14, 17, 20, 24, 29, 34, 40, 47, 55, 65, 77, 91, 108];
/// Power below which a band is as good as silent, in dB of full scale; also the least that is told.
pub(super) const FLOOR_DB: f32 = -80.0;

/// 20 ms of sound, full scale being 1.
pub(super) type Sound = [f32; FRAME_SAMPLES];

/// Loudness of each band, in dB below a full-scale sine.
pub(super) type Bands = [f32; BANDS];

/// The sum of all bands, four at a time so that they can be added at once.
#[inline(always)]
pub(super) fn sum(bands: &Bands) -> f32 {
    let (fours, rest) = bands.as_chunks::<4>();
    let mut four = [0.0; 4];
    for more in fours {
        for (sum, value) in four.iter_mut().zip(more) {
            *sum += value;
        }
    }
    let rest: f32 = rest.iter().sum();
    (four[0] + four[1]) + (four[2] + four[3]) + rest
}

/// Of two sounds at one moment.
pub(super) type Pair = (Bands, Bands);

/// Moments in a frame.
pub(super) const MOMENTS: usize = FRAME_SAMPLES / HOP;

/// Hann's window, for all calls.
static HANN: LazyLock<[f32; SIZE]> =
    LazyLock::new(|| std::array::from_fn(|n| 0.5 - 0.5 * (2.0 * PI * n as f32 / SIZE as f32).cos()));

/// See the module's documentation.
#[derive(Clone)]
pub(super) struct PairSpectrum {
    fft: &'static Fft,
    window: &'static [f32; SIZE],
    /// The newest samples of both sounds, newest last.
    past: [Complex; SIZE],
    scale: f32,
}

impl PairSpectrum {
    /// Of two sounds that were silent until now.
    pub(super) fn new() -> Self {
        let window: &[f32; SIZE] = &HANN;
        // A full-scale sine has a quarter of (the window's sum)² in its bin, leakage into the neighbours included.
        let energy: f32 = window.iter().map(|w| w * w).sum();
        Self {
            fft: Fft::shared(),
            window,
            past: [Complex::default(); SIZE],
            scale: 4.0 / (energy * SIZE as f32),
        }
    }

    /// Takes 20 ms of both, full scale being 1; the loudness of each twice, 10 ms apart.
    #[inline(always)]
    pub(super) fn push(&mut self, one: &Sound, two: &Sound) -> [Pair; MOMENTS] {
        // A loop and no `from_fn`: what runs in a closure that is not inlined has no vector instructions.
        let mut moments = [([0.0; BANDS], [0.0; BANDS]); MOMENTS];
        for (moment, pair) in moments.iter_mut().enumerate() {
            self.past.copy_within(HOP.., 0);
            let new = moment * HOP..(moment + 1) * HOP;
            let new = one[new.clone()].iter().zip(&two[new]);
            for (slot, (&re, &im)) in self.past[SIZE - HOP..].iter_mut().zip(new) {
                *slot = Complex { re, im };
            }
            *pair = self.bands();
        }
        moments
    }

    /// Takes 20 ms of the second sound alone; the first has been silent for long enough to be gone from all that is kept. Both
    /// moments go through one transform, each as one of its two sounds.
    #[inline(always)]
    pub(super) fn push_second(&mut self, two: &Sound) -> [Bands; MOMENTS] {
        let kept = self.past[HOP..].iter().map(|c| c.im);
        let mut all = [0.0; SIZE + HOP];
        for (slot, sample) in all.iter_mut().zip(kept.chain(two.iter().copied())) {
            *slot = sample;
        }
        for (slot, &im) in self.past.iter_mut().zip(&all[HOP..]) {
            *slot = Complex { re: 0.0, im };
        }
        let (early, late) = self.transform(|n| Complex {
            re: all[n],
            im: all[n + HOP],
        });
        [early, late]
    }

    /// Goes on from what another one has heard.
    pub(super) fn follow(&mut self, other: &Self) {
        self.past = other.past;
    }

    #[inline(always)]
    fn bands(&self) -> Pair {
        self.transform(|n| self.past[n])
    }

    #[inline(always)]
    fn transform(&self, sound: impl Fn(usize) -> Complex) -> Pair {
        let mut bins = Spectrum::SILENT;
        let weighed = |n: usize| Complex {
            re: sound(n).re * self.window[n],
            im: sound(n).im * self.window[n],
        };
        self.fft.complex(weighed, &mut bins);
        let mut both = ([0.0; BANDS], [0.0; BANDS]);
        for band in 0..BANDS {
            let (mut one, mut two) = (0.0, 0.0);
            for bin in EDGES[band]..EDGES[band + 1] {
                let (a, b) = (bins.at(bin), bins.at(SIZE - bin));
                // The even part of the spectrum is the first sound's, the odd part the second's.
                one += (a.re + b.re).powi(2) + (a.im - b.im).powi(2);
                two += (a.im + b.im).powi(2) + (b.re - a.re).powi(2);
            }
            both.0[band] = one / 4.0;
            both.1[band] = two / 4.0;
        }
        // By themselves: so many logarithms at once.
        self.tell(&mut both.0);
        self.tell(&mut both.1);
        both
    }

    /// Makes powers loudness.
    #[inline(always)]
    fn tell(&self, bands: &mut Bands) {
        for band in bands {
            *band = decibels((*band * self.scale).max(1e-20)).max(FLOOR_DB);
        }
    }
}

/// Ten times the decimal logarithm of a normal number, to 0.0001 dB, without branches or tables, so that several are taken at once: the
/// exponent, and of the mantissa m the series ln m = 2 (t + t³/3 + t⁵/5 + …) with t = (m − 1) / (m + 1).
#[inline(always)]
fn decibels(power: f32) -> f32 {
    /// Decibels of a factor of e², and of 2.
    const EACH: f32 = 20.0 / std::f32::consts::LN_10;
    const OCTAVE: f32 = 10.0 * std::f32::consts::LOG10_2;
    let bits = power.to_bits();
    let exponent = (bits >> 23).cast_signed() - 127;
    let mantissa = f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000);
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let square = t * t;
    let series =
        1.0 + square * (1.0 / 3.0 + square * (1.0 / 5.0 + square * (1.0 / 7.0 + square * (1.0 / 9.0))));
    exponent as f32 * OCTAVE + EACH * t * series
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hz: f32, amplitude: f32) -> Sound {
        // Whole periods in a frame, so that one frame may follow itself.
        std::array::from_fn(|n| amplitude * (2.0 * PI * hz * n as f32 / 8000.0).sin())
    }

    fn band_of(hz: f32) -> usize {
        let bin = (hz / 31.25) as usize;
        (0..BANDS).find(|&b| bin < EDGES[b + 1]).unwrap()
    }

    #[test]
    fn each_sound_is_seen_alone_and_at_its_loudness() {
        for (low, high) in [(400.0, 2200.0), (1000.0, 3000.0), (1200.0, 700.0)] {
            let (one, two) = (sine(low, 1.0), sine(high, 0.1));
            let mut spectrum = PairSpectrum::new();
            let mut last = ([0.0; BANDS], [0.0; BANDS]);
            for _ in 0..4 {
                last = spectrum.push(&one, &two)[1];
            }
            assert!(last.0[band_of(low)].abs() < 1.0, "{low} Hz: {:?}", last.0);
            assert!(
                (last.1[band_of(high)] + 20.0).abs() < 1.0,
                "{high} Hz: {:?}",
                last.1
            );
            assert!(last.0[band_of(high)] < -60.0, "{low} at {high} Hz: {:?}", last.0);
            assert!(last.1[band_of(low)] < -60.0, "{high} at {low} Hz: {:?}", last.1);
        }
    }

    #[test]
    fn decibels_are_those_of_the_logarithm() {
        let mut power = 1e-20_f32;
        while power < 1e4 {
            let exact = 10.0 * f64::from(power).log10();
            assert!((f64::from(decibels(power)) - exact).abs() < 2e-4, "{power}");
            power *= 1.000_37;
        }
    }

    #[test]
    fn a_sound_beside_silence_is_measured_as_before() {
        let (mut whole, mut half) = (PairSpectrum::new(), PairSpectrum::new());
        let silent = [0.0; FRAME_SAMPLES];
        for n in 0..20 {
            let sound = sine(300.0 + 130.0 * n as f32, 0.9 / (1 << n) as f32);
            let both = whole.push(&silent, &sound);
            let alone = half.push_second(&sound);
            for ((_, usual), quick) in both.iter().zip(&alone) {
                let far = usual.iter().zip(quick).map(|(a, b)| (a - b).abs());
                assert!(far.fold(0.0, f32::max) < 0.01, "{n}: {usual:?} {quick:?}");
            }
        }
        // And from there on both sounds again.
        let (one, two) = (sine(500.0, 0.3), sine(900.0, 0.2));
        assert_eq!(whole.push(&one, &two), half.push(&one, &two));
    }
}
