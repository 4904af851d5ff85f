//! Services that misbehave: each failure is told, within its limit and without the words of the call, and the next
//! utterance of the same session is understood.

mod openai;
mod realtime;
mod rtzr;
#[path = "../service/mod.rs"]
mod service;

use std::io::BufReader;
use std::net::TcpStream;

use biseo_speech::{SpeechError, SttSession};
use secrecy::SecretString;
use service::{Server, http, linger, say};

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
