//! Days: 내일, 다음 주 금요일, 십이월 삼일, 25일, 사흘 뒤, 설 연휴 마지막 날.

use jiff::Span;
use jiff::civil::{Date, Weekday, date};

use crate::feasts;
use crate::numerals::Kind;
use crate::scan::Scan;
use crate::words::Words;

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
    let (day, end) = written(scan, i)
        .or_else(|| month_day(scan, i))
        .or_else(|| relative_month(scan, i))
        .or_else(|| week_day(scan, i))
        .or_else(|| later(scan, i))
        .or_else(|| near(scan, i))
        .or_else(|| day_of_month(scan, i))
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
    if other || able || (word == "그제" && !scan.line.gap(i)) {
        return None;
    }
    let after = scan.line.after_any(end, &["부터", "로부터"]).unwrap_or(end);
    let day = add(scan.now.date(), Span::new().days(days))?;
    if let Some((span, end)) = span_later(scan, after).filter(|_| after > end) {
        return Some((add(day, span)?, end));
    }
    Some((add(scan.now.date(), Span::new().days(days))?, end))
}

/// 십이월 삼일 [수요일], 12월 3일, 12월3; with the year if said.
fn month_day(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    let (year, at) = match scan.counted(i, 2200, "년") {
        Some((y, end)) if y >= 1000 => (i16::try_from(y).ok(), end),
        Some((y, end)) if y < 100 => (i16::try_from(2000 + y).ok(), end),
        _ => (None, i),
    };
    let word = year_word(scan, i).filter(|_| year.is_none());
    let at = word.map_or(at, |(_, end)| scan.line.after(end, "의").unwrap_or(end));
    let said_year = year.or(word.map(|(years, _)| scan.now.year() + years));
    let (month, at) = month(scan, at)?;
    let at = scan.line.after(at, "의").unwrap_or(at);
    if let Some((day, end)) = nth_weekday(scan, said_year.unwrap_or(scan.now.year()), month, at) {
        return Some((day, end));
    }
    let (day, end) = month_part(scan, said_year, month, at)?;
    let found = match said_year {
        Some(year) => Date::new(year, month, day).ok()?,
        None => next_of(scan.now.date(), month, day)?,
    };
    let agreed = weekday(scan, end)
        .filter(|_| scan.anywhere && said_year.is_none())
        .and_then(|(w, _)| {
            let years = (0..7).filter_map(|n| Date::new(found.year().checked_add(n)?, month, day).ok());
            years.into_iter().find(|d| d.weekday() == w)
        });
    Some((agreed.unwrap_or(found), skip_weekday(scan, end)))
}

/// A year counted from the present one (내년, 재작년), with where its word ends.
pub fn year_word(scan: &Scan<'_>, i: usize) -> Option<(i16, usize)> {
    const YEARS: Words<i16> = Words::new(&[
        ("올해", 0),
        ("금년", 0),
        ("내후년", 3),
        ("내명년", 2),
        ("내년", 1),
        ("명년", 1),
        ("다음해", 1),
        ("후년", 2),
        ("재재작년", -3),
        ("재작년", -2),
        ("그러께", -2),
        ("작년", -1),
        ("지난해", -1),
        ("전년", -1),
        ("당해", 0),
    ]);
    let (years, end) = YEARS.at(scan.line, i)?;
    Some((years, scan.line.after(end, "도").unwrap_or(end)))
}

/// A month by its number or its own name (유월, 시월).
pub fn month(scan: &Scan<'_>, i: usize) -> Option<(i8, usize)> {
    const IRREGULAR: Words<i8> = Words::new(&[
        ("유월", 6),
        ("시월", 10),
        ("동짓달", 11),
        ("섣달", 12),
        ("정월", 1),
    ]);
    if let Some((month, end)) = IRREGULAR.at(scan.line, i) {
        // "다시월요일" is no October.
        let weekday = scan.line.has(i + 1, "월요일") || scan.line.has(i, "정월 대보름");
        return (!weekday).then_some((month, end));
    }
    let (month, end) = scan.counted(i, 12, "월")?;
    if scan.line.has(end, "요") && !scan.line.gap(end) {
        return None;
    }
    Some((i8::try_from(month).ok()?, end))
}

