//! Changes of a shop's profile in its own file: only the values that change are written, the owner's comments stay.

use biseo_model::ids::ShopId;
use biseo_model::shop::{Day, ShopProfile};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::check;
use crate::problem::{Code, Fault, Problem};
use crate::shops::NotReplaced;
use crate::state::Api;
use crate::views::{DayView, FactChange, HoursView, ProfileChange, Text};

/// Topics of a profile at most: all are looked through for each question.
const TOPICS: usize = 300;

/// The profile's text, if it can be changed.
pub(crate) async fn text(api: &Api, shop: &ShopId) -> Option<String> {
    let (shops, shop) = (api.shops.clone(), shop.clone());
    let read = tokio::task::spawn_blocking(move || shops.text(&shop));
    read.await.ok().flatten()
}

/// Changes the profile whose text is `text`, or nothing of it.
pub(crate) async fn change(
    api: &Api,
    shop: &ShopId,
    text: String,
    change: &ProfileChange,
) -> Result<(), Problem> {
    let new = changed(&text, change)?;
    let (shops, shop) = (api.shops.clone(), shop.clone());
    let replaced = tokio::task::spawn_blocking(move || shops.replace(&shop, &text, &new));
    match replaced.await.map_err(|_| Code::Internal)? {
        Ok(()) => Ok(()),
        Err(NotReplaced::Changed) => Err(Code::Changed.into()),
        Err(NotReplaced::Fixed) => Err(Code::Unsupported.into()),
        Err(NotReplaced::Failed(e)) => {
            tracing::error!(error = %e, "a profile cannot be written");
            Err(Code::Internal.into())
        }
    }
}

/// The text with the change, checked as a whole.
fn changed(text: &str, change: &ProfileChange) -> Result<String, Problem> {
    let mut document: DocumentMut = text.parse().map_err(|_| Code::Internal)?;
    if let Some(hours) = &change.hours {
        set_hours(table(document.as_table_mut(), "hours")?, hours)?;
    }
    if !change.facts.is_empty() {
        set_facts(table(document.as_table_mut(), "facts")?, &change.facts)?;
    }
    let text = document.to_string();
    match ShopProfile::from_toml(&text) {
        Ok(_) => Ok(text),
        Err(e) => {
            tracing::debug!(error = %e, "refused a profile");
            let field = if change.hours.is_some() { "hours" } else { "facts" };
            Err(Problem::field(field, Fault::Impossible))
        }
    }
}

/// A table of a table, made if it is not there.
pub(crate) fn table<'a>(of: &'a mut dyn TableLike, name: &str) -> Result<&'a mut dyn TableLike, Problem> {
    let item = of.entry(name).or_insert(Item::Table(Table::new()));
    item.as_table_like_mut()
        .ok_or_else(|| Problem::new(Code::Internal))
}

/// Sets a value; a comment before its key stays.
pub(crate) fn set(table: &mut dyn TableLike, key: &str, value: impl Into<Value>) {
    match table.get_mut(key) {
        Some(item) => *item = Item::Value(value.into()),
        None => drop(table.insert(key, Item::Value(value.into()))),
    }
}

/// Sets a value, or takes it away.
fn set_or_remove(table: &mut dyn TableLike, key: &str, value: Option<impl Into<Value>>) {
    match value {
        Some(value) => set(table, key, value),
        None => drop(table.remove(key)),
    }
}

const DAYS: [(Day, &str); 7] = [
    (Day::Mon, "mon"),
    (Day::Tue, "tue"),
    (Day::Wed, "wed"),
    (Day::Thu, "thu"),
    (Day::Fri, "fri"),
    (Day::Sat, "sat"),
    (Day::Sun, "sun"),
];

