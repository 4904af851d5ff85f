//! A day by its number alone: 25일, 이십오일 금요일.

use jiff::Span;
use jiff::civil::{Date, Weekday};

use super::later::after_span;
use super::month::native_day_name;
use super::week::{skip_weekday, weekday};
use crate::scan::Scan;

/// 25일, 이십오일 [금요일]: the next such day; a weekday after it chooses the month.
pub(super) fn day_of_month(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    if let Some((day, end)) = native_day_name(scan, i) {
        return Some((
            next_day(scan.now.date(), day, None, false)?,
            skip_weekday(scan, end),
        ));
    }
    let (day, end) = scan.counted(i, 31, "일").filter(|_| number_may_begin(scan, i))?;
    if after_span(scan, end) || !ends_well(scan, end) {
        return None;
    }
    let weekday = weekday(scan, end);
    let found = next_day(
        scan.now.date(),
        i8::try_from(day).ok()?,
        weekday.map(|(w, _)| w),
        scan.anywhere,
    )?;
    Some((found, weekday.map_or(end, |(_, end)| end)))
}

/// A number in the middle of a word is part of it (생일, 매일) unless blanks are missing altogether.
fn number_may_begin(scan: &Scan<'_>, i: usize) -> bool {
    let word = [
        "생", "매", "휴", "평", "종", "요", "제", "과", "통", "유", "주", "스타",
    ];
    scan.line.gap(i) || !word.iter().any(|w| scan.line.ends(i, w))
}

/// After 일 something must follow that can follow a day.
fn ends_well(scan: &Scan<'_>, end: usize) -> bool {
    const FOLLOWS: [&str; 36] = [
        "에", "이", "은", "는", "로", "날", "부터", "까지", "요", "저", "오", "점", "아", "밤", "낮", "새",
        "도", "토", "월", "화", "수", "목", "금", "일요", "쯤", "경", "정", "하", "한", "두", "세", "네",
        "다", "여", "열", "자",
    ];
    if scan.line.gap(end) || scan.line.at(end).is_ascii_digit() || scan.packed() {
        return true;
    }
    FOLLOWS.iter().any(|w| scan.line.has(end, w))
}

/// The next day with that number, today included; with a weekday, the next month in which both agree.
fn next_day(today: Date, day: i8, weekday: Option<Weekday>, anywhere: bool) -> Option<Date> {
    let first = today.first_of_month();
    let mut months = (0..24).filter_map(|n| {
        let month = first.checked_add(Span::new().months(n)).ok()?;
        Date::new(month.year(), month.month(), day).ok()
    });
    let all: Vec<Date> = months.by_ref().filter(|d| *d >= today).collect();
    if let Some(nearest) = weekday.filter(|_| anywhere).and_then(|w| nearest(today, day, w)) {
        return Some(nearest);
    }
    let agreed = weekday.and_then(|w| all.iter().take(4).find(|d| d.weekday() == w));
    agreed.or(all.first()).copied()
}

/// The day of that number and weekday that lies nearest, past or to come.
pub fn nearest(today: Date, day: i8, weekday: Weekday) -> Option<Date> {
    let first = today.first_of_month();
    (-24..24)
        .filter_map(|n| {
            let month = first.checked_add(Span::new().months(n)).ok()?;
            Date::new(month.year(), month.month(), day).ok()
        })
        .filter(|d| d.weekday() == weekday)
        .min_by_key(|d| (*d - today).get_days().abs())
}