/// The day within a month: 삼일, 말일, 초하루.
fn month_part(scan: &Scan<'_>, year: Option<i16>, month: i8, i: usize) -> Option<(i8, usize)> {
    let i = scan
        .line
        .after(i, "에")
        .filter(|_| !scan.line.gap(i))
        .unwrap_or(i);
    if let Some(end) = scan
        .line
        .after_any(i, &["첫날", "첫째 날", "첫번째 날", "1번째 날"])
    {
        return Some((1, end));
    }
    if let Some(end) = scan.line.after_any(i, &["말일", "마지막날"]) {
        let year = year.unwrap_or(scan.now.year());
        return Some((Date::new(year, month, 1).ok()?.days_in_month(), end));
    }
    if let Some((day, end)) = scan.counted(i, 31, "일") {
        return Some((i8::try_from(day).ok()?, end));
    }
    let (day, end) = native_day_name(scan, i)?;
    Some((day, end))
}

/// 초하루, 초사흘, 열흘날: days of the month by their native names.
fn native_day_name(scan: &Scan<'_>, i: usize) -> Option<(i8, usize)> {
    let (at, named) = match scan.line.after(i, "초") {
        Some(at) => (at, true),
        None => (i, false),
    };
    let (days, end) = scan.native_days(at)?;
    let (end, named) = match scan.line.after(end, "날") {
        Some(end) => (end, true),
        None => (end, named),
    };
    let alone = named && !after_span(scan, end);
    alone.then_some((i8::try_from(days).ok()?, end))
}

/// 이번 달 말일, 다음 달 삼일, 다음 달 첫째 주 토요일.
fn relative_month(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    const MONTHS: Words<i32> = Words::new(&[
        ("다다음달", 2),
        ("다담달", 2),
        ("다음달", 1),
        ("담달", 1),
        ("내달", 1),
        ("이번달", 0),
        ("이달", 0),
        ("요번달", 0),
        ("지난달", -1),
        ("저번달", -1),
    ]);
    let (months, end) = MONTHS.at(scan.line, i)?;
    let first = scan
        .now
        .date()
        .first_of_month()
        .checked_add(Span::new().months(months))
        .ok()?;
    let nth = nth_weekday(scan, first.year(), first.month(), end);
    nth.or_else(|| {
        let (day, end) = month_part(scan, Some(first.year()), first.month(), end)?;
        let found = Date::new(first.year(), first.month(), day).ok()?;
        Some((found, skip_weekday(scan, end)))
    })
}

