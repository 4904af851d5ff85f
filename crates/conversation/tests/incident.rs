//! While something is out of order, callers hear it once, and what is asked about it follows it.

mod script;

use biseo_conversation::{CheckIn, Dialogue, Incident, Input, Language, Opening, Output};
use biseo_model::incident::IncidentKind;
use jiff::civil::{DateTime, date};
use script::{meaning_of, profile};

const NOW: DateTime = date(2026, 11, 24).at(12, 12, 0, 0);

fn said(outputs: &[Output]) -> String {
    let prompts = outputs.iter().filter_map(|output| match output {
        Output::Say(prompt) => Some(prompt.text.as_str()),
        _ => None,
    });
    prompts.collect::<Vec<_>>().join(" ")
}

fn standing(kind: IncidentKind, account: Option<&str>) -> Vec<Incident> {
    let account = account.map(Into::into);
    vec![Incident { kind, account }]
}

/// A call while that stands: its greeting, and the dialogue.
fn call(incidents: Vec<Incident>) -> (String, Dialogue) {
    let mut dialogue = Dialogue::new(profile("haengbok"), Opening::default());
    dialogue.out_of_order(incidents);
    let greeting = said(&dialogue.handle(NOW, Input::Started));
    (greeting, dialogue)
}

fn ask(dialogue: &mut Dialogue, text: &str, meaning: &str) -> String {
    said(&dialogue.handle(NOW, Input::heard(text, meaning_of(meaning))))
}

#[test]
fn it_is_said_after_the_greeting_and_once() {
    let (greeting, mut dialogue) = call(standing(IncidentKind::PaymentsDown, Some("국민 123-45-678901")));
    let (hello, then) = greeting.split_once("도와드릴까요?").unwrap();
    assert!(hello.contains("AI 비서"), "{greeting}");
    assert_eq!(
        then.trim(),
        "지금 카드 결제가 안 돼요. 현금과 계좌이체는 돼요. 계좌는 국민 123-45-678901이에요."
    );
    let answer = ask(&mut dialogue, "주차 되나요?", "ask / topic parking");
    assert!(!answer.contains("카드"), "{answer}");
}

#[test]
fn a_question_about_cards_follows_it_and_the_facts_again_when_it_is_over() {
    let (_, mut dialogue) = call(standing(IncidentKind::PaymentsDown, None));
    let answer = ask(&mut dialogue, "카드 되나요?", "ask / topic payment");
    assert!(
        answer.starts_with("지금 카드 결제가 안 돼요. 현금으로는 하실 수 있어요."),
        "{answer}"
    );
    assert!(!answer.contains("다 됩니다"), "{answer}");
    dialogue.out_of_order(vec![]);
    let answer = ask(&mut dialogue, "카드 되나요?", "ask / topic payment");
    assert!(answer.starts_with("카드, 현금, 계좌이체 다 됩니다."), "{answer}");
}

#[test]
fn what_begins_in_mid_call_is_said_with_the_next_reply_and_not_twice_in_it() {
    let (greeting, mut dialogue) = call(vec![]);
    assert!(greeting.ends_with("도와드릴까요?"), "{greeting}");
    dialogue.out_of_order(standing(IncidentKind::PaymentsDown, None));
    let answer = ask(&mut dialogue, "카드 되나요?", "ask / topic payment");
    assert_eq!(answer.matches("카드 결제가 안 돼요").count(), 1, "{answer}");
    let answer = ask(&mut dialogue, "주차 되나요?", "ask / topic parking");
    assert!(!answer.contains("카드 결제"), "{answer}");
}

#[test]
fn who_closed_early_takes_nobody_more_today_and_opens_tomorrow_as_ever() {
    let (greeting, mut dialogue) = call(standing(IncidentKind::ClosedEarly, None));
    assert!(greeting.contains("일찍 마쳤어요"), "{greeting}");
    let today = ask(&mut dialogue, "몇 시까지 해요?", "ask / topic hours");
    assert!(today.contains("일찍 마쳤어요"), "{today}");
    let tomorrow = ask(
        &mut dialogue,
        "내일은 몇 시까지 해요?",
        "ask / topic hours, date 2026-11-25",
    );
    assert!(
        !tomorrow.contains("일찍") && tomorrow.contains("내일"),
        "{tomorrow}"
    );
    let booking = "book / date 2026-11-24, time 19:00, party_size 4";
    let reply = dialogue.handle(NOW, Input::heard("오늘 일곱 시 네 명이요", meaning_of(booking)));
    // What is near it on another day may be offered; today is not.
    let wishes = reply.iter().find_map(|output| match output {
        Output::Do(biseo_conversation::Action::Check { wishes, .. }) => Some(wishes),
        _ => None,
    });
    assert!(
        wishes.is_none_or(|w| w.iter().all(|wish| wish.at.date() != NOW.date())),
        "{reply:?}"
    );
}

#[test]
fn whom_we_call_is_not_told_of_it_and_english_is_spoken_in_english() {
    let checked = Opening {
        check_in: Some(CheckIn {
            name: "김순자".into(),
        }),
        ..Opening::default()
    };
    let mut dialogue = Dialogue::new(profile("maeum"), checked);
    dialogue.out_of_order(standing(IncidentKind::LineDown, None));
    let greeting = said(&dialogue.handle(NOW, Input::Started));
    assert!(!greeting.contains("회선"), "{greeting}");
    let english = Opening {
        language: Language::En,
        ..Opening::default()
    };
    for kind in IncidentKind::ALL {
        let mut dialogue = Dialogue::new(profile("haengbok"), english.clone());
        dialogue.out_of_order(standing(kind, None));
        let greeting = said(&dialogue.handle(NOW, Input::Started));
        let hangul = greeting.chars().any(|c| ('가'..='힣').contains(&c));
        assert!(
            greeting.len() > 120 && (!hangul || greeting.contains("행복")),
            "{greeting}"
        );
    }
}
