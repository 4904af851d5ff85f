//! What the SIP side's guard did not listen to is evidence of a flood: packets that nobody had asked for, to a port that is open.

use biseo_line::Window;
use biseo_telephony::GuardFigures;

/// Reasons of the guard's by which strangers were not listened to. A trunk that sends too much is no stranger.
const STRANGERS: [&str; 8] = [
    "junk",
    "incomplete",
    "too_long",
    "scanner",
    "banned",
    "stranger_rate",
    "strangers_rate",
    "strangers_waiting",
];

/// How many there were at the last look.
#[derive(Debug, Default)]
pub(super) struct Junk(Option<u64>);

impl Junk {
    /// Adds those since the last look to what the system counted at closed ports. Like that it is told of each interface, since nobody counts
    /// them apart.
    pub(super) fn add(&mut self, window: &mut Window, guard: &GuardFigures) {
        let all: u64 = STRANGERS.iter().map(|reason| guard.dropped(reason)).sum();
        let Some(before) = self.0.replace(all) else { return };
        let seconds = f64::from(window.span_ms.max(1)) / 1e3;
        let pps = all.saturating_sub(before) as f64 / seconds;
        if pps > 0.0 {
            for link in &mut window.links {
                link.unasked_pps = Some(link.unasked_pps.unwrap_or(0.0) + pps);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::seen::tests::window;
    use super::*;

    fn figures(junk: u64, known: u64) -> GuardFigures {
        GuardFigures {
            dropped: vec![("junk", junk), ("keep_alive", 1_000_000), ("known_rate", known)],
            ..GuardFigures::default()
        }
    }

    #[test]
    fn what_strangers_sent_in_vain_is_told_as_a_rate() {
        let mut junk = Junk::default();
        let mut told = |figures: GuardFigures, unasked| {
            let mut window = window(500, None, unasked);
            window.span_ms = 500;
            junk.add(&mut window, &figures);
            window.links[0].unasked_pps
        };
        assert_eq!(
            told(figures(7_000, 0), Some(3.0)),
            Some(3.0),
            "before the first look nothing is known"
        );
        assert_eq!(told(figures(12_000, 0), Some(3.0)), Some(10_003.0));
        assert_eq!(told(figures(12_001, 500_000), None), Some(2.0));
        assert_eq!(told(figures(12_001, 900_000), None), None);
    }
}
