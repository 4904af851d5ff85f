//! Services that misbehave: each failure is told, within its limit and without the words of the call, and the next
//! utterance of the same session is understood.

mod service;

use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use biseo_speech::{SpeechError, SpeechToText, SttOptions, SttSession, TextToSpeech, Utterance, Voice};
use biseo_speech_remote::openai::{OpenAiStt, OpenAiSttConfig, OpenAiTts, OpenAiTtsConfig, SoundFormat};
use biseo_speech_remote::realtime::{Realtime, RealtimeConfig};
use biseo_speech_remote::rtzr::{Credentials, Rtzr, RtzrConfig};
use secrecy::SecretString;
use service::{Server, http, linger, say};
use tokio_tungstenite::tungstenite::{Message, WebSocket};

/// Words that a service repeats and no error may.
const SAID: &str = "내일일곱시에보자";

type Bad = Box<dyn Fn(TcpStream) + Send + Sync>;

fn key() -> SecretString {
    SecretString::from("sk-test")
}

fn utterance(session: &mut dyn SttSession, clip: &[i16]) -> biseo_speech::Result<String> {
    let heard = clip
        .chunks(160)
        .try_for_each(|part| session.accept(part).and_then(|()| session.partial().map(drop)));
    let text = heard.and_then(|()| session.finish()).map(|found| found.text);
    session.reset();
    text
}

/// An error, by what it is about.
fn check(name: &str, error: &SpeechError, words: &str) {
    let text = error.to_string();
    assert!(text.contains(words), "{name}: {text}");
    assert!(
        !text.contains(SAID) && !text.contains("sk-test"),
        "{name}: {text}"
    );
    if words == "7 s" {
        let busy = matches!(error, SpeechError::Busy { retry_after: Some(rest), .. } if rest.as_secs() == 7);
        assert!(busy, "{name}: {error:?}");
    }
}

// Misbehaviour before anything is agreed upon.

fn status(line: &'static str, headers: &'static str) -> Bad {
    Box::new(move |stream| {
        let mut out = stream.try_clone().unwrap();
        if http::read(&mut BufReader::new(stream)).is_some() {
            http::answer(&mut out, line, &format!("{headers}Connection: close\r\n"), SAID);
        }
    })
}

/// What any service may answer to the first request, and what is then reported.
fn refusals() -> Vec<(&'static str, Bad, &'static str)> {
    vec![
        ("no such key", status("401 Unauthorized", ""), "key_env"),
        ("not allowed", status("403 Forbidden", ""), "key_env"),
        ("nothing there", status("404 Not Found", ""), "look at endpoint"),
        (
            "too much",
            status("429 Too Many Requests", "Retry-After: 7\r\n"),
            "7 s",
        ),
        (
            "overloaded",
            status("503 Service Unavailable", "Retry-After: 7\r\n"),
            "7 s",
        ),
        ("trouble", status("500 Internal Server Error", ""), "status 500"),
        (
            "sent elsewhere",
            status("307 Temporary Redirect", "Location: http://127.0.0.1:9/v1\r\n"),
            "not followed",
        ),
        ("hangs up", Box::new(drop), "no connection"),
        (
            "no HTTP",
            Box::new(|stream| say(&stream, b"220 smtp.example.com ESMTP\r\n")),
            "",
        ),
        (
            "an endless head",
            Box::new(|stream| {
                say(&stream, b"HTTP/1.1 200 OK\r\nX: ");
                say(&stream, &vec![b'x'; 1_000_000]);
                linger(&stream);
            }),
            "",
        ),
    ]
}

/// The first connection is bad, the others are good.
fn first_bad(bad: Bad, good: fn(TcpStream)) -> Server {
    Server::start(move |number, stream| if number == 0 { bad(stream) } else { good(stream) })
}

// Realtime.

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
    // The session hears of it on its own thread, in its own time.
    service::eventually("a new connection", || {
        let heard = utterance(session.as_mut(), &clip);
        heard.is_ok_and(|text| text == expected) && server.connections() > 1
    });
}

// RTZR.

