//! `biseo rehearse` in text, as a user runs it.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::support::{biseo, root, text};

/// A caller who books a table and asks about parking.
fn booker(id: &str) -> Value {
    json!({
        "id": id, "shop": "haengbok", "now": "2026-11-24T10:12:00+09:00", "kind": "booking",
        "caller": {"number": "01023456789"},
        "opens": "내일 저녁 일곱 시에 네 명 예약하고 싶은데 주차 되나요?",
        "knows": {"name": ["김민수입니다"], "phone": ["지금 이 번호로요"]},
        "confirms": "네 맞아요", "closes": "아니요 됐어요 감사합니다",
        "expect": {
            "bookings": [{"date": "2026-11-25", "time": "19:00", "party_size": 4, "name": "김민수"}],
            "answers": ["parking"], "transfer": null,
        },
    })
}

/// A caller whose booking exists before the call, and who gives it up.
fn canceller() -> Value {
    let record = json!({"date": "2026-11-28", "time": "19:00", "party_size": 2, "name": "장희수", "phone": "01035911751"});
    json!({
        "id": "cancels", "shop": "haengbok", "now": "2026-11-24T10:12:00+09:00", "kind": "cancel",
        "caller": {"number": "01035911751"}, "given": {"bookings": [record]},
        "opens": "토요일 저녁 일곱 시 예약 취소해 주세요",
        "confirms": "네 맞아요", "closes": "아니요 됐어요",
        "expect": {"bookings": [{"was": record, "cancelled": true}]},
    })
}

/// Expects what does not happen, and speaks in markup.
fn hostile() -> Value {
    let mut wrong = booker("<script>alert(1)</script>");
    wrong["kind"] = "\"><img src=x>".into();
    wrong["knows"]["name"] = json!(["<script>alert(2)</script> 김민수입니다"]);
    wrong["expect"]["bookings"][0]["time"] = "21:30".into();
    wrong["expect"]["says"] = json!([["<script>alert(3)</script>"]]);
    wrong
}

fn rehearsed(folder: &Path, scenarios: &[Value], arguments: &[&str]) -> Output {
    let lines: Vec<String> = scenarios.iter().map(Value::to_string).collect();
    std::fs::write(folder.join("callers.jsonl"), lines.join("\n")).unwrap();
    let all = [&["rehearse", "--scenarios", "callers.jsonl"], arguments].concat();
    biseo(&all, folder).output().unwrap()
}

#[test]
fn callers_who_get_what_they_want_pass() {
    let dir = tempfile::tempdir().unwrap();
    let shops = root().join("shops");
    let output = rehearsed(
        dir.path(),
        &[booker("b"), canceller()],
        &["--shops", shops.to_str().unwrap()],
    );
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    for part in [
        "booking      1/1",
        "cancel       1/1",
        "통과: 2/2 100.0 %",
        "평균: ",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains('✗'), "{shown}");
}

#[test]
fn a_failure_is_shown_turn_by_turn_and_ends_in_1() {
    let dir = tempfile::tempdir().unwrap();
    let output = rehearsed(dir.path(), &[booker("b"), hostile()], &[]);
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    for part in [
        "고객 │ 내일 저녁 일곱 시에",
        "이해: {\"intents\":[\"book\",\"ask\"]",
        "처리: Book",
        "있어야 할 예약이 없거나 다릅니다: 2026-11-25 · 21:30 · 4명",
        "통과: 1/2",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(
        shown.matches("✗ <script>").count(),
        1,
        "only the failed call is told: {shown}"
    );
}

#[test]
fn json_has_a_line_for_each_call_and_the_total_last() {
    let dir = tempfile::tempdir().unwrap();
    let output = rehearsed(dir.path(), &[booker("b"), hostile(), canceller()], &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Value> = printed
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(rows.len(), 4, "{printed}");
    assert_eq!(rows[3], json!({"passed": 2, "total": 3}));
    assert_eq!((&rows[0]["id"], &rows[0]["passed"]), (&json!("b"), &json!(true)));
    assert_eq!(rows[0]["failures"], json!([]));
    assert!((3..10).contains(&rows[0]["turns"].as_u64().unwrap()), "{printed}");
    assert_eq!(rows[1]["passed"], false);
    assert!(
        rows[1]["failures"][0].as_str().unwrap().contains("21:30"),
        "{printed}"
    );
}

#[test]
fn the_report_is_one_page_in_which_nothing_said_is_markup() {
    let dir = tempfile::tempdir().unwrap();
    let output = rehearsed(dir.path(), &[booker("b"), hostile()], &["--report", "out.html"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    let page = std::fs::read_to_string(dir.path().join("out.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("lang=\"ko\""));
    for part in [
        "통화 2통 가운데 1통이",
        "&lt;script&gt;alert(1)",
        "&lt;script&gt;alert(2)",
        "&lt;script&gt;alert(3)",
        "예약: 2026-11-25(수) 19:00 · 4명",
        "답한 질문: 주차",
        "prefers-color-scheme: dark",
        "name=\"viewport\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for markup in ["<script", "<img", "http://", "https://", "url(", "@import"] {
        assert!(!page.contains(markup), "{markup}");
    }
    let (failed, passed) = (
        page.find("class=\"call bad\"").unwrap(),
        page.find("class=\"call good\"").unwrap(),
    );
    assert!(failed < passed, "failures come first");
    let english = rehearsed(
        dir.path(),
        &[booker("b")],
        &["--report", "out.html", "--lang", "en"],
    );
    assert_eq!(english.status.code(), Some(0));
    let page = std::fs::read_to_string(dir.path().join("out.html")).unwrap();
    assert!(page.contains("lang=\"en\"") && page.contains("every call ended as expected"));
}

#[test]
fn what_cannot_be_played_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut nowhere = booker("b");
    nowhere["shop"] = "nowhere".into();
    let mut never = booker("b");
    never["now"] = "soon".into();
    for (scenario, parts) in [
        (
            nowhere,
            ["callers.jsonl", "no shop \"nowhere\"; there are: byeol"],
        ),
        (never, ["callers.jsonl", "\"soon\""]),
        (json!({"id": "b"}), ["callers.jsonl", "line 1"]),
    ] {
        let output = rehearsed(dir.path(), &[scenario], &[]);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        assert!(
            parts.iter().all(|p| text(&output).contains(p)),
            "{}",
            text(&output)
        );
    }
    let output = rehearsed(dir.path(), &[booker("b")], &["--report", "no/such/folder.html"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("no/such/folder.html"));
    // What is given must find room; the others are played all the same.
    let mut crowded = canceller();
    crowded["given"]["bookings"][0]["party_size"] = 500.into();
    let output = rehearsed(dir.path(), &[crowded, booker("b")], &["--json"]);
    let printed = text(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        printed.contains("not played to its end") && printed.contains("\"passed\":1,\"total\":2"),
        "{printed}"
    );
}
