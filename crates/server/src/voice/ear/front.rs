//! What is done with a caller's sound before detector and recogniser hear it: `biseo_media::front`, joined for one call.

use biseo_media::Frame;
use biseo_media::front::echo::EchoGuard;
use biseo_media::front::level::{LevelConfig, LevelControl, mean_dbfs};
use biseo_media::front::surroundings::Surroundings;
use biseo_media_io::AudioFrame;

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
}

impl Front {
    pub(super) fn new() -> Self {
        Self {
            guard: EchoGuard::new(),
            surroundings: Surroundings::new(),
            level: LevelControl::new(LevelConfig::default()),
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
            ceiling: if level_dbfs < least { 0.0 } else { 1.0 - echo },
        }
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
