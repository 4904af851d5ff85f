//! The pacer's side of speaking: which 160 samples go out next.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use biseo_media::{FRAME_SAMPLES, Frame};

use crate::events::Event;
use crate::gain::Gain;
use crate::retire::{Retire, Retired};
use crate::ring;
use crate::speaker::{Command, Desk};

/// Samples over which cut-off sound fades, 5 ms: an edge would be heard as a click.
const FADE: usize = 40;

/// Things that may happen within one frame; the rest waits for the next.
const STAGED: usize = 16;

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    /// Sound of an utterance, at least in part, or the silence of one that keeps its place.
    Speech,
    /// An utterance is under way but its next piece is not there: silence.
    Starved,
    /// Nothing to say: silence.
    Idle,
}

/// Happens when the frame in the making is sent.
#[derive(Clone, Copy)]
enum Staged {
    Begun(u64),
    Ended(u64),
}

/// The utterance being spoken.
#[derive(Clone, Copy)]
struct Utterance {
    mark: u64,
    /// Samples put into frames.
    samples: u64,
}

/// The piece being spoken.
struct Piece {
    samples: Arc<[i16]>,
    at: usize,
    last: bool,
}

/// Turns the speaker's pieces into frames.
pub(crate) struct Playout {
    desk: Arc<Desk>,
    retire: Retire,
    current: Option<Utterance>,
    piece: Option<Piece>,
    staged: Vec<Staged>,
    /// The voice's loudness now.
    gain: Gain,
    /// Marks below this have had their last event.
    settled: u64,
    /// Whether the frame before was silent so that the utterance keeps its place.
    hushed: bool,
    /// Whether what is cut off fades.
    fades: bool,
}

impl Playout {
    pub(crate) fn new(desk: Arc<Desk>, retire: Retire) -> Self {
        Self {
            desk,
            retire,
            current: None,
            piece: None,
            staged: Vec::with_capacity(STAGED),
            gain: Gain::default(),
            settled: 0,
            hushed: false,
            fades: true,
        }
    }

    /// What is cut off ends at once: for a far end that is told to throw away what it has not played, and would play the
    /// fading end after that.
    pub(crate) fn abrupt(self) -> Self {
        Self { fades: false, ..self }
    }

    /// Fills the next frame. What cuts utterances off is told here, what the frame itself brings by [`Self::sent`].
    pub(crate) fn fill(&mut self, frame: &mut Frame, now: Instant, tell: &mut impl FnMut(Event)) -> Filled {
        *frame = [0; FRAME_SAMPLES];
        // A voice that is silent already has nothing to fade.
        let fades = self.fades && !self.hushed;
        if self.cut(fades.then_some(&mut *frame), now, tell) {
            self.gain.hold(frame);
            return Filled::Speech;
        }
        if self.hush(frame) {
            return match self.current {
                Some(_) => Filled::Speech,
                None => Filled::Idle,
            };
        }
        let mut at = 0;
        while at < FRAME_SAMPLES && self.has_room() {
            match self.piece.is_some() {
                true => at += self.copy(&mut frame[at..]),
                false if self.take(now, tell) => {}
                false => break,
            }
        }
        let ducked = self.desk.is_ducked();
        match (at, self.current) {
            (0, None) => {
                self.gain.set(ducked);
                Filled::Idle
            }
            (0, Some(_)) => Filled::Starved,
            _ => {
                self.gain.lead(ducked, frame);
                Filled::Speech
            }
        }
    }

    /// Falls silent where it is; `true` while it is to be silent.
    fn hush(&mut self, frame: &mut Frame) -> bool {
        let hushed = self.desk.is_hushed();
        let begins = hushed && !std::mem::replace(&mut self.hushed, hushed);
        if begins && let Some(piece) = &self.piece {
            // What fades is said again afterwards: it was hardly heard.
            if self.fades {
                fade(&piece.samples[piece.at..], frame);
                self.gain.hold(frame);
            }
            self.gain.silence();
        }
        hushed
    }

    /// While nothing may be sent: utterances wait, but can still be cut off.
    pub(crate) fn hold(&mut self, now: Instant, tell: &mut impl FnMut(Event)) {
        self.cut(None, now, tell);
        if self.piece.is_none() && self.has_room() {
            self.take(now, tell);
        }
        // Whatever ended here had no sound left to be sent.
        self.sent(now, tell);
    }

