//! Stretches of time by name: 이번 주, 다음 달, 지난 두 시간, 오후, 2014년 10월.

use jiff::civil::{Date, DateTime, Time, time};
use jiff::{Span, ToSpan};

use crate::entities::{Draft, EntityKind, show};
use crate::scan::Scan;

/// A part of the day at a place, as from, to and where it ends.
pub fn part_at(scan: &Scan<'_>, i: usize) -> Option<(Time, Time, usize)> {
    const PARTS: [(&str, i8, i8); 24] = [
        ("아침 느지막이", 11, 12),
        ("아침 일찍", 6, 9),
        ("이른 아침", 6, 9),
        ("이른 오후", 12, 16),
        ("오후 일찍", 12, 16),
        ("늦은 오후", 17, 19),
        ("오후 늦게", 17, 19),
        ("이른 저녁", 18, 21),
        ("저녁 일찍", 18, 21),
        ("늦은 저녁", 21, 0),
        ("저녁 늦게", 21, 0),
        ("이른 밤", 21, 0),
        ("밤에 일찍", 21, 0),
        ("점심때", 12, 14),
        ("점심시간", 12, 14),
        ("브런치", 11, 14),
        ("조반", 6, 9),
        ("저녁", 18, 0),
        ("아침", 4, 12),
        ("오전", 0, 12),
        ("오후", 12, 19),
        ("점심", 12, 14),
        ("새벽", 0, 6),
        ("밤", 18, 0),
    ];
    let i = scan
        .line
        .after(i, "이번")
        .filter(|_| scan.line.has(i, "이번"))
        .unwrap_or(i);
    let &(word, from, to) = PARTS.iter().find(|(w, _, _)| scan.line.has(i, w))?;
    let end = scan.line.after(i, word)?;
    Some((time(from, 0, 0, 0), time(to, 0, 0, 0), end))
}

/// A stretch at a place.
pub fn period_at(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    around_now(scan, i)
        .or_else(|| named(scan, i))
        .or_else(|| month_of_year(scan, i))
}

fn named(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let today = scan.now.date();
    const WEEKS: [(&str, i64); 10] = [
        ("이번주", 0),
        ("금주", 0),
        ("요번주", 0),
        ("저번주", -1),
        ("지난주", -1),
        ("전주", -1),
        ("다음주", 1),
        ("내주", 1),
        ("담주", 1),
        ("다다음주", 2),
    ];
    const MONTHS: [(&str, i64); 7] = [
        ("이번달", 0),
        ("이달", 0),
        ("저번달", -1),
        ("지난달", -1),
        ("다음달", 1),
        ("내달", 1),
        ("다다음달", 2),
    ];
    const YEARS: [(&str, i64); 11] = [
        ("재재작년", -3),
        ("재작년", -2),
        ("작년", -1),
        ("지난해", -1),
        ("올해", 0),
        ("금년", 0),
        ("내후년", 3),
        ("내명년", 2),
        ("후년", 2),
        ("내년", 1),
        ("명년", 1),
    ];
    let find = |table: &[(&str, i64)]| {
        table
            .iter()
            .filter_map(|&(w, n)| scan.line.after(i, w).map(|end| (n, end)))
            .max_by_key(|(_, end)| *end)
    };
    let (date, end) = if let Some((n, end)) = find(&WEEKS) {
        let monday = today
            .checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days())
            .ok()?;
        (monday.checked_add(n.weeks()).ok()?, end)
    } else if let Some((n, end)) = find(&MONTHS) {
        (today.first_of_month().checked_add(n.months()).ok()?, end)
    } else if let Some(end) = scan.line.after(i, "이번분기") {
        (
            Date::new(today.year(), (today.month() - 1) / 3 * 3 + 1, 1).ok()?,
            end,
        )
    } else {
        let (n, end) = find(&YEARS)?;
        (today.first_of_year().checked_add(n.years()).ok()?, end)
    };
    Some(Draft::new(EntityKind::Date, date.to_string(), end))
}

