//! What the linear model leaves of the echo: how far it may be believed, and whether what is left is more than it usually leaves.

use super::echo::Heard;
use super::filter::Split;
use super::paths::{AUDIBLE, Bound};
use super::spectrum::{BANDS, Bands, FLOOR_DB};

/// What the model is thought to leave before anything is known, in dB against the predicted echo.
const UNKNOWN: f32 = 12.0;
/// It is never trusted to leave less than this; a caller who is heard is louder.
const LEAST_LEFT: f32 = -12.0;
/// How far the bound falls towards a quieter moment.
const FALL: f32 = 0.1;
/// How fast what it leaves may fall after the echo, in dB each 10 ms: a model's errors are spread over all of its length.
const RELEASE: f32 = 0.7;
/// It is believed from the first of these levels on, wholly from the second, in dB: what it leaves of the echo on average.
const BELIEVED: f32 = -1.0;
const WHOLLY: f32 = -7.0;
/// What each frame leaves of those before it in the proof: half is forgotten in 60 ms.
const MEMORY: f32 = 0.8;
/// Predicted echo quieter than this proves nothing: −66 dBFS as a mean square.
const LEAST: f32 = 2.5e-7;
/// How much of the prediction must be found in what is heard, from not at all believed to wholly.
const FOUND_LEAST: f32 = 0.35;
const FOUND: f32 = 0.65;
/// Below this the path is another one than it was; after so many frames it is forgotten.
const LOST: f32 = 0.2;
const LOST_FRAMES: u32 = 15;

/// How much of what is predicted is in what is heard: the projection of one on the other. A caller does not change it, since
/// their voice and the echo have nothing in common; a path that has changed does at once.
#[derive(Clone, Default)]
pub(super) struct Proof {
    common: f32,
    predicted: f32,
    lost: u32,
}

impl Proof {
    /// Takes a frame.
    #[inline(always)]
    pub(super) fn push(&mut self, split: &Split) {
        let (mut common, mut square, mut heard) = (0.0, 0.0, 1e-9);
        for (echo, rest) in split.echo.iter().zip(&split.rest) {
            let received = echo + rest;
            common += echo * received;
            square += echo * echo;
            heard += received * received;
        }
        if square < LEAST * split.echo.len() as f32 {
            return;
        }
        // Each frame has one voice, however loud it is.
        self.common = MEMORY * self.common + common / heard;
        self.predicted = MEMORY * self.predicted + square / heard;
        self.lost = if self.found() < LOST { self.lost + 1 } else { 0 };
    }

    #[inline(always)]
    fn found(&self) -> f32 {
        if self.predicted > 0.0 {
            self.common / self.predicted
        } else {
            0.0
        }
    }

    /// Belief in the prediction, 0 to 1.
    pub(super) fn value(&self) -> f32 {
        ((self.found() - FOUND_LEAST) / (FOUND - FOUND_LEAST)).clamp(0.0, 1.0)
    }

    /// Whether the path has changed and has to be learned anew.
    pub(super) fn is_lost(&mut self) -> bool {
        let lost = self.lost >= LOST_FRAMES;
        if lost {
            *self = Self::default();
        }
        lost
    }
}

/// How loud the rest usually is against the predicted echo.
#[derive(Clone)]
pub(super) struct Residue {
    bound: Bound,
    lasting: Bands,
}

impl Residue {
    pub(super) fn new() -> Self {
        Self {
            bound: Bound::at(UNKNOWN),
            lasting: [FLOOR_DB; BANDS],
        }
    }

    /// Takes a moment; the share of the rest that is more than usual, 0 to 1.
    #[inline(always)]
    pub(super) fn push(&mut self, echo: &Bands, rest: &Heard) -> f32 {
        self.lasting = Bound::lasting(echo, &self.lasting, RELEASE);
        if rest.sum == 0.0 {
            0.0
        } else {
            self.bound.unexplained(&self.lasting, rest)
        }
    }

    /// Learns from the same moment; over a caller slowly.
    #[inline(always)]
    pub(super) fn learn(&mut self, echo: &Bands, rest: &Heard, rise: f32) {
        if echo.iter().any(|&e| e > AUDIBLE) {
            self.bound
                .learn(echo, &self.lasting, rest, FALL, rise, LEAST_LEFT..=UNKNOWN);
        }
    }

    /// How far the model is good for anything, 0 to 1.
    pub(super) fn value(&self) -> f32 {
        ((self.bound.mean() - BELIEVED) / (WHOLLY - BELIEVED)).clamp(0.0, 1.0)
    }

    /// What is left of the echo, in dB against it.
    pub(super) fn left_db(&self) -> f32 {
        self.bound.mean().min(0.0)
    }
}
