//! The stage in front of everything: octets from anybody in, well-formed messages out; what is wrong is answered here
//! (400, 416, 505) or dropped. Nothing behind it sees a message without a valid Via, From, To, Call-ID and CSeq.

mod check;
mod framing;

pub use check::{InRequest, InResponse, Verdict, check};
pub use framing::{Frame, Framer};
