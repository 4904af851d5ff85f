//! Hysteresis: a verdict begins after some windows that agree, and ends after some seconds without it.

use crate::verdict::{Consequence, Finding, Label, Subject};

/// What one window's judgement says of a subject.
#[derive(Debug, Clone)]
pub(crate) struct Opinion {
    pub label: Label,
    pub because_of: Option<Subject>,
    pub findings: Vec<Finding>,
    pub consequences: Vec<Consequence>,
    pub confidence: f64,
    pub since_ms: i64,
    /// The area code of the callers whom it concerns, if it is not the whole subject.
    pub area: Option<String>,
    /// Windows that must agree before it is said.
    pub windows: u32,
}

impl Opinion {
    pub fn new(label: Label, since_ms: i64, confidence: f64, findings: Vec<Finding>) -> Self {
        Self {
            label,
            because_of: None,
            findings,
            consequences: vec![],
            confidence,
            since_ms,
            area: None,
            windows: 2,
        }
    }

    /// It concerns callers from that area only.
    pub fn of_area(mut self, area: &str) -> Self {
        self.area = Some(area.to_string());
        self
    }

    /// How many windows must agree.
    pub fn after(mut self, windows: u32) -> Self {
        self.windows = windows;
        self
    }

    pub fn bringing(mut self, consequence: Consequence) -> Self {
        if !self.consequences.contains(&consequence) {
            self.consequences.push(consequence);
        }
        self
    }
}

/// What a window means for a subject.
#[derive(Debug, Clone)]
pub(crate) enum Outlook {
    /// Nothing is wrong.
    Well,
    /// Something is wrong, and what stands may stand.
    Unclear(Opinion),
    /// This is wrong.
    Wrong(Opinion),
    /// There was nothing to judge by.
    Nothing,
}

/// The least time between two changes of a subject's verdict, ms.
pub const LEAST_MS: i64 = 1_000;
/// How long a subject must be well before its verdict ends, ms.
pub const WELL_MS: i64 = 5_000;
/// Windows that must agree to put one fault in another's place.
const CHANGE: u32 = 4;
/// Windows of something unclear before it is said that it cannot be told.
const UNCLEAR: u32 = 9;

/// What a subject's hold says after a window.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Same,
    /// The standing opinion got newer numbers.
    Fresher(Opinion),
    Began(Opinion),
    Ended {
        at_ms: i64,
    },
}

/// The hold on one subject's verdict.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hold {
    standing: Option<Label>,
    because_of: Option<Subject>,
    changed_ms: Option<i64>,
    pending: Option<(Label, u32)>,
    unclear: u32,
    well_since_ms: Option<i64>,
}

impl Hold {
    pub fn standing(&self) -> Option<Label> {
        self.standing
    }

    /// Whether a fault stands or is about to.
    pub fn uneasy(&self) -> bool {
        self.standing.is_some() || self.pending.is_some() || self.unclear > 0
    }

    pub fn take(&mut self, now_ms: i64, outlook: Outlook) -> Step {
        match outlook {
            Outlook::Nothing => Step::Same,
            Outlook::Well => self.well(now_ms),
            Outlook::Unclear(opinion) => self.unclear(now_ms, opinion),
            Outlook::Wrong(opinion) => self.wrong(now_ms, opinion),
        }
    }

    fn well(&mut self, now_ms: i64) -> Step {
        self.pending = None;
        self.unclear = 0;
        let since = *self.well_since_ms.get_or_insert(now_ms);
        if self.standing.is_some() && now_ms - since >= WELL_MS && self.may_change(now_ms) {
            self.standing = None;
            self.because_of = None;
            self.changed_ms = Some(now_ms);
            return Step::Ended { at_ms: since };
        }
        Step::Same
    }

    fn unclear(&mut self, now_ms: i64, opinion: Opinion) -> Step {
        self.well_since_ms = None;
        self.unclear = self.unclear.saturating_add(1);
        if self.standing.is_none() && self.unclear >= UNCLEAR && self.may_change(now_ms) {
            return self.begin(now_ms, opinion);
        }
        Step::Same
    }

    fn wrong(&mut self, now_ms: i64, opinion: Opinion) -> Step {
        self.well_since_ms = None;
        self.unclear = 0;
        if self.standing == Some(opinion.label) && self.because_of == opinion.because_of {
            self.pending = None;
            return Step::Fresher(opinion);
        }
        let count = match self.pending {
            Some((label, n)) if label == opinion.label => n.saturating_add(1),
            _ => 1,
        };
        self.pending = Some((opinion.label, count));
        let needed = if self.standing.is_some() {
            CHANGE.max(opinion.windows)
        } else {
            opinion.windows
        };
        if count >= needed && self.may_change(now_ms) {
            return self.begin(now_ms, opinion);
        }
        Step::Same
    }

    fn may_change(&self, now_ms: i64) -> bool {
        self.changed_ms.is_none_or(|at| now_ms - at >= LEAST_MS)
    }

    fn begin(&mut self, now_ms: i64, opinion: Opinion) -> Step {
        self.standing = Some(opinion.label);
        self.because_of = opinion.because_of.clone();
        self.changed_ms = Some(now_ms);
        self.pending = None;
        self.unclear = 0;
        Step::Began(opinion)
    }
}
