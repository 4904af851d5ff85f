//! Hearing and speaking: voice activity, recognition and synthesis behind traits, engines one file each.
//!
//! All sound in this crate's interfaces is mono, 8 kHz, 16 bit ([`SAMPLE_RATE`]): the telephone's own.
//!
//! # Threads
//! Every trait is synchronous. Engines are used from worker threads of the caller's, never from an asynchronous
//! runtime: [`Vad::accept`] and [`SttSession::accept`] compute, and [`SpeechStream::next`] waits. Factories
//! ([`SpeechToText`], [`TextToSpeech`]) are `Send + Sync` and shared by all calls; what they hand out ([`Vad`],
//! [`SttSession`], [`SpeechStream`]) is `Send`, belongs to one call and moves with it. A [`Canceller`] may be used from
//! any thread, also an asynchronous one: it never waits.
//!
//! # A new engine
//! One file under `engines/`, its constructor, and a line in `tests/engines.rs`, which runs the shared suite
//! (`biseo-speech-suite`) over it. A remote engine fits the same traits: its connection lives on a thread of the engine's,
//! `accept` puts samples into a bounded queue, and [`SttSession::partial`] reads the last text that came in without waiting.
//! Those are in `biseo-speech-remote`.

pub mod cache;
pub mod ctc;
pub mod engines;
mod error;
pub mod level;
pub mod normalise;
pub mod resample;
pub mod stored;
pub mod text;
mod traits;
pub mod vad;

pub use error::{Result, SpeechError};
pub use traits::{
    Canceller, Language, SAMPLE_RATE, SpeechSink, SpeechStream, SpeechToText, SttOptions, SttSession,
    TextToSpeech, Transcript, Utterance, Vad, Voice, Word, speech_channel,
};
