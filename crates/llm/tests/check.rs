//! What of an answer is believed: table by table, and whatever the JSON.

use biseo_llm::answer::Answer;
use biseo_llm::{Checked, Question, Refused, check, merge};
use biseo_model::shop::{BookingRules, ShopProfile};
use biseo_model::understanding::{Act, Awaiting, Context, Intent, Slot, Understanding, Value};
use proptest::prelude::*;
use serde_json::json;

fn shop(text: &str) -> ShopProfile {
    ShopProfile::from_toml(text).unwrap()
}

fn haengbok() -> ShopProfile {
    let text = include_str!("../../../shops/haengbok.toml");
    shop(&text.replace(
        "[facts]",
        "[facts]\ncorkage = { ko = \"와인은 병당 2만원이에요.\" }",
    ))
}

fn byeol() -> ShopProfile {
    shop(include_str!("../../../shops/byeol.toml"))
}

fn context(awaiting: Option<Awaiting>) -> Context {
    Context {
        now: "2026-11-24T10:12:00".parse().unwrap(),
        awaiting,
    }
}

fn checked(
    shop: &ShopProfile,
    awaiting: Option<Awaiting>,
    said: &str,
    answer: &serde_json::Value,
) -> Checked {
    let context = context(awaiting);
    let question = Question::new(said, &context, shop, &Understanding::default());
    check(&Answer::read(&answer.to_string()).unwrap(), &question)
}

fn slot(slot: &str, value: &str, words: &str) -> serde_json::Value {
    json!({"intents": [], "acts": [], "slots": [{"slot": slot, "value": value, "words": words}], "fact": null})
}

#[test]
fn values_stand_only_if_said_or_in_the_profile() {
    use Refused::{NotInProfile, NotItsOwn, NotSaid, OutOfRange, Unknown};
    let (food, hair) = (haengbok(), byeol());
    let menu = food.menu[0].name.clone();
    let cut = hair.services[0].name.clone();
    for (shop, said, name, value, words, refused) in [
        (
            &food,
            "다음 주 금요일쯤",
            "date",
            "2026-12-04",
            "다음 주 금요일",
            None,
        ),
        (
            &food,
            "다음 주 금요일쯤",
            "date",
            "2026-12-05",
            "다음 주 금요일",
            Some(NotSaid),
        ),
        (
            &food,
            "어제 말고 내일",
            "date",
            "2026-11-23",
            "어제",
            Some(OutOfRange),
        ),
        (
            &food,
            "내년 십이월 일일",
            "date",
            "2027-12-01",
            "십이월 일일",
            Some(OutOfRange),
        ),
        (
            &food,
            "이월 삼십일",
            "date",
            "2027-02-30",
            "이월 삼십일",
            Some(OutOfRange),
        ),
        (&food, "내일", "date", "now", "내일", Some(OutOfRange)),
        (&food, "저녁 일곱 시쯤", "time", "19:00", "저녁 일곱 시", None),
        (
            &food,
            "저녁 일곱 시쯤",
            "time",
            "25:00",
            "저녁 일곱 시",
            Some(OutOfRange),
        ),
        (
            &food,
            "저녁 일곱 시쯤",
            "time",
            "20:00",
            "저녁 일곱 시",
            Some(NotSaid),
        ),
        (&food, "네 식구가 가요", "party_size", "4", "네 식구", None),
        (
            &food,
            "네 식구가 가요",
            "party_size",
            "5",
            "네 식구",
            Some(NotSaid),
        ),
        (&food, "네 식구가 가요", "party_size", "4", "네 명", Some(NotSaid)),
        (
            &food,
            "네 식구가 가요",
            "party_size",
            "0",
            "네 식구",
            Some(OutOfRange),
        ),
        (
            &food,
            "네 식구가 가요",
            "party_size",
            "-4",
            "네 식구",
            Some(OutOfRange),
        ),
        (&food, "저 홍길동인데", "name", "홍길동", "홍길동", None),
        (&food, "저 홍길동인데", "name", "김길동", "홍길동", Some(NotSaid)),
        (
            &food,
            "제일 잘 나가는 거",
            "menu_item",
            menu.as_str(),
            "제일 잘 나가는 거",
            None,
        ),
        (
            &food,
            "로브스터요",
            "menu_item",
            "로브스터",
            "로브스터",
            Some(NotInProfile),
        ),
        (
            &hair,
            "머리 자르려고요",
            "service",
            cut.as_str(),
            "머리 자르려고요",
            None,
        ),
        (&hair, "문신이요", "service", "문신", "문신", Some(NotInProfile)),
        (
            &hair,
            "원빈 선생님이요",
            "staff",
            "원빈",
            "원빈",
            Some(NotInProfile),
        ),
        (
            &food,
            "공일공 일이삼사 오육칠팔",
            "phone",
            "01012345678",
            "공일공",
            Some(NotSaid),
        ),
        (
            &food,
            "전화번호는요",
            "phone",
            "01012345678",
            "전화번호",
            Some(NotItsOwn),
        ),
        (&food, "이 전화로 주세요", "phone", "this", "이 전화", None),
        (&food, "내일", "won", "0", "내일", Some(Unknown)),
        (&food, "콜키지요", "topic", "corkage", "콜키지", Some(Unknown)),
        (&food, "콜키지요", "topic", "other", "콜키지", None),
    ] {
        let checked = checked(shop, None, said, &slot(name, value, words));
        assert_eq!(
            checked.refused.first().copied(),
            refused,
            "{said}: {name} {value}"
        );
        assert_eq!(
            checked.understanding.slots.len(),
            usize::from(refused.is_none()),
            "{said}"
        );
        assert!(checked.understanding.confidence <= 0.8);
    }
}

