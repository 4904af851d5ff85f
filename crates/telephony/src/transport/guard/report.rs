//! What is said about a flood: seldom, whatever comes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Guard, GuardFigures};

/// Between two looks at the counters.
const EVERY: Duration = Duration::from_secs(10);
/// So much was dropped between two looks: the internet's usual noise is not worth a line.
const WORTH_A_LINE: u64 = 500;

/// Lets one line through in a while, and counts the others.
#[derive(Debug)]
pub(crate) struct Seldom {
    every: Duration,
    last: Option<Instant>,
    others: u64,
}

impl Seldom {
    pub(crate) fn every(every: Duration) -> Self {
        Self {
            every,
            last: None,
            others: 0,
        }
    }

    /// Whether a line may be written now; then how many were not since the last one.
    pub(crate) fn may(&mut self, now: Instant) -> Option<u64> {
        let waits = |last: Instant| now.saturating_duration_since(last) < self.every;
        if self.last.is_some_and(waits) {
            self.others += 1;
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.others))
    }
}

/// Looks at the counters until it is aborted. `lost` tells what the system has dropped so far.
pub(crate) async fn keep(guard: Arc<Guard>, mut lost: impl FnMut() -> u64 + Send) {
    let mut clock = tokio::time::interval(EVERY);
    let (mut before, mut system) = (GuardFigures::default(), 0);
    loop {
        clock.tick().await;
        let now = lost();
        let more = now.saturating_sub(system);
        system = system.max(now);
        guard.counts.drop_many(super::Reason::System, more);
        let figures = guard.figures();
        if let Some(text) = summary(&before, &figures) {
            tracing::warn!("much that is no call comes in; in {} s: {text}", EVERY.as_secs());
        }
        before = figures;
    }
}

/// What has been dropped between two looks, if it is worth a line.
fn summary(before: &GuardFigures, after: &GuardFigures) -> Option<String> {
    let lost = after.lost().saturating_sub(before.lost());
    let system = after.dropped("system") > before.dropped("system");
    if lost < WORTH_A_LINE && !system {
        return None;
    }
    let parts = after.dropped.iter().filter_map(|(reason, count)| {
        let more = count.saturating_sub(before.dropped(reason));
        (more > 0 && *reason != "keep_alive").then(|| format!("{reason} {more}"))
    });
    let parts: Vec<String> = parts.collect();
    Some(format!("{}; banned now: {}", parts.join(", "), after.banned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_in_a_while() {
        let (mut seldom, t0) = (Seldom::every(Duration::from_secs(5)), Instant::now());
        let at = |ms| t0 + Duration::from_millis(ms);
        let said: Vec<_> = [0, 1, 4_999, 5_000, 5_001, 20_000]
            .map(|ms| seldom.may(at(ms)))
            .into();
        assert_eq!(said, [Some(0), None, None, Some(2), None, Some(1)]);
    }

    #[test]
    fn noise_is_not_worth_a_line_and_losses_of_the_system_are() {
        let figures = |junk, system, alive| GuardFigures {
            dropped: vec![("junk", junk), ("system", system), ("keep_alive", alive)],
            ..GuardFigures::default()
        };
        let none = figures(0, 0, 0);
        assert_eq!(summary(&none, &figures(499, 0, 99_999)), None);
        let text = summary(&none, &figures(0, 3, 7)).unwrap();
        assert_eq!(text, "system 3; banned now: 0");
        assert_eq!(
            summary(&figures(100, 0, 0), &figures(600, 0, 0)).unwrap(),
            "junk 500; banned now: 0"
        );
    }
}
