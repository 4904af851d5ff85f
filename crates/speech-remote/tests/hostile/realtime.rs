//! The Realtime protocol.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use biseo_speech::{SpeechError, SpeechToText, SttOptions};
use biseo_speech_remote::realtime::{Realtime, RealtimeConfig};
use tokio_tungstenite::tungstenite::{Message, WebSocket};

use crate::service::{self, Server, linger, say};
use crate::{Bad, SAID, check, first_bad, key, refusals, utterance};

fn realtime(server: &Server, connect_ms: u64, finish_ms: u64) -> Realtime {
    let config = RealtimeConfig {
        endpoint: server.http(),
        connect_ms,
        finish_ms,
        ..RealtimeConfig::default()
    };
    Realtime::new(config, Some(&key())).unwrap()
}

fn agreed(act: impl Fn(&mut WebSocket<TcpStream>) + Send + Sync + 'static) -> Bad {
    Box::new(move |stream| {
        if let Some((mut socket, _)) = service::realtime::shake(stream) {
            // The session's configuration, and some sound.
            let _ = (socket.read(), socket.read());
            act(&mut socket);
            linger(socket.get_ref());
        }
    })
}

fn text(text: &str) -> Bad {
    let text = text.to_owned();
    agreed(move |socket| {
        let _ = socket.send(Message::text(text.clone()));
    })
}

fn octets(octets: &[u8]) -> Bad {
    let octets = octets.to_vec();
    agreed(move |socket| say(socket.get_ref(), &octets))
}

