//! The example of docs/flows.md works as it stands there: its files are read over Biseo's, and its conversation is played with
//! the real understanding.

use std::sync::Arc;

use biseo_conversation::{Dialogue, Flows, Input, Opening, Output};
use biseo_model::phone::PhoneNumber;
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::Context;
use biseo_nlu::Nlu;
use biseo_rehearse::MemoryShop;
use jiff::civil::date;

const GUIDE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/flows.md"));
const SHOP: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops/haengbok.toml"));

/// The guide's TOML blocks: the path in the first line, and the text.
fn files() -> Vec<(&'static str, &'static str)> {
    let blocks = GUIDE
        .split("```toml\n# ")
        .skip(1)
        .map(|b| b.split("```").next().unwrap());
    blocks.map(|b| b.split_once('\n').unwrap()).collect()
}

/// The profile with the guide's facts in the place of its own.
fn profile() -> Arc<ShopProfile> {
    let (_, facts) = files()
        .into_iter()
        .find(|(path, _)| *path == "shops/haengbok.toml")
        .unwrap();
    let mut text = SHOP.to_string();
    for fact in facts.lines().filter(|l| !l.is_empty()) {
        let key = fact.split('=').next().unwrap();
        let old = SHOP.lines().find(|l| l.starts_with(key)).unwrap();
        text = text.replace(old, fact);
    }
    assert_ne!(text, SHOP);
    Arc::new(ShopProfile::from_toml(&text).unwrap())
}

fn flows() -> Arc<Flows> {
    let own: Vec<_> = files()
        .into_iter()
        .filter_map(|(path, text)| Some((path.strip_prefix("flows/")?, text)))
        .collect();
    assert_eq!(own.len(), 5);
    Arc::new(Flows::from_files(&own).unwrap())
}

#[test]
fn the_conversation_of_the_guide() {
    let written = GUIDE
        .split("```text\n")
        .nth(1)
        .and_then(|b| b.split("```").next())
        .unwrap();
    let now = date(2026, 11, 24).at(12, 0, 0, 0);
    let profile = profile();
    let nlu = Nlu::new(&profile);
    let mut shop = MemoryShop::new(profile.clone(), now);
    let opening = Opening {
        caller: PhoneNumber::parse("01023456789").ok(),
        ..Opening::default()
    };
    let mut dialogue = Dialogue::with_flows(profile, opening, flows());
    let mut played = String::new();
    let mut input = Some(Input::Started);
    let mut guests = written.lines().filter_map(|l| l.strip_prefix("손님: "));
    while let Some(next) = input.take() {
        let mut said = Vec::new();
        let mut reply = dialogue.handle(now, next);
        loop {
            let mut action = None;
            for output in reply {
                match output {
                    Output::Say(prompt) => said.push(prompt.text),
                    Output::Do(what) => action = Some(what),
                    _ => {}
                }
            }
            let Some(action) = action else { break };
            reply = dialogue.handle(now, Input::Done(shop.perform(&action)));
        }
        played += &format!("비서: {}\n", said.join(" "));
        if let Some(words) = guests.next().filter(|_| !dialogue.is_over()) {
            played += &format!("손님: {words}\n");
            let awaiting = dialogue.awaiting();
            let understanding = nlu.understand(words, &Context { now, awaiting });
            input = Some(Input::heard(words, understanding));
        }
    }
    for message in &shop.messages {
        played += &format!("메모: {message}\n");
    }
    assert_eq!(played, written, "it goes so:\n{played}");
    assert!(dialogue.is_over());
}
