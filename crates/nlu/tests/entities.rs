//! Values in any text: the own cases, and what holds for every text.

mod common;

use biseo_nlu::entities::{Entity, EntityKind, Reference, entities};
use jiff::tz::Offset;
use proptest::prelude::*;

fn is_time(kind: EntityKind) -> bool {
    use EntityKind::{Date, Datetime, Duration, Phone, Range, Time};
    matches!(kind, Date | Datetime | Duration | Phone | Range | Time)
}

fn reference(now: &str) -> Option<Reference> {
    (now != "-").then(|| Reference {
        now: now.parse().expect("an instant"),
        offset: Some(Offset::constant(-2)),
    })
}

fn shown(text: &str, found: &[Entity], family: &str) -> String {
    let aged = found.iter().any(|e| e.kind == EntityKind::Age);
    let all: Vec<String> = found
        .iter()
        .filter(|e| is_time(e.kind) == (family == "time"))
        .filter(|e| !aged || family == "time" || e.kind == EntityKind::Age)
        .map(|e| {
            let words: String = text.chars().skip(e.start).take(e.end - e.start).collect();
            let kind = format!("{:?}", e.kind).to_lowercase();
            format!("{words} = {kind} {}", e.value)
        })
        .collect();
    if all.is_empty() {
        "-".into()
    } else {
        all.join(" | ")
    }
}

#[test]
fn own_cases() {
    let rows = include_str!("data/entities.tsv")
        .lines()
        .filter(|l| !l.starts_with('#'));
    let mut wrong = Vec::new();
    for row in rows {
        let [now, family, text, expected] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("four columns: {row}");
        };
        let found = shown(text, &entities(text, reference(now)), family);
        if found != expected {
            wrong.push(format!("{text}: {found}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_an_instant_no_day_is_invented() {
    for text in [
        "내일",
        "다음 주 금요일",
        "세 시간 뒤",
        "지금",
        "12월 25일",
        "지난 두 시간",
        "이번 주말",
    ] {
        let found = entities(text, None);
        assert!(
            !found
                .iter()
                .any(|e| e.kind != EntityKind::Duration && is_time(e.kind)),
            "{text}: {found:?}"
        );
    }
    let found = entities("내일 오후 세 시", None);
    assert_eq!(
        (found[0].kind, found[0].value.as_str()),
        (EntityKind::Time, "15:00:00")
    );
    let found = entities("2026년 3월 2일 오후 세 시", None);
    assert!(
        found.iter().any(|e| e.value == "2026-03-02 15:00:00"),
        "{found:?}"
    );
}

/// Fragments of dates, times, numbers and what may spoil them, glued together with and without blanks.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "내일",
        "다음",
        "지난",
        "이번",
        "주",
        "달",
        "년",
        "해",
        "분기",
        "반기",
        "월",
        "일",
        "요일",
        "금",
        "월요일",
        "시",
        "분",
        "초",
        "시간",
        "반",
        "전",
        "후",
        "뒤",
        "안에",
        "이후",
        "이전",
        "까지",
        "부터",
        "에서",
        "의",
        "에",
        "와",
        "과",
        "그리고",
        "하고",
        "만",
        "억",
        "조",
        "백",
        "천",
        "십",
        "이",
        "삼",
        "한",
        "두",
        "세",
        "석",
        "열",
        "스물",
        "하루",
        "이틀",
        "보름",
        "일주일",
        "며칠",
        "몇",
        "수",
        "반시간",
        "오전",
        "오후",
        "밤",
        "저녁",
        "자정",
        "정오",
        "설날",
        "추석",
        "크리스마스",
        "초",
        "말",
        "중순",
        "여름",
        "년대",
        "세기",
        "살",
        "개월",
        "번째",
        "째",
        "등",
        "마지막에서",
        "점",
        "분의",
        "마이너스",
        "음수",
        "99",
        "2147483648",
        "18446744073709551616",
        "2016",
        "24:70",
        "12/31",
        "1/0",
        "0000",
        "3.5",
        ".",
        ",",
        "-",
        "~",
        "/",
        ":",
        "GMT",
        "pm",
        "매주",
        "마다",
        "지금부터",
        "오늘부터",
        "ㅋㅋ",
        "ㄱ",
        "\u{1100}\u{1161}",
        "👍",
        "\u{0}",
        "\u{200d}",
        "İ",
        "\t",
        "\n",
        "가힣",
        "일이삼사오육칠팔구",
    ]);
    prop_oneof![
        4 => prop::collection::vec((piece, any::<bool>()), 0..24).prop_map(|all| {
            all.into_iter().map(|(p, blank)| if blank { format!("{p} ") } else { p.to_string() }).collect()
        }),
        1 => any::<String>(),
        1 => "[가-힣ㄱ-ㅎ0-9 ]{0,60}",
        1 => "[0-9일이삼사오육칠팔구공십백천만억조년월일시분초주달전후 :.,/~-]{0,80}",
    ]
}

/// Which of the families, within which nothing overlaps.
fn family(kind: EntityKind) -> u8 {
    match kind {
        EntityKind::Number | EntityKind::Ordinal => 1,
        EntityKind::Age => 2,
        EntityKind::Boolean => 3,
        _ => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(biseo_testkit::cases(600)))]

    /// That the test ends is part of what it tells: each reader goes on behind what it found.
    #[test]
    fn every_text_is_read_to_its_end(text in hostile(), day in -60_000_i64..60_000, anchored in any::<bool>()) {
        let now = "2026-01-01T12:00:00".parse::<jiff::civil::DateTime>().expect("a time") + jiff::Span::new().days(day);
        let found = entities(&text, anchored.then(|| now.into()));
        let length = text.chars().count();
        let mut ends = [0; 4];
        for e in &found {
            prop_assert!(e.start < e.end && e.end <= length, "{e:?} in {text:?}");
            let end = &mut ends[usize::from(family(e.kind))];
            prop_assert!(*end <= e.start, "{e:?} overlaps in {text:?}");
            *end = e.end;
        }
    }

    #[test]
    fn every_text_is_understood_in_the_end(text in hostile()) {
        thread_local!(static SHOPS: std::collections::BTreeMap<&'static str, biseo_nlu::Nlu> = common::shops());
        let context = common::context("2026-11-25T10:00:00", None);
        SHOPS.with(|shops| for shop in shops.values() { shop.understand(&text, &context); });
    }
}

/// The longest text that is read, of what takes most readers furthest.
#[test]
fn long_texts_end() {
    for piece in [
        "한",
        "이",
        "이십일",
        "다음",
        "3일 ",
        "과",
        "일과 ",
        "반",
        "1:",
        "1/",
        "지난 두 시간 ",
        "내일부터 ",
        "삼분의 ",
    ] {
        let text = piece.repeat(700);
        entities(
            &text,
            Some(
                "2026-11-25T10:00:00"
                    .parse::<jiff::civil::DateTime>()
                    .expect("a time")
                    .into(),
            ),
        );
        entities(&text, None);
    }
}