    /// The frame filled last was sent at `at`.
    pub(crate) fn sent(&mut self, at: Instant, tell: &mut impl FnMut(Event)) {
        for staged in self.staged.drain(..) {
            tell(match staged {
                Staged::Begun(mark) => Event::FirstPacket { mark, at },
                Staged::Ended(mark) => Event::Played { mark, at },
            });
        }
    }

    /// Taking a piece and copying it stages three things at most.
    fn has_room(&self) -> bool {
        self.staged.len() + 3 <= STAGED
    }

    /// Cuts the current utterance off if that is wanted; `true` if `frame` was used for its fading end.
    fn cut(&mut self, frame: Option<&mut Frame>, now: Instant, tell: &mut impl FnMut(Event)) -> bool {
        let Some(utterance) = self.current.filter(|u| self.desk.is_flushed(u.mark)) else {
            return false;
        };
        let piece = self.piece.take();
        let fades = frame.is_some() && piece.is_some();
        if let Some(piece) = piece {
            if let Some(frame) = frame {
                fade(&piece.samples[piece.at..], frame);
            }
            self.retire.put(Retired::Sound(piece.samples));
        }
        self.current = None;
        self.settled = utterance.mark.saturating_add(1);
        tell(Event::Flushed {
            mark: utterance.mark,
            samples_played: utterance.samples,
            at: now,
        });
        self.take(now, tell);
        fades
    }

    /// Takes the next piece that may still be spoken; those cut off before are told and dropped on the way.
    fn take(&mut self, now: Instant, tell: &mut impl FnMut(Event)) -> bool {
        while let Some(command) = ring::pop(&self.desk.commands) {
            self.desk
                .waiting
                .fetch_sub(command.samples.as_ref().map_or(0, |s| s.len()), Ordering::AcqRel);
            if command.mark < self.current.map_or(self.settled, |u| u.mark) {
                self.drop_sound(command);
            } else if self.desk.is_flushed(command.mark) && self.current.is_none() {
                self.refuse(command, now, tell);
            } else {
                self.begin(command);
                return true;
            }
        }
        false
    }

    /// A piece of an utterance that was cut off before any of it was sent.
    fn refuse(&mut self, command: Command, now: Instant, tell: &mut impl FnMut(Event)) {
        self.settled = command.mark.saturating_add(1);
        tell(Event::Flushed {
            mark: command.mark,
            samples_played: 0,
            at: now,
        });
        self.drop_sound(command);
    }

    fn begin(&mut self, command: Command) {
        if self.current.is_some_and(|u| u.mark != command.mark) {
            self.finish();
        }
        self.current.get_or_insert(Utterance {
            mark: command.mark,
            samples: 0,
        });
        match command.samples.filter(|s| !s.is_empty()) {
            Some(samples) => {
                self.piece = Some(Piece {
                    samples,
                    at: 0,
                    last: command.last,
                })
            }
            None if command.last => self.finish(),
            None => {}
        }
    }

    /// Copies what fits of the current piece; returns how many samples.
    fn copy(&mut self, room: &mut [i16]) -> usize {
        let (Some(piece), Some(utterance)) = (&mut self.piece, &mut self.current) else {
            return 0;
        };
        let rest = &piece.samples[piece.at..];
        let len = rest.len().min(room.len());
        room[..len].copy_from_slice(&rest[..len]);
        if utterance.samples == 0 {
            self.staged.push(Staged::Begun(utterance.mark));
        }
        utterance.samples += len as u64;
        self.desk.progressed(utterance.mark, utterance.samples);
        piece.at += len;
        if piece.at == piece.samples.len() {
            self.piece_done();
        }
        len
    }

    fn piece_done(&mut self) {
        let Some(piece) = self.piece.take() else { return };
        if piece.last {
            self.finish();
        }
        self.retire.put(Retired::Sound(piece.samples));
    }

    /// All of the current utterance is in frames.
    fn finish(&mut self) {
        if let Some(utterance) = self.current.take() {
            self.settled = utterance.mark.saturating_add(1);
            self.staged.push(Staged::Ended(utterance.mark));
        }
    }

    fn drop_sound(&mut self, command: Command) {
        if let Some(samples) = command.samples {
            self.retire.put(Retired::Sound(samples));
        }
    }
}

/// The first samples of `rest`, falling to nothing.
fn fade(rest: &[i16], frame: &mut Frame) {
    for (n, (out, sample)) in frame.iter_mut().zip(rest.iter().take(FADE)).enumerate() {
        let gain = i32::try_from(FADE - n).unwrap_or(0);
        *out = i16::try_from(i32::from(*sample) * gain / FADE as i32).unwrap_or(0);
    }
}

#[cfg(test)]
mod tests;
