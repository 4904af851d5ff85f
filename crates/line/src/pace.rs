//! How often to look: seldom while all is as ever, often as soon as something is odd.
//!
//! The doctor's rules were tried at the quick pace (half-second windows, some pings in each). At the calm one a fault only shows as an
//! oddness, such as one lost ping, and is judged at the quick one. What is odd again and again without ever being a fault is looked at
//! for ever shorter, so that a line that is a little bad is not asked quickly for ever.

use serde::{Deserialize, Serialize};

use crate::doctor::Doctor;
use crate::evidence::Window;

/// How often things are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tempo {
    /// All is as ever.
    Calm,
    /// Something is odd, wrong, or not learnt yet.
    Quick,
}

/// What is normal is learnt quickly at first, ms.
const LEARN_MS: i64 = 15_000;
/// How long an oddness is looked into, ms.
const LOOK_MS: i64 = 12_000;
/// How long while another one that was none has just been: long enough to see a fault, ms.
const GLANCE_MS: i64 = 3_500;
/// How long after a fault is over, ms.
const AFTER_MS: i64 = 10_000;
/// The shortest rest after an oddness that was none, ms; each one after it is twice as long …
const REST_MS: i64 = 15_000;
/// … up to this.
const LONGEST_REST_MS: i64 = 60_000;
/// After so long without an oddness the rests are short again, ms.
const FORGIVEN_MS: i64 = 10 * 60_000;

/// Chooses the tempo, window by window.
#[derive(Debug, Clone, Default)]
pub struct Lookout {
    began_ms: Option<i64>,
    quick_until_ms: i64,
    resting_until_ms: i64,
    rest_ms: i64,
    odd_ms: Option<i64>,
    looking: bool,
}

impl Lookout {
    /// The tempo after a window that the doctor has taken.
    pub fn next(&mut self, window: &Window, doctor: &Doctor) -> Tempo {
        let now = window.at_ms;
        let began = *self.began_ms.get_or_insert(now);
        if doctor.uneasy() {
            self.quick_until_ms = self.quick_until_ms.max(now.saturating_add(AFTER_MS));
            self.looking = false;
        } else if doctor.odd(window) {
            self.notice(now);
        }
        if now.saturating_sub(began) < LEARN_MS || now < self.quick_until_ms {
            return Tempo::Quick;
        }
        if std::mem::take(&mut self.looking) {
            self.rest(now);
        }
        Tempo::Calm
    }

    fn notice(&mut self, now: i64) {
        let before = self.odd_ms.replace(now);
        if before.is_none_or(|at| now.saturating_sub(at) > FORGIVEN_MS) {
            self.rest_ms = 0;
        }
        if now < self.quick_until_ms {
            return;
        }
        if now >= self.resting_until_ms {
            self.quick_until_ms = now.saturating_add(LOOK_MS);
            self.looking = true;
        } else {
            self.quick_until_ms = now.saturating_add(GLANCE_MS);
        }
    }

    fn rest(&mut self, now: i64) {
        self.rest_ms = (self.rest_ms * 2).clamp(REST_MS, LONGEST_REST_MS);
        self.resting_until_ms = now.saturating_add(self.rest_ms);
    }
}
