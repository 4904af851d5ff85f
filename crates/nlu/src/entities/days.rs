//! A day with what may stand around it: a weekday before it, a year after it, 셋째 주 화요일.

use jiff::Span;
use jiff::civil::Date;

use super::value::Draft;
use super::{EntityKind, months};
use crate::dates::{self, Day};
use crate::feasts;
use crate::numerals::Kind;
use crate::scan::Scan;
use crate::text::Line;
use crate::words::Words;

/// A day at a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    pub(super) date: Date,
    pub(super) end: usize,
}

/// The day that is named at a place.
pub(super) fn day(scan: &Scan<'_>, i: usize) -> Option<Named> {
    let named = |(date, end)| Named { date, end };
    // 나는 내 일이 …: my work, not tomorrow.
    let apart = scan.line.has(i, "내일") && scan.line.gap(i + 1);
    if apart {
        return None;
    }
    if let Some(found) = demonstrated(scan, i) {
        return Some(named(found));
    }
    if let Some(found) = feast_of_year(scan, i) {
        return Some(named(found));
    }
    if let Some(found) = dates::nth_of_this_month(scan, i) {
        return Some(named(found));
    }
    let (first, end) = dates::day_at(scan, i)?;
    let second = first
        .weekday
        .then(|| dates::day_at(scan, end))
        .flatten()
        .filter(|(d, _)| !d.weekday);
    let (day, end) = second.unwrap_or((first, end));
    if let Some(date) = agreed(scan, &first, second.map(|(d, _)| d)) {
        return Some(Named { date, end });
    }
    let after = year_after(scan, end).filter(|_| scan.line.ends(end, "일") && !day.vague);
    let moved = after.and_then(|(year, end)| {
        let date = Date::new(year, day.date.month(), day.date.day()).ok()?;
        Some(Named { date, end })
    });
    Some(moved.unwrap_or(Named { date: day.date, end }))
}

/// 내년 설날, 2014년 크리스마스, 지난 추석, 지난 12월 25일: a day of the year in the year that is told, gone or to come.
fn feast_of_year(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    let this = scan.now.year();
    let in_year = |year: i16, at: usize| {
        let first = Date::new(year, 1, 1).ok()?;
        let found = feasts::feast_at(&Scan::bare(scan.line, first.at(0, 0, 0, 0)), at);
        // 지난 12월 25일, 다음 3월 5일.
        let dated = || {
            dates::month(scan, at)?;
            dates::day_at(&scan.on(first.at(0, 0, 0, 0)), at)
        };
        found.or_else(dated).map(|(day, end)| (day.date, end))
    };
    if let Some((year, at)) = months::year(scan, i).or_else(|| months::year_word(scan, i)) {
        return in_year(year, scan.line.after(at, "의").unwrap_or(at));
    }
    if let Some(at) = scan.line.after_any(i, &["지난", "저번"]) {
        let gone = |year| in_year(year, at).filter(|(date, _)| *date < scan.now.date());
        return gone(this).or_else(|| gone(this.checked_sub(1)?));
    }
    let at = scan
        .line
        .after_any(i, &["다음", "다가오는", "이번", "오는", "올"])?;
    let ahead = |year| in_year(year, at).filter(|(date, _)| *date >= scan.now.date());
    ahead(this).or_else(|| ahead(this.checked_add(1)?))
}

const DEMONSTRATIVES: Words<i64> = Words::new(&[
    ("그다음날", 1),
    ("바로 다음 날", 1),
    ("다음 날", 1),
    ("이튿날", 1),
    ("그 전날", -1),
    ("그 날", 0),
    ("이 날", 0),
]);

/// 그날, 이날, 다음 날: without another day in sight, from the day of the text.
fn demonstrated(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    let (days, end) = DEMONSTRATIVES.at(scan.line, i).filter(|_| scan.begins(i))?;
    let other = ["짜", "씨", "개", "마다", "그날"]
        .iter()
        .any(|w| scan.line.has(end, w));
    let date = scan.now.date().checked_add(Span::new().days(days)).ok()?;
    (!other).then_some((date, end))
}

/// 금요일 …, 그날 …; 26일 …, 그다음 날 …: from the day that was named before, if one was.
pub(super) fn point_back(line: &Line, all: &mut [(usize, Draft)]) {
    let mut named: Option<Date> = None;
    for (at, draft) in all {
        if !matches!(draft.kind, EntityKind::Date | EntityKind::Datetime) {
            continue;
        }
        let back = DEMONSTRATIVES.at(line, *at).filter(|(_, end)| *end <= draft.end);
        let said = draft.value.get(..10).and_then(|d| d.parse::<Date>().ok());
        if let (Some((days, _)), Some(day), Some(_)) = (back, named, said) {
            let moved = day.checked_add(Span::new().days(days)).unwrap_or(day);
            draft.value.replace_range(..10, &moved.to_string());
        } else {
            named = said.or(named);
        }
    }
}

/// 화요일 16일: the nearest day that is both.
fn agreed(scan: &Scan<'_>, first: &Day, second: Option<Day>) -> Option<Date> {
    let (weekday, day) = (first.date.weekday(), second?.date);
    let bare = day.weekday() != weekday
        && day.first_of_month() <= scan.now.date().last_of_month().tomorrow().ok()?;
    if !bare {
        return None;
    }
    dates::nearest(scan.now.date(), day.day(), weekday)
}

/// 9월 21일 1978, 1월 12일, 2016년.
fn year_after(scan: &Scan<'_>, i: usize) -> Option<(i16, usize)> {
    let n = scan.number(i, |n| (1900..2200).contains(&n.value))?;
    let end = scan.line.after(n.end, "년").unwrap_or(n.end);
    let year = i16::try_from(n.value).ok()?;
    // 21일 2000: told apart, or in words.
    let apart = scan.line.gap(i) || n.kind == Kind::Sino;
    let counted = ["원", "명", "개", "번"].iter().any(|w| scan.line.has(n.end, w));
    (apart && !counted).then_some((year, end))
}
