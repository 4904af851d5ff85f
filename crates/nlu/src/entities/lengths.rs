//! How long: 두 시간 반, 삼십 분, 사흘, 1년 한 달 21일, 3.5초, 몇 주, 반년.

use jiff::Span;

use super::value::{Draft, Unit};
use super::{EntityKind, fractions};
use crate::numerals::Kind;
use crate::scan::Scan;

/// What 몇 and 며칠 are taken for.
const FEW: u64 = 3;

/// A length of time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    /// For the calendar: months and years as they come.
    pub(super) span: Span,
    /// In seconds: a month has 30 days, a year 365.
    pub(super) seconds: u64,
    pub(super) smallest: Unit,
    pub(super) largest: Unit,
    pub(super) end: usize,
    /// Whether 21일 at its end may be the day of a month.
    pub(super) dated: bool,
}

/// Units with their words, the longer words first.
const WORDS: [(&str, Unit); 14] = [
    ("시간", Unit::Hour),
    ("분기", Unit::Quarter),
    ("분", Unit::Minute),
    ("초", Unit::Second),
    ("주일", Unit::Week),
    ("주", Unit::Week),
    ("개월", Unit::Month),
    ("달", Unit::Month),
    ("개년", Unit::Year),
    ("년", Unit::Year),
    ("해", Unit::Year),
    ("세기", Unit::Century),
    ("일", Unit::Day),
    ("밤", Unit::Day),
];

/// A unit's word that ends another way: 삼분의 이, 주문, 달러, 90년대, 일요일.
const OTHER: [(&str, &[&str]); 7] = [
    ("분", &["의", "위", "명"]),
    ("초", &["등", "밥", "반", "순"]),
    (
        "주",
        &["문", "세", "시", "이소", "십", "차", "말", "년", "요", "는"],
    ),
    ("달", &["러", "라", "걀"]),
    ("년", &["대", "생", "도", "째"]),
    ("해", &["서", "요", "주", "야", "도", "줘", "물"]),
    ("일", &["요", "등", "번", "곱", "층"]),
];

fn unit_at(scan: &Scan<'_>, i: usize) -> Option<(Unit, usize)> {
    let &(word, unit) = WORDS.iter().find(|(w, _)| scan.line.has(i, w))?;
    let end = scan.line.after(i, word)?;
    let other = OTHER
        .iter()
        .find(|(w, _)| *w == word)
        .is_some_and(|(_, ends)| !scan.line.gap(end) && ends.iter().any(|w| scan.line.has(end, w)));
    (!other).then_some((unit, end))
}

/// One part of a length: its amount in thousandths of the unit.
struct Part {
    thousandths: u64,
    unit: Unit,
    end: usize,
    /// Said with a number and 일, as a day of the month is.
    dated: bool,
}

/// A length at a place.
pub(super) fn length(scan: &Scan<'_>, i: usize) -> Option<Length> {
    let first = part(scan, i)?;
    let mut all = Length {
        span: span_of(&first)?,
        seconds: seconds_of(&first),
        smallest: first.unit,
        largest: first.unit,
        end: first.end,
        dated: first.dated,
    };
    // Units only get smaller, so that this ends after as many parts as there are units.
    loop {
        let at = scan
            .line
            .after_any(all.end, &["그리고", "하고", "와", "과"])
            .unwrap_or(all.end);
        let Some(next) = part(scan, at).filter(|p| p.unit < all.smallest) else {
            return Some(all);
        };
        all.span = joined(all.span, span_of(&next)?)?;
        all.seconds = all.seconds.saturating_add(seconds_of(&next));
        (all.smallest, all.end, all.dated) = (next.unit, next.end, false);
    }
}

