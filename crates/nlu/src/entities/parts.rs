//! Parts of the day as stretches: 저녁, 이른 오후, 아침 느지막이, 브런치, 저녁밥.

use jiff::civil::{Date, DateTime, Time, time};

use crate::scan::Scan;
use crate::words::Words;

/// From when to when, in hours and minutes of a day; 24:00 is the next midnight.
type Hours = ((i8, i8), (i8, i8));

/// The longer words before those that they begin with.
const PARTS: Words<Hours> = Words::new(&[
    ("아침 느지막이", ((11, 0), (12, 0))),
    ("늦은 아침", ((11, 0), (12, 0))),
    ("아침 늦게", ((11, 0), (12, 0))),
    ("늦은 오전", ((11, 0), (12, 0))),
    ("오전 늦게", ((11, 0), (12, 0))),
    ("아침 일찍", ((6, 0), (9, 0))),
    ("이른 아침", ((6, 0), (9, 0))),
    ("아침 식사", ((6, 0), (9, 0))),
    ("아침밥", ((6, 0), (9, 0))),
    ("조반", ((6, 0), (9, 0))),
    ("조식", ((6, 0), (9, 0))),
    ("오전 일찍", ((4, 0), (9, 0))),
    ("이른 오전", ((4, 0), (9, 0))),
    ("브런치", ((11, 0), (14, 0))),
    ("이른 점심", ((11, 0), (13, 0))),
    ("늦은 점심", ((13, 0), (15, 0))),
    ("점심 식사", ((12, 0), (14, 0))),
    ("점심시간", ((12, 0), (14, 0))),
    ("점심때", ((12, 0), (14, 0))),
    ("점심밥", ((12, 0), (14, 0))),
    ("오찬", ((12, 0), (14, 0))),
    ("중식", ((12, 0), (14, 0))),
    ("이른 오후", ((12, 0), (16, 0))),
    ("오후 일찍", ((12, 0), (16, 0))),
    ("늦은 오후", ((17, 0), (19, 0))),
    ("오후 늦게", ((17, 0), (19, 0))),
    ("저녁 식사", ((17, 30), (21, 0))),
    ("저녁밥", ((17, 30), (21, 0))),
    ("만찬", ((17, 30), (21, 0))),
    ("석식", ((17, 30), (21, 0))),
    ("이른 저녁", ((18, 0), (21, 0))),
    ("저녁 일찍", ((18, 0), (21, 0))),
    ("늦은 저녁", ((21, 0), (24, 0))),
    ("저녁 늦게", ((21, 0), (24, 0))),
    ("이른 밤", ((21, 0), (24, 0))),
    ("밤에 일찍", ((21, 0), (24, 0))),
    ("밤 일찍", ((21, 0), (24, 0))),
    ("늦은 밤", ((21, 0), (24, 0))),
    ("밤 늦게", ((21, 0), (24, 0))),
    ("밤늦게", ((21, 0), (24, 0))),
    ("저녁", ((18, 0), (24, 0))),
    ("아침", ((4, 0), (12, 0))),
    ("오전", ((0, 0), (12, 0))),
    ("오후", ((12, 0), (19, 0))),
    ("점심", ((12, 0), (14, 0))),
    ("새벽", ((0, 0), (6, 0))),
    ("밤", ((18, 0), (24, 0))),
]);

/// A stretch of a day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    hours: Hours,
    pub(super) end: usize,
}

impl Stretch {
    /// On a day.
    pub(super) fn on(&self, date: Date) -> Option<(DateTime, DateTime)> {
        let at = |(hour, minute): (i8, i8)| {
            if hour == 24 {
                return Some(date.tomorrow().ok()?.to_datetime(Time::midnight()));
            }
            Some(date.to_datetime(time(hour, minute, 0, 0)))
        };
        Some((at(self.hours.0)?, at(self.hours.1)?))
    }
}

/// The part of the day at a place.
pub(super) fn part(scan: &Scan<'_>, i: usize) -> Option<Stretch> {
    let (hours, end) = PARTS.at(scan.line, i)?;
    let end = scan
        .line
        .after_any(end, &["나절", "녘", "때", "시간대", "중에"])
        .unwrap_or(end);
    // 밤새 and 밤색, 저녁놀, 점심값.
    let other = ["새", "색", "놀", "값", "메뉴", "잠", "나무", "하늘"];
    let whole = !other.iter().any(|w| scan.line.has(end, w) && !scan.line.gap(end));
    whole.then_some(Stretch { hours, end })
}

/// 지난밤, 어젯밤, 오늘밤: a night with its day in one word; days from today.
pub(super) fn of_a_day(scan: &Scan<'_>, i: usize) -> Option<(i64, usize)> {
    const WORDS: Words<i64> = Words::new(&[
        ("어젯", -1),
        ("간밤", -1),
        ("지난밤", -1),
        ("지난 저녁", -1),
        ("엊저녁", -1),
        ("이번", 0),
        ("오늘", 0),
        ("금일", 0),
    ]);
    let (word, days, end) = WORDS.entry(scan.line, i)?;
    // The part of the day is read from its own word.
    let part = ["밤", "저녁"].iter().find(|w| word.ends_with(**w));
    Some((days, end - part.map_or(0, |w| w.chars().count())))
}
