//! What every speech engine must hold, whichever it is and wherever it lives. Each crate with engines runs its own through
//! it (`tests/engines.rs`); the sounds serve other tests too. For tests only: what does not hold is a panic.

pub mod sound;
pub mod stt;
pub mod tts;
pub mod vad;
