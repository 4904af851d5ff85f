//! What can be booked and ordered, in a profile's text. What the page does not show stays with what keeps its name.

use biseo_model::shop::{BookingRules, Day, DayHours, ShopProfile};
use jiff::ToSpan;
use jiff::civil::{Time, time};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::text::whole;
use crate::problem::{Code, Problem};
use crate::profile::{set, set_or_remove, table, wording};
use crate::views::{BookingMode, SetupBooking, SetupStaff, SetupTable};

/// The profile's text with this in place of what it had.
///
/// # Errors
/// 422 if it would say something impossible.
pub(crate) fn with_booking(
    text: &str,
    profile: &ShopProfile,
    wanted: &SetupBooking,
) -> Result<String, Problem> {
    let mut document: DocumentMut = text.parse().map_err(|_| Code::Internal)?;
    let menu = wanted.menu.iter().map(|m| {
        let mut item = named(&m.name);
        item.insert("won", i64::from(m.won).into());
        item
    });
    list(&mut *document, "menu", menu);
    let services = services(&document, wanted)?;
    list(&mut *document, "services", services.into_iter());
    match wanted.mode {
        BookingMode::None => drop(document.remove("booking")),
        BookingMode::Tables => tables(&mut document, profile, wanted)?,
        BookingMode::Staff => staff(&mut document, wanted)?,
    }
    whole(&document, "mode")
}

/// A list of inline tables, or none.
fn list(of: &mut dyn TableLike, key: &str, items: impl Iterator<Item = InlineTable>) {
    let items: Array = items.collect();
    match items.is_empty() {
        true => drop(of.remove(key)),
        false => set(of, key, lines(items)),
    }
}

/// One to a line: somebody may read the file.
fn lines(mut items: Array) -> Array {
    items
        .iter_mut()
        .for_each(|item| item.decor_mut().set_prefix("\n    "));
    items.set_trailing("\n");
    items.set_trailing_comma(true);
    items
}

fn named(name: &str) -> InlineTable {
    let mut item = InlineTable::new();
    item.insert("name", name.trim().into());
    item
}

/// The services; one that was there keeps what the page does not show.
fn services(document: &DocumentMut, wanted: &SetupBooking) -> Result<Vec<InlineTable>, Problem> {
    let make = |s: &crate::views::SetupService| {
        let mut item = before(document.get("services"), &s.name).unwrap_or_else(|| named(&s.name));
        item.insert("minutes", i64::from(s.minutes).into());
        match s.won {
            Some(won) => drop(item.insert("won", i64::from(won).into())),
            None => drop(item.remove("won")),
        }
        let note = s.note.as_ref().map(|note| wording(note, "services.note"));
        set_or_remove(&mut item, "note", note.transpose()?);
        Ok(item)
    };
    wanted.services.iter().map(make).collect()
}

/// The entry of that name in a list as the file has it, whichever way it is written.
fn before(list: Option<&Item>, name: &str) -> Option<InlineTable> {
    let is = |t: &dyn TableLike| t.get("name").and_then(Item::as_str) == Some(name.trim());
    match list? {
        Item::Value(Value::Array(items)) => {
            let tables = items.iter().filter_map(Value::as_inline_table);
            let mut found = tables.filter(|t| is(*t)).cloned();
            found.next()
        }
        Item::ArrayOfTables(tables) => {
            let found = tables.iter().find(|t| is(*t))?;
            Some(found.clone().into_inline_table())
        }
        _ => None,
    }
}

fn tables(document: &mut DocumentMut, profile: &ShopProfile, wanted: &SetupBooking) -> Result<(), Problem> {
    let old = document.get("booking").and_then(|b| b.get("tables")).cloned();
    let kinds = old.as_ref().and_then(|t| t.get("tables")).cloned();
    let make = |t: &SetupTable| {
        let mut item = before(kinds.as_ref(), &t.name).unwrap_or_else(|| named(&t.name));
        item.insert("seats", i64::from(t.seats).into());
        item.insert("count", i64::from(t.count).into());
        set_or_remove(&mut item, "stay_minutes", t.stay_minutes.map(i64::from));
        set_or_remove(&mut item, "min_party", t.min_party.map(i64::from));
        item
    };
    let windows = match (&wanted.windows, &profile.booking) {
        (Some(windows), _) => windows.clone(),
        (None, Some(BookingRules::Tables(rules))) => rules.windows.clone(),
        (None, _) => vec![window(profile)],
    };
    let rules = rules(document, "tables", wanted)?;
    let windows: Array = windows.into_iter().map(pair).collect();
    set(rules, "windows", windows);
    set(rules, "stay_minutes", i64::from(wanted.stay_minutes));
    list(rules, "tables", wanted.tables.iter().map(make));
    Ok(())
}

fn staff(document: &mut DocumentMut, wanted: &SetupBooking) -> Result<(), Problem> {
    let make = |s: &SetupStaff| {
        let mut item = named(&s.name);
        let off: Array = s.off.iter().map(|day| day_name(*day)).collect();
        let does: Array = s.services.iter().map(|name| name.trim()).collect();
        set_or_remove(&mut item, "off", (!off.is_empty()).then_some(off));
        set_or_remove(&mut item, "services", (!does.is_empty()).then_some(does));
        item
    };
    let rules = rules(document, "staff", wanted)?;
    list(rules, "staff", wanted.staff.iter().map(make));
    Ok(())
}

