//! Months and years by number, and their weeks and parts: 2014년 10월, 12년, 3월의 셋째 주 말에, 7월 초, 90년대.

use jiff::civil::{Date, Weekday};

use super::value::{Unit, When};
use crate::dates;
use crate::numerals::Kind;
use crate::scan::Scan;

/// A year by its number: 2014년, 12년, 98년.
pub(super) fn year(scan: &Scan<'_>, i: usize) -> Option<(i16, usize)> {
    let n = scan.number(i, |n| {
        (10..2200).contains(&n.value)
            && matches!(n.kind, Kind::Sino | Kind::Digits)
            && scan.line.has(n.end, "년")
    })?;
    let end = scan.line.after(n.end, "년")?;
    let value = i16::try_from(n.value).ok()?;
    match value {
        1000.. => Some((value, end)),
        10..100 => {
            // 10년, 20년, 30년 are told as lengths; and a length goes on: 12년 뒤. Of the last century's any but those.
            let ends = value >= 50 && !goes_on(scan, end)
                || scan.line.gap(end) && end == scan.places()
                || ["에", "도", "생", "월", "산"]
                    .iter()
                    .any(|w| scan.line.has(end, w));
            let month = dates::month(scan, end).is_some();
            let century = if value > scan.now.year() % 100 + 20 {
                1900
            } else {
                2000
            };
            (month || ends && value % 10 != 0).then_some((century + value, end))
        }
        _ => None,
    }
}

/// Whether a number of years is a length: 60년 동안, 65년 뒤, 75년 된.
fn goes_on(scan: &Scan<'_>, i: usize) -> bool {
    const WORDS: [&str; 8] = ["후", "뒤", "전", "안", "내", "이내", "된", "되"];
    super::lengths::lasts(scan, i) || WORDS.iter().any(|w| scan.line.has(i, w))
}

/// 내년, 올해, 작년: a year counted from the present one.
pub(super) fn year_word(scan: &Scan<'_>, i: usize) -> Option<(i16, usize)> {
    dates::year_word(scan, i).map(|(years, end)| (scan.now.year() + years, end))
}

/// A month, or a year alone, with what may follow: a week, the beginning or the end of it.
pub(super) fn named(scan: &Scan<'_>, i: usize) -> Option<When> {
    let year = year(scan, i).or_else(|| year_word(scan, i));
    let at = year.map_or(i, |(_, end)| scan.line.after(end, "의").unwrap_or(end));
    if let Some((month, end)) = month(scan, at) {
        let today = scan.now.date();
        let coming = today.year() + i16::from(month < today.month());
        let first = Date::new(year.map_or(coming, |(y, _)| y), month, 1).ok()?;
        return Some(in_month(scan, first, end));
    }
    let (year, end) = year?;
    let first = Date::new(year, 1, 1).ok()?;
    Some(edges(scan, first, Unit::Year, end))
}

/// A month by its number, or counted: 3번째 달.
fn month(scan: &Scan<'_>, i: usize) -> Option<(i8, usize)> {
    let nth = scan.number(i, |n| {
        (1..=12).contains(&n.value) && scan.line.after_any(n.end, &["번째 달", "째 달"]).is_some()
    });
    if let Some(n) = nth {
        let end = scan.line.after_any(n.end, &["번째 달", "째 달"])?;
        return Some((i8::try_from(n.value).ok()?, end));
    }
    let (month, end) = dates::month(scan, i)?;
    let weekday = scan.line.has(end, "요일") || scan.line.has(end, "말고");
    (!weekday).then_some((month, end))
}

/// A month with what may follow it.
pub(super) fn in_month(scan: &Scan<'_>, first: Date, end: usize) -> When {
    week_of(scan, first, end).unwrap_or_else(|| edges(scan, first, Unit::Month, end))
}

