//! What is out of order: said before the menu, each once in a call.

use biseo_model::incident::IncidentKind;

use super::{Keypad, KeypadReason};
use crate::io::Incident;

/// More at once are not told.
const MOST: usize = 3;

/// What is out of order now, and what the caller knows of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Incidents {
    now: Vec<Incident>,
    told: Vec<IncidentKind>,
}

impl Incidents {
    pub(super) fn told(kinds: Vec<IncidentKind>) -> Self {
        Self {
            now: Vec::new(),
            told: kinds,
        }
    }

    /// Whether the shop takes nobody any more today.
    pub(super) fn closed_early(&self) -> bool {
        self.now.iter().any(|i| i.kind == IncidentKind::ClosedEarly)
    }

    /// Another language: whoever asks for it may not have understood what was said.
    pub(super) fn forget(&mut self) {
        self.told.clear();
    }
}

impl Keypad {
    /// Tells what is out of order from now on: the caller hears of what is new before the next menu, once in a call, and a shop that closed early
    /// takes nobody any more today.
    pub fn out_of_order(&mut self, incidents: Vec<Incident>) {
        self.incidents.now = incidents;
    }

    /// Says what the caller has not been told yet.
    pub(super) fn announce(&mut self) {
        for at in 0..self.incidents.now.len().min(MOST) {
            let Some(incident) = self.incidents.now.get(at).cloned() else {
                return;
            };
            if !self.incidents.told.contains(&incident.kind) {
                self.incidents.told.push(incident.kind);
                self.say_incident(incident);
            }
        }
    }

    fn say_incident(&mut self, mut incident: Incident) {
        // A bank account is in no sentence that could have been kept spoken.
        if self.opening.reason == KeypadReason::Mute {
            incident.account = None;
        }
        let key = incident.key(self.flows.wording(self.language));
        self.say_with(&key, &[("account", incident.account.unwrap_or_default())]);
    }
}