/// The rules of this mode, those of another taken away.
fn rules<'a>(
    document: &'a mut DocumentMut,
    mode: &str,
    wanted: &SetupBooking,
) -> Result<&'a mut dyn TableLike, Problem> {
    let other = document.get("booking").is_some_and(|b| b.get(mode).is_none());
    if other {
        document.remove("booking");
    }
    if document.get("booking").is_none() {
        let mut booking = Table::new();
        booking.set_implicit(true);
        document.insert("booking", Item::Table(booking));
    }
    let rules = table(table(&mut **document, "booking")?, mode)?;
    set(rules, "step_minutes", i64::from(wanted.step_minutes));
    set(rules, "ahead_minutes", i64::from(wanted.ahead_minutes));
    set(rules, "ahead_days", i64::from(wanted.ahead_days));
    Ok(rules)
}

/// When a stay may begin at a shop that never said it: from the first opening to an hour before the last closing; breaks and the
/// hours of each day are minded anyway.
fn window(profile: &ShopProfile) -> (Time, Time) {
    let days = || profile.hours.week.values();
    let open = days().map(|d| d.open).min().unwrap_or(Time::midnight());
    (open, days().map(last_start).max().unwrap_or(open).max(open))
}

fn last_start(day: &DayHours) -> Time {
    if day.close <= day.open {
        return time(23, 30, 0, 0);
    }
    day.last_order
        .unwrap_or(day.close.saturating_sub(1.hour()))
        .max(day.open)
}

fn pair((from, to): (Time, Time)) -> Array {
    [from.to_string(), to.to_string()].into_iter().collect()
}

fn day_name(day: Day) -> &'static str {
    match day {
        Day::Mon => "mon",
        Day::Tue => "tue",
        Day::Wed => "wed",
        Day::Thu => "thu",
        Day::Fri => "fri",
        Day::Sat => "sat",
        Day::Sun => "sun",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> Vec<String> {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops")).unwrap();
        let files = folder.map(|f| f.unwrap().path());
        let files = files.filter(|f| f.extension().is_some_and(|e| e == "toml"));
        files.map(|f| std::fs::read_to_string(f).unwrap()).collect()
    }

    #[test]
    fn saved_as_it_was_all_example_shops_stay_as_they_were() {
        for text in examples() {
            let profile = ShopProfile::from_toml(&text).unwrap();
            let again = with_booking(&text, &profile, &SetupBooking::of(&profile)).unwrap();
            assert_eq!(ShopProfile::from_toml(&again).unwrap(), profile, "{again}");
            assert!(again.contains("# Example shop"), "comments stay");
        }
    }

    #[test]
    fn staff_do_what_is_said_and_a_service_says_its_note() {
        let text = examples()
            .into_iter()
            .find(|t| t.contains("id = \"byeol\""))
            .unwrap();
        let profile = ShopProfile::from_toml(&text).unwrap();
        let mut wanted = SetupBooking::of(&profile);
        wanted.staff[1].services = vec!["펌".into()];
        wanted.staff[0].services.clear();
        wanted.services[3].note = Some(crate::views::Text {
            ko: "머리를 감고 오세요.".into(),
            en: None,
        });
        let changed = ShopProfile::from_toml(&with_booking(&text, &profile, &wanted).unwrap()).unwrap();
        assert_eq!(SetupBooking::of(&changed), wanted);
        let none = SetupBooking::of(&profile);
        let back = with_booking(&text, &changed, &none).unwrap();
        assert_eq!(ShopProfile::from_toml(&back).unwrap(), profile);
    }

    #[test]
    fn another_mode_takes_the_place_of_the_old_one() {
        for text in examples() {
            let profile = ShopProfile::from_toml(&text).unwrap();
            let wanted = SetupBooking {
                mode: BookingMode::Tables,
                tables: vec![SetupTable {
                    name: "바".into(),
                    seats: 1,
                    count: 8,
                    stay_minutes: Some(45),
                    min_party: None,
                }],
                windows: Some(vec![(time(17, 0, 0, 0), time(20, 30, 0, 0))]),
                stay_minutes: 60,
                step_minutes: 30,
                ahead_minutes: 0,
                ahead_days: 14,
                ..SetupBooking::default()
            };
            let text = with_booking(&text, &profile, &wanted).unwrap();
            let changed = ShopProfile::from_toml(&text).unwrap();
            assert_eq!(SetupBooking::of(&changed), wanted, "{text}");
            let Some(BookingRules::Tables(rules)) = &changed.booking else {
                panic!("tables are booked: {text}");
            };
            assert!(!rules.starts().is_empty());
            let none = with_booking(&text, &changed, &SetupBooking::default()).unwrap();
            assert!(ShopProfile::from_toml(&none).unwrap().booking.is_none());
        }
    }
}
