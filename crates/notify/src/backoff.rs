//! When a delivery that failed is tried again. Pure: the chance comes in.

use std::time::Duration;

/// How tries are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Between the first try and the second, at most.
    pub first: Duration,
    /// Between two tries at most.
    pub most: Duration,
    /// After this time from its first due time a delivery is given up,
    pub give_up: Duration,
    /// but not before so many tries: a program that was down for a day tries all the same.
    pub least: u32,
}

impl Default for Backoff {
    /// 15 s, doubled each time up to an hour, for a day and eight tries.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(15),
            most: Duration::from_secs(3600),
            give_up: Duration::from_secs(24 * 3600),
            least: 8,
        }
    }
}

impl Backoff {
    /// Whether a delivery of this age that was tried so often is given up.
    #[must_use]
    pub fn is_over(&self, age: Duration, tries: u32) -> bool {
        age >= self.give_up && tries >= self.least
    }

    /// How long to wait after try number `tries` (from 1) failed: between half and all of the doubled time, by `chance` from 0 to 1,
    /// so that what failed together is not tried together. At least what the other side `asked` for, that at most a day.
    #[must_use]
    pub fn wait(&self, tries: u32, chance: f64, asked: Option<Duration>) -> Duration {
        let doubled = self
            .first
            .saturating_mul(1 << tries.saturating_sub(1).min(20))
            .min(self.most);
        let wait = doubled.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
        let asked = asked.unwrap_or_default().min(Duration::from_secs(24 * 3600));
        wait.max(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_and_tries_end_it_together() {
        let (backoff, hours) = (Backoff::default(), |n: u64| Duration::from_secs(n * 3600));
        let over =
            [(30, 1), (1, 30), (24, 8), (23, 99)].map(|(age, tries)| backoff.is_over(hours(age), tries));
        assert_eq!(over, [false, false, true, false]);
    }

    #[test]
    fn waits_double_up_to_a_limit() {
        let backoff = Backoff::default();
        let seconds = |tries, chance| backoff.wait(tries, chance, None).as_secs_f64();
        assert_eq!(
            [seconds(1, 1.0), seconds(2, 1.0), seconds(3, 1.0)],
            [15.0, 30.0, 60.0]
        );
        assert_eq!([seconds(1, 0.0), seconds(3, 0.5)], [7.5, 45.0]);
        assert_eq!([seconds(9, 1.0), seconds(u32::MAX, 1.0)], [3600.0, 3600.0]);
        assert_eq!(
            backoff.wait(1, 0.0, Some(Duration::from_secs(120))).as_secs(),
            120
        );
        assert_eq!(
            backoff.wait(1, 0.0, Some(Duration::from_secs(1 << 40))).as_secs(),
            86_400
        );
    }
}
