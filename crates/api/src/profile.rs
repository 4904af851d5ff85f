//! Changes of a shop's profile in its own file: only the values that change are written, the owner's comments stay.

use biseo_model::ids::ShopId;
use biseo_model::phone::PhoneNumber;
use biseo_model::shop::{LONGEST_OWN_WORDS, ShopProfile};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::check;
use crate::problem::{Code, Fault, Problem};
use crate::shops::NotReplaced;
use crate::state::Api;
use crate::views::{FactChange, ProfileChange, QueueView, Text, VoiceView};

mod hours;
mod settings;
mod words;

pub(crate) use hours::set_hours;
use settings::set_settings;
pub(crate) use words::check_wording;
use words::set_wording;

/// Topics of a profile at most: all are looked through for each question.
const TOPICS: usize = 300;
/// Numbers of a shop at most.
const MOST_NUMBERS: usize = 10;

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
    free(api, shop, change)?;
    if !change.wording.is_empty() {
        let profile = ShopProfile::from_toml(&new).map_err(|_| Code::Internal)?;
        check_wording(api, &profile.wording, &change.wording)?;
    }
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
    set_self(&mut document, change)?;
    set_settings(document.as_table_mut(), change)?;
    if let Some(voice) = &change.voice {
        set_voice(table(document.as_table_mut(), "voice")?, voice);
    }
    if !change.wording.is_empty() {
        set_wording(&mut document, &change.wording)?;
    }
    let text = document.to_string();
    match ShopProfile::from_toml(&text) {
        Ok(_) => Ok(text),
        Err(e) => {
            tracing::debug!(error = %e, "refused a profile");
            Err(Problem::field(part(change), Fault::Impossible))
        }
    }
}

/// The part of a change over which a profile can be impossible.
fn part(change: &ProfileChange) -> &'static str {
    match change {
        ProfileChange { hours: Some(_), .. } => "hours",
        ProfileChange { voice: Some(_), .. } => "voice",
        ProfileChange { numbers: Some(_), .. } => "numbers",
        ProfileChange { queues: Some(_), .. } => "queues",
        ProfileChange {
            answering: Some(_), ..
        } => "answering",
        ProfileChange { account: Some(_), .. } => "account",
        ProfileChange { wording, .. } if !wording.is_empty() => "wording",
        _ => "facts",
    }
}