/// 첫째 주 토요일, 둘째 화요일, 마지막 주 금요일 of a month.
fn nth_weekday(scan: &Scan<'_>, year: i16, month: i8, i: usize) -> Option<(Date, usize)> {
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

fn skip_weekday(scan: &Scan<'_>, end: usize) -> usize {
    weekday(scan, end).map_or(end, |(_, end)| end)
}

/// 다음 주 금요일, 이번 금요일, 금요일; 다음 주 오늘.
fn week_day(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
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
fn next_weekday(today: Date, day: Weekday) -> Date {
    let ahead =
        i64::from((day.to_monday_zero_offset() - today.weekday().to_monday_zero_offset()).rem_euclid(7));
    let ahead = if ahead == 0 { 7 } else { ahead };
    add(today, Span::new().days(ahead)).unwrap_or(today)
}

/// The last such weekday before today.
fn last_weekday(today: Date, day: Weekday) -> Date {
    let next = next_weekday(today, day);
    let back = if next == today.checked_add(Span::new().days(7)).unwrap_or(next) {
        14
    } else {
        7
    };
    add(next, Span::new().days(-back)).unwrap_or(today)
}

/// 사흘 뒤, 이 주 뒤 토요일, 10일 후, 일주일 있다가; 이틀 전.
fn later(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
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

fn span_later(scan: &Scan<'_>, i: usize) -> Option<(Span, usize)> {
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

fn after_span(scan: &Scan<'_>, end: usize) -> bool {
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

/// 25일, 이십오일 [금요일]: the next such day; a weekday after it chooses the month.
fn day_of_month(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    if let Some((day, end)) = native_day_name(scan, i) {
        return Some((
            next_day(scan.now.date(), day, None, false)?,
            skip_weekday(scan, end),
        ));
    }
    if !number_may_begin(scan, i) {
        return None;
    }
    let (day, end) = scan.counted(i, 31, "일")?;
    if after_span(scan, end) || !ends_well(scan, end) {
        return None;
    }
    let weekday = weekday(scan, end);
    let found = next_day(
        scan.now.date(),
        i8::try_from(day).ok()?,
        weekday.map(|(w, _)| w),
        scan.anywhere,
    )?;
    Some((found, weekday.map_or(end, |(_, end)| end)))
}

/// A number in the middle of a word is part of it (생일, 매일) unless blanks are missing altogether.
fn number_may_begin(scan: &Scan<'_>, i: usize) -> bool {
    let word = [
        "생", "매", "휴", "평", "종", "요", "제", "과", "통", "유", "주", "스타",
    ];
    scan.line.gap(i) || !word.iter().any(|w| scan.line.ends(i, w))
}

/// After 일 something must follow that can follow a day.
fn ends_well(scan: &Scan<'_>, end: usize) -> bool {
    const FOLLOWS: [&str; 36] = [
        "에", "이", "은", "는", "로", "날", "부터", "까지", "요", "저", "오", "점", "아", "밤", "낮", "새",
        "도", "토", "월", "화", "수", "목", "금", "일요", "쯤", "경", "정", "하", "한", "두", "세", "네",
        "다", "여", "열", "자",
    ];
    if scan.line.gap(end) || scan.line.at(end).is_ascii_digit() {
        return true;
    }
    FOLLOWS.iter().any(|w| scan.line.has(end, w))
}

/// The next day with that number, today included; with a weekday, the next month in which both agree.
fn next_day(today: Date, day: i8, weekday: Option<Weekday>, anywhere: bool) -> Option<Date> {
    let first = today.first_of_month();
    let mut months = (0..24).filter_map(|n| {
        let month = first.checked_add(Span::new().months(n)).ok()?;
        Date::new(month.year(), month.month(), day).ok()
    });
    let all: Vec<Date> = months.by_ref().filter(|d| *d >= today).collect();
    if let Some(nearest) = weekday.filter(|_| anywhere).and_then(|w| nearest(today, day, w)) {
        return Some(nearest);
    }
    let agreed = weekday.and_then(|w| all.iter().take(4).find(|d| d.weekday() == w));
    agreed.or(all.first()).copied()
}

/// The day of that number and weekday that lies nearest, past or to come.
pub fn nearest(today: Date, day: i8, weekday: Weekday) -> Option<Date> {
    let first = today.first_of_month();
    (-24..24)
        .filter_map(|n| {
            let month = first.checked_add(Span::new().months(n)).ok()?;
            Date::new(month.year(), month.month(), day).ok()
        })
        .filter(|d| d.weekday() == weekday)
        .min_by_key(|d| (*d - today).get_days().abs())
}

/// 셋째 주 화요일, of this month.
pub fn nth_of_this_month(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    nth_weekday(scan, scan.now.year(), scan.now.month(), i)
}

/// The next such day of the year, today included.
pub fn next_of(today: Date, month: i8, day: i8) -> Option<Date> {
    (0..5)
        .filter_map(|n| Date::new(today.year() + n, month, day).ok())
        .find(|d| *d >= today)
}

/// 2026-12-25, 12/25.
fn written(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    let digits = |i: usize| {
        scan.line
            .at(i)
            .is_ascii_digit()
            .then(|| crate::numerals::digit_run(scan.line, i))
    };
    let starts = i == 0 || !scan.line.at(i - 1).is_ascii_digit();
    let (first, end) = digits(i).filter(|_| starts)?;
    let at = scan.line.after_any(end, &["-", "/", "."])?;
    let (second, end) = digits(at)?;
    let third = scan.line.after_any(end, &["-", "/", "."]).and_then(digits);
    match third {
        Some((third, end)) if (1900..2200).contains(&first) => Some((day_of(first, second, third)?, end)),
        // 1/12/2016: the month first, unless that cannot be.
        Some((third, end)) if (1900..2200).contains(&third) => {
            let found = day_of(third, first, second).or_else(|| day_of(third, second, first))?;
            Some((found, end))
        }
        None if scan.line.has(at - 1, "/") => {
            let (month, day) = (i8::try_from(first).ok()?, i8::try_from(second).ok()?);
            let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
            Some((fits.then(|| next_of(scan.now.date(), month, day))??, end))
        }
        _ => None,
    }
}

fn day_of(year: u64, month: u64, day: u64) -> Option<Date> {
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

fn add(to: Date, span: Span) -> Option<Date> {
    let sum = to.checked_add(span).ok()?;
    (date(1900, 1, 1)..date(2200, 1, 1)).contains(&sum).then_some(sum)
}
