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
//! One file under `engines/`, its constructor, and a line in the shared test-suite (`tests/suite`). A remote engine fits
//! the same traits: its session owns a thread with the connection, `accept` puts samples into a bounded channel, and
//! [`SttSession::partial`] reads the last text that came in without waiting.

pub mod cache;
pub mod ctc;
pub mod engines;
mod error;
pub mod level;
pub mod normalise;
pub mod resample;
pub mod text;
mod traits;
pub mod vad;

pub use error::{Result, SpeechError};
pub use traits::{
    Canceller, Language, SAMPLE_RATE, SpeechSink, SpeechStream, SpeechToText, SttOptions, SttSession,
    TextToSpeech, Transcript, Utterance, Vad, Voice, Word, speech_channel,
};
