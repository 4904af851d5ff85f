//! The mouth: makes sound of text, beside the conversation, and hands it to the pacer as it comes.

mod pool;
mod worker;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use biseo_media_io::Speaker;
use biseo_speech::{TextToSpeech, Voice};
use tokio::sync::mpsc::UnboundedSender;

pub(crate) use pool::Mouths;
use worker::Worker;

/// A sentence and how it is spoken.
pub(crate) type Sentence = (String, Voice);

/// What the mouth is told.
#[derive(Debug)]
pub(crate) enum MouthOrder {
    /// Say this, in place of anything before.
    Say(Speech),
    /// Make this sentence ready, without saying it: it will probably be the first of what is to be said next. It takes the
    /// place of what is being made; so it is told only while nothing is.
    Prepare(Sentence),
    /// What was made ready will not be said.
    Discard,
    /// Say no more.
    Stop,
}

/// Sentences to be said in a row.
#[derive(Debug, Clone)]
pub(crate) struct Speech {
    /// The utterance's mark.
    pub(crate) mark: u64,
    /// The sentences.
    pub(crate) sentences: Vec<Sentence>,
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
    /// All sound of a sentence is made, unless one failed.
    Sentence {
        /// The utterance.
        mark: u64,
        /// Samples of the utterance up to the sentence's end.
        samples: usize,
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

/// A handle on the mouth. It says no more once this is dropped.
pub(crate) struct Mouth {
    orders: Sender<(Instant, MouthOrder)>,
    seat: Arc<Seat>,
    mouths: Mouths,
}

impl Mouth {
    /// One that has nothing to say yet.
    pub(crate) fn open(
        mouths: &Mouths,
        tts: Arc<dyn TextToSpeech>,
        speaker: Speaker,
        told: UnboundedSender<MouthEvent>,
    ) -> Self {
        let (orders, inbox) = std::sync::mpsc::channel();
        let worker = Worker::new(tts, speaker, told, inbox);
        Self {
            orders,
            seat: Arc::new(Seat {
                worker: Mutex::new(Some(worker)),
                untaken: AtomicUsize::new(0),
            }),
            mouths: mouths.clone(),
        }
    }

    /// Tells the mouth something. Where there is no thread for it, its events end: a call that cannot speak is not to go on in silence.
    pub(crate) fn tell(&self, order: MouthOrder) {
        let _ = self.orders.send((Instant::now(), order));
        if self.seat.untaken.fetch_add(1, Ordering::AcqRel) == 0 {
            let seat = self.seat.clone();
            if let Err(e) = self.mouths.run(move || seat.work()) {
                tracing::error!("no thread for a voice: {e}");
                drop(self.seat.worker().take());
            }
        }
    }
}

/// Where a mouth waits between two orders.
struct Seat {
    /// `None` while it works, and for good after a panic: then whoever hears from it sees its end.
    worker: Mutex<Option<Worker>>,
    /// Orders told since it last had nothing to do; a thread works for it, or will, while there are any.
    untaken: AtomicUsize,
}

impl Seat {
    /// Works until nothing is left to do.
    fn work(&self) {
        loop {
            let seen = self.untaken.load(Ordering::Acquire);
            let Some(mut worker) = self.worker().take() else {
                return;
            };
            worker.run();
            *self.worker() = Some(worker);
            // An order told meanwhile may still wait. One that is told but not yet counted finds nobody working and calls a thread.
            let none = self
                .untaken
                .compare_exchange(seen, 0, Ordering::AcqRel, Ordering::Acquire);
            if none.is_ok() {
                return;
            }
        }
    }

    fn worker(&self) -> MutexGuard<'_, Option<Worker>> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
