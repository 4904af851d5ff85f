//! OpenAI's REST interface for sound, which many services and programs in the house speak too: an utterance is sent as a
//! whole when it is over (`POST …/audio/transcriptions`), and a text is spoken as it comes (`POST …/audio/speech`).
//!
//! Sources: <https://developers.openai.com/api/reference/resources/audio>. For text while the caller still speaks see
//! the `realtime` module.

mod flow;
mod form;
mod stt;
mod tts;
mod wav;

pub use stt::{OpenAiStt, OpenAiSttConfig};
pub use tts::{OpenAiTts, OpenAiTtsConfig, SoundFormat};

const NAME: &str = "openai";
const THREAD: &str = "speech-openai";
