//! The rules by which an understanding is judged, one by one.

use biseo_model::understanding::{Act, Awaiting, Filled, Intent, Slot, Topic, Understanding, Value};
use biseo_rehearse::{Case, judge_understanding};
use serde_json::{Value as Json, json};

fn heard(intents: &[Intent], acts: &[Act], values: &[(Value, bool)]) -> Understanding {
    let filled = |(value, was): &(Value, bool)| Filled {
        value: value.clone(),
        start: 0,
        end: 1,
        was: *was,
    };
    Understanding {
        intents: intents.to_vec(),
        acts: acts.to_vec(),
        slots: values.iter().map(filled).collect(),
        ..Understanding::default()
    }
}

fn faults(expect: &Json, understood: &Understanding) -> Vec<String> {
    judge_understanding(expect, understood).all()
}

#[test]
fn intents_and_acts_are_sets_with_exceptions() {
    let u = heard(&[Intent::Ask, Intent::Book], &[Act::Affirm], &[]);
    let sets = |intents: Json, acts: Json| json!({"intents": intents, "acts": acts});
    assert_eq!(
        faults(&sets(json!(["book", "ask"]), json!(["affirm"])), &u),
        [""; 0]
    );
    assert_eq!(
        faults(&sets(json!(["book"]), json!(["deny"])), &u),
        ["+ask", "-deny", "+affirm"]
    );
    let lenient = json!({"intents": ["book"], "intents_ok": ["ask"], "acts_ok": ["affirm"]});
    assert_eq!(faults(&lenient, &u), [""; 0]);
}

#[test]
fn slots_are_compared_whole() {
    let time = Value::Time {
        at: jiff::civil::time(19, 0, 0, 0),
        sure: true,
    };
    let u = heard(&[], &[], &[(Value::PartySize(4), false), (time, false)]);
    let slots = |slots: Json| json!({ "slots": slots });
    assert_eq!(
        faults(&slots(json!({"party_size": 4, "time": "19:00"})), &u),
        [""; 0]
    );
    assert_eq!(
        faults(
            &slots(json!({"party_size": {"any": [3, 4]}, "time": "19:00"})),
            &u
        ),
        [""; 0]
    );
    for wrong in [
        json!({"party_size": 4}),
        json!({"party_size": 4, "time": "19:30"}),
        json!({"party_size": 4, "time": "19:00", "name": "김민수"}),
    ] {
        assert_eq!(faults(&slots(wrong.clone()), &u).len(), 1, "{wrong}");
    }
    let more = json!({"slots": {"party_size": 4}, "slots_ok": ["time"]});
    assert_eq!(faults(&more, &u), [""; 0]);
}

#[test]
fn of_several_topics_each_is_wanted() {
    let topics = [
        (Value::Topic(Topic::Parking), false),
        (Value::Topic(Topic::Hours), false),
    ];
    let u = heard(&[], &[], &topics);
    let about = |topic: Json| json!({"slots": {"topic": topic}});
    assert_eq!(faults(&about(json!(["hours", "parking"])), &u), [""; 0]);
    assert_eq!(faults(&about(json!("hours")), &u).len(), 1);
    assert_eq!(faults(&about(json!(["hours", "parking", "wifi"])), &u).len(), 1);
    let further = json!({"slots": {"topic": "hours"}, "slots_ok": ["topic"]});
    assert_eq!(faults(&further, &u), [""; 0]);
}

#[test]
fn what_was_and_messages_and_queues_and_numbers() {
    let values = [
        (Value::PartySize(2), true),
        (Value::Message("내일 늦어요".into()), false),
        (Value::Queue("사회복지팀".into()), false),
        (Value::ThisNumber, false),
    ];
    let u = heard(&[], &[], &values);
    let right = json!({
        "was": {"party_size": 2}, "queue": "사회복지팀",
        "slots": {"message": {"contains": ["오늘", "늦어"]}, "phone": "caller"},
    });
    assert_eq!(faults(&right, &u), [""; 0]);
    for (key, value) in [
        ("was", json!({"party_size": 3})),
        ("queue", json!("총무팀")),
        (
            "slots",
            json!({"message": {"contains": ["오늘"]}, "phone": "caller"}),
        ),
        (
            "slots",
            json!({"message": {"contains": ["늦어"]}, "phone": "01011112222"}),
        ),
    ] {
        let mut wrong = right.clone();
        wrong[key] = value;
        assert_eq!(faults(&wrong, &u).len(), 1, "{wrong}");
    }
}

#[test]
fn with_an_emergency_nothing_else_counts() {
    let mut u = heard(&[Intent::Book], &[], &[]);
    assert_eq!(
        faults(&json!({"emergency": true, "intents": []}), &u),
        ["no emergency"]
    );
    u.emergency = true;
    assert_eq!(faults(&json!({"emergency": true, "intents": []}), &u), [""; 0]);
    assert_eq!(faults(&json!({"intents": ["book"]}), &u), ["emergency"]);
}

#[test]
fn a_file_is_read_line_by_line_and_faults_name_the_line() {
    let line = r#"{"id": "1", "shop": "s", "now": "2026-11-24T10:12:00+09:00", "awaiting": "time", "text": "네", "expect": {}}"#;
    let cases = Case::read_lines(&format!("{line}\n\n{line}\n")).unwrap();
    assert_eq!(cases.len(), 2);
    let context = cases[1].context().unwrap();
    assert_eq!(context.awaiting, Some(Awaiting::Slot(Slot::Time)));
    assert_eq!(context.now, jiff::civil::date(2026, 11, 24).at(10, 12, 0, 0));
    for (from, to, said) in [
        ("\"time\"", "\"shoe\"", "awaiting"),
        ("2026-11-24T10:12:00", "noon", "now"),
        ("{}}", "[]}", "expect"),
        ("\"text\"", "\"words\"", "text"),
    ] {
        let why = Case::read_lines(&format!("{line}\n{}", line.replace(from, to))).unwrap_err();
        assert!(why.starts_with("line 2:") && why.contains(said), "{why}");
    }
}
