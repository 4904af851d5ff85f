//! OpenAI's REST interface, both ways.

use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use biseo_speech::{SpeechError, SpeechToText, SttOptions, TextToSpeech, Utterance, Voice};
use biseo_speech_remote::openai::{OpenAiStt, OpenAiSttConfig, OpenAiTts, OpenAiTtsConfig, SoundFormat};

use crate::service::{self, Server, http, linger, say};
use crate::{Bad, SAID, check, first_bad, key, refusals, status, utterance};

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
