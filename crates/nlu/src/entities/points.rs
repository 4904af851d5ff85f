//! Points of time: now, a day, an hour, or a day with its hour or its part of the day.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use super::days;
use super::hours::{self, Hour};
use super::parts;
use super::value::{Shape, Unit, When};
use crate::scan::Scan;

/// What may stand between a day and its hour.
const JOINTS: [&str; 4] = ["에", "의", "날", "자"];

/// A point of time (or a part of a day) at a place.
pub(super) fn point(scan: &Scan<'_>, i: usize, offset: Option<Offset>) -> Option<When> {
    let named = days::day(scan, i);
    let day = named.map(|d| d.date);
    let at = named.map_or(i, |d| d.end);
    now(scan, i)
        .or_else(|| night(scan, i))
        .or_else(|| hour_of(scan, day, at, offset))
        .or_else(|| part_of(scan, i, day, at))
        .or_else(|| named.map(|d| When::date(d.date, Unit::Day, d.end)))
}

/// 지금, 바로 지금, 현시간; but 지금부터 begins a length.
fn now(scan: &Scan<'_>, i: usize) -> Option<When> {
    const WORDS: [&str; 13] = [
        "방금 전",
        "방금",
        "지금 바로",
        "지금 당장",
        "바로 지금",
        "지금 이 순간",
        "지금 현재",
        "지금",
        "현재 시간",
        "현재 시각",
        "현시간",
        "현시각",
        "이 순간",
    ];
    let end = scan.line.after_any(i, &WORDS)?;
    let other = ["까지", "부터", "으로부터", "로부터"];
    let alone = !other.iter().any(|w| scan.line.has(end, w));
    let second = Unit::Second.floor(scan.now)?;
    alone.then(|| When::instant(second, end))
}

/// 지난밤, 어젯밤: the part of the day right behind its day, in one word; 이번 저녁.
fn night(scan: &Scan<'_>, i: usize) -> Option<When> {
    let (days, at) = parts::of_a_day(scan, i)?;
    let date = scan.now.date().checked_add(Unit::Day.span(days)?).ok()?;
    let part = parts::part(scan, at).filter(|_| hour_of(scan, Some(date), at, None).is_none())?;
    let (from, to) = part.on(date)?;
    Some(When::range(Some(from), Some(to), part.end))
}

fn hour_of(scan: &Scan<'_>, day: Option<Date>, at: usize, offset: Option<Offset>) -> Option<When> {
    let hour = hours::hour(scan, at).or_else(|| {
        let joint = scan.line.after_any(at, &JOINTS).filter(|_| day.is_some())?;
        hours::hour(scan, joint)
    })?;
    instant(scan, day, &hour, offset)
}

/// The instant of an hour on its day; without a day, its next occurrence.
pub(super) fn instant(
    scan: &Scan<'_>,
    day: Option<Date>,
    hour: &Hour,
    offset: Option<Offset>,
) -> Option<When> {
    let now = scan.now;
    let today_or_open = day.is_none_or(|d| d == now.date());
    let (time, later) = hour.time(today_or_open.then_some(now.time()), day.is_some())?;
    let passed = day.is_none() && !later && time < now.time();
    let today = now.date();
    let date = day.unwrap_or(if passed { today.tomorrow().ok()? } else { today });
    let date = if later { date.tomorrow().ok()? } else { date };
    let at = moved(date.to_datetime(time), hour.zone, offset)?;
    Some(When {
        shape: Shape::Point(at),
        unit: hour.unit,
        clock: true,
        day: day.is_some(),
        end: hour.end,
    })
}

/// From the clock of a named zone to the clock of the place.
fn moved(at: DateTime, zone: Option<Offset>, place: Option<Offset>) -> Option<DateTime> {
    let (Some(zone), Some(place)) = (zone, place) else {
        return Some(at);
    };
    let seconds = i64::from(place.seconds()) - i64::from(zone.seconds());
    at.checked_add(Unit::Second.span(seconds)?).ok()
}

fn part_of(scan: &Scan<'_>, i: usize, day: Option<Date>, at: usize) -> Option<When> {
    let here = |at: usize| parts::part(scan, at);
    let part = match day {
        Some(_) => here(at).or_else(|| here(scan.line.after_any(at, &JOINTS)?))?,
        // By itself only at the beginning of a word.
        None => here(at).filter(|_| scan.begins(i))?,
    };
    let (from, to) = part.on(day.unwrap_or(scan.now.date()))?;
    Some(When {
        clock: true,
        day: day.is_some(),
        ..When::range(Some(from), Some(to), part.end)
    })
}