/// 2014년 10월, 3월, 2014년.
fn month_of_year(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let (year, at) = match scan.counted(i, 2200, "년") {
        Some((y, end)) if y >= 1900 => (i16::try_from(y).ok(), end),
        _ => (None, i),
    };
    if let Some((month, end)) = crate::dates::month(scan, at) {
        let today = scan.now.date();
        let next = if month >= today.month() {
            today.year()
        } else {
            today.year() + 1
        };
        let date = Date::new(year.unwrap_or(next), month, 1).ok()?;
        if let Some(part) = week_of(scan, date, end).or_else(|| month_part(scan, date, end)) {
            return Some(part);
        }
        let weekday = scan.line.has(end, "요일");
        return (!weekday).then(|| Draft::new(EntityKind::Date, date.to_string(), end));
    }
    let first = Date::new(year?, 1, 1).ok()?;
    if let Some(n) = scan.number(at, |n| {
        (1..=12).contains(&n.value) && scan.line.has(n.end, "번째 달")
    }) {
        let month = Date::new(year?, i8::try_from(n.value).ok()?, 1).ok()?;
        return month_part(scan, month, n.end + 3);
    }
    if let Some(end) = scan.line.after(at, "초에") {
        return Some(Draft::new(
            EntityKind::Range,
            format!("{first}/{}", first.checked_add(3.months()).ok()?),
            end,
        ));
    }
    Some(Draft::new(EntityKind::Date, first.to_string(), at))
}

/// 10월 첫번째 주, 3월의 3번째 주 말에: weeks are counted from the month's first Monday.
fn week_of(scan: &Scan<'_>, first: Date, i: usize) -> Option<Draft> {
    let at = scan.line.after(i, "의").unwrap_or(i);
    let (nth, at) = match scan.number(at, |n| (1..=5).contains(&n.value) && scan.line.has(n.end, "번째")) {
        Some(n) => (i64::try_from(n.value).ok()?, n.end + 2),
        None => (1, scan.line.after_any(at, &["첫번째", "첫째", "첫"])?),
    };
    let end = scan.line.after(at, "주").filter(|e| !scan.line.has(*e, "일"))?;
    let monday = first.nth_weekday_of_month(1, jiff::civil::Weekday::Monday).ok()?;
    let monday = monday.checked_add((7 * (nth - 1)).days()).ok()?;
    let span = |from: i64, to: i64, end: usize| {
        let (from, to) = (
            monday.checked_add(from.days()).ok()?,
            monday.checked_add(to.days()).ok()?,
        );
        Some(Draft::new(EntityKind::Range, format!("{from}/{to}"), end))
    };
    if let Some(end) = scan.line.after_any(end, &["초에", "초"]) {
        return span(0, 2, end);
    }
    if let Some(end) = scan.line.after_any(end, &["말에", "말"]) {
        return span(4, 7, end);
    }
    Some(Draft::new(EntityKind::Date, monday.to_string(), end))
}

/// 7월 말, 다음 달 초: the last days from the 25th, the first five.
fn month_part(scan: &Scan<'_>, first: Date, i: usize) -> Option<Draft> {
    let next = first.checked_add(1.month()).ok()?;
    let (from, to, end) = if let Some(end) = scan.line.after_any(i, &["말에", "말"]) {
        (Date::new(first.year(), first.month(), 25).ok()?, next, end)
    } else {
        let end = scan.line.after_any(i, &["초에", "초"])?;
        (first, Date::new(first.year(), first.month(), 6).ok()?, end)
    };
    Some(Draft::new(EntityKind::Range, format!("{from}/{to}"), end))
}

