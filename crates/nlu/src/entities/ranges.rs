//! Ranges and bounds: 내일 두 시부터 네 시까지, 7월 13일~15일, 오후 2시까지, 이번 달 말까지, 5시 이후.

use jiff::civil::{DateTime, Time};
use jiff::tz::Offset;

use super::hours;
use super::periods;
use super::points;
use super::value::{Draft, Shape, Unit, When, show};
use super::{EntityKind, days};
use crate::scan::Scan;

/// A point or a period, whichever is longer.
fn side(scan: &Scan<'_>, i: usize, offset: Option<Offset>) -> Option<When> {
    let all = [points::point(scan, i, offset), periods::period(scan, i)];
    all.into_iter()
        .flatten()
        .reduce(|a, b| if b.end > a.end { b } else { a })
}

/// The place after what leads from one side of a range to the other: 부터, 에서, ~, -.
fn bridge(scan: &Scan<'_>, i: usize) -> Option<(bool, usize)> {
    if let Some(at) = scan.line.after_any(i, &["에서부터", "부터", "에서"]) {
        return Some((true, at));
    }
    if let Some(at) = scan.line.after(i, "-") {
        return Some((true, at));
    }
    if dashed(scan, i) {
        return Some((true, i));
    }
    scan.line.after_any(i, &["과", "와"]).map(|at| (false, at))
}

/// Whether a dash of some kind stands before this place.
fn dashed(scan: &Scan<'_>, i: usize) -> bool {
    let Some(to) = scan.line.cells.get(i).map(|c| c.origin) else {
        return false;
    };
    let from = i
        .checked_sub(1)
        .and_then(|p| scan.line.cells.get(p))
        .map_or(0, |c| c.origin + 1);
    let between = scan.line.original.get(from..to).unwrap_or(&[]);
    between
        .iter()
        .any(|c| matches!(c, '~' | '-' | '–' | '—' | '〜' | '～' | '∼'))
}

/// A range with both ends.
pub(super) fn range(scan: &Scan<'_>, i: usize, offset: Option<Offset>) -> Option<Draft> {
    let from = side(scan, i, offset)?;
    let (sure, at) = bridge(scan, from.end)?;
    let (to, end) = far_side(scan, &from, at, offset)?;
    let closing = scan.line.after_any(
        end,
        &["까지의 사이", "까지 사이", "까지에", "까지", "사이에", "사이"],
    );
    let end = closing.or(sure.then_some(end))?;
    let from_at = from.first()?;
    (from_at < to).then(|| Draft {
        clock: from.clock,
        ..When::range(Some(from_at), Some(to), end).draft()
    })
}

/// Where the range ends, in time and in the text.
fn far_side(scan: &Scan<'_>, from: &When, at: usize, offset: Option<Offset>) -> Option<(DateTime, usize)> {
    let first = from.first()?;
    if from.clock && days::day(scan, at).is_none() {
        return far_hour(scan, first, at);
    }
    let fits = |t: &When| t.clock == from.clock;
    let later = |t: &When| t.first().is_some_and(|at| at >= first);
    if let Some(to) = side(scan, at, offset).filter(|t| fits(t) && later(t)) {
        return Some((to.past()?, to.end));
    }
    // 13일부터 15일: the next 15th after the 13th.
    let mut anchor = scan.on(first.date().to_datetime(Time::midnight()));
    anchor.anywhere = false;
    let to = side(&anchor, at, offset).filter(fits)?;
    Some((to.past()?, to.end))
}

/// 아홉 시부터 열한 시: the first such hour after the beginning.
fn far_hour(scan: &Scan<'_>, first: DateTime, at: usize) -> Option<(DateTime, usize)> {
    let hour = hours::hour(scan, at)?;
    let (time, later) = hour.time(Some(first.time()), false)?;
    let date = first.date();
    let over = later || time <= first.time();
    let date = if over { date.tomorrow().ok()? } else { date };
    Some((date.to_datetime(time), hour.end))
}

const UNTIL: [&str; 4] = ["까지는", "까지만", "까지로", "까지"];
const WITHIN: [&str; 8] = [
    "안에",
    "안으로",
    "이내에",
    "이내",
    "내로",
    "내에",
    "중으로",
    "중에",
];
const FROM: [&str; 7] = ["이후에", "이후로", "이후", "되면", "넘어서", "지나서", "지나면"];
const BEFORE: [&str; 5] = ["이전에", "이전", "전까지", "전에", "되기 전"];

/// 까지, 이후, 이전 after a point; else the point.
pub(super) fn bounded(scan: &Scan<'_>, when: When) -> Draft {
    bound(scan, &when).unwrap_or_else(|| when.draft())
}

fn bound(scan: &Scan<'_>, when: &When) -> Option<Draft> {
    let Shape::Point(at) = when.shape else {
        return until(scan, when);
    };
    if let Some(end) = scan.line.after_any(when.end, &FROM) {
        return Some(open(when, Some(at), None, end));
    }
    let before = scan.line.after(when.end, "전").filter(|e| scan.line.gap(*e));
    if let Some(end) = scan.line.after_any(when.end, &BEFORE).or(before) {
        return Some(open(when, None, Some(at), end));
    }
    until(scan, when)
}

fn open(when: &When, from: Option<DateTime>, to: Option<DateTime>, end: usize) -> Draft {
    Draft {
        clock: when.clock,
        ..When::range(from, to, end).draft()
    }
}

fn until(scan: &Scan<'_>, when: &When) -> Option<Draft> {
    let within = || {
        scan.line
            .after_any(when.end, &WITHIN)
            .filter(|_| when.unit >= Unit::Day)
    };
    let end = scan.line.after_any(when.end, &UNTIL).or_else(within)?;
    if let Shape::Point(at) = when.shape
        && when.unit == Unit::Day
    {
        // A day as a deadline is over with its last second.
        return Some(Draft::new(
            EntityKind::Datetime,
            format!("{} 23:59:59", at.date()),
            end,
        ));
    }
    let (from, to) = (Unit::Second.floor(scan.now)?, when.past()?);
    if to <= from {
        return None;
    }
    Some(Draft {
        clock: false,
        ..Draft::new(EntityKind::Range, format!("{}/{}", show(from), show(to)), end)
    })
}

/// A period, with its bound.
pub(super) fn period(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    periods::period(scan, i).map(|when| bounded(scan, when))
}
