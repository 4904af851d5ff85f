//! The time of calls: the machine's clock, or one shifted for a rehearsal that is to take place on another day.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};

/// A clock that goes as the machine's, with a constant difference.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clock {
    ahead: SignedDuration,
}

impl Clock {
    /// A clock that shows `start` now.
    pub(crate) fn starting_at(start: Timestamp) -> Self {
        Self {
            ahead: start.duration_since(Timestamp::now()),
        }
    }

    /// The instant.
    pub(crate) fn now(self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(self.ahead).unwrap_or(now)
    }

    /// The same on a shop's wall.
    pub(crate) fn shop_time(self, zone: &TimeZone) -> civil::DateTime {
        zone.to_datetime(self.now())
    }
}
