//! The line doctor: what is broken between this machine and its callers, said with cause, consequence and evidence.
//!
//! ```text
//! probes, counters, calls ─► evidence::Window (half a second) ─► Doctor: what is normal here, what has changed, whose fault it is
//!                                                             ─► Change (a verdict began, changed, ended) ─► Wording, JSON lines
//! ```
//! Pure: windows carry their time; nothing here reads a clock, a socket or chance, so a journal of windows played again gives the same
//! verdicts. The key fact: a traffic flood inflates the round trip to the *first hop* while more packets come in; a routing fault
//! leaves the first hop as it was while fewer come in. What the evidence does not tell is called [`Label::CannotTell`].

pub mod detect;
mod doctor;
pub mod evidence;
mod exercise;
mod hindsight;
mod hold;
pub mod journal;
mod judge;
pub mod normal;
pub mod pace;
pub mod report;
mod series;
mod site;
pub mod verdict;
mod wording;

pub use doctor::{Change, Doctor};
pub use evidence::Window;
pub use pace::{Lookout, Tempo};
pub use site::{ResolverAt, Site, TrunkAt, UplinkAt};
pub use verdict::{Consequence, Finding, Label, Subject, Verdict};
pub use wording::{Language, Wording, WordingError};
