//! Dates, months and weekdays.

use jiff::civil::{Date, Weekday};

use super::number::sino;
use crate::normalise::scan::{Here, Said};

const WEEKDAYS: [char; 7] = ['월', '화', '수', '목', '금', '토', '일'];

/// A date as written; the year may be missing, then no weekday is known.
#[derive(Debug, Clone, Copy)]
struct Written {
    year: Option<i16>,
    /// The year stands in words and is said.
    said_year: bool,
    month: i8,
    day: i8,
    length: usize,
}

impl Written {
    fn new(year: Option<i16>, month: u32, day: u32, length: usize) -> Option<Self> {
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        // Without a year the 29th of February is a date.
        Date::new(year.unwrap_or(2024), month, day).ok()?;
        Some(Self {
            year,
            said_year: false,
            month,
            day,
            length,
        })
    }

    fn words(&self, here: &Here) -> String {
        let year = self
            .year
            .filter(|_| self.said_year || here.options.year)
            .map(|y| format!("{}년 ", sino(y.unsigned_abs().into())));
        let weekday = self
            .year
            .filter(|_| here.options.weekday)
            .and_then(|y| weekday(y, self.month, self.day));
        format!(
            "{}{} {}일{}",
            year.unwrap_or_default(),
            month_name(self.month as u32),
            sino(self.day as u64),
            weekday.unwrap_or_default()
        )
    }
}

fn month_name(month: u32) -> String {
    match month {
        6 => "유월".into(),
        10 => "시월".into(),
        month => sino(month.into()) + "월",
    }
}

fn weekday(year: i16, month: i8, day: i8) -> Option<String> {
    let index = match Date::new(year, month, day).ok()?.weekday() {
        Weekday::Monday => 0,
        Weekday::Tuesday => 1,
        Weekday::Wednesday => 2,
        Weekday::Thursday => 3,
        Weekday::Friday => 4,
        Weekday::Saturday => 5,
        Weekday::Sunday => 6,
    };
    Some(format!(" {}요일", WEEKDAYS[index]))
}

/// A date in any of the written forms.
fn written(here: &Here) -> Option<Written> {
    if !here.number_starts() {
        return None;
    }
    figures(here).or_else(|| in_words(here)).or_else(|| slashed(here))
}

/// "2026-11-25", "2026.11.25", "2026. 11. 25.", "2026/11/25".
fn figures(here: &Here) -> Option<Written> {
    let year = here.digits();
    let joint = here.char(4).filter(|c| year.len() == 4 && "-./".contains(*c))?;
    let mut at = 5 + here.skip(5).spaces();
    let (month, length) = here.skip(at).small(12)?;
    at += length;
    if here.char(at) != Some(joint) {
        return None;
    }
    at += 1 + here.skip(at + 1).spaces();
    let (day, length) = here.skip(at).small(31)?;
    at += length;
    let closing = joint == '.' && here.char(at) == Some('.') && here.char(at + 1).is_some_and(|c| c != '\n');
    Written::new(year.parse().ok(), month, day, at + usize::from(closing))
}

/// "2026년 11월 25일", "11월 25일".
fn in_words(here: &Here) -> Option<Written> {
    let year = here.digits();
    let has_year = year.len() == 4 && here.char(4) == Some('년');
    let mut at = if has_year { 5 + here.skip(5).spaces() } else { 0 };
    let (month, length) = here.skip(at).small(12)?;
    at += length;
    here.skip(at).word("월")?;
    at += 1 + here.skip(at + 1).spaces();
    let (day, length) = here.skip(at).small(31)?;
    at += length;
    here.skip(at).word("일")?;
    let written = Written::new(
        if has_year { year.parse().ok() } else { None },
        month,
        day,
        at + 1,
    )?;
    Some(Written {
        said_year: has_year,
        ..written
    })
}

