//! The engines: one file each, behind the crate's traits.

pub mod demo_ctc;
pub mod espeak;
pub mod silero;
