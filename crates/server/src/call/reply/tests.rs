//! What is known of a reply, from its first sentence to its end.

use biseo_conversation::Language;
use biseo_model::ids::CallId;
use biseo_model::record::Latency;

use super::*;

fn prompt(text: &str, interruptible: bool) -> Prompt {
    Prompt {
        key: "a.b".into(),
        text: text.into(),
        language: Language::Ko,
        interruptible,
        slow: false,
    }
}

fn reply(prompts: &[Prompt], then: Then) -> Reply {
    let turn = TurnRecord {
        call: CallId::new("c").unwrap(),
        number: 0,
        at: jiff::Timestamp::UNIX_EPOCH,
        heard: String::new(),
        understood: serde_json::Value::Null,
        said: Reply::text_of(prompts),
        latency: Latency::default(),
    };
    Reply::new(1, prompts, then, turn)
}

#[test]
fn the_first_packet_may_be_told_before_its_sound() {
    let (spoke, handed) = (Instant::now(), Instant::now() + Duration::from_millis(300));
    let mut reply = reply(&[prompt("네.", true)], Then::Nothing).after(String::new(), Some(spoke));
    reply.sounded = Some(handed + Duration::from_millis(20));
    assert!(!reply.measure());
    reply.handed = Some(handed);
    assert!(reply.measure());
    let latency = &reply.turn.latency;
    assert_eq!(latency.pacing_ms, Some(20.0));
    assert!(latency.total_ms >= Some(320.0));
}

#[test]
fn what_was_heard_is_told_in_whole_words() {
    let prompts = [
        prompt("내일 저녁 일곱 시요.", true),
        prompt("네 분 맞으세요? 말씀해 주세요.", true),
    ];
    let all = Reply::text_of(&prompts);
    // Sentences of one second and two; the third's length is not known yet.
    for (sent, said) in [
        (0, ""),
        (480, ""),
        (480 + 2000, "내일"),
        (480 + 4000, "내일 저녁"),
        (480 + 8000, "내일 저녁 일곱 시요."),
        (480 + 8000 + 8000, "내일 저녁 일곱 시요. 네 분"),
        (480 + 24_000, "내일 저녁 일곱 시요. 네 분 맞으세요?"),
        (480 + 24_000 + 5000, "내일 저녁 일곱 시요. 네 분 맞으세요? 말씀해"),
        (480 + 24_000 + 80_000, all.as_str()),
    ] {
        let mut reply = reply(&prompts, Then::Nothing);
        reply.sentence_ends(8000);
        reply.sentence_ends(24_000);
        let heard = reply.break_off(sent);
        assert_eq!(reply.turn.said, said, "{sent}");
        assert_eq!(heard, said.chars().count(), "{sent}");
    }
    let mut reply = reply(&prompts, Then::Nothing).after("잠시만요.".into(), None);
    reply.sentence_ends(8000);
    reply.break_off(480 + 2000);
    assert_eq!(reply.turn.said, "잠시만요. 내일");
}

#[test]
fn a_notice_is_protected_to_its_end_and_what_follows_is_not() {
    let begun = Instant::now();
    let prompts = [
        prompt("녹음됩니다. AI 비서입니다.", false),
        prompt("무엇을 도와드릴까요?", true),
    ];
    let mut reply = reply(&prompts, Then::Nothing);
    assert_eq!(reply.protection(), Protection::Whole, "its length is not known");
    reply.handed = Some(begun);
    reply.sentence_ends(8000);
    assert_eq!(reply.protection(), Protection::Whole);
    reply.sentence_ends(16_000);
    let until = begun + Duration::from_secs(2) + MARGIN;
    assert_eq!(reply.protection(), Protection::Until(until));
    assert!(!reply.may_be_cut(begun + Duration::from_secs(2)) && reply.may_be_cut(until));
    reply.sounded = Some(begun + Duration::from_millis(30));
    assert_eq!(reply.free_at(), Some(until + Duration::from_millis(30)));
}

#[test]
fn nobody_breaks_into_a_good_bye() {
    for (prompts, then, protection) in [
        (
            vec![prompt("네.", true), prompt("네.", true)],
            Then::Nothing,
            Protection::Open,
        ),
        (
            vec![prompt("네.", true), prompt("네.", false)],
            Then::Nothing,
            Protection::Whole,
        ),
        (
            vec![prompt("네.", true)],
            Then::HangUp(CallEnd::Biseo),
            Protection::Whole,
        ),
    ] {
        assert_eq!(reply(&prompts, then).protection(), protection, "{prompts:?}");
    }
}

#[test]
fn its_end_is_counted_from_its_first_packet() {
    let begun = Instant::now();
    let mut reply = reply(&[prompt("네.", true)], Then::Nothing);
    reply.handed = Some(begun);
    assert_eq!(reply.ends(8000, begun), begun + Duration::from_secs(1));
    reply.sounded = Some(begun + Duration::from_millis(40));
    assert_eq!(reply.ends(8000, begun), begun + Duration::from_millis(1040));
}
