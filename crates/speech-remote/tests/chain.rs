//! A chain loses no turn: services that die, hang or refuse in the middle of a sentence, and what their breakers do.

mod service;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use biseo_speech::engines::espeak::Espeak;
use biseo_speech::{
    Language, Result, SpeechError, SpeechStream, SpeechToText, SttOptions, SttSession, TextToSpeech,
    Transcript, Utterance, Voice, speech_channel,
};
use biseo_speech_remote::chain::{
    BreakerState, ChainConfig, Clock, SttChain, SttMember, TtsChain, TtsMember,
};
use biseo_speech_remote::openai::{OpenAiStt, OpenAiSttConfig, OpenAiTts, OpenAiTtsConfig};
use biseo_speech_remote::realtime::{Dialect, Realtime, RealtimeConfig};
use biseo_speech_remote::rtzr::{Credentials, Rtzr, RtzrConfig};
use secrecy::SecretString;
use service::Server;

/// Longer than anything takes here.
const LONG: Duration = Duration::from_secs(60);

fn key() -> SecretString {
    SecretString::from("sk-test")
}

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
        finish_ms: 20_000,
        ..RtzrConfig::default()
    };
    let credentials = Credentials {
        client_id: "shop".into(),
        client_secret: "s3cret&more".into(),
    };
    Arc::new(Rtzr::new(config, credentials).unwrap())
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

