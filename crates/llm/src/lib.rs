//! A language model as a help of the understanding, where the rules are unsure: what it is asked, and what of its answer
//! is believed.
//!
//! The model is given one utterance (with telephone numbers and names hidden), what was asked, the shop's vocabulary and
//! the day. It answers with intents, acts, slots and the key of a fact; no word of it is ever spoken. Its answer is
//! treated as hostile input ([`check()`]): a value stands only if the profile holds it or the utterance says it. What the
//! rules found is never overridden ([`merge()`]).
//!
//! Everything but [`client`] and [`helper`] is pure: no I/O, no clock.

pub mod answer;
pub mod breaker;
mod check;
pub mod client;
mod evidence;
pub mod helper;
mod mask;
mod merge;
mod question;

pub use check::{Checked, Refused, check};
pub use mask::masked;
pub use merge::merge;
pub use question::{Question, UNSURE, wanted};
