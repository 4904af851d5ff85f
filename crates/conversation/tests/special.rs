//! Days that are closed or have other hours for once: what callers are told of them, by voice and by keys.

mod script;

use std::sync::Arc;

use biseo_conversation::keypad::sentences;
use biseo_conversation::{Action, Dialogue, Flows, Input, Language, Opening, Output};
use biseo_model::shop::ShopProfile;
use jiff::civil::{DateTime, date};
use script::meaning_of;

/// A Tuesday.
const NOW: DateTime = date(2026, 11, 24).at(10, 12, 0, 0);
const SHOP: &str = include_str!("../../../shops/haengbok.toml");

fn shop(days: &str) -> Arc<ShopProfile> {
    let text = SHOP.replacen("[hours]\n", &format!("[hours]\nspecial = [{days}]\n"), 1);
    Arc::new(ShopProfile::from_toml(&text).unwrap())
}

fn call(days: &str, language: Language) -> Dialogue {
    let opening = Opening {
        language,
        ..Opening::default()
    };
    let mut dialogue = Dialogue::new(shop(days), opening);
    dialogue.handle(NOW, Input::Started);
    dialogue
}

fn said(outputs: &[Output]) -> String {
    let texts = outputs.iter().filter_map(|output| match output {
        Output::Say(prompt) => Some(prompt.text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join(" ")
}

fn asked(days: &str, meaning: &str) -> String {
    said(&call(days, Language::Ko).handle(NOW, Input::heard("말", meaning_of(meaning))))
}

#[test]
fn whether_it_is_open_is_told_as_the_owner_wrote_it() {
    let repairs =
        r#"{ date = "2026-12-01", until = "2026-12-20", reason = { ko = "내부 수리", en = "repairs" } }"#;
    let early = r#"{ date = "2026-11-24", hours = { open = "11:00:00", close = "15:00:00" } }"#;
    let party = r#"{ date = "2026-11-24", hours = { open = "11:00:00", close = "15:00:00", last_order = "14:00:00" }, reason = { ko = "개인 사정" } }"#;
    for (days, meaning, answer) in [
        // 다음 주 화요일에 하나요? The day on which it opens again lies beyond the days off (and is no Monday).
        (
            repairs,
            "ask / topic hours, date 2026-12-01",
            "12월 1일 화요일은 내부 수리로 쉬어요. 12월 22일 화요일은 오전 11시부터",
        ),
        (
            r#"{ date = "2026-12-01" }"#,
            "ask / topic hours, date 2026-12-01",
            "임시 휴무예요.",
        ),
        // 오늘 하나요?
        (
            early,
            "ask / topic hours, date 2026-11-24",
            "오늘은 평소와 달리 오전 11시부터 오후 3시까지 해요.",
        ),
        (
            party,
            "ask / topic hours",
            "오늘은 개인 사정으로 오전 11시부터 오후 3시까지 해요. 마지막 주문은 오후 2시예요.",
        ),
        // On a Monday, the usual closing day.
        (
            r#"{ date = "2026-11-30", hours = { open = "11:00:00", close = "15:00:00" } }"#,
            "ask / topic hours, date 2026-11-30",
            "평소와 달리",
        ),
        // 영업시간이 어떻게 되세요? The day off that is near is told beside today's hours.
        (
            r#"{ date = "2026-11-26", reason = { ko = "여름휴가" } }"#,
            "ask / topic hours",
            "여름휴가로 쉬어요.",
        ),
        // Of several days the one after the first is no day to come on either.
        (
            r#"{ date = "2026-11-26", until = "2026-11-28" }"#,
            "ask / topic hours",
            "임시 휴무예요. 11월 29일 일요일은 오전 11시부터",
        ),
    ] {
        let told = asked(days, meaning);
        assert!(told.contains(answer), "{meaning}: {told}");
    }
    let far = asked(r#"{ date = "2026-12-10" }"#, "ask / topic hours");
    assert!(!far.contains("임시 휴무"), "{far}");
    let usual = asked(r#"{ date = "2026-12-10" }"#, "ask / topic hours, date 2026-11-25");
    assert!(usual.contains("오전 11시부터 밤 10시까지"), "{usual}");
}

#[test]
fn a_day_off_is_not_booked_and_another_is_offered() {
    let days = r#"{ date = "2026-11-26", reason = { ko = "내부 수리" } }"#;
    let mut dialogue = call(days, Language::Ko);
    let reply = dialogue.handle(
        NOW,
        Input::heard(
            "목요일 두 명이요",
            meaning_of("book / date 2026-11-26, party_size 2"),
        ),
    );
    let told = said(&reply);
    assert!(
        told.contains("내부 수리로 쉬어요.") && told.contains("문을 여는데"),
        "{told}"
    );
    let trace = dialogue.trace(Language::Ko).join("\n");
    assert!(trace.contains("임시 휴무일"), "{trace}");
    let whole = "book / date 2026-11-26, time 19:00, party_size 2, name 김하늘, phone 01023456789";
    let reply = call(days, Language::Ko).handle(NOW, Input::heard("목요일 일곱 시요", meaning_of(whole)));
    for output in &reply {
        if let Output::Do(Action::Check { wishes, .. }) = output {
            assert!(
                wishes.iter().all(|w| w.at.date() != date(2026, 11, 26)),
                "{reply:?}"
            );
        }
    }
}

/// Days with other hours are open days: whoever may come on any is offered the first of them, and not the day after the last.
#[test]
fn any_day_is_also_one_with_other_hours() {
    let days =
        r#"{ date = "2026-11-23", until = "2026-11-30", hours = { open = "11:00:00", close = "15:00:00" } }"#;
    let meaning =
        meaning_of("book / time 12:00, party_size 2, name 김하늘, phone 01023456789, hint any of=date");
    let reply = call(days, Language::Ko).handle(NOW, Input::heard("아무 날이나 열두 시요", meaning));
    let wished = reply.iter().find_map(|output| match output {
        Output::Do(Action::Check { wishes, .. }) => wishes.first().map(|wish| wish.at),
        _ => None,
    });
    assert_eq!(wished, Some(date(2026, 11, 24).at(12, 0, 0, 0)), "{reply:?}");
}

/// A reason without English is not told in English, and no Korean is in the sentence.
#[test]
fn english_callers_hear_english() {
    let hangul = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c));
    for (day, told) in [
        (
            r#"{ date = "2026-11-26", reason = { ko = "내부 수리", en = "repairs" } }"#,
            "because of repairs",
        ),
        (
            r#"{ date = "2026-11-26", reason = { ko = "내부 수리" } }"#,
            "as an exception",
        ),
        (
            r#"{ date = "2026-11-26", hours = { open = "11:00:00", close = "15:00:00" }, reason = { ko = "내부 수리" } }"#,
            "other hours than usual",
        ),
    ] {
        let mut dialogue = call(day, Language::En);
        let meaning = meaning_of("ask / topic hours, date 2026-11-26");
        let answer = said(&dialogue.handle(NOW, Input::heard("Are you open on Thursday?", meaning)));
        assert!(answer.contains(told) && !hangul(&answer), "{answer}");
    }
}

/// By keys the same is told, and it is among what is kept spoken.
#[test]
fn by_keys_it_is_kept_spoken() {
    let profile = shop(
        r#"{ date = "2026-11-24", reason = { ko = "내부 수리" } }, { date = "2026-11-25", hours = { open = "11:00:00", close = "15:00:00" } }"#,
    );
    let kept = sentences(&profile, &Flows::built_in(), Language::Ko, NOW);
    assert!(kept.contains("오늘은 내부 수리로 쉬어요."), "{kept:?}");
    assert!(kept.contains("내일은 평소와 달리 오전 11시부터 오후 3시까지 해요."));
}
