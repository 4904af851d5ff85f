//! The messages that the platforms document, and what we write to each of them.

use biseo_media::codec::AudioCodec;
use biseo_media_stream::{Dialect, Event, Out, Protocol, ProtocolError, Start, Writer};

const CONNECTED: &str = r#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#;

const TWILIO: &str = r#"{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"MZ1","callSid":"CA1",
"tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},
"customParameters":{"FirstName":"Jane","To":"+8227001001","from":"+821055554444"}},"streamSid":"MZ1"}"#;

const TELNYX: &str = r#"{"event":"start","sequence_number":"1","start":{"user_id":"3E6F","call_control_id":"v2:T02",
"call_session_id":"ff55","from":"+13122010094","to":"+13122123456","tags":["TAG1"],"client_state":"aGF2ZQ==",
"media_format":{"encoding":"PCMU","sample_rate":8000,"channels":1}},"stream_id":"32DE"}"#;

const EXOTEL: &str = r#"{"event":"start","sequence_number":"1","stream_sid":"MZ2","start":{"stream_sid":"MZ2",
"call_sid":"CA2","account_sid":"AC2","from":"+919876543210","to":"+918047491899","custom_parameters":{"key1":"value1"},
"media_format":{"encoding":"audio/x-mulaw","sample_rate":"8000","bit_rate":"16"}}}"#;

const PLIVO: &str = r#"{"sequenceNumber":0,"event":"start","start":{"callId":"c1","streamId":"s1","accountId":"a1",
"tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000}},
"extra_headers":"{\"X-PH-to\": \"0227001001\", \"X-PH-from\": \"01055554444\"}"}"#;

const JAMBONZ: &str = r#"{"callSid":"j1","direction":"inbound","from":"01055554444","to":"sip:0227001001@sbc.example",
"callId":"x","sipStatus":200,"callStatus":"in-progress","sampleRate":8000,"mixType":"mono","metadata":{"shop":"a"}}"#;

fn begun(first: &str) -> (Protocol, Start) {
    let mut protocol = Protocol::new();
    let Event::Started(start) = protocol.text(first).unwrap() else {
        panic!("{first}")
    };
    (protocol, *start)
}

fn text(out: Out) -> serde_json::Value {
    match out {
        Out::Text(text) => serde_json::from_str(&text).unwrap(),
        Out::Binary(octets) => panic!("{octets:?}"),
    }
}

#[test]
fn each_dialect_begins_a_call_in_its_way() {
    let some = |s: &str| Some(s.to_string());
    for (first, dialect, stream, call, caller, dialled) in [
        (
            TWILIO,
            Dialect::Twilio,
            "MZ1",
            "CA1",
            "+821055554444",
            "+8227001001",
        ),
        (
            TELNYX,
            Dialect::Telnyx,
            "32DE",
            "v2:T02",
            "+13122010094",
            "+13122123456",
        ),
        (
            EXOTEL,
            Dialect::Exotel,
            "MZ2",
            "CA2",
            "+919876543210",
            "+918047491899",
        ),
        (PLIVO, Dialect::Plivo, "s1", "c1", "01055554444", "0227001001"),
        (JAMBONZ, Dialect::Jambonz, "j1", "j1", "01055554444", "0227001001"),
    ] {
        let (_, start) = begun(first);
        let expected = Start {
            dialect,
            stream: stream.into(),
            call: some(call),
            caller: some(caller),
            dialled: some(dialled),
            codec: AudioCodec::Pcmu,
        };
        assert_eq!(start, expected);
    }
}

