//! A linear model of the echo path, which learns while nobody else speaks: what it predicts is taken out of what is received.
//!
//! A frequency-domain Kalman filter in partitions (Enzner and Vary, "Frequency-domain adaptive Kalman filter for acoustic echo
//! control in hands-free telephones", Signal Processing 86, 2006; in partitions: Kuech, Mabande and Enzner, ICASSP 2014). It weighs
//! each bin's step by how uncertain the path is and how much else is heard, and so needs no detector of double talk.

use super::fft::{Fft, REAL, SIZE, Spectrum};
use super::spectrum::Sound;
use crate::FRAME_SAMPLES;

/// Partitions of the path, each of 40 ms: 360 ms together.
const PARTS: usize = 9;
/// Samples of one: two frames. Overlap and save holds, as 320 + 160 ≤ 512.
const PART: usize = 2 * FRAME_SAMPLES;
/// Spectra that are kept.
const PAST: usize = 2 * PARTS;
/// Frames of digital silence after which all that is kept is silent: there is nothing to predict or to learn.
pub(super) const IDLE: usize = PAST + REAL.div_ceil(FRAME_SAMPLES);
/// Bins that are looked at: 125 to 3500 Hz.
const LOW: usize = 8;
const HIGH: usize = 224;
/// The part of the path's square that stays from frame to frame; the rest changes.
const KEEPS: f32 = 0.9995;
/// How uncertain each partition is before anything is known, as a square of its gain.
const UNKNOWN: f32 = 0.1;
/// Share of a transform that is new sound.
const NEW: f32 = FRAME_SAMPLES as f32 / REAL as f32;
/// How fast the spectrum of what else is heard follows, each frame.
const ELSE: f32 = 0.4;
/// The least of it: the line's own noise, as if at −75 dBFS and white.
const QUIETEST: f32 = 3.2e-8 * FRAME_SAMPLES as f32;

/// See the module's documentation. 68 KiB; nothing is allocated after it is made.
#[derive(Clone)]
pub(super) struct EchoFilter {
    fft: &'static Fft,
    work: Spectrum,
    /// The last 512 samples that were sent, full scale being 1.
    sent: [f32; REAL],
    past: Box<[Spectrum; PAST]>,
    newest: usize,
    path: Box<[Spectrum; PARTS]>,
    /// How uncertain each bin of each partition is.
    doubt: Box<[[f32; SIZE]; PARTS]>,
    /// The spectrum of what the filter did not predict.
    other: [f32; SIZE],
    /// The partition whose taps are made causal next.
    tidied: usize,
}

/// What the filter makes of a frame, full scale being 1.
pub(super) struct Split {
    /// The echo as predicted.
    pub(super) echo: Sound,
    /// The rest.
    pub(super) rest: Sound,
}

impl EchoFilter {
    pub(super) fn new() -> Self {
        Self {
            fft: Fft::shared(),
            work: Spectrum::SILENT,
            sent: [0.0; REAL],
            past: Box::new([const { Spectrum::SILENT }; PAST]),
            newest: 0,
            path: Box::new([const { Spectrum::SILENT }; PARTS]),
            doubt: Box::new([[UNKNOWN; SIZE]; PARTS]),
            other: [QUIETEST; SIZE],
            tidied: 0,
        }
    }

    /// The path is not what it was: forgets it.
    pub(super) fn forget(&mut self) {
        self.path.fill(Spectrum::SILENT);
        self.doubt.fill([UNKNOWN; SIZE]);
    }

    /// As if nothing had been heard yet.
    pub(super) fn reset(&mut self) {
        self.forget();
        self.sent = [0.0; REAL];
        self.past.fill(Spectrum::SILENT);
        self.other = [QUIETEST; SIZE];
    }

