//! English times of day: "half past seven", "at six", "in the evening".

use biseo_model::understanding::{Awaiting, Slot};

use super::{ONES, number, one_of, word, word_end};
use crate::numerals::digit_run;
use crate::scan::Scan;
use crate::times::{Clock, Part};

/// A part of the day at a place.
pub(super) fn part(scan: &Scan<'_>, i: usize) -> Option<(Part, usize)> {
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

/// A time at a place.
pub(super) fn clock(scan: &Scan<'_>, i: usize, awaiting: Option<Awaiting>) -> Option<(Clock, usize)> {
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
