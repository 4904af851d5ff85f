//! The trace of a turn: every thing that can be understood has its word, and a new turn begins anew.

use std::sync::Arc;

use biseo_conversation::{Dialogue, Flows, Input, Language, Opening};
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::Understanding;
use jiff::civil::date;
use serde_json::json;

const WORDS: [(&str, &[&str]); 4] = [
    (
        "intent",
        &[
            "book",
            "change_booking",
            "cancel_booking",
            "find_booking",
            "order",
            "change_order",
            "cancel_order",
            "ask",
            "leave_message",
            "request_callback",
            "transfer",
            "complain",
            "sales_pitch",
            "chitchat",
        ],
    ),
    (
        "act",
        &[
            "greet",
            "affirm",
            "deny",
            "correct",
            "stop",
            "wait",
            "repeat",
            "unsure",
            "thank",
            "goodbye",
            "backchannel",
        ],
    ),
    (
        "slot",
        &[
            "date",
            "time",
            "party_size",
            "name",
            "phone",
            "service",
            "staff",
            "menu_item",
            "quantity",
            "pickup_time",
            "address",
            "message",
            "topic",
            "booking_ref",
            "queue",
        ],
    ),
    (
        "topic",
        &[
            "hours",
            "location",
            "parking",
            "price",
            "menu",
            "wifi",
            "pets",
            "delivery",
            "pickup",
            "payment",
            "staff",
            "duration",
            "cancellation",
            "capacity",
            "availability",
            "screening",
            "programs",
            "volunteer",
            "wait",
            "other",
        ],
    ),
];

fn dialogue() -> Dialogue {
    let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops/haengbok.toml"));
    let profile = Arc::new(ShopProfile::from_toml(shop).unwrap());
    let mut dialogue = Dialogue::new(profile, Opening::default());
    dialogue.handle(date(2026, 11, 24).at(10, 12, 0, 0), Input::Started);
    dialogue
}

fn traced(understanding: serde_json::Value, language: Language) -> Vec<String> {
    let mut dialogue = dialogue();
    let understanding: Understanding = serde_json::from_value(understanding).unwrap();
    let input = Input::heard("말", understanding);
    dialogue.handle(date(2026, 11, 24).at(10, 12, 0, 0), input);
    dialogue.trace(language)
}

/// The names are those of the understanding itself, so that a new one without a word is found here.
#[test]
fn everything_that_can_be_understood_has_its_word() {
    for language in [Language::Ko, Language::En] {
        for (kind, names) in WORDS {
            for name in names {
                let word = Flows::built_in().wording(language).sentence(
                    &format!("trace.{kind}_{name}"),
                    0,
                    &Default::default(),
                );
                assert!(!word.is_empty(), "{language:?}: {kind}_{name}");
            }
        }
        for intent in WORDS[0].1 {
            let lines = traced(json!({"intents": [intent], "confidence": 1.0}), language);
            let key = format!("trace.intent_{intent}");
            let word = Flows::built_in()
                .wording(language)
                .sentence(&key, 0, &Default::default());
            assert!(lines[0].ends_with(&word), "{lines:?}: {word}");
        }
    }
}

#[test]
fn a_turn_begins_with_what_the_caller_does() {
    let mut dialogue = dialogue();
    let now = date(2026, 11, 24).at(10, 12, 0, 0);
    assert_eq!(dialogue.trace(Language::Ko), ["이유: 전화를 받아 AI임을 알림"]);
    dialogue.handle(now, Input::Silence);
    let lines = dialogue.trace(Language::Ko);
    assert_eq!(lines, ["아무 말씀이 없었어요", "이유: 말씀이 없어 다시 여쭤봄"]);
}