    /// Takes a frame of each. Frames that are left out before must have been digital silence for [`IDLE`] frames, or be
    /// followed by [`Self::reset`].
    #[inline(always)]
    pub(super) fn push(&mut self, sent: &Sound, received: &Sound) -> Split {
        self.remember(sent);
        let (echo, certain) = self.predict();
        let mut split = Split {
            echo,
            rest: *received,
        };
        for (rest, echo) in split.rest.iter_mut().zip(&echo) {
            *rest -= echo;
        }
        self.learn(&split.rest, &certain);
        self.tidy();
        if split.rest.iter().any(|s| !s.is_finite()) {
            // Never seen; but a call must not go deaf by a quotient of two tiny numbers.
            self.reset();
            split.echo = [0.0; FRAME_SAMPLES];
            split.rest = *received;
        }
        split
    }

    #[inline(always)]
    fn remember(&mut self, sent: &Sound) {
        self.sent.copy_within(FRAME_SAMPLES.., 0);
        self.sent[REAL - FRAME_SAMPLES..].copy_from_slice(sent);
        self.newest = (self.newest + 1) % PAST;
        let newest = &mut self.past[self.newest];
        self.fft.forward(&self.sent, &mut self.work, newest);
    }

    /// The echo; and how much of the power in each bin is uncertain.
    #[inline(always)]
    fn predict(&mut self) -> (Sound, [f32; SIZE]) {
        let (mut echo, mut uncertain) = (Spectrum::SILENT, [0.0; SIZE]);
        for part in 0..PARTS {
            let sent = &self.past[(self.newest + PAST - 2 * part) % PAST];
            let (path, doubt) = (&self.path[part], &self.doubt[part]);
            for k in LOW..HIGH {
                let (re, im) = (sent.re[k], sent.im[k]);
                echo.re[k] += re * path.re[k] - im * path.im[k];
                echo.im[k] += re * path.im[k] + im * path.re[k];
                uncertain[k] += doubt[k] * (re * re + im * im);
            }
        }
        let mut sound = [0.0; REAL];
        self.fft.inverse(&echo, &mut self.work, &mut sound);
        let mut newest = [0.0; FRAME_SAMPLES];
        newest.copy_from_slice(&sound[REAL - FRAME_SAMPLES..]);
        (newest, uncertain)
    }

    #[inline(always)]
    fn learn(&mut self, rest: &Sound, uncertain: &[f32; SIZE]) {
        let (mut sound, mut error) = ([0.0; REAL], Spectrum::SILENT);
        sound[REAL - FRAME_SAMPLES..].copy_from_slice(rest);
        self.fft.forward(&sound, &mut self.work, &mut error);
        // Everything that the steps of all partitions have in common.
        let mut share = [0.0; SIZE];
        for k in LOW..HIGH {
            let power = error.re[k] * error.re[k] + error.im[k] * error.im[k];
            self.other[k] = (self.other[k] + ELSE * (power - self.other[k])).max(QUIETEST);
            share[k] = 1.0 / (uncertain[k] + self.other[k] / NEW);
        }
        for part in 0..PARTS {
            let sent = &self.past[(self.newest + PAST - 2 * part) % PAST];
            let (path, doubt) = (&mut self.path[part], &mut self.doubt[part]);
            for k in LOW..HIGH {
                let (re, im) = (sent.re[k], sent.im[k]);
                let step = doubt[k] * share[k];
                path.re[k] += step * (re * error.re[k] + im * error.im[k]);
                path.im[k] += step * (re * error.im[k] - im * error.re[k]);
                let square = path.re[k] * path.re[k] + path.im[k] * path.im[k];
                let known = NEW * step * (re * re + im * im);
                doubt[k] = KEEPS * (1.0 - known) * doubt[k] + (1.0 - KEEPS) * square;
            }
        }
    }

    /// Makes the taps of one partition causal and no longer than it is: what the transform wrapped around is no path.
    #[inline(always)]
    fn tidy(&mut self) {
        let path = &mut self.path[self.tidied];
        self.tidied = (self.tidied + 1) % PARTS;
        let mut taps = [0.0; REAL];
        self.fft.inverse(path, &mut self.work, &mut taps);
        taps[PART..].fill(0.0);
        self.fft.forward(&taps, &mut self.work, path);
    }
}
