//! English values: "half past seven", "next Friday", "a table for four", "oh one oh, …".

use biseo_model::understanding::{Awaiting, Slot};
use jiff::Span;
use jiff::civil::{Date, Weekday};

use crate::dates::{Day, next_of};
use crate::numerals::digit_run;
use crate::phones;
use crate::scan::Scan;
use crate::things::{Thing, What};
use crate::times::{Clock, Part};

/// A value at a place.
pub fn thing_at(scan: &Scan<'_>, i: usize, awaiting: Option<Awaiting>) -> Option<Thing> {
    if !scan.line.gap(i) {
        return None;
    }
    if let Some(thing) = phone(scan, i, awaiting) {
        return Some(thing);
    }
    let candidates = [
        day(scan, i).map(|(day, end)| (What::Day(day), end)),
        clock(scan, i, awaiting).map(|(clock, end)| (What::Clock(clock), end)),
        part(scan, i).map(|(part, end)| (What::Part(part), end)),
        duration(scan, i),
        people(scan, i, awaiting).map(|(n, end)| (What::People(n), end)),
        stretch(scan, i),
        pieces(scan, i).map(|(n, end)| (What::Pieces(n), end)),
    ];
    let (what, end) = candidates
        .into_iter()
        .flatten()
        .reduce(|a, b| if b.1 > a.1 { b } else { a })?;
    Some(Thing { what, start: i, end })
}

fn phone(scan: &Scan<'_>, i: usize, awaiting: Option<Awaiting>) -> Option<Thing> {
    const THIS: [&str; 14] = [
        "this number",
        "the number i'm calling from",
        "the number i am calling from",
        "same number i'm calling from",
        "same number i am calling from",
        "same number",
        "this one",
        "this phone",
        "the one i'm calling from",
        "the one i'm calling on",
        "number i'm calling from",
        "my current number",
        "the same number",
        "the number i'm on",
    ];
    if let Some(end) = THIS.iter().filter_map(|w| word(scan, i, w)).max() {
        let sure = awaiting == Some(Awaiting::Slot(Slot::Phone)) || !scan.line.has(i, "thisone");
        return sure.then_some(Thing {
            what: What::ThisNumber,
            start: i,
            end,
        });
    }
    let digits = phones::digits_at(scan.line, i)?;
    let phone = digits.phone()?;
    Some(Thing {
        what: What::Phone(phone, digits.corrected),
        start: i,
        end: digits.end,
    })
}

/// The place after a phrase that begins and ends words.
fn word(scan: &Scan<'_>, i: usize, phrase: &str) -> Option<usize> {
    scan.line
        .after(i, phrase)
        .filter(|end| scan.line.gap(*end) && scan.line.gap(i))
}

fn one_of<T: Copy>(scan: &Scan<'_>, i: usize, table: &[(&str, T)]) -> Option<(T, usize)> {
    table
        .iter()
        .filter_map(|&(w, value)| word(scan, i, w).map(|end| (value, end)))
        .max_by_key(|(_, end)| *end)
}

const ONES: [(&str, u32); 22] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("a dozen", 12),
    ("a couple of", 2),
    ("half a dozen", 6),
];
const TENS: [(&str, u32); 4] = [("twenty", 20), ("thirty", 30), ("forty", 40), ("fifty", 50)];

/// A cardinal at a place.
pub fn number(scan: &Scan<'_>, i: usize) -> Option<(u32, usize)> {
    if scan.line.at(i).is_ascii_digit() {
        let (value, end) = digit_run(scan.line, i);
        return Some((u32::try_from(value).ok()?, end));
    }
    if let Some((tens, end)) = one_of(scan, i, &TENS) {
        let ones = one_of(scan, end, &ONES[..9]);
        return Some(ones.map_or((tens, end), |(n, end)| (tens + n, end)));
    }
    one_of(scan, i, &ONES)
}

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