fn part(scan: &Scan<'_>, i: usize) -> Option<Part> {
    let found = vague(scan, i)
        .or_else(|| half(scan, i))
        .or_else(|| days(scan, i))
        .or_else(|| counted(scan, i))?;
    let end = scan.line.after(found.end, "반").filter(|e| {
        let other = ["찬", "대", "복", "드", "응", "바"];
        found.thousandths.is_multiple_of(1000)
            && found.unit > Unit::Second
            && !other.iter().any(|w| scan.line.has(*e, w) && !scan.line.gap(*e))
    });
    Some(match end {
        Some(end) => Part {
            thousandths: found.thousandths + 500,
            end,
            ..found
        },
        None => found,
    })
}

/// 몇 시간, 수 분, 며칠.
fn vague(scan: &Scan<'_>, i: usize) -> Option<Part> {
    let few = |unit, end| Part {
        thousandths: FEW * 1000,
        unit,
        end,
        dated: false,
    };
    if let Some(end) = scan.line.after_any(i, &["며칠", "몇일", "수일"]) {
        return Some(few(Unit::Day, end));
    }
    let at = scan
        .line
        .after(i, "몇")
        .or_else(|| scan.line.after(i, "수").filter(|_| scan.begins(i)))?;
    let (unit, end) = unit_at(scan, at)?;
    // 몇 분이세요: persons; 몇 시: asks.
    let asks = unit == Unit::Minute && ["이", "께", "예"].iter().any(|w| scan.line.has(end, w));
    (!asks).then(|| few(unit, end))
}

/// 반시간, 반년, 반나절, 한나절.
fn half(scan: &Scan<'_>, i: usize) -> Option<Part> {
    const HALVES: [(&str, u64, Unit); 6] = [
        ("반시간", 500, Unit::Hour),
        ("반년", 500, Unit::Year),
        ("반달", 500, Unit::Month),
        ("반나절", 3000, Unit::Hour),
        ("한나절", 6000, Unit::Hour),
        ("반세기", 500, Unit::Century),
    ];
    let &(word, thousandths, unit) = HALVES
        .iter()
        .find(|(w, ..)| scan.line.has(i, w) && scan.begins(i))?;
    Some(Part {
        thousandths,
        unit,
        end: scan.line.after(i, word)?,
        dated: false,
    })
}

/// 하루, 사흘, 일주일.
fn days(scan: &Scan<'_>, i: usize) -> Option<Part> {
    // 이름이 틀렸네요 holds no 이틀.
    let apart = scan.line.gap(i + 1) && !scan.line.gap(i);
    let (days, end) = scan.native_days(i).filter(|_| !apart)?;
    let week = scan.line.ends(end, "주일");
    // 이주일 is no native word when 일주일 is asked for within it.
    let within =
        i > 0 && !scan.line.gap(i) && week && crate::numerals::sino_digit(scan.line.at(i - 1)).is_some();
    (!within).then_some(Part {
        thousandths: if week { days / 7 } else { days } * 1000,
        unit: if week { Unit::Week } else { Unit::Day },
        end,
        dated: false,
    })
}

fn counted(scan: &Scan<'_>, i: usize) -> Option<Part> {
    // 지난주 만 … : a particle before the unit's word.
    if scan.line.at(i) == '만' && !scan.line.gap(i) {
        return None;
    }
    if let Some((thousandths, at)) = fractions::thousandths(scan, i)
        && let Some((unit, end)) = unit_at(scan, at)
    {
        return Some(Part {
            thousandths,
            unit,
            end,
            dated: false,
        });
    }
    if let Some(stay) = nights(scan, i) {
        return Some(stay);
    }
    let n = scan.number(i, |n| n.value <= 1_000_000 && unit_fits(scan, n.end, n.kind))?;
    // 2015년 is a year.
    let (unit, end) = unit_at(scan, n.end).filter(|(u, _)| *u != Unit::Year || n.value < 1000)?;
    Some(Part {
        thousandths: n.value * 1000,
        unit,
        end,
        dated: unit == Unit::Day,
    })
}

