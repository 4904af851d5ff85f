//! The beep of an answering machine: what is said after it is recorded, what is said before it is not.

use super::level::mean_dbfs;
use super::pure::{Follower, Lasting};
use crate::{FRAME_US, Frame};

/// A beep's frequency in Hz. Machines beep near 1000 Hz, Korean mailboxes between 800 and 1400 Hz; fax machines answer above.
const HZ: std::ops::RangeInclusive<f32> = 400.0..=2000.0;
/// Its length in frames: 100 ms to 5 s. Of a tone of 100 ms four frames may be whole.
const FRAMES: std::ops::RangeInclusive<u32> = 4..=250;
/// Frames of other sound that must come before: half a second of greeting.
const GREETING: u32 = 25;
/// Sound is louder than this, in dBFS.
const LOUD: f32 = -45.0;
/// So many frames after it must be quieter than it, by so many dB.
const QUIET: u32 = 8;
const BELOW: f32 = 12.0;

/// A beep that has ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beep {
    /// Its frequency, Hz.
    pub hz: f32,
    /// Its length in milliseconds, to 20 ms.
    pub length_ms: u32,
}

/// Hears the beep after a greeting. Tones before any speech (ringing, a queue's signal) are none, nor are two tones at once, nor is
/// what sound goes on after: once a machine has beeped it is quiet, music is not.
#[derive(Debug, Clone, Default)]
pub struct BeepDetector {
    follower: Follower,
    greeting: u32,
    /// A tone that has ended, its level in dBFS, and for how many frames it has been quiet since.
    ended: Option<(Beep, f32, u32)>,
}

impl BeepDetector {
    /// A detector that has heard nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes 20 ms of what is received; a beep 200 ms after its end.
    pub fn push(&mut self, frame: &Frame) -> Option<Beep> {
        let tone = self.follower.push(frame);
        if let Some(tone) = tone {
            self.ended = self.beep(&tone).map(|beep| (beep, tone.dbfs, 0));
            return None;
        }
        let level = mean_dbfs(frame);
        self.greeting = self.greeting.saturating_add(u32::from(level > LOUD));
        let (beep, tone, quiet) = self.ended?;
        self.ended = (level < tone - BELOW).then_some((beep, tone, quiet + 1));
        if quiet + 1 < QUIET {
            return None;
        }
        self.ended.take().map(|ended| ended.0)
    }

    fn beep(&self, tone: &Lasting) -> Option<Beep> {
        let fits = tone.ended && HZ.contains(&tone.hz) && FRAMES.contains(&tone.frames);
        (fits && self.greeting >= GREETING).then_some(Beep {
            hz: tone.hz,
            length_ms: tone.frames * (FRAME_US / 1000) as u32,
        })
    }
}
