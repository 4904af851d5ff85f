//! How long a pause must last until the turn is over.

use super::config::TurnConfig;
use super::ending::Ending;
use super::io::EndReason;

/// What is known of a pause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pause {
    /// How the text ends.
    pub(super) ending: Ending,
    /// Whether the voice falls.
    pub(super) falls: bool,
    /// The model's probability that the turn is complete.
    pub(super) completeness: Option<f32>,
}

impl Pause {
    /// The wait within the bounds, and its reason.
    pub(super) fn wait(&self, config: &TurnConfig) -> (u64, EndReason) {
        let (wait, reason) = match self.ending {
            Ending::Answer => (config.wait_answer, EndReason::Answer),
            Ending::Complete if self.falls => (config.wait_falling, EndReason::Complete),
            Ending::Complete => (config.wait_complete, EndReason::Complete),
            Ending::Open => (config.wait_open, EndReason::Complete),
            Ending::Backchannel => (config.wait_nod, EndReason::Nod),
            Ending::Nothing | Ending::Usual => (config.wait_usual, EndReason::Usual),
            Ending::More => (config.wait_more, EndReason::Hesitation),
            Ending::Digits => (config.wait_digits, EndReason::Digits),
        };
        (config.bounded(self.shifted(config, wait)), reason)
    }

    /// A model that is sure of the end takes up to two thirds off a wait; one that is sure of more to come brings it up to the
    /// wait of a hesitation. One that does not know changes nothing.
    fn shifted(&self, config: &TurnConfig, wait: u64) -> u64 {
        let Some(p) = self.completeness.filter(|p| p.is_finite()) else {
            return wait;
        };
        // In thousandths, -1000 (more comes) to 1000 (complete).
        #[expect(clippy::cast_possible_truncation, reason = "within ±1000")]
        let lean = ((p.clamp(0.0, 1.0) * 2.0 - 1.0) * 1000.0) as i64;
        let share = lean.unsigned_abs();
        if lean >= 0 {
            return wait - wait * 2 * share / 3000;
        }
        wait + config.wait_more.saturating_sub(wait) * share / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_shifts_the_wait_within_its_bounds() {
        let config = TurnConfig::default();
        for (ending, completeness, wait) in [
            (Ending::Usual, None, 620),
            (Ending::Usual, Some(0.5), 620),
            (Ending::Usual, Some(1.0), 207),
            (Ending::Usual, Some(0.0), 1300),
            (Ending::Usual, Some(0.25), 960),
            (Ending::Usual, Some(f32::NAN), 620),
            (Ending::Usual, Some(7.0), 207),
            (Ending::Complete, Some(1.0), 150),
            (Ending::Digits, Some(0.0), 1500),
            (Ending::Digits, Some(1.0), 500),
        ] {
            let pause = Pause {
                ending,
                falls: false,
                completeness,
            };
            assert_eq!(pause.wait(&config).0, wait, "{pause:?}");
        }
    }

    #[test]
    fn a_patient_shop_waits_longer_and_never_too_long() {
        let elder = TurnConfig::default().within(400, 9_000, 170);
        let wait = |ending| {
            Pause {
                ending,
                falls: true,
                completeness: None,
            }
            .wait(&elder)
            .0
        };
        assert_eq!(wait(Ending::Complete), 544);
        assert_eq!(wait(Ending::Usual), 1054);
        assert_eq!(wait(Ending::Digits), 2000);
        let hasty = TurnConfig::default().within(0, 0, 0);
        let pause = Pause {
            ending: Ending::Digits,
            falls: false,
            completeness: None,
        };
        assert_eq!(pause.wait(&hasty).0, 150);
    }
}
