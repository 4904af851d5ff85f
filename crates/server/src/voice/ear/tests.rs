//! An ear on a line between two ends on this machine, with engines that know beforehand what they hear.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::mpsc::{Sender, channel};

use super::*;
use biseo_media::codec::AudioCodec;
use biseo_media::latch::Bound;
use biseo_media_io::{MediaConfig, MediaEngine, MediaSession, Negotiation, SessionConfig, SpeakError};
use biseo_speech::{Language, SttSession, Transcript};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Whatever is loud is speech.
struct Loud;

impl Vad for Loud {
    fn window(&self) -> usize {
        160
    }

    fn accept(&mut self, samples: &[i16], probabilities: &mut Vec<f32>) -> biseo_speech::Result<()> {
        let loud = samples.iter().any(|s| s.unsigned_abs() > 1000);
        probabilities.push(if loud { 0.9 } else { 0.0 });
        Ok(())
    }

    fn reset(&mut self) {}
}

/// Understands these words once it has heard something loud.
#[derive(Clone)]
struct Knows(&'static str, bool);

impl SpeechToText for Knows {
    fn name(&self) -> &'static str {
        "knows"
    }

    fn languages(&self) -> &[Language] {
        &[Language::Korean]
    }

    fn may_wait(&self) -> bool {
        false
    }

    fn session(&self, _: &SttOptions) -> biseo_speech::Result<Box<dyn SttSession>> {
        Ok(Box::new(self.clone()))
    }
}

impl SttSession for Knows {
    fn accept(&mut self, samples: &[i16]) -> biseo_speech::Result<()> {
        self.1 |= samples.iter().any(|s| s.unsigned_abs() > 1000);
        Ok(())
    }

    fn partial(&mut self) -> biseo_speech::Result<Transcript> {
        let text = if self.1 { self.0 } else { "" };
        Ok(Transcript {
            text: text.into(),
            ..Transcript::default()
        })
    }

    fn finish(&mut self) -> biseo_speech::Result<Transcript> {
        let heard = self.partial();
        self.reset();
        heard
    }

    fn reset(&mut self) {
        self.1 = false;
    }
}

/// Is sure that every turn is complete, and tells how much sound it was given.
struct Sure(Sender<usize>);

impl EndOfTurnModel for Sure {
    fn completeness(&mut self, sound: &[f32]) -> Result<f32, String> {
        self.0.send(sound.len()).map_err(|e| e.to_string())?;
        Ok(1.0)
    }
}

fn engine() -> MediaEngine {
    MediaEngine::start(MediaConfig {
        threads: 1,
        realtime: false,
        ..MediaConfig::default()
    })
    .unwrap()
}

fn agree(session: &MediaSession, remote: SocketAddr) {
    session
        .configure(Negotiation {
            codec: AudioCodec::Pcma,
            payload_out: 8,
            payload_in: 8,
            dtmf: None,
            remote,
            remote_rtcp: SocketAddr::new(remote.ip(), remote.port() + 1),
            send: true,
            receive: true,
            latch: Bound::SameIp,
            srtp: None,
            ice: None,
        })
        .unwrap();
}

/// A caller, and Biseo with an ear that knows what the caller says.
fn line(
    engine: &MediaEngine,
    words: &'static str,
    model: Option<Box<dyn EndOfTurnModel>>,
) -> (MediaSession, MediaSession, Ear, UnboundedReceiver<EarEvent>) {
    let open = || engine.open(SessionConfig::on(HERE)).unwrap();
    let (caller, mut biseo) = (open(), open());
    agree(&caller, biseo.local_addr());
    agree(&biseo, caller.local_addr());
    let (told, events) = unbounded_channel();
    let ear = EarParts {
        front: true,
        speaker: Some(biseo.speaker()),
        vad: Box::new(Loud),
        stt: Arc::new(Knows(words, false)),
        options: SttOptions::default(),
        turns: TurnConfig::default(),
        model,
        grasps: Arc::new(|_, _| Grasp::Wish),
        told,
    };
    let ear = Ear::open(&Ears::start().unwrap(), biseo.take_audio().unwrap(), ear).unwrap();
    (caller, biseo, ear, events)
}

fn play(biseo: &MediaSession, ear: &Ear, protection: Protection) {
    biseo.speaker().push(1, &[2000; 80_000]).unwrap();
    ear.tell(EarOrder::Playing {
        reply: 7,
        mark: 1,
        protection,
        until: Instant::now() + Duration::from_secs(100),
    });
}

/// The next event beside the words so far.
fn next(events: &mut UnboundedReceiver<EarEvent>) -> Option<EarEvent> {
    std::iter::from_fn(|| events.blocking_recv()).find(|event| !matches!(event, EarEvent::Partial(..)))
}

#[test]
fn words_stop_the_voice_and_are_a_turn() {
    let engine = engine();
    let (told, asked) = channel();
    let (caller, biseo, ear, mut events) = line(&engine, "그만할게요", Some(Box::new(Sure(told))));
    play(&biseo, &ear, Protection::Open);
    caller.speaker().play(vec![8000; 4800], 1).unwrap();
    assert!(matches!(events.blocking_recv(), Some(EarEvent::Partial(text, _)) if text == "그만할게요"));
    assert!(matches!(next(&mut events), Some(EarEvent::Stopped(7))));
    assert_eq!(
        biseo.speaker().push(1, &[1; 160]),
        Err(SpeakError::Over),
        "it is cut off"
    );
    assert!(matches!(next(&mut events), Some(EarEvent::Speculate(text)) if text == "그만할게요"));
    let turn = match next(&mut events) {
        Some(EarEvent::Turn(turn)) => turn,
        other => panic!("{other:?}"),
    };
    assert_eq!(turn.text, "그만할게요");
    assert!(turn.spoke_until < turn.decided);
    let sound = asked.try_recv().unwrap();
    assert!(sound > 4800 && sound < 8 * 16_000, "{sound}");
    assert!(asked.try_recv().is_err(), "it was asked once");
}