/// 지난 두 시간, 다음 3주, 앞으로 3년간: from or to the present unit.
fn around_now(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let (ahead, at) = [
        ("지난", false),
        ("과거", false),
        ("다음", true),
        ("앞으로", true),
        ("향후", true),
    ]
    .iter()
    .find_map(|&(w, ahead)| scan.line.after(i, w).map(|at| (ahead, at)))?;
    const UNITS: [&str; 9] = ["시간", "분", "초", "주일", "주", "달", "개월", "년", "일"];
    let n = scan.number(at, |n| {
        UNITS.iter().any(|u| scan.line.has(n.end, u)) && n.value <= 10_000
    })?;
    let unit = UNITS.iter().find(|u| scan.line.has(n.end, u))?;
    let end = scan.line.after(n.end, unit)?;
    let end = scan.line.after_any(end, &["간", "동안"]).unwrap_or(end);
    let count = i64::try_from(n.value).ok()?;
    let step = |k: i64| match *unit {
        "시간" => Span::new().hours(k),
        "분" => Span::new().minutes(k),
        "초" => Span::new().seconds(k),
        "주" | "주일" => Span::new().weeks(k),
        "달" | "개월" => Span::new().months(k),
        "년" => Span::new().years(k),
        _ => Span::new().days(k),
    };
    let base = floor(scan.now, unit)?;
    let (from, to) = if ahead {
        let from = base.checked_add(step(1)).ok()?;
        (from, from.checked_add(step(count)).ok()?)
    } else {
        (base.checked_sub(step(count)).ok()?, base)
    };
    Some(Draft::new(
        EntityKind::Range,
        format!("{}/{}", show(from), show(to)),
        end,
    ))
}

/// The beginning of the present unit.
fn floor(now: DateTime, unit: &str) -> Option<DateTime> {
    let date = now.date();
    let t = now.time();
    Some(match unit {
        "초" => date.at(t.hour(), t.minute(), t.second(), 0),
        "분" => date.at(t.hour(), t.minute(), 0, 0),
        "시간" => date.at(t.hour(), 0, 0, 0),
        "주" | "주일" => date
            .checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
            .ok()?
            .at(0, 0, 0, 0),
        "달" | "개월" => date.first_of_month().at(0, 0, 0, 0),
        "년" => date.first_of_year().at(0, 0, 0, 0),
        _ => date.at(0, 0, 0, 0),
    })
}

/// 1년 한 달 21일, 3년 반, 3.5초: lengths with years and months of 365 and 30 days.
pub fn long_duration(scan: &Scan<'_>, i: usize) -> Option<(u64, usize)> {
    const UNITS: [(&str, u64); 9] = [
        ("시간", 3600),
        ("주일", 604_800),
        ("개월", 2_592_000),
        ("분", 60),
        ("초", 1),
        ("주", 604_800),
        ("달", 2_592_000),
        ("년", 31_536_000),
        ("일", 86_400),
    ];
    let (mut sum, mut at, mut last) = (0_u64, i, u64::MAX);
    loop {
        let here = scan
            .line
            .after_any(at, &["그리고", "하고"])
            .filter(|_| sum > 0)
            .unwrap_or(at);
        if let Some((days, end)) = scan.native_days(here).filter(|_| last > 86_400) {
            (sum, at, last) = (sum + days * 86_400, end, 86_400);
            continue;
        }
        let unit_at = |end: usize| UNITS.iter().find(|(w, _)| scan.line.has(end, w)).copied();
        let particle = scan.line.has(here, "만") && !scan.line.gap(here);
        let Some(n) = scan.number(here, |n| {
            n.value <= 100_000 && !particle && unit_at(n.end).is_some_and(|(_, s)| s < last)
        }) else {
            break;
        };
        let Some((word, seconds)) = unit_at(n.end) else {
            break;
        };
        at = n.end + word.chars().count();
        sum = sum.saturating_add(n.value.saturating_mul(seconds));
        last = seconds;
        if let Some(end) = scan.line.after(at, "반").filter(|_| seconds >= 3600) {
            (sum, at) = (sum + seconds / 2, end);
        }
    }
    let day_of_month = last == 86_400 && sum < 32 * 86_400 && scan.native_days(i).is_none();
    (sum > 0 && !day_of_month).then_some((sum, at))
}
