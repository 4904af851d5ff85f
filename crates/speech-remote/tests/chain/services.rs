//! Recognisers that are services, with the demo recogniser behind them.

use std::sync::Arc;
use std::time::Duration;

use biseo_speech::{SpeechToText, SttSession};
use biseo_speech_remote::chain::{BreakerState, ChainConfig, SttChain, SttMember};
use biseo_speech_remote::openai::{OpenAiStt, OpenAiSttConfig};
use biseo_speech_remote::realtime::{Dialect, Realtime, RealtimeConfig};
use biseo_speech_remote::rtzr::{Rtzr, RtzrConfig};

use crate::service::{self, Server};
use crate::{LONG, clock, key, session};

fn realtime(server: &Server, dialect: Dialect, finish_ms: u64) -> Arc<dyn SpeechToText> {
    let config = RealtimeConfig {
        endpoint: server.http(),
        dialect,
        finish_ms,
        ..RealtimeConfig::default()
    };
    Arc::new(Realtime::new(config, Some(&key())).unwrap())
}

fn rtzr(server: &Server) -> Arc<dyn SpeechToText> {
    let config = RtzrConfig {
        endpoint: server.http(),
        client_id: "shop".into(),
        finish_ms: 20_000,
        ..RtzrConfig::default()
    };
    Arc::new(Rtzr::new(config, "s3cret&more".into()).unwrap())
}

fn openai(server: &Server) -> Arc<dyn SpeechToText> {
    let config = OpenAiSttConfig {
        endpoint: server.http(),
        model: "whisper-1".into(),
        finish_ms: 20_000,
        ..OpenAiSttConfig::default()
    };
    Arc::new(OpenAiStt::new(config, Some(&key())).unwrap())
}

/// The engine, and the demo recogniser behind it.
fn before_demo(engine: Arc<dyn SpeechToText>, limit: Duration) -> SttChain {
    let members = vec![
        SttMember::new(engine).with_limit(limit),
        SttMember::new(service::demo()).with_limit(LONG),
    ];
    SttChain::new(members, ChainConfig::default()).unwrap()
}

fn feed(session: &mut dyn SttSession, clip: &[i16]) {
    clip.chunks(160).for_each(|part| session.accept(part).unwrap());
}

#[test]
fn a_service_that_dies_in_mid_sentence_loses_no_turn() {
    let clip = service::sentence();
    let (first, second) = clip.split_at(clip.len() / 2);
    let expected = service::heard_here(&clip);
    let streaming = || service::realtime::start();
    type Make = fn(&Server) -> Arc<dyn SpeechToText>;
    let cases: [(&str, Server, Make); 3] = [
        ("realtime", streaming(), |server| {
            realtime(server, Dialect::Openai, 20_000)
        }),
        ("vllm", streaming(), |server| {
            realtime(server, Dialect::Vllm, 20_000)
        }),
        ("rtzr", service::rtzr::start().0, rtzr),
    ];
    for (name, server, engine) in cases {
        let chain = before_demo(engine(&server), LONG);
        let mut session = session(&chain);
        feed(session.as_mut(), first);
        service::eventually("a text in mid-sentence", || {
            !session.partial().unwrap().text.is_empty()
        });
        assert_eq!(
            chain.states()[0].failures,
            0,
            "{name}: the service itself heard it"
        );
        server.kill();
        feed(session.as_mut(), second);
        assert_eq!(session.finish().unwrap().text, expected, "{name}");
        let states = chain.states();
        assert_eq!(
            (states[0].failures, states[1].served),
            (1, 1),
            "{name}: {states:?}"
        );
        // And the call goes on, with a service that is not there any more.
        feed(session.as_mut(), &clip);
        assert_eq!(session.finish().unwrap().text, expected, "{name}, the next turn");
    }
}

#[test]
fn a_service_that_dies_before_it_is_asked_loses_no_turn() {
    let clip = service::sentence();
    let server = service::openai::start();
    let chain = before_demo(openai(&server), LONG);
    let mut session = session(&chain);
    feed(session.as_mut(), &clip);
    server.kill();
    assert_eq!(session.finish().unwrap().text, service::heard_here(&clip));
}

#[test]
fn a_service_that_hangs_costs_its_limit_and_no_turn() {
    let clip = service::sentence();
    let server = Server::start(|_, stream| {
        if let Some((socket, _)) = service::realtime::shake(stream) {
            service::linger(socket.get_ref());
        }
    });
    // The engine itself would wait for twenty seconds.
    let chain = before_demo(
        realtime(&server, Dialect::Openai, 20_000),
        Duration::from_millis(200),
    );
    let mut session = session(&chain);
    feed(session.as_mut(), &clip);
    assert_eq!(session.finish().unwrap().text, service::heard_here(&clip));
    assert_eq!(chain.states()[0].failures, 1);
}

#[test]
fn many_calls_outlive_their_service() {
    let clip = service::sentence();
    let (first, second) = clip.split_at(clip.len() / 2);
    let expected = service::heard_here(&clip);
    let server = service::realtime::start();
    let chain = before_demo(realtime(&server, Dialect::Openai, 20_000), LONG);
    let mut calls: Vec<_> = (0..6).map(|_| session(&chain)).collect();
    for call in &mut calls {
        feed(call.as_mut(), first);
    }
    server.kill();
    for mut call in calls {
        feed(call.as_mut(), second);
        assert_eq!(call.finish().unwrap().text, expected);
    }
}

#[test]
fn an_ill_service_is_left_alone_and_tried_again() {
    let bad_first = |number, stream: std::net::TcpStream| {
        if number < 4 {
            let mut out = stream.try_clone().unwrap();
            let _ = service::http::read(&mut std::io::BufReader::new(stream));
            service::http::answer(&mut out, "500 Internal Server Error", "Connection: close\r\n", "");
        } else {
            service::openai::serve(stream);
        }
    };
    let server = Server::start(bad_first);
    let (clock, now) = clock();
    let members = vec![
        SttMember::new(openai(&server)).with_limit(LONG),
        SttMember::new(service::demo()).with_limit(LONG),
    ];
    let chain = SttChain::with_clock(members, ChainConfig::default(), clock).unwrap();
    let clip = service::sentence();
    let expected = service::heard_here(&clip);
    let mut session = session(&chain);
    let mut turn = || {
        feed(session.as_mut(), &clip);
        assert_eq!(session.finish().unwrap().text, expected);
        (server.connections(), chain.states()[0].breaker)
    };
    assert_eq!(
        [turn(), turn()].map(|(_, breaker)| breaker),
        [BreakerState::Closed; 2]
    );
    assert_eq!(turn(), (3, BreakerState::Open));
    assert_eq!(turn(), (3, BreakerState::Open), "left alone");
    *now.lock().unwrap() += Duration::from_secs(30);
    assert_eq!(chain.states()[0].breaker, BreakerState::HalfOpen);
    assert_eq!(turn(), (4, BreakerState::Open), "tried, and still ill");
    *now.lock().unwrap() += Duration::from_secs(30);
    assert_eq!(turn(), (5, BreakerState::Closed), "well again");
    let states = chain.states();
    assert_eq!(
        (states[0].served, states[0].failures, states[1].served),
        (1, 4, 5),
        "{states:?}"
    );
}
