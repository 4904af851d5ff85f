//! `biseo chat`: whole calls, typed.

use std::io::Write;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::support::{biseo, text};

fn chat(arguments: &[&str], typed: &str) -> Output {
    let now = ["chat", "--shop", "haengbok", "--now", "2026-11-24T10:12:00"];
    let all = [now.as_slice(), arguments].concat();
    let mut child = biseo(&all, &std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

const BOOKING: &str = "내일 저녁 일곱 시에 네 명 예약하고 싶은데 주차 되나요?\n김민수입니다\n이 번호로요\n네 맞아요\n아니요 됐어요 감사합니다\n";

#[test]
fn a_table_is_booked_line_by_line() {
    let output = chat(&["--caller", "010-2345-6789"], BOOKING);
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    for part in [
        "행복식당에 글로",
        "비서 │ 안녕하세요, 행복식당입니다",
        "고객 │ 김민수입니다",
        "주차",
        "■ 통화가 끝났습니다",
        "예약: 2026-11-25(수) 19:00 · 4명 · ",
        "김민수 · 010-2345-6789",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn json_tells_of_every_turn_what_was_understood_done_and_asked() {
    let output = chat(&["--caller", "01023456789", "--json"], BOOKING);
    let printed = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Value> = printed
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(rows.len(), 7, "a greeting, five turns and the outcome: {printed}");
    assert!(rows[0]["text"].is_null() && rows[0]["said"].as_str().unwrap().contains("행복식당"));
    let first = &rows[1];
    assert_eq!(first["turn"], 1);
    assert_eq!(first["understood"]["intents"], serde_json::json!(["book", "ask"]));
    assert!(first["heard_by"].as_str().unwrap().contains("clauses"));
    let begins = &first["commands"][0];
    assert_eq!(
        (&begins["command"], &begins["intent"]),
        (&"start_flow".into(), &"book".into())
    );
    assert!(begins["reason"].as_str().unwrap().contains("예약"));
    let stack = &first["stack"][0];
    assert_eq!(
        (&stack["flow"], &stack["missing"]),
        (&"book".into(), &serde_json::json!(["name", "phone"]))
    );
    assert!(
        stack["values"]
            .as_array()
            .unwrap()
            .contains(&serde_json::json!({"slot": "time", "value": "19:00"}))
    );
    let date = first["slots"]
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["slot"] == "date")
        .unwrap();
    assert_eq!(
        (&date["state"], &date["source"]),
        (&"heard".into(), &"said".into())
    );
    assert!(first["trace"][0].as_str().unwrap().contains("알아들은 것"));
    assert_eq!(first["awaiting"], serde_json::json!({"slot": "name"}));
    assert!(
        first["actions"][0]["action"]
            .as_str()
            .unwrap()
            .starts_with("Check")
    );
    let book = &rows[4]["actions"][0];
    assert!(book["action"].as_str().unwrap().starts_with("Book"), "{printed}");
    assert!(
        book["result"].as_str().unwrap().starts_with("Booked"),
        "{printed}"
    );
    assert_eq!(
        (&rows[4]["over"], &rows[5]["over"]),
        (&false.into(), &true.into())
    );
    assert!(rows[6]["outcome"][0].as_str().unwrap().contains("19:00"));
}

#[test]
fn silence_is_answered_and_the_end_of_input_hangs_up() {
    let output = chat(&["--json"], "\n");
    let printed = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Value> = printed
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(rows.len(), 3, "{printed}");
    assert!(rows[1]["text"].is_null() && !rows[1]["said"].as_str().unwrap().is_empty());
    assert_eq!(rows[2]["outcome"], serde_json::json!([]));
    let shown = text(&chat(&["--lang", "en"], "hello\n"));
    assert!(
        shown.contains("the call is over") && shown.contains("nothing was stored"),
        "{shown}"
    );
}

#[test]
fn what_is_wrong_is_told() {
    for (arguments, code, parts) in [
        (
            vec!["chat", "--shop", "nowhere"],
            2,
            ["no shop \"nowhere\"", "haengbok"],
        ),
        (
            vec!["chat", "--shop", "haengbok", "--shops", "no-folder"],
            2,
            ["no-folder", "시작할 수 없습니다"],
        ),
        (
            vec!["chat", "--shop", "haengbok", "--now", "noon"],
            2,
            ["--now", "2026-11-24T10:12:00"],
        ),
        (
            vec!["chat", "--shop", "haengbok", "--caller", "12"],
            2,
            ["--caller", "not a telephone number"],
        ),
    ] {
        let output = biseo(&arguments, &std::env::temp_dir())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", text(&output));
        assert!(
            parts.iter().all(|p| text(&output).contains(p)),
            "{parts:?}: {}",
            text(&output)
        );
    }
}
