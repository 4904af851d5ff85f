//! A time of day: 오후 세 시 반, 7:56:30, PM 7시, 자정, 오후 중간, 8:00 GMT.

use jiff::Span;
use jiff::civil::{Time, time};
use jiff::tz::Offset;

use super::value::Unit;
use crate::numerals::digit_run;
use crate::scan::Scan;
use crate::times::{self, Clock, Part};

/// A time of day at a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hour {
    pub(super) clock: Clock,
    /// The time by itself, if it was named by a word.
    fixed: Option<Time>,
    /// The zone, if it was named, as its distance from UTC.
    pub(super) zone: Option<Offset>,
    pub(super) unit: Unit,
    pub(super) end: usize,
}

/// The hour that is named at a place.
pub(super) fn hour(scan: &Scan<'_>, i: usize) -> Option<Hour> {
    let (half, at) = half(scan, i);
    let at = scan
        .line
        .after_any(at, &["약", "대략", "정각"])
        .filter(|e| times::clock_at(scan, *e).is_some())
        .unwrap_or(at);
    let named = if half.is_none() { named(scan, at) } else { None };
    let all = [named, figures(scan, at), spoken(scan, at)];
    let longer = |a: Hour, b: Hour| if b.end > a.end { b } else { a };
    let mut hour = all.into_iter().flatten().reduce(longer)?;
    if let Some((part, end)) = meridiem(scan, hour.end).filter(|_| hour.clock.part.is_none()) {
        (hour.clock.part, hour.end) = (Some(part), end);
    }
    if let Some(Half::Part(part)) = half {
        hour.clock.part = hour.clock.part.or(Some(part));
    }
    let about = ["정각", "쯤", "즈음", "경", "무렵", "정도", "께"];
    hour.end = scan.line.after_any(hour.end, &about).unwrap_or(hour.end);
    if let Some((zone, end)) = zone(scan, hour.end) {
        (hour.zone, hour.end) = (Some(zone), end);
    }
    Some(hour)
}

enum Half {
    /// 오전오후: neither.
    Open,
    Part(Part),
}

/// What may stand before the hour in letters: PM 7시; 오전오후 7시.
fn half(scan: &Scan<'_>, i: usize) -> (Option<Half>, usize) {
    if let Some(end) = scan.line.after(i, "오전오후") {
        return (Some(Half::Open), end);
    }
    match meridiem(scan, i).filter(|_| scan.line.gap(i)) {
        Some((part, end)) => (Some(Half::Part(part)), end),
        None => (None, i),
    }
}

fn meridiem(scan: &Scan<'_>, i: usize) -> Option<(Part, usize)> {
    let letters = [("am", Part::Forenoon), ("pm", Part::Afternoon)];
    letters.into_iter().find_map(|(word, part)| {
        let end = scan.line.after(i, word)?;
        let ends = scan.line.gap(end) || !scan.line.at(end).is_ascii_alphabetic();
        ends.then_some((part, end))
    })
}

/// 한낮, 한밤중, 오전 중간: hours by name.
fn named(scan: &Scan<'_>, i: usize) -> Option<Hour> {
    const NAMES: [(&str, Time); 9] = [
        ("한낮", time(12, 0, 0, 0)),
        ("대낮", time(12, 0, 0, 0)),
        ("한밤중", time(0, 0, 0, 0)),
        ("오밤중", time(0, 0, 0, 0)),
        ("오전 중간", time(10, 0, 0, 0)),
        ("아침 중간", time(10, 0, 0, 0)),
        ("오후 중간", time(14, 0, 0, 0)),
        ("저녁 중간", time(20, 0, 0, 0)),
        ("밤 중간", time(0, 0, 0, 0)),
    ];
    let &(word, fixed) = NAMES.iter().find(|(w, _)| scan.line.has(i, w))?;
    let end = scan.line.after(i, word)?;
    Some(Hour {
        fixed: Some(fixed),
        ..plain(
            Clock {
                hour: 0,
                minute: 0,
                second: 0,
                part: None,
                before: 0,
            },
            end,
        )
    })
}

