//! Echo guard: tells the far speakerphone's return of Biseo's own voice from the caller's, and takes it out as far as it can.
//!
//! In the terms of ITU-T G.168: what Biseo sends is the *reference* (receive-in), what comes back from the line the
//! *received* sound (send-in); the line between is the echo path, with its delay and its loss (ERL; here *leak*, its negative,
//! in dB); *double talk* is the caller speaking over the echo.
//!
//! # How
//! Two models of the path watch each other, 100 times a second, in 14 bands of loudness:
//!
//! 1. **Bounds** (`paths`). For each delay of 0 to 550 ms the guard keeps, for each band, how loud an echo with this delay
//!    may be at most: were there one, the received sound could never be quieter than it, so each moment in which the reference is
//!    loud and the line is not lowers the bound. Wrong delays are refuted by this within some tenths of a second of speech, since
//!    no other pair of moments falls silent in the same bands together; on a line without echo all are. The delays that are left
//!    are those whose bounds have explained what was heard. They need no linear path and survive codecs, losses and jumps, but a
//!    caller no louder than the echo hides below the bound for some tenths of a second.
//! 2. **A linear filter** (`filter`, 360 ms long). It predicts the echo's samples; what it leaves of them is 8 to 20 dB lower
//!    after a second or two of Biseo's voice, and a caller as loud as the echo stands out at once. `residue` knows how much
//!    it usually leaves, and how far it is to be believed: a jump of the delay, say by a jitter buffer, shows in that the prediction is
//!    no longer found in what is received; then the bounds decide until it is learned anew.
//!
//! What is louder than either allows is the caller's; a sequential test (CUSUM) over these moments makes one probability.
//! What a line without echo costs a caller: nothing after the first second of Biseo's voice. Until an echo at some delay is refuted
//! or seen, sound that could be one is taken for one.
//!
//! What it costs the machine goes with what there is to do: while Biseo has long been silent the line's floor is followed and no
//! more; where every delay is refuted the linear filter rests, and begins anew when an echo appears. After half a second of
//! Biseo's voice it gives its memory back.

use fearless_simd::{Level, Simd, dispatch};

use super::filter::{EchoFilter, IDLE, Split};
use super::paths::{CALLER, Paths, RISE, RISE_OVER_CALLER};
use super::residue::{Proof, Residue};
use super::spectrum::{BANDS, Bands, FLOOR_DB, Pair, PairSpectrum, Sound, sum};
use crate::{Frame, SILENCE};

/// How far the received sound's floor may rise, in dB each 10 ms: 2 dB a second.
const FLOOR_RISE: f32 = 0.02;
/// How far above its floor a band must lie to be heard, in dB.
const HEARD_ABOVE: f32 = 6.0;
/// Above this a band weighs no more, in dB.
const WEIGHT_MOST: f32 = 24.0;
/// Weights of all bands together from which a moment holds sound.
const WEIGHT_LEAST: f32 = 24.0;
/// Share of unexplained sound above which the caller is more likely with each moment.
const DRIFT: f32 = 0.3;

/// A band that the model lowers by less is wholly kept, by more wholly taken out, in dB.
const KEPT: f32 = 3.0;
const TAKEN: f32 = 9.0;

/// How much evidence a moment gives at most when it speaks for the caller, and against.
const EVIDENCE_FOR: f32 = 0.45;
const EVIDENCE_AGAINST: f32 = 0.25;

/// The loudness of silence.
const SILENT: Bands = [FLOOR_DB; BANDS];

/// What the guard makes of 20 ms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EchoVerdict {
    /// The probability, 0 to 1, that what is heard is nothing but the echo of what was said. 0 where Biseo has said nothing
    /// that could still return. Of silence it means nothing.
    pub echo: f32,
    /// The echo's delay behind what was sent, in milliseconds; `None` where no echo has been seen.
    pub delay_ms: Option<u32>,
    /// How loud the echo is against what was sent, in dB (0 or less, usually); `None` as above.
    pub leak_db: Option<f32>,
    /// How much of the echo is left in [`EchoGuard::cleaned`], in dB: 0 where nothing is taken out, −20 usually.
    pub left_db: f32,
}

/// Frames of Biseo's voice without a possible echo after which the filter's memory is given back.
const GIVEN_BACK: u32 = 25;

