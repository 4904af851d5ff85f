//! What becomes of real calls, counted for the doctor by trunk and by the callers' area codes. Nothing else of whom they are is known here.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use biseo_line::evidence::{Area, Calls};
use biseo_media_io::Quality;
use biseo_model::phone::PhoneNumber;
use biseo_telephony::CallInfo;

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
    /// It was no call but our registration, which stands.
    Registered,
}

/// Where a call comes from: the trunk, and the area code of a caller who has one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Source<'a> {
    /// `None` says nothing of any trunk.
    pub(crate) trunk: Option<&'a str>,
    /// `None` for mobiles and the like.
    pub(crate) area: Option<&'static str>,
}

impl<'a> Source<'a> {
    /// What a call tells.
    pub(crate) fn of(call: &'a CallInfo) -> Self {
        let number = call.caller.number.as_deref().map(PhoneNumber::parse);
        Self {
            trunk: call.trunk.as_deref(),
            area: number.and_then(|n| n.ok()?.area()),
        }
    }

    /// A trunk, whoever called.
    pub(crate) fn trunk(trunk: &'a str) -> Self {
        Self {
            trunk: Some(trunk),
            area: None,
        }
    }
}

/// What became of calls since the doctor last looked.
#[derive(Debug, Default)]
pub(crate) struct Outcomes(Mutex<BTreeMap<String, Of>>);

#[derive(Debug, Default)]
struct Of {
    all: SetUps,
    areas: BTreeMap<&'static str, SetUps>,
    under_way: Vec<(Option<&'static str>, Weak<AtomicU8>)>,
}

#[derive(Debug, Default)]
struct SetUps {
    tried: u32,
    unanswered: u32,
    refused: u32,
    registered: u32,
}

impl SetUps {
    fn count(&mut self, how: SetUp) {
        self.tried = self.tried.saturating_add(1);
        let of = match how {
            SetUp::Well => return,
            SetUp::Unconfirmed => &mut self.unanswered,
            SetUp::Refused => &mut self.refused,
            SetUp::Registered => &mut self.registered,
        };
        *of = of.saturating_add(1);
    }
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
    pub(crate) fn set_up(&self, from: Source<'_>, how: SetUp) {
        self.of(from, |of| {
            of.all.count(how);
            if let Some(area) = from.area {
                of.areas.entry(area).or_default().count(how);
            }
        });
    }

    /// A call goes on from now.
    pub(crate) fn begin(&self, from: Source<'_>) -> Heard {
        let heard = Heard::default();
        self.of(from, |of| {
            of.under_way.retain(|(_, state)| state.strong_count() > 0);
            if of.under_way.len() < MOST {
                of.under_way.push((from.area, Arc::downgrade(&heard.state)));
            }
        });
        heard
    }

    fn of(&self, from: Source<'_>, change: impl FnOnce(&mut Of)) {
        let Some(trunk) = from.trunk else { return };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(all.entry(trunk.to_string()).or_default());
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
        self.under_way.retain(|(_, state)| state.strong_count() > 0);
        let states = self.under_way.iter().filter_map(|(area, state)| {
            let state = state.upgrade()?.load(Ordering::Relaxed);
            (state != UNKNOWN).then_some((*area, state))
        });
        let states: Vec<(Option<&'static str>, u8)> = states.collect();
        let mut calls = Calls {
            trunk: trunk.into(),
            ..Calls::default()
        };
        let all = std::mem::take(&mut self.all);
        (calls.tried, calls.unanswered) = (all.tried, all.unanswered);
        (calls.refused, calls.registered) = (all.refused, all.registered);
        (calls.media_good, calls.media_bad) = sound(states.iter());
        calls.areas = self.areas(&states);
        calls
    }

    /// The same by area; areas without anything are left out.
    fn areas(&mut self, states: &[(Option<&'static str>, u8)]) -> Vec<Area> {
        let mut set_ups = std::mem::take(&mut self.areas);
        for area in states.iter().filter_map(|(area, _)| *area) {
            set_ups.entry(area).or_default();
        }
        let each = set_ups.into_iter().map(|(code, of)| {
            let (media_good, media_bad) = sound(states.iter().filter(|(area, _)| *area == Some(code)));
            Area {
                area: code.into(),
                tried: of.tried,
                refused: of.refused,
                unanswered: of.unanswered,
                media_good,
                media_bad,
            }
        });
        each.collect()
    }
}

/// Calls whose sound comes, and those whose sound does not.
fn sound<'a>(states: impl Iterator<Item = &'a (Option<&'static str>, u8)>) -> (u32, u32) {
    states.fold((0, 0), |(good, bad), (_, state)| match *state {
        GOOD => (good + 1, bad),
        _ => (good, bad + 1),
    })
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
        let kt = Source::trunk("kt");
        outcomes.set_up(kt, SetUp::Well);
        outcomes.set_up(kt, SetUp::Unconfirmed);
        outcomes.set_up(Source::default(), SetUp::Unconfirmed);
        let (mut one, mut two) = (outcomes.begin(kt), outcomes.begin(kt));
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

    #[test]
    fn what_has_an_area_is_counted_there_as_well() {
        let outcomes = Outcomes::default();
        let of = |area| Source {
            trunk: Some("kt"),
            area,
        };
        for how in [SetUp::Unconfirmed, SetUp::Unconfirmed] {
            outcomes.set_up(of(Some("051")), how);
        }
        outcomes.set_up(of(Some("02")), SetUp::Well);
        outcomes.set_up(of(None), SetUp::Well);
        outcomes.set_up(of(None), SetUp::Registered);
        let (mut busan, mut mobile) = (outcomes.begin(of(Some("051"))), outcomes.begin(of(None)));
        busan.quality(&quality(100, 50));
        mobile.quality(&quality(100, 0));
        let told = outcomes.take();
        let all = &told[0];
        assert_eq!(
            (
                all.tried,
                all.unanswered,
                all.registered,
                all.media_good,
                all.media_bad
            ),
            (5, 2, 1, 1, 1)
        );
        let areas: Vec<_> = all
            .areas
            .iter()
            .map(|a| (a.area.as_str(), a.tried, a.unanswered, a.media_good, a.media_bad))
            .collect();
        assert_eq!(areas, [("02", 1, 0, 0, 0), ("051", 2, 2, 0, 1)]);
        // Set-ups are counted once, sound as long as the call lasts.
        let told = outcomes.take();
        assert_eq!(told[0].areas.len(), 1);
        assert_eq!((told[0].areas[0].tried, told[0].areas[0].media_bad), (0, 1));
    }
}
