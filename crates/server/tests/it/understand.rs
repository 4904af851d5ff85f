//! `biseo understand` as a user runs it.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{biseo, root, text};

/// Three cases that are right, from the development utterances, and one whose expectation is wrong on purpose.
fn cases(folder: &Path) -> String {
    let all = std::fs::read_to_string(root().join("crates/nlu/tests/data/utterances.jsonl")).unwrap();
    let mut lines: Vec<String> = all.lines().take(3).map(str::to_string).collect();
    let wrong = json!({
        "id": "wrong", "shop": "haengbok", "now": "2026-11-24T10:12:00+09:00", "awaiting": "time",
        "text": "여덟 시요", "kind": "answer", "tags": ["on-purpose"],
        "expect": {"intents": ["order"], "acts": [], "slots": {"time": "21:00"}},
    });
    lines.insert(1, wrong.to_string());
    let file = folder.join("cases.jsonl");
    std::fs::write(&file, lines.join("\n")).unwrap();
    file.to_str().unwrap().to_string()
}

#[test]
fn a_wrong_case_is_shown_with_its_reasons() {
    let dir = tempfile::tempdir().unwrap();
    let file = cases(dir.path());
    let output = biseo(&["understand", "--cases", &file], dir.path())
        .output()
        .unwrap();
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    for part in [
        "✗ wrong [haengbok · time] 여덟 시요",
        "-order",
        "\"time\":\"21:00\"",
        "20:00",
        "clauses",
        "on-purpose      0/1",
        ": 3/4  75.0 %",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(shown.matches('✗').count(), 1, "{shown}");
}

#[test]
fn json_has_a_line_for_each_case_and_the_total() {
    let dir = tempfile::tempdir().unwrap();
    let file = cases(dir.path());
    let shops = root().join("shops");
    let arguments = [
        "understand",
        "--json",
        "--cases",
        &file,
        "--shops",
        shops.to_str().unwrap(),
    ];
    let output = biseo(&arguments, dir.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Value> = printed
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let passed: Vec<bool> = rows.iter().filter_map(|r| r["passed"].as_bool()).collect();
    assert_eq!(passed, [true, false, true, true], "{printed}");
    assert_eq!(rows[1]["faults"][0], "-order");
    assert_eq!(rows[1]["understood"]["slots"][0]["value"]["at"], "20:00:00");
    assert_eq!(rows[4], json!({"passed": 3, "total": 4}));
}

#[test]
fn all_right_ends_in_0() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("one.jsonl");
    let case = r#"{"id": "1", "shop": "haengbok", "now": "2026-11-24T10:12:00+09:00", "awaiting": "time", "text": "여덟 시요",
        "expect": {"slots": {"time": "20:00"}}}"#;
    std::fs::write(&file, case.replace('\n', " ")).unwrap();
    let arguments = ["understand", "--lang", "en", "--cases", file.to_str().unwrap()];
    let output = biseo(&arguments, dir.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("right: 1/1 100.0 %"), "{}", text(&output));
}

/// What cannot be judged ends in 2 and says where the fault is.
#[test]
fn files_that_cannot_be_used_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let good =
        r#"{"id": "1", "shop": "haengbok", "now": "2026-11-24T10:12:00+09:00", "text": "네", "expect": {}}"#;
    for (content, parts) in [
        (format!("{good}\n{{"), ["cases.jsonl", "line 2"]),
        (
            good.replace("haengbok", "nowhere"),
            ["no shop \"nowhere\"", "haengbok"],
        ),
        (
            good.replace("\"text\"", "\"awaiting\": \"shoe\", \"text\""),
            ["line 1", "shoe"],
        ),
        (good.replace("{}", "3"), ["line 1", "expect"]),
        (String::new(), ["cases.jsonl", "no case"]),
    ] {
        std::fs::write(dir.path().join("cases.jsonl"), content).unwrap();
        let output = biseo(&["understand", "--cases", "cases.jsonl"], dir.path())
            .output()
            .unwrap();
        let shown = text(&output);
        assert_eq!(output.status.code(), Some(2), "{shown}");
        assert!(parts.iter().all(|p| shown.contains(p)), "{parts:?}: {shown}");
    }
    for arguments in [
        vec!["understand", "--cases", "none.jsonl"],
        vec!["understand", "--cases", "cases.jsonl", "--shops", "no-shops"],
    ] {
        std::fs::write(dir.path().join("cases.jsonl"), good).unwrap();
        let output = biseo(&arguments, dir.path()).output().unwrap();
        let named = arguments[arguments.len() - 1];
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output).contains(named), "{named}: {}", text(&output));
    }
}

#[test]
fn whoever_stops_reading_ends_it_well() {
    let dir = tempfile::tempdir().unwrap();
    let file = root().join("crates/nlu/tests/data/utterances.jsonl");
    let mut child = biseo(
        &["understand", "--json", "--cases", file.to_str().unwrap()],
        dir.path(),
    )
    .stdout(std::process::Stdio::piped())
    .stderr(std::process::Stdio::piped())
    .spawn()
    .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned()
        ),
        (Some(0), String::new())
    );
}