/// See the module's documentation. About 90 KiB, of which 68 are given back on a line without echo; nothing is allocated after it is
/// made, unless an echo appears on such a line.
#[derive(Clone)]
pub struct EchoGuard {
    filter: Option<Box<EchoFilter>>,
    proof: Proof,
    residue: Residue,
    outside: PairSpectrum,
    inside: PairSpectrum,
    paths: Paths,
    floor: Option<Bands>,
    /// Evidence for the caller, 0 to 1.
    caller: f32,
    cleaned: Frame,
    /// Frames of digital silence that were sent, up to [`IDLE`].
    idle: usize,
    work: Work,
    /// Frames of sound that the filter has missed.
    rested: u32,
    level: Level,
}

/// What a frame is worth.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Nothing was sent that could return: the line's floor is followed.
    Floor,
    /// No echo is possible: bounds and likeness are kept, the filter rests.
    Bounds,
    /// All of it.
    Whole,
}

impl Default for EchoGuard {
    fn default() -> Self {
        Self::new()
    }
}

impl EchoGuard {
    /// A guard that has heard nothing.
    pub fn new() -> Self {
        Self {
            filter: Some(Box::new(EchoFilter::new())),
            proof: Proof::default(),
            residue: Residue::new(),
            outside: PairSpectrum::new(),
            inside: PairSpectrum::new(),
            paths: Paths::new(),
            floor: None,
            caller: 0.0,
            cleaned: SILENCE,
            idle: IDLE,
            work: Work::Floor,
            rested: 0,
            level: Level::new(),
        }
    }

    /// Takes 20 ms at 8 kHz: what was sent in this tick, and what was received in it. The delays are counted between the two;
    /// a sound that is received up to 550 ms after it was sent may be its echo.
    pub fn push(&mut self, sent: &Frame, received: &Frame) -> EchoVerdict {
        dispatch!(self.level, simd => self.push_with(simd, sent, received))
    }

    /// With the vector instructions that this machine has.
    #[inline(always)]
    fn push_with<S: Simd>(&mut self, simd: S, sent: &Frame, received: &Frame) -> EchoVerdict {
        simd.vectorize(
            #[inline(always)]
            || self.take(sent, received),
        )
    }

    #[inline(always)]
    fn take(&mut self, sent: &Frame, received: &Frame) -> EchoVerdict {
        let silent = sent.iter().all(|s| *s == 0);
        self.idle = if silent { (self.idle + 1).min(IDLE) } else { 0 };
        let (sent, heard) = (sent.map(to_f32), received.map(to_f32));
        let worth = self.worth();
        let before = std::mem::replace(&mut self.work, worth);
        match self.work {
            Work::Floor => self.hear_alone(received, &heard),
            Work::Bounds => self.hear_bounds(&sent, received, &heard),
            Work::Whole => {
                self.wake(before);
                self.hear_both(&sent, received, &heard);
            }
        }
        let known = self.paths.known();
        EchoVerdict {
            echo: if self.paths.is_silent() {
                0.0
            } else {
                1.0 - self.caller
            },
            delay_ms: known.map(|k| k.0),
            leak_db: known.map(|k| k.1),
            left_db: self.belief() * self.residue.left_db(),
        }
    }

    fn worth(&self) -> Work {
        if self.idle == IDLE {
            Work::Floor
        } else if self.paths.possible() {
            Work::Whole
        } else {
            Work::Bounds
        }
    }

    /// The filter works again. What was left out by it was silence, or it begins anew.
    fn wake(&mut self, before: Work) {
        match before {
            Work::Whole => return,
            Work::Floor if self.rested == 0 => {}
            Work::Floor | Work::Bounds => {
                self.rested = 0;
                if let Some(filter) = &mut self.filter {
                    filter.reset();
                }
            }
        }
        // Without an echo the rest was all that was received.
        self.inside.follow(&self.outside);
    }

    /// 20 ms in which something was sent, or not long before.
    #[inline(always)]
    fn hear_both(&mut self, sent: &Sound, received: &Frame, heard: &Sound) {
        let filter = self.filter.get_or_insert_with(|| Box::new(EchoFilter::new()));
        let split = filter.push(sent, heard);
        self.proof.push(&split);
        if self.proof.is_lost() {
            filter.forget();
            self.residue = Residue::new();
        }
        let outside = self.outside.push(sent, heard);
        let inside = self.inside.push(&split.echo, &split.rest);
        for (outside, inside) in outside.iter().zip(&inside) {
            self.moment(outside, inside);
        }
        self.clean(received, &split);
    }

