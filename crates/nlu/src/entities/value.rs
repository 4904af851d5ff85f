//! Readings on their way to an entity: points and ranges of time with their unit.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

use super::{Entity, EntityKind};
use crate::text::Line;

/// A unit of the calendar or the clock, small ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Half,
    Year,
    Decade,
    Century,
}

impl Unit {
    /// So many of it.
    pub(super) fn span(self, n: i64) -> Option<Span> {
        let span = Span::new();
        let months = |each: i64| span.try_months(n.checked_mul(each)?).ok();
        match self {
            Self::Second => span.try_seconds(n).ok(),
            Self::Minute => span.try_minutes(n).ok(),
            Self::Hour => span.try_hours(n).ok(),
            Self::Day => span.try_days(n).ok(),
            Self::Week => span.try_weeks(n).ok(),
            Self::Month => months(1),
            Self::Quarter => months(3),
            Self::Half => months(6),
            Self::Year => months(12),
            Self::Decade => months(120),
            Self::Century => months(1200),
        }
    }

    /// Its length in seconds: a month has 30 days, a year 365.
    pub(super) fn seconds(self) -> u64 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3600,
            Self::Day => 86_400,
            Self::Week => 7 * 86_400,
            Self::Month => 30 * 86_400,
            Self::Quarter => 90 * 86_400,
            Self::Half => 182 * 86_400,
            Self::Year => 365 * 86_400,
            Self::Decade => 3650 * 86_400,
            Self::Century => 36_500 * 86_400,
        }
    }

    /// The beginning of the one that holds an instant.
    pub(super) fn floor(self, at: DateTime) -> Option<DateTime> {
        let (date, time) = (at.date(), at.time());
        let day = |d: Date| d.to_datetime(Time::midnight());
        Some(match self {
            Self::Second => date.at(time.hour(), time.minute(), time.second(), 0),
            Self::Minute => date.at(time.hour(), time.minute(), 0, 0),
            Self::Hour => date.at(time.hour(), 0, 0, 0),
            Self::Day => day(date),
            Self::Week => day(monday(date)?),
            Self::Month => day(date.first_of_month()),
            Self::Quarter => day(Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).ok()?),
            Self::Half => day(Date::new(date.year(), (date.month() - 1) / 6 * 6 + 1, 1).ok()?),
            Self::Year => day(date.first_of_year()),
            Self::Decade => day(Date::new(date.year() / 10 * 10, 1, 1).ok()?),
            Self::Century => day(Date::new(date.year() / 100 * 100 + 1, 1, 1).ok()?),
        })
    }

    /// The unit to which a deadline of so many of these is told: days to the hour, weeks to the day, years to the month.
    pub(super) fn finer(self) -> Self {
        match self {
            Self::Day => Self::Hour,
            Self::Week | Self::Month => Self::Day,
            Self::Quarter | Self::Half | Self::Year | Self::Decade | Self::Century => Self::Month,
            small => small,
        }
    }
}

/// The Monday of a day's week.
pub(super) fn monday(date: Date) -> Option<Date> {
    let back = i64::from(date.weekday().to_monday_zero_offset());
    date.checked_sub(Unit::Day.span(back)?).ok()
}

/// A reading: a point of time, or a stretch.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    pub(super) shape: Shape,
    /// How exact a point is.
    pub(super) unit: Unit,
    /// Whether a time of day was named, and not only a distance from now.
    pub(super) clock: bool,
    /// Whether its day was named.
    pub(super) day: bool,
    pub(super) end: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// The first instant of a second, day, week or whatever the unit is.
    Point(DateTime),
    /// From and to, the latter no more within it; either may be open.
    Range(Option<DateTime>, Option<DateTime>),
}

impl When {
    /// A day, week, month or the like.
    pub(super) fn date(date: Date, unit: Unit, end: usize) -> Self {
        Self {
            shape: Shape::Point(date.to_datetime(Time::midnight())),
            unit,
            clock: false,
            day: true,
            end,
        }
    }

