//! What the far end of a wire was given before its time.
//!
//! A platform plays from the first octet that it gets, and runs dry at the first packet that is late. So it is given the first frames
//! of an utterance at once, and every later one that much before it is played: nothing is heard later for it, as it would be behind
//! a lead of silence.

use std::time::Duration;

use biseo_media::{Frame, SILENCE};

use crate::wheel::TICK;

/// Most frames beforehand.
const MOST: usize = 5;
/// After so many ticks without sound the far end's buffer is taken to be empty: 100 ms.
const EMPTY: usize = 5;

/// The frames that were sent and are not played yet, oldest first.
pub(crate) struct Ahead {
    frames: [Frame; MOST + 1],
    first: usize,
    len: usize,
    lead: usize,
    /// Ticks since anything was sent, up to [`EMPTY`].
    idle: usize,
}

impl Ahead {
    /// With so much sound beforehand, at most 100 ms, in whole frames.
    pub(crate) fn new(lead: Duration) -> Self {
        let frames = lead.as_millis().div_ceil(TICK.as_millis());
        Self {
            frames: [SILENCE; MOST + 1],
            first: 0,
            len: 0,
            lead: usize::try_from(frames).unwrap_or(MOST).min(MOST),
            idle: EMPTY,
        }
    }

    /// How many frames more than this tick's own are to be sent: where the far end has nothing, as many as it is to hold.
    pub(crate) fn wanted(&self) -> usize {
        if self.idle >= EMPTY { self.lead } else { 0 }
    }

    /// A frame was sent.
    pub(crate) fn sent(&mut self, frame: &Frame) {
        if self.len < self.frames.len() {
            self.frames[(self.first + self.len) % self.frames.len()] = *frame;
            self.len += 1;
        }
        self.idle = 0;
    }

    /// A tick goes by: what the far end plays in it.
    pub(crate) fn play(&mut self) -> Frame {
        self.idle = (self.idle + 1).min(EMPTY);
        if self.len == 0 {
            return SILENCE;
        }
        let frame = self.frames[self.first];
        self.first = (self.first + 1) % self.frames.len();
        self.len -= 1;
        frame
    }

    /// The far end was told to throw away what it has not played.
    pub(crate) fn clear(&mut self) {
        (self.len, self.idle) = (0, EMPTY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends and plays so many ticks, frames being numbered from `from`; what is played.
    fn ticks(ahead: &mut Ahead, from: i16, count: usize) -> Vec<i16> {
        let mut number = from;
        (0..count)
            .map(|_| {
                for _ in 0..=ahead.wanted() {
                    ahead.sent(&[number; 160]);
                    number += 1;
                }
                ahead.play()[0]
            })
            .collect()
    }

    #[test]
    fn the_first_frames_go_at_once_and_all_are_played_in_order() {
        let mut ahead = Ahead::new(Duration::from_millis(40));
        assert_eq!(ticks(&mut ahead, 1, 4), [1, 2, 3, 4]);
        assert_eq!(ahead.len, 2, "two are held");
        let rest: Vec<i16> = (0..3).map(|_| ahead.play()[0]).collect();
        assert_eq!(rest, [5, 6, 0]);
        assert_eq!(ahead.wanted(), 0, "it may not be empty yet");
        ahead.play();
        assert_eq!(ahead.wanted(), 2);
    }

    #[test]
    fn without_a_lead_each_frame_is_played_as_it_is_sent() {
        let mut ahead = Ahead::new(Duration::ZERO);
        assert_eq!(ticks(&mut ahead, 1, 3), [1, 2, 3]);
        assert_eq!(ahead.len, 0);
    }

    #[test]
    fn what_is_thrown_away_is_not_played_and_the_next_begins_anew() {
        let mut ahead = Ahead::new(Duration::from_secs(9));
        assert_eq!(ticks(&mut ahead, 1, 1), [1]);
        assert_eq!(ahead.len, MOST);
        ahead.clear();
        assert_eq!((ahead.play()[0], ahead.wanted()), (0, MOST));
    }
}
