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

    /// Whether it shows another time than the machine's.
    pub(crate) fn is_shifted(self) -> bool {
        self.ahead != SignedDuration::ZERO
    }

    /// The instant.
    pub(crate) fn now(self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(self.ahead).unwrap_or(now)
    }

    /// When that was, at most some minutes ago.
    pub(crate) fn at(self, then: std::time::Instant) -> Timestamp {
        let ago = SignedDuration::try_from(then.elapsed()).unwrap_or_default();
        self.now().checked_sub(ago).unwrap_or(Timestamp::MIN)
    }

    /// The same on a shop's wall.
    pub(crate) fn shop_time(self, zone: &TimeZone) -> civil::DateTime {
        zone.to_datetime(self.now())
    }
}

/// Reads a time on a shop's wall: `2026-11-24T10:12:00`, with or without seconds. An offset behind it is the shop's own and
/// changes nothing.
///
/// # Errors
/// What is wrong and how to write it.
pub(crate) fn civil(text: &str) -> Result<civil::DateTime, String> {
    let clock = text.trim().trim_end_matches(['Z', 'z']);
    clock
        .parse()
        .map_err(|_| format!("{text:?} is no time; write it as 2026-11-24T10:12:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_with_and_without_an_offset() {
        let at = civil::date(2026, 11, 24).at(10, 12, 0, 0);
        for text in [
            "2026-11-24T10:12:00+09:00",
            "2026-11-24T10:12:00Z",
            "2026-11-24T10:12",
            "2026-11-24 10:12:00",
        ] {
            assert_eq!(civil(text), Ok(at), "{text}");
        }
        for text in ["", "tomorrow", "2026-13-01T10:00:00"] {
            assert!(civil(text).is_err(), "{text}");
        }
    }
}
