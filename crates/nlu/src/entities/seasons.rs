//! Seasons, quarters, half-years, decades and centuries: 이번 여름, 3분기, 하반기, 90년대, 21세기.

use jiff::civil::Date;

use super::months;
use super::value::{Unit, When};
use crate::numerals::Kind;
use crate::scan::Scan;

/// A month and a day of it.
type MonthDay = (i8, i8);

/// By the sun, from and to: month and day, the latter no more within it; winter ends in the next year.
const SEASONS: [(&str, MonthDay, MonthDay); 4] = [
    ("봄", (3, 20), (6, 21)),
    ("여름", (6, 21), (9, 24)),
    ("가을", (9, 23), (12, 21)),
    ("겨울", (12, 21), (3, 21)),
];

/// A season of a year; without one the coming or present one, moved by so many years.
pub(super) fn season(scan: &Scan<'_>, i: usize, year: Option<i16>, moved: i16) -> Option<When> {
    let &(word, from, to) = SEASONS.iter().find(|(w, ..)| scan.line.has(i, w))?;
    let end = scan.line.after(i, word)?;
    let other = ["방학", "비", "옷", "나물", "이불", "용"];
    if other.iter().any(|w| scan.line.has(end, w)) && !scan.line.gap(end) {
        return None;
    }
    let end = scan.line.after_any(end, &["철", "에"]).unwrap_or(end);
    let over = i16::from(to < from);
    let of = |year: i16| {
        Some((
            Date::new(year, from.0, from.1).ok()?,
            Date::new(year + over, to.0, to.1).ok()?,
        ))
    };
    let today = scan.now.date();
    let (first, last) = match year {
        Some(year) => of(year)?,
        None => {
            let now = (-1..=1).find_map(|y| of(today.year() + y).filter(|(_, last)| *last > today))?;
            let shifted = of(now.0.year() + moved)?;
            // 지난 여름 in winter is this year's.
            let gone = (-1..=1)
                .rev()
                .find_map(|y| of(today.year() + y).filter(|(_, last)| *last <= today));
            if moved == -1 {
                gone.unwrap_or(shifted)
            } else {
                shifted
            }
        }
    };
    Some(When::days(first, last, end))
}

/// 3분기, 1사분기, 하반기 of a year (the present one if none is told).
pub(super) fn share(scan: &Scan<'_>, i: usize, year: Option<i16>) -> Option<When> {
    let year = year.unwrap_or(scan.now.year());
    const HALVES: [(&str, i8); 4] = [("상반기", 1), ("전반기", 1), ("하반기", 7), ("후반기", 7)];
    if let Some(&(word, month)) = HALVES.iter().find(|(w, _)| scan.line.has(i, w)) {
        return Some(When::date(
            Date::new(year, month, 1).ok()?,
            Unit::Half,
            scan.line.after(i, word)?,
        ));
    }
    let words = ["사분기", "4분기", "/4분기", "분기"];
    let n = scan.number(i, |n| {
        (1..=4).contains(&n.value)
            && matches!(n.kind, Kind::Sino | Kind::Digits)
            && scan.line.after_any(n.end, &words).is_some()
    })?;
    let end = scan.line.after_any(n.end, &words)?;
    let month = i8::try_from(n.value).ok()? * 3 - 2;
    Some(When::date(Date::new(year, month, 1).ok()?, Unit::Quarter, end))
}

/// 90년대, 1990년대, 21세기.
pub(super) fn age_of_time(scan: &Scan<'_>, i: usize) -> Option<When> {
    let figures = |n: &crate::numerals::Number| matches!(n.kind, Kind::Sino | Kind::Digits);
    if let Some(n) = scan.number(i, |n| {
        figures(n) && n.value % 10 == 0 && n.value < 2200 && scan.line.has(n.end, "년대")
    }) {
        let year = i16::try_from(n.value).ok()?;
        let year = if year < 100 {
            year + if year >= 30 { 1900 } else { 2000 }
        } else {
            year
        };
        let end = scan.line.after(n.end, "년대")?;
        let first = Date::new(year, 1, 1).ok()?;
        return Some(When::days(
            first,
            first.checked_add(Unit::Decade.span(1)?).ok()?,
            end,
        ));
    }
    let n = scan.number(i, |n| {
        figures(n) && (1..=30).contains(&n.value) && scan.line.has(n.end, "세기")
    })?;
    let first = Date::new(i16::try_from(n.value).ok()? * 100 - 99, 1, 1).ok()?;
    let end = scan.line.after(n.end, "세기")?;
    let counted = scan.line.has(end, "동안") || scan.line.has(end, "전") || scan.line.has(end, "후");
    let last = first.checked_add(Unit::Century.span(1)?).ok()?;
    (!counted).then(|| When::days(first, last, end))
}

/// A season, quarter, half-year, decade or century with its year: 2018년 4분기, 내년 여름.
pub(super) fn named(scan: &Scan<'_>, i: usize) -> Option<When> {
    let year = months::year(scan, i).or_else(|| months::year_word(scan, i));
    let at = year.map_or(i, |(_, end)| scan.line.after(end, "의").unwrap_or(end));
    let year = year.map(|(year, _)| year);
    share(scan, at, year)
        .or_else(|| season(scan, at, year, 0).filter(|_| scan.line.gap(at) || year.is_some()))
        .or_else(|| age_of_time(scan, i))
}
