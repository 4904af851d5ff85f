//! The wording files: both languages say the same things, with places that are filled, and particles that fit.

use std::collections::BTreeMap;

use biseo_conversation::{Flows, Language, StepKind, Template, Values};

/// The places that sentences may have.
const PLACES: [&str; 48] = [
    "account", "shop", "date", "open", "close", "last", "from", "to", "holiday", "name", "won", "length",
    "list", "address", "n", "party", "when", "services", "staff", "phone", "time", "requests", "days",
    "message", "was", "items", "item", "pickup", "a", "b", "near", "month", "day", "weekday", "part", "hour",
    "minute", "hours", "minutes", "flow", "value", "sure", "answer", "note", "notes", "early", "danger",
    "reason",
];

fn keys(language: Language) -> BTreeMap<String, Vec<String>> {
    let flows = Flows::built_in();
    let own = |(key, places): (&str, Vec<&str>)| {
        (key.to_string(), places.into_iter().map(str::to_string).collect())
    };
    flows.wording(language).keys().map(own).collect()
}

#[test]
fn both_languages_say_the_same_things() {
    let (ko, en) = (keys(Language::Ko), keys(Language::En));
    let missing: Vec<_> = ko.keys().filter(|k| !en.contains_key(*k)).collect();
    assert!(missing.is_empty(), "only in Korean: {missing:?}");
    let missing: Vec<_> = en.keys().filter(|k| !ko.contains_key(*k)).collect();
    assert!(missing.is_empty(), "only in English: {missing:?}");
}

#[test]
fn every_place_is_filled() {
    for language in [Language::Ko, Language::En] {
        for (key, places) in keys(language) {
            for place in places {
                assert!(PLACES.contains(&place.as_str()), "{key}: {{{place}}}");
            }
        }
    }
}

#[test]
fn every_step_has_its_sentences() {
    let flows = Flows::built_in();
    for language in [Language::Ko, Language::En] {
        let wording = flows.wording(language);
        for flow in flows.all() {
            for step in &flow.steps {
                for key in needed(&step.kind) {
                    let key = format!("{}.{key}", flow.name);
                    assert!(wording.has(&key), "{language:?}: {key}");
                }
            }
        }
    }
}

fn needed(kind: &StepKind) -> Vec<String> {
    match kind {
        StepKind::Collect { slot, .. } => {
            let slot = serde_json::to_value(slot).unwrap();
            let slot = slot.as_str().unwrap();
            vec![format!("ask_{slot}"), format!("ask_{slot}_again")]
        }
        StepKind::Find { all, .. } => {
            let mut keys = vec![
                "ask_phone",
                "ask_phone_again",
                "ask_name",
                "ask_name_again",
                "not_found",
                "not_found_offer",
            ];
            if !all {
                keys.push("done");
            }
            keys.into_iter().map(str::to_string).collect()
        }
        StepKind::Confirm(key) | StepKind::Tell(key) => vec![key.clone()],
        StepKind::Do(_) => vec!["done".into()],
        StepKind::Ask { name, .. } => vec![
            format!("ask_{name}"),
            format!("ask_{name}_again"),
            format!("note_{name}"),
        ],
        StepKind::Check(_) => Vec::new(),
    }
}

/// A particle that does not change with the word before it stands only after words that are known to fit.
#[test]
fn particles_after_places_are_chosen() {
    let fixed = [
        "}은", "}는", "}이 ", "}가 ", "}을", "}를", "}과", "}와", "}으로", "}로 ",
    ];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../flows");
    for file in std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()) {
        if !file.to_string_lossy().ends_with(".ko.toml") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        for bad in fixed {
            assert!(!text.contains(bad), "{}: {bad}", file.display());
        }
    }
}

/// What is said is short: the caller gets the floor after two sentences of one prompt at most.
#[test]
fn prompts_are_short() {
    let flows = Flows::built_in();
    for language in [Language::Ko, Language::En] {
        let wording = flows.wording(language);
        for (key, _) in keys(language) {
            for turn in 0..3 {
                let text = wording.sentence(&key, turn, &Values::new());
                let ends = text.matches(['.', '?', '!']).count();
                assert!(ends <= 3, "{key}: {text}");
                assert!(text.chars().count() <= 130, "{key}: {text}");
            }
        }
    }
}

#[test]
fn a_flow_that_stores_unconfirmed_is_refused() {
    let wording = |text| [("say", text)];
    let ko = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../flows/say.ko.toml"));
    let en = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../flows/say.en.toml"));
    let flow = |steps: &str| format!("intents = [\"leave_message\"]\n{steps}");
    for (steps, good) in [
        (
            "[[step]]\ncollect = \"message\"\n[[step]]\nconfirm = \"c\"\n[[step]]\ndo = \"leave_message\"",
            true,
        ),
        (
            "[[step]]\ncollect = \"message\"\n[[step]]\ndo = \"leave_message\"",
            false,
        ),
        (
            "[[step]]\nconfirm = \"c\"\nwhen = \"staff\"\n[[step]]\ndo = \"leave_message\"",
            false,
        ),
        ("[[step]]\ncollect = \"message\"\nconfirm = \"c\"", false),
        ("[[step]]\ncollect = \"colour\"", false),
        ("[[step]]\nwish = \"x\"", false),
    ] {
        let text = flow(steps);
        let read = Flows::read(&[("own", text.as_str())], &wording(ko), &wording(en));
        assert_eq!(read.is_ok(), good, "{steps}: {:?}", read.err());
    }
    assert!(Template::parse("{a").is_err());
}

/// The example of flows/README.md works as it stands there.
#[test]
fn the_example_of_the_guide_works() {
    use biseo_conversation::{Dialogue, Input, Opening, Output};
    use biseo_model::understanding::{Intent, Understanding};

    let guide = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../flows/README.md"));
    let mut blocks = guide
        .split("```toml\n")
        .skip(1)
        .map(|b| b.split("```").next().unwrap());
    let (flow, ko) = (blocks.next().unwrap(), blocks.next().unwrap());
    let file = |name: &str| {
        std::fs::read_to_string(format!("{}/../../flows/{name}.toml", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let (say_ko, say_en, call) = (file("say.ko"), file("say.en"), file("call.ko"));
    let words = [
        ("say", say_ko.as_str()),
        ("call", call.as_str()),
        ("volunteer", ko),
    ];
    let flows = Flows::read(&[("volunteer", flow)], &words, &[("say", say_en.as_str())]).unwrap();
    let shop =
        std::fs::read_to_string(format!("{}/../../shops/maeum.toml", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let profile = std::sync::Arc::new(biseo_model::shop::ShopProfile::from_toml(&shop).unwrap());
    let mut dialogue = Dialogue::with_flows(profile, Opening::default(), std::sync::Arc::new(flows));
    let now = jiff::civil::date(2026, 11, 24).at(10, 0, 0, 0);
    dialogue.handle(now, Input::Started);
    let understanding = Understanding {
        intents: vec![Intent::LeaveMessage],
        ..Understanding::default()
    };
    let reply = dialogue.handle(now, Input::heard("봉사하고 싶어요", understanding));
    assert!(
        matches!(&reply[0], Output::Say(p) if p.key == "volunteer.ask_message" && p.text.contains('?')),
        "{reply:?}"
    );
}
