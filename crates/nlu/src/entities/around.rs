//! So far from now, or from a day: 세 시간 뒤, 이틀 전, 5분 안에, 지난 두 시간, 앞으로 3년간, 어제로부터 4일 후.

use jiff::Span;
use jiff::civil::{Date, DateTime};

use super::lengths::{self, Length};
use super::value::{Unit, When};
use crate::dates;
use crate::scan::Scan;
use crate::words::Words;

/// A reading of a length that is counted from an instant.
pub(super) fn around(scan: &Scan<'_>, i: usize) -> Option<When> {
    let all = [run(scan, i), from_base(scan, i)];
    all.into_iter()
        .flatten()
        .reduce(|a, b| if b.end > a.end { b } else { a })
}

/// 지난 두 시간, 다음 3주, 앞으로 3년간: whole units up to or from the present one.
fn run(scan: &Scan<'_>, i: usize) -> Option<When> {
    const LEADS: Words<bool> = Words::new(&[
        ("지난", false),
        ("과거", false),
        ("최근", false),
        ("이전", false),
        ("저번", false),
        ("다음", true),
        ("앞으로", true),
        ("향후", true),
        ("이후", true),
        ("다가오는", true),
        ("오는", true),
    ]);
    let (ahead, at) = LEADS.at(scan.line, i)?;
    let length = lengths::length(scan, at)?;
    let end = scan
        .line
        .after_any(length.end, &["간", "동안"])
        .unwrap_or(length.end);
    // 앞으로 3년 뒤 lies there, and does not last till then.
    let point = ["후", "뒤", "전", "있다", "이내", "안에", "내에", "내로"];
    if point.iter().any(|w| scan.line.has(end, w)) {
        return None;
    }
    let present = length.smallest.floor(scan.now)?;
    let (from, to) = if ahead {
        let from = present.checked_add(length.smallest.span(1)?).ok()?;
        (from, from.checked_add(length.span).ok()?)
    } else {
        (present.checked_sub(length.span).ok()?, present)
    };
    Some(When::range(Some(from), Some(to), end))
}

/// What follows a length and tells where it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Later,
    Ago,
    /// Not later than so long from now.
    Within,
    /// From so long from now on.
    From,
}

/// Longer words first.
const WAYS: [(&str, Way); 30] = [
    ("이후에", Way::From),
    ("이후로", Way::From),
    ("이후", Way::From),
    ("안으로", Way::Within),
    ("안에", Way::Within),
    ("안", Way::Within),
    ("이내에", Way::Within),
    ("이내로", Way::Within),
    ("이내", Way::Within),
    ("내에", Way::Within),
    ("내로", Way::Within),
    ("내", Way::Within),
    ("후에", Way::Later),
    ("후", Way::Later),
    ("뒤에", Way::Later),
    ("뒤", Way::Later),
    ("있다가", Way::Later),
    ("이따가", Way::Later),
    ("지나서", Way::Later),
    ("지나면", Way::Later),
    ("만에", Way::Later),
    ("이전에", Way::Ago),
    ("이전", Way::Ago),
    ("전에", Way::Ago),
    ("전", Way::Ago),
    ("앞서", Way::Ago),
    ("후쯤", Way::Later),
    ("후면", Way::Later),
    ("뒤쯤", Way::Later),
    ("전쯤", Way::Ago),
];

fn way(scan: &Scan<'_>, i: usize) -> Option<(Way, usize)> {
    let (way, end) = WAYS
        .iter()
        .filter_map(|&(w, way)| Some((way, scan.line.after(i, w)?)))
        .max_by_key(|(_, end)| *end)?;
    // 전화, 전부, 안녕, 내일, 내내, 후배: other words; 만에 tells how long it took.
    let other = [
        "화", "부", "녕", "일", "내", "배", "체", "혀", "됩", "되", "돼", "까지", "용", "달",
    ];
    let short = end == i + 1;
    let word = short && other.iter().any(|w| scan.line.has(end, w));
    let took = scan.line.ends(end, "만에");
    (!word && !took).then_some((way, end))
}