#[test]
fn a_call_of_twilio_from_connected_to_stop() {
    let mut protocol = Protocol::new();
    assert_eq!(protocol.text(CONNECTED), Ok(Event::Nothing));
    assert!(matches!(protocol.text(TWILIO), Ok(Event::Started(_))));
    let payload = "f".repeat(212) + "fw=="; // 160 octets
    let media = |n: u32, track: &str| {
        format!(
            r#"{{"event":"media","sequenceNumber":"{}","media":{{"track":"{track}","chunk":"{n}","timestamp":"{}","payload":"{payload}"}},"streamSid":"MZ1"}}"#,
            n + 1,
            n * 20,
        )
    };
    let Ok(Event::Sound(frames)) = protocol.text(&media(1, "inbound")) else {
        panic!()
    };
    assert_eq!((frames.len(), frames[0].number), (1, 0));
    assert_eq!(protocol.text(&media(2, "outbound")), Ok(Event::Nothing));
    let Ok(Event::Sound(frames)) = protocol.text(&media(3, "inbound")) else {
        panic!()
    };
    assert_eq!(frames[0].number, 2);
    let dtmf = r#"{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"1"}}"#;
    assert_eq!(protocol.text(dtmf), Ok(Event::Digit('1')));
    let mark = r#"{"event":"mark","sequenceNumber":"4","streamSid":"MZ1","mark":{"name":"my label"}}"#;
    assert_eq!(protocol.text(mark), Ok(Event::Mark("my label".into())));
    let stop = r#"{"event":"stop","sequenceNumber":"5","stop":{"accountSid":"AC1","callSid":"CA1"},"streamSid":"MZ1"}"#;
    assert_eq!(protocol.text(stop), Ok(Event::Stopped));
    assert_eq!(protocol.text(stop), Err(ProtocolError::AfterStop));
}

#[test]
fn the_others_tell_marks_keys_and_sound_in_their_way() {
    let (mut telnyx, _) = begun(TELNYX);
    let dtmf = r##"{"event":"dtmf","stream_id":"32DE","occurred_at":"2025-06-05T08:54:19Z","sequence_number":"5","dtmf":{"digit":"#"}}"##;
    assert_eq!(telnyx.text(dtmf), Ok(Event::Digit('#')));
    let error =
        r#"{"event":"error","payload":{"title":"rate_limit_reached","code":100005},"stream_id":"32DE"}"#;
    assert_eq!(telnyx.text(error), Ok(Event::Nothing));

    let (mut plivo, _) = begun(PLIVO);
    let played = r#"{"event":"playedStream","name":"7"}"#;
    assert_eq!(plivo.text(played), Ok(Event::Mark("7".into())));
    let cleared = r#"{"sequenceNumber":0,"event":"clearedAudio","streamId":"s1"}"#;
    assert_eq!(plivo.text(cleared), Ok(Event::Nothing));

    let (mut jambonz, _) = begun(JAMBONZ);
    let mark = r#"{"type":"mark","data":{"name":"7","event":"playout"}}"#;
    assert_eq!(jambonz.text(mark), Ok(Event::Mark("7".into())));
    let dtmf = r#"{"event":"dtmf","dtmf":"2","duration":"1600"}"#;
    assert_eq!(jambonz.text(dtmf), Ok(Event::Digit('2')));
    let Ok(Event::Sound(frames)) = jambonz.binary(&[0; 640]) else {
        panic!()
    };
    assert_eq!(frames.len(), 2);
    assert!(frames[0].octets.iter().all(|o| *o == 0xff), "silence in µ-law");
    assert_eq!(plivo.binary(&[0; 320]), Err(ProtocolError::Binary));
}

