//! What is normal here: values that are learnt while nothing is wrong, and kept while something is.

/// A robust running mean with its mean deviation. One wild value moves it by three deviations at most.
#[derive(Debug, Clone, Default)]
pub struct Level {
    mean: f64,
    deviation: f64,
    seen: u32,
}

/// Weight of a new value once enough were seen: about a minute's memory at two values a second.
const SLOW: f64 = 1.0 / 128.0;
/// Values that are taken as they come, before there is a deviation to judge by.
const GREEN: u32 = 6;

impl Level {
    /// Learns a value. What is no finite number is ignored.
    pub fn learn(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        self.seen = self.seen.saturating_add(1);
        let weight = (1.0 / f64::from(self.seen)).max(SLOW);
        let off = value - self.mean;
        let near = if self.seen <= GREEN {
            off
        } else {
            off.clamp(-3.0 * self.deviation, 3.0 * self.deviation)
        };
        self.mean += weight * near;
        // The deviation may grow on a value that the mean does not follow, else a line that became rougher would never be learnt.
        let spread = if self.seen == 1 {
            0.0
        } else {
            off.abs().min(6.0 * self.deviation + self.mean.abs() * 0.1)
        };
        self.deviation += weight * (spread - self.deviation);
    }

    /// Whether enough was seen to judge by.
    pub fn known(&self) -> bool {
        self.seen >= GREEN
    }

    /// The usual value.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// How far values usually are from it.
    pub fn deviation(&self) -> f64 {
        self.deviation
    }
}

/// A running quantile by stochastic steps (Robbins and Monro); no values are kept.
#[derive(Debug, Clone)]
pub struct Quantile {
    part: f64,
    value: f64,
    scale: Level,
}

impl Quantile {
    /// The quantile of that `part` (0 to 1).
    pub fn new(part: f64) -> Self {
        Self {
            part: part.clamp(0.0, 1.0),
            value: 0.0,
            scale: Level::default(),
        }
    }

    /// Learns a value. What is no finite number is ignored.
    pub fn learn(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        self.scale.learn(value);
        if !self.scale.known() {
            self.value = self.value.max(value);
            return;
        }
        let step = 0.2 * (self.scale.deviation() + 0.01 * self.scale.mean().abs());
        let below = f64::from(u8::from(value < self.value));
        self.value += step * (self.part - below);
    }

    /// The value below which that part lies.
    pub fn value(&self) -> f64 {
        self.value
    }
}

/// How often probes are lost when nothing is wrong: a slow mean of a chance.
#[derive(Debug, Clone, Default)]
pub struct Chance {
    tried: f64,
    lost: f64,
}

impl Chance {
    /// Learns that of `tried` probes `lost` were lost. Forgets by halves after some thousands.
    pub fn learn(&mut self, tried: u32, lost: u32) {
        self.tried += f64::from(tried);
        self.lost += f64::from(lost.min(tried));
        if self.tried > 8192.0 {
            self.tried /= 2.0;
            self.lost /= 2.0;
        }
    }

    /// The usual loss, 0 to 1; never quite nothing, since nothing was seen often enough for that.
    pub fn loss(&self) -> f64 {
        (self.lost + 1.0) / (self.tried + 300.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wild_value_moves_the_level_little() {
        let mut level = Level::default();
        for i in 0..400 {
            level.learn(10.0 + f64::from(i % 3));
        }
        let before = level.mean();
        level.learn(10_000.0);
        assert!((level.mean() - before).abs() < 0.1, "{} {}", before, level.mean());
        assert!((before - 11.0).abs() < 0.3);
    }

    #[test]
    fn a_line_that_became_another_is_learnt() {
        let mut level = Level::default();
        (0..400).for_each(|i| level.learn(10.0 + f64::from(i % 3)));
        (0..2000).for_each(|i| level.learn(40.0 + f64::from(i % 3)));
        assert!((level.mean() - 41.0).abs() < 3.0, "{}", level.mean());
    }

    #[test]
    fn a_quantile_lies_where_it_should() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut quantile = Quantile::new(0.9);
        (0..50_000).for_each(|_| quantile.learn(random.f64() * 100.0));
        assert!((80.0..=99.0).contains(&quantile.value()), "{}", quantile.value());
    }

    #[test]
    fn chance_is_never_nothing() {
        let mut chance = Chance::default();
        assert!(chance.loss() > 0.0);
        (0..100).for_each(|_| chance.learn(100, 3));
        assert!((chance.loss() - 0.03).abs() < 0.005);
    }
}