/// From which day, or from now, with where that is told.
fn base(scan: &Scan<'_>, i: usize) -> (Option<Date>, bool, usize) {
    const NOW: [&str; 11] = [
        "지금으로부터",
        "지금부터",
        "현시간으로부터",
        "현시간부터",
        "현재부터",
        "이제부터",
        "앞으로",
        "향후",
        "오늘로부터",
        "오늘부터",
        "금일부터",
    ];
    if let Some(at) = scan.line.after_any(i, &NOW) {
        return (None, true, at);
    }
    let from = dates::day_at(scan, i).and_then(|(day, end)| {
        let at = scan
            .line
            .after_any(end, &["으로부터", "로부터", "부터", "에서", "의", "보다"])?;
        Some((Some(day.date), true, at))
    });
    from.unwrap_or((None, false, i))
}

fn from_base(scan: &Scan<'_>, i: usize) -> Option<When> {
    let (day, led, at) = base(scan, i);
    let length = lengths::length(scan, at)?;
    if led
        && day.is_none()
        && let Some(found) = coming_weekday(scan, &length)
    {
        return Some(found);
    }
    let base = match day {
        Some(day) => day.to_datetime(scan.now.time()),
        None => scan.now,
    };
    match way(scan, length.end) {
        Some((way, end)) => {
            let reached = led || way != Way::From || length.smallest >= Unit::Day;
            reached.then(|| reach(scan, base, &length, way, end))?
        }
        // 지금부터 삼 분: an instant, if it starts from now.
        None if led && day.is_none() && length.smallest < Unit::Day => {
            Some(When::instant(base.checked_add(length.span).ok()?, length.end))
        }
        None => None,
    }
}

fn reach(scan: &Scan<'_>, base: DateTime, length: &Length, way: Way, end: usize) -> Option<When> {
    let span = match way {
        Way::Ago => negative(length.span),
        _ => length.span,
    };
    let at = base.checked_add(span).ok()?;
    let fine = length.smallest < Unit::Day;
    if way == Way::From {
        let from = if fine { at } else { Unit::Day.floor(at)? };
        return Some(When::range(Some(from), None, end));
    }
    if way == Way::Within && !fine {
        let unit = length.smallest.finer();
        let at = unit.floor(at)?;
        return Some(if unit < Unit::Day {
            When::instant(at, end)
        } else {
            When::date(at.date(), unit, end)
        });
    }
    if fine {
        return Some(When::instant(Unit::Second.floor(at)?, end));
    }
    Some(weekday_of(scan, at.date(), length, end).unwrap_or(When::date(at.date(), Unit::Day, end)))
}

fn negative(span: Span) -> Span {
    span.negate()
}

/// 2주 후 월요일: in the week that is reached.
fn weekday_of(scan: &Scan<'_>, reached: Date, length: &Length, end: usize) -> Option<When> {
    let end = scan.line.after(end, "의").unwrap_or(end);
    let (weekday, end) = dates::weekday(scan, end).filter(|_| length.smallest == Unit::Week)?;
    let monday = super::value::monday(reached)?;
    let days = i64::from(weekday.to_monday_zero_offset());
    let date = monday.checked_add(Unit::Day.span(days)?).ok()?;
    Some(When::date(date, Unit::Day, end))
}

/// 오늘부터 2주간 일요일: the second Sunday from today.
fn coming_weekday(scan: &Scan<'_>, length: &Length) -> Option<When> {
    let at = scan.line.after_any(length.end, &["간", "째"])?;
    let (weekday, end) =
        dates::weekday(scan, at).filter(|_| length.smallest == Unit::Week && length.largest == Unit::Week)?;
    let nth = i32::from(length.span.get_weeks() > 0) * length.span.get_weeks();
    let date = scan.now.date().nth_weekday(nth, weekday).ok()?;
    Some(When::date(date, Unit::Day, end))
}
