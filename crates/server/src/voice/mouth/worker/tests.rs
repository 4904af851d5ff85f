//! What reaches the pacer of what is to be said.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::{Mouth, Mouths};
use super::*;
use biseo_media_io::{MediaConfig, MediaEngine, MediaSession, SessionConfig};
use biseo_speech::{Language, Voice, speech_channel};

/// Makes sound in so many small pieces, at once, and counts how often it is asked.
struct Quick {
    pieces: usize,
    asked: Arc<AtomicUsize>,
}

impl TextToSpeech for Quick {
    fn name(&self) -> &'static str {
        "quick"
    }

    fn languages(&self) -> &[Language] {
        &[Language::Korean]
    }

    fn speak(&self, _: &Utterance) -> biseo_speech::Result<SpeechStream> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let (sink, stream) = speech_channel();
        let pieces = self.pieces;
        std::thread::spawn(move || (0..pieces).all(|_| sink.send(vec![1; 8])));
        Ok(stream)
    }
}

struct Bench {
    session: MediaSession,
    mouth: Mouth,
    events: tokio::sync::mpsc::UnboundedReceiver<MouthEvent>,
    asked: Arc<AtomicUsize>,
    // After the session, which needs it to close.
    _engine: MediaEngine,
}

impl Bench {
    fn new(pieces: usize) -> Self {
        let engine = MediaEngine::start(MediaConfig {
            threads: 1,
            realtime: false,
            ..MediaConfig::default()
        })
        .unwrap();
        let session = engine
            .open(SessionConfig::on(std::net::Ipv4Addr::LOCALHOST.into()))
            .unwrap();
        let (told, events) = tokio::sync::mpsc::unbounded_channel();
        let asked = Arc::new(AtomicUsize::new(0));
        let quick = Quick {
            pieces,
            asked: asked.clone(),
        };
        let mouth = Mouth::open(&Mouths::default(), Arc::new(quick), session.speaker(), told);
        Self {
            session,
            mouth,
            events,
            asked,
            _engine: engine,
        }
    }

    fn say(&self, mark: u64, texts: &[&str]) {
        let sentences = texts.iter().map(|t| sentence(t)).collect();
        self.mouth.tell(MouthOrder::Say(Speech { mark, sentences }));
    }

    /// Waits until all is handed over; how many samples each sentence ended at.
    fn whole(&mut self, wanted: u64) -> Vec<usize> {
        let mut ends = Vec::new();
        loop {
            match self.events.blocking_recv().unwrap() {
                MouthEvent::Sentence { mark, samples } if mark == wanted => ends.push(samples),
                MouthEvent::Whole { mark, samples } if mark == wanted => {
                    assert_eq!(ends.last(), Some(&samples));
                    return ends;
                }
                MouthEvent::Failed(why) => panic!("{why}"),
                _ => {}
            }
        }
    }
}

fn sentence(text: &str) -> Sentence {
    (text.to_string(), Voice::default())
}

#[test]
fn a_long_reply_waits_for_room_and_its_end_is_not_lost() {
    let mut bench = Bench::new(700);
    bench.say(1, &["네."]);
    assert!(matches!(
        bench.events.blocking_recv(),
        Some(MouthEvent::FirstSound { mark: 1, .. })
    ));
    // Nothing is spoken before anything is agreed on: the pacer's 512 places fill up, and the rest waits, unless it is cut.
    while bench.session.speaker().waiting() < 500 * 8 {
        std::thread::yield_now();
    }
    bench.session.speaker().cut(1);
    assert_eq!(bench.whole(1), [700 * 8]);
}

#[test]
fn what_is_ready_is_said_and_not_made_again() {
    let mut bench = Bench::new(40);
    bench
        .mouth
        .tell(MouthOrder::Prepare(sentence("네, 확인했습니다.")));
    bench.say(1, &["네, 확인했습니다.", "몇 시로 할까요?"]);
    assert_eq!(bench.whole(1), [320, 640]);
    assert_eq!(bench.asked.load(Ordering::SeqCst), 2);
    // It is said once, not each time.
    bench.say(2, &["네, 확인했습니다."]);
    bench.whole(2);
    assert_eq!(bench.asked.load(Ordering::SeqCst), 3);
}

#[test]
fn what_is_ready_and_not_wanted_is_not_said() {
    let mut bench = Bench::new(40);
    bench.mouth.tell(MouthOrder::Prepare(sentence("네.")));
    bench.say(1, &["아니요.", "네."]);
    assert_eq!(bench.whole(1), [320, 640]);
    assert_eq!(bench.asked.load(Ordering::SeqCst), 3, "each was made for itself");
    bench.mouth.tell(MouthOrder::Prepare(sentence("네.")));
    bench.mouth.tell(MouthOrder::Discard);
    // The pacer may have the first piece in its hand already.
    let waiting = bench.session.speaker().waiting();
    assert!(waiting <= 640, "nothing of it goes to the pacer: {waiting}");
    bench.say(2, &["네."]);
    assert_eq!(bench.whole(2), [320]);
    assert_eq!(bench.asked.load(Ordering::SeqCst), 5);
}
