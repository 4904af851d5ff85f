//! SIP for Biseo, so far its pure parts: messages, the first look at every octet from the network, digest authentication,
//! SDP offer/answer, and what a trunk's headers say of who called which number and why.
//!
//! ```text
//!  octets ─► wire: judge, repair, answer 400/416/505 ─► msg ─► (user agent, to come)
//! ```

pub mod auth;
pub mod config;
pub mod msg;
mod random;
pub mod sdp;
pub mod trunk;
pub mod wire;
