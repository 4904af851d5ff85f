//! Recognition: sound to text.

use crate::{Language, Result};

/// What a session is told before the first sample.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SttOptions {
    /// The language to expect.
    pub language: Language,
    /// Words and phrases that this shop's callers are likely to say (menu, staff, places); engines that can prefer them.
    pub boost: Vec<String>,
}

/// A recogniser: makes one session for each call. Shared by all calls.
pub trait SpeechToText: Send + Sync {
    /// A name for logs and records, such as `demo-ctc`.
    fn name(&self) -> &'static str;

    /// The languages it recognises.
    fn languages(&self) -> &[Language];

    /// Whether a session may take long over a single sound: because it waits for a network, or works through a whole
    /// utterance at its end. Each such session gets a thread of its own; the others share theirs, so that whoever says
    /// `false` here keeps every method of its sessions below some milliseconds.
    fn may_wait(&self) -> bool {
        true
    }

    /// Whether it is known that it answers nobody at present: a caller is then not asked to speak in vain. One that cannot tell
    /// is taken to be well.
    fn is_down(&self) -> bool {
        false
    }

    /// Starts to listen to one call.
    ///
    /// # Errors
    /// [`crate::SpeechError::Language`] when it cannot do the language; other errors when it cannot start.
    fn session(&self, options: &SttOptions) -> Result<Box<dyn SttSession>>;
}

/// One call's recognition. Sound goes in, text comes out; a session serves one utterance after another.
pub trait SttSession: Send {
    /// Takes the next samples (8 kHz), any number of them.
    ///
    /// # Errors
    /// When the engine failed; the utterance is lost, and [`SttSession::reset`] begins a new one.
    fn accept(&mut self, samples: &[i16]) -> Result<()>;

    /// What was understood so far, without waiting; later words may still change it.
    ///
    /// # Errors
    /// As [`SttSession::accept`].
    fn partial(&mut self) -> Result<Transcript>;

    /// The utterance is over: the final text. May wait for the engine, but only within the engine's own time limit.
    /// The session is then as after [`SttSession::reset`].
    ///
    /// # Errors
    /// As [`SttSession::accept`].
    fn finish(&mut self) -> Result<Transcript>;

    /// Forgets the current utterance.
    fn reset(&mut self);
}

/// A recognised text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transcript {
    /// The text as the engine writes it; empty when nothing was said.
    pub text: String,
    /// How sure the engine is of the whole, 0 to 1; `None` when it does not tell.
    pub confidence: Option<f32>,
    /// The words one by one; empty when the engine does not tell.
    pub words: Vec<Word>,
}

/// A word of a [`Transcript`].
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// How sure the engine is of it, 0 to 1; `None` when it does not tell.
    pub confidence: Option<f32>,
    /// Where it begins, in samples since the utterance began; `None` when the engine does not tell.
    pub start: Option<u64>,
}