    /// The same on a line on which no echo is possible.
    #[inline(always)]
    fn hear_bounds(&mut self, sent: &Sound, received: &Frame, heard: &Sound) {
        if self.rested == 0 {
            self.proof = Proof::default();
            self.residue = Residue::new();
        }
        self.rested = self.rested.saturating_add(1);
        if self.rested == GIVEN_BACK {
            self.filter = None;
        }
        for pair in self.outside.push(sent, heard) {
            self.moment(&pair, &(SILENT, pair.1));
        }
        self.cleaned = *received;
    }

    /// 20 ms long after anything was sent: the line's floor is followed, by a quarter of the work.
    #[inline(always)]
    fn hear_alone(&mut self, received: &Frame, heard: &Sound) {
        for loud in self.outside.push_second(heard) {
            let pair = (SILENT, loud);
            self.moment(&pair, &pair);
        }
        self.cleaned = *received;
    }

    /// The last frame received, with the echo taken out as far as it is known.
    pub fn cleaned(&self) -> &Frame {
        &self.cleaned
    }

    /// How far the linear model is to be believed, 0 to 1.
    fn belief(&self) -> f32 {
        self.proof.value() * self.residue.value()
    }

    #[inline(always)]
    fn clean(&mut self, received: &Frame, split: &Split) {
        let part = self.belief();
        for (n, sample) in self.cleaned.iter_mut().enumerate() {
            // The cast saturates.
            *sample = (f32::from(received[n]) - part * 32_768.0 * split.echo[n]) as i16;
        }
    }

    /// Takes 10 ms: what was sent and received, and what of it was predicted and not.
    #[inline(always)]
    fn moment(&mut self, (sent, received): &Pair, (echo, rest): &Pair) {
        let floor = rise(received, &mut self.floor);
        // A model that is off may leave more than there was.
        let mut left = *rest;
        for (left, received) in left.iter_mut().zip(received) {
            *left = left.min(*received);
        }
        let (heard, rest) = (Heard::new(received, &floor), Heard::new(&left, &floor));
        let all = self.paths.push(sent, &heard);
        let left = self.residue.push(echo, &rest);
        if self.paths.is_silent() {
            self.caller = 0.0;
            return;
        }
        let belief = self.belief();
        let kept = kept(&heard, &rest);
        let unexplained = all.map(|all| (all + belief * (left - all)).min(kept));
        let slow = unexplained.is_some_and(|u| u > CALLER);
        self.residue
            .learn(echo, &rest, if slow { RISE_OVER_CALLER } else { RISE });
        let Some(unexplained) = unexplained else {
            return;
        };
        let excess = unexplained - DRIFT;
        let weight = if excess > 0.0 {
            EVIDENCE_FOR
        } else {
            EVIDENCE_AGAINST
        };
        self.caller = (self.caller + excess * weight).clamp(0.0, 1.0);
    }
}

/// The share of what is heard that the model does not take out, 0 to 1. It takes out nothing that has not been sent.
#[inline(always)]
fn kept(heard: &Heard, rest: &Heard) -> f32 {
    if heard.sum == 0.0 {
        return 1.0;
    }
    let mut kept = [0.0; BANDS];
    for (band, kept) in kept.iter_mut().enumerate() {
        let taken = (heard.loud[band] - rest.loud[band] - KEPT) / (TAKEN - KEPT);
        *kept = heard.weight[band] * (1.0 - taken.clamp(0.0, 1.0));
    }
    sum(&kept) / heard.sum
}

#[inline(always)]
fn to_f32(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}

/// The received sound's floor in each band after a moment.
#[inline(always)]
fn rise(loud: &Bands, floor: &mut Option<Bands>) -> Bands {
    let floor = floor.get_or_insert(*loud);
    for (floor, &level) in floor.iter_mut().zip(loud) {
        *floor = level.min(*floor + FLOOR_RISE).max(FLOOR_DB);
    }
    *floor
}

/// A moment of received sound against its floor.
pub(super) struct Heard {
    /// Loudness, dB.
    pub(super) loud: Bands,
    /// How much each band counts.
    pub(super) weight: Bands,
    /// The sum of the weights; 0 where nothing is heard.
    pub(super) sum: f32,
}

impl Heard {
    #[inline(always)]
    fn new(loud: &Bands, floor: &Bands) -> Self {
        let mut weight = [0.0; BANDS];
        for (band, weight) in weight.iter_mut().enumerate() {
            *weight = (loud[band] - floor[band] - HEARD_ABOVE).clamp(0.0, WEIGHT_MOST);
        }
        let sum = sum(&weight);
        Self {
            loud: *loud,
            weight,
            sum: if sum < WEIGHT_LEAST { 0.0 } else { sum },
        }
    }
}
