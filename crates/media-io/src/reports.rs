//! When reports are due (RFC 3550 §6.2): about every five seconds, give or take a half, so that calls that began together
//! do not report together.

use std::time::Duration;

use biseo_media::Micros;

/// Shortest distance there is.
const SHORTEST_US: Micros = 100_000;

/// The times of one call's reports, by its own seed.
pub(crate) struct Timetable {
    seed: u64,
    interval: Micros,
    next: Option<Micros>,
}

impl Timetable {
    /// `interval`: the middle of the distance between two reports.
    pub(crate) fn new(seed: u64, interval: Duration) -> Self {
        let interval = Micros::try_from(interval.as_micros()).unwrap_or(Micros::MAX / 4);
        Self {
            seed: seed | 1,
            interval: interval.max(SHORTEST_US),
            next: None,
        }
    }

    /// Whether a report is due; the time of the next is set then. The first is due after half the distance.
    pub(crate) fn is_due(&mut self, now: Micros) -> bool {
        let Some(next) = self.next else {
            self.next = Some(now + self.distance() / 2);
            return false;
        };
        if now < next {
            return false;
        }
        self.next = Some(now + self.distance());
        true
    }

    /// Half to one and a half of the interval.
    fn distance(&mut self) -> Micros {
        // Xorshift (Marsaglia 2003): enough to keep calls apart.
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.interval / 2 + self.seed % self.interval
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When reports go out in the first ten minutes, looked at every half second.
    fn times(seed: u64) -> Vec<Micros> {
        let mut timetable = Timetable::new(seed, Duration::from_secs(5));
        (0..1200)
            .map(|n| n * 500_000)
            .filter(|now| timetable.is_due(*now))
            .collect()
    }

    #[test]
    fn reports_are_five_seconds_apart_on_the_whole_and_never_together() {
        let (one, other) = (times(1), times(0x1234_5678_9abc));
        for times in [&one, &other] {
            assert!((100..140).contains(&times.len()), "{}", times.len());
            assert!(times[0] <= 4_000_000);
            assert!(
                times
                    .windows(2)
                    .all(|w| (2_500_000..=8_000_000).contains(&(w[1] - w[0])))
            );
        }
        assert_ne!(one, other);
    }
}
