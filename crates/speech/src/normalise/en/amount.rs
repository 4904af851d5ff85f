//! Money, units, fractions and ranges.

use super::number::{cardinal, ordinal_word, read};
use crate::normalise::scan::{Here, Number, Said};

/// Sign, one, many, hundredths.
const MONEY: [(&str, &str, &str, &str); 5] = [
    ("₩", "won", "won", ""),
    ("KRW", "won", "won", ""),
    ("US$", "dollar", "dollars", "cents"),
    ("$", "dollar", "dollars", "cents"),
    ("€", "euro", "euros", "cents"),
];

/// Longer ones first among those that begin alike.
const UNITS: &[(&str, &str, &str)] = &[
    ("km/h", "kilometer an hour", "kilometers an hour"),
    ("km", "kilometer", "kilometers"),
    ("kg", "kilogram", "kilograms"),
    ("kcal", "kilocalorie", "kilocalories"),
    ("kHz", "kilohertz", "kilohertz"),
    ("mm", "millimeter", "millimeters"),
    ("mg", "milligram", "milligrams"),
    ("ml", "milliliter", "milliliters"),
    ("mL", "milliliter", "milliliters"),
    ("mins", "minute", "minutes"),
    ("min", "minute", "minutes"),
    ("m²", "square meter", "square meters"),
    ("m", "meter", "meters"),
    ("cm", "centimeter", "centimeters"),
    ("g", "gram", "grams"),
    ("L", "liter", "liters"),
    ("l", "liter", "liters"),
    ("GB", "gigabyte", "gigabytes"),
    ("MB", "megabyte", "megabytes"),
    ("Mbps", "megabit per second", "megabits per second"),
    ("Hz", "hertz", "hertz"),
    ("hrs", "hour", "hours"),
    ("hr", "hour", "hours"),
    ("h", "hour", "hours"),
    ("sec", "second", "seconds"),
    ("°C", "degree", "degrees"),
    ("°", "degree", "degrees"),
    ("%", "percent", "percent"),
    ("KRW", "won", "won"),
    ("USD", "dollar", "dollars"),
];

fn letter(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_alphanumeric())
}

fn is_one(number: &Number) -> bool {
    number.value() == Some(1)
}

/// "$5.50", "₩18,000".
pub(super) fn money(here: &Here) -> Option<Said> {
    let (sign, one, many, cents) = *MONEY.iter().find(|(sign, ..)| here.word(sign).is_some())?;
    let at = here.word(sign)? + here.skip(here.word(sign)?).spaces();
    let number = here.skip(at).number()?;
    if sign.len() > 2 && letter(here.before()) {
        return None;
    }
    let whole = Number {
        fraction: None,
        ..number.clone()
    };
    let name = if is_one(&whole) { one } else { many };
    let words = match number.fraction.as_deref() {
        Some(fraction) if fraction.len() == 2 && !cents.is_empty() => {
            let small: u64 = fraction.parse().unwrap_or_default();
            let rest = if small > 0 {
                format!(" and {} {cents}", cardinal(small))
            } else {
                String::new()
            };
            format!("{} {name}{rest}", read(&whole))
        }
        Some(_) => format!("{} {many}", read(&number)),
        None => format!("{} {name}", read(&number)),
    };
    Some(Said::new(at + number.length, words))
}

/// The unit after a number, said for that number, and its length with the space before it.
fn unit_after(here: &Here, number: &Number) -> Option<(&'static str, usize)> {
    let after = here.skip(number.length);
    let gap = after.spaces().min(1);
    let close = after.skip(gap);
    let fits = |sign: &str| close.word(sign).is_some_and(|length| !letter(close.char(length)));
    let (sign, one, many) = UNITS.iter().find(|(sign, ..)| fits(sign))?;
    Some((
        if is_one(number) { one } else { many },
        gap + sign.chars().count(),
    ))
}

/// "1.25 L", "30%".
pub(super) fn unit(here: &Here) -> Option<Said> {
    let number = here.number().filter(|_| here.number_starts())?;
    let (name, length) = unit_after(here, &number)?;
    Some(Said::new(
        number.length + length,
        format!("{} {name}", read(&number)),
    ))
}

/// "10-15 minutes", "9,000~15,000": "to" between.
pub(super) fn range(here: &Here) -> Option<Said> {
    let first = here.number().filter(|_| here.number_starts())?;
    let until = here.skip(first.length).until()?;
    let far = here.skip(first.length + until);
    let last = far
        .number()
        .filter(|last| last.whole.len() <= 9 && first.whole.len() <= 9)?;
    let (unit, length) =
        unit_after(&far, &last).map_or((String::new(), 0), |(name, length)| (format!(" {name}"), length));
    let words = format!("{} to {}{unit}", read(&first), read(&last));
    Some(Said::new(first.length + until + last.length + length, words))
}

/// "1/2", "3/4"; "4/5" as "four fifths".
pub(super) fn fraction(here: &Here) -> Option<Said> {
    let (upper, length) = here.small(99).filter(|_| here.number_starts())?;
    if here.char(length) != Some('/') {
        return None;
    }
    let (lower, more) = here.skip(length + 1).small(99).filter(|(v, _)| *v > 1)?;
    let plural = if upper == 1 { "" } else { "s" };
    let part = match lower {
        2 if upper == 1 => "half".to_owned(),
        2 => "halve".to_owned(),
        4 => "quarter".to_owned(),
        n => ordinal_word(n.into()),
    };
    Some(Said::new(
        length + 1 + more,
        format!("{} {part}{plural}", cardinal(upper.into())),
    ))
}

/// "-5°C": "minus five degrees".
pub(super) fn negative(here: &Here) -> Option<Said> {
    if !here.is_minus() {
        return None;
    }
    let rest = here.skip(1);
    let number = rest.number()?;
    let (name, length) =
        unit_after(&rest, &number).map_or((String::new(), 0), |(name, length)| (format!(" {name}"), length));
    Some(Said::new(
        1 + number.length + length,
        format!("minus {}{name}", read(&number)),
    ))
}
