//! A call of ours: who is in danger is not hung up on, whatever happens, and what was answered is kept.

mod script;

use biseo_conversation::{Action, ActionResult, CheckIn, Dialogue, Input, Opening, Output};
use jiff::civil::{DateTime, date};
use script::{meaning_of, profile};

const NOW: DateTime = date(2026, 11, 24).at(10, 12, 0, 0);

fn call() -> (Dialogue, Vec<Output>) {
    let opening = Opening {
        check_in: Some(CheckIn {
            name: "김순자".into(),
        }),
        recorded: true,
        ..Opening::default()
    };
    let mut dialogue = Dialogue::new(profile("maeum"), opening);
    let reply = dialogue.handle(NOW, Input::Started);
    (dialogue, reply)
}

fn hear(dialogue: &mut Dialogue, words: &str) -> Vec<Output> {
    dialogue.handle(NOW, Input::heard(words, meaning_of("")))
}

fn keys(reply: &[Output]) -> Vec<&str> {
    let said = reply.iter().filter_map(|o| match o {
        Output::Say(prompt) => Some(prompt.key.as_str()),
        _ => None,
    });
    said.collect()
}

#[test]
fn the_greeting_tells_who_calls_and_is_heard_to_its_end() {
    let (_, reply) = call();
    let Output::Say(greeting) = &reply[0] else {
        panic!("{reply:?}")
    };
    for part in ["김순자", "마음복지관", "AI", "녹음"] {
        assert!(greeting.text.contains(part), "{}", greeting.text);
    }
    assert!(!greeting.interruptible);
}

/// Each danger word of the data, written with or without blanks, alerts before anything else is said or asked.
#[test]
fn every_danger_word_alerts_at_once() {
    for words in [
        "나 쓰러졌어",
        "숨 이 안 쉬어져",
        "가 슴이 아파",
        "죽고싶어",
        "아무것도 못먹었어",
    ] {
        let (mut dialogue, _) = call();
        let reply = hear(&mut dialogue, words);
        assert_eq!(keys(&reply), ["checkin.danger"], "{words}");
        let Some(Output::Do(Action::Alert { text, name, .. })) = reply.last() else {
            panic!("{words}: {reply:?}")
        };
        assert!(text.contains(words) && text.contains("긴급"), "{text}");
        assert_eq!(name.as_deref(), Some("김순자"));
        assert!(dialogue.summary().emergency);
    }
}

#[test]
fn an_alert_that_could_not_be_stored_is_not_told_as_done() {
    let (mut dialogue, _) = call();
    hear(&mut dialogue, "쓰러졌어");
    let reply = dialogue.handle(NOW, Input::Done(ActionResult::Failed));
    assert_eq!(keys(&reply), ["checkin.danger_failed"]);
    assert!(matches!(reply.last(), Some(Output::Do(Action::Transfer { .. }))));
}

#[test]
fn the_line_is_kept_after_danger() {
    let (mut dialogue, _) = call();
    hear(&mut dialogue, "쓰러졌어");
    dialogue.handle(NOW, Input::Done(ActionResult::MessageLeft));
    let reply = dialogue.handle(NOW, Input::Done(ActionResult::NotReached));
    assert_eq!(keys(&reply).last(), Some(&"checkin.danger_stay"));
    let groans = std::iter::repeat_n(Input::Unclear, 150);
    let silences = std::iter::repeat_n(Input::Silence, 10);
    let words = [
        Input::heard("이제 끊어요", meaning_of("goodbye")),
        Input::heard("됐어 그만", meaning_of("stop deny")),
    ];
    for input in groans.chain(silences).chain(words) {
        let reply = dialogue.handle(NOW, input);
        assert!(
            !dialogue.is_over() && matches!(reply.last(), Some(Output::Listen(_))),
            "{reply:?}"
        );
    }
}

#[test]
fn whoever_hangs_up_before_answering_leaves_nothing() {
    let (mut dialogue, _) = call();
    assert!(dialogue.handle(NOW, Input::CallerHungUp).is_empty());
}
