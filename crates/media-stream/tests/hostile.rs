//! Whatever comes, the protocol stands: no panic, no growth, no call without a start, none twice.

use biseo_media_stream::{Event, Protocol, ProtocolError, limits};
use proptest::prelude::*;
use serde_json::{Value, json};

const START: &str = r#"{"event":"start","streamSid":"MZ1","start":{"streamSid":"MZ1"}}"#;

/// Any JSON, of the size of a message.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|f| json!(f)),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["inbound", "MZ1", "audio/x-mulaw", "8000", "AAAA", "//8="])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Keys that mean something, and others.
fn key() -> impl Strategy<Value = String> {
    let known = [
        "event",
        "type",
        "start",
        "media",
        "mark",
        "dtmf",
        "stop",
        "streamSid",
        "stream_id",
        "streamId",
        "callSid",
        "payload",
        "track",
        "chunk",
        "timestamp",
        "name",
        "digit",
        "data",
        "mediaFormat",
        "media_format",
        "encoding",
        "sampleRate",
        "channels",
        "customParameters",
        "extra_headers",
        "from",
        "to",
        "tracks",
        "metadata",
        "mixType",
    ];
    prop_oneof![
        4 => prop::sample::select(known.to_vec()).prop_map(String::from),
        1 => ".{0,8}"
    ]
}

/// A message that looks like one.
fn message() -> impl Strategy<Value = String> {
    let events = [
        "connected",
        "start",
        "media",
        "mark",
        "dtmf",
        "stop",
        "playedStream",
        "nonsense",
    ];
    let fields = prop::collection::vec((key(), value()), 0..6);
    (prop::sample::select(events.to_vec()), fields).prop_map(|(event, fields)| {
        let mut object: serde_json::Map<String, Value> = fields.into_iter().collect();
        object.insert("event".into(), event.into());
        Value::Object(object).to_string()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_sequence_of_messages_is_survived(
        messages in prop::collection::vec(prop_oneof![message(), Just(START.to_string()), ".{0,40}"], 0..20)
    ) {
        let mut protocol = Protocol::new();
        let (mut started, mut stopped) = (false, false);
        for text in messages {
            match protocol.text(&text) {
                Ok(Event::Started(start)) => {
                    prop_assert!(!started && !stopped);
                    prop_assert!(start.stream.len() <= limits::NAME);
                    started = true;
                }
                Ok(Event::Nothing) => prop_assert!(!stopped),
                Ok(event) => {
                    prop_assert!(started && !stopped, "{event:?} before start or after stop");
                    stopped = event == Event::Stopped;
                }
                Err(_) => {}
            }
        }
    }

    #[test]
    fn any_text_and_any_octets_are_survived(text in ".{0,400}", octets in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut protocol = Protocol::new();
        let _ = protocol.text(&text);
        let _ = protocol.binary(&octets);
        prop_assert!(matches!(protocol.text(START), Ok(Event::Started(_)) | Err(ProtocolError::SecondStart)));
        let _ = protocol.text(&text);
        prop_assert!(protocol.binary(&octets).is_err());
    }

    #[test]
    fn a_message_that_was_damaged_is_survived(at in 0..START.len(), octet in 0..128_u8) {
        let mut damaged = START.as_bytes().to_vec();
        damaged[at] = octet;
        let _ = Protocol::new().text(std::str::from_utf8(&damaged).unwrap());
    }

    #[test]
    fn errors_say_nothing_of_the_content(number in "010[0-9]{8}") {
        let text = format!(r#"{{"event":"start","start":{{"streamSid":"MZ1","from":["{number}"]}}}}"#);
        let error = Protocol::new().text(&text).unwrap_err().to_string();
        prop_assert!(!error.contains(&number), "{error}");
    }
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!(
        r#"{{"event":"start","x":{}{}}}"#,
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    assert!(Protocol::new().text(&deep).is_err());
}
