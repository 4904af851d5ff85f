//! What we send: sound, keys, tones.

use biseo_media::Frame;
use biseo_media::sender::MAX_SENT;
use biseo_media::tones::{Tone, ToneKind};

use super::Stream;
use crate::line::Line;
use crate::ring;
use crate::speaker::Desk;

/// How long a key is held down.
const KEY_MS: u32 = 100;

impl Stream {
    /// Lets frames pass unsent; more than a minute of them are as good as a minute.
    pub(crate) fn pass(&mut self, frames: u64) {
        (0..frames.min(3000)).for_each(|_| self.sender.skip());
    }

    /// Takes the next key that waits. `true` while a key has the line: speech is to wait.
    pub(crate) fn press(&mut self, desk: &Desk) -> bool {
        if !self.is_pressing()
            && let Some(digit) = ring::pop(&desk.digits)
            && self.sender.dial(digit, KEY_MS).is_err()
        {
            // No telephone-events were agreed on.
            self.pressed = Some(Tone::new(ToneKind::Digit(digit)));
        }
        self.is_pressing()
    }

    fn is_pressing(&self) -> bool {
        self.sender.is_dialling() || self.pressed.is_some()
    }

    /// Lays the tone of a key that is pressed into a frame.
    pub(crate) fn press_tone(&mut self, frame: &mut Frame) {
        if self.pressed.as_mut().is_some_and(|tone| !tone.next(frame)) {
            self.pressed = None;
        }
    }

    /// Lays the background tone into a frame that has nothing to say.
    pub(crate) fn background(&mut self, desk: &Desk, frame: &mut Frame) {
        if let Some(wish) = ring::pop(&desk.tone) {
            self.background = wish.map(Tone::new);
        }
        if self.background.as_mut().is_some_and(|tone| !tone.next(frame)) {
            self.background = None;
        }
    }

    /// Silence in the middle of an utterance.
    pub(crate) fn starve(&mut self) {
        self.starved += 1;
    }

    /// Sends a frame. A full buffer, or word of an earlier packet that nobody took, is no reason to stop: the next
    /// frame is tried all the same.
    pub(crate) fn send(&mut self, line: &Line, frame: &Frame, packet: &mut [u8]) {
        let made = self.sender.send(frame, &mut packet[..MAX_SENT]).ok();
        let made = made.and_then(|len| self.guards.close_rtp(packet, len));
        let sent = made.is_some_and(|len| line.send(&packet[..len], self.latch.remote()));
        self.sent += u64::from(sent);
        self.unsent += u64::from(!sent);
    }
}