fn transcription(kind: &str, rest: &str) -> String {
    format!(r#"{{"type":"conversation.item.input_audio_transcription.{kind}","item_id":"a",{rest}}}"#)
}

fn misbehaviour() -> Vec<(&'static str, Bad, &'static str)> {
    let fragments = [[0x01, 126, 0xea, 0x60].as_slice(), &[b'a'; 60_000]].concat();
    let more = [[0x00, 126, 0xea, 0x60].as_slice(), &[b'a'; 60_000]].concat();
    vec![
        ("no JSON", text(SAID), "form"),
        ("an array", text("[]"), "form"),
        ("a type that is none", text(r#"{"type":7}"#), "form"),
        (
            "a delta that is a number",
            text(&transcription("delta", r#""delta":7"#)),
            "form",
        ),
        (
            "a delta without text",
            text(&transcription("delta", r#""x":1"#)),
            "form",
        ),
        (
            "no transcript",
            text(&transcription("completed", r#""x":1"#)),
            "form",
        ),
        (
            "an error",
            text(&format!(
                r#"{{"type":"error","error":{{"code":"invalid_value","message":"{SAID}"}}}}"#
            )),
            "invalid_value",
        ),
        (
            "an error whose code is a sentence",
            text(&format!(r#"{{"type":"error","error":{{"code":"{SAID}"}}}}"#)),
            "reported error",
        ),
        (
            "a transcription that failed",
            text(&transcription(
                "failed",
                r#""error":{"code":"audio_unintelligible"}"#,
            )),
            "audio_unintelligible",
        ),
        (
            "a limit",
            text(r#"{"type":"error","error":{"code":"rate_limit_exceeded"}}"#),
            "takes no more",
        ),
        (
            "octets",
            agreed(|socket| drop(socket.send(Message::binary(vec![1, 2, 3])))),
            "octets",
        ),
        (
            "a terabyte announced",
            octets(&[0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0]),
            "larger",
        ),
        ("a large message", text(&"가".repeat(100_000)), "larger"),
        (
            "fragments without end",
            octets(&[fragments, more.repeat(5)].concat()),
            "larger",
        ),
        ("no UTF-8", octets(&[0x81, 2, 0xff, 0xfe]), "no WebSocket"),
        ("an opcode that is none", octets(&[0x83, 0]), "no WebSocket"),
        (
            "a flood of text",
            agreed(|socket| {
                let delta = transcription("delta", &format!(r#""delta":"{}""#, "가".repeat(2_000)));
                let _ = (0..10).try_for_each(|_| socket.send(Message::text(delta.clone())));
            }),
            "larger",
        ),
        (
            "a good-bye in the middle",
            agreed(|socket| drop(socket.close(None))),
            "closed the connection",
        ),
        (
            "a connection that breaks",
            Box::new(|stream| drop(service::realtime::shake(stream))),
            "no connection",
        ),
    ]
}

#[test]
fn realtime_survives_bad_services() {
    let clip = service::sentence();
    let expected = service::heard_here(&clip);
    for (name, bad, words) in refusals().into_iter().chain(misbehaviour()) {
        let server = first_bad(bad, service::realtime::serve);
        let engine = realtime(&server, 5_000, 20_000);
        let mut session = engine.session(&SttOptions::default()).unwrap();
        let error = utterance(session.as_mut(), &clip).expect_err(name);
        check(name, &error, words);
        assert_eq!(server.connections(), 1, "{name}: the service is asked once");
        assert_eq!(
            utterance(session.as_mut(), &clip).expect(name),
            expected,
            "{name}"
        );
    }
}

/// Handshakes that are not finished, and texts that do not come.
#[test]
fn realtime_does_not_wait_for_slow_services() {
    let drip: Bad = Box::new(|stream| {
        let _ = "HTTP/1.1 101 Switching Protocols\r\n"
            .bytes()
            .cycle()
            .try_for_each(|octet| {
                std::thread::sleep(Duration::from_millis(10));
                (&stream).write_all(&[octet])
            });
    });
    for (name, bad) in [
        ("silent", Box::new(|stream: TcpStream| linger(&stream)) as Bad),
        ("a handshake octet by octet", drip),
        ("no text", agreed(|_| {})),
        (
            "texts, but no end",
            text(&transcription("delta", r#""delta":"내일""#)),
        ),
    ] {
        let server = Server::start(move |_, stream| bad(stream));
        let engine = realtime(&server, 300, 400);
        let mut session = engine.session(&SttOptions::default()).unwrap();
        session.accept(&[900; 8_000]).expect(name);
        let error = session.finish().expect_err(name);
        assert!(matches!(error, SpeechError::Timeout { .. }), "{name}: {error}");
    }
}

/// A connection that serves one utterance after another may go in between.
#[test]
fn a_connection_that_goes_between_utterances_is_opened_anew() {
    let server = service::realtime::start();
    let clip = service::sentence();
    let expected = service::heard_here(&clip);
    let engine = realtime(&server, 5_000, 20_000);
    let mut session = engine.session(&SttOptions::default()).unwrap();
    for _ in 0..2 {
        assert_eq!(utterance(session.as_mut(), &clip).unwrap(), expected);
    }
    assert_eq!(server.connections(), 1);
    server.cut();
    // Whether the session has heard of it yet or not.
    assert_eq!(utterance(session.as_mut(), &clip).unwrap(), expected);
    assert_eq!(server.connections(), 2);
}

/// The service hangs up at the moment in which the next utterance begins: what was sent into the void is sent again.
#[test]
fn nothing_of_an_utterance_is_lost_with_a_connection_that_went() {
    let server = Server::start(|number, stream| {
        if number > 0 {
            return service::realtime::serve(stream);
        }
        let Some((mut socket, _)) = service::realtime::shake(stream) else {
            return;
        };
        while !matches!(socket.read(), Ok(Message::Text(text)) if text.contains("commit")) {}
        let _ = socket.send(Message::text(transcription("completed", r#""transcript":"네""#)));
        // The next utterance's first sound.
        let _ = socket.read();
    });
    let clip = service::sentence();
    let engine = realtime(&server, 5_000, 20_000);
    let mut session = engine.session(&SttOptions::default()).unwrap();
    assert_eq!(utterance(session.as_mut(), &clip).unwrap(), "네");
    assert_eq!(
        utterance(session.as_mut(), &clip).unwrap(),
        service::heard_here(&clip)
    );
    assert_eq!(server.connections(), 2);
}
