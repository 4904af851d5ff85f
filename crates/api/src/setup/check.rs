//! What is wrong with what an owner typed: each fault at its own field.

use std::collections::BTreeSet;

use biseo_model::phone::PhoneNumber;
use jiff::civil::Time;

use crate::check;
use crate::problem::{Fault, Problem};
use crate::views::{BookingMode, DayView, HoursView, SetupBooking, SetupBusiness, Text};

/// Letters of a name.
const NAME: usize = 64;
/// Letters of an address.
const ADDRESS: usize = 200;

/// The first step, as it is kept: trimmed, numbers in their one form.
///
/// # Errors
/// 422 over the fields.
pub(crate) fn business(given: &SetupBusiness) -> Result<SetupBusiness, Problem> {
    if given.numbers.len() > 10 {
        return Err(Problem::field("numbers", Fault::TooLarge));
    }
    let wished = given.numbers.iter().map(|n| n.trim()).filter(|n| !n.is_empty());
    let numbers = wished.map(|n| PhoneNumber::parse(n).map(|n| n.as_str().to_string()));
    let numbers = numbers.collect::<Result<Vec<_>, _>>();
    let numbers = numbers.map_err(|_| Problem::field("numbers", Fault::Form))?;
    if numbers.is_empty() {
        return Err(Problem::field("numbers", Fault::Missing));
    }
    Ok(SetupBusiness {
        kind: given.kind,
        name: text(&given.name, "name", NAME)?,
        address: text(&given.address, "address", ADDRESS)?,
        numbers,
    })
}

fn text(given: &Text, field: &str, most: usize) -> Result<Text, Problem> {
    let english = given.en.as_deref().map(str::trim).filter(|en| !en.is_empty());
    Ok(Text {
        ko: check::text(&given.ko, &format!("{field}.ko"), most)?,
        en: english
            .map(|en| check::text(en, &format!("{field}.en"), most))
            .transpose()?,
    })
}

/// Hours that can be kept.
///
/// # Errors
/// 422 over the day.
pub(crate) fn hours(given: &HoursView) -> Result<(), Problem> {
    if given.week.is_empty() {
        return Err(Problem::field("week", Fault::Missing));
    }
    for (day, hours) in &given.week {
        let name = serde_json::to_value(day).unwrap_or_default();
        span(hours, &format!("week.{}", name.as_str().unwrap_or_default()))?;
    }
    given.holiday.iter().try_for_each(|hours| span(hours, "holiday"))
}

fn span(hours: &DayView, field: &str) -> Result<(), Problem> {
    let past = hours.close <= hours.open;
    let within = |at: Time| {
        (hours.open <= at && at <= hours.close) || (past && (at >= hours.open || at <= hours.close))
    };
    let rest = hours
        .pause
        .is_none_or(|(from, to)| from < to && from >= hours.open && (past || to <= hours.close));
    let last = hours.last_order.is_none_or(within);
    match (rest, last) {
        (true, true) => Ok(()),
        (false, _) => Err(Problem::field(&format!("{field}.break"), Fault::Impossible)),
        (_, false) => Err(Problem::field(&format!("{field}.last_order"), Fault::Impossible)),
    }
}

/// What can be booked and ordered.
///
/// # Errors
/// 422 over the field, lists with the place in them: `tables.0.seats`.
pub(crate) fn booking(given: &SetupBooking) -> Result<(), Problem> {
    names("menu", given.menu.iter().map(|m| &m.name), 200)?;
    names("services", given.services.iter().map(|s| &s.name), 100)?;
    for (n, service) in given.services.iter().enumerate() {
        number(&format!("services.{n}.minutes"), service.minutes, 1, 1440)?;
    }
    match given.mode {
        BookingMode::None => return Ok(()),
        BookingMode::Tables => tables(given)?,
        BookingMode::Staff => {
            some("staff", given.staff.len())?;
            some("services", given.services.len())?;
            names("staff", given.staff.iter().map(|s| &s.name), 50)?;
        }
    }
    number("step_minutes", given.step_minutes, 1, 240)?;
    number("ahead_minutes", given.ahead_minutes, 0, 43_200)?;
    number("ahead_days", given.ahead_days, 1, 730)
}

fn tables(given: &SetupBooking) -> Result<(), Problem> {
    some("tables", given.tables.len())?;
    names("tables", given.tables.iter().map(|t| &t.name), 50)?;
    for (n, table) in given.tables.iter().enumerate() {
        number(&format!("tables.{n}.seats"), table.seats, 1, 100)?;
        number(&format!("tables.{n}.count"), table.count, 1, 500)?;
    }
    number("stay_minutes", given.stay_minutes, 1, 1440)
}

fn some(field: &str, count: usize) -> Result<(), Problem> {
    match count {
        0 => Err(Problem::field(field, Fault::Missing)),
        _ => Ok(()),
    }
}

fn number(field: &str, value: u32, least: u32, most: u32) -> Result<(), Problem> {
    match value {
        v if v < least => Err(Problem::field(field, Fault::TooSmall)),
        v if v > most => Err(Problem::field(field, Fault::TooLarge)),
        _ => Ok(()),
    }
}

/// Names that are there, and each once.
fn names<'a>(list: &str, names: impl Iterator<Item = &'a String>, most: usize) -> Result<(), Problem> {
    let mut seen = BTreeSet::new();
    for (n, name) in names.enumerate() {
        if n >= most {
            return Err(Problem::field(list, Fault::TooLarge));
        }
        let field = format!("{list}.{n}.name");
        if !seen.insert(check::text(name, &field, NAME)?) {
            return Err(Problem::field(&field, Fault::Contradiction));
        }
    }
    Ok(())
}
