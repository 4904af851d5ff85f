//! The callers who fit a shop, at the example shops and at such as an owner makes on the page.

use std::collections::BTreeSet;
use std::sync::Arc;

use biseo_model::shop::ShopProfile;
use biseo_nlu::Nlu;
use biseo_rehearse::{CALLERS_NUMBER, Line, Scenario, first_caller, fitting, rehearse};
use jiff::civil::{DateTime, date};

fn example(id: &str) -> ShopProfile {
    let path = format!("{}/../../shops/{id}.toml", env!("CARGO_MANIFEST_DIR"));
    ShopProfile::from_toml(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What failed, with the transcript.
fn failed(profile: &ShopProfile, now: DateTime) -> Vec<String> {
    let nlu = Nlu::new(profile);
    let profile = Arc::new(profile.clone());
    let mut failed = Vec::new();
    for scenario in fitting(&profile, now) {
        let played = rehearse(&scenario, profile.clone(), |text, context| {
            nlu.understand(text, context)
        })
        .unwrap();
        if !played.failures.is_empty() {
            let lines = played.transcript.iter().map(|line| match line {
                Line::Caller(Some((text, _))) => format!("  C {text}"),
                Line::Caller(None) => "  C …".into(),
                Line::Biseo(text) => format!("  B {text}"),
                Line::Did { action, result } => format!("  > {action} {result}"),
            });
            let lines: Vec<String> = lines.collect();
            failed.push(format!(
                "{} {} at {now}: {:?}\n{}",
                profile.id,
                scenario.id,
                played.failures,
                lines.join("\n")
            ));
        }
    }
    failed
}

fn kinds(all: &[Scenario]) -> BTreeSet<&str> {
    all.iter().map(|s| s.kind.as_str()).collect()
}

#[test]
fn the_example_shops_please_the_callers_who_fit_them() {
    let mut all = Vec::new();
    for id in ["haengbok", "byeol", "sotong", "gugu", "maeum"] {
        for now in [
            date(2026, 11, 24).at(10, 12, 0, 0),
            date(2026, 12, 31).at(23, 40, 0, 0),
            date(2027, 2, 5).at(16, 0, 0, 0),
        ] {
            all.extend(failed(&example(id), now));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn a_shop_gets_the_callers_that_it_can_have() {
    let now = date(2026, 11, 24).at(10, 12, 0, 0);
    let of = |id: &str| fitting(&example(id), now);
    let tables = of("haengbok");
    for kind in [
        "book_table",
        "change_booking",
        "cancel_booking",
        "closed_day",
        "order",
        "ask_fact",
    ] {
        assert!(kinds(&tables).contains(kind), "{kind}");
    }
    assert!(kinds(&of("sotong")).contains("book_service"));
    assert!(!kinds(&of("gugu")).contains("book_table"));
    let least = of("maeum");
    assert!(least.len() >= 5 && !kinds(&least).contains("order"));
    assert_eq!(
        first_caller(&example("haengbok"), now).unwrap().kind,
        "book_table"
    );
    assert_eq!(first_caller(&example("gugu"), now).unwrap().kind, "order");
}

/// Nobody is written to, and nobody is called back, for a rehearsal.
#[test]
fn the_callers_number_is_nobodys() {
    let number = biseo_model::phone::PhoneNumber::parse(CALLERS_NUMBER).unwrap();
    assert_eq!(number.as_str(), CALLERS_NUMBER);
    assert!(!number.as_str().starts_with("01"));
}

#[test]
fn they_are_bounded_and_have_names_of_their_own() {
    let mut profile = example("haengbok");
    for n in 0..200 {
        let text = profile.facts["parking"].clone();
        profile.facts.insert(format!("사실{n}"), text);
    }
    let all = fitting(&profile, date(2026, 11, 24).at(10, 12, 0, 0));
    assert!(all.len() <= 24, "{}", all.len());
    let names: BTreeSet<_> = all.iter().map(|s| &s.id).collect();
    assert_eq!(names.len(), all.len());
}

/// What an owner wrote and nobody will hear is found: another answer stands in its way.
#[test]
fn an_answer_that_is_never_given_fails() {
    let mut profile = example("haengbok");
    let text = biseo_model::shop::Wording {
        ko: "단골은 주차비를 깎아 드려요.".into(),
        en: None,
    };
    profile.facts.insert("주차 되는 곳".into(), text);
    let failed = failed(&profile, date(2026, 11, 24).at(10, 12, 0, 0));
    assert_eq!(failed.len(), 1, "{}", failed.join("\n"));
    assert!(
        failed[0].contains("ask_fact-주차 되는 곳") && failed[0].contains("Unsaid"),
        "{}",
        failed[0]
    );
}
