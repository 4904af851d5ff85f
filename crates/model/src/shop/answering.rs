//! Who answers when: Biseo at once, Biseo after it has rung for a while, or not Biseo.

use jiff::civil::{DateTime, Time};
use serde::{Deserialize, Serialize};

use super::hours::{Day, Hours};
#[cfg(feature = "schema")]
use crate::schema;

/// Rules for certain hours, at most.
pub const MOST_ANSWER_TIMES: usize = 20;
/// How long it may ring, in seconds. Carriers give up after a minute or so.
pub const RING_SECONDS: std::ops::RangeInclusive<u32> = 3..=55;

/// What is done with a call. Everything may be left out: then Biseo answers at once, always.
///
/// ```
/// # use biseo_model::shop::{Answer, Answering};
/// let own: Answering = toml::from_str(r#"
///     open = "after_ringing"
///     ring_seconds = 15
///     times = [{ days = ["sun"], from = "00:00:00", to = "00:00:00", answer = "never" }]
/// "#).unwrap();
/// assert_eq!((own.open, own.closed), (Answer::AfterRinging, Answer::AtOnce));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Answering {
    /// While the shop is open.
    pub open: Answer,
    /// While it is closed; a break is closed.
    pub closed: Answer,
    /// At certain hours of the week, whether open or closed; the first one that fits counts.
    pub times: Vec<AnswerTimes>,
    /// How long it rings where Biseo answers after ringing, in seconds: 3 to 55.
    #[cfg_attr(feature = "schema", schemars(range(min = 3, max = 55)))]
    pub ring_seconds: u32,
    /// What the telephone network is told where Biseo does not answer.
    pub refusal: NotTaken,
}

impl Default for Answering {
    fn default() -> Self {
        Self {
            open: Answer::AtOnce,
            closed: Answer::AtOnce,
            times: Vec::new(),
            ring_seconds: 20,
            refusal: NotTaken::Unavailable,
        }
    }
}

/// How a call is answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// By Biseo, at once.
    #[default]
    AtOnce,
    /// By Biseo, unless somebody at another telephone has taken it before. A call that was forwarded here because nobody took it, or because
    /// the line was busy, has waited already and is answered at once.
    AfterRinging,
    /// Not by Biseo.
    Never,
}

/// What the telephone network is told of a call that Biseo does not answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotTaken {
    /// Nobody is there (480): telephones that ring beside Biseo go on ringing.
    #[default]
    Unavailable,
    /// The line is busy (486): the caller hears the busy tone, or the network does what it does then.
    Busy,
}

/// Hours of the week with a rule of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerTimes {
    /// On these weekdays; none: on all.
    #[serde(default)]
    pub days: Vec<Day>,
    /// From then on.
    #[cfg_attr(feature = "schema", schemars(with = "schema::Clock"))]
    pub from: Time,
    /// Until then; not after `from` means on the next day (22:00 to 06:00), the same time all day and night.
    #[cfg_attr(feature = "schema", schemars(with = "schema::Clock"))]
    pub to: Time,
    /// What is done then.
    pub answer: Answer,
}

impl Answering {
    /// What is done with a call that comes at an instant of the shop's clock.
    pub fn at(&self, hours: &Hours, at: DateTime) -> Answer {
        if let Some(own) = self.times.iter().find(|times| times.covers(at)) {
            return own.answer;
        }
        match hours.is_open(at) {
            true => self.open,
            false => self.closed,
        }
    }

    /// What cannot be, in words for the owner.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !RING_SECONDS.contains(&self.ring_seconds) {
            return Err(format!(
                "ring_seconds = {}: give {} to {}",
                self.ring_seconds,
                RING_SECONDS.start(),
                RING_SECONDS.end()
            ));
        }
        if self.times.len() > MOST_ANSWER_TIMES {
            return Err(format!("at most {MOST_ANSWER_TIMES} rules for certain hours"));
        }
        Ok(())
    }
}

