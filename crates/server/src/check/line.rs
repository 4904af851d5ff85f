//! Can the line doctor speak to its beacon?

use super::{Finding, Mark};
use crate::config::Config;
use crate::wording::Wording;

/// The beacon's secret, if there is a beacon.
pub(super) fn check(config: &Config, wording: &Wording) -> Vec<Finding> {
    let Some(beacon) = &config.line.beacon else {
        return vec![];
    };
    let at = beacon.address.to_string();
    vec![match beacon.fetch() {
        Ok(()) => Finding::new(Mark::Good, wording.say("beacon_good", &at, "")),
        Err((field, why)) => Finding::new(
            Mark::Bad,
            wording.say("beacon_bad", "", &format!("{field}: {why}")),
        ),
    }]
}
