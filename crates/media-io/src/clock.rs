//! Time for pacers: sleeping to an instant, and the instant at which the system received a packet.

use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use biseo_media::Micros;

/// Packets told to be older than this waited for no pacer: the wall clock was set.
const OLDEST: Duration = Duration::from_secs(1);

/// Sleeps until an instant that may have passed.
pub(crate) fn sleep_until(deadline: Instant) {
    while let Some(left) = deadline
        .checked_duration_since(Instant::now())
        .filter(|d| !d.is_zero())
    {
        thread::sleep(left);
    }
}

/// An instant as the pure crate counts it: since the first use in this process. An instant from before it is zero.
pub(crate) fn micros(at: Instant) -> Micros {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    let origin = *ORIGIN.get_or_init(|| at.checked_sub(OLDEST).unwrap_or(at));
    u64::try_from(at.saturating_duration_since(origin).as_micros()).unwrap_or(u64::MAX)
}

/// Both clocks read together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    pub instant: Instant,
    wall: Duration,
}

impl Now {
    pub(crate) fn read() -> Self {
        let wall = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            instant: Instant::now(),
            wall,
        }
    }

    /// The instant of a wall time in the near past.
    pub(crate) fn instant_of(&self, wall: Duration) -> Instant {
        let age = self.wall.saturating_sub(wall);
        if age > OLDEST {
            self.instant
        } else {
            self.instant - age
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(wall_ms: u64) -> Now {
        Now {
            instant: Instant::now(),
            wall: Duration::from_millis(wall_ms),
        }
    }

    #[test]
    fn a_packet_is_as_old_as_the_wall_clock_says() {
        let now = now(10_000);
        let age = |ms| now.instant - now.instant_of(Duration::from_millis(ms));
        assert_eq!(age(9_985), Duration::from_millis(15));
        assert_eq!(age(10_003), Duration::ZERO, "a packet from the future came now");
        assert_eq!(age(5_000), Duration::ZERO, "the wall clock was set");
    }
}
