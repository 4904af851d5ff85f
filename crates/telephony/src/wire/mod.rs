//! The stage in front of everything: octets from anybody in, well-formed messages out; what is wrong is answered here
//! (400, 416, 505) or dropped. Nothing behind it sees a message without a valid Via, From, To, Call-ID and CSeq.
//! [`look`] comes before it, where many octets are junk.

mod check;
mod framing;
mod look;

pub use check::{InRequest, InResponse, Verdict, check};
pub use framing::{Frame, Framer};
pub use look::{Glance, Look, MAX_START_LINE, look};
