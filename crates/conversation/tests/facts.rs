//! Questions about what an owner wrote down under a name of its own.

mod script;

use std::sync::Arc;

use biseo_conversation::{Dialogue, Input, Opening, Output};
use biseo_model::shop::ShopProfile;
use jiff::civil::{DateTime, date};
use script::meaning_of;

const NOW: DateTime = date(2026, 11, 24).at(18, 12, 0, 0);
const SHOP: &str = include_str!("../../../shops/haengbok.toml");
const OWN: &str = "[facts]\n\
    \"아기 의자, 유아 의자\" = { ko = \"아기 의자는 세 개 있어요.\" }\n\
    \"아기 의자 예약\" = { ko = \"아기 의자는 예약할 때 말씀해 주세요.\" }\n\
    \"놀\" = { ko = \"한 글자 이름은 쓰이지 않아요.\" }\n";

/// What is said to a question, and what was then not answered.
fn asked(text: &str) -> (String, Vec<String>) {
    let profile = ShopProfile::from_toml(&SHOP.replacen("[facts]\n", OWN, 1)).unwrap();
    let mut dialogue = Dialogue::new(Arc::new(profile), Opening::default());
    dialogue.handle(NOW, Input::Started);
    let said = dialogue.handle(NOW, Input::heard(text, meaning_of("ask / topic other")));
    let prompts = said.into_iter().filter_map(|output| match output {
        Output::Say(prompt) => Some(prompt.text),
        _ => None,
    });
    (
        prompts.collect::<Vec<_>>().join(" "),
        dialogue.summary().unanswered.clone(),
    )
}

#[test]
fn a_question_that_names_it_is_answered_by_it() {
    for (text, answer) in [
        ("아기 의자 있나요?", "세 개"),
        ("아기의자 있어요", "세 개"),
        ("혹시 유아 의자도 있나요", "세 개"),
        ("아기 의자 예약은 어떻게 해요?", "말씀해 주세요"),
    ] {
        let (said, unanswered) = asked(text);
        assert!(said.contains(answer), "{text}: {said}");
        assert!(unanswered.is_empty(), "{text}");
    }
}

#[test]
fn any_other_is_kept_for_the_owner() {
    for text in ["콘센트 있나요?", "놀이방 있어요?", "의자 있나요?"] {
        let (said, unanswered) = asked(text);
        assert!(
            !said.contains("의자는") && !said.contains("한 글자"),
            "{text}: {said}"
        );
        assert_eq!(unanswered, [text]);
    }
}
