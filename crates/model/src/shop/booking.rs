//! What can be booked at a shop, and when. Pure rules; what is already taken only the store knows.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use super::hours::{Day, Hours, OpenOn};
#[cfg(feature = "schema")]
use crate::schema;

/// The rules of a shop that takes bookings of tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TableRules {
    /// Spans of the day in which a stay may begin, both ends included.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<(schema::Clock, schema::Clock)>"))]
    pub windows: Vec<(Time, Time)>,
    /// Stays begin on multiples of this many minutes after a window's beginning; 1 to 240.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 240)))]
    pub step_minutes: u32,
    /// Usual length of a stay in minutes.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1440)))]
    pub stay_minutes: u32,
    /// A booking must be at least this many minutes ahead.
    #[serde(default)]
    pub ahead_minutes: u32,
    /// And at most this many days.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 730)))]
    pub ahead_days: u32,
    /// The tables, by kind, smallest first.
    pub tables: Vec<TableKind>,
}

/// So many tables of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TableKind {
    /// Short name, unique within the shop; tables are numbered `name-1`, `name-2`, ….
    pub name: String,
    /// Persons that it seats.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub seats: u32,
    /// How many there are.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 500)))]
    pub count: u32,
    /// Length of a stay in minutes if not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay_minutes: Option<u32>,
    /// Only parties of at least this size may have one (a room that is not given to two).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_party: Option<u32>,
}

/// The rules of a shop whose staff is booked (a hairdresser, a doctor).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StaffRules {
    /// Appointments begin on multiples of this many minutes after opening; 1 to 240.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 240)))]
    pub step_minutes: u32,
    /// An appointment must be at least this many minutes ahead.
    #[serde(default)]
    pub ahead_minutes: u32,
    /// And at most this many days.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 730)))]
    pub ahead_days: u32,
    /// Who can be booked.
    pub staff: Vec<Staff>,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Staff {
    /// As customers call them; unique within the shop.
    pub name: String,
    /// Weekdays off.
    #[serde(default)]
    pub off: Vec<Day>,
    /// The services done; empty means all.
    #[serde(default)]
    pub services: Vec<String>,
}

/// What a shop lets callers book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BookingRules {
    /// Tables, by party size.
    Tables(TableRules),
    /// Staff, by service.
    Staff(StaffRules),
}

/// Why a wish cannot be booked, whatever is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The shop is closed that day.
    Closed(super::Closed),
    /// No stay may begin at that time (before opening, in the break, too late).
    Time,
    /// It is in the past, or not far enough ahead.
    TooSoon,
    /// It is further ahead than bookings are taken.
    TooFar,
    /// No table seats so many; the owner must be asked.
    TooMany,
    /// The member of staff is off that day.
    StaffOff,
    /// Nobody does this service, or not the one asked for.
    Service,
    /// The service is done at other times of the day only.
    ServiceTime,
}

/// What may be tried in the store: resources in order of preference, with the length of stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates {
    /// Resource names, best first.
    pub resources: Vec<String>,
    /// Length of stay in minutes.
    pub minutes: u32,
}

impl TableRules {
    /// The tables that could seat a party then, smallest first.
    ///
    /// # Errors
    /// Why no table can be had then, whatever is free.
    pub fn candidates(
        &self,
        hours: &Hours,
        now: DateTime,
        at: DateTime,
        party: u32,
    ) -> Result<Candidates, Refusal> {
        within(now, at, self.ahead_minutes, self.ahead_days)?;
        open_on(hours, at.date())?;
        if !self.starts().contains(&at.time()) || !hours.is_open(at) {
            return Err(Refusal::Time);
        }
        let mut kinds = self.kinds_for(party).peekable();
        let minutes = kinds
            .peek()
            .ok_or(Refusal::TooMany)?
            .stay_minutes
            .unwrap_or(self.stay_minutes);
        if !ends_in_time(hours, at, minutes) {
            return Err(Refusal::Time);
        }
        let same_stay = kinds.filter(|k| k.stay_minutes.unwrap_or(self.stay_minutes) == minutes);
        Ok(Candidates {
            resources: same_stay.flat_map(TableKind::each).collect(),
            minutes,
        })
    }

    /// The largest party that can be seated.
    pub fn largest_party(&self) -> u32 {
        self.tables.iter().map(|k| k.seats).max().unwrap_or(0)
    }

    /// The times of day at which a stay may begin, in order.
    pub fn starts(&self) -> Vec<Time> {
        let mut all: Vec<Time> = self
            .windows
            .iter()
            .flat_map(|&(from, to)| steps(from, to, self.step_minutes))
            .collect();
        all.sort_unstable();
        all
    }

    fn kinds_for(&self, party: u32) -> impl Iterator<Item = &TableKind> {
        let mut kinds: Vec<_> = self
            .tables
            .iter()
            .filter(|k| party <= k.seats && party >= k.min_party.unwrap_or(1))
            .collect();
        kinds.sort_by_key(|k| k.seats);
        kinds.into_iter()
    }
}

impl TableKind {
    fn each(&self) -> impl Iterator<Item = String> + '_ {
        (1..=self.count).map(|n| format!("{}-{n}", self.name))
    }
}

