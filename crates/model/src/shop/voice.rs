//! How Biseo converses at a shop: how long it waits, how fast it speaks.

use serde::{Deserialize, Serialize};

/// The manner of conversing. Everything may be left out.
///
/// ```
/// # use biseo_model::shop::VoiceManner;
/// let manner: VoiceManner = toml::from_str("elder = true").unwrap();
/// assert_eq!((manner.patience_percent(), manner.speed_percent()), (160, 85));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct VoiceManner {
    /// For shops whose callers are old (어르신 모드): waits longer for the caller's next word and speaks slower.
    pub elder: bool,
    /// How long Biseo waits after the caller's last word, in percent of the usual: 50 to 300.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patience: Option<u32>,
    /// How fast it speaks, in percent of the usual: 50 to 150.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<u16>,
    /// It never answers sooner after the caller's last word, in milliseconds: 150 to 2000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortest_wait_ms: Option<u32>,
    /// It never waits longer for the caller's next word, in milliseconds: 150 to 2000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_wait_ms: Option<u32>,
}

/// What `elder` means where nothing more exact is told.
const ELDER_PATIENCE: u32 = 160;
const ELDER_SPEED: u16 = 85;
const ELDER_SHORTEST: u32 = 400;
/// The bounds of a wait.
const WAITS: std::ops::RangeInclusive<u32> = 150..=2000;

impl VoiceManner {
    /// How long it waits, in percent of the usual.
    pub fn patience_percent(&self) -> u32 {
        self.patience
            .unwrap_or(if self.elder { ELDER_PATIENCE } else { 100 })
    }

    /// How fast it speaks, in percent of the usual.
    pub fn speed_percent(&self) -> u16 {
        self.speed.unwrap_or(if self.elder { ELDER_SPEED } else { 100 })
    }

    /// The least and the greatest wait, in milliseconds.
    pub fn waits_ms(&self) -> (u32, u32) {
        let shortest = if self.elder {
            ELDER_SHORTEST
        } else {
            *WAITS.start()
        };
        let longest = self.longest_wait_ms.unwrap_or(*WAITS.end());
        (self.shortest_wait_ms.unwrap_or(shortest.min(longest)), longest)
    }

    /// Whether all of it is possible.
    ///
    /// # Errors
    /// What is not.
    pub(crate) fn check(&self) -> Result<(), String> {
        let (shortest, longest) = self.waits_ms();
        let problem = if !(50..=300).contains(&self.patience_percent()) {
            "patience is a percentage from 50 to 300"
        } else if !(50..=150).contains(&self.speed_percent()) {
            "speed is a percentage from 50 to 150"
        } else if !(WAITS.contains(&shortest) && WAITS.contains(&longest)) {
            "shortest_wait_ms and longest_wait_ms lie between 150 and 2000"
        } else if shortest > longest {
            "shortest_wait_ms is more than longest_wait_ms"
        } else {
            return Ok(());
        };
        Err(problem.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_possible() {
        for (text, possible) in [
            ("", true),
            ("elder = true", true),
            ("elder = true\nlongest_wait_ms = 300", true),
            ("patience = 300\nspeed = 50", true),
            ("patience = 301", false),
            ("patience = 0", false),
            ("speed = 151", false),
            ("shortest_wait_ms = 100", false),
            ("longest_wait_ms = 2001", false),
            ("shortest_wait_ms = 900\nlongest_wait_ms = 800", false),
        ] {
            let manner: VoiceManner = toml::from_str(text).unwrap();
            assert_eq!(manner.check().is_ok(), possible, "{text}: {:?}", manner.check());
        }
        assert!(toml::from_str::<VoiceManner>("oldish = true").is_err());
    }
}
