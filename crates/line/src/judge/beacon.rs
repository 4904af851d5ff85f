//! What a Biseo elsewhere knows of a silence: which way is lost, or that it does not say.

use std::collections::VecDeque;

use crate::evidence::Beacon;

/// Windows with known fates that are remembered. By number and not by age: what was told last of a silence holds as long as it lasts.
const MOST: usize = 16;
/// What was sent before a silence is told for up to so long after its begin, ms.
const OLD_MS: i64 = 1_300;
/// How long is waited for the beacon's word at most, ms after the begin of a silence; it speaks four times a second at the quick pace.
const WAIT_MS: i64 = 3_500;
/// The same if it is heard, but too little yet: at the calm pace it speaks once a second until a probe is overdue.
const LONGEST_MS: i64 = 6_000;
/// Who was not heard for so long before a silence is no witness of it, ms.
const HEARD_MS: i64 = 3_000;

/// The beacon as it was heard by an uplink.
#[derive(Debug, Clone, Default)]
pub(crate) struct BeaconPast {
    recent: VecDeque<(i64, Beacon)>,
    heard_ms: Option<i64>,
}

/// What it tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Told {
    /// There is none, or it was not heard before either.
    Nothing,
    /// It may be heard yet.
    NotYet,
    /// Parts that are lost, 0 to 1.
    Says { forward: f64, back: f64 },
    /// It says nothing either, for so many ms: which way is lost is not known.
    Silent { ms: i64 },
}

impl BeaconPast {
    pub fn take(&mut self, at_ms: i64, beacon: &Beacon) {
        if beacon.return_got > 0 {
            self.heard_ms = Some(at_ms);
        }
        if beacon.forward_sent > 0 || beacon.return_sent > 0 {
            self.recent.push_back((at_ms, beacon.clone()));
            while self.recent.len() > MOST {
                self.recent.pop_front();
            }
        }
    }

    /// What it tells of a silence that began then.
    pub fn told(&self, now_ms: i64, since_ms: i64) -> Told {
        let after = self
            .recent
            .iter()
            .filter(|(at, _)| at.saturating_sub(since_ms) >= OLD_MS);
        let (mut there, mut back) = ((0_u32, 0_u32), (0_u32, 0_u32));
        for (_, beacon) in after {
            there = add(there, beacon.forward_sent, beacon.forward_got);
            back = add(back, beacon.return_sent, beacon.return_got);
        }
        if there.0 >= 2 && back.0 >= 2 {
            let (forward, back) = (lost(there), lost(back));
            return Told::Says { forward, back };
        }
        let Some(heard) = self
            .heard_ms
            .filter(|at| *at >= since_ms.saturating_sub(HEARD_MS))
        else {
            return Told::Nothing;
        };
        let still = heard.saturating_sub(since_ms) >= OLD_MS;
        match now_ms.saturating_sub(since_ms) {
            quiet if quiet < WAIT_MS || (still && quiet < LONGEST_MS) => Told::NotYet,
            _ if still => Told::Nothing,
            _ => Told::Silent {
                ms: now_ms.saturating_sub(heard),
            },
        }
    }
}

fn add((sent, got): (u32, u32), more: u32, came: u32) -> (u32, u32) {
    (sent.saturating_add(more), got.saturating_add(came.min(more)))
}

/// The part of what was sent that did not come.
pub(crate) fn lost((sent, got): (u32, u32)) -> f64 {
    1.0 - f64::from(got.min(sent)) / f64::from(sent.max(1))
}
