//! Values in any text, without a shop: dates, times, ranges, durations, numbers, ordinals, ages, telephone numbers.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

use crate::amounts;
use crate::dates;
use crate::periods;
use crate::phones;
use crate::scan::Scan;
use crate::text::Line;
use crate::times::{self, Clock, Part};

/// What kind of value a text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // The names say it; `Entity::value` tells the forms.
pub enum EntityKind {
    Date,
    Time,
    Datetime,
    Range,
    Duration,
    Number,
    Ordinal,
    Age,
    Boolean,
    Phone,
}

/// A value in a text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Entity {
    /// First character, counted in characters of the text.
    pub start: usize,
    /// The character after the last one.
    pub end: usize,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EntityKind,
    /// Date `YYYY-MM-DD`; time and datetime `YYYY-MM-DD HH:MM:SS` (a time without a day: its next occurrence); range
    /// `a/b`, one side empty if open; duration in seconds; number and ordinal in decimal (`end+0` for the last); age
    /// `N Year`; boolean `true` or `false`; telephone number in digits.
    pub value: String,
}

/// The values of a text, in order of their beginnings. Values of time do not overlap each other; numbers within them are
/// not told apart.
///
/// ```
/// use biseo_nlu::entities::entities;
/// let now = "2026-03-11T15:00:00".parse().unwrap();
/// let found = entities("다음 주 금요일 저녁 일곱 시 반", now);
/// assert_eq!(found[0].value, "2026-03-20 19:30:00");
/// ```
pub fn entities(text: &str, now: DateTime) -> Vec<Entity> {
    let line = Line::new(text);
    let mut scan = Scan::new(&line, now);
    scan.anywhere = true;
    let mut all = temporal(&scan);
    let amounts = amounts::amounts(&scan);
    all.extend(amounts);
    all.sort_by_key(|e| (e.start, e.end));
    all.iter()
        .filter(|e| e.end > e.start)
        .for_each(|e| debug_assert!(e.end <= text.chars().count()));
    all
}

/// An entity on its way, in places of the compact text.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) end: usize,
    pub(crate) kind: EntityKind,
    pub(crate) value: String,
}

impl Draft {
    pub(crate) fn new(kind: EntityKind, value: impl Into<String>, end: usize) -> Self {
        Self {
            end,
            kind,
            value: value.into(),
        }
    }

    pub(crate) fn entity(self, line: &Line, start: usize) -> Entity {
        let (start, end) = line.span(start, self.end);
        Entity {
            start,
            end,
            kind: self.kind,
            value: self.value,
        }
    }
}

fn temporal(scan: &Scan<'_>) -> Vec<Entity> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < scan.places() {
        let phone = phone(scan, at);
        let best = phone.or_else(|| {
            [
                range(scan, at),
                moment(scan, at).map(|m| bounded(scan, m)),
                within(scan, at),
                periods::period_at(scan, at),
                duration(scan, at),
            ]
            .into_iter()
            .flatten()
            .reduce(|a, b| if b.end > a.end { b } else { a })
        });
        match best {
            Some(mut draft) if draft.end > at => {
                let closing = scan.line.after(draft.end, "에").filter(|e| *e == scan.places());
                draft.end = closing.unwrap_or(draft.end);
                let end = draft.end;
                all.push(draft.entity(scan.line, at));
                at = end;
            }
            _ => at += 1,
        }
    }
    all
}

fn phone(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let digits = phones::digits_at(scan.line, i).filter(|_| scan.line.gap(i))?;
    let phone = digits.phone()?;
    Some(Draft::new(EntityKind::Phone, phone.as_str(), digits.end))
}

/// A point of time as found.
#[derive(Debug, Clone)]
struct Moment {
    day: Option<Date>,
    clock: Option<Time>,
    part: Option<(Time, Time)>,
    end: usize,
    now: DateTime,
}

impl Moment {
    fn date(&self) -> Date {
        let today = self.now.date();
        let passed = self.day.is_none() && self.clock.is_some_and(|c| c < self.now.time());
        let next = today.tomorrow().unwrap_or(today);
        self.day.unwrap_or(if passed { next } else { today })
    }

    /// The instant, if an hour was said.
    fn instant(&self) -> Option<DateTime> {
        Some(self.date().to_datetime(self.clock?))
    }

    fn draft(&self) -> Option<Draft> {
        if let Some(at) = self.instant() {
            let kind = if self.day.is_some() {
                EntityKind::Datetime
            } else {
                EntityKind::Time
            };
            return Some(Draft::new(kind, show(at), self.end));
        }
        if let Some((from, to)) = self.part {
            let (from, to) = part_range(self.date(), from, to);
            return Some(Draft::new(
                EntityKind::Range,
                format!("{}/{}", show(from), show(to)),
                self.end,
            ));
        }
        Some(Draft::new(EntityKind::Date, self.day?.to_string(), self.end))
    }
}

fn part_range(date: Date, from: Time, to: Time) -> (DateTime, DateTime) {
    let end = if to <= from {
        date.tomorrow().unwrap_or(date)
    } else {
        date
    };
    (date.to_datetime(from), end.to_datetime(to))
}

