//! The tones by which fax machines find each other (ITU-T T.30 §4): nobody there will talk.

use super::pure::Follower;
use crate::Frame;

/// The calling tone CNG: 1100 Hz ± 38 Hz, half a second on and three seconds off, each ± 15 %.
const CNG_HZ: std::ops::RangeInclusive<f32> = 1062.0..=1138.0;
/// Its length in frames of 20 ms: 425 to 575 ms, less what is not a whole frame.
const CNG_FRAMES: std::ops::RangeInclusive<u32> = 20..=29;
/// Frames from end to end of two: 2.975 to 4.025 s, and the frames' own grain.
const CNG_CYCLE: std::ops::RangeInclusive<u32> = 147..=203;
/// The answering tone CED: 2100 Hz ± 15 Hz for 2.6 to 4 s, also with phase reversals or 15 Hz of modulation (V.25, V.8); the rest
/// is what a frame cannot tell.
const CED_HZ: std::ops::RangeInclusive<f32> = 2080.0..=2120.0;
/// After half a second it is nothing else.
const CED_FRAMES: u32 = 25;

/// What a fax machine says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaxTone {
    /// CNG: a fax machine calls. Told at the end of the second tone, 4 s after the call's first: one alone may be a beep.
    Calling,
    /// CED: a fax machine (or a modem) has answered. Told once, half a second after its beginning.
    Answering,
}

/// Hears fax machines.
#[derive(Debug, Clone, Default)]
pub struct FaxDetector {
    follower: Follower,
    /// Frames since a calling tone ended.
    since: Option<u32>,
    told: bool,
}

impl FaxDetector {
    /// A detector that has heard nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes 20 ms of what is received.
    pub fn push(&mut self, frame: &Frame) -> Option<FaxTone> {
        self.since = self.since.map(|s| s.saturating_add(1));
        let tone = self.follower.push(frame)?;
        if CED_HZ.contains(&tone.hz) && tone.frames >= CED_FRAMES {
            let first = !self.told;
            self.told = !tone.ended;
            return first.then_some(FaxTone::Answering);
        }
        let calling = tone.ended && CNG_HZ.contains(&tone.hz) && CNG_FRAMES.contains(&tone.frames);
        if !calling {
            return None;
        }
        let again = self.since.is_some_and(|s| CNG_CYCLE.contains(&s));
        self.since = Some(0);
        again.then_some(FaxTone::Calling)
    }
}
