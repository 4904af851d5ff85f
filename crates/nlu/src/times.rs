//! Times of day: 일곱 시 반쯤, 오후 세 시, 7:30, 19시, 정오, 한 시간 뒤; and how long: 두 시간 반.

use crate::numerals::{Kind, Number};
use crate::scan::Scan;
use crate::words::Words;

/// The part of the day that was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub enum Part {
    Dawn,
    Morning,
    Forenoon,
    Noon,
    Afternoon,
    Evening,
    Night,
}

/// A time as it was said: the half of the day may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Hour as said, 0 to 24.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 59.
    pub second: u8,
    /// The part of the day, if it was named.
    pub part: Option<Part>,
    /// Minutes to take off (일곱 시 오 분 전).
    pub before: u8,
}

const PARTS: Words<Part> = Words::new(&[
    ("오전", Part::Forenoon),
    ("새벽", Part::Dawn),
    ("아침", Part::Morning),
    ("점심때", Part::Noon),
    ("점심시간", Part::Noon),
    ("점심", Part::Noon),
    ("런치", Part::Noon),
    ("대낮", Part::Noon),
    ("낮", Part::Noon),
    ("오후", Part::Afternoon),
    ("저녁때", Part::Evening),
    ("저녁", Part::Evening),
    ("저넉", Part::Evening),
    ("디너", Part::Evening),
    ("한밤", Part::Night),
    ("밤", Part::Night),
    ("야간", Part::Night),
]);

/// A part of the day at a place, with a particle.
pub fn part_at(scan: &Scan<'_>, i: usize) -> Option<(Part, usize)> {
    let (part, end) = PARTS.at(scan.line, i)?;
    // 반찬, 밤새: not parts of the day.
    let other = ["값", "식사권", "새", "메뉴"]
        .iter()
        .any(|w| scan.line.has(end, w));
    (!other).then_some((part, end))
}

/// A time of day at a place, with where it ends.
pub fn clock_at(scan: &Scan<'_>, i: usize) -> Option<(Clock, usize)> {
    if let Some((part, end)) = part_at(scan, i) {
        let after = scan.line.after_any(end, &["에는", "에", "의"]).unwrap_or(end);
        let (mut clock, end) = bare_clock(scan, after).or_else(|| bare_clock(scan, end))?;
        clock.part = Some(part);
        return Some((clock, end));
    }
    named(scan, i).or_else(|| bare_clock(scan, i))
}

fn named(scan: &Scan<'_>, i: usize) -> Option<(Clock, usize)> {
    let clock = |hour, part| Clock {
        hour,
        minute: 0,
        second: 0,
        part: Some(part),
        before: 0,
    };
    if !matches!(scan.line.at(i), '정' | '오' | '자') {
        return None;
    }
    let (word, clock) = [
        ("정오", clock(12, Part::Noon)),
        ("오정", clock(12, Part::Noon)),
        ("자정", clock(0, Part::Dawn)),
    ]
    .into_iter()
    .find(|(word, _)| scan.line.has(i, word))?;
    let end = i + word.chars().count();
    Some((
        clock,
        scan.line.after_any(end, &["12시", "열두 시"]).unwrap_or(end),
    ))
}

fn bare_clock(scan: &Scan<'_>, i: usize) -> Option<(Clock, usize)> {
    let i = approx_before(scan, i);
    digital(scan, i).or_else(|| spoken(scan, i))
}

/// 한 여섯 시: "about", not one.
fn approx_before(scan: &Scan<'_>, i: usize) -> usize {
    let about = scan.line.has(i, "한") && scan.line.gap(i + 1) && !scan.line.has(i + 1, "시");
    if about { i + 1 } else { i }
}

/// 19:30, 7:30.
fn digital(scan: &Scan<'_>, i: usize) -> Option<(Clock, usize)> {
    let hour = scan.number(i, |n| n.kind == Kind::Digits && n.value <= 24)?;
    let colon = scan.line.after(hour.end, ":")?;
    let minute = scan.number(colon, |n| n.kind == Kind::Digits && n.value < 60)?;
    Some((clock_of(hour.value, minute.value), minute.end))
}

fn spoken(scan: &Scan<'_>, i: usize) -> Option<(Clock, usize)> {
    let hour = scan.number(i, |n| hour_fits(scan, i, n))?;
    let end = scan.line.after_any(hour.end, &["시", "씨"])?;
    let not_hour = ["간", "작", "켜", "키", "켰", "킨", "즌"]
        .iter()
        .any(|w| scan.line.has(end, w) && !scan.line.gap(end));
    // 넣어 주십시오: no ten o'clock.
    let please =
        hour.value == 10 && scan.line.has(i, "십") && ["오", "요"].iter().any(|w| scan.line.has(end, w));
    if not_hour || please || (scan.line.has(hour.end, "씨") && scan.line.gap(hour.end)) {
        return None;
    }
    let (minute, end) = minutes(scan, end);
    let (second, end) = seconds(scan, end);
    let mut clock = clock_of(hour.value, minute);
    clock.second = second;
    Some(before(scan, clock, end))
}

/// Hours up to twelve are native; Sino-Korean ones are for the 24 hours, or for text from digits.
fn hour_fits(scan: &Scan<'_>, i: usize, n: &Number) -> bool {
    let here = scan.line.after_any(n.end, &["시", "씨"]).is_some();
    let misheard = n.kind != Kind::Misheard || (n.value == 3 && scan.line.gap(i));
    here && misheard
        && match n.kind {
            Kind::Sino => {
                (10..=24).contains(&n.value)
                    || (n.value == 0 && scan.line.gap(i))
                    || (n.value < 10 && scan.line.gap(i) && scan.line.gap(n.end))
            }
            Kind::Digits => n.value <= 24,
            _ => n.value <= 24,
        }
}