pub(crate) fn set_hours(table_: &mut dyn TableLike, hours: &HoursView) -> Result<(), Problem> {
    let name = |day: Day| DAYS.iter().find(|d| d.0 == day).map_or("mon", |d| d.1);
    let nth: Array = hours
        .closed_nth
        .iter()
        .map(|n| {
            let pairs = [
                ("nth", Value::from(i64::from(n.nth))),
                ("day", name(n.day).into()),
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
    let week = table(table_, "week")?;
    for (of, key) in DAYS {
        set_or_remove(week, key, hours.week.get(&of).map(day));
    }
    Ok(())
}

/// A unit-like value by its serde name.
fn code<T: serde::Serialize>(value: &T) -> Result<String, Problem> {
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

fn set_facts(facts: &mut dyn TableLike, changes: &[FactChange]) -> Result<(), Problem> {
    for change in changes {
        let topic = check::text(&change.topic, "facts.topic", 64)?;
        match &change.text {
            Some(text) => set(facts, &topic, wording(text)?),
            None => drop(facts.remove(&topic)),
        }
    }
    if facts.len() > TOPICS {
        return Err(Problem::field("facts", Fault::TooLarge));
    }
    Ok(())
}

fn wording(text: &Text) -> Result<InlineTable, Problem> {
    let mut wording = InlineTable::new();
    wording.insert("ko", check::text(&text.ko, "facts.text.ko", 1000)?.into());
    if let Some(en) = &text.en {
        wording.insert("en", check::text(en, "facts.text.en", 1000)?.into());
    }
    Ok(wording)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = r#"# Our shop.
id = "gugu"
name = { ko = "구구치킨" }
zone = "Asia/Seoul"
address = { ko = "광주 북구" }

[hours]
# Since spring.
closed_nth = [{ nth = 2, day = "tue" }]

[hours.week]
# Long days.
mon = { open = "15:00:00", close = "01:00:00" }
tue = { open = "15:00:00", close = "01:00:00" }

[facts]
# Ask the neighbour first.
parking = { ko = "가게 앞에 두 대요." }
"#;

    fn fact(topic: &str, ko: Option<&str>) -> FactChange {
        FactChange {
            topic: topic.into(),
            text: ko.map(|ko| Text {
                ko: ko.into(),
                en: None,
            }),
        }
    }

    #[test]
    fn only_what_changes_changes() {
        let mut hours = HoursView::from(&ShopProfile::from_toml(SHOP).unwrap().hours);
        hours.week.remove(&Day::Tue);
        let change = ProfileChange {
            hours: Some(hours),
            facts: vec![
                fact("유모차", Some("들어와요.")),
                fact("parking", Some("세 대요.")),
            ],
        };
        let text = changed(SHOP, &change).unwrap();
        for kept in [
            "# Our shop.",
            "# Since spring.",
            "# Long days.",
            "# Ask the neighbour first.",
        ] {
            assert!(text.contains(kept), "{kept}\n{text}");
        }
        let profile = ShopProfile::from_toml(&text).unwrap();
        assert_eq!(profile.hours.week.len(), 1);
        assert_eq!(profile.facts["유모차"].ko, "들어와요.");
        assert_eq!(profile.facts["parking"].ko, "세 대요.");
        let without = ProfileChange {
            hours: None,
            facts: vec![fact("parking", None)],
        };
        let text = changed(SHOP, &without).unwrap();
        assert!(ShopProfile::from_toml(&text).unwrap().facts.is_empty());
    }

    #[test]
    fn all_example_shops_keep_their_hours() {
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops")).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_none_or(|e| e != "toml") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let before = ShopProfile::from_toml(&text).unwrap();
            let change = ProfileChange {
                hours: Some((&before.hours).into()),
                facts: vec![fact("toys", Some("있어요."))],
            };
            let mut after = ShopProfile::from_toml(&changed(&text, &change).unwrap()).unwrap();
            assert!(after.facts.remove("toys").is_some());
            assert_eq!(after, before, "{}", file.display());
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let never = ProfileChange {
            hours: Some(HoursView {
                week: Default::default(),
                closed_nth: Vec::new(),
                closed_holidays: Vec::new(),
                closed_all_holidays: false,
                holiday: None,
            }),
            facts: Vec::new(),
        };
        assert_eq!(changed(SHOP, &never).unwrap_err().code(), Code::Invalid);
        for bad in [fact("", Some("x")), fact("a", Some(" ")), fact("a\u{0}", None)] {
            let change = ProfileChange {
                hours: None,
                facts: vec![bad],
            };
            assert_eq!(changed(SHOP, &change).unwrap_err().code(), Code::Invalid);
        }
    }
}