#[test]
fn words_over_what_must_be_heard_wait_for_its_end() {
    let engine = engine();
    let (caller, biseo, ear, mut events) = line(&engine, "그만할게요", None);
    play(&biseo, &ear, Protection::Whole);
    caller.speaker().play(vec![8000; 4800], 1).unwrap();
    // The caller has long finished when it is over.
    while caller.speaker().spoken(1) != Some(4800) || biseo.speaker().spoken(1) < Some(12_000) {
        std::thread::yield_now();
    }
    while let Ok(event) = events.try_recv() {
        assert!(
            matches!(event, EarEvent::Partial(..)),
            "no more is told meanwhile: {event:?}"
        );
    }
    assert_eq!(biseo.speaker().push(1, &[1; 160]), Ok(()), "it goes on");
    ear.tell(EarOrder::Played);
    let told = std::iter::from_fn(|| events.blocking_recv())
        .find(|event| !matches!(event, EarEvent::Speculate(_) | EarEvent::Partial(..)))
        .unwrap();
    assert!(
        matches!(&told, EarEvent::Turn(turn) if turn.text == "그만할게요"),
        "{told:?}"
    );
}

/// Has a dry ear hear so many frames of silence, of speech and of silence, to the end of the first turn: when it was over, ms.
fn dry(words: &'static str, speech: u32) -> Option<f64> {
    let (told, mut events) = unbounded_channel();
    let parts = EarParts {
        front: false,
        speaker: None,
        vad: Box::new(Loud),
        stt: Arc::new(Knows(words, false)),
        options: SttOptions::default(),
        turns: TurnConfig::default(),
        model: None,
        grasps: Arc::new(|_, _| Grasp::Wish),
        told,
    };
    let mut ear = DryEar::open(parts).unwrap();
    (0..200).find_map(|n| {
        let loud = (10..10 + speech).contains(&n);
        ear.hear([if loud { 8000 } else { 0 }; 160]);
        std::iter::from_fn(|| events.try_recv().ok()).find_map(|event| match event {
            EarEvent::Turn(turn) => Some(ear.ms(turn.decided)),
            _ => None,
        })
    })
}

#[test]
fn a_dry_ear_tells_the_same_whenever_it_is_asked() {
    let wait = |words| dry(words, 20).map(|at| at - 600.0);
    let config = TurnConfig::default();
    for (words, wanted) in [
        ("주차 되나요", config.wait_complete),
        ("주차", config.wait_usual),
        ("그리고", config.wait_more),
    ] {
        let waited = wait(words).unwrap();
        // The ear looks at the clock with each frame.
        assert!(
            (wanted as f64..wanted as f64 + 20.0).contains(&waited),
            "{words}: {waited}"
        );
        assert_eq!(wait(words), Some(waited));
    }
    assert_eq!(dry("주차", 1), None, "a click is no turn");
}

/// Hears a syllable more with every fifth frame of speech.
#[derive(Clone)]
struct Syllables(usize);

impl SpeechToText for Syllables {
    fn name(&self) -> &'static str {
        "syllables"
    }

    fn languages(&self) -> &[Language] {
        &[Language::Korean]
    }

    fn session(&self, _: &SttOptions) -> biseo_speech::Result<Box<dyn SttSession>> {
        Ok(Box::new(self.clone()))
    }
}

impl SttSession for Syllables {
    fn accept(&mut self, samples: &[i16]) -> biseo_speech::Result<()> {
        self.0 += usize::from(samples.iter().any(|s| s.unsigned_abs() > 1000));
        Ok(())
    }

    fn partial(&mut self) -> biseo_speech::Result<Transcript> {
        Ok(Transcript {
            text: "가".repeat(self.0 / 5),
            ..Transcript::default()
        })
    }

    fn finish(&mut self) -> biseo_speech::Result<Transcript> {
        self.partial()
    }

    fn reset(&mut self) {
        self.0 = 0;
    }
}

#[test]
fn words_are_told_as_they_come_and_understood_when_the_caller_pauses() {
    let (told, mut events) = unbounded_channel();
    let (read, understood) = channel();
    let read = std::sync::Mutex::new(read);
    let parts = EarParts {
        front: false,
        speaker: None,
        vad: Box::new(Loud),
        stt: Arc::new(Syllables(0)),
        options: SttOptions::default(),
        turns: TurnConfig::default(),
        model: None,
        grasps: Arc::new(move |text, _| {
            read.lock().unwrap().send(text.to_owned()).unwrap();
            Grasp::Wish
        }),
        told,
    };
    let mut ear = DryEar::open(parts).unwrap();
    (0..40).for_each(|_| ear.hear([8000; 160]));
    let so_far = std::iter::from_fn(|| events.try_recv().ok());
    assert!(so_far.filter(|e| matches!(e, EarEvent::Partial(..))).count() > 4);
    assert_eq!(understood.try_iter().next(), None, "the caller speaks on");
    (0..100).for_each(|_| ear.hear([0; 160]));
    assert_eq!(understood.try_iter().last().as_deref(), Some("가가가가가가가가"));
    let turn = std::iter::from_fn(|| events.try_recv().ok()).find_map(|event| match event {
        EarEvent::Turn(turn) => Some(turn.text),
        _ => None,
    });
    assert_eq!(turn.as_deref(), Some("가가가가가가가가"));
}