#[test]
fn what_we_write_is_what_each_platform_reads() {
    let write = |first| Writer::new(&begun(first).1);
    let (mut twilio, mut telnyx, mut plivo, mut jambonz) =
        (write(TWILIO), write(TELNYX), write(PLIVO), write(JAMBONZ));
    let json = |s: &str| serde_json::from_str::<serde_json::Value>(s).unwrap();
    for (written, expected) in [
        (
            twilio.media(&[255; 3]),
            r#"{"event":"media","streamSid":"MZ1","media":{"payload":"////"}}"#,
        ),
        (
            twilio.mark("9"),
            r#"{"event":"mark","streamSid":"MZ1","mark":{"name":"9"}}"#,
        ),
        (twilio.clear(), r#"{"event":"clear","streamSid":"MZ1"}"#),
        (
            telnyx.media(&[255; 3]),
            r#"{"event":"media","stream_id":"32DE","media":{"payload":"////"}}"#,
        ),
        (telnyx.clear(), r#"{"event":"clear","stream_id":"32DE"}"#),
        (
            plivo.media(&[255; 3]),
            r#"{"event":"playAudio","streamId":"s1","media":{"contentType":"audio/x-mulaw","sampleRate":8000,"payload":"////"}}"#,
        ),
        (
            plivo.mark("9"),
            r#"{"event":"checkpoint","streamId":"s1","name":"9"}"#,
        ),
        (plivo.clear(), r#"{"event":"clearAudio","streamId":"s1"}"#),
        (jambonz.mark("9"), r#"{"type":"mark","data":{"name":"9"}}"#),
        (jambonz.clear(), r#"{"type":"killAudio"}"#),
    ] {
        assert_eq!(text(written), json(expected));
    }
    assert_eq!(jambonz.media(&[255; 160]), Out::Binary(vec![0; 320]));
    assert_eq!((twilio.farewell(), jambonz.farewell().is_some()), (None, true));
}

#[test]
fn what_is_wrong_is_named_and_changes_nothing() {
    let media =
        |payload: &str| format!(r#"{{"event":"media","media":{{"payload":"{payload}"}},"streamSid":"MZ1"}}"#);
    let mut fresh = Protocol::new();
    assert_eq!(
        fresh.text(&media("AAAA")),
        Err(ProtocolError::BeforeStart("media"))
    );
    assert_eq!(fresh.binary(&[0; 2]), Err(ProtocolError::BeforeStart("media")));
    assert!(matches!(fresh.text(TWILIO), Ok(Event::Started(_))));

    let (mut live, _) = begun(TWILIO);
    for (message, error) in [
        (TWILIO.to_string(), ProtocolError::SecondStart),
        (TELNYX.to_string(), ProtocolError::SecondStart),
        (media("AAA"), ProtocolError::Base64),
        (media("****"), ProtocolError::Base64),
        (media(&"A".repeat(12_000)), ProtocolError::Bounds("media.payload")),
        (r#"{"event":"media"}"#.into(), ProtocolError::Missing("media")),
        (
            r#"{"event":"media","media":{}}"#.into(),
            ProtocolError::Missing("media.payload"),
        ),
        (
            r#"{"event":"mark","mark":{}}"#.into(),
            ProtocolError::Missing("mark.name"),
        ),
        (
            r#"{"event":"mark","mark":{"name":""}}"#.into(),
            ProtocolError::Bounds("mark.name"),
        ),
        (
            r#"{"event":"dtmf","dtmf":{"digit":"12"}}"#.into(),
            ProtocolError::Bounds("dtmf.digit"),
        ),
        (r#"{"event":"dtmf"}"#.into(), ProtocolError::Missing("dtmf.digit")),
        (
            r#"{"event":"stop","streamSid":"MZ2"}"#.into(),
            ProtocolError::OtherStream,
        ),
        ("x".into(), ProtocolError::Form { line: 1, column: 1 }),
        (" ".repeat(70_000), ProtocolError::MessageTooLong),
    ] {
        assert_eq!(
            live.text(&message),
            Err(error),
            "{}",
            &message[..message.len().min(200)]
        );
    }
    assert!(matches!(live.text(&media("AAAA")), Ok(Event::Sound(_))));
    for (from, to) in [
        ("8000", "16000"),
        (r#""channels":1"#, r#""channels":2"#),
        ("audio/x-mulaw", "audio/x-l16"),
        (r#""encoding":"audio/x-mulaw","#, ""),
    ] {
        let bad = TWILIO.replace(from, to);
        assert_eq!(Protocol::new().text(&bad), Err(ProtocolError::Format), "{to}");
    }
    let wide = JAMBONZ.replace("8000", "16000");
    assert_eq!(Protocol::new().text(&wide), Err(ProtocolError::Format));
    let alaw = TELNYX.replace("PCMU", "PCMA");
    assert_eq!(begun(&alaw).1.codec, AudioCodec::Pcma);
}

#[test]
fn too_many_or_too_long_parameters_are_refused() {
    let with = |parameters: String| {
        let plain = r#""FirstName":"Jane","To":"+8227001001","from":"+821055554444""#;
        Protocol::new().text(&TWILIO.replace(plain, &parameters))
    };
    let many = |n: usize| {
        (0..n)
            .map(|i| format!(r#""k{i}":"v""#))
            .collect::<Vec<_>>()
            .join(",")
    };
    assert!(with(many(64)).is_ok());
    assert!(matches!(with(many(65)), Err(ProtocolError::Form { .. })));
    assert!(matches!(
        with(format!(r#""k":"{}""#, "v".repeat(600))),
        Err(ProtocolError::Form { .. })
    ));
    let long = r#""streamSid":"MZ1""#;
    let id = TWILIO.replace(long, &format!(r#""streamSid":"{}""#, "M".repeat(200)));
    assert_eq!(
        Protocol::new().text(&id),
        Err(ProtocolError::Bounds("the stream's id"))
    );
}