/// `YYYY-MM-DD HH:MM:SS`.
pub(crate) fn show(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn moment(scan: &Scan<'_>, i: usize) -> Option<Moment> {
    let now = scan.now;
    let empty = Moment {
        day: None,
        clock: None,
        part: None,
        end: i,
        now,
    };
    if let Some(end) = scan
        .line
        .after_any(i, &["지금", "현재 시간", "현시간"])
        .filter(|e| !scan.line.has(*e, "까지") && !scan.line.has(*e, "부터"))
    {
        return Some(Moment {
            day: Some(now.date()),
            clock: Some(
                now.time()
                    .with()
                    .subsec_nanosecond(0)
                    .build()
                    .unwrap_or(now.time()),
            ),
            end,
            ..empty
        });
    }
    let (day, at) = match day(scan, i) {
        Some((day, end)) => (Some(day), end),
        None => (None, i),
    };
    let clock_from = |at: usize| times::clock_at(scan, at);
    let clock = clock_from(at).or_else(|| {
        day.and_then(|_| scan.line.after_any(at, &["에", "의", "날"]))
            .and_then(clock_from)
    });
    if let Some((clock, end)) = clock {
        let end = scan.line.after_any(end, &["정각", "쯤", "경"]).unwrap_or(end);
        return Some(Moment {
            day,
            clock: said(&clock, day.is_none().then_some(now.time())),
            end,
            ..empty
        });
    }
    let part = periods::part_at(scan, at).filter(|_| day.is_some() || standalone(scan, i, at));
    if let Some((from, to, end)) = part {
        return Some(Moment {
            day,
            part: Some((from, to)),
            end,
            ..empty
        });
    }
    day.map(|day| Moment {
        day: Some(day),
        end: at,
        ..empty
    })
}

/// A day with what may stand around it: a weekday before it, a year after it, 셋째 주 화요일.
fn day(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    if let Some(found) = dates::nth_of_this_month(scan, i) {
        return Some(found);
    }
    let (first, end) = dates::day_at(scan, i)?;
    let second = first
        .weekday
        .then(|| dates::day_at(scan, end))
        .flatten()
        .filter(|(d, _)| !d.weekday);
    let (day, end) = second.unwrap_or((first, end));
    let year = scan.number(end, |n| {
        (1900..2200).contains(&n.value) && (scan.line.gap(end)) && !day.vague
    });
    if let Some(year) = year {
        let after = scan.line.after(year.end, "년").unwrap_or(year.end);
        let moved = i16::try_from(year.value)
            .ok()
            .and_then(|y| Date::new(y, day.date.month(), day.date.day()).ok());
        if let Some(date) = moved.filter(|_| scan.line.ends(end, "일")) {
            return Some((date, after));
        }
    }
    Some((day.date, end))
}

/// A part of the day by itself: at the beginning of a word.
fn standalone(scan: &Scan<'_>, i: usize, at: usize) -> bool {
    i == at && scan.line.gap(i)
}

/// The hour as it was said; twelve without a part of the day is noon.
fn said(clock: &Clock, now: Option<Time>) -> Option<Time> {
    let at = |hour: u8| {
        let time = Time::new(i8::try_from(hour).ok()?, 0, i8::try_from(clock.second).ok()?, 0).ok()?;
        Some(time.wrapping_add(Span::new().minutes(i64::from(clock.minutes()))))
    };
    match (clock.part, clock.hour) {
        (None, 12) => at(12),
        (None, h) => {
            // Of the two hours that can be meant today, the next one.
            let (first, second) = (at(h % 24)?, at((h % 12) + 12)?);
            let passed = now.is_some_and(|n| first < n && second >= n) && h < 12;
            Some(if passed { second } else { first })
        }
        (Some(Part::Dawn), 12) => at(0),
        _ => at(*clock.hours().first()?),
    }
}

/// 까지, 이후, 이전 after a moment.
fn bounded(scan: &Scan<'_>, m: Moment) -> Draft {
    let plain = || {
        m.draft()
            .unwrap_or_else(|| Draft::new(EntityKind::Date, "", m.end))
    };
    if let Some(at) = m.instant() {
        if let Some(end) = scan.line.after_any(m.end, &["이후", "되면", "넘어서", "지나서"]) {
            return Draft::new(EntityKind::Range, format!("{}/", show(at)), end);
        }
        if let Some(end) = scan.line.after_any(m.end, &["이전", "전까지"]) {
            return Draft::new(EntityKind::Range, format!("/{}", show(at)), end);
        }
        if let Some(end) = scan.line.after(m.end, "까지") {
            return Draft::new(EntityKind::Range, format!("{}/{}", show(m.now), show(at)), end);
        }
        return plain();
    }
    if let (Some(day), true) = (m.day, scan.line.ends(m.end, "이후")) {
        return Draft::new(EntityKind::Range, format!("{day}/"), m.end);
    }
    match (scan.line.after(m.end, "까지"), m.day, m.part) {
        (Some(end), Some(day), None) => Draft::new(EntityKind::Datetime, format!("{day} 23:59:59"), end),
        _ => plain(),
    }
}

/// 내일 두 시부터 네 시까지, 7월 13일부터 15일.
fn range(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let from = moment(scan, i).filter(|m| m.day.is_some() || m.clock.is_some())?;
    let at = scan.line.after_any(from.end, &["부터", "에서"])?;
    let anchor = Scan::new(scan.line, from.date().to_datetime(Time::midnight()));
    let to = moment(&anchor, at).filter(|m| {
        m.day.is_some() == from.day.is_some() && m.clock.is_some() == from.clock.is_some()
            || m.clock.is_some() && from.clock.is_some()
    })?;
    let end = scan.line.after_any(to.end, &["까지", "사이"]).unwrap_or(to.end);
    let (a, b) = match (from.instant(), to.clock) {
        (Some(a), Some(clock)) => (show(a), show(to.day.unwrap_or(a.date()).to_datetime(clock))),
        _ => (from.date().to_string(), to.date().tomorrow().ok()?.to_string()),
    };
    Some(Draft::new(EntityKind::Range, format!("{a}/{b}"), end))
}

/// 5분 안에, 두 달 내, 지금부터 삼 분, 세 시간 후.
fn within(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    if let Some((seconds, end)) = vague_duration(scan, i).filter(|(s, _)| s % 86_400 == 0) {
        // 며칠 전: some days ago.
        let ago = scan.line.after_any(end, &["전에", "전"])?;
        let days = i64::try_from(seconds / 86_400).ok()?;
        let day = scan.now.date().checked_sub(Span::new().days(days)).ok()?;
        return Some(Draft::new(EntityKind::Date, day.to_string(), ago));
    }
    let from_now = scan
        .line
        .after_any(i, &["지금부터", "현시간부터", "지금으로부터"]);
    let at = from_now.unwrap_or(i);
    let (seconds, end) = vague_duration(scan, at)
        .or_else(|| times::duration_at(scan, at))
        .or_else(|| inside_days(scan, at))?;
    let after = scan.line.after_any(
        end,
        &[
            "안에",
            "이내에",
            "이내",
            "내로",
            "내에",
            "안",
            "내",
            "후에",
            "뒤에",
            "있다가",
            "이따가",
            "후",
            "뒤",
        ],
    );
    let end = after.or(from_now.map(|_| end))?;
    let hours = ["시간", "분", "초"]
        .iter()
        .any(|u| (at_unit(i)..end).any(|k| scan.line.has(k, u)));
    let whole_days = seconds % 86_400 == 0 && !hours;
    let at = scan
        .now
        .checked_add(Span::new().seconds(i64::try_from(seconds).ok()?))
        .ok()?;
    Some(if whole_days {
        Draft::new(
            EntityKind::Date,
            months_later(scan, i).unwrap_or(at.date()).to_string(),
            end,
        )
    } else {
        Draft::new(EntityKind::Datetime, show(at), end)
    })
}

/// 7일 (안에): days in figures are a date elsewhere.
fn inside_days(scan: &Scan<'_>, i: usize) -> Option<(u64, usize)> {
    let (days, end) = scan.counted(i, 365, "일")?;
    let inside = ["안에", "이내", "내에", "내로"]
        .iter()
        .any(|w| scan.line.has(end, w));
    inside.then_some((days * 86_400, end))
}

/// Where a unit may stand at the earliest.
fn at_unit(start: usize) -> usize {
    start + 1
}

/// Months and years are no fixed number of days.
fn months_later(scan: &Scan<'_>, i: usize) -> Option<Date> {
    let n = scan.number(i, |n| {
        ["달", "개월", "년"].iter().any(|u| scan.line.has(n.end, u))
    })?;
    let count = i64::try_from(n.value).ok()?;
    let span = if scan.line.has(n.end, "년") {
        Span::new().years(count)
    } else {
        Span::new().months(count)
    };
    scan.now.date().checked_add(span).ok()
}

/// 몇 시간, 며칠: "a few", read as three.
fn vague_duration(scan: &Scan<'_>, i: usize) -> Option<(u64, usize)> {
    const FEW: [(&str, u64); 8] = [
        ("몇 시간", 3 * 3600),
        ("몇 분", 180),
        ("몇 초", 3),
        ("몇 주", 3 * 7 * 86_400),
        ("몇 달", 3 * 30 * 86_400),
        ("며칠", 3 * 86_400),
        ("몇 일", 3 * 86_400),
        ("몇일", 3 * 86_400),
    ];
    FEW.iter()
        .find_map(|&(word, seconds)| scan.line.after(i, word).map(|end| (seconds, end)))
}

fn duration(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let (seconds, end) = periods::long_duration(scan, i)
        .or_else(|| vague_duration(scan, i))
        .or_else(|| times::duration_at(scan, i))?;
    let end = scan.line.after_any(end, &["내내", "더"]).unwrap_or(end);
    Some(Draft::new(EntityKind::Duration, seconds.to_string(), end))
}