/// 19:30, 7:56:30.
fn figures(scan: &Scan<'_>, i: usize) -> Option<Hour> {
    let (part, i) = match times::part_at(scan, i) {
        Some((part, end)) => (Some(part), end),
        None => (None, i),
    };
    if !scan.line.at(i).is_ascii_digit()
        || (i > 0 && part.is_none() && scan.line.at(i - 1).is_ascii_digit() && !scan.line.gap(i))
    {
        return None;
    }
    let field = |at: usize, max: u64| {
        let (value, end) = digit_run(scan.line, at);
        let fits = value <= max && (1..=2).contains(&(end - at));
        fits.then(|| Some((u8::try_from(value).ok()?, end))).flatten()
    };
    let (hour, end) = field(i, 24)?;
    let (minute, end) = field(scan.line.after(end, ":")?, 59)?;
    let second = scan.line.after(end, ":").and_then(|at| field(at, 59));
    let (second, end) = second.unwrap_or((0, end));
    Some(Hour {
        unit: Unit::Minute,
        ..plain(
            Clock {
                hour,
                minute,
                second,
                part,
                before: 0,
            },
            end,
        )
    })
}

fn spoken(scan: &Scan<'_>, i: usize) -> Option<Hour> {
    let (clock, end) = times::clock_at(scan, i)?;
    Some(plain(clock, end))
}

fn plain(clock: Clock, end: usize) -> Hour {
    let exact = clock.minute != 0 || clock.before != 0 || clock.second != 0;
    Hour {
        clock,
        fixed: None,
        zone: None,
        unit: if exact { Unit::Minute } else { Unit::Hour },
        end,
    }
}

/// A time zone by its letters.
fn zone(scan: &Scan<'_>, i: usize) -> Option<(Offset, usize)> {
    const ZONES: [(&str, i8); 18] = [
        ("gmt", 0),
        ("utc", 0),
        ("wet", 0),
        ("bst", 1),
        ("cest", 2),
        ("cet", 1),
        ("eest", 3),
        ("eet", 2),
        ("msk", 3),
        ("jst", 9),
        ("kst", 9),
        ("est", -5),
        ("edt", -4),
        ("cst", -6),
        ("cdt", -5),
        ("mst", -7),
        ("pst", -8),
        ("pdt", -7),
    ];
    let &(word, hours) = ZONES.iter().find(|(w, _)| scan.line.has(i, w))?;
    let end = scan.line.after(i, word)?;
    let apart = scan.line.gap(end) || !scan.line.at(end).is_ascii_alphabetic();
    apart.then_some((Offset::constant(hours), end))
}

impl Hour {
    /// The time, and whether it belongs to the next day (금요일 밤 열두 시). Of two that can be meant the first that is
    /// not before `from`, if that is given; twelve without a part of the day is noon, and on a day that was named one to six are in the afternoon.
    pub(super) fn time(&self, from: Option<Time>, on_a_day: bool) -> Option<(Time, bool)> {
        if let Some(fixed) = self.fixed {
            return Some((fixed, false));
        }
        let clock = &self.clock;
        let at = |hour: u8| {
            let second = i8::try_from(clock.second).ok()?;
            let time = Time::new(i8::try_from(hour).ok()?, 0, second, 0).ok()?;
            Some(time.wrapping_add(Span::new().minutes(i64::from(clock.minutes()))))
        };
        let same = |t: Time| (t, false);
        match (clock.part, clock.hour) {
            (None, 12) => at(12).map(same),
            // 0시, 15시, 24시: the half of the day is told.
            (None, 0 | 13..) => at(clock.hour % 24).map(same),
            // 토요일 다섯 시: nobody means the night.
            (None, h @ 1..=6) if on_a_day => at(h + 12).map(same),
            (None, h) => {
                let (first, second) = (at(h % 24)?, at(h % 12 + 12)?);
                let passed = h < 12 && from.is_some_and(|f| first < f && second >= f);
                Some(same(if passed { second } else { first }))
            }
            (Some(Part::Dawn), 12) => at(0).map(same),
            (Some(Part::Evening | Part::Night), 12) => Some((at(0)?, clock.before == 0)),
            _ => at(*clock.hours().first()?).map(same),
        }
    }
}
