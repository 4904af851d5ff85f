//! Synthesisers, with espeak-ng behind them.

use std::sync::Arc;
use std::time::Duration;

use biseo_speech::engines::espeak::Espeak;
use biseo_speech::{
    Language, Result, SpeechError, SpeechStream, TextToSpeech, Utterance, Voice, speech_channel,
};
use biseo_speech_remote::chain::{ChainConfig, TtsChain, TtsMember};
use biseo_speech_remote::openai::{OpenAiTts, OpenAiTtsConfig};

use crate::service::{self, Server};
use crate::{LONG, key};

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
