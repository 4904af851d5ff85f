//! A share of cases that passed, and how sure it is.

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// How many passed.
    pub passed: usize,
    /// How many there were; not less than `passed`.
    pub total: usize,
}

impl Rate {
    /// One more.
    pub fn count(&mut self, passed: bool) {
        self.total += 1;
        self.passed += usize::from(passed);
    }

    /// The bounds, 0 to 1, between which the true share lies with 95 % confidence: the score interval of Wilson (1927),
    /// which keeps its sense with few cases and with shares near 0 and 1. Of no cases at all: 0 to 1.
    ///
    /// ```
    /// use biseo_rehearse::Rate;
    /// let (low, high) = Rate { passed: 45, total: 50 }.interval();
    /// assert!((low - 0.786).abs() < 0.001 && (high - 0.957).abs() < 0.001);
    /// ```
    pub fn interval(self) -> (f64, f64) {
        /// The normal quantile of 97.5 %.
        const Z: f64 = 1.959_963_984_540_054;
        if self.total == 0 {
            return (0.0, 1.0);
        }
        let n = self.total as f64;
        let share = self.passed as f64 / n;
        let centre = share + Z * Z / (2.0 * n);
        let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        let whole = 1.0 + Z * Z / n;
        let bound = |x: f64| (x / whole).clamp(0.0, 1.0);
        (bound(centre - half), bound(centre + half))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_holds_the_share_and_stays_within_bounds() {
        for total in 1..60 {
            for passed in 0..=total {
                let (low, high) = Rate { passed, total }.interval();
                let share = passed as f64 / total as f64;
                assert!(0.0 <= low && low <= share + 1e-9, "{passed} of {total}: {low}");
                assert!(share <= high + 1e-9 && high <= 1.0, "{passed} of {total}: {high}");
                assert!(high - low > 0.04, "{passed} of {total} is never quite sure");
            }
        }
        assert_eq!(Rate::default().interval(), (0.0, 1.0));
    }
}