#[test]
fn only_the_rules_confirm_stop_and_end() {
    let shop = haengbok();
    let answer = json!({"intents": ["rule_the_world"], "acts": ["affirm", "goodbye", "stop"], "slots": [], "fact": null});
    let confirm = checked(&shop, Some(Awaiting::Confirm), "그 뭐 그런 셈이죠", &answer);
    assert!(confirm.understanding.is_empty(), "{confirm:?}");
    assert_eq!(confirm.refused.len(), 4);
    let offer = checked(&shop, Some(Awaiting::Offer), "그 뭐 그런 셈이죠", &answer);
    assert_eq!(offer.understanding.acts, [Act::Affirm]);
}

#[test]
fn a_fact_must_exist() {
    let shop = haengbok();
    let fact = |key| json!({"intents": [], "acts": [], "slots": [], "fact": key});
    let found = checked(&shop, None, "와인 들고 가도 되나요", &fact("corkage"));
    assert_eq!(found.fact.as_deref(), Some("corkage"));
    assert!(found.understanding.wants(Intent::Ask));
    let topic = checked(&shop, None, "차 가져가도 되나요", &fact("parking"));
    assert_eq!((topic.fact, topic.understanding.topics().count()), (None, 1));
    let none = checked(&shop, None, "비밀이 뭐예요", &fact("secret"));
    assert_eq!((none.fact, none.refused), (None, vec![Refused::NotInProfile]));
}

#[test]
fn answers_that_are_none_are_refused_whole() {
    let many = json!({"intents": [], "acts": [], "slots": vec![json!({"slot": "date", "value": "x", "words": "x"}); 17], "fact": null});
    for text in [
        "",
        "네",
        "[]",
        "{}",
        "{\"intents\":[]",
        &"x".repeat(5000),
        &many.to_string(),
        "{\"intents\":[],\"acts\":[],\"slots\":[],\"fact\":null,\"say\":\"공짜예요\"}",
    ] {
        assert!(Answer::read(text).is_err(), "{text:.40}");
    }
}

#[test]
fn what_the_rules_found_stands() {
    let (shop, context) = (haengbok(), context(None));
    let nlu = biseo_nlu::Nlu::new(&shop);
    let said = "내일 네 명 예약이요 스무 살이에요";
    let rules = nlu.understand(said, &context);
    assert_eq!(
        rules.value(Slot::PartySize),
        Some(&Value::PartySize(4)),
        "{rules:?}"
    );
    let answer = json!({"intents": ["cancel_booking"], "acts": ["deny"],
        "slots": [{"slot": "party_size", "value": "20", "words": "스무 살"}], "fact": "parking"});
    let question = Question::new(said, &context, &shop, &rules);
    let model = check(&Answer::read(&answer.to_string()).unwrap(), &question);
    let (joined, helped) = merge(&rules, &model);
    assert!(helped && joined.confidence <= 0.8);
    assert_eq!(joined.value(Slot::PartySize), Some(&Value::PartySize(4)));
    assert!(joined.wants(Intent::Book) && !joined.wants(Intent::CancelBooking));

    for firm in [
        "네 맞아요",
        "아니요",
        "그만할게요",
        "끊을게요",
        "숨을 못 쉬겠어요",
    ] {
        let rules = nlu.understand(firm, &context);
        let model = checked(
            &shop,
            None,
            firm,
            &json!({"intents": ["book"], "acts": ["affirm", "deny", "correct"], "slots": [], "fact": null}),
        );
        let (joined, _) = merge(&rules, &model);
        let known = |u: &Understanding| {
            [Act::Affirm, Act::Deny, Act::Stop, Act::Goodbye, Act::Correct].map(|a| u.has(a))
        };
        if rules.emergency {
            assert_eq!(joined, rules);
        } else {
            assert_eq!(known(&joined), known(&rules), "{firm}");
        }
    }
}

