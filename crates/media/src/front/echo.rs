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
//! What a line without echo costs: nothing after the first second of Biseo's voice. Until an echo at some delay is refuted or
//! seen, sound that could be one is taken for one.

use super::filter::{EchoFilter, Split};
use super::paths::{CALLER, Paths, RISE, RISE_OVER_CALLER};
use super::residue::{Proof, Residue};
use super::spectrum::{BANDS, Bands, FLOOR_DB, Pair, PairSpectrum, Sound};
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

/// See the module's documentation. About 90 KiB; nothing is allocated after it is made.
#[derive(Clone)]
pub struct EchoGuard {
    filter: EchoFilter,
    proof: Proof,
    residue: Residue,
    outside: PairSpectrum,
    inside: PairSpectrum,
    paths: Paths,
    floor: Option<Bands>,
    /// Evidence for the caller, 0 to 1.
    caller: f32,
    cleaned: Frame,
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
            filter: EchoFilter::new(),
            proof: Proof::default(),
            residue: Residue::new(),
            outside: PairSpectrum::new(),
            inside: PairSpectrum::new(),
            paths: Paths::new(),
            floor: None,
            caller: 0.0,
            cleaned: SILENCE,
        }
    }

    /// Takes 20 ms at 8 kHz: what was sent in this tick, and what was received in it. The delays are counted between the two;
    /// a sound that is received up to 550 ms after it was sent may be its echo.
    pub fn push(&mut self, sent: &Frame, received: &Frame) -> EchoVerdict {
        let (sent, heard) = (sent.map(to_f32), received.map(to_f32));
        let was_idle = self.filter.is_idle();
        let split = self.filter.push(&sent, &heard);
        if self.filter.is_idle() {
            self.hear_alone(received, &heard);
        } else {
            if was_idle {
                // Without an echo the rest was all that was received.
                self.inside.follow(&self.outside);
            }
            self.hear_both(&sent, received, &heard, &split);
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

    /// 20 ms in which something was sent, or not long before.
    fn hear_both(&mut self, sent: &Sound, received: &Frame, heard: &Sound, split: &Split) {
        self.proof.push(split);
        if self.proof.is_lost() {
            self.filter.forget();
            self.residue = Residue::new();
        }
        let outside = self.outside.push(sent, heard);
        let inside = self.inside.push(&split.echo, &split.rest);
        for (outside, inside) in outside.iter().zip(&inside) {
            self.moment(outside, inside);
        }
        self.clean(received, split);
    }

    /// 20 ms long after anything was sent: the line's floor is followed, by a quarter of the work.
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

    fn clean(&mut self, received: &Frame, split: &Split) {
        let part = self.belief();
        for (n, sample) in self.cleaned.iter_mut().enumerate() {
            // The cast saturates.
            *sample = (f32::from(received[n]) - part * 32_768.0 * split.echo[n]) as i16;
        }
    }

    /// Takes 10 ms: what was sent and received, and what of it was predicted and not.
    fn moment(&mut self, (sent, received): &Pair, (echo, rest): &Pair) {
        let floor = rise(received, &mut self.floor);
        // A model that is off may leave more than there was.
        let rest: Bands = std::array::from_fn(|band| rest[band].min(received[band]));
        let (heard, rest) = (Heard::new(received, &floor), Heard::new(&rest, &floor));
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
fn kept(heard: &Heard, rest: &Heard) -> f32 {
    if heard.sum == 0.0 {
        return 1.0;
    }
    let part =
        |band: usize| 1.0 - ((heard.loud[band] - rest.loud[band] - KEPT) / (TAKEN - KEPT)).clamp(0.0, 1.0);
    let kept: f32 = (0..BANDS).map(|band| heard.weight[band] * part(band)).sum();
    kept / heard.sum
}

fn to_f32(sample: i16) -> f32 {
    f32::from(sample) / 32_768.0
}

/// The received sound's floor in each band after a moment.
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
    fn new(loud: &Bands, floor: &Bands) -> Self {
        let above = |band: usize| (loud[band] - floor[band] - HEARD_ABOVE).clamp(0.0, WEIGHT_MOST);
        let weight: Bands = std::array::from_fn(above);
        let sum: f32 = weight.iter().sum();
        Self {
            loud: *loud,
            weight,
            sum: if sum < WEIGHT_LEAST { 0.0 } else { sum },
        }
    }
}
