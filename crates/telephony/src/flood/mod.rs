//! A flood on loopback and genuine calls through it: for `biseo bench flood`, the example `flood` and tests. Nothing here
//! is part of answering calls, and nothing of it sends anywhere but to 127.0.0.0/8.

mod genuine;
mod junk;
mod storm;

pub use genuine::{Calls, Genuine, percentile};
pub use junk::{Junk, Kind};
pub use storm::{Storm, StormError};

/// Where the genuine trunk of measurements calls from; no junk comes from there.
pub const TRUNK: &str = "127.77.0.0/16";
