//! What is heard behind the caller: how loud it is, and how loud somebody has to be who speaks to Biseo.
//!
//! A detector of speech is right about the next table in a restaurant: people speak there. But they are farther from the telephone.
//! The level from which sound is the caller's is therefore told here, above the background's own level (least level of smoothed
//! sound over some seconds, after Martin's minimum statistics, IEEE Trans. Speech and Audio Processing 9, 2001, here of the whole band).
//! Turn-taking takes it in place of its fixed `quietest_dbfs`.

use super::level::mean_dbfs;
use crate::FRAME_SAMPLES;

/// Frames in a span: the floor is the least level of this span and the one before, so that it knows a new noise within 4 s.
const SPAN: u8 = 100;
/// How fast sound is smoothed, each frame: 30 ms.
const SMOOTH: f32 = 0.5;
/// How far the mean of a background lies above its least smoothed level, in dB: measured with babble, street and kitchen.
const BIAS: f32 = 6.0;
/// How far a caller lies above the background at least, in dB.
const ABOVE: f32 = 8.0;
/// The bounds of what is told, in dBFS: nobody speaks more softly into a telephone; louder than the other, nobody is refused.
const LOWEST: f32 = -60.0;
const HIGHEST: f32 = -24.0;
/// Digital silence and its like, in dBFS, and what is quieter. A sender that cuts its pauses out sends no background either, so
/// there is none that could be taken for the caller; were such pauses left out of account, the caller's own softest sound would be.
const NOTHING: f32 = -78.0;

/// The least level of the last two to four seconds.
#[derive(Clone)]
pub(super) struct Floor {
    /// Of the span before, and of this one.
    before: f32,
    now: f32,
    frames: u8,
}

impl Floor {
    /// Of nothing heard.
    pub(super) fn new() -> Self {
        Self {
            before: f32::INFINITY,
            now: f32::INFINITY,
            frames: 0,
        }
    }

    /// Takes the level of a frame; the floor, `None` in the very first frame.
    pub(super) fn push(&mut self, level: f32) -> Option<f32> {
        let known = self.before.min(self.now);
        self.now = self.now.min(level);
        self.frames += 1;
        if self.frames == SPAN {
            (self.before, self.now, self.frames) = (self.now, f32::INFINITY, 0);
        }
        let floor = known.min(level);
        known.is_finite().then_some(floor)
    }
}

/// How loud it is behind the caller.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backdrop {
    /// The background's level, dBFS; −78 where nothing is known of it.
    pub noise_dbfs: f32,
    /// Sound from this level on may be the caller's, dBFS; −60 to −24.
    pub caller_dbfs: f32,
}

/// Listens to what is behind the caller.
#[derive(Clone)]
pub struct Surroundings {
    smooth: Option<f32>,
    floor: Floor,
    noise: f32,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self::new()
    }
}

impl Surroundings {
    /// Of a line that has not been heard.
    pub fn new() -> Self {
        Self {
            smooth: None,
            floor: Floor::new(),
            noise: NOTHING,
        }
    }

    /// Takes 20 ms at 8 kHz. Not while Biseo's echo may be heard, unless it has been taken out.
    pub fn push(&mut self, frame: &[i16; FRAME_SAMPLES]) -> Backdrop {
        let level = mean_dbfs(frame).max(NOTHING);
        // Of levels, not of powers: a stop consonant's silence is as short.
        let smooth = self.smooth.map_or(level, |s| s + SMOOTH * (level - s));
        self.smooth = Some(smooth);
        if let Some(floor) = self.floor.push(smooth) {
            self.noise = floor + BIAS;
        }
        Backdrop {
            noise_dbfs: self.noise,
            caller_dbfs: (self.noise + ABOVE).clamp(LOWEST, HIGHEST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square wave of this level, dBFS.
    fn sound(dbfs: f32) -> [i16; FRAME_SAMPLES] {
        #[expect(clippy::cast_possible_truncation, reason = "within full scale")]
        let loud = (10f32.powf(dbfs / 20.0) * 32_768.0) as i16;
        std::array::from_fn(|n| if n % 20 < 10 { loud } else { -loud })
    }

    #[test]
    fn pauses_that_are_cut_out_make_no_background_of_the_callers_soft_syllables() {
        let mut place = Surroundings::new();
        let told = (0..500).map(|n| match n % 25 {
            0..12 => place.push(&sound(-22.0)),
            12..18 => place.push(&sound(-42.0)),
            _ => place.push(&[0; FRAME_SAMPLES]),
        });
        assert_eq!(told.last().unwrap().caller_dbfs, LOWEST);
    }

    #[test]
    fn a_noise_that_never_ceases_is_a_background() {
        let mut place = Surroundings::new();
        let told = (0..500).map(|n| place.push(&sound(if n % 25 < 12 { -22.0 } else { -42.0 })));
        let told = told.last().unwrap();
        assert!(
            (told.noise_dbfs + 42.0 - BIAS).abs() < 1.0,
            "{} dBFS",
            told.noise_dbfs
        );
        assert!((told.caller_dbfs - told.noise_dbfs - ABOVE).abs() < 0.01);
    }
}
