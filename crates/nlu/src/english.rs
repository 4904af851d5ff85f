//! English values: "half past seven", "next Friday", "a table for four", "oh one oh, …".

use biseo_model::understanding::{Awaiting, Slot};
use jiff::Span;

use self::dates::day;
use self::times::{clock, part};
use crate::numerals::digit_run;
use crate::phones;
use crate::scan::Scan;
use crate::things::{Thing, What};

mod dates;
mod times;

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

fn word_end(scan: &Scan<'_>, i: usize, suffix: &str) -> Option<usize> {
    scan.line.after(i, suffix).filter(|end| scan.line.gap(*end))
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
