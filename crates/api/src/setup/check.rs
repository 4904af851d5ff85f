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
            staff(given)?;
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
        if let Some(stay) = table.stay_minutes {
            number(&format!("tables.{n}.stay_minutes"), stay, 1, 1440)?;
        }
        if let Some(party) = table.min_party {
            number(&format!("tables.{n}.min_party"), party, 1, table.seats)?;
        }
    }
    windows(given.windows.as_deref())?;
    number("stay_minutes", given.stay_minutes, 1, 1440)
}

/// Spans of the day, each with its end after its beginning.
fn windows(given: Option<&[(Time, Time)]>) -> Result<(), Problem> {
    let Some(given) = given else {
        return Ok(());
    };
    some("windows", given.len())?;
    if given.len() > 10 {
        return Err(Problem::field("windows", Fault::TooLarge));
    }
    match given.iter().position(|(from, to)| from > to) {
        Some(n) => Err(Problem::field(&format!("windows.{n}"), Fault::Impossible)),
        None => Ok(()),
    }
}

/// Staff do services that there are; each service is done by somebody.
fn staff(given: &SetupBooking) -> Result<(), Problem> {
    let is_there = |name: &String| given.services.iter().any(|s| s.name.trim() == name.trim());
    for (n, one) in given.staff.iter().enumerate() {
        if !one.services.iter().all(is_there) {
            return Err(Problem::field(&format!("staff.{n}.services"), Fault::Unknown));
        }
    }
    let does = |one: &crate::views::SetupStaff, name: &str| {
        one.services.is_empty() || one.services.iter().any(|s| s.trim() == name)
    };
    let nobodys = |s: &crate::views::SetupService| !given.staff.iter().any(|one| does(one, s.name.trim()));
    match given.services.iter().position(nobodys) {
        Some(n) => Err(Problem::field(&format!("services.{n}.name"), Fault::Unassigned)),
        None => Ok(()),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::FieldFault;

    /// A wish that can be, with something changed in it.
    fn refused(change: serde_json::Value) -> Vec<(String, Fault)> {
        let mut wish = serde_json::json!({
            "mode": "tables", "stay_minutes": 90, "step_minutes": 30, "ahead_days": 60,
            "tables": [{"name": "룸", "seats": 8, "count": 1, "min_party": 5}],
            "windows": [["11:00:00", "14:00:00"]],
            "services": [{"name": "커트", "minutes": 40}], "staff": [{"name": "지은", "services": ["커트"]}],
        });
        let all = wish.as_object_mut().unwrap();
        all.extend(change.as_object().unwrap().clone());
        let wish: SetupBooking = serde_json::from_value(wish).unwrap();
        let faults = booking(&wish)
            .err()
            .map(|p| p.fields().to_vec())
            .unwrap_or_default();
        faults
            .into_iter()
            .map(|FieldFault { field, code, .. }| (field, code))
            .collect()
    }

    #[test]
    fn what_cannot_be_is_told_at_its_field() {
        use serde_json::json;
        assert!(refused(json!({})).is_empty());
        assert!(refused(json!({"windows": null})).is_empty());
        assert!(refused(json!({"mode": "staff"})).is_empty());
        for (change, field, code) in [
            (json!({"windows": []}), "windows", Fault::Missing),
            (
                json!({"windows": [["11:00:00", "14:00:00"], ["17:00:00", "16:00:00"]]}),
                "windows.1",
                Fault::Impossible,
            ),
            (
                json!({"tables": [{"name": "a", "seats": 4, "count": 1, "min_party": 5}]}),
                "tables.0.min_party",
                Fault::TooLarge,
            ),
            (
                json!({"tables": [{"name": "a", "seats": 4, "count": 1, "stay_minutes": 0}]}),
                "tables.0.stay_minutes",
                Fault::TooSmall,
            ),
            (
                json!({"mode": "staff", "staff": [{"name": "지은", "services": ["펌"]}]}),
                "staff.0.services",
                Fault::Unknown,
            ),
            (
                json!({"mode": "staff", "services": [{"name": "커트", "minutes": 40}, {"name": "펌", "minutes": 90}]}),
                "services.1.name",
                Fault::Unassigned,
            ),
        ] {
            assert_eq!(refused(change), [(field.to_string(), code)]);
        }
    }
}
