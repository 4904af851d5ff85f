//! Hearing and speaking in a call: an ear and a mouth, on other threads than whoever converses, between the media engine and whoever
//! converses (the assistant, or a simulated caller).
//!
//! Neither ever waits for the other: the ear works while the mouth makes sound, so that a caller may break in.

mod ear;
pub(crate) mod kept;
mod mouth;
mod tone;
mod trail;

pub(crate) use ear::{DryEar, Ear, EarEvent, EarOrder, EarParts, Ears, Grasps, HeardTurn, Protection};
pub(crate) use mouth::{Mouth, MouthEvent, MouthOrder, Mouths, Sentence, Speech};
pub(crate) use tone::{TONE, WithTone};
