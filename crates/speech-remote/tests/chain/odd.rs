//! Engines that do what a test wants: limits, what is kept, breakers, languages.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use biseo_speech::{Language, Result, SpeechError, SpeechToText, SttOptions, SttSession, Transcript};
use biseo_speech_remote::chain::{BreakerState, ChainConfig, SttChain, SttMember};

use crate::{LONG, clock, service, session};

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
    assert!(chain.is_down());
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
    assert!(!chain.is_down(), "one that may be well again is tried");
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

/// An engine that does not come back from the first samples: what is said meanwhile is not piled up for it.
#[test]
fn an_engine_that_does_not_take_sound_is_replaced() {
    struct Deaf(Arc<Mutex<Receiver<()>>>);
    impl SpeechToText for Deaf {
        fn name(&self) -> &'static str {
            "deaf"
        }

        fn languages(&self) -> &[Language] {
            &[Language::Korean]
        }

        fn session(&self, _: &SttOptions) -> Result<Box<dyn SttSession>> {
            // Until the test is over.
            let _ = self.0.lock().unwrap().recv();
            Err(SpeechError::Refused("as it was told".into()))
        }
    }
    let (_held, never) = channel();
    let (second, say) = odd("second");
    let members = vec![
        SttMember::new(Arc::new(Deaf(Arc::new(Mutex::new(never))))).with_limit(LONG),
        SttMember::new(Arc::new(second)).with_limit(LONG),
    ];
    let chain = SttChain::new(members, ChainConfig::default()).unwrap();
    let mut session = session(&chain);
    (0..121).for_each(|_| session.accept(&[1; 8_000]).unwrap());
    assert_eq!(chain.states()[0].failures, 1);
    say.send("네".into()).unwrap();
    assert_eq!(session.finish().unwrap().text, "네");
}

/// Full, without a word for how long: one call less and there is room again.
#[test]
fn only_who_asks_for_a_rest_gets_it_at_once() {
    struct Full(Option<Duration>);
    impl SpeechToText for Full {
        fn name(&self) -> &'static str {
            "full"
        }

        fn languages(&self) -> &[Language] {
            &[Language::Korean]
        }

        fn session(&self, _: &SttOptions) -> Result<Box<dyn SttSession>> {
            Err(SpeechError::Busy {
                engine: "full",
                retry_after: self.0,
            })
        }
    }
    for (rest, state) in [
        (None, BreakerState::Closed),
        (Some(Duration::from_secs(1)), BreakerState::Open),
    ] {
        let (second, say) = odd("second");
        let members = vec![
            SttMember::new(Arc::new(Full(rest))).with_limit(LONG),
            SttMember::new(Arc::new(second)).with_limit(LONG),
        ];
        let chain = SttChain::new(members, ChainConfig::default()).unwrap();
        let mut session = session(&chain);
        session.accept(&[1; 160]).unwrap();
        say.send("네".into()).unwrap();
        assert_eq!(session.finish().unwrap().text, "네");
        assert_eq!(chain.states()[0].breaker, state, "{rest:?}");
    }
}
