//! What of a call's sound a model of turn ends hears.

use std::collections::VecDeque;

use biseo_conversation::turn_taking::SOUND_SECONDS;
use biseo_speech::resample;

/// Samples that are kept.
const KEPT: usize = SOUND_SECONDS * 8000;

/// The last seconds of the caller's sound, kept for a model.
pub(super) struct LastSeconds(VecDeque<i16>);

impl LastSeconds {
    /// With room for all that it will ever hold, where there is a model to hear it.
    pub(super) fn new(model: bool) -> Self {
        Self(VecDeque::with_capacity(if model { KEPT } else { 0 }))
    }

    /// Adds sound, forgetting the oldest.
    pub(super) fn push(&mut self, samples: &[i16]) {
        let excess = (self.0.len() + samples.len()).saturating_sub(KEPT);
        self.0.drain(..excess.min(self.0.len()));
        self.0.extend(samples.iter().take(KEPT));
    }

    /// The last so many samples at 16 kHz, from -1 to 1.
    pub(super) fn last(&self, samples: usize) -> Vec<f32> {
        let skip = self.0.len().saturating_sub(samples);
        let sound: Vec<i16> = self.0.iter().skip(skip).copied().collect();
        let wide = resample::convert(&sound, 8000, 16_000);
        wide.iter().map(|s| f32::from(*s) / 32_768.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_eight_seconds_are_kept() {
        let mut sound = LastSeconds::new(true);
        for n in 0..500i16 {
            sound.push(&[n; 160]);
        }
        let all = sound.last(usize::MAX);
        assert!((all.len() as i64 - 128_000).abs() < 100, "{}", all.len());
        assert!(
            (all[1000] - 103.0 / 32_768.0).abs() < 1.5 / 32_768.0,
            "{}",
            all[1000] * 32_768.0
        );
        let half = sound.last(4000);
        assert!((half.len() as i64 - 8000).abs() < 100, "{}", half.len());
        sound.push(&[1; 100_000]);
        assert!((sound.last(usize::MAX).len() as i64 - 128_000).abs() < 100);
    }
}