fn rtzr(server: &Server, secret: &str) -> Rtzr {
    let config = RtzrConfig {
        endpoint: server.http(),
        connect_ms: 5_000,
        finish_ms: 20_000,
        ..RtzrConfig::default()
    };
    let credentials = Credentials {
        client_id: "shop".into(),
        client_secret: SecretString::from(secret),
    };
    Rtzr::new(config, credentials).unwrap()
}

/// The first request is that for a token.
#[test]
fn rtzr_survives_bad_services() {
    let clip = service::sentence();
    let expected = service::heard_here(&clip);
    let token = |body: &'static str| -> Bad {
        Box::new(move |stream| {
            let mut out = stream.try_clone().unwrap();
            let _ = http::read(&mut BufReader::new(stream));
            http::answer(&mut out, "200 OK", "Connection: close\r\n", body);
        })
    };
    let tokens = vec![
        ("no token", token("{}"), "no token"),
        (
            "a token that is none",
            token(r#"{"access_token":7,"expire_at":1}"#),
            "no token",
        ),
        ("no time", token(r#"{"access_token":"x"}"#), "no token"),
        (
            "a token with a line break",
            token(r#"{"access_token":"x\r\ny","expire_at":99999999999}"#),
            "a token that is none",
        ),
    ];
    for (name, bad, words) in refusals().into_iter().chain(tokens) {
        let desk = std::sync::Arc::new(service::rtzr::Desk::default());
        desk.lifetime.store(3_600, std::sync::atomic::Ordering::SeqCst);
        let server = Server::start(move |number, stream| {
            if number == 0 {
                bad(stream)
            } else {
                service::rtzr::serve(stream, &desk)
            }
        });
        let engine = rtzr(&server, "s3cret&more");
        let mut session = engine.session(&SttOptions::default()).unwrap();
        let error = utterance(session.as_mut(), &clip).expect_err(name);
        check(name, &error, words);
        if name == "a token with a line break" {
            continue; // It is kept for the time that it is good for.
        }
        assert_eq!(
            utterance(session.as_mut(), &clip).expect(name),
            expected,
            "{name}"
        );
    }
}

#[test]
fn a_token_serves_all_calls_until_its_time_is_over() {
    use std::sync::atomic::Ordering::SeqCst;
    let (server, desk) = service::rtzr::start();
    let engine = rtzr(&server, "s3cret&more");
    let call = || {
        let mut session = engine.session(&SttOptions::default()).unwrap();
        utterance(session.as_mut(), &[0; 1_600]).unwrap()
    };
    for _ in 0..3 {
        call();
    }
    assert_eq!(desk.given.load(SeqCst), 1, "one for all");
    desk.withdrawn.store(1, SeqCst);
    desk.lifetime.store(100, SeqCst);
    call();
    assert_eq!(
        desk.given.load(SeqCst),
        2,
        "one that is not taken any more is renewed"
    );
    call();
    assert_eq!(desk.given.load(SeqCst), 3, "and so is one that ends soon");
    let mut session = rtzr(&server, "wrong").session(&SttOptions::default()).unwrap();
    let error = utterance(session.as_mut(), &[0; 1_600]).unwrap_err();
    check("a wrong secret", &error, "key was refused");
}

// OpenAI's REST interface.

fn body(content: &str) -> Bad {
    let content = content.to_owned();
    Box::new(move |stream| {
        let mut out = stream.try_clone().unwrap();
        let _ = http::read(&mut BufReader::new(stream));
        http::answer(&mut out, "200 OK", "Connection: close\r\n", &content);
    })
}

fn raw(octets: &'static [u8], then: fn(&TcpStream)) -> Bad {
    Box::new(move |stream| {
        let _ = http::read(&mut BufReader::new(stream.try_clone().unwrap()));
        say(&stream, octets);
        then(&stream);
    })
}

fn recogniser(server: &Server, finish_ms: u64) -> OpenAiStt {
    let config = OpenAiSttConfig {
        endpoint: server.http(),
        model: "whisper-1".into(),
        finish_ms,
        ..OpenAiSttConfig::default()
    };
    OpenAiStt::new(config, Some(&key())).unwrap()
}

#[test]
fn openai_survives_bad_services() {
    let clip = service::sentence();
    let expected = service::heard_here(&clip);
    let bodies = vec![
        ("no JSON", body(SAID), "form"),
        ("nothing", body(""), "form"),
        ("a text that is a number", body(r#"{"text":7}"#), "form"),
        (
            "a large one",
            body(&format!(r#"{{"text":"{}"}}"#, "가".repeat(50_000))),
            "larger",
        ),
        (
            "half of one",
            raw(
                b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"text\":",
                |_| {},
            ),
            "no connection",
        ),
    ];
    for (name, bad, words) in refusals().into_iter().chain(bodies) {
        let server = first_bad(bad, service::openai::serve);
        let engine = recogniser(&server, 20_000);
        let mut session = engine.session(&SttOptions::default()).unwrap();
        let error = utterance(session.as_mut(), &clip).expect_err(name);
        check(name, &error, words);
        assert_eq!(
            utterance(session.as_mut(), &clip).expect(name),
            expected,
            "{name}"
        );
    }
}

fn drips(stream: &TcpStream) {
    let mut stream = stream;
    while stream.write_all(b" ").is_ok() {
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn openai_does_not_wait_for_slow_services() {
    for (name, bad) in [
        ("silent", raw(b"", linger)),
        ("a head octet by octet", raw(b"HTTP/1.1 200 OK\r\nX:", drips)),
        (
            "a body octet by octet",
            raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{", drips),
        ),
    ] {
        let server = Server::start(move |_, stream| bad(stream));
        let engine = recogniser(&server, 300);
        let mut session = engine.session(&SttOptions::default()).unwrap();
        session.accept(&[900; 8_000]).unwrap();
        let error = session.finish().expect_err(name);
        assert!(matches!(error, SpeechError::Timeout { .. }), "{name}: {error}");
    }
}

fn voice(server: &Server, format: SoundFormat) -> OpenAiTts {
    let config = OpenAiTtsConfig {
        endpoint: server.http(),
        format,
        first_ms: 5_000,
        idle_ms: 300,
        ..OpenAiTtsConfig::default()
    };
    OpenAiTts::new(config, Some(&key())).unwrap()
}

fn hello() -> Utterance {
    Utterance::new("여보세요", Voice::default())
}

#[test]
fn a_bad_voice_is_an_error_and_never_noise() {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\nContent-Length: 99999999\r\n\r\nabcd";
    let endless: fn(&TcpStream) = |stream| {
        let mut stream = stream;
        while stream.write_all(&[7; 65_536]).is_ok() {}
    };
    let sounds = vec![
        (
            "an error as JSON",
            status("200 OK", "Content-Type: application/json\r\n"),
            "JSON",
        ),
        ("sound that breaks off", raw(HEAD, |_| {}), "no connection"),
        ("sound that stops", raw(HEAD, linger), "gave nothing for 300ms"),
        ("sound without end", raw(HEAD, endless), "larger"),
    ];
    for (name, bad, words) in refusals().into_iter().chain(sounds) {
        let server = first_bad(bad, service::openai::serve);
        let engine = voice(&server, SoundFormat::Pcm);
        let error = engine.speak(&hello()).unwrap().collect().expect_err(name);
        check(name, &error, words);
        assert!(
            engine.speak(&hello()).unwrap().collect().expect(name).len() > 2_000,
            "{name}"
        );
    }
    for (name, bad) in [
        ("text", body(SAID)),
        ("nothing", body("")),
        ("a head alone", body("RIFF0000WAVEfmt ")),
    ] {
        let server = first_bad(bad, service::openai::serve);
        let error = voice(&server, SoundFormat::Wav)
            .speak(&hello())
            .unwrap()
            .collect();
        check(name, &error.expect_err(name), "no WAV");
    }
}

/// A voice's name and a text cannot change the request.
#[test]
fn voices_are_names() {
    let server = service::openai::start();
    let engine = voice(&server, SoundFormat::Pcm);
    for variant in ["../x", "a b", "가", "a\r\nb", &"f".repeat(65)] {
        let utterance = Utterance::new("네", Voice::default().with_variant(variant));
        let refused = matches!(engine.speak(&utterance), Err(SpeechError::Refused(_)));
        assert!(refused, "{variant:?}");
    }
    let utterance = Utterance::new(
        "\"}, \"voice\": \"x\"\r\n네",
        Voice::default().with_variant("alloy"),
    );
    assert!(!engine.speak(&utterance).unwrap().collect().unwrap().is_empty());
}
