//! `[sip.guard]`: who is listened to when many come.

use std::time::Duration;

use biseo_telephony::config::Guard;
use ipnet::IpNet;
use serde::Deserialize;

use super::secret::{Fault, fault};

/// The SIP side's own protection. What is not said is as the stack has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GuardConfig {
    /// Networks that are as well known as a trunk's: never banned, and served first.
    known: Vec<IpNet>,
    /// Messages a second from one known source, a trunk being one.
    known_per_second: u32,
    /// Messages a second from one stranger.
    stranger_per_second: u32,
    /// Messages a second from all strangers together.
    strangers_per_second: u32,
    /// Points that make a ban; a wrong password has three.
    ban_after: u32,
    /// Length of the first ban, seconds; 0 bans nobody.
    ban_seconds: u32,
    /// Length of the longest, minutes.
    ban_most_minutes: u32,
    /// Parts of a User-Agent of scanners, beside those that are known.
    scanners: Vec<String>,
}

impl Default for GuardConfig {
    fn default() -> Self {
        Self {
            known: Vec::new(),
            known_per_second: 4000,
            stranger_per_second: 40,
            strangers_per_second: 400,
            ban_after: 30,
            ban_seconds: 60,
            ban_most_minutes: 240,
            scanners: Vec::new(),
        }
    }
}

/// The longest ban that may be asked for: a week.
const MOST_MINUTES: u32 = 7 * 24 * 60;
/// A shorter part of a User-Agent would meet honest telephones.
const SHORTEST: usize = 4;

impl GuardConfig {
    /// Checks what can be checked without touching anything.
    ///
    /// # Errors
    /// The field, and what to write there.
    pub(super) fn check(&self) -> Result<(), Fault> {
        self.check_rates()?;
        self.check_bans()?;
        if let Some(all) = self.known.iter().find(|n| n.prefix_len() == 0) {
            let why = format!(
                "{all} is everybody, and then nobody is kept off: name the networks of your telephones"
            );
            return Err(fault("sip.guard.known", why));
        }
        let short = self.scanners.iter().find(|s| s.trim().len() < SHORTEST);
        short.map_or(Ok(()), |s| {
            let why = format!(
                "{s:?} is too short and would meet honest telephones: write {SHORTEST} letters or more"
            );
            Err(fault("sip.guard.scanners", why))
        })
    }

    fn check_rates(&self) -> Result<(), Fault> {
        for (field, value, least) in [
            ("known_per_second", self.known_per_second, 100),
            ("stranger_per_second", self.stranger_per_second, 1),
            ("strangers_per_second", self.strangers_per_second, 10),
        ] {
            if !(least..=100_000).contains(&value) {
                let why = format!("{value}: write a number from {least} to 100000");
                return Err(fault(&format!("sip.guard.{field}"), why));
            }
        }
        if self.stranger_per_second > self.strangers_per_second {
            return Err(fault(
                "sip.guard.stranger_per_second",
                "one stranger may not have more than all together: write at most strangers_per_second",
            ));
        }
        Ok(())
    }

    fn check_bans(&self) -> Result<(), Fault> {
        if !(3..=10_000).contains(&self.ban_after) {
            return Err(fault(
                "sip.guard.ban_after",
                "write 3 to 10000 points; a wrong password has 3",
            ));
        }
        if self.ban_most_minutes > MOST_MINUTES || self.ban_most_minutes.saturating_mul(60) < self.ban_seconds
        {
            let why = format!("write at least ban_seconds and at most {MOST_MINUTES} (a week)");
            return Err(fault("sip.guard.ban_most_minutes", why));
        }
        Ok(())
    }

    /// As the stack takes it.
    pub(super) fn rules(&self) -> Guard {
        Guard {
            friends: self.known.clone(),
            known_per_second: self.known_per_second.into(),
            stranger_per_second: self.stranger_per_second.into(),
            strangers_per_second: self.strangers_per_second.into(),
            // Ten thousand at most.
            ban_after: u16::try_from(self.ban_after).map_or(f32::MAX, f32::from),
            ban: Duration::from_secs(self.ban_seconds.into()),
            longest_ban: Duration::from_secs(u64::from(self.ban_most_minutes) * 60),
            scanners: self.scanners.iter().map(|s| s.trim().to_owned()).collect(),
            ..Guard::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> GuardConfig {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn what_is_not_said_is_as_the_stack_has_it() {
        let config = read("");
        assert!(config.check().is_ok());
        assert_eq!(format!("{:?}", config.rules()), format!("{:?}", Guard::default()));
    }

    #[test]
    fn what_cannot_be_is_refused_with_field_and_remedy() {
        for (text, field) in [
            ("known = [\"0.0.0.0/0\"]", "sip.guard.known"),
            ("known = [\"::/0\"]", "sip.guard.known"),
            ("known_per_second = 0", "sip.guard.known_per_second"),
            ("stranger_per_second = 0", "sip.guard.stranger_per_second"),
            ("stranger_per_second = 500", "sip.guard.stranger_per_second"),
            ("strangers_per_second = 1000000", "sip.guard.strangers_per_second"),
            ("ban_after = 1", "sip.guard.ban_after"),
            ("ban_most_minutes = 0", "sip.guard.ban_most_minutes"),
            ("ban_most_minutes = 4000000000", "sip.guard.ban_most_minutes"),
            ("scanners = [\"a\"]", "sip.guard.scanners"),
        ] {
            let (at, why) = read(text).check().unwrap_err();
            assert_eq!(at, field, "{text}");
            assert!(why.contains("write") || why.contains("name"), "{why}");
        }
        assert!(toml::from_str::<GuardConfig>("bans = 1").is_err());
    }
}
