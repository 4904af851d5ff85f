//! The off-site beacon: the same program elsewhere, which counts what comes from a box and sends on its own, so that a lost way there is told
//! from a lost way back.
//!
//! ```text
//! box ─► probe (sequence, the pace that it wishes) ─► beacon: counts for each uplink
//! box ◄─ heartbeat at the beacon's own pace: its own sequence, and its counts of *all* uplinks of the box ◄─ beacon
//! ```
//! Who hears heartbeats that say "nothing comes from you" has lost the way there. Who hears none on an uplink, but on another one that they are
//! sent, has lost the way back. Who hears nothing at all does not know, and is told afterwards by the counts.
//!
//! [`wire`], [`host`] (the beacon), [`guest`] (the box) and [`seen`] are pure: time and chance come in as arguments.

mod guest;
mod host;
mod secret;
mod seen;
mod serve;
mod talk;
#[cfg(test)]
mod together;
mod wire;

pub use secret::{Secret, SecretError};
pub use serve::{News, serve};

pub(crate) use talk::Talk;

/// Uplinks of a box that a beacon tells apart at most; a box's others are not asked about.
pub const MOST_UPLINKS: usize = 4;
