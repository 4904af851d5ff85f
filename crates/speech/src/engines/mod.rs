//! The engines: one file each, behind the crate's traits.

pub mod espeak;
pub mod silero;
