//! So many days, weeks, months or years from today: 사흘 뒤, 이 주 뒤 토요일, 2년 1개월 전.

use jiff::Span;
use jiff::civil::{Date, date};

use super::add;
use super::week::weekday;
use crate::numerals::Kind;
use crate::scan::Scan;

/// 사흘 뒤, 이 주 뒤 토요일, 10일 후, 일주일 있다가; 이틀 전.
pub(super) fn later(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    let i = scan
        .line
        .after_any(i, &["오늘로부터", "지금부터", "앞으로"])
        .unwrap_or(i);
    let (span, end) = span_later(scan, i)?;
    let found = add(scan.now.date(), span)?;
    let weeks = span.get_weeks() != 0;
    if let Some((day, end)) = weekday(scan, end).filter(|_| weeks) {
        let monday = add(
            found,
            Span::new().days(-i64::from(found.weekday().to_monday_zero_offset())),
        )?;
        return Some((
            add(monday, Span::new().days(i64::from(day.to_monday_zero_offset())))?,
            end,
        ));
    }
    Some((found, end))
}

pub(super) fn span_later(scan: &Scan<'_>, i: usize) -> Option<(Span, usize)> {
    let (mut span, mut end) = span_at(scan, i)?;
    // 2년 1개월 21일 전
    while let Some((more, after)) =
        span_at(scan, end).filter(|_| span.get_years() != 0 || span.get_months() != 0)
    {
        span = span.checked_add((more, date(2024, 1, 1))).ok()?;
        end = after;
    }
    if let Some(end) = scan.line.after_any(
        end,
        &[
            "있다가",
            "이따가",
            "있다",
            "이후",
            "뒤",
            "후",
            "지나서",
            "디",
            "딧",
        ],
    ) {
        return Some((span, end));
    }
    let end = scan
        .line
        .after_any(end, &["이전", "전"])
        .filter(|e| !scan.line.has(*e, "화") && !scan.line.has(*e, "까지") && !scan.line.has(*e, "부"))?;
    Some((span.negate(), end))
}

pub(super) fn after_span(scan: &Scan<'_>, end: usize) -> bool {
    ["뒤", "후", "있다", "이따", "전", "동안", "만에", "간", "째"]
        .iter()
        .any(|w| scan.line.has(end, w))
}

/// Makes a span of so many of a unit.
type Unit = fn(i64) -> Span;

/// A count of days, weeks, months or years.
fn span_at(scan: &Scan<'_>, i: usize) -> Option<(Span, usize)> {
    if let Some((days, end)) = scan.native_days(i) {
        let span = if scan.line.has(i, "일주일") || scan.line.has(i, "이주일") {
            Span::new().weeks(i64::try_from(days / 7).ok()?)
        } else {
            Span::new().days(i64::try_from(days).ok()?)
        };
        return Some((span, end));
    }
    let units: [(&str, Unit); 7] = [
        ("주일", |n| Span::new().weeks(n)),
        ("주", |n| Span::new().weeks(n)),
        ("개월", |n| Span::new().months(n)),
        ("달", |n| Span::new().months(n)),
        ("년", |n| Span::new().years(n)),
        ("일", |n| Span::new().days(n)),
        ("밤", |n| Span::new().days(n)),
    ];
    let unit_after = |end: usize| {
        units
            .iter()
            .find_map(|(word, make)| scan.line.after(end, word).map(|end| (make, end)))
    };
    let n = scan.number(i, |n| {
        let tomorrow = n.kind == Kind::Misheard && scan.line.has(n.end, "일");
        (1..=1000).contains(&n.value)
            && unit_after(n.end).is_some()
            && !tomorrow
            && !crate::times::orders(scan, n.end)
    })?;
    let (make, end) = unit_after(n.end)?;
    Some((make(i64::try_from(n.value).ok()?), end))
}