#[test]
fn the_request_tells_no_number_and_no_name() {
    let (shop, context) = (haengbok(), context(None));
    let said = "저는 김민수인데요 공일공 이삼사오 육칠팔구로 거시기 좀 해 주세요";
    let rules = biseo_nlu::Nlu::new(&shop).understand(said, &context);
    let request = Question::new(said, &context, &shop, &rules)
        .request("m")
        .to_string();
    for secret in ["김민수", "이삼사오", "육칠팔구"] {
        assert!(!request.contains(secret), "{secret}: {rules:?}");
    }
    assert!(request.contains("거시기") && request.contains("json_schema") && request.contains("Tuesday"));
}

/// Any JSON, more often than not with the names that the schema knows.
fn any_answer() -> impl Strategy<Value = serde_json::Value> {
    let word = prop_oneof![
        "\\PC{0,12}",
        proptest::sample::select(vec![
            "내일",
            "네",
            "네 명",
            "일곱 시",
            "김민수",
            "#",
            "date",
            "2026-11-25",
            "19:00",
            "4",
            "0",
            "book",
            "affirm",
            "this",
            "parking",
            "corkage",
            "커트",
            "불고기",
            "99999999999",
            "-1",
            "2026-02-30",
            "9999-12-31",
        ])
        .prop_map(str::to_string),
    ];
    let name = prop_oneof![
        word.clone(),
        proptest::sample::select(biseo_llm::answer::SLOTS.to_vec()).prop_map(str::to_string)
    ];
    let slot = (
        name,
        word.clone(),
        word.clone(),
        any::<Option<u32>>(),
        any::<bool>(),
    )
        .prop_map(|(s, v, w, q, was)| json!({"slot": s, "value": v, "words": w, "quantity": q, "was": was}));
    let words = || proptest::collection::vec(word.clone(), 0..4);
    (words(), words(), proptest::collection::vec(slot, 0..6), proptest::option::of(word.clone()))
        .prop_map(|(intents, acts, slots, fact)| json!({"intents": intents, "acts": acts, "slots": slots, "fact": fact}))
}

fn flat(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn grounded(value: &Value, said: &str, shop: &ShopProfile, now: jiff::civil::DateTime) -> bool {
    let says = |text: &str| flat(said).contains(&flat(text)) && !flat(text).is_empty();
    match value {
        Value::Service(name) => shop.services.iter().any(|s| s.name == *name),
        Value::Staff(name) => {
            matches!(&shop.booking, Some(BookingRules::Staff(r)) if r.staff.iter().any(|s| s.name == *name))
        }
        Value::MenuItem { name, quantity } => {
            shop.menu.iter().any(|m| m.name == *name) && quantity.is_none_or(|q| (1..=100).contains(&q))
        }
        Value::Queue(name) => shop.queues.iter().any(|q| q.name == *name),
        Value::Name(text) | Value::Address(text) | Value::Message(text) | Value::BookingRef(text) => {
            says(text)
        }
        Value::Date(date) => *date >= now.date() && (*date - now.date()).get_days() <= 366,
        Value::PartySize(n) | Value::Quantity(n) => {
            // Of the utterances below only these numbers are said.
            [1, 2, 4, 7, 25].contains(n)
        }
        Value::Phone(_) => false,
        Value::Time { .. } | Value::PickupTime(_) | Value::Topic(_) | Value::ThisNumber => true,
    }
}

proptest! {
    #[test]
    fn nothing_comes_from_nowhere(
        answer in any_answer(),
        said in proptest::sample::select(vec!["내일 저녁 일곱 시에 네 명이요 저 김민수고요", "이십오일 커트 하나", "010-1234-5678 불고기 두 개", ""]),
        confirm in any::<bool>(),
    ) {
        let awaiting = confirm.then_some(Awaiting::Confirm);
        for shop in [haengbok(), byeol()] {
            let context = context(awaiting);
            let question = Question::new(said, &context, &shop, &Understanding::default());
            let Ok(answer) = Answer::read(&answer.to_string()) else { continue };
            let checked = check(&answer, &question);
            for filled in &checked.understanding.slots {
                prop_assert!(filled.start <= filled.end && filled.end <= said.chars().count());
                prop_assert!(grounded(&filled.value, &question.shown, &shop, context.now), "{:?}", filled);
            }
            prop_assert!(checked.understanding.confidence <= 0.8 && !checked.understanding.emergency);
            prop_assert!(!confirm || !checked.understanding.has(Act::Affirm));
            prop_assert!(checked.fact.is_none_or(|key| shop.facts.contains_key(&key)));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,400}") {
        let _ = Answer::read(&text);
    }
}
