//! A week, a month, a weekend: no day yet, but not any day either.

use biseo_model::hint::Hint;
use biseo_model::understanding::{Filled, Slot};
use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::has;
use crate::dates;
use crate::reading::Reading;
use crate::scan::Scan;
use crate::things::What;

/// The days between which one is wished, from today on.
pub fn days(reading: &Reading<'_>, filled: &[Filled]) -> Option<Hint> {
    if has(filled, Slot::Date) {
        return None;
    }
    let mut stretches = reading.things.iter().filter(|t| matches!(t.what, What::Stretch));
    let thing = stretches.next_back()?;
    let (from, to) = stretch(reading, thing.start, thing.end)?;
    let from = from.max(reading.context.now.date());
    (from <= to).then_some(Hint::Days { from, to })
}

fn stretch(reading: &Reading<'_>, start: usize, end: usize) -> Option<(Date, Date)> {
    const MONTHS: [(&str, i64); 6] = [
        ("다다음달", 2),
        ("다음달", 1),
        ("담달", 1),
        ("내달", 1),
        ("이번달", 0),
        ("이달", 0),
    ];
    let line = reading.line;
    let today = reading.context.now.date();
    let scan = Scan::bare(line, reading.context.now);
    if let Some(&(_, months)) = MONTHS.iter().find(|(word, _)| line.has(start, word)) {
        let first = today
            .first_of_month()
            .checked_add(Span::new().months(months))
            .ok()?;
        return Some((first, first.last_of_month()));
    }
    let weeks = dates::week(&scan, start).map_or(0, |(weeks, _, _)| weeks);
    let offset = i64::from(today.weekday().to_monday_zero_offset());
    let monday = today.checked_add((weeks * 7 - offset).days()).ok()?;
    let day = |n: i64| monday.checked_add(n.days()).ok();
    let says = |word: &str| line.ends(end, word);
    if says("주말") || line.has(end.saturating_sub(1), "주말") {
        return Some((day(5)?, day(6)?));
    }
    let week = dates::week(&scan, start).is_some();
    // 평일이요 of no week is any week's.
    week.then_some(())?;
    let last = if says("평일") || says("주중") || line.after_any(end, &["평일", "주중"]).is_some() {
        4
    } else {
        6
    };
    Some((monday, day(last)?))
}
