//! What holds for every text: no panic, spans within it, extra blanks change nothing; and how much noise is borne.

mod common;

use biseo_model::understanding::{Awaiting, Context, Slot};
use biseo_nlu::jamo::{self, Syllable};
use proptest::prelude::*;
use serde_json::Value as Json;

fn any_awaiting() -> impl Strategy<Value = Option<Awaiting>> {
    prop_oneof![
        Just(None),
        Just(Some(Awaiting::Confirm)),
        Just(Some(Awaiting::Alternative)),
        Just(Some(Awaiting::Offer)),
        Just(Some(Awaiting::AnythingElse)),
        prop::sample::select(vec![
            Slot::Date,
            Slot::Time,
            Slot::PartySize,
            Slot::Name,
            Slot::Phone,
            Slot::Message,
            Slot::Address,
            Slot::Quantity
        ])
        .prop_map(|s| Some(Awaiting::Slot(s))),
    ]
}

/// Pieces of speech thrown together, digits and strange characters among them.
fn speech() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "내일",
        "다음 주",
        "금요일",
        "일곱",
        "시",
        "반",
        "네",
        "명",
        "예약",
        "취소",
        "말고",
        "아니",
        "공일공",
        "이삼사오",
        "구구팔칠",
        "설",
        "연휴",
        "마지막 날",
        "십이월",
        "삼십이일",
        "99",
        "24:70",
        "-",
        ":",
        "2월",
        "30일",
        "만",
        "억",
        "조",
        "김민수",
        "이요",
        "로",
        "에서",
        "까지",
        "뒤",
        "전",
        "열",
        "스물",
        "…",
        "?",
        "next",
        "friday",
        "half past",
        "double",
        "\u{0}",
        "👍",
        "ㅋㅋ",
        "İ",
    ]);
    prop_oneof![
        prop::collection::vec(word, 0..14).prop_map(|w| w.join(" ")),
        any::<String>(),
        "[가-힣 ]{0,80}",
        "[0-9일이삼사오육칠팔구공십백천만억조년월일시분 :.,/-]{0,60}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(biseo_testkit::cases(400)))]

    #[test]
    fn any_text_is_borne(text in speech(), awaiting in any_awaiting(), shop in 0_usize..5, day in 0_i64..2000) {
        let shops = SHOPS.with(|s| s.clone());
        let nlu = shops.values().nth(shop).expect("five shops");
        let now = "2026-01-01T12:00:00".parse::<jiff::civil::DateTime>().expect("a time") + jiff::Span::new().days(day);
        let u = nlu.understand(&text, &Context { now, awaiting });
        let chars = text.chars().count();
        for f in &u.slots {
            prop_assert!(f.start <= f.end && f.end <= chars, "{f:?} in {text:?}");
        }
        prop_assert!((0.0..=1.0).contains(&u.confidence));
    }

    #[test]
    fn extra_blanks_change_nothing(row in 0_usize..168) {
        let line = include_str!("data/utterances.jsonl").lines().nth(row).expect("a row");
        let row: Json = serde_json::from_str(line).expect("a row");
        let text = row["text"].as_str().unwrap_or("");
        let context = common::context(row["now"].as_str().unwrap_or(""), row["awaiting"].as_str());
        let shops = SHOPS.with(|s| s.clone());
        let nlu = &shops[row["shop"].as_str().unwrap_or("")];
        let (plain, wide) = (nlu.understand(text, &context), nlu.understand(&format!("  {}  ", text.replace(' ', "   ")), &context));
        prop_assert_eq!(plain.intents, wide.intents);
        prop_assert_eq!(plain.acts, wide.acts);
        prop_assert_eq!(plain.slots.len(), wide.slots.len());
    }
}

thread_local! {
    static SHOPS: std::rc::Rc<std::collections::BTreeMap<&'static str, biseo_nlu::Nlu>> = std::rc::Rc::new(common::shops());
}

/// A small generator, so that the noise is the same every time (xorshift64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// Changes about one jamo in twenty, as a recogniser does: vowels and onsets that sound alike more often than others.
fn noisy(text: &str, dice: &mut Dice) -> String {
    const VOWELS: [(u8, u8); 8] = [
        (2, 6),
        (6, 2),
        (5, 9),
        (9, 5),
        (14, 19),
        (19, 14),
        (12, 6),
        (8, 6),
    ];
    let part = |s: &mut Syllable, dice: &mut Dice| match dice.roll(3) {
        0 => {
            s.coda = if s.coda == 0 {
                [0, 4, 8, 21][dice.roll(4) as usize]
            } else {
                [0, 1, 4, 8, 16, 21][dice.roll(6) as usize]
            }
        }
        1 => s.vowel = VOWELS.iter().find(|v| v.0 == s.vowel).map_or(s.vowel, |v| v.1),
        _ => s.onset = if s.onset == 19 { 12 } else { s.onset % 19 + 1 },
    };
    let change = |c: char, dice: &mut Dice| {
        let mut s = jamo::split(c);
        if !s.is_hangul() || dice.roll(1000) >= 125 {
            return c;
        }
        part(&mut s, dice);
        jamo::join(s).unwrap_or(c)
    };
    text.chars().map(|c| change(c, dice)).collect()
}

/// Of the noisy development utterances, at least so many in a hundred keep all intents.
const INTENTS_KEPT: usize = 90;

#[test]
fn noise_is_borne() {
    let shops = common::shops();
    let mut dice = Dice(20_260_311);
    let (mut intents, mut exact, mut total) = (0, 0, 0);
    for line in include_str!("data/utterances.jsonl").lines() {
        let row: Json = serde_json::from_str(line).expect("a row");
        let context = common::context(row["now"].as_str().unwrap_or(""), row["awaiting"].as_str());
        for _ in 0..5 {
            let text = noisy(row["text"].as_str().unwrap_or(""), &mut dice);
            let u = shops[row["shop"].as_str().unwrap_or("")].understand(&text, &context);
            let faults = biseo_rehearse::judge_understanding(&row["expect"], &u);
            intents += usize::from(faults.intents.is_empty());
            exact += usize::from(faults.none());
            total += 1;
        }
    }
    println!("noisy: intents {intents}/{total}, exact {exact}/{total}");
    assert!(
        intents * 100 >= total * INTENTS_KEPT,
        "{intents} of {total} keep their intents"
    );
}

/// Short words of the conversation are no wishes, whatever the classifier makes of their sound.
#[test]
fn words_of_the_conversation_stay_what_they_are() {
    let shops = common::shops();
    let words = [
        "안녕히 계세요",
        "수고하세요",
        "그만할게요",
        "네",
        "네 네",
        "아니요",
        "감사합니다",
        "여보세요",
        "잠깐만요",
        "다시 말해 주세요",
        "괜찮아요",
        "모르겠어요",
        "끊을게요",
        "네 알겠습니다",
        "bye",
        "thank you",
    ];
    for (id, shop) in &shops {
        for text in words {
            for asked in [
                None,
                Some("date"),
                Some("confirm"),
                Some("offer"),
                Some("anything_else"),
            ] {
                let u = shop.understand(text, &common::context("2026-11-25T10:00:00", asked));
                assert!(u.intents.is_empty(), "{id} {asked:?} {text}: {:?}", u.intents);
            }
        }
    }
}
