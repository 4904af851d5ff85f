//! Opening hours in a profile's text.

use biseo_model::shop::{Day, LONGEST_REASON, SpecialDay, check_special_days};
use toml_edit::{Array, InlineTable, TableLike, Value};

use super::{set, set_or_remove, table, wording_of};
use crate::problem::{Code, Fault, Problem};
use crate::views::{DayView, HoursView, SpecialDayView};

const DAYS: [(Day, &str); 7] = [
    (Day::Mon, "mon"),
    (Day::Tue, "tue"),
    (Day::Wed, "wed"),
    (Day::Thu, "thu"),
    (Day::Fri, "fri"),
    (Day::Sat, "sat"),
    (Day::Sun, "sun"),
];

/// A weekday's name in a profile.
pub(super) fn day_name(day: Day) -> &'static str {
    DAYS.iter().find(|d| d.0 == day).map_or("mon", |d| d.1)
}

pub(crate) fn set_hours(table_: &mut dyn TableLike, hours: &HoursView) -> Result<(), Problem> {
    let nth: Array = hours
        .closed_nth
        .iter()
        .map(|n| {
            let pairs = [
                ("nth", Value::from(i64::from(n.nth))),
                ("day", day_name(n.day).into()),
            ];
            pairs.into_iter().collect::<InlineTable>()
        })
        .collect();
    let holidays = hours
        .closed_holidays
        .iter()
        .map(code)
        .collect::<Result<Array, _>>()?;
    set_or_remove(table_, "closed_nth", (!nth.is_empty()).then_some(nth));
    set_or_remove(
        table_,
        "closed_holidays",
        (!holidays.is_empty()).then_some(holidays),
    );
    set_or_remove(
        table_,
        "closed_all_holidays",
        hours.closed_all_holidays.then_some(true),
    );
    set_or_remove(table_, "holiday", hours.holiday.as_ref().map(day));
    set_special(table_, &hours.special)?;
    let week = table(table_, "week")?;
    for (of, key) in DAYS {
        set_or_remove(week, key, hours.week.get(&of).map(day));
    }
    Ok(())
}

/// Days that are not as the others, the earliest first, each on a line of its own.
fn set_special(hours: &mut dyn TableLike, given: &[SpecialDayView]) -> Result<(), Problem> {
    let mut days: Vec<&SpecialDayView> = given.iter().collect();
    days.sort_by_key(|day| day.date);
    let mut written = days
        .iter()
        .map(|day| special(day))
        .collect::<Result<Array, _>>()?;
    let meant: Vec<SpecialDay> = days.iter().map(|day| (*day).into()).collect();
    check_special_days(&meant).map_err(|why| {
        tracing::debug!(why, "refused special days");
        Problem::field("hours.special", Fault::Contradiction)
    })?;
    // As tables of their own they cannot be told in one value.
    hours.remove("special");
    if !written.is_empty() {
        for day in written.iter_mut() {
            day.decor_mut().set_prefix("\n    ");
        }
        written.set_trailing("\n");
        written.set_trailing_comma(true);
        set(hours, "special", written);
    }
    Ok(())
}

fn special(given: &SpecialDayView) -> Result<InlineTable, Problem> {
    let mut table = InlineTable::new();
    table.insert("date", given.date.to_string().into());
    if let Some(until) = given.until {
        table.insert("until", until.to_string().into());
    }
    if let Some(hours) = &given.hours {
        table.insert("hours", day(hours).into());
    }
    if let Some(reason) = &given.reason {
        let reason = wording_of(reason, "hours.special.reason", LONGEST_REASON)?;
        table.insert("reason", reason.into());
    }
    Ok(table)
}

/// A unit-like value by its serde name.
pub(super) fn code<T: serde::Serialize>(value: &T) -> Result<String, Problem> {
    let json = serde_json::to_value(value).map_err(|_| Code::Internal)?;
    Ok(json.as_str().ok_or(Code::Internal)?.into())
}

fn day(hours: &DayView) -> InlineTable {
    let mut day = InlineTable::new();
    day.insert("open", hours.open.to_string().into());
    day.insert("close", hours.close.to_string().into());
    if let Some((from, to)) = hours.pause {
        let pause: Array = [from.to_string(), to.to_string()].into_iter().collect();
        day.insert("break", pause.into());
    }
    if let Some(last) = hours.last_order {
        day.insert("last_order", last.to_string().into());
    }
    day
}
