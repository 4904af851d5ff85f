//! Second choices and what is ruled out: where each value of an utterance goes.

mod common;

use biseo_model::understanding::{Act, Filled, Understanding, Value};

/// A shop, what was asked, the words; then first choices, second choices, what is ruled out.
type Row = (
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// It is Wednesday, 2026-03-11, 15:00.
const ROWS: [Row; 34] = [
    (
        "haengbok",
        None,
        "여섯 시 되면 여섯 시로 하고 안 되면 일곱 시로 해 주세요",
        "18:00",
        "19:00",
        "",
    ),
    (
        "haengbok",
        Some("time"),
        "여섯 시 반이요 안 되면 일곱 시요",
        "18:30",
        "19:00",
        "",
    ),
    (
        "haengbok",
        Some("time"),
        "일곱 시 아니면 여덟 시요",
        "19:00",
        "20:00",
        "",
    ),
    (
        "haengbok",
        Some("time"),
        "일곱 시 자리 없으면 여섯 시도 괜찮아요",
        "19:00",
        "18:00",
        "",
    ),
    (
        "haengbok",
        None,
        "토요일 일곱 시에 네 명이요 자리 없으면 일요일 여섯 시로요",
        "03-14 19:00 4명",
        "03-15 18:00",
        "",
    ),
    (
        "haengbok",
        None,
        "토요일 저녁 여섯 시 다 찼으면 일곱 시에 네 명 예약할게요",
        "03-14 18:00 4명",
        "19:00",
        "",
    ),
    (
        "haengbok",
        None,
        "내일 여섯 시가 제일 좋고요 여섯 시 반도 괜찮아요 다섯 명이요",
        "03-12 18:00 5명",
        "18:30",
        "",
    ),
    (
        "haengbok",
        None,
        "금요일로 하고 싶은데 정 안 되면 토요일 그것도 안 되면 일요일이요 다섯 시 두 명",
        "03-13 17:00 2명",
        "03-14 | 03-15",
        "",
    ),
    (
        "byeol",
        None,
        "수아 선생님 안 되면 민호 선생님으로 내일 두 시 커트요",
        "03-12 14:00 수아 커트",
        "민호",
        "",
    ),
    (
        "byeol",
        Some("staff"),
        "민호 선생님이요 그날 안 되시면 지은 선생님이요",
        "민호",
        "지은",
        "",
    ),
    (
        "haengbok",
        None,
        "토요일은 안 되고 일요일은 돼요",
        "03-15",
        "",
        "03-14",
    ),
    ("haengbok", Some("date"), "토요일은 좀 힘들어요", "", "", "03-14"),
    (
        "haengbok",
        Some("alternative"),
        "일곱 시는 안 돼요",
        "",
        "",
        "19:00",
    ),
    (
        "haengbok",
        Some("alternative"),
        "금요일은 제가 약속이 있어서요",
        "",
        "",
        "03-13",
    ),
    (
        "haengbok",
        Some("date"),
        "금요일만 아니면 다 괜찮아요",
        "",
        "",
        "03-13",
    ),
    (
        "haengbok",
        Some("time"),
        "여섯 시는 어려워요 일곱 시로 해 주세요",
        "19:00",
        "",
        "18:00",
    ),
    (
        "byeol",
        Some("staff"),
        "민호 선생님만 빼고 아무나요",
        "",
        "",
        "민호",
    ),
    ("haengbok", None, "내일은 안 되나요?", "03-12", "", ""),
    ("haengbok", None, "내일 일곱 시는 안 돼요?", "03-12 19:00", "", ""),
    ("haengbok", None, "토요일은 힘들까요", "03-14", "", ""),
    (
        "haengbok",
        Some("date"),
        "토요일이요 일요일은 되죠",
        "03-14 03-15",
        "",
        "",
    ),
    ("haengbok", None, "사장님 안 되시면 메모 남길게요", "", "", ""),
    ("haengbok", None, "예약 못 하면 그냥 갈게요", "", "", ""),
    (
        "haengbok",
        Some("time"),
        "아니 여섯 시 말고 일곱 시요",
        "19:00",
        "",
        "",
    ),
    (
        "haengbok",
        None,
        "비 오면 안 가도 되죠 내일 네 시 두 명이요",
        "03-12 16:00 2명",
        "",
        "",
    ),
    (
        "gugu",
        None,
        "후라이드 한 마리요 없으면 양념으로 주세요",
        "후라이드",
        "양념",
        "",
    ),
    (
        "haengbok",
        None,
        "a table at six or if not at seven tomorrow for two",
        "03-12 18:00 2명",
        "19:00",
        "",
    ),
    (
        "haengbok",
        Some("time"),
        "six thirty otherwise seven",
        "18:30",
        "19:00",
        "",
    ),
    (
        "haengbok",
        Some("date"),
        "Saturday or else Sunday",
        "03-14",
        "03-15",
        "",
    ),
    (
        "haengbok",
        Some("date"),
        "Friday doesn't work for me",
        "",
        "",
        "03-13",
    ),
    ("haengbok", Some("date"), "any day but Friday", "", "", "03-13"),
    (
        "haengbok",
        Some("date"),
        "I can't do Friday, Saturday is fine",
        "03-14",
        "",
        "03-13",
    ),
    ("haengbok", None, "doesn't Friday work?", "03-13", "", ""),
    (
        "haengbok",
        Some("time"),
        "not at six please, seven",
        "19:00",
        "",
        "",
    ),
];

#[test]
fn each_goes_where_it_belongs() {
    let shops = common::shops();
    let mut wrong = Vec::new();
    for (shop, asked, text, first, second, out) in ROWS {
        let u = shops[shop].understand(text, &common::context("2026-03-11T15:00:00", asked));
        let new: Vec<Filled> = u.slots.iter().filter(|f| !f.was).cloned().collect();
        let got = [
            sorted(&new),
            u.fallbacks
                .iter()
                .map(|c| words(c))
                .collect::<Vec<_>>()
                .join(" | "),
            words(&u.excluded),
        ];
        if got != [sort(first), second.to_string(), out.to_string()] {
            wrong.push(format!("{text}: {got:?} acts {:?}", u.acts));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_second_choice_corrects_nothing() {
    let u = understood("여섯 시로 하고 안 되면 일곱 시로 해 주세요");
    assert!(!u.has(Act::Correct) && !u.has(Act::Deny), "{:?}", u.acts);
}

fn understood(text: &str) -> Understanding {
    common::shops()["haengbok"].understand(text, &common::context("2026-03-11T15:00:00", Some("time")))
}

fn sorted(filled: &[Filled]) -> String {
    sort(&words(filled))
}

fn sort(words: &str) -> String {
    let mut words: Vec<&str> = words.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

fn words(filled: &[Filled]) -> String {
    let word = |f: &Filled| match &f.value {
        Value::Date(d) => Some(d.strftime("%m-%d").to_string()),
        Value::Time { at, .. } | Value::PickupTime(at) => Some(at.strftime("%H:%M").to_string()),
        Value::PartySize(n) => Some(format!("{n}명")),
        Value::Staff(s) | Value::Service(s) => Some(s.clone()),
        Value::MenuItem { name, .. } => Some(name.clone()),
        _ => None,
    };
    filled.iter().filter_map(word).collect::<Vec<_>>().join(" ")
}
