//! Calendars and address cards: a shop's bookings as a private feed ([`feed`], RFC 5545), busy times out of somebody else's feed
//! ([`busy`]), callers as vCards ([`card`], RFC 6350). Those three are pure; [`site`] serves feeds, [`fetch`] reads others.

pub mod busy;
pub mod card;
pub mod feed;
pub mod fetch;
mod line;
pub mod secret;
pub mod site;
mod words;

pub use biseo_notify::channels::{Allowed, GuardError, Http};
