//! Who is told of what callers change.

use std::pin::Pin;

use biseo_model::record::Booking;

/// What a caller changed by the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A booking was moved.
    Moved {
        /// As it stands now.
        booking: Booking,
    },
    /// A booking was cancelled.
    Cancelled {
        /// As it stood.
        booking: Booking,
    },
}

/// What [`Told::told`] returns.
pub type Telling<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Whoever is told: notices, pages that show the bookings. The change stands already; the caller's answer waits for it.
pub trait Told: Send + Sync + 'static {
    /// Tells of a change. Faults are the implementor's to log; the caller is not told of them.
    fn told(&self, change: Change) -> Telling<'_>;
}
