//! What is done with a caller's sound before detector and recogniser hear it: `biseo_media::front`, joined for one call.

use biseo_media::Frame;
use biseo_media::front::echo::EchoGuard;
use biseo_media::front::level::{LevelConfig, LevelControl, mean_dbfs};
use biseo_media::front::surroundings::Surroundings;
use biseo_media_io::AudioFrame;

/// So many frames after the caller was last loud enough, softer sound is still the caller's: the end of a word, a soft syllable.
const GOES_ON: u32 = 15;
/// How much softer, dB.
const SOFTER: f32 = 10.0;

/// 20 ms of the caller, without Biseo's echo.
pub(super) struct Clean {
    /// The sound for the detector.
    pub(super) samples: Frame,
    /// Its loudness, dBFS.
    pub(super) level_dbfs: f32,
    /// The most that may be believed of a detector's probability of speech.
    pub(super) ceiling: f32,
}

/// The front end of one call. About 90 KiB, all of it taken at once.
pub(super) struct Front {
    guard: EchoGuard,
    surroundings: Surroundings,
    level: LevelControl,
    /// Frames since the caller was loud enough.
    since: u32,
}

impl Front {
    pub(super) fn new() -> Self {
        Self {
            guard: EchoGuard::new(),
            surroundings: Surroundings::new(),
            level: LevelControl::new(LevelConfig::default()),
            since: GOES_ON,
        }
    }

    /// Takes the next frame. Frames that were lost between two are lost to both directions alike, so the guard goes on.
    pub(super) fn clean(&mut self, frame: &AudioFrame) -> Clean {
        let echo = self.guard.push(&frame.sent, &frame.samples).echo;
        let samples = *self.guard.cleaned();
        let least = self.surroundings.push(&samples).caller_dbfs;
        let level_dbfs = mean_dbfs(&samples);
        Clean {
            samples,
            level_dbfs,
            ceiling: if self.audible(level_dbfs, least) {
                1.0 - echo
            } else {
                0.0
            },
        }
    }

    /// Whether sound of this level may be the caller's, who is at least so loud at the beginning.
    fn audible(&mut self, level_dbfs: f32, least: f32) -> bool {
        self.since = match level_dbfs >= least {
            true => 0,
            false => self.since.saturating_add(1),
        };
        level_dbfs >= least || (self.since <= GOES_ON && level_dbfs >= least - SOFTER)
    }

    /// Brings a frame to the loudness that a recogniser is used to. `speech` is what the detector last said.
    pub(super) fn level(&mut self, samples: &mut Frame, speech: f32) {
        self.level.process(samples, speech);
    }
}

/// The same without a front end: for an ear that has nobody's echo to fear.
pub(super) fn untouched(frame: &AudioFrame) -> Clean {
    Clean {
        samples: frame.samples,
        level_dbfs: mean_dbfs(&frame.samples),
        ceiling: 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_the_caller_may_be_softer_for_a_while() {
        let mut front = Front::new();
        let mut audible = |level| front.audible(level, -30.0);
        assert!(!audible(-35.0), "nobody spoke before");
        assert!(audible(-29.0));
        assert!((0..GOES_ON).all(|_| audible(-35.0)));
        assert!(!audible(-35.0), "it has been soft for too long");
        assert!(audible(-20.0) && !audible(-41.0) && audible(-39.0));
    }
}
