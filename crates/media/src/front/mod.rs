//! The audio front end: what is done with a caller's sound between the jitter buffer and those who understand it.
//!
//! ```text
//! sent ─────┐
//!           ├─► echo guard ─┬─► probability of echo ──────────────┐
//! received ─┘               └─► sound without it ─┬─► detector ───┼─► turn-taking
//!                                                 ├─► surroundings┘ (least level of a caller)
//!                                                 └─► level control ─► recogniser
//! ```
//!
//! | part | what it is for | its measure |
//! | --- | --- | --- |
//! | [`echo`] | a speakerphone's return of Biseo's voice is nobody speaking | ITU-T G.168 terms, probability |
//! | [`surroundings`] | the next table is not the caller | dBFS |
//! | [`level`] | one loudness for all callers | ITU-T P.56 active speech level, dBFS |
//! | [`background`] | comfort noise like the line's own after losses and in digital silence | RFC 3389 |
//! | [`beep`], [`fax`], [`greeting`] | who or what has answered an outgoing call | ITU-T T.30, V.25 |
//!
//! All of it is pure and allocates nothing after it is made. Frames are 20 ms of 16 bit sound at 8 kHz ([`crate::Frame`]), as
//! everywhere inside the house; [`level`] takes 16 kHz as well.

pub mod background;
pub mod beep;
pub mod echo;
pub mod fax;
mod fft;
mod filter;
pub mod greeting;
pub mod level;
mod likeness;
mod paths;
mod pure;
mod residue;
mod spectrum;
pub mod surroundings;
