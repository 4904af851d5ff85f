//! `biseo entities` as a user runs it: texts and rows in, one line of JSON out for each.

use std::io::Write;
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use crate::support::biseo;

fn found(arguments: &[&str], input: &[u8]) -> (Option<i32>, Vec<Value>, String) {
    let all = [&["entities"], arguments].concat();
    let mut child = biseo(&all, &std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    let lines = String::from_utf8(stdout).unwrap();
    let rows = lines.lines().map(|l| serde_json::from_str(l).unwrap());
    (status.code(), rows.collect(), String::from_utf8(stderr).unwrap())
}

#[test]
fn texts_line_by_line() {
    let text = "다음 주 금요일 저녁 일곱 시 반이요\n\n안녕하세요\n";
    let (code, rows, told) = found(&["--now", "2026-11-24T10:12:00+09:00"], text.as_bytes());
    assert_eq!((code, told.as_str()), (Some(0), ""));
    assert_eq!(rows.len(), 3);
    let first = &rows[0]["entities"][0];
    assert_eq!((&rows[0]["id"], &first["start"]), (&json!(1), &json!(0)));
    assert_eq!(first["type"], "datetime");
    assert_eq!(first["value"], "2026-12-04 19:30:00");
    assert!(first["end"].as_u64().unwrap() >= 16, "{first}");
    assert_eq!(rows[2], json!({"id": 3, "entities": []}));
}

#[test]
fn rows_carry_their_own_time_and_bad_ones_are_named() {
    let input = [
        r#"{"id": "a", "text": "내일", "reference_time": "2026-12-31T09:00:00", "gold": []}"#.as_bytes(),
        b"{\"id\": \"b\", \"text\": ",
        b"",
        r#"{"id": "c", "text": "내일", "reference_time": "soon"}"#.as_bytes(),
        b"\xff\xfe",
        r#"{"id": 7, "text": "내일"}"#.as_bytes(),
    ]
    .join(&b'\n');
    let now = ["--jsonl", "--lang", "en", "--now", "2026-11-24T10:12:00"];
    let (code, rows, told) = found(&now, &input);
    assert_eq!(code, Some(1));
    let values: Vec<_> = rows
        .iter()
        .map(|r| (&r["id"], r["entities"][0]["value"].as_str().unwrap()))
        .collect();
    assert_eq!(
        values,
        [(&json!("a"), "2027-01-01"), (&json!(7), "2026-11-25")],
        "{rows:?}"
    );
    for part in ["line 2 cannot", "line 4 cannot", "\"soon\"", "line 5 cannot"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(told.lines().count(), 3, "{told}");
}

#[test]
fn a_row_without_an_instant_has_no_invented_day() {
    let input = [
        r#"{"id": 1, "text": "오후 세 시 십오 분"}"#,
        r#"{"id": 2, "text": "내일"}"#,
        r#"{"id": 3, "text": "목요일 8:00 GMT", "reference_time": "2013-02-12T04:30:00-02:00"}"#,
    ]
    .join("\n");
    let (code, rows, told) = found(&["--jsonl"], input.as_bytes());
    assert_eq!((code, told.as_str()), (Some(0), ""));
    let values = |row: usize| {
        let all = rows[row]["entities"].as_array().unwrap().iter();
        let times = all
            .filter(|e| e["type"] != "number")
            .map(|e| e["value"].as_str().unwrap());
        times.collect::<Vec<_>>()
    };
    assert_eq!(values(0), ["15:15:00"]);
    assert!(values(1).is_empty());
    assert_eq!(values(2), ["2013-02-14 06:00:00"]);
}

#[test]
fn a_reader_that_leaves_is_no_fault() {
    let mut child = biseo(&["entities"], &std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    // The program may have ended before all of this is written.
    let _ = child
        .stdin
        .take()
        .unwrap()
        .write_all("내일 세 시\n".repeat(20_000).as_bytes());
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    assert_eq!(
        (status.code(), String::from_utf8_lossy(&stderr).as_ref()),
        (Some(0), "")
    );
}

#[test]
fn a_wrong_time_is_told_with_how_to_write_it() {
    let (code, _, told) = found(&["--now", "noon"], b"");
    assert_eq!(code, Some(2));
    assert!(told.contains("2026-11-24T10:12:00"), "{told}");
}