fn minutes(scan: &Scan<'_>, i: usize) -> (u64, usize) {
    if let Some(end) = scan.line.after(i, "반") {
        let other = ["찬", "반", "마리"].iter().any(|w| scan.line.has(end, w));
        return if other { (0, i) } else { (30, end) };
    }
    let Some(minute) = scan.number(i, |n| {
        n.value < 60 && scan.line.has(n.end, "분") && !n.is_native()
    }) else {
        return bare_minutes(scan, i);
    };
    (minute.value, minute.end + 1)
}

/// "세 시 이십" without 분, if nothing is counted by it.
fn bare_minutes(scan: &Scan<'_>, i: usize) -> (u64, usize) {
    let bare = |n: &Number| {
        let ends = scan.line.gap(n.end) || scan.line.has(n.end, "이요") || scan.line.has(n.end, "에");
        matches!(n.kind, Kind::Digits | Kind::Sino) && (10..60).contains(&n.value) && ends
    };
    let Some(n) = scan.number(i, bare) else {
        return (0, i);
    };
    let counted = ["명", "분", "인", "개", "월", "일", "마리", "시", "원", "초"]
        .iter()
        .any(|w| scan.line.has(n.end, w));
    if counted { (0, i) } else { (n.value, n.end) }
}

fn seconds(scan: &Scan<'_>, i: usize) -> (u8, usize) {
    match scan.number(i, |n| {
        n.value < 60 && scan.line.has(n.end, "초") && !n.is_native()
    }) {
        Some(n) => (u8::try_from(n.value).unwrap_or(0), n.end + 1),
        None => (0, i),
    }
}

/// 일곱 시 오 분 전 is 6:55; 일곱 시 전 is a bound.
fn before(scan: &Scan<'_>, mut clock: Clock, end: usize) -> (Clock, usize) {
    if clock.minute != 0
        && scan.line.has(end, "전")
        && !scan.line.has(end, "전화")
        && !scan.line.has(end, "전까지")
    {
        clock.before = clock.minute;
        clock.minute = 0;
        return (clock, end + 1);
    }
    (clock, end)
}

fn clock_of(hour: u64, minute: u64) -> Clock {
    Clock {
        hour: u8::try_from(hour).unwrap_or(0),
        minute: u8::try_from(minute).unwrap_or(0),
        second: 0,
        part: None,
        before: 0,
    }
}

impl Clock {
    /// The hours of the 24 that can be meant, the named part of the day applied.
    pub fn hours(&self) -> Vec<u8> {
        let h = self.hour % 24;
        if self.hour > 12 || self.hour == 0 {
            return vec![h];
        }
        let (am, pm) = (h % 12, h % 12 + 12);
        match self.part {
            None => vec![am, pm],
            Some(Part::Dawn | Part::Morning | Part::Forenoon) => vec![am],
            Some(Part::Noon) if h == 10 || h == 11 => vec![am],
            Some(Part::Noon | Part::Afternoon) => vec![pm],
            Some(Part::Evening | Part::Night) if h == 12 => vec![0],
            Some(Part::Night) if h <= 4 => vec![am],
            Some(Part::Evening | Part::Night) => vec![pm],
        }
    }

    /// Minutes after the full hour; negative for "five to".
    pub fn minutes(&self) -> i16 {
        i16::from(self.minute) - i16::from(self.before)
    }
}

/// A length of time at a place, in seconds: 두 시간 반, 삼십 분, 사흘, 일주일.
pub fn duration_at(scan: &Scan<'_>, i: usize) -> Option<(u64, usize)> {
    let (mut seconds, mut at) = duration_unit(scan, i)?;
    while let Some((more, end)) = duration_unit(scan, at).filter(|(more, _)| *more < seconds) {
        seconds = seconds.saturating_add(more);
        at = end;
    }
    Some((seconds, at))
}

const UNITS: [(&str, u64); 7] = [
    ("시간", 3600),
    ("분", 60),
    ("초", 1),
    ("주일", 7 * 86_400),
    ("주", 7 * 86_400),
    ("개월", 30 * 86_400),
    ("달", 30 * 86_400),
];

/// 둘 주문할게요, 하나 주세요: no weeks.
pub fn orders(scan: &Scan<'_>, i: usize) -> bool {
    ["주문", "주세", "주시", "주이소", "주십", "주차", "주말"]
        .iter()
        .any(|w| scan.line.has(i, w))
}

fn duration_unit(scan: &Scan<'_>, i: usize) -> Option<(u64, usize)> {
    if let Some((days, end)) = scan.native_days(i) {
        return Some((days * 86_400, end));
    }
    if let Some(end) = scan.line.after_any(i, &["반시간", "반 시간"]) {
        return Some((1800, end));
    }
    let unit_after = |end: usize| {
        UNITS
            .iter()
            .find(|(word, _)| scan.line.has(end, word))
            .map(|&(word, seconds)| (seconds, end + word.chars().count()))
    };
    let n = scan.number(i, |n| {
        !orders(scan, n.end)
            && n.kind != Kind::Misheard
            && unit_after(n.end).is_some_and(|(s, _)| s != 60 || !n.is_native())
    })?;
    let (unit, end) = unit_after(n.end)?;
    let half = scan.line.after(end, "반").filter(|_| unit == 3600);
    let seconds = n
        .value
        .saturating_mul(unit)
        .saturating_add(half.map_or(0, |_| unit / 2));
    Some((seconds, half.unwrap_or(end)))
}