/// Whether no other shop is dialled by the numbers.
fn free(api: &Api, shop: &ShopId, change: &ProfileChange) -> Result<(), Problem> {
    let Some(numbers) = &change.numbers else {
        return Ok(());
    };
    let own: Vec<PhoneNumber> = numbers
        .iter()
        .filter_map(|n| PhoneNumber::parse(n).ok())
        .collect();
    let all = api.shops.all();
    let mut others = all.iter().filter(|p| p.id != *shop).flat_map(|p| &p.numbers);
    match others.any(|n| own.contains(n)) {
        true => Err(Problem::field("numbers", Fault::Taken)),
        false => Ok(()),
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
pub(crate) fn set_or_remove(table: &mut dyn TableLike, key: &str, value: Option<impl Into<Value>>) {
    match value {
        Some(value) => set(table, key, value),
        None => drop(table.remove(key)),
    }
}

fn set_facts(facts: &mut dyn TableLike, changes: &[FactChange]) -> Result<(), Problem> {
    for change in changes {
        let topic = check::text(&change.topic, "facts.topic", 64)?;
        match &change.text {
            Some(text) => set(facts, &topic, wording(text, "facts.text")?),
            None => drop(facts.remove(&topic)),
        }
    }
    if facts.len() > TOPICS {
        return Err(Problem::field("facts", Fault::TooLarge));
    }
    Ok(())
}

/// Name, address, numbers, departments.
fn set_self(document: &mut DocumentMut, change: &ProfileChange) -> Result<(), Problem> {
    let top = document.as_table_mut();
    if let Some(name) = &change.name {
        set(top, "name", wording(name, "name")?);
    }
    if let Some(address) = &change.address {
        set(top, "address", wording(address, "address")?);
    }
    if let Some(given) = &change.numbers {
        set(top, "numbers", numbers(given)?);
    }
    if let Some(given) = &change.queues {
        let queues = given.iter().map(queue).collect::<Result<Array, _>>()?;
        // As tables of their own they cannot be told in one value.
        top.remove("queues");
        if !queues.is_empty() {
            set(top, "queues", queues);
        }
    }
    Ok(())
}

/// Numbers in their one form, each once.
fn numbers(given: &[String]) -> Result<Array, Problem> {
    if given.is_empty() || given.len() > MOST_NUMBERS {
        let fault = if given.is_empty() {
            Fault::Missing
        } else {
            Fault::TooLarge
        };
        return Err(Problem::field("numbers", fault));
    }
    let mut known: Vec<String> = Vec::new();
    for number in given {
        let number = PhoneNumber::parse(number).map_err(|_| Problem::field("numbers", Fault::Form))?;
        if known.iter().any(|n| n == number.as_str()) {
            return Err(Problem::field("numbers", Fault::Contradiction));
        }
        known.push(number.as_str().into());
    }
    Ok(known.iter().map(String::as_str).collect())
}

fn queue(given: &QueueView) -> Result<InlineTable, Problem> {
    let called = check::texts(&given.called, "queues.called", (20, 64))?;
    let called: Array = called.iter().map(String::as_str).collect();
    let mut queue = InlineTable::new();
    queue.insert("name", check::text(&given.name, "queues.name", 64)?.into());
    queue.insert("called", called.into());
    Ok(queue)
}

fn set_voice(table: &mut dyn TableLike, voice: &VoiceView) {
    set_or_remove(table, "elder", voice.elder.then_some(true));
    set_or_remove(table, "patience", voice.patience.map(i64::from));
    set_or_remove(table, "speed", voice.speed.map(i64::from));
    set_or_remove(table, "shortest_wait_ms", voice.shortest_wait_ms.map(i64::from));
    set_or_remove(table, "longest_wait_ms", voice.longest_wait_ms.map(i64::from));
}

/// A text in its two languages.
pub(crate) fn wording(text: &Text, field: &str) -> Result<InlineTable, Problem> {
    let most = if field == "wording" {
        LONGEST_OWN_WORDS
    } else {
        1000
    };
    wording_of(text, field, most)
}

/// The same with so many characters at most.
fn wording_of(text: &Text, field: &str, most: usize) -> Result<InlineTable, Problem> {
    let mut wording = InlineTable::new();
    wording.insert("ko", check::text(&text.ko, &format!("{field}.ko"), most)?.into());
    if let Some(en) = &text.en {
        wording.insert("en", check::text(en, &format!("{field}.en"), most)?.into());
    }
    Ok(wording)
}

#[cfg(test)]
mod tests {
    use biseo_model::shop::Day;

    use super::*;
    use crate::views::HoursView;

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
            ..ProfileChange::default()
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
            facts: vec![fact("parking", None)],
            ..ProfileChange::default()
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
                ..ProfileChange::default()
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
                special: Vec::new(),
            }),
            ..ProfileChange::default()
        };
        assert_eq!(changed(SHOP, &never).unwrap_err().code(), Code::Invalid);
        for bad in [fact("", Some("x")), fact("a", Some(" ")), fact("a\u{0}", None)] {
            let change = ProfileChange {
                facts: vec![bad],
                ..ProfileChange::default()
            };
            assert_eq!(changed(SHOP, &change).unwrap_err().code(), Code::Invalid);
        }
    }

    /// What the numbers' page changes: everything else, comments too, stays.
    #[test]
    fn numbers_manner_and_words_change_alone() {
        let change = |json: serde_json::Value| -> ProfileChange { serde_json::from_value(json).unwrap() };
        let all = change(serde_json::json!({
            "name": {"ko": "구구"}, "address": {"ko": "광주", "en": "Gwangju"}, "numbers": ["062-700-1003", "+82 10 1234 5678"],
            "queues": [{"name": "배달", "called": ["배달", "배달팀"]}],
            "voice": {"elder": true, "patience": 150, "speed": 90},
            "wording": [{"flow": "call", "key": "busy", "text": {"ko": "잠깐만요."}}, {"flow": "book", "key": "done", "text": {"ko": "네."}}],
        }));
        let text = changed(SHOP, &all).unwrap();
        assert!(
            text.contains("# Our shop.") && text.contains("# Long days."),
            "{text}"
        );
        let profile = ShopProfile::from_toml(&text).unwrap();
        let numbers: Vec<&str> = profile.numbers.iter().map(PhoneNumber::as_str).collect();
        assert_eq!(numbers, ["0627001003", "01012345678"]);
        assert_eq!(
            (profile.name.ko.as_str(), profile.queues[0].called.len()),
            ("구구", 2)
        );
        assert_eq!(
            (profile.voice.patience_percent(), profile.voice.speed_percent()),
            (150, 90)
        );
        assert_eq!(profile.wording["call"]["busy"].ko, "잠깐만요.");
        // Back to what is usual.
        let back = change(serde_json::json!({"voice": {}, "queues": [],
            "wording": [{"flow": "call", "key": "busy"}, {"flow": "cancel", "key": "done"}]}));
        let profile = ShopProfile::from_toml(&changed(&text, &back).unwrap()).unwrap();
        assert_eq!(profile.voice, Default::default());
        assert!(profile.queues.is_empty());
        assert_eq!(profile.wording.keys().collect::<Vec<_>>(), ["book"]);
        for (bad, field) in [
            (serde_json::json!({"numbers": []}), "numbers"),
            (
                serde_json::json!({"numbers": ["02-700-1001", "027001001"]}),
                "numbers",
            ),
            (serde_json::json!({"numbers": ["전화"]}), "numbers"),
            (serde_json::json!({"voice": {"patience": 301}}), "voice"),
            (serde_json::json!({"name": {"ko": " "}}), "name.ko"),
            (
                serde_json::json!({"wording": [{"flow": "a.b", "key": "c"}]}),
                "wording.flow",
            ),
            (
                serde_json::json!({"wording": [{"flow": "a", "key": "b", "text": {"ko": "가".repeat(301)}}]}),
                "wording.ko",
            ),
        ] {
            let refused = changed(SHOP, &change(bad)).unwrap_err();
            assert_eq!(
                (refused.code(), refused.fields()[0].field.as_str()),
                (Code::Invalid, field)
            );
        }
    }
}
