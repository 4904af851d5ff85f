//! What becomes of real calls, counted for the doctor by trunk. Nothing of whom they are is known here.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use biseo_line::evidence::Calls;
use biseo_media_io::Quality;

/// More calls at once are not looked at.
const MOST: usize = 4_096;
/// Sound of which more than this part is lost is bad.
const BAD: f64 = 0.1;

/// How a call's set-up ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SetUp {
    /// It stands.
    Well,
    /// Nothing came back: our answer to a call was never confirmed, or a call or registration of ours never answered.
    Unconfirmed,
    /// The trunk refused it.
    Refused,
}

/// What became of calls since the doctor last looked.
#[derive(Debug, Default)]
pub(crate) struct Outcomes(Mutex<BTreeMap<String, Of>>);

#[derive(Debug, Default)]
struct Of {
    tried: u32,
    unanswered: u32,
    refused: u32,
    under_way: Vec<Weak<AtomicU8>>,
}

const UNKNOWN: u8 = 0;
const GOOD: u8 = 1;
const BROKEN: u8 = 2;

/// The sound of a call under way, as it is heard. Dropped at the call's end.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    state: Arc<AtomicU8>,
    last: (u64, u64),
}

impl Heard {
    /// The figures of some seconds: counted is what came since the last ones.
    pub(crate) fn quality(&mut self, quality: &Quality) {
        let now = (quality.line.packets, quality.line.lost);
        let (came, lost) = (
            now.0.saturating_sub(self.last.0),
            now.1.saturating_sub(self.last.1),
        );
        self.last = now;
        if let Some(state) = judged(came, lost) {
            self.state.store(state, Ordering::Relaxed);
        }
    }

    /// Nothing comes any more.
    pub(crate) fn silent(&self) {
        self.state.store(BROKEN, Ordering::Relaxed);
    }
}

/// `None` where nothing came: a caller on hold sends nothing, and one who is lost is told by [`Heard::silent`].
fn judged(came: u64, lost: u64) -> Option<u8> {
    match came + lost {
        0 => None,
        all if lost as f64 > BAD * all as f64 => Some(BROKEN),
        _ => Some(GOOD),
    }
}

impl Outcomes {
    /// A call's set-up has ended. A call that came by no trunk says nothing of one.
    pub(crate) fn set_up(&self, trunk: Option<&str>, how: SetUp) {
        let Some(trunk) = trunk else { return };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = all.entry(trunk.to_string()).or_default();
        of.tried = of.tried.saturating_add(1);
        match how {
            SetUp::Well => {}
            SetUp::Unconfirmed => of.unanswered = of.unanswered.saturating_add(1),
            SetUp::Refused => of.refused = of.refused.saturating_add(1),
        }
    }

    /// A call goes on from now.
    pub(crate) fn begin(&self, trunk: Option<&str>) -> Heard {
        let heard = Heard::default();
        if let Some(trunk) = trunk {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let of = all.entry(trunk.to_string()).or_default();
            of.under_way.retain(|state| state.strong_count() > 0);
            if of.under_way.len() < MOST {
                of.under_way.push(Arc::downgrade(&heard.state));
            }
        }
        heard
    }

    /// What became of them, for a window; set-ups are counted anew from then on.
    pub(super) fn take(&self) -> Vec<Calls> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let each = all.iter_mut().map(|(trunk, of)| of.take(trunk));
        each.filter(|c| c.tried + c.media_good + c.media_bad > 0)
            .collect()
    }
}

impl Of {
    fn take(&mut self, trunk: &str) -> Calls {
        self.under_way.retain(|state| state.strong_count() > 0);
        let states = self.under_way.iter().filter_map(Weak::upgrade);
        let states: Vec<u8> = states
            .map(|s| s.load(Ordering::Relaxed))
            .filter(|s| *s != UNKNOWN)
            .collect();
        let count =
            |wanted| u32::try_from(states.iter().filter(|s| **s == wanted).count()).unwrap_or(u32::MAX);
        Calls {
            trunk: trunk.into(),
            tried: std::mem::take(&mut self.tried),
            unanswered: std::mem::take(&mut self.unanswered),
            refused: std::mem::take(&mut self.refused),
            media_good: count(GOOD),
            media_bad: count(BROKEN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quality(packets: u64, lost: u64) -> Quality {
        let mut quality = Quality::default();
        (quality.line.packets, quality.line.lost) = (packets, lost);
        quality
    }

    #[test]
    fn set_ups_are_counted_once_and_sound_as_long_as_the_call_lasts() {
        let outcomes = Outcomes::default();
        outcomes.set_up(Some("kt"), SetUp::Well);
        outcomes.set_up(Some("kt"), SetUp::Unconfirmed);
        outcomes.set_up(None, SetUp::Unconfirmed);
        let (mut one, mut two) = (outcomes.begin(Some("kt")), outcomes.begin(Some("kt")));
        one.quality(&quality(250, 2));
        two.quality(&quality(250, 2));
        let first = outcomes.take();
        let wanted = Calls {
            trunk: "kt".into(),
            tried: 2,
            unanswered: 1,
            media_good: 2,
            ..Calls::default()
        };
        assert_eq!(first, [wanted]);
        // Only what came since counts.
        two.quality(&quality(300, 52));
        let second = outcomes.take();
        assert_eq!(
            (second[0].tried, second[0].media_good, second[0].media_bad),
            (0, 1, 1)
        );
        // Nothing comes while a caller is on hold: what was heard last stands.
        one.quality(&quality(250, 2));
        assert_eq!(outcomes.take()[0].media_good, 1);
        one.silent();
        assert_eq!(outcomes.take()[0].media_bad, 2);
        drop((one, two));
        assert_eq!(outcomes.take(), []);
    }
}
