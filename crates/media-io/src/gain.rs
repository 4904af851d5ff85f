//! How loud the voice is: full, or lowered while somebody speaks over it.

use biseo_media::Frame;

/// Full loudness, in parts of itself.
const FULL: i32 = 1 << 15;
/// 12 dB below.
const LOW: i32 = 8231;
/// Samples over which the loudness changes, 5 ms: so quick that the frame as a whole is lowered, slow enough not to click.
const RAMP: i32 = 40;

/// The loudness, as it is after the frame before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gain(i32);

impl Default for Gain {
    fn default() -> Self {
        Self(FULL)
    }
}

impl Gain {
    /// Takes a loudness at once, while nothing sounds.
    pub(crate) fn set(&mut self, low: bool) {
        self.0 = if low { LOW } else { FULL };
    }

    /// The voice has faded to nothing: it rises from there.
    pub(crate) fn silence(&mut self) {
        self.0 = 0;
    }

    /// Leads a frame from the present loudness to another.
    pub(crate) fn lead(&mut self, low: bool, frame: &mut Frame) {
        let from = self.0;
        self.set(low);
        if from == FULL && self.0 == FULL {
            return;
        }
        for (n, sample) in (1..).zip(frame.iter_mut()) {
            let gain = from + (self.0 - from) * RAMP.min(n) / RAMP;
            *sample = scaled(*sample, gain);
        }
    }

    /// A frame in the present loudness, whatever is wanted: the end of a voice that is cut off.
    pub(crate) fn hold(self, frame: &mut Frame) {
        if self.0 != FULL {
            frame.iter_mut().for_each(|s| *s = scaled(*s, self.0));
        }
    }
}

fn scaled(sample: i16, gain: i32) -> i16 {
    // A gain is at most one, so that it always fits.
    i16::try_from(i32::from(sample) * gain / FULL).unwrap_or(sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOUD: Frame = [16_000; biseo_media::FRAME_SAMPLES];

    #[test]
    fn a_full_voice_is_left_as_it_is() {
        let (mut gain, mut frame) = (Gain::default(), [i16::MIN; biseo_media::FRAME_SAMPLES]);
        gain.lead(false, &mut frame);
        gain.hold(&mut frame);
        assert!(frame.iter().all(|s| *s == i16::MIN));
    }

    #[test]
    fn it_falls_by_12_db_within_a_frame_and_comes_back() {
        let (mut gain, mut frame) = (Gain::default(), LOUD);
        gain.lead(true, &mut frame);
        assert!(
            frame.windows(2).all(|w| w[1] <= w[0] && w[0] - w[1] < 310),
            "no edge"
        );
        let db = 20.0 * (f64::from(frame[159]) / 16_000.0).log10();
        assert!((db + 12.0).abs() < 0.05, "{db}");
        let mut frame = LOUD;
        gain.lead(true, &mut frame);
        assert!(frame.iter().all(|s| *s == frame[0]), "it stays low");
        let mut frame = LOUD;
        gain.lead(false, &mut frame);
        assert!(
            frame.windows(2).all(|w| w[1] >= w[0] && w[1] - w[0] < 310),
            "no edge"
        );
        assert_eq!(frame[159], 16_000);
    }
}
