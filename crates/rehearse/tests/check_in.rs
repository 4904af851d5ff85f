//! The check-in call with the real understanding: ordinary answers are noted and not taken for anything else, "pardon?" is
//! answered slowly, worry and danger are told from their opposites.

use biseo_conversation::{Action, ActionResult, CheckIn, Dialogue, Input, Language, Opening, Output};
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::Context;
use biseo_nlu::Nlu;
use jiff::civil::{DateTime, date};

const SHOP: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops/maeum.toml"));
const NOW: DateTime = date(2026, 11, 24).at(10, 12, 0, 0);

struct Call {
    nlu: Nlu,
    dialogue: Dialogue,
}

impl Call {
    fn new() -> Self {
        let profile = ShopProfile::from_toml(SHOP).unwrap();
        let opening = Opening {
            check_in: Some(CheckIn {
                name: "김순자".into(),
            }),
            ..Opening::default()
        };
        let mut call = Self {
            nlu: Nlu::new(&profile),
            dialogue: Dialogue::new(profile.into(), opening),
        };
        call.dialogue.handle(NOW, Input::Started);
        call
    }

    fn hear(&mut self, words: &str) -> Vec<Output> {
        let awaiting = self.dialogue.awaiting();
        let understanding = self.nlu.understand(words, &Context { now: NOW, awaiting });
        self.dialogue.handle(NOW, Input::heard(words, understanding))
    }
}

fn message(reply: &[Output]) -> &str {
    match reply.last() {
        Some(Output::Do(Action::LeaveMessage { text, .. })) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn ordinary_answers_are_noted_as_they_are() {
    let mut call = Call::new();
    for words in [
        "네 일곱 시간 잤어요",
        "아니요 아직이요 열두 시에 먹을 거예요",
        "그럼요 먹었죠",
        "안 아파요 괜찮아요",
        "그냥 그래요 힘들지 않아요",
    ] {
        let reply = call.hear(words);
        assert!(
            matches!(reply.last(), Some(Output::Listen(_))),
            "{words}: {reply:?}"
        );
        let noted = format!("답을 적음: {words}");
        assert!(call.dialogue.trace(Language::Ko).contains(&noted), "{words}");
    }
    let reply = call.hear("토요일에 아들이 와요");
    let text = message(&reply);
    assert!(
        text.contains("통증: 안 아파요 괜찮아요") && text.contains("방문: 토요일에 아들이 와요"),
        "{text}"
    );
    assert!(!text.contains("살펴볼 것"), "{text}");
    let reply = call.dialogue.handle(NOW, Input::Done(ActionResult::MessageLeft));
    assert!(matches!(reply.last(), Some(Output::HangUp { .. })));
}

#[test]
fn pardon_is_answered_slowly() {
    let mut call = Call::new();
    for words in [
        "다시 말해 주세요",
        "뭐라고요",
        "잘 안 들려요 다시 한번 말씀해 주세요",
    ] {
        let reply = call.hear(words);
        let slow = |o: &Output| matches!(o, Output::Say(p) if p.slow && p.key == "checkin.ask_sleep");
        assert!(reply.iter().any(slow), "{words}: {reply:?}");
    }
}

#[test]
fn worries_are_marked() {
    let mut call = Call::new();
    for words in [
        "통 못 잤어요",
        "입맛이 없어서 안 먹었어",
        "깜빡했어",
        "무릎이 아파",
        "우울해요",
    ] {
        call.hear(words);
    }
    let reply = call.hear("아무도 안 와");
    let text = message(&reply);
    assert_eq!(text.matches("살펴볼 것").count(), 6, "{text}");
}

#[test]
fn danger_is_told_from_a_sigh() {
    for (words, danger) in [
        ("한숨이 나와서 못 잤어", false),
        ("숨이 차서 못 잤어", true),
        ("가슴이 너무 아파서요", true),
        ("죽고 싶어요", true),
        ("어제 마당에서 쓰러졌어", true),
        ("아무것도 못 먹었어", true),
        ("푹 잘 잤어요", false),
    ] {
        let mut call = Call::new();
        let reply = call.hear(words);
        let alerts = matches!(reply.last(), Some(Output::Do(Action::Alert { .. })));
        assert_eq!(alerts, danger, "{words}: {reply:?}");
    }
}