impl AnswerTimes {
    /// Whether an instant of the shop's clock is within these hours. Those after midnight belong to the day before.
    pub fn covers(&self, at: DateTime) -> bool {
        let (time, day) = (at.time(), at.date());
        let on = |day: jiff::civil::Date| self.days.is_empty() || self.days.contains(&day.weekday().into());
        if self.from < self.to {
            return on(day) && self.from <= time && time < self.to;
        }
        let before_midnight = on(day) && self.from <= time;
        before_midnight || (time < self.to && day.yesterday().is_ok_and(on))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shop::ShopProfile;

    const HOURS: &str = r#"
        id = "a"
        name = { ko = "가" }
        zone = "Asia/Seoul"
        address = { ko = "서울" }
        hours.week.tue = { open = "11:00:00", close = "22:00:00", break = ["15:00:00", "17:00:00"] }
    "#;

    fn shop(answering: &str) -> Result<ShopProfile, String> {
        ShopProfile::from_toml(&format!("{HOURS}\n[answering]\n{answering}")).map_err(|e| e.to_string())
    }

    #[test]
    fn who_answers_when() {
        use Answer::{AfterRinging as Ring, AtOnce, Never};
        let night = r#"open = "after_ringing"
            closed = "at_once"
            times = [
                { days = ["tue"], from = "12:00:00", to = "13:00:00", answer = "never" },
                { days = ["tue"], from = "22:30:00", to = "02:00:00", answer = "never" },
                { days = ["wed"], from = "05:00:00", to = "05:00:00", answer = "after_ringing" },
                { from = "03:00:00", to = "04:00:00", answer = "never" },
            ]"#;
        for (rules, at, answer) in [
            ("", "2026-11-24T12:00", AtOnce),
            (r#"open = "never""#, "2026-11-24T12:00", Never),
            (r#"open = "never""#, "2026-11-24T15:30", AtOnce), // a break is closed
            (r#"open = "never""#, "2026-11-25T12:00", AtOnce), // outside opening hours
            (r#"closed = "never""#, "2026-11-25T12:00", Never),
            (night, "2026-11-24T11:59", Ring),
            (night, "2026-11-24T12:00", Never),
            (night, "2026-11-24T13:00", Ring),
            (night, "2026-11-24T22:15", AtOnce),
            (night, "2026-11-24T22:30", Never),
            (night, "2026-11-25T01:59", Never),  // Tuesday's night
            (night, "2026-11-24T01:59", AtOnce), // Monday's
            (night, "2026-11-25T02:00", AtOnce),
            (night, "2026-11-25T03:30", Never), // on every day
            (night, "2026-11-25T05:00", Ring),  // all day and night
            (night, "2026-11-26T04:59", Ring),
            (night, "2026-11-26T05:00", AtOnce),
        ] {
            let shop = shop(rules).unwrap();
            assert_eq!(
                shop.answering.at(&shop.hours, at.parse().unwrap()),
                answer,
                "{at} {rules}"
            );
        }
    }

    #[test]
    fn what_is_possible() {
        let times = r#"{ from = "03:00:00", to = "04:00:00", answer = "never" },"#;
        for (rules, hint) in [
            ("ring_seconds = 2".to_string(), "ring_seconds"),
            ("ring_seconds = 56".to_string(), "ring_seconds"),
            (r#"open = "sometimes""#.to_string(), "sometimes"),
            (format!("times = [{}]", times.repeat(21)), "20"),
            (
                r#"times = [{ from = "03:00:00", answer = "never" }]"#.to_string(),
                "to",
            ),
            ("close = \"never\"".to_string(), "close"),
        ] {
            let refused = shop(&rules).unwrap_err();
            assert!(refused.contains(hint), "{rules}: {refused}");
        }
        assert!(shop(&format!("ring_seconds = 3\ntimes = [{}]", times.repeat(20))).is_ok());
    }
}
