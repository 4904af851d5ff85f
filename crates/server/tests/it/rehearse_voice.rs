//! `biseo rehearse --voice`: a real call on loopback, to a shop whose books are not empty.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{CONVERSATION, Running, biseo, root, text};

#[test]
fn a_booking_from_before_the_call_is_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let record = json!({"date": "2026-11-28", "time": "19:00", "party_size": 2, "name": "장희수", "phone": "01035911751"});
    let other = json!({"date": "2026-11-28", "time": "19:00", "party_size": 4, "name": "이영희", "phone": "01011112222"});
    let scenario = json!({
        "id": "cancels", "shop": "haengbok", "now": "2026-11-24T10:12:00+09:00", "kind": "cancel",
        "caller": {"number": "01035911751"}, "given": {"bookings": [other, record]},
        "opens": "토요일 저녁 일곱 시 예약 취소해 주세요",
        "confirms": "네 맞아요", "closes": "아니요 됐어요",
        "expect": {"bookings": [{"was": record, "cancelled": true}], "orders": [], "messages": 0},
    });
    std::fs::write(dir.path().join("caller.jsonl"), scenario.to_string()).unwrap();
    let mut command = biseo(
        &["rehearse", "--scenarios", "caller.jsonl", "--voice", "--json"],
        dir.path(),
    );
    let model = root().join("models/demo-ko");
    command.arg("--model").arg(model).args(["--report", "out.html"]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut rehearsal = Running { child };
    let code = rehearsal.ended("biseo rehearse", CONVERSATION);
    let printed = std::io::read_to_string(rehearsal.child.stdout.take().unwrap()).unwrap();
    let told = std::io::read_to_string(rehearsal.child.stderr.take().unwrap()).unwrap();
    assert_eq!(code, Some(0), "{printed} {told}");
    let rows: Vec<Value> = printed
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(
        (&rows[0]["id"], &rows[0]["passed"]),
        (&json!("cancels"), &json!(true))
    );
    assert_eq!(rows[1], json!({"passed": 1, "total": 1}));
    assert!(told.contains("1/1 ✓ cancels"), "progress: {told}");
    let page = std::fs::read_to_string(dir.path().join("out.html")).unwrap();
    for part in [
        "예약 취소: 2026-11-28(토) 19:00 · 2명",
        "통화 전부터 있던 예약과 주문: 2건",
        "고객이 실제로 한 말",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn without_a_voice_or_with_jobs_in_text_it_does_not_begin() {
    let dir = tempfile::tempdir().unwrap();
    let scenario = root().join("scenarios/demo.jsonl");
    let scenario = ["rehearse", "--scenarios", scenario.to_str().unwrap()];
    for (more, part) in [
        (vec!["--voice", "--model", "no-model"], "no-model"),
        (vec!["--jobs", "2"], "--voice"),
        (vec!["--voice", "--jobs", "0"], "--jobs"),
    ] {
        let output = biseo(&[&scenario, more.as_slice()].concat(), dir.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        assert!(text(&output).contains(part), "{part}: {}", text(&output));
    }
}
