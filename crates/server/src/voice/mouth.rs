//! The mouth: makes sound of text on a thread of its own and hands it to the pacer as it comes.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Duration, Instant};

use biseo_media_io::{SpeakError, Speaker};
use biseo_speech::text::sentences;
use biseo_speech::{SpeechStream, TextToSpeech, Utterance, Voice};
use tokio::sync::mpsc::UnboundedSender;

/// How long the mouth waits for sound before it looks at its orders.
const LOOK: Duration = Duration::from_millis(20);
/// On going on after a pause, so much is said again: a word cut in the middle is not understood.
const REPEATED: usize = 8 * 300;

/// Samples handed over at once at most: ten seconds.
const PIECE: usize = 80_000;

/// What the mouth is told.
#[derive(Debug)]
pub(crate) enum MouthOrder {
    /// Say this, in place of anything before.
    Say(Speech),
    /// Go on with what was cut off after so many samples, under a new mark.
    Resume {
        /// The new mark.
        mark: u64,
        /// Samples that had been played.
        played: usize,
    },
    /// Say no more.
    Stop,
}

/// Texts to be said in a row.
#[derive(Debug, Clone)]
pub(crate) struct Speech {
    /// The utterance's mark.
    pub(crate) mark: u64,
    /// The texts, each in its voice.
    pub(crate) texts: Vec<(String, Voice)>,
}

/// What the mouth tells.
#[derive(Debug)]
pub(crate) enum MouthEvent {
    /// The first sound of an utterance was handed to the pacer.
    FirstSound {
        /// The utterance.
        mark: u64,
        /// When it was asked for.
        asked: Instant,
        /// When the sound was there.
        at: Instant,
    },
    /// All its sound was handed over: so many samples.
    Whole {
        /// The utterance.
        mark: u64,
        /// Samples in all.
        samples: usize,
    },
    /// The voice failed; what was made before is said.
    Failed(String),
}

/// A handle on the mouth. The thread ends when this is dropped.
pub(crate) struct Mouth {
    orders: Sender<(Instant, MouthOrder)>,
}

impl Mouth {
    /// Begins.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub(crate) fn open(
        tts: Arc<dyn TextToSpeech>,
        speaker: Speaker,
        told: UnboundedSender<MouthEvent>,
    ) -> Result<Self, String> {
        let (orders, inbox) = std::sync::mpsc::channel();
        let worker = Worker {
            tts,
            speaker,
            told,
            inbox,
            kept: Kept::default(),
        };
        let thread = std::thread::Builder::new()
            .name("mouth".into())
            .spawn(move || worker.run());
        thread.map_err(|e| e.to_string())?;
        Ok(Self { orders })
    }

    /// Tells the mouth something.
    pub(crate) fn tell(&self, order: MouthOrder) {
        let _ = self.orders.send((Instant::now(), order));
    }
}

/// What was made of the current utterance, in case it is resumed.
#[derive(Default)]
struct Kept {
    mark: u64,
    samples: Vec<i16>,
    /// How many of them the pacer has taken.
    given: usize,
    /// Whether the rest still goes to the pacer.
    flowing: bool,
}

struct Worker {
    tts: Arc<dyn TextToSpeech>,
    speaker: Speaker,
    told: UnboundedSender<MouthEvent>,
    inbox: Receiver<(Instant, MouthOrder)>,
    kept: Kept,
}

/// Whether to go on making an utterance.
enum Next {
    On,
    /// Another order takes its place.
    Leave(Option<(Instant, MouthOrder)>),
}

impl Worker {
    fn run(mut self) {
        let mut next = None;
        loop {
            let (asked, order) = match next.take().map_or_else(|| self.inbox.recv(), Ok) {
                Ok(order) => order,
                Err(_) => return,
            };
            match order {
                MouthOrder::Say(speech) => next = self.say(asked, &speech),
                MouthOrder::Resume { mark, played } => {
                    self.resume(mark, played);
                    next = self.finish();
                }
                MouthOrder::Stop => self.kept = Kept::default(),
            }
        }
    }

    /// Says all texts; gives back an order that came between and takes their place.
    fn say(&mut self, asked: Instant, speech: &Speech) -> Option<(Instant, MouthOrder)> {
        self.kept = Kept {
            mark: speech.mark,
            flowing: true,
            ..Kept::default()
        };
        for (text, voice) in &speech.texts {
            for sentence in sentences(text) {
                match self.tts.speak(&Utterance::new(sentence, voice.clone())) {
                    Ok(stream) => match self.stream(asked, stream) {
                        Next::On => {}
                        Next::Leave(order) => return order,
                    },
                    Err(e) => self.fail(e.to_string()),
                }
            }
        }
        self.finish()
    }

