//! The last seconds of a caller's sound: when each frame of it came in from the network, and the samples of the last.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Samples of one frame.
const FRAME: u64 = 160;
/// Frames whose arrival is kept: three seconds, more than the longest wait for a turn's end.
const KEPT: usize = 150;
/// Frames whose samples are: 960 ms, more than what lies before the moment in which speech is certain and still belongs to it.
const SOUND: usize = 48;

/// A window onto the sound heard last. Positions are samples since the call's beginning. 17 KiB.
pub(super) struct Trail {
    arrived: VecDeque<Instant>,
    sound: VecDeque<[i16; FRAME as usize]>,
    end: u64,
}

impl Trail {
    /// With room for all that it will ever hold.
    pub(super) fn new() -> Self {
        Self {
            arrived: VecDeque::with_capacity(KEPT),
            sound: VecDeque::with_capacity(SOUND),
            end: 0,
        }
    }

    /// Adds a frame, forgetting the oldest.
    pub(super) fn push(&mut self, samples: [i16; FRAME as usize], arrived: Instant) {
        put(&mut self.arrived, arrived, KEPT);
        put(&mut self.sound, samples, SOUND);
        self.end += FRAME;
    }

    /// The sample after the last.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// When the sound before `position` had come in: the arrival of the packet that held the sample before it. What is
    /// older than the trail is told as its beginning.
    pub(super) fn arrival(&self, position: u64) -> Option<Instant> {
        let back = self.end.saturating_sub(position) / FRAME;
        let last = self.arrived.len().checked_sub(1)?;
        let index = last.saturating_sub(usize::try_from(back).unwrap_or(usize::MAX));
        self.arrived.get(index).copied()
    }

    /// When a position was spoken, on the clock of whoever counts the call from `begun`, in milliseconds.
    pub(super) fn moment(&self, position: u64, begun: Instant) -> u64 {
        let now = self.arrived.back().copied().unwrap_or(begun);
        let ago = Duration::from_micros(self.end.saturating_sub(position) * 125);
        let at = now
            .checked_sub(ago)
            .unwrap_or(begun)
            .saturating_duration_since(begun);
        u64::try_from(at.as_millis()).unwrap_or(u64::MAX)
    }

    /// The position that was spoken at `at_ms`: the inverse of [`Self::moment`], within the trail.
    pub(super) fn position(&self, at_ms: u64, begun: Instant) -> u64 {
        let ago = self.moment(self.end, begun).saturating_sub(at_ms);
        self.end.saturating_sub(ago.saturating_mul(8))
    }

    /// The samples from `position` on, as far as they are kept, in frames, oldest first.
    pub(super) fn since(&self, position: u64) -> impl Iterator<Item = &[i16]> {
        let wanted = usize::try_from(self.end.saturating_sub(position).div_ceil(FRAME)).unwrap_or(usize::MAX);
        let skip = self.sound.len().saturating_sub(wanted);
        self.sound
            .iter()
            .skip(skip)
            .map(<[i16; FRAME as usize]>::as_slice)
    }
}

/// Adds the newest, in place of the oldest where there are `most`.
fn put<T>(kept: &mut VecDeque<T>, newest: T, most: usize) {
    if kept.len() == most {
        kept.pop_front();
    }
    kept.push_back(newest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_find_their_packets() {
        let begun = Instant::now();
        let mut trail = Trail::new();
        for n in 0..200u64 {
            trail.push(
                [i16::try_from(n).unwrap(); 160],
                begun + Duration::from_millis(20 * (n + 1)),
            );
        }
        assert_eq!(trail.end(), 200 * 160);
        let at = |ms| Some(begun + Duration::from_millis(ms));
        assert_eq!(trail.arrival(200 * 160), at(4000));
        assert_eq!(trail.arrival(199 * 160), at(3980));
        assert_eq!(trail.arrival(0), at(1020)); // the oldest that is kept
        assert_eq!(trail.moment(199 * 160, begun), 3980);
        assert_eq!(trail.position(3980, begun), 199 * 160);
        assert_eq!(trail.position(5000, begun), trail.end());
        let kept: Vec<i16> = trail.since(198 * 160).map(|f| f[0]).collect();
        assert_eq!(kept, [198, 199]);
        assert_eq!(trail.since(0).count(), SOUND);
        assert_eq!((trail.arrived.capacity(), trail.sound.capacity()), (KEPT, SOUND));
    }
}
