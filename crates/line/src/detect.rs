//! Detectors of change: cumulated sums (Page 1954), for losses and for levels.

/// Loss that became more frequent: the cumulated log likelihood of "`worse`" against "`usual`", never below nothing.
#[derive(Debug, Clone)]
pub struct LossSum {
    worse: f64,
    limit: f64,
    sum: f64,
    since_ms: Option<i64>,
}

impl LossSum {
    /// Looks for a loss of about `worse` (0 to 1); the alarm is raised at `limit`, and e^-limit is about how often chance alone
    /// reaches it from where the sum was nothing.
    pub fn new(worse: f64, limit: f64) -> Self {
        Self {
            worse: worse.clamp(0.02, 0.95),
            limit,
            sum: 0.0,
            since_ms: None,
        }
    }

    /// Takes a window's probes, `usual` being the loss without a fault.
    pub fn add(&mut self, at_ms: i64, tried: u32, lost: u32, usual: f64) {
        let usual = usual.clamp(1e-4, 0.9);
        let worse = self.worse.max(usual * 2.0).min(0.95);
        let lost = lost.min(tried);
        let step = f64::from(lost) * (worse / usual).ln()
            + f64::from(tried - lost) * ((1.0 - worse) / (1.0 - usual)).ln();
        // A window counts for a quarter of an alarm at most: three windows of a burst are none.
        let step = step.min(self.limit / 4.0);
        // Bounded above, so that an end of the fault is seen as soon as its beginning was.
        self.sum = (self.sum + step).clamp(0.0, self.limit * 1.5);
        self.since_ms = if self.sum > 0.0 {
            self.since_ms.or(Some(at_ms))
        } else {
            None
        };
    }

    /// Since when the loss is worse, if it is.
    pub fn alarm(&self) -> Option<i64> {
        self.since_ms.filter(|_| self.sum >= self.limit)
    }

    /// Whether there is some doubt already, so that what is seen should not be learnt as usual.
    pub fn doubts(&self) -> bool {
        self.sum > self.limit / 2.0
    }

    /// Starts anew.
    pub fn reset(&mut self) {
        self.sum = 0.0;
        self.since_ms = None;
    }
}

/// A level that rose: the cumulated excess over mean and `slack` deviations.
#[derive(Debug, Clone)]
pub struct RiseSum {
    slack: f64,
    limit: f64,
    sum: f64,
    since_ms: Option<i64>,
}

impl RiseSum {
    /// Ignores `slack` deviations above the mean, and raises its alarm at a cumulated `limit` deviations beyond.
    pub fn new(slack: f64, limit: f64) -> Self {
        Self {
            slack,
            limit,
            sum: 0.0,
            since_ms: None,
        }
    }

    /// Takes a value; `mean` and `deviation` are what is usual. A deviation of nothing counts as a thousandth of the mean.
    pub fn add(&mut self, at_ms: i64, value: f64, mean: f64, deviation: f64) {
        let unit = deviation.max(mean.abs() * 1e-3).max(1e-9);
        let excess = (value - mean) / unit - self.slack;
        if !excess.is_finite() {
            return;
        }
        self.sum = (self.sum + excess.clamp(-self.limit, self.limit)).clamp(0.0, self.limit * 1.5);
        self.since_ms = if self.sum > 0.0 {
            self.since_ms.or(Some(at_ms))
        } else {
            None
        };
    }

    /// Since when the level is up, if it is.
    pub fn alarm(&self) -> Option<i64> {
        self.since_ms.filter(|_| self.sum >= self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_of_a_quarter_is_found_within_two_seconds_and_ordinary_loss_never() {
        let mut random = fastrand::Rng::with_seed(3);
        let mut sum = LossSum::new(0.25, 9.0);
        let mut draw =
            |chance: f64| u32::try_from((0..10).filter(|_| random.f64() < chance).count()).unwrap();
        for at in 0..20_000 {
            sum.add(at, 10, draw(0.005), 0.02);
            assert_eq!(sum.alarm(), None, "window {at}");
        }
        let found = (20_000..20_020).find(|at| {
            sum.add(*at, 10, draw(0.25), 0.02);
            sum.alarm().is_some()
        });
        assert!(found.is_some_and(|at| at < 20_008), "{found:?}");
    }

    #[test]
    fn a_rise_tells_since_when() {
        let mut sum = RiseSum::new(3.0, 12.0);
        (0..50).for_each(|at| sum.add(at, 1.0 + 0.1 * (at % 2) as f64, 1.05, 0.05));
        assert_eq!(sum.alarm(), None);
        (50..54).for_each(|at| sum.add(at, 2.0, 1.05, 0.05));
        assert_eq!(sum.alarm(), Some(50));
    }
}
