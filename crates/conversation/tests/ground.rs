//! Grounding of values: what the recogniser is not sure of is asked about, stakes counted; what is typed never is.

mod script;

use biseo_conversation::{Dialogue, Flows, Ground, Grounding, Input, Opening, Output, Source};
use biseo_model::phone::PhoneNumber;
use biseo_model::understanding::Slot;
use jiff::civil::{DateTime, date};
use script::{meaning_of, profile};

const NOW: DateTime = date(2026, 11, 24).at(10, 12, 0, 0);

fn call() -> Dialogue {
    let opening = Opening {
        caller: PhoneNumber::parse("01023456789").ok(),
        ..Opening::default()
    };
    let mut dialogue = Dialogue::new(profile("haengbok"), opening);
    dialogue.handle(NOW, Input::Started);
    dialogue
}

/// The keys of what is said to a meaning heard with a confidence.
fn says(dialogue: &mut Dialogue, meaning: &str, confidence: f32) -> Vec<String> {
    let reply = dialogue.handle(
        NOW,
        Input::Heard {
            text: "말".into(),
            understanding: meaning_of(meaning),
            confidence,
        },
    );
    let key = |o: Output| match o {
        Output::Say(prompt) => Some(prompt.key),
        _ => None,
    };
    reply.into_iter().filter_map(key).collect()
}

fn ground(dialogue: &Dialogue, slot: Slot) -> Ground {
    let all = dialogue.grounds();
    all.into_iter().find(|(s, _)| *s == slot).unwrap().1
}

#[test]
fn higher_stakes_are_asked_about_earlier() {
    for (meaning, confidence, key) in [
        ("book / party_size 4", 0.45, "ground.explicit"),
        ("book / party_size 4", 0.55, "ground.implicit"),
        ("book / party_size 4", 0.78, "book.ask_date_and_time"),
        ("book / date 2026-11-25", 0.55, "ground.explicit"),
        ("book / date 2026-11-25", 0.78, "ground.implicit"),
        ("book / date 2026-11-25", 0.85, "book.ask_time"),
        // What is no confidence says nothing against the words; beyond the scale is its end.
        ("book / date 2026-11-25", f32::NAN, "book.ask_time"),
        ("book / date 2026-11-25", 7.0, "book.ask_time"),
        ("book / date 2026-11-25", -1.0, "ground.explicit"),
    ] {
        let said = says(&mut call(), meaning, confidence);
        assert_eq!(said[0], key, "{meaning} at {confidence}: {said:?}");
    }
}

#[test]
fn each_value_knows_how_it_was_established() {
    let mut call = call();
    says(&mut call, "book / date 2026-11-25, time 19:00", 0.7);
    assert_eq!(ground(&call, Slot::Date).state, Grounding::Implicit);
    says(&mut call, "/ party_size 4", 0.2);
    let heard = ground(&call, Slot::PartySize);
    assert_eq!(
        (heard.state, heard.confidence, heard.source),
        (Grounding::Heard, 0.2, Source::Said)
    );
    says(&mut call, "/ party_size 4", 0.3);
    assert_eq!(
        ground(&call, Slot::PartySize).state,
        Grounding::Confirmed,
        "said twice alike"
    );
}

#[test]
fn the_callers_own_number_is_told_as_such() {
    let mut call = call();
    says(&mut call, "leave_message / message 전화 주세요, name 김민수", 1.0);
    let phone = ground(&call, Slot::Phone);
    assert_eq!((phone.source, phone.state), (Source::Caller, Grounding::Heard));
    assert_eq!(ground(&call, Slot::Name).source, Source::Said);
}

#[test]
fn the_limits_are_data_and_within_their_scale() {
    let file = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../flows");
        std::fs::read_to_string(format!("{folder}/{name}.toml")).unwrap()
    };
    let (book, ko, en) = (file("book"), file("say.ko"), file("say.en"));
    let read = |limits: &str| {
        let text = book.replacen("[[step]]", &format!("[ground]\n{limits}\n[[step]]"), 1);
        Flows::read(
            &[("book", text.as_str())],
            &[("say", ko.as_str())],
            &[("say", en.as_str())],
        )
    };
    let flows = read("explicit = 0.0\nstrict = []").unwrap();
    assert_eq!(flows.all()[0].ground.explicit(Slot::Date), 0.0);
    assert_eq!(flows.all()[0].ground.implicit(Slot::Date), 0.75);
    for bad in [
        "explicit = 1.5",
        "implicit = -0.1",
        "explicit = nan",
        "explizit = 0.5",
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
}
