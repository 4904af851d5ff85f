//! The words that all rooms of Biseo share: ids, telephone numbers, shop profiles, records of calls and bookings.
//!
//! No I/O, no clock, no randomness: whoever makes an id or a time passes it in.

pub mod fill;
pub mod hangul;
pub mod hint;
pub mod holiday;
pub mod ids;
pub mod incident;
pub mod phone;
pub mod record;
#[cfg(feature = "schema")]
pub mod schema;
pub mod secret;
pub mod shop;
pub mod understanding;