/// "11/25", but not "1/2", which is a half.
fn slashed(here: &Here) -> Option<Written> {
    let (month, length) = here.small(12)?;
    if here.char(length) != Some('/') {
        return None;
    }
    let (day, more) = here.skip(length + 1).small(31)?;
    let at = length + 1 + more;
    let next = here.char(at);
    if next == Some('/') || next.is_some_and(|c| c.is_ascii_digit()) {
        return None;
    }
    let date = day > 9 || month > 4 || month >= day || next == Some('(');
    date.then(|| Written::new(None, month, day, at)).flatten()
}

/// One date.
pub(super) fn single(here: &Here) -> Option<Said> {
    let date = written(here)?;
    Some(Said::new(date.length, date.words(here)))
}

/// "12/24~12/26", "12월 24일~26일", "2026-12-24 ~ 26".
pub(super) fn range(here: &Here) -> Option<Said> {
    let from = written(here)?;
    let mut at = from.length;
    let first_weekday = bracketed(&here.skip(at));
    at += first_weekday.as_ref().map_or(0, |w| w.length);
    at += here.skip(at).until()?;
    let far = here.skip(at);
    let (to, length) = match written(&far) {
        Some(date) => (date.words(here), date.length),
        None => bare_day(&far)?,
    };
    at += length;
    let last_weekday = bracketed(&here.skip(at));
    at += last_weekday.as_ref().map_or(0, |w| w.length);
    at += here.skip(at).word("까지").unwrap_or(0);
    let words = |w: Option<Said>| w.map(|w| w.words).unwrap_or_default();
    Some(Said::new(
        at,
        format!(
            "{}{}부터 {to}{}까지",
            from.words(here),
            words(first_weekday),
            words(last_weekday)
        ),
    ))
}

fn bare_day(here: &Here) -> Option<(String, usize)> {
    let (day, length) = here.small(31).filter(|(day, _)| *day > 0)?;
    let sign = here.skip(length).word("일").unwrap_or(0);
    let alone = sign > 0
        || !here
            .char(length)
            .is_some_and(|c| c.is_alphanumeric() || ":./-".contains(c));
    alone.then(|| (sino(day.into()) + "일", length + sign))
}

/// "6월" and "10월" have names of their own.
pub(super) fn month(here: &Here) -> Option<Said> {
    let (month, length) = here.small(12).filter(|(m, _)| *m > 0 && here.number_starts())?;
    here.skip(length).word("월")?;
    Some(Said::new(length + 1, month_name(month)))
}

/// "(수)".
fn bracketed(here: &Here) -> Option<Said> {
    let day = here.char(1).filter(|c| WEEKDAYS.contains(c))?;
    (here.char(0) == Some('(') && here.char(2) == Some(')')).then(|| Said::new(3, format!(" {day}요일")))
}

/// "(수)", "월~금", "월·수·금".
pub(super) fn weekdays(here: &Here) -> Option<Said> {
    if let Some(said) = bracketed(here) {
        return Some(said);
    }
    let apart = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    let first = here
        .char(0)
        .filter(|c| WEEKDAYS.contains(c) && apart(here.before()))?;
    let joint = here.char(1).filter(|c| "~·/-".contains(*c))?;
    let mut days = vec![first];
    while here.char(2 * days.len() - 1) == Some(joint)
        && let Some(day) = here.char(2 * days.len()).filter(|c| WEEKDAYS.contains(c))
    {
        days.push(day);
    }
    let length = 2 * days.len() - 1;
    let ended = length + here.skip(length).word("요일").unwrap_or(0);
    if days.len() < 2 || !(apart(here.char(ended)) || ended > length) {
        return None;
    }
    let said: Vec<String> = days.iter().map(|day| format!("{day}요일")).collect();
    let words = if "~-".contains(joint) && said.len() == 2 {
        format!("{}부터 {}까지", said[0], said[1])
    } else {
        said.join(" ")
    };
    Some(Said::new(ended, words))
}
