//! What every engine must hold, whichever it is. A new engine adds itself to `tests/engines.rs`.

pub mod sound;
pub mod stt;
pub mod tts;
pub mod vad;
