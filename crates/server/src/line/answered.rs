//! Who has answered the doctor's questions since the program began: of whom nothing was heard yet nobody knows that all is well.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use biseo_line::Subject;
use biseo_line::evidence::{Place, Window};
use jiff::Timestamp;

/// When each subject was first heard.
#[derive(Debug, Default)]
pub(super) struct Answered(Mutex<BTreeMap<Subject, Timestamp>>);

impl Answered {
    /// Takes a window that ended at `now`.
    pub(super) fn take(&self, window: &Window, now: Timestamp) {
        let reached = window.reach.iter().filter(|r| r.answered > 0);
        let reached = reached.map(|r| match r.place {
            Place::Trunk => Subject::Trunk(r.name.clone()),
            _ => Subject::Uplink(r.name.clone()),
        });
        let names = window
            .names
            .iter()
            .filter(|n| n.answered > 0)
            .map(|_| Subject::Names);
        let host = window.host.iter().map(|_| Subject::Host);
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for subject in reached.chain(names).chain(host) {
            first.entry(subject).or_insert(now);
        }
    }

    /// When a subject was first heard.
    pub(super) fn first(&self, subject: &Subject) -> Option<Timestamp> {
        let first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.get(subject).copied()
    }
}