/// 10월 첫번째 주, 3월의 3번째 주 말에, 7월 마지막 주: weeks are counted from the month's first Monday.
fn week_of(scan: &Scan<'_>, first: Date, i: usize) -> Option<When> {
    let at = scan.line.after(i, "의").unwrap_or(i);
    let (nth, at) = nth(scan, at)?;
    let end = scan
        .line
        .after(at, "주")
        .filter(|e| !scan.line.has(*e, "일") || scan.line.gap(*e))?;
    let monday = first.nth_weekday_of_month(nth, Weekday::Monday).ok()?;
    Some(edges(scan, monday, Unit::Week, end))
}

fn nth(scan: &Scan<'_>, i: usize) -> Option<(i8, usize)> {
    let counted = scan.number(i, |n| {
        (1..=5).contains(&n.value) && scan.line.after_any(n.end, &["번째", "째"]).is_some()
    });
    if let Some(n) = counted {
        let end = scan.line.after_any(n.end, &["번째", "째"])?;
        return Some((i8::try_from(n.value).ok()?, end));
    }
    dates::nth_week(scan, i).map(|(nth, end)| (nth, if scan.line.ends(end, "주") { end - 1 } else { end }))
}

/// Parts of a week, month or year, in days, months from its beginning; the longer words first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Early,
    Middle,
    Late,
    /// 하순: all of the last ten days.
    LastThird,
    FirstThird,
}

const EDGES: [(&str, Edge); 20] = [
    ("초순", Edge::FirstThird),
    ("상순", Edge::FirstThird),
    ("초반", Edge::Early),
    ("초에", Edge::Early),
    ("초", Edge::Early),
    ("중순에", Edge::Middle),
    ("중순", Edge::Middle),
    ("중반에", Edge::Middle),
    ("중반", Edge::Middle),
    ("중간에", Edge::Middle),
    ("중간", Edge::Middle),
    ("하순에", Edge::LastThird),
    ("하순", Edge::LastThird),
    ("후반에", Edge::Late),
    ("후반", Edge::Late),
    ("말쯤", Edge::Late),
    ("말경", Edge::Late),
    ("말에", Edge::Late),
    ("말", Edge::Late),
    ("끝에", Edge::Late),
];

/// The beginning, middle or end of a stretch, if it is named, or else the stretch.
pub(super) fn edges(scan: &Scan<'_>, first: Date, unit: Unit, end: usize) -> When {
    edge(scan, first, unit, end).unwrap_or(When::date(first, unit, end))
}

fn edge(scan: &Scan<'_>, first: Date, unit: Unit, i: usize) -> Option<When> {
    let &(word, edge) = EDGES.iter().find(|(w, _)| scan.line.has(i, w))?;
    let end = scan.line.after(i, word)?;
    // 3월 말고, 다음 주 초대: other words.
    let other = ["고", "씀", "해", "대", "밥", "등", "했", "하"];
    if word.chars().count() == 1 && !scan.line.gap(end) && other.iter().any(|w| scan.line.has(end, w)) {
        return None;
    }
    let next = first.checked_add(unit.span(1)?).ok()?;
    let day = |n: i64| first.checked_add(Unit::Day.span(n)?).ok();
    let month = |n: i64| first.checked_add(Unit::Month.span(n)?).ok();
    let (from, to) = match (unit, edge) {
        (Unit::Week, Edge::Early | Edge::FirstThird) => (first, day(2)?),
        (Unit::Week, Edge::Middle) => (day(2)?, day(4)?),
        (Unit::Week, _) => (day(4)?, next),
        (Unit::Month, Edge::Early) => (first, day(5)?),
        (Unit::Month, Edge::FirstThird) => (first, day(10)?),
        (Unit::Month, Edge::Middle) => (day(10)?, day(20)?),
        (Unit::Month, Edge::LastThird) => (day(20)?, next),
        (Unit::Month, Edge::Late) => (day(24)?, next),
        (Unit::Year, Edge::Early | Edge::FirstThird) => (first, month(3)?),
        (Unit::Year, Edge::Middle) => (month(4)?, month(8)?),
        (Unit::Year, _) => (month(9)?, next),
        _ => return None,
    };
    Some(When::days(from, to, end))
}
