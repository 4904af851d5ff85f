//! English days: "next Friday", "the twenty fifth", "in three days".

use jiff::Span;
use jiff::civil::{Date, Weekday};

use super::{number, one_of, word, word_end};
use crate::dates::{Day, next_of};
use crate::numerals::digit_run;
use crate::scan::Scan;

const ORDINALS: [(&str, i8); 32] = [
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("eleventh", 11),
    ("twelfth", 12),
    ("thirteenth", 13),
    ("fourteenth", 14),
    ("fifteenth", 15),
    ("sixteenth", 16),
    ("seventeenth", 17),
    ("eighteenth", 18),
    ("nineteenth", 19),
    ("twentieth", 20),
    ("twenty first", 21),
    ("twenty second", 22),
    ("twenty third", 23),
    ("twenty fourth", 24),
    ("twenty fifth", 25),
    ("twenty sixth", 26),
    ("twenty seventh", 27),
    ("twenty eighth", 28),
    ("twenty ninth", 29),
    ("thirtieth", 30),
    ("thirty first", 31),
    ("christmas", 0),
];

const MONTHS: [(&str, i8); 23] = [
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("may", 5),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
];

const WEEKDAYS: [(&str, Weekday); 14] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
    ("mondays", Weekday::Monday),
    ("tuesdays", Weekday::Tuesday),
    ("wednesdays", Weekday::Wednesday),
    ("thursdays", Weekday::Thursday),
    ("fridays", Weekday::Friday),
    ("saturdays", Weekday::Saturday),
    ("sundays", Weekday::Sunday),
];

/// A day at a place.
pub(super) fn day(scan: &Scan<'_>, i: usize) -> Option<(Day, usize)> {
    let i = word(scan, i, "on").unwrap_or(i);
    let (date, end) = date_at(scan, i)?;
    let weekday = one_of(scan, i, &WEEKDAYS).is_some_and(|(_, e)| e == end);
    let day = Day {
        date,
        vague: false,
        weekday,
    };
    Some((day, end))
}

fn date_at(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    feast(scan, i)
        .or_else(|| near(scan, i))
        .or_else(|| month_day(scan, i))
        .or_else(|| weekday(scan, i))
        .or_else(|| later(scan, i))
        .or_else(|| bare_day(scan, i))
}

fn feast(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    const FEASTS: [(&str, (i8, i8)); 10] = [
        ("christmas eve", (12, 24)),
        ("christmas day", (12, 25)),
        ("christmas", (12, 25)),
        ("new year's eve", (12, 31)),
        ("new year's day", (1, 1)),
        ("new years day", (1, 1)),
        ("new years eve", (12, 31)),
        ("valentine's day", (2, 14)),
        ("valentines day", (2, 14)),
        ("children's day", (5, 5)),
    ];
    let ((month, day), end) = one_of(scan, i, &FEASTS)?;
    Some((next_of(scan.now.date(), month, day)?, end))
}

fn near(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    const NEAR: [(&str, i64); 6] = [
        ("today", 0),
        ("tonight", 0),
        ("tomorrow", 1),
        ("the day after tomorrow", 2),
        ("day after tomorrow", 2),
        ("this evening", 0),
    ];
    let (days, end) = one_of(scan, i, &NEAR)?;
    // "tonight" and "this evening" name the part of the day too.
    let end = if scan.line.has(i, "thisevening") {
        i + 4
    } else {
        end
    };
    Some((ahead(scan, days)?, end))
}

fn ahead(scan: &Scan<'_>, days: i64) -> Option<Date> {
    scan.now.date().checked_add(Span::new().days(days)).ok()
}

fn ordinal(scan: &Scan<'_>, i: usize) -> Option<(i8, usize)> {
    if scan.line.at(i).is_ascii_digit() {
        let (value, end) = digit_run(scan.line, i);
        let after = ["st", "nd", "rd", "th"]
            .iter()
            .find_map(|s| word_end(scan, end, s))?;
        let day = i8::try_from(value).ok().filter(|d| (1..=31).contains(d))?;
        return Some((day, after));
    }
    one_of(scan, i, &ORDINALS[..31])
}

fn month_day(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    if let Some((month, end)) = one_of(scan, i, &MONTHS) {
        let at = word(scan, end, "the").unwrap_or(end);
        let (day, end) = ordinal(scan, at).or_else(|| {
            let (n, end) = number(scan, at)?;
            Some((i8::try_from(n).ok()?, end))
        })?;
        return Some((next_of(scan.now.date(), month, day)?, end));
    }
    let i = word(scan, i, "the").unwrap_or(i);
    let (day, end) = ordinal(scan, i)?;
    let (month, end) = one_of(scan, word(scan, end, "of")?, &MONTHS)?;
    Some((next_of(scan.now.date(), month, day)?, end))
}

/// "the twenty fifth": the next such day.
fn bare_day(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    let at = word(scan, i, "the")?;
    let (day, end) = ordinal(scan, at)?;
    if ["one", "time", "visit", "floor", "option"]
        .iter()
        .any(|w| scan.line.has(end, w))
        || day < 3 && !scan.line.at(at).is_ascii_digit() && day != 1
    {
        return None;
    }
    let first = scan.now.date().first_of_month();
    (0..12)
        .filter_map(|n| first.checked_add(Span::new().months(n)).ok())
        .filter_map(|m| Date::new(m.year(), m.month(), day).ok())
        .find(|d| *d >= scan.now.date())
        .map(|d| (d, end))
}

fn weekday(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    let today = scan.now.date();
    let (weeks, at) = one_of(
        scan,
        i,
        &[("next", 1), ("this", 0), ("this coming", 0), ("coming", 0)],
    )
    .map_or((None, i), |(w, end)| (Some(w), end));
    let (day, end) = one_of(scan, at, &WEEKDAYS)?;
    let (weeks, end) = match word(scan, end, "next week").or_else(|| word(scan, end, "of next week")) {
        Some(end) => (Some(1), end),
        None => (weeks, end),
    };
    let offset = i64::from(day.to_monday_zero_offset()) - i64::from(today.weekday().to_monday_zero_offset());
    let days = match weeks {
        Some(weeks) => weeks * 7 + offset,
        None => (offset - 1).rem_euclid(7) + 1,
    };
    let days = if days < 0 { days + 7 } else { days };
    Some((ahead(scan, days)?, end))
}

/// "in three days", "a week from now".
fn later(scan: &Scan<'_>, i: usize) -> Option<(Date, usize)> {
    let inside = word(scan, i, "in");
    let at = inside.unwrap_or(i);
    let (n, end) = word(scan, at, "a")
        .map(|end| (1, end))
        .or_else(|| number(scan, at))?;
    let (unit, end) = one_of(scan, end, &[("day", 1), ("days", 1), ("week", 7), ("weeks", 7)])?;
    let end = match (
        inside,
        one_of(scan, end, &[("from now", ()), ("from today", ()), ("later", ())]),
    ) {
        (_, Some(((), end))) => end,
        (Some(_), None) => end,
        (None, None) => return None,
    };
    Some((ahead(scan, i64::from(n) * unit)?, end))
}
