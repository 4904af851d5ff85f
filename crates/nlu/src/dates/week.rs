//! Weekdays and weeks: 금요일, 다음 주 화요일, 셋째 주 토요일.

use jiff::Span;
use jiff::civil::{Date, Weekday};

use super::add;
use crate::scan::Scan;
use crate::words::Words;

/// 첫째 주 토요일, 둘째 화요일, 마지막 주 금요일 of a month.
pub(super) fn nth_weekday(scan: &Scan<'_>, year: i16, month: i8, i: usize) -> Option<(Date, usize)> {
    let (nth, at) = nth_week(scan, i)?;
    let (weekday, end) = weekday(scan, at)?;
    let first = Date::new(year, month, 1).ok()?;
    Some((first.nth_weekday_of_month(nth, weekday).ok()?, end))
}

/// Which week or weekday of a month (셋째, 마지막), with where the word and a following 주 end.
pub fn nth_week(scan: &Scan<'_>, i: usize) -> Option<(i8, usize)> {
    const NTH: Words<i8> = Words::new(&[
        ("첫번째", 1),
        ("첫째", 1),
        ("첫", 1),
        ("두번째", 2),
        ("둘째", 2),
        ("세번째", 3),
        ("셋째", 3),
        ("네번째", 4),
        ("넷째", 4),
        ("다섯째", 5),
        ("마지막", -1),
        ("1째", 1),
        ("2째", 2),
        ("3째", 3),
    ]);
    let (nth, end) = NTH.at(scan.line, i)?;
    Some((nth, scan.line.after(end, "주").unwrap_or(end)))
}

/// A weekday's name: 토요일, 토욜.
pub fn weekday(scan: &Scan<'_>, i: usize) -> Option<(Weekday, usize)> {
    let day = match scan.line.at(i) {
        '월' => Weekday::Monday,
        '화' => Weekday::Tuesday,
        '수' => Weekday::Wednesday,
        '목' => Weekday::Thursday,
        '금' => Weekday::Friday,
        '토' => Weekday::Saturday,
        '일' => Weekday::Sunday,
        _ => return None,
    };
    let end = scan.line.after_any(
        i + 1,
        &[
            "요일", "욜", "요닐", "유일", "여일", "요이", "료일", "오일", "요월",
        ],
    )?;
    // 오일 is the fifth: "일오일" is not Sunday, "금오일" is nothing else.
    let fifth = scan.line.has(i + 1, "오일") && matches!(day, Weekday::Sunday | Weekday::Monday);
    (!fifth).then_some((day, end))
}

pub(super) fn skip_weekday(scan: &Scan<'_>, end: usize) -> usize {
    weekday(scan, end).map_or(end, |(_, end)| end)
}

/// 다음 주 금요일, 이번 금요일, 금요일; 다음 주 오늘.
pub(super) fn week_day(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    let today = scan.now.date();
    let Some((weeks, with_week, at)) = week(scan, i) else {
        let (day, end) = weekday(scan, i)?;
        return Some((next_weekday(today, day), end));
    };
    if let Some(end) = scan.line.after_any(at, &["오늘", "이날", "같은요일"]) {
        return Some((add(today, Span::new().weeks(weeks))?, end));
    }
    let (day, end) = weekday(scan, at)?;
    if weeks == -1 && !with_week {
        return Some((last_weekday(today, day), end));
    }
    let monday = today
        .checked_sub(Span::new().days(i64::from(today.weekday().to_monday_zero_offset())))
        .ok()?;
    let offset = weeks * 7 + i64::from(day.to_monday_zero_offset());
    let found = add(monday, Span::new().days(offset))?;
    let coming = !with_week && weeks == 0 && found < today;
    Some((
        if coming {
            add(found, Span::new().days(7))?
        } else {
            found
        },
        end,
    ))
}

/// The week that is named, whether the word 주 was said, and where it ends.
pub fn week(scan: &Scan<'_>, i: usize) -> Option<(i64, bool, usize)> {
    const WEEKS: Words<(i64, bool)> = Words::new(&[
        ("다다다음주", (3, true)),
        ("다다음주", (2, true)),
        ("다담주", (2, true)),
        ("담담주", (2, true)),
        ("다음다음주", (2, true)),
        ("다음주", (1, true)),
        ("다움주", (1, true)),
        ("다음쭈", (1, true)),
        ("담주", (1, true)),
        ("다음번주", (1, true)),
        ("돌아오는주", (1, true)),
        ("내주", (1, true)),
        ("차주", (1, true)),
        ("이번주", (0, true)),
        ("요번주", (0, true)),
        ("이번쭈", (0, true)),
        ("금주", (0, true)),
        ("이주", (0, true)),
        ("지난주", (-1, true)),
        ("저번주", (-1, true)),
        ("지지난주", (-2, true)),
        ("다음", (1, false)),
        ("이번", (0, false)),
        ("요번", (0, false)),
        ("돌아오는", (0, false)),
        ("다가오는", (0, false)),
        ("오는", (0, false)),
        ("지난", (-1, false)),
    ]);
    let (word, (weeks, with_week), end) = WEEKS.entry(scan.line, i)?;
    let end = scan
        .line
        .after_any(end, &["에", "의", "이"])
        .filter(|e| weekday(scan, *e).is_some())
        .unwrap_or(end);
    (word != "이주" || weekday(scan, end).is_some()).then_some((weeks, with_week, end))
}

/// The next such weekday after today.
pub(super) fn next_weekday(today: Date, day: Weekday) -> Date {
    let ahead =
        i64::from((day.to_monday_zero_offset() - today.weekday().to_monday_zero_offset()).rem_euclid(7));
    let ahead = if ahead == 0 { 7 } else { ahead };
    add(today, Span::new().days(ahead)).unwrap_or(today)
}

/// The last such weekday before today.
pub(super) fn last_weekday(today: Date, day: Weekday) -> Date {
    let next = next_weekday(today, day);
    let back = if next == today.checked_add(Span::new().days(7)).unwrap_or(next) {
        14
    } else {
        7
    };
    add(next, Span::new().days(-back)).unwrap_or(today)
}

/// 셋째 주 화요일, of this month.
pub fn nth_of_this_month(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    nth_weekday(scan, scan.now.year(), scan.now.month(), i)
}
