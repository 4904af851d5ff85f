//! Days of a month that is named: 십이월 삼일, 내년 1월 5일, 다음 달 말일, 시월 초하루.

use jiff::Span;
use jiff::civil::Date;

use super::later::after_span;
use super::next_of;
use super::week::{nth_weekday, skip_weekday, weekday};
use crate::scan::Scan;
use crate::words::Words;

/// 십이월 삼일 [수요일], 12월 3일, 12월3; with the year if said.
pub(super) fn month_day(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    let (year, at) = match scan.counted(i, 2200, "년") {
        Some((y, end)) if y >= 1000 => (i16::try_from(y).ok(), end),
        Some((y, end)) if y < 100 => (i16::try_from(2000 + y).ok(), end),
        _ => (None, i),
    };
    let word = year_word(scan, i).filter(|_| year.is_none());
    let at = word.map_or(at, |(_, end)| scan.line.after(end, "의").unwrap_or(end));
    let said_year = year.or(word.map(|(years, _)| scan.now.year() + years));
    let (month, at) = month(scan, at)?;
    let at = scan.line.after(at, "의").unwrap_or(at);
    if let Some((day, end)) = nth_weekday(scan, said_year.unwrap_or(scan.now.year()), month, at) {
        return Some((day, end));
    }
    let (day, end) = month_part(scan, said_year, month, at)?;
    let found = match said_year {
        Some(year) => Date::new(year, month, day).ok()?,
        None => next_of(scan.now.date(), month, day)?,
    };
    let agreed = weekday(scan, end)
        .filter(|_| scan.anywhere && said_year.is_none())
        .and_then(|(w, _)| {
            let years = (0..7).filter_map(|n| Date::new(found.year().checked_add(n)?, month, day).ok());
            years.into_iter().find(|d| d.weekday() == w)
        });
    Some((agreed.unwrap_or(found), skip_weekday(scan, end)))
}

/// A year counted from the present one (내년, 재작년), with where its word ends.
pub fn year_word(scan: &Scan<'_>, i: usize) -> Option<(i16, usize)> {
    const YEARS: Words<i16> = Words::new(&[
        ("올해", 0),
        ("금년", 0),
        ("내후년", 3),
        ("내명년", 2),
        ("내년", 1),
        ("명년", 1),
        ("다음해", 1),
        ("후년", 2),
        ("재재작년", -3),
        ("재작년", -2),
        ("그러께", -2),
        ("작년", -1),
        ("지난해", -1),
        ("전년", -1),
        ("당해", 0),
    ]);
    let (years, end) = YEARS.at(scan.line, i)?;
    Some((years, scan.line.after(end, "도").unwrap_or(end)))
}

/// A month by its number or its own name (유월, 시월).
pub fn month(scan: &Scan<'_>, i: usize) -> Option<(i8, usize)> {
    const IRREGULAR: Words<i8> = Words::new(&[
        ("유월", 6),
        ("시월", 10),
        ("동짓달", 11),
        ("섣달", 12),
        ("정월", 1),
    ]);
    if let Some((month, end)) = IRREGULAR.at(scan.line, i) {
        // "다시월요일" is no October.
        let weekday = scan.line.has(i + 1, "월요일") || scan.line.has(i, "정월 대보름");
        return (!weekday).then_some((month, end));
    }
    let (month, end) = scan.counted(i, 12, "월")?;
    if scan.line.has(end, "요") && !scan.line.gap(end) {
        return None;
    }
    Some((i8::try_from(month).ok()?, end))
}

/// The day within a month: 삼일, 말일, 초하루.
pub(super) fn month_part(scan: &Scan<'_>, year: Option<i16>, month: i8, i: usize) -> Option<(i8, usize)> {
    let i = scan
        .line
        .after(i, "에")
        .filter(|_| !scan.line.gap(i))
        .unwrap_or(i);
    if let Some(end) = scan
        .line
        .after_any(i, &["첫날", "첫째 날", "첫번째 날", "1번째 날"])
    {
        return Some((1, end));
    }
    if let Some(end) = scan.line.after_any(i, &["말일", "마지막날"]) {
        let year = year.unwrap_or(scan.now.year());
        return Some((Date::new(year, month, 1).ok()?.days_in_month(), end));
    }
    if let Some((day, end)) = scan.counted(i, 31, "일") {
        return Some((i8::try_from(day).ok()?, end));
    }
    let (day, end) = native_day_name(scan, i)?;
    Some((day, end))
}

/// 초하루, 초사흘, 열흘날: days of the month by their native names.
pub(super) fn native_day_name(scan: &Scan<'_>, i: usize) -> Option<(i8, usize)> {
    let (at, named) = match scan.line.after(i, "초") {
        Some(at) => (at, true),
        None => (i, false),
    };
    let (days, end) = scan.native_days(at)?;
    let (end, named) = match scan.line.after(end, "날") {
        Some(end) => (end, true),
        None => (end, named),
    };
    let alone = named && !after_span(scan, end);
    alone.then_some((i8::try_from(days).ok()?, end))
}

/// 이번 달 말일, 다음 달 삼일, 다음 달 첫째 주 토요일.
pub(super) fn relative_month(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    const MONTHS: Words<i32> = Words::new(&[
        ("다다음달", 2),
        ("다담달", 2),
        ("다음달", 1),
        ("담달", 1),
        ("내달", 1),
        ("이번달", 0),
        ("이달", 0),
        ("요번달", 0),
        ("지난달", -1),
        ("저번달", -1),
    ]);
    let (months, end) = MONTHS.at(scan.line, i)?;
    let first = scan
        .now
        .date()
        .first_of_month()
        .checked_add(Span::new().months(months))
        .ok()?;
    let nth = nth_weekday(scan, first.year(), first.month(), end);
    nth.or_else(|| {
        let (day, end) = month_part(scan, Some(first.year()), first.month(), end)?;
        let found = Date::new(first.year(), first.month(), day).ok()?;
        Some((found, skip_weekday(scan, end)))
    })
}
