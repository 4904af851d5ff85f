//! The mouth: makes sound of text on a thread of its own and hands it to the pacer as it comes.

mod worker;

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Instant;

use biseo_media_io::Speaker;
use biseo_speech::{TextToSpeech, Voice};
use tokio::sync::mpsc::UnboundedSender;

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
        let worker = Worker::new(tts, speaker, told, inbox);
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
