//! Days: 내일, 다음 주 금요일, 십이월 삼일, 25일, 사흘 뒤, 설 연휴 마지막 날.

mod later;
mod month;
mod month_day;
mod week;
mod written;

use jiff::Span;
use jiff::civil::{Date, date};

use crate::feasts;
use crate::scan::Scan;
use crate::words::Words;

use later::{later, span_later};
pub use month::{month, year_word};
pub use month_day::nearest;
pub use week::{nth_of_this_month, nth_week, week, weekday};

/// A day as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// Only near a day: the words name a stretch (설 연휴), or something before or after which it lies (설 지나고).
    pub vague: bool,
    /// Said as a weekday alone (목요일): within a correction it lies in the week of the day that it replaces.
    pub weekday: bool,
}

impl Day {
    fn sure(date: Date) -> Self {
        Self {
            date,
            vague: false,
            weekday: false,
        }
    }
}

/// A day at a place, with where it ends.
pub fn day_at(scan: &Scan<'_>, i: usize) -> Option<(Day, usize)> {
    let (day, end) = written::written(scan, i)
        .or_else(|| month::month_day(scan, i))
        .or_else(|| month::relative_month(scan, i))
        .or_else(|| week::week_day(scan, i))
        .or_else(|| later(scan, i))
        .or_else(|| near(scan, i))
        .or_else(|| month_day::day_of_month(scan, i))
        .map(|(date, end)| (Day::sure(date), end))
        .or_else(|| feasts::feast_at(scan, i))?;
    let weekday = weekday(scan, i).is_some_and(|(_, e)| e == end);
    Some((Day { weekday, ..day }, end))
}

/// 오늘, 내일, 모레, 글피, 어제.
fn near(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    const WORDS: Words<i64> = Words::new(&[
        ("오늘", 0),
        ("금일", 0),
        ("내일모레", 2),
        ("낼모레", 2),
        ("내일", 1),
        ("낼", 1),
        ("네일", 1),
        ("명일", 1),
        ("익일", 1),
        ("모래", 2),
        ("모레", 2),
        ("그글피", 4),
        ("글피", 3),
        ("엊그제", -2),
        ("엊그저께", -2),
        ("그저께", -2),
        ("그제", -2),
        ("어제", -1),
        ("어저께", -1),
        ("작일", -1),
        ("오눌", 0),
        ("오널", 0),
        ("내 일", 1),
        ("글페", 3),
        ("모례", 2),
        ("내닐", 1),
    ]);
    let (word, days, end) = WORDS.entry(scan.line, i)?;
    // 그제야, 네일아트, 낼게요, 모래알, and 네일 where no time follows.
    let other = ["야", "아트", "게", "도 같", "샵", "케어", "도같"]
        .iter()
        .any(|w| scan.line.has(end, w));
    let split = word == "네일" && scan.line.gap(i + 1);
    let able = split
        || (word == "낼" && (!scan.line.gap(i) || scan.line.has(end, "수")))
        || (word == "내 일" && scan.line.has(end, "이"));
    if other || able || (word == "그제" && !scan.begins(i)) {
        return None;
    }
    let after = scan.line.after_any(end, &["부터", "로부터"]).unwrap_or(end);
    let day = add(scan.now.date(), Span::new().days(days))?;
    if let Some((span, end)) = span_later(scan, after).filter(|_| after > end) {
        return Some((add(day, span)?, end));
    }
    Some((add(scan.now.date(), Span::new().days(days))?, end))
}

/// The next such day of the year, today included.
pub fn next_of(today: Date, month: i8, day: i8) -> Option<Date> {
    (0..5)
        .filter_map(|n| Date::new(today.year() + n, month, day).ok())
        .find(|d| *d >= today)
}

fn add(to: Date, span: Span) -> Option<Date> {
    let sum = to.checked_add(span).ok()?;
    (date(1900, 1, 1)..date(2200, 1, 1)).contains(&sum).then_some(sum)
}