fn day(scan: &Scan<'_>, i: usize) -> Option<(Day, usize)> {
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

fn word_end(scan: &Scan<'_>, i: usize, suffix: &str) -> Option<usize> {
    scan.line.after(i, suffix).filter(|end| scan.line.gap(*end))
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

fn part(scan: &Scan<'_>, i: usize) -> Option<(Part, usize)> {
    let i =
        one_of(scan, i, &[("in the", ()), ("at", ()), ("for", ()), ("this", ())]).map_or(i, |((), end)| end);
    one_of(
        scan,
        i,
        &[
            ("am", Part::Forenoon),
            ("a m", Part::Forenoon),
            ("pm", Part::Evening),
            ("p m", Part::Evening),
            ("morning", Part::Forenoon),
            ("afternoon", Part::Afternoon),
            ("evening", Part::Evening),
            ("night", Part::Evening),
            ("lunch", Part::Noon),
            ("lunchtime", Part::Noon),
            ("dinner", Part::Evening),
        ],
    )
}

fn clock(scan: &Scan<'_>, i: usize, awaiting: Option<Awaiting>) -> Option<(Clock, usize)> {
    let (lead, i) = one_of(
        scan,
        i,
        &[
            ("at", true),
            ("around", true),
            ("about", false),
            ("by", true),
            ("at around", true),
            ("at about", true),
            ("maybe", false),
            ("from", true),
            ("for", false),
            ("to", false),
            ("make it", true),
            ("make that", true),
        ],
    )
    .map_or((false, i), |(lead, end)| (lead, end));
    let (clock, end, sure) = noon(scan, i)
        .or_else(|| past(scan, i))
        .or_else(|| digital(scan, i))
        .or_else(|| hour_minute(scan, i))?;
    let (part, after) = part(scan, end)
        .filter(|(p, _)| !matches!(p, Part::Noon))
        .map_or((None, end), |(p, e)| (Some(p), e));
    let asked = matches!(
        awaiting,
        Some(Awaiting::Slot(Slot::Time | Slot::PickupTime) | Awaiting::Alternative)
    );
    let counted = [
        "people", "persons", "of us", "guests", "days", "day", "weeks", "week", "hours", "hour", "minutes",
    ]
    .iter()
    .any(|w| scan.line.has(end, w));
    let told = sure || part.is_some() || lead || asked;
    let clock = Clock {
        part: clock.part.or(part),
        ..clock
    };
    (told && !counted).then_some((clock, after))
}

fn at(hour: u32, minute: u32, before: u32) -> Clock {
    Clock {
        hour: u8::try_from(hour).unwrap_or(0),
        minute: u8::try_from(minute).unwrap_or(0),
        second: 0,
        part: None,
        before: u8::try_from(before).unwrap_or(0),
    }
}

fn noon(scan: &Scan<'_>, i: usize) -> Option<(Clock, usize, bool)> {
    let (hour, end) = one_of(scan, i, &[("noon", 12), ("midday", 12), ("midnight", 0)])?;
    let mut clock = at(hour, 0, 0);
    clock.part = Some(if hour == 0 { Part::Dawn } else { Part::Noon });
    Some((clock, end, true))
}

/// "half past seven", "quarter to six", "half seven".
fn past(scan: &Scan<'_>, i: usize) -> Option<(Clock, usize, bool)> {
    let (minutes, end) = one_of(
        scan,
        i,
        &[
            ("half", 30),
            ("quarter", 15),
            ("a quarter", 15),
            ("ten", 10),
            ("five", 5),
            ("twenty", 20),
        ],
    )?;
    let (to, end) = one_of(scan, end, &[("past", false), ("to", true), ("after", false)])
        .or((minutes == 30).then_some((false, end)))?;
    let (hour, end) = number(scan, end).filter(|(h, _)| (1..=12).contains(h))?;
    let clock = if to {
        at(hour, 0, minutes)
    } else {
        at(hour, minutes, 0)
    };
    Some((clock, end, true))
}

fn digital(scan: &Scan<'_>, i: usize) -> Option<(Clock, usize, bool)> {
    if !scan.line.at(i).is_ascii_digit() {
        return None;
    }
    let (hour, end) = digit_run(scan.line, i);
    let hour = u32::try_from(hour).ok().filter(|h| *h <= 24)?;
    if let Some(colon) = scan.line.after(end, ":") {
        let (minute, end) = digit_run(scan.line, colon);
        let minute = u32::try_from(minute).ok().filter(|m| *m < 60)?;
        let end = ["pm", "am"]
            .iter()
            .find_map(|s| word_end(scan, end, s))
            .map_or(end, |_| end);
        return Some((at(hour, minute, 0), end, true));
    }
    let glued = ["pm", "am"].iter().any(|s| word_end(scan, end, s).is_some());
    let clock = Clock {
        part: glued.then(|| {
            if scan.line.has(end, "pm") {
                Part::Evening
            } else {
                Part::Forenoon
            }
        }),
        ..at(hour, 0, 0)
    };
    let end = if glued { end + 2 } else { end };
    Some((clock, end, glued))
}

fn hour_minute(scan: &Scan<'_>, i: usize) -> Option<(Clock, usize, bool)> {
    let (hour, end) = one_of(scan, i, &ONES[..12])?;
    if let Some(end) = word(scan, end, "o'clock").or_else(|| word(scan, end, "oclock")) {
        return Some((at(hour, 0, 0), end, true));
    }
    if let Some((minute, end)) = number(scan, end).filter(|(m, _)| (10..60).contains(m)) {
        return Some((at(hour, minute, 0), end, true));
    }
    Some((at(hour, 0, 0), end, false))
}

fn duration(scan: &Scan<'_>, i: usize) -> Option<(What, usize)> {
    let inside = word(scan, i, "in");
    let start = inside.unwrap_or(i);
    let (n, end) =
        one_of(scan, start, &[("an", 1), ("a", 1), ("half an", 0)]).or_else(|| number(scan, start))?;
    let (unit, end) = one_of(
        scan,
        end,
        &[
            ("day", 86_400),
            ("days", 86_400),
            ("week", 7 * 86_400),
            ("weeks", 7 * 86_400),
            ("hour", 3600),
            ("hours", 3600),
            ("minute", 60),
            ("minutes", 60),
            ("mins", 60),
        ],
    )?;
    let seconds = if n == 0 { 1800 } else { u64::from(n) * unit };
    if inside.is_some() && unit < 86_400 {
        let at = scan
            .now
            .checked_add(Span::new().seconds(i64::try_from(seconds).ok()?))
            .ok()?;
        return Some((What::Later(at), end));
    }
    Some((What::Duration(seconds), end))
}

fn people(scan: &Scan<'_>, i: usize, awaiting: Option<Awaiting>) -> Option<(u32, usize)> {
    const AFTER: [&str; 12] = [
        "people",
        "persons",
        "of us",
        "guests",
        "adults",
        "person",
        "pax",
        "in total",
        "in all",
        "ladies",
        "friends",
        "people total",
    ];
    const BEFORE: [&str; 9] = [
        "for a party of",
        "party of",
        "a table for",
        "table for",
        "for",
        "reservation for",
        "there'll be",
        "there are",
        "there will be",
    ];
    if let Some((n, end)) = one_of(
        scan,
        i,
        &[
            ("just me", 1),
            ("just myself", 1),
            ("by myself", 1),
            ("the two of us", 2),
            ("both of us", 2),
            ("a couple", 2),
        ],
    ) {
        return Some((n, end));
    }
    let lead = BEFORE.iter().filter_map(|w| word(scan, i, w)).max();
    let (n, end) = number(scan, lead.unwrap_or(i)).filter(|(n, _)| (1..=500).contains(n))?;
    if let Some(after) = AFTER.iter().find_map(|w| word(scan, end, w)) {
        return Some((n, after));
    }
    let asked = awaiting == Some(Awaiting::Slot(Slot::PartySize));
    let time = [
        "o'clock", "oclock", "pm", "am", "thirty", "fifteen", "days", "hours", "nights", ":",
    ]
    .iter()
    .any(|w| scan.line.has(end, w));
    ((lead.is_some() || asked) && !time).then_some((n, end))
}

fn stretch(scan: &Scan<'_>, i: usize) -> Option<(What, usize)> {
    let words = [
        "next week",
        "this week",
        "this weekend",
        "next weekend",
        "the weekend",
        "next month",
        "weekends",
        "on weekends",
    ];
    words
        .iter()
        .find_map(|w| word(scan, i, w))
        .map(|end| (What::Stretch, end))
}

fn pieces(scan: &Scan<'_>, i: usize) -> Option<(u32, usize)> {
    if let Some(end) = one_of(
        scan,
        i,
        &[("a", ()), ("an", ()), ("one more", ()), ("another", ())],
    )
    .map(|(_, end)| end)
    {
        return Some((1, end));
    }
    number(scan, i).filter(|(n, _)| (1..=100).contains(n))
}
