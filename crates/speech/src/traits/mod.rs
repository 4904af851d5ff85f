//! The traits that engines implement, and the words they share.

mod stream;
mod stt;
mod tts;
mod vad;

pub use stream::{Canceller, SpeechSink, SpeechStream, speech_channel};
pub use stt::{SpeechToText, SttOptions, SttSession, Transcript, Word};
pub use tts::{TextToSpeech, Utterance, Voice};
pub use vad::Vad;

/// Samples per second of all sound in this crate's interfaces.
pub const SAMPLE_RATE: u32 = 8_000;

/// A language that Biseo speaks and understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Language {
    /// 한국어.
    #[default]
    Korean,
    /// English.
    English,
}

impl Language {
    /// The ISO 639-1 code: `ko`, `en`.
    ///
    /// ```
    /// assert_eq!(biseo_speech::Language::Korean.code(), "ko");
    /// ```
    pub fn code(self) -> &'static str {
        match self {
            Language::Korean => "ko",
            Language::English => "en",
        }
    }

    /// Reads a code such as `ko`, `KO`, `ko-KR` or `en_US`; `None` for another language.
    ///
    /// ```
    /// use biseo_speech::Language;
    /// assert_eq!(Language::from_code("ko-KR"), Some(Language::Korean));
    /// assert_eq!(Language::from_code("fr"), None);
    /// ```
    pub fn from_code(code: &str) -> Option<Self> {
        let primary = code.split(['-', '_']).next().unwrap_or_default();
        [Language::Korean, Language::English]
            .into_iter()
            .find(|l| l.code().eq_ignore_ascii_case(primary))
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}
