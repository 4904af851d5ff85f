//! How the providers' trunks are doing, for whoever wants to know: figures, pages.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use biseo_telephony::SipEvent;
use biseo_telephony::trunk::State;

use super::outcomes::{Outcomes, SetUp, Source};

/// Trunks that are remembered; there are no more in any configuration that was ever seen.
const MOST: usize = 256;

/// How one trunk does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrunkSeen {
    /// The operator's name for it.
    pub(crate) id: String,
    /// Its state.
    pub(crate) state: State,
    /// Whether our registration there stands; `None` without one.
    pub(crate) registered: Option<bool>,
    /// Calls of ours that were tried by it, by how that ended.
    pub(crate) tries: Tries,
}

/// Calls of ours by a trunk since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tries {
    /// Answered.
    pub(crate) answered: u64,
    /// The callee was busy, refused, or is not there.
    pub(crate) refused: u64,
    /// The trunk could not carry them (5xx, credentials).
    pub(crate) failed: u64,
    /// No response came.
    pub(crate) silent: u64,
}

/// All trunks, as the telephone tells of them.
#[derive(Debug, Default)]
pub(crate) struct TrunkStates(Mutex<BTreeMap<String, Of>>);

#[derive(Debug, Clone, Copy)]
struct Of {
    state: State,
    registered: Option<bool>,
    tries: Tries,
}

impl Default for Of {
    fn default() -> Self {
        Self {
            state: State::Up,
            registered: None,
            tries: Tries::default(),
        }
    }
}

impl TrunkStates {
    /// These trunks are there, and nothing is known against them.
    pub(crate) fn expect<'a>(&self, trunks: impl Iterator<Item = &'a str>) {
        for trunk in trunks {
            self.of(trunk, |_| {});
        }
    }

    /// Takes what the telephone tells.
    pub(crate) fn take(&self, event: &SipEvent) {
        match event {
            SipEvent::TrunkState { trunk, state, .. } => self.of(trunk, |of| of.state = *state),
            SipEvent::Registered { trunk, .. } => self.of(trunk, |of| of.registered = Some(true)),
            SipEvent::RegistrationFailed { trunk, .. } => self.of(trunk, |of| of.registered = Some(false)),
            SipEvent::Attempt { trunk, code } => self.of(trunk, |of| of.tries.count(*code)),
            SipEvent::IncomingCall(_)
            | SipEvent::Refused(_)
            | SipEvent::Bound { .. }
            | SipEvent::Unbound { .. } => {}
        }
    }

    /// All of them, by name.
    pub(crate) fn all(&self) -> Vec<TrunkSeen> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = |(id, of): (&String, &Of)| TrunkSeen {
            id: id.clone(),
            state: of.state,
            registered: of.registered,
            tries: of.tries,
        };
        all.iter().map(seen).collect()
    }

    fn of(&self, trunk: &str, change: impl FnOnce(&mut Of)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < MOST || all.contains_key(trunk) {
            change(all.entry(trunk.to_owned()).or_default());
        }
    }
}

impl Tries {
    fn count(&mut self, code: u16) {
        let of = match code {
            200..300 => &mut self.answered,
            408 => &mut self.silent,
            401 | 407 | 482 | 483 | 500..600 => &mut self.failed,
            _ => &mut self.refused,
        };
        *of += 1;
    }
}

/// Tells the line doctor what became of calls of ours and of registrations.
pub(crate) fn evidence(outcomes: &Outcomes, event: &SipEvent) {
    let (trunk, how) = match event {
        SipEvent::Registered { trunk, .. } => (trunk, SetUp::Registered),
        SipEvent::RegistrationFailed { trunk, code, .. } => match code {
            408 => (trunk, SetUp::Unconfirmed),
            500..600 => (trunk, SetUp::Refused),
            // Without an address nobody was asked; a wrong password is the operator's.
            _ => return,
        },
        SipEvent::Attempt { trunk, code } => match code {
            408 => (trunk, SetUp::Unconfirmed),
            403 | 500..600 => (trunk, SetUp::Refused),
            _ => (trunk, SetUp::Well),
        },
        _ => return,
    };
    outcomes.set_up(Source::trunk(trunk), how);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_the_telephone_tells_is_kept_and_the_doctor_hears_of_it() {
        let (states, outcomes) = (TrunkStates::default(), Outcomes::default());
        states.expect(["kt", "lg"].into_iter());
        let attempt = |code| SipEvent::Attempt {
            trunk: "kt".into(),
            code,
        };
        let events = [
            SipEvent::TrunkState {
                trunk: "kt".into(),
                was: State::Up,
                state: State::Down,
            },
            SipEvent::RegistrationFailed {
                trunk: "kt".into(),
                code: 408,
                retry_in: Duration::from_secs(30),
            },
            attempt(200),
            attempt(486),
            attempt(503),
            attempt(408),
        ];
        for event in &events {
            states.take(event);
            evidence(&outcomes, event);
        }
        let all = states.all();
        assert_eq!((all[0].state, all[0].registered), (State::Down, Some(false)));
        let tries = Tries {
            answered: 1,
            refused: 1,
            failed: 1,
            silent: 1,
        };
        assert_eq!(all[0].tries, tries);
        assert_eq!(
            (all[1].id.as_str(), all[1].state, all[1].registered),
            ("lg", State::Up, None)
        );
        let told = outcomes.take();
        assert_eq!((told[0].tried, told[0].unanswered, told[0].refused), (5, 2, 1));
    }
}
