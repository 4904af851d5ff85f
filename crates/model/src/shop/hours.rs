//! When a shop is open.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::{Deserialize, Serialize};

use super::special::{SpecialDay, check_special_days};
use crate::holiday::{Holiday, holiday_on};
#[cfg(feature = "schema")]
use crate::schema;

/// The opening hours of a shop. Rules in the order in which they are asked: a special day wins over everything, then the weekly
/// closing day (a weekday that is not in `week`), then the nth weekday of a month, then holidays, then the week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Hours by weekday: `mon` to `sun`. A missing day is the weekly closing day.
    #[cfg_attr(feature = "schema", schemars(with = "schema::Week"))]
    pub week: BTreeMap<Day, DayHours>,
    /// Closed on the nth weekday of each month.
    #[serde(default)]
    pub closed_nth: Vec<Nth>,
    /// Closed on these holidays; `seollal` and `chuseok` mean their three days, and substitutes for them are open.
    #[serde(default)]
    pub closed_holidays: Vec<Holiday>,
    /// Closed on every public holiday, substitute days too.
    #[serde(default)]
    pub closed_all_holidays: bool,
    /// Other hours on a public holiday that is not closed.
    #[serde(default)]
    pub holiday: Option<DayHours>,
    /// Days that are closed or have other hours for once (임시 휴무).
    #[serde(default)]
    pub special: Vec<SpecialDay>,
}

/// A weekday's name in a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Day {
    /// 월요일
    Mon,
    /// 화요일
    Tue,
    /// 수요일
    Wed,
    /// 목요일
    Thu,
    /// 금요일
    Fri,
    /// 토요일
    Sat,
    /// 일요일
    Sun,
}

impl From<Weekday> for Day {
    fn from(w: Weekday) -> Self {
        match w {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

/// One day's hours, in the shop's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DayHours {
    /// Opens.
    #[cfg_attr(feature = "schema", schemars(with = "schema::Clock"))]
    pub open: Time,
    /// Closes; not after `open` means on the next day (15:00 to 01:00).
    #[cfg_attr(feature = "schema", schemars(with = "schema::Clock"))]
    pub close: Time,
    /// Break, from and to.
    #[serde(default, rename = "break")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<(schema::Clock, schema::Clock)>"))]
    pub pause: Option<(Time, Time)>,
    /// Last order.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<schema::Clock>"))]
    pub last_order: Option<Time>,
}

/// The nth weekday of a month, such as the second Tuesday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Nth {
    /// 1 to 5.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 5)))]
    pub nth: i8,
    /// The weekday.
    pub day: Day,
}

/// Why a shop is closed on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The weekly closing day (정기휴무).
    Weekly,
    /// The nth weekday of the month.
    NthWeekday(Nth),
    /// A holiday.
    Holiday(Holiday),
    /// For once (임시 휴무); [`Hours::special_on`] has the reason.
    Special,
}

/// What a day is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenOn {
    /// Open within these hours.
    Open(DayHours),
    /// Closed all day.
    Closed(Closed),
}

impl Hours {
    /// The hours of the business day that begins on `date`.
    pub fn open_on(&self, date: Date) -> OpenOn {
        if let Some(special) = self.special_on(date) {
            return special
                .hours
                .map_or(OpenOn::Closed(Closed::Special), OpenOn::Open);
        }
        let day = Day::from(date.weekday());
        let Some(&usual) = self.week.get(&day) else {
            return OpenOn::Closed(Closed::Weekly);
        };
        let nth_today = |n: &&Nth| n.day == day && (date.day() - 1) / 7 + 1 == n.nth;
        if let Some(&nth) = self.closed_nth.iter().find(nth_today) {
            return OpenOn::Closed(Closed::NthWeekday(nth));
        }
        let Some(off) = holiday_on(date) else {
            return OpenOn::Open(usual);
        };
        let named = !off.substitute && self.closed_holidays.contains(&off.holiday);
        if self.closed_all_holidays || named {
            return OpenOn::Closed(Closed::Holiday(off.holiday));
        }
        OpenOn::Open(self.holiday.unwrap_or(usual))
    }

