//! A small streaming recogniser: log-mel front end, CTC network, prefix-beam search with a letter n-gram model and the
//! shop's words preferred.
//!
//! ```text
//! samples ─► LogMel ─► 120 numbers each 30 ms ─► CtcModel ─► log-probabilities of 69 jamo ─► BeamSearch ─► text
//!                                                              NgramLm, Boost, Liaison ──┘
//! ```
//! [`crate::engines::demo_ctc`] puts the pieces together behind the crate's traits. Everything but [`CtcModel`] is pure
//! and knows nothing of the network's kind.

mod beam;
#[cfg(test)]
mod beam_tests;
mod boost;
mod decode;
mod fft;
mod frontend;
mod liaison;
mod lm;
#[cfg(test)]
mod lm_tests;
mod model;
mod prefix;
mod recipe;
mod tokens;

pub use beam::BeamSearch;
pub use boost::Boost;
pub use decode::{Decoded, DecodedWord, Greedy};
pub use frontend::{FEATURES, LogMel, STEP_SAMPLES};
pub use lm::{LmState, NgramLm};
pub use model::{CtcModel, CtcStream};
pub use recipe::{BeamConfig, Recipe};
pub use tokens::{TokenKind, Tokens};
