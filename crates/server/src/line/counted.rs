//! How many calls came by which trunk, and what became of them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Trunks of which calls are counted.
const MOST: usize = 256;

/// Calls by one trunk since the program began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Came {
    /// Calls to a shop.
    pub(crate) all: u64,
    /// Those that were answered.
    pub(crate) answered: u64,
    /// Those for which there was no room, or whose set-up failed. Whoever gave up is neither.
    pub(crate) lost: u64,
}

/// Calls by all trunks.
#[derive(Debug, Default)]
pub(crate) struct Counted(Mutex<BTreeMap<String, Came>>);

impl Counted {
    /// A call came.
    pub(crate) fn came(&self, trunk: Option<&str>) {
        self.of(trunk, |of| of.all += 1);
    }

    /// It was answered.
    pub(crate) fn answered(&self, trunk: Option<&str>) {
        self.of(trunk, |of| of.answered += 1);
    }

    /// It could not be taken, or its set-up failed.
    pub(crate) fn lost(&self, trunk: Option<&str>) {
        self.of(trunk, |of| of.lost += 1);
    }

    /// All so far.
    pub(super) fn all(&self) -> BTreeMap<String, Came> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn of(&self, trunk: Option<&str>, change: impl FnOnce(&mut Came)) {
        let Some(trunk) = trunk else { return };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < MOST || all.contains_key(trunk) {
            change(all.entry(trunk.to_owned()).or_default());
        }
    }
}