fn session(engine: &dyn SpeechToText) -> Box<dyn SttSession> {
    engine.session(&SttOptions::default()).unwrap()
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

/// A clock that a test sets.
fn clock() -> (Clock, Arc<Mutex<Instant>>) {
    let now = Arc::new(Mutex::new(Instant::now()));
    let theirs = now.clone();
    (Arc::new(move || *theirs.lock().unwrap()), now)
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

// Engines that do what a test wants.

/// Fails or not; counts the samples of an utterance.
struct Odd {
    name: &'static str,
    languages: Vec<Language>,
    heard: Arc<AtomicUsize>,
    /// `finish` waits here, and fails when nobody is left to say a text.
    text: Arc<Mutex<Receiver<String>>>,
}

fn odd(name: &'static str) -> (Odd, Sender<String>) {
    let (say, text) = channel();
    let engine = Odd {
        name,
        languages: vec![Language::Korean],
        heard: Arc::default(),
        text: Arc::new(Mutex::new(text)),
    };
    (engine, say)
}

impl SpeechToText for Odd {
    fn name(&self) -> &'static str {
        self.name
    }

    fn languages(&self) -> &[Language] {
        &self.languages
    }

    fn session(&self, _: &SttOptions) -> Result<Box<dyn SttSession>> {
        self.heard.store(0, Ordering::SeqCst);
        let (name, heard, text) = (self.name, self.heard.clone(), self.text.clone());
        Ok(Box::new(OddSession { name, heard, text }))
    }
}

struct OddSession {
    name: &'static str,
    heard: Arc<AtomicUsize>,
    text: Arc<Mutex<Receiver<String>>>,
}

impl SttSession for OddSession {
    fn accept(&mut self, samples: &[i16]) -> Result<()> {
        self.heard.fetch_add(samples.len(), Ordering::SeqCst);
        Ok(())
    }

    fn partial(&mut self) -> Result<Transcript> {
        Ok(Transcript::default())
    }

    fn finish(&mut self) -> Result<Transcript> {
        let text = self
            .text
            .lock()
            .unwrap()
            .recv()
            .map_err(|_| SpeechError::Engine {
                engine: self.name,
                detail: "as it was told".into(),
            })?;
        Ok(Transcript {
            text,
            ..Transcript::default()
        })
    }

    fn reset(&mut self) {}
}

#[test]
fn a_minute_is_kept_for_the_next_engine_and_no_more() {
    let ((first, _), (second, say)) = (odd("first"), odd("second"));
    let (heard_first, heard) = (first.heard.clone(), second.heard.clone());
    let members = [first, second].map(|engine| SttMember::new(Arc::new(engine)).with_limit(LONG));
    let chain = SttChain::new(members.into(), ChainConfig::default()).unwrap();
    let mut session = session(&chain);
    (0..70).for_each(|_| session.accept(&[1; 8_000]).unwrap());
    say.send("네".into()).unwrap();
    // The first one's text never comes, since nobody can say it.
    assert_eq!(session.finish().unwrap().text, "네");
    assert_eq!(heard_first.load(Ordering::SeqCst), 70 * 8_000);
    assert_eq!(heard.load(Ordering::SeqCst), 60 * 8_000);
}

#[test]
fn nobody_waits_for_an_engine_that_does_not_return() {
    let ((stuck, _held), (second, say)) = (odd("stuck"), odd("second"));
    let members = vec![
        SttMember::new(Arc::new(stuck)).with_limit(Duration::from_millis(50)),
        SttMember::new(Arc::new(second)).with_limit(LONG),
    ];
    let chain = SttChain::new(members, ChainConfig::default()).unwrap();
    let mut session = session(&chain);
    for text in ["하나", "둘"] {
        session.accept(&[1; 160]).unwrap();
        say.send(text.into()).unwrap();
        assert_eq!(session.finish().unwrap().text, text);
    }
    assert_eq!(chain.states()[0].failures, 2);
}

#[test]
fn when_all_fail_it_is_said_and_the_call_goes_on() {
    let ((first, _), (second, say)) = (odd("first"), odd("second"));
    let members = [first, second].map(|engine| SttMember::new(Arc::new(engine)).with_limit(LONG));
    let chain = SttChain::new(
        members.into(),
        ChainConfig {
            failures: 1,
            ..ChainConfig::default()
        },
    )
    .unwrap();
    let mut session = session(&chain);
    session.accept(&[1; 160]).unwrap();
    drop(say);
    let error = session.finish().unwrap_err();
    assert!(error.to_string().contains("second"), "{error}");
    assert!(chain.states().iter().all(|s| s.breaker == BreakerState::Open));
    // Nobody is admitted, and still a turn is worth a try.
    session.accept(&[1; 160]).unwrap();
    assert!(session.finish().is_err());
    assert_eq!(chain.states()[0].failures, 2);
    assert_eq!(session.finish().unwrap().text, "", "nothing was said");
}

#[test]
fn a_probe_that_is_given_up_makes_room_for_another() {
    let ((ill, say), (other, _)) = (odd("ill"), odd("other"));
    let heard = ill.heard.clone();
    let probed = |samples| service::eventually("a probe", || heard.load(Ordering::SeqCst) == samples);
    let (clock, now) = clock();
    let members = [ill, other].map(|engine| SttMember::new(Arc::new(engine)).with_limit(LONG));
    let config = ChainConfig {
        failures: 1,
        ..ChainConfig::default()
    };
    let chain = SttChain::with_clock(members.into(), config, clock).unwrap();
    drop(say);
    let mut session = session(&chain);
    session.accept(&[1; 160]).unwrap();
    assert!(session.finish().is_err());
    *now.lock().unwrap() += Duration::from_secs(60);
    session.accept(&[1; 100]).unwrap();
    probed(100);
    session.reset();
    session.accept(&[1; 80]).unwrap();
    probed(180);
    drop(session);
    assert_eq!(chain.states()[0].breaker, BreakerState::HalfOpen);
    assert_eq!(chain.states()[0].failures, 1);
}

#[test]
fn languages_are_those_of_all_and_each_gets_its_own() {
    let ((korean, _), (mut both, say)) = (odd("korean"), odd("both"));
    both.languages.push(Language::English);
    let members = [korean, both].map(|engine| SttMember::new(Arc::new(engine)).with_limit(LONG));
    let chain = SttChain::new(members.into(), ChainConfig::default()).unwrap();
    assert_eq!(chain.languages(), [Language::Korean, Language::English]);
    let options = SttOptions {
        language: Language::English,
        ..SttOptions::default()
    };
    let mut session = chain.session(&options).unwrap();
    session.accept(&[1; 160]).unwrap();
    say.send("yes".into()).unwrap();
    assert_eq!(session.finish().unwrap().text, "yes");
    assert_eq!(chain.states()[0].failures, 0);
    assert!(SttChain::new(Vec::new(), ChainConfig::default()).is_err());
}

// Voices.

fn voice(server: &Server) -> Arc<dyn TextToSpeech> {
    let config = OpenAiTtsConfig {
        endpoint: server.http(),
        first_ms: 20_000,
        ..OpenAiTtsConfig::default()
    };
    Arc::new(OpenAiTts::new(config, Some(&key())).unwrap())
}

fn before_espeak(engine: Arc<dyn TextToSpeech>, limit: Duration) -> TtsChain {
    let members = vec![
        TtsMember::new(engine).with_limit(limit),
        TtsMember::new(Arc::new(Espeak::new())).with_limit(LONG),
    ];
    TtsChain::new(members, ChainConfig::default()).unwrap()
}

fn sentence() -> Utterance {
    Utterance::new("네, 내일 저녁 일곱 시에 네 분 예약해 드릴게요.", Voice::default())
}

#[test]
fn a_voice_that_does_not_begin_is_replaced() {
    let expected = Espeak::new().speak(&sentence()).unwrap().collect().unwrap();
    let dead = service::openai::start();
    dead.kill();
    let json = Server::start(|_, stream| {
        let mut out = stream.try_clone().unwrap();
        let _ = service::http::read(&mut std::io::BufReader::new(stream));
        let kind = "Content-Type: application/json\r\nConnection: close\r\n";
        service::http::answer(&mut out, "200 OK", kind, "{}");
    });
    let silent = Server::start(|_, stream| service::linger(&stream));
    let empty = Server::start(|_, stream| {
        let mut out = stream.try_clone().unwrap();
        let _ = service::http::read(&mut std::io::BufReader::new(stream));
        service::http::answer(&mut out, "200 OK", "Connection: close\r\n", "");
    });
    for (name, server, limit) in [
        ("dead", dead, LONG),
        ("an error", json, LONG),
        ("silent", silent, Duration::from_millis(200)),
        ("no sound", empty, LONG),
    ] {
        let chain = before_espeak(voice(&server), limit);
        let said = chain.speak(&sentence()).unwrap().collect().expect(name);
        assert!(said == expected, "{name}");
        let states = chain.states();
        assert_eq!(
            (states[0].failures, states[1].served),
            (1, 1),
            "{name}: {states:?}"
        );
    }
}

/// What was half said in one voice is not said again in another.
#[test]
fn a_voice_that_breaks_off_ends_with_the_error() {
    struct Breaks;
    impl TextToSpeech for Breaks {
        fn name(&self) -> &'static str {
            "breaks"
        }

        fn languages(&self) -> &[Language] {
            &[Language::Korean]
        }

        fn speak(&self, _: &Utterance) -> Result<SpeechStream> {
            let (sink, stream) = speech_channel();
            sink.send(vec![5; 800]);
            sink.fail(SpeechError::Engine {
                engine: "breaks",
                detail: "as it was told".into(),
            });
            Ok(stream)
        }
    }
    let chain = before_espeak(Arc::new(Breaks), LONG);
    let mut stream = chain.speak(&sentence()).unwrap();
    assert_eq!(stream.next().unwrap().unwrap(), [5; 800]);
    assert!(stream.next().unwrap().is_err());
    assert!(stream.next().is_none());
    let states = chain.states();
    assert_eq!((states[0].failures, states[1].served), (1, 0), "{states:?}");
}

#[test]
fn a_text_that_is_too_long_is_no_engines_fault() {
    let server = service::openai::start();
    let chain = before_espeak(voice(&server), LONG);
    let endless = Utterance::new("가".repeat(100_000), Voice::default());
    assert!(matches!(chain.speak(&endless), Err(SpeechError::Refused(_))));
    assert!(chain.states().iter().all(|state| state.failures == 0));
}