/// 3박 4일: the days tell.
fn nights(scan: &Scan<'_>, i: usize) -> Option<Part> {
    let nights = scan.number(i, |n| n.value < 100 && scan.line.has(n.end, "박"))?;
    let (days, end) = scan.counted(nights.end + 1, 100, "일")?;
    Some(Part {
        thousandths: days * 1000,
        unit: Unit::Day,
        end,
        dated: false,
    })
}

/// Whether the number's make suits the unit: 두 분 are persons, 이 분 minutes; 두 해, but not 이 해.
fn unit_fits(scan: &Scan<'_>, i: usize, kind: Kind) -> bool {
    let native = matches!(kind, Kind::Native | Kind::Pair);
    unit_at(scan, i).is_some_and(|(unit, _)| match kind {
        Kind::Misheard => false,
        // 이 시간: this time; two hours are 두 시간.
        Kind::Sino if unit == Unit::Hour && scan.line.ends(i, "이") && scan.line.gap(i) => false,
        _ if scan.line.has(i, "해") || scan.line.has(i, "밤") => native,
        _ => {
            !native
                || !matches!(unit, Unit::Minute | Unit::Second | Unit::Day)
                || unit == Unit::Day && scan.line.has(i, "밤")
        }
    })
}

fn seconds_of(part: &Part) -> u64 {
    part.thousandths.saturating_mul(part.unit.seconds()) / 1000
}

/// As a span of the calendar; a part of a unit in the units below it.
fn span_of(part: &Part) -> Option<Span> {
    let whole = part.unit.span(i64::try_from(part.thousandths / 1000).ok()?)?;
    let rest = part.thousandths % 1000;
    if rest == 0 {
        return Some(whole);
    }
    let below = match part.unit {
        Unit::Year => Unit::Month.span(i64::try_from(rest * 12 / 1000).ok()?)?,
        Unit::Month | Unit::Week | Unit::Quarter | Unit::Half | Unit::Decade | Unit::Century => {
            let days = rest * part.unit.seconds() / 86_400_000;
            Unit::Day.span(i64::try_from(days).ok()?)?
        }
        _ => Unit::Second.span(i64::try_from(rest * part.unit.seconds() / 1000).ok()?)?,
    };
    joined(whole, below)
}

/// Two spans of different units as one.
fn joined(a: Span, b: Span) -> Option<Span> {
    let sum = Span::new()
        .try_months(a.get_months().checked_add(b.get_months())?)
        .ok()?
        .try_weeks(a.get_weeks().checked_add(b.get_weeks())?)
        .ok()?
        .try_days(a.get_days().checked_add(b.get_days())?)
        .ok()?;
    sum.try_hours(a.get_hours().checked_add(b.get_hours())?)
        .ok()?
        .try_minutes(a.get_minutes().checked_add(b.get_minutes())?)
        .ok()?
        .try_seconds(a.get_seconds().checked_add(b.get_seconds())?)
        .ok()
}

/// A length as a value by itself.
pub(super) fn draft(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    let length = length(scan, i)?;
    // 21일 is a day of the month unless something tells that it is counted; 12년 a year.
    let lasts = lasts(scan, length.end);
    if !lasts && (length.dated || is_year(scan, i, &length)) {
        return None;
    }
    let end = scan
        .line
        .after_any(length.end, &["내내", "종일", "더"])
        .unwrap_or(length.end);
    Some(Draft::new(EntityKind::Duration, length.seconds.to_string(), end))
}

fn is_year(scan: &Scan<'_>, i: usize, length: &Length) -> bool {
    super::periods::year(scan, i).is_some_and(|(_, end)| end == length.end)
}

/// Whether what follows tells that time passes: 동안, 간, 내내.
pub(super) fn lasts(scan: &Scan<'_>, i: usize) -> bool {
    const WORDS: [&str; 14] = [
        "동안", "간", "내내", "더", "만에", "이나", "째", "정도", "넘게", "이상", "걸", "치", "씩", "밖에",
    ];
    WORDS.iter().any(|w| scan.line.has(i, w))
}
