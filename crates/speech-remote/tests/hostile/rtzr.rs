//! RTZR: tokens, and utterances that do not end well.

use std::io::BufReader;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::Ordering::SeqCst;

use biseo_speech::{SpeechToText, SttOptions};
use biseo_speech_remote::rtzr::{Rtzr, RtzrConfig};
use secrecy::SecretString;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};
use tokio_tungstenite::tungstenite::{Message, WebSocket};

use crate::service::rtzr::Desk;
use crate::service::{self, Server, http, linger};
use crate::{Bad, SAID, check, refusals, utterance};

fn rtzr(server: &Server, secret: &str) -> Rtzr {
    let config = RtzrConfig {
        endpoint: server.http(),
        client_id: "shop".into(),
        connect_ms: 5_000,
        finish_ms: 20_000,
        ..RtzrConfig::default()
    };
    Rtzr::new(config, SecretString::from(secret)).unwrap()
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
        let desk = Desk::default();
        desk.lifetime.store(3_600, SeqCst);
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

/// It ends in a manner that is none.
fn ends(end: impl Fn(&mut WebSocket<TcpStream>) + Send + Sync + 'static) -> Bad {
    let desk = Desk::default();
    desk.given.store(1, SeqCst);
    Box::new(move |stream| {
        let Some((mut socket, _)) = service::rtzr::shake(stream, &desk) else {
            return;
        };
        while !matches!(socket.read(), Ok(Message::Text(text)) if text.as_str() == "EOS") {}
        end(&mut socket);
        linger(socket.get_ref());
    })
}

fn reply(text: &str) -> Message {
    Message::text(format!(
        r#"{{"seq":0,"start_at":0,"final":true,"alternatives":[{{"text":"{text}"}}]}}"#
    ))
}

#[test]
fn an_end_that_is_none_is_no_text() {
    let trouble = CloseFrame {
        code: CloseCode::Error,
        reason: SAID.into(),
    };
    let refused = r#"{"code":"A0002","msg":"Too many concurrent requests"}"#;
    let bad: Vec<(&str, Bad, &str)> = vec![
        (
            "trouble",
            ends(move |socket| drop(socket.close(Some(trouble.clone())))),
            "closed the connection",
        ),
        (
            "a broken line",
            ends(|socket| drop(socket.get_ref().shutdown(Shutdown::Both))),
            "no connection",
        ),
        (
            "octets",
            ends(|socket| drop(socket.send(Message::binary(vec![1])))),
            "octets",
        ),
        (
            "too many channels",
            ends(move |socket| drop(socket.send(Message::text(refused)))),
            "takes no more",
        ),
        (
            "no reply of its",
            ends(|socket| drop(socket.send(Message::text(SAID)))),
            "form",
        ),
    ];
    for (name, bad, words) in bad {
        let server = token_then(bad);
        let engine = rtzr(&server, "s3cret&more");
        let mut session = engine.session(&SttOptions::default()).unwrap();
        let error = utterance(session.as_mut(), &[900; 8_000]).expect_err(name);
        check(name, &error, words);
    }
}

/// Its last sentence is final, but it does not close: that is waited for a moment, not for the whole limit.
#[test]
fn a_text_that_is_whole_needs_no_good_bye() {
    let server = token_then(ends(|socket| drop(socket.send(reply("네")))));
    let engine = rtzr(&server, "s3cret&more");
    let mut session = engine.session(&SttOptions::default()).unwrap();
    assert_eq!(utterance(session.as_mut(), &[900; 8_000]).unwrap(), "네");
}

/// A token for the first, and then whatever is to happen.
fn token_then(bad: Bad) -> Server {
    let desk = Desk::default();
    desk.lifetime.store(3_600, SeqCst);
    Server::start(move |number, stream| {
        if number == 0 {
            service::rtzr::serve(stream, &desk);
        } else {
            bad(stream);
        }
    })
}

#[test]
fn a_token_serves_all_calls_until_its_time_is_over() {
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
