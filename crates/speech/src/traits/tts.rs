//! Synthesis: text to sound.

use crate::{Language, Result, SpeechStream};

/// How a text is to be spoken.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Voice {
    /// The language of the text.
    pub language: Language,
    /// The engine's name for a speaker or variant (`f2` with espeak-ng); empty for the engine's own choice.
    pub variant: String,
    /// Tempo in percent of the engine's usual one; 50 to 200.
    pub speed: u16,
    /// Pitch in percent of the engine's usual one; 50 to 200. Engines that cannot change it leave it.
    pub pitch: u16,
}

impl Voice {
    /// The engine's usual voice for a language.
    pub fn new(language: Language) -> Self {
        Self {
            language,
            variant: String::new(),
            speed: 100,
            pitch: 100,
        }
    }

    /// The same voice as another speaker.
    pub fn with_variant(self, variant: impl Into<String>) -> Self {
        Self {
            variant: variant.into(),
            ..self
        }
    }

    /// The same voice at another tempo, in percent.
    pub fn with_speed(self, speed: u16) -> Self {
        Self { speed, ..self }
    }

    /// The same voice at another pitch, in percent.
    pub fn with_pitch(self, pitch: u16) -> Self {
        Self { pitch, ..self }
    }
}

impl Default for Voice {
    fn default() -> Self {
        Self::new(Language::default())
    }
}

/// One piece of text to be spoken, a sentence or so.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Utterance {
    /// Plain text as it is written ("19시 30분"). Engines run it through [`crate::normalise`] if they need to.
    pub text: String,
    /// How to speak it.
    pub voice: Voice,
}

impl Utterance {
    /// A text in a voice.
    pub fn new(text: impl Into<String>, voice: Voice) -> Self {
        Self {
            text: text.into(),
            voice,
        }
    }
}

/// A synthesiser. Shared by all calls.
pub trait TextToSpeech: Send + Sync {
    /// A name for logs, records and cache keys, such as `espeak-ng`.
    fn name(&self) -> &'static str;

    /// The languages it speaks.
    fn languages(&self) -> &[Language];

    /// Begins to speak and returns at once; sound arrives in the stream as soon as there is some.
    ///
    /// # Errors
    /// When the request is refused or the engine cannot be started. What fails later comes through the stream.
    fn speak(&self, utterance: &Utterance) -> Result<SpeechStream>;
}
