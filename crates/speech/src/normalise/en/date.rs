//! Dates.

use jiff::civil::Date;

use super::number::{ordinal_word, year_words};
use crate::normalise::scan::{Here, Said};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn words(here: &Here, year: Option<i16>, month: u32, day: u32, said_year: bool) -> Option<String> {
    let (m, d) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let date = Date::new(year.unwrap_or(2024), m, d).ok()?;
    let name = MONTHS.get(month.checked_sub(1)? as usize)?;
    let weekday = year
        .filter(|_| here.options.weekday)
        .map(|_| format!("{:?}, ", date.weekday()))
        .unwrap_or_default();
    let year = year
        .filter(|_| said_year || here.options.year)
        .map(|y| format!(", {}", year_words(y.unsigned_abs().into())));
    Some(format!(
        "{weekday}{name} {}{}",
        ordinal_word(day.into()),
        year.unwrap_or_default()
    ))
}

/// "2026-11-25", "2026/11/25", "11/25".
pub(super) fn figures(here: &Here) -> Option<Said> {
    if !here.number_starts() {
        return None;
    }
    let (groups, length) = here.groups(&['-', '/', '.']);
    let joints: String = here
        .slice(length)
        .chars()
        .filter(|c| !c.is_ascii_digit())
        .collect();
    let small = |digits: &String| digits.parse::<u32>().ok().filter(|_| digits.len() <= 2);
    let said = match (groups.as_slice(), joints.as_str()) {
        ([y, m, d], "--" | "//" | "..") if y.len() == 4 => {
            words(here, y.parse().ok(), small(m)?, small(d)?, false)
        }
        ([m, d], "/") if small(d)? > 9 => words(here, None, small(m)?, small(d)?, false),
        _ => None,
    }?;
    Some(Said::new(length, said))
}

/// The month whose name, or its first three letters, stands here; its number and the length with a full stop.
fn month(here: &Here) -> Option<(u32, usize)> {
    let length = here.run(|c| c.is_ascii_alphabetic());
    let name = here.slice(length);
    let short = length == 3 || name == "Sept";
    let index = MONTHS.iter().position(|m| {
        *m == name || (short && m.starts_with(&name) && name.starts_with(char::is_uppercase))
    })?;
    let dot = usize::from(short && here.char(length) == Some('.'));
    Some((index as u32 + 1, length + dot))
}

fn day(here: &Here) -> Option<(u32, usize)> {
    let (day, length) = here.small(31).filter(|(day, _)| *day > 0)?;
    let end = here
        .skip(length)
        .one_of(&["st", "nd", "rd", "th"])
        .map_or(0, |(_, length)| length);
    let ended = !here
        .char(length + end)
        .is_some_and(|c| c.is_alphanumeric() || c == ':');
    ended.then_some((day, length + end))
}

/// ", 2026" or " 2026" after a date.
fn trailing_year(here: &Here) -> (Option<i16>, usize) {
    let comma = here.run(|c| c == ',' || c == ' ').min(2);
    let digits = here.skip(comma).digits();
    let year = digits
        .parse()
        .ok()
        .filter(|y| (1_900..2_100).contains(y) && comma > 0 && digits.len() == 4);
    (year, year.map_or(0, |_| comma + 4))
}

/// "November 25", "Nov. 25th, 2026".
pub(super) fn month_day(here: &Here) -> Option<Said> {
    if here.before().is_some_and(char::is_alphanumeric) {
        return None;
    }
    let (month, mut at) = month(here)?;
    at += here.skip(at).spaces();
    let (day, length) = day(&here.skip(at))?;
    let (year, more) = trailing_year(&here.skip(at + length));
    Some(Said::new(
        at + length + more,
        words(here, year, month, day, true)?,
    ))
}

/// "25 November", "25th Nov 2026".
pub(super) fn day_month(here: &Here) -> Option<Said> {
    let (day, mut at) = day(here).filter(|_| here.number_starts())?;
    at += here.skip(at).spaces();
    let (month, length) = month(&here.skip(at)).filter(|_| here.char(at - 1) == Some(' '))?;
    let (year, more) = trailing_year(&here.skip(at + length));
    Some(Said::new(
        at + length + more,
        words(here, year, month, day, true)?,
    ))
}