    fn stream(&mut self, asked: Instant, mut stream: SpeechStream) -> Next {
        loop {
            match stream.next_within(LOOK) {
                Ok(Some(Ok(samples))) => self.give(asked, &samples),
                Ok(Some(Err(e))) => self.fail(e.to_string()),
                Ok(None) => return Next::On,
                Err(()) => {}
            }
            match self.inbox.try_recv() {
                Ok((_, MouthOrder::Resume { mark, played })) => self.resume(mark, played),
                Ok(other) => return Next::Leave(Some(other)),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return Next::Leave(None),
            }
        }
    }

    fn give(&mut self, asked: Instant, samples: &[i16]) {
        let first = self.kept.samples.is_empty();
        self.kept.samples.extend_from_slice(samples);
        self.flow();
        if first {
            let (mark, at) = (self.kept.mark, Instant::now());
            self.told(MouthEvent::FirstSound { mark, asked, at });
        }
    }

    /// Hands over what is made. What the pacer has no room for waits here: it speaks slower than a voice makes sound.
    fn flow(&mut self) {
        while self.kept.flowing && self.kept.given < self.kept.samples.len() {
            let end = self.kept.samples.len().min(self.kept.given + PIECE);
            match self
                .speaker
                .push(self.kept.mark, &self.kept.samples[self.kept.given..end])
            {
                Ok(()) => self.kept.given = end,
                Err(SpeakError::Full) => return,
                Err(SpeakError::Over | SpeakError::Closed) => self.kept.flowing = false,
            }
        }
    }

    /// Goes on a little before where it was cut.
    fn resume(&mut self, mark: u64, played: usize) {
        let from = played.saturating_sub(REPEATED).min(self.kept.samples.len());
        self.kept.samples.drain(..from);
        (self.kept.mark, self.kept.given, self.kept.flowing) = (mark, 0, true);
        self.flow();
    }

    /// Hands over the rest and the end; gives back an order that comes between and takes its place.
    fn finish(&mut self) -> Option<(Instant, MouthOrder)> {
        while !self.ended() {
            match self.inbox.recv_timeout(LOOK) {
                Ok((_, MouthOrder::Resume { mark, played })) => self.resume(mark, played),
                Ok(other) => return Some(other),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        let (mark, samples) = (self.kept.mark, self.kept.samples.len());
        self.told(MouthEvent::Whole { mark, samples });
        None
    }

    /// Whether the pacer has all of it and knows its end; an utterance that was cut off is over already.
    fn ended(&mut self) -> bool {
        self.flow();
        let whole = !self.kept.flowing || self.kept.given == self.kept.samples.len();
        whole && self.speaker.end(self.kept.mark) != Err(SpeakError::Full)
    }

    fn fail(&self, why: String) {
        self.told(MouthEvent::Failed(why));
    }

    fn told(&self, event: MouthEvent) {
        let _ = self.told.send(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_media_io::{MediaConfig, MediaEngine, SessionConfig};
    use biseo_speech::{Language, speech_channel};

    /// Makes sound in many small pieces, at once.
    struct Quick;

    impl TextToSpeech for Quick {
        fn name(&self) -> &'static str {
            "quick"
        }

        fn languages(&self) -> &[Language] {
            &[Language::Korean]
        }

        fn speak(&self, _: &Utterance) -> biseo_speech::Result<SpeechStream> {
            let (sink, stream) = speech_channel();
            std::thread::spawn(move || (0..700).all(|_| sink.send(vec![1; 8])));
            Ok(stream)
        }
    }

    #[test]
    fn a_long_reply_waits_for_room_and_its_end_is_not_lost() {
        let engine = MediaEngine::start(MediaConfig {
            threads: 1,
            realtime: false,
            ..MediaConfig::default()
        })
        .unwrap();
        let session = engine
            .open(SessionConfig::on(std::net::Ipv4Addr::LOCALHOST.into()))
            .unwrap();
        let (told, mut events) = tokio::sync::mpsc::unbounded_channel();
        let mouth = Mouth::open(Arc::new(Quick), session.speaker(), told).unwrap();
        let say = |mark| {
            let texts = vec![("네.".to_string(), Voice::default())];
            mouth.tell(MouthOrder::Say(Speech { mark, texts }));
        };
        say(1);
        assert!(matches!(
            events.blocking_recv(),
            Some(MouthEvent::FirstSound { mark: 1, .. })
        ));
        // Nothing is spoken before anything is agreed on: the pacer's 512 places fill up, and the rest waits, unless it is cut.
        while session.speaker().waiting() < 500 * 8 {
            std::thread::yield_now();
        }
        session.speaker().flush();
        match events.blocking_recv() {
            Some(MouthEvent::Whole { mark: 1, samples }) => assert_eq!(samples, 700 * 8),
            other => panic!("{other:?}"),
        }
    }
}