impl StaffRules {
    /// Who could do a service of that length then, in the profile's order; `staff` if one was asked for.
    ///
    /// # Errors
    /// Why nobody can, whatever is free.
    pub fn candidates(
        &self,
        hours: &Hours,
        now: DateTime,
        wish: &StaffWish<'_>,
    ) -> Result<Candidates, Refusal> {
        within(now, wish.at, self.ahead_minutes, self.ahead_days)?;
        open_on(hours, wish.at.date())?;
        if !hours.covers_span(wish.at, wish.minutes) || !self.on_step(hours, wish.at) {
            return Err(Refusal::Time);
        }
        let able: Vec<&Staff> = self.staff.iter().filter(|s| s.does_all(wish.services)).collect();
        let asked: Vec<&&Staff> = able
            .iter()
            .filter(|s| wish.staff.is_none_or(|n| n == s.name))
            .collect();
        if asked.is_empty() {
            return Err(Refusal::Service);
        }
        let day = Day::from(wish.at.date().weekday());
        let resources: Vec<String> = asked
            .iter()
            .filter(|s| !s.off.contains(&day))
            .map(|s| s.name.clone())
            .collect();
        if resources.is_empty() {
            return Err(Refusal::StaffOff);
        }
        Ok(Candidates {
            resources,
            minutes: wish.minutes,
        })
    }

    fn on_step(&self, hours: &Hours, at: DateTime) -> bool {
        let OpenOn::Open(day) = hours.open_on(at.date()) else {
            return false;
        };
        (minute(at.time()) + 24 * 60 - minute(day.open)).is_multiple_of(self.step_minutes.max(1))
    }
}

/// A wish for a member of staff.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StaffWish<'a> {
    /// When it is to begin, on the shop's clock.
    pub at: DateTime,
    /// How long it takes in minutes, all services together.
    pub minutes: u32,
    /// The services, by name; one person must do all.
    pub services: &'a [String],
    /// The member of staff asked for.
    pub staff: Option<&'a str>,
}

impl Staff {
    fn does_all(&self, services: &[String]) -> bool {
        self.services.is_empty() || services.iter().all(|s| self.services.contains(s))
    }
}

impl BookingRules {
    /// Finds what cannot be meant.
    pub(crate) fn check(&self) -> Result<(), String> {
        let (step, days) = match self {
            Self::Tables(t) => (t.step_minutes, t.ahead_days),
            Self::Staff(s) => (s.step_minutes, s.ahead_days),
        };
        if !(1..=240).contains(&step) {
            return Err(format!("step_minutes = {step}: give 1 to 240"));
        }
        if !(1..=730).contains(&days) {
            return Err(format!("ahead_days = {days}: give 1 to 730"));
        }
        match self {
            Self::Tables(t) => t.check(),
            Self::Staff(s) => unique("staff", s.staff.iter().map(|m| m.name.as_str())),
        }
    }
}

impl TableRules {
    fn check(&self) -> Result<(), String> {
        if self.stay_minutes == 0 || self.stay_minutes > 24 * 60 {
            return Err(format!("stay_minutes = {}: give 1 to 1440", self.stay_minutes));
        }
        if let Some((from, to)) = self.windows.iter().find(|(from, to)| from > to) {
            return Err(format!("the window {from} to {to} ends before it begins"));
        }
        if let Some(kind) = self
            .tables
            .iter()
            .find(|k| k.seats == 0 || k.count == 0 || k.count > 500)
        {
            return Err(format!(
                "table {:?} needs 1 or more seats and a count of 1 to 500",
                kind.name
            ));
        }
        unique("tables", self.tables.iter().map(|k| k.name.as_str()))
    }
}

fn unique<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut seen = BTreeMap::new();
    for name in names {
        if name.trim().is_empty() || seen.insert(name, ()).is_some() {
            return Err(format!("{what}: the name {name:?} is empty or there twice"));
        }
    }
    if seen.is_empty() {
        return Err(format!("{what}: give at least one"));
    }
    Ok(())
}

fn within(now: DateTime, at: DateTime, ahead_minutes: u32, ahead_days: u32) -> Result<(), Refusal> {
    let minutes = now.duration_until(at).as_mins();
    if minutes < i64::from(ahead_minutes) {
        return Err(Refusal::TooSoon);
    }
    let days = (at.date() - now.date()).get_days();
    if i64::from(days) > i64::from(ahead_days) {
        return Err(Refusal::TooFar);
    }
    Ok(())
}

fn open_on(hours: &Hours, date: Date) -> Result<(), Refusal> {
    match hours.open_on(date) {
        OpenOn::Open(_) => Ok(()),
        OpenOn::Closed(why) => Err(Refusal::Closed(why)),
    }
}

/// Whether a stay fits a day with hours of its own: the windows know usual days only. It begins before the last order, or, where none is
/// told, ends by closing time. After midnight the hours are those of the day before.
fn ends_in_time(hours: &Hours, at: DateTime, minutes: u32) -> bool {
    let Some(day) = hours.business_day(at) else {
        return false;
    };
    let own = hours.special_on(day).and_then(|special| special.hours);
    own.is_none_or(|own| match own.last_order_on(day) {
        Some(last) => at <= last,
        None => own.hold(day, at, minutes),
    })
}

fn minute(time: Time) -> u32 {
    u32::from(time.hour().unsigned_abs()) * 60 + u32::from(time.minute().unsigned_abs())
}

fn steps(from: Time, to: Time, step: u32) -> impl Iterator<Item = Time> {
    (minute(from)..=minute(to))
        .step_by(step.max(1) as usize)
        .filter_map(|m| {
            let (hour, minute) = (i8::try_from(m / 60).ok()?, i8::try_from(m % 60).ok()?);
            Time::new(hour, minute, 0, 0).ok()
        })
}
