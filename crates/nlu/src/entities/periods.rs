//! Weeks, months, years and the like counted from the present one: 이번 주, 다음 달 초, 지난 분기, 다음 주말, 내후년.

use jiff::civil::Date;

use super::months;
pub(super) use super::months::year;
use super::seasons;
use super::value::{Unit, When, monday};
use crate::dates;
use crate::scan::Scan;
use crate::words::Words;

/// A period at a place.
pub(super) fn period(scan: &Scan<'_>, i: usize) -> Option<When> {
    let all = [
        relative(scan, i),
        in_one_word(scan, i),
        edge_word(scan, i),
        seasons::named(scan, i),
        months::named(scan, i),
    ];
    all.into_iter()
        .flatten()
        .reduce(|a, b| if b.end > a.end { b } else { a })
}

/// Which one, counted from the present; the longer words first.
const LEADS: Words<i64> = Words::new(&[
    ("다다다음", 3),
    ("다음 다음", 2),
    ("다다음", 2),
    ("다담", 2),
    ("다음번", 1),
    ("다음", 1),
    ("담", 1),
    ("돌아오는", 1),
    ("다가오는", 1),
    ("오는", 1),
    ("이번", 0),
    ("요번", 0),
    ("올", 0),
    ("지지난", -2),
    ("저저번", -2),
    ("지난번", -1),
    ("지난", -1),
    ("저번", -1),
]);

fn relative(scan: &Scan<'_>, i: usize) -> Option<When> {
    let (n, at) = LEADS.at(scan.line, i)?;
    if let Some(found) = seasons::season(scan, at, None, i16::try_from(n).ok()?) {
        return Some(found);
    }
    if let Some(found) = weekend(scan, at, n) {
        return Some(found);
    }
    if let Some(found) = named_month(scan, at, n) {
        return Some(found);
    }
    let (unit, end) = unit(scan, at)?;
    moved(scan, n, unit, end)
}

fn unit(scan: &Scan<'_>, i: usize) -> Option<(Unit, usize)> {
    const UNITS: [(&str, Unit); 7] = [
        ("주", Unit::Week),
        ("달", Unit::Month),
        ("분기", Unit::Quarter),
        ("반기", Unit::Half),
        ("년도", Unit::Year),
        ("년", Unit::Year),
        ("해", Unit::Year),
    ];
    let &(word, unit) = UNITS.iter().find(|(w, _)| scan.line.has(i, w))?;
    let end = scan.line.after(i, word)?;
    let other = ["문", "소", "차장", "인공"];
    (!other.iter().any(|w| scan.line.has(end, w))).then_some((unit, end))
}

/// The n-th such unit from the present one, with what may follow.
fn moved(scan: &Scan<'_>, n: i64, unit: Unit, end: usize) -> Option<When> {
    let first = unit.floor(scan.now)?.date().checked_add(unit.span(n)?).ok()?;
    if unit == Unit::Week
        && let Some(weekend) = weekend(scan, end, n)
    {
        return Some(weekend);
    }
    Some(match unit {
        Unit::Month => months::in_month(scan, first, end),
        _ => {
            let at = scan.line.after(end, "의").unwrap_or(end);
            let edge = months::edges(scan, first, unit, at);
            if edge.end > at { edge } else { When { end, ..edge } }
        }
    })
}

/// 주말: Saturday and Sunday of the n-th week from now.
fn weekend(scan: &Scan<'_>, i: usize, n: i64) -> Option<When> {
    let end = scan.line.after_any(i, &["주말", "의 주말", "에 주말"])?;
    let days = n.checked_mul(7)?.checked_add(5)?;
    let saturday = monday(scan.now.date())?.checked_add(Unit::Day.span(days)?).ok()?;
    let after = saturday.checked_add(Unit::Day.span(2)?).ok()?;
    Some(When::days(saturday, after, end))
}

/// 다음 3월, 지난 10월: the nearest one after or before this month.
fn named_month(scan: &Scan<'_>, i: usize, n: i64) -> Option<When> {
    let (month, end) = dates::month(scan, i)?;
    let today = scan.now.date();
    let near = match n {
        1.. => i16::from(month <= today.month()),
        0 => 0,
        _ => -i16::from(month >= today.month()),
    };
    let first = Date::new(today.year() + near, month, 1).ok()?;
    Some(months::in_month(scan, first, end))
}

/// Periods whose word tells which: 금주, 내달, 작년.
fn in_one_word(scan: &Scan<'_>, i: usize) -> Option<When> {
    const WORDS: Words<(i64, Unit)> = Words::new(&[
        ("금주", (0, Unit::Week)),
        ("이번쭈", (0, Unit::Week)),
        ("전주", (-1, Unit::Week)),
        ("내주", (1, Unit::Week)),
        ("차주", (1, Unit::Week)),
        ("익주", (1, Unit::Week)),
        ("이달", (0, Unit::Month)),
        ("금월", (0, Unit::Month)),
        ("당월", (0, Unit::Month)),
        ("내달", (1, Unit::Month)),
        ("익월", (1, Unit::Month)),
        ("전월", (-1, Unit::Month)),
        ("전달", (-1, Unit::Month)),
        ("금분기", (0, Unit::Quarter)),
        ("전분기", (-1, Unit::Quarter)),
        ("지난해", (-1, Unit::Year)),
        ("전년", (-1, Unit::Year)),
    ]);
    let (word, (n, unit), end) = WORDS.entry(scan.line, i)?;
    let other = ["하", "받", "해", "됐", "되", "시", "식"];
    let verb = matches!(word, "전달" | "전주" | "내주") && other.iter().any(|w| scan.line.has(end, w));
    let begins = scan.begins(i) || scan.line.ends(i, "에");
    (begins && !verb).then(|| moved(scan, n, unit, end))?
}

/// 연말, 월초, 주초: the end or the beginning of the present one; 주말 alone.
fn edge_word(scan: &Scan<'_>, i: usize) -> Option<When> {
    const WORDS: [(&str, Unit); 3] = [("연", Unit::Year), ("월", Unit::Month), ("주", Unit::Week)];
    if !scan.begins(i) {
        return None;
    }
    if let Some(weekend) = weekend(scan, i, 0) {
        return Some(weekend);
    }
    let &(word, unit) = WORDS.iter().find(|(w, _)| scan.line.has(i, w))?;
    let at = scan.line.after(i, word)?;
    let ends = scan.line.after_any(at, &["말", "초"])?;
    let whole =
        scan.line.gap(ends) || scan.packed() || ["에", "까지", "부터"].iter().any(|w| scan.line.has(ends, w));
    let first = unit.floor(scan.now)?.date();
    if unit == Unit::Year {
        // 연말 and 연초 are the last month and the first.
        let month = if scan.line.has(at, "말") { 12 } else { 1 };
        let from = Date::new(first.year(), month, 1).ok()?;
        let to = from.checked_add(Unit::Month.span(1)?).ok()?;
        let end = scan.line.after(ends, "에").unwrap_or(ends);
        return whole.then(|| When::days(from, to, end));
    }
    let edge = months::edges(scan, first, unit, at);
    (whole && edge.end > at).then_some(edge)
}