    /// An instant at a distance from now.
    pub(super) fn instant(at: DateTime, end: usize) -> Self {
        Self {
            shape: Shape::Point(at),
            unit: Unit::Second,
            clock: false,
            day: true,
            end,
        }
    }

    /// A stretch.
    pub(super) fn range(from: Option<DateTime>, to: Option<DateTime>, end: usize) -> Self {
        Self {
            shape: Shape::Range(from, to),
            unit: Unit::Day,
            clock: false,
            day: true,
            end,
        }
    }

    /// From a day to before another.
    pub(super) fn days(from: Date, to: Date, end: usize) -> Self {
        let at = |d: Date| Some(d.to_datetime(Time::midnight()));
        Self::range(at(from), at(to), end)
    }

    /// Its first instant, unless it is open to the past.
    pub(super) fn first(&self) -> Option<DateTime> {
        match self.shape {
            Shape::Point(at) => Some(at),
            Shape::Range(from, _) => from,
        }
    }

    /// The instant after it: a named day ends with the day, a named hour when it strikes.
    pub(super) fn past(&self) -> Option<DateTime> {
        match self.shape {
            Shape::Point(at) if self.unit < Unit::Day => Some(at),
            Shape::Point(at) => at.checked_add(self.unit.span(1)?).ok(),
            Shape::Range(_, to) => to,
        }
    }

    pub(super) fn draft(&self) -> Draft {
        let (kind, value) = match self.shape {
            Shape::Point(at) if self.unit >= Unit::Day => (EntityKind::Date, at.date().to_string()),
            Shape::Point(at) if self.day => (EntityKind::Datetime, show(at)),
            Shape::Point(at) => (EntityKind::Time, show(at)),
            Shape::Range(from, to) => (EntityKind::Range, stretch(from, to)),
        };
        Draft {
            clock: self.clock,
            ..Draft::new(kind, value, self.end)
        }
    }
}

/// `YYYY-MM-DD HH:MM:SS`.
pub(super) fn show(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn stretch(from: Option<DateTime>, to: Option<DateTime>) -> String {
    let whole = [from, to]
        .iter()
        .flatten()
        .all(|at| at.time() == Time::midnight());
    let side = |at: Option<DateTime>| match at {
        None => String::new(),
        Some(at) if whole => at.date().to_string(),
        Some(at) => show(at),
    };
    format!("{}/{}", side(from), side(to))
}

/// An entity on its way, in places of the compact text.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) end: usize,
    pub(super) kind: EntityKind,
    pub(super) value: String,
    pub(super) clock: bool,
    /// Whether it is read only to be passed over: a wish, what comes every week.
    pub(super) void: bool,
    /// The character of the text at which it begins, if that is none that counts (the minus of −5).
    pub(super) origin: Option<usize>,
}

impl Draft {
    pub(super) fn new(kind: EntityKind, value: impl Into<String>, end: usize) -> Self {
        Self {
            end,
            kind,
            value: value.into(),
            clock: false,
            void: false,
            origin: None,
        }
    }

    pub(super) fn entity(self, line: &Line, start: usize) -> Entity {
        let (start, end) = line.span(start, self.end);
        Entity {
            start: self.origin.unwrap_or(start),
            end,
            kind: self.kind,
            value: self.value,
        }
    }

    /// Of a value with a day and an hour, what stays without its day.
    pub(super) fn clock_only(self) -> Option<Self> {
        let time = |side: &str| side.split_once(' ').map_or(String::new(), |(_, t)| t.to_string());
        let value: Vec<String> = self.value.split('/').map(time).collect();
        let known = self.clock && value.iter().any(|v| !v.is_empty());
        let kind = match self.kind {
            EntityKind::Datetime => EntityKind::Time,
            kind => kind,
        };
        known.then(|| Self {
            kind,
            value: value.join("/"),
            ..self
        })
    }
}