    /// What is special of a day, if anything is.
    pub fn special_on(&self, date: Date) -> Option<&SpecialDay> {
        self.special.iter().find(|special| special.covers(date))
    }

    /// Whether the shop is open at an instant of its own clock; a break is closed. The hours after midnight belong to the
    /// day before.
    pub fn is_open(&self, at: DateTime) -> bool {
        self.business_day(at).is_some()
    }

    /// The day to whose hours an instant of the shop's own clock belongs: after midnight it may be the day before. `None` while the shop
    /// is closed.
    pub fn business_day(&self, at: DateTime) -> Option<Date> {
        let covers =
            |day: Date, next: bool| matches!(self.open_on(day), OpenOn::Open(h) if h.covers(at.time(), next));
        let (today, night_of) = (at.date(), at.date().yesterday().ok());
        match covers(today, false) {
            true => Some(today),
            false => night_of.filter(|day| covers(*day, true)),
        }
    }

    /// Whether the shop is open at an instant of its own clock or opens again later on that day.
    pub fn opens_yet(&self, at: DateTime) -> bool {
        let later = |h: DayHours| h.past_midnight() || at.time() < h.close;
        self.is_open(at) || matches!(self.open_on(at.date()), OpenOn::Open(h) if later(h))
    }

    /// Whether the shop is open from `at` for so many minutes without a break or closing in between.
    pub fn covers_span(&self, at: DateTime, minutes: u32) -> bool {
        match self.open_on(at.date()) {
            OpenOn::Open(hours) => hours.hold(at.date(), at, minutes),
            OpenOn::Closed(_) => false,
        }
    }

    /// What cannot be, in words for the owner.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.week.is_empty() {
            return Err("no day is open; give at least one, such as [hours.week.mon]".into());
        }
        if let Some(n) = self.closed_nth.iter().find(|n| !(1..=5).contains(&n.nth)) {
            return Err(format!("nth = {}: a month has a first to a fifth weekday", n.nth));
        }
        self.week
            .values()
            .chain(&self.holiday)
            .try_for_each(DayHours::check)?;
        check_special_days(&self.special)
    }
}

impl DayHours {
    fn past_midnight(&self) -> bool {
        self.close <= self.open
    }

    /// One of these times as it follows on the opening of the business day `day`; past midnight it is on the next one.
    fn on(&self, day: Date, time: Time) -> DateTime {
        let next = self.past_midnight() && time <= self.open;
        day.to_datetime(time)
            .saturating_add(jiff::Span::new().days(i64::from(next)))
    }

    /// Whether the business day `day` with these hours is open from `at` for so many minutes without a break in between.
    pub(super) fn hold(&self, day: Date, at: DateTime, minutes: u32) -> bool {
        let Ok(end) = at.checked_add(jiff::Span::new().minutes(i64::from(minutes))) else {
            return false;
        };
        let paused = self
            .pause
            .is_some_and(|(from, to)| at < day.to_datetime(to) && end > day.to_datetime(from));
        day.to_datetime(self.open) <= at && end <= self.on(day, self.close) && !paused
    }

    /// The last order of the business day `day`, if one is told that can be.
    pub(super) fn last_order_on(&self, day: Date) -> Option<DateTime> {
        let last = self.on(day, self.last_order?);
        (day.to_datetime(self.open) < last && last <= self.on(day, self.close)).then_some(last)
    }

    /// `next_day`: the time is on the day after the one on which these hours begin.
    fn covers(&self, time: Time, next_day: bool) -> bool {
        let paused = self.pause.is_some_and(|(from, to)| from <= time && time < to);
        match (self.past_midnight(), next_day) {
            (true, true) => time < self.close,
            (false, true) => false,
            (true, false) => self.open <= time && !paused,
            (false, false) => self.open <= time && time < self.close && !paused,
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let Some((from, to)) = self.pause else {
            return Ok(());
        };
        let inside = from >= self.open && (to <= self.close || self.past_midnight());
        if from < to && inside {
            return Ok(());
        }
        Err(format!(
            "the break {from} to {to} does not lie within {} to {}",
            self.open, self.close
        ))
    }
}
