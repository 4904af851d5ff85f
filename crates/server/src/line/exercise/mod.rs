//! The exercise (소방 훈련): a trunk is treated as dead for a while, to see that calls go on without it.
//!
//! ```text
//! biseo line exercise ─► exercise-ID.ask ─► Drills (in the watching thread) ─► SipStack::pull: 503, other trunks, "down"
//!        ▲   Ctrl-C ───► exercise-ID.stop       │ windows without the trunk ─► a copy of the doctor
//!        └──────────── exercise-ID.course ◄─────┴─► keeper: an incident that tells nobody
//! ```
//! The doctor himself goes on seeing what is: journal, learning, and verdicts in earnest are untouched by it.

mod drill;
mod files;
mod judged;

pub(super) use drill::{Drills, Seen};
pub(super) use files::{FRESH, Files};
use judged::judged;

use biseo_line::Verdict;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How long an exercise may last, seconds.
pub(crate) const SECONDS: std::ops::RangeInclusive<u16> = 10..=600;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// The trunk.
    pub(super) trunk: String,
    /// For how long.
    pub(super) seconds: u16,
}

/// How it goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Course {
    /// What was asked for.
    pub(super) asked: Asked,
    /// Where it stands.
    pub(super) stage: Stage,
    /// When it began, by the program's clock; when it was refused, where it never did.
    pub(super) began: Timestamp,
    /// How long the trunk was treated as dead so far, ms.
    pub(super) lasted_ms: u64,
    /// What the doctor's copy says of the trunk.
    pub(super) said: Option<Told>,
    /// Calls by the trunk that were refused (503).
    pub(super) refused: u32,
    /// Those among their callers who came by another trunk.
    pub(super) returned: u32,
    /// Calls by the trunk that were taken, as no other was well.
    pub(super) let_in: u32,
    /// The other trunks, by name.
    pub(super) others: Vec<Other>,
    /// What was not as it should be, once it is over; nothing: it was kept.
    pub(super) faults: Vec<Fault>,
}

/// Where an exercise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "why")]
pub(super) enum Stage {
    /// It never began.
    Refused(Refusal),
    /// The telephone is asked to pull the trunk.
    Begins,
    /// It goes on.
    Goes,
    /// The trunk is back; refused callers may still come.
    Settles(End),
    /// It is over.
    Over(End),
}

/// Why an exercise does not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Refusal {
    /// What is asked for is none.
    Unreadable,
    /// There is no trunk of that name.
    Unknown,
    /// There is no other trunk.
    Alone,
    /// The trunk is out of order already.
    Faulty,
    /// The doctor does not see the trunk, or has not seen enough of it yet.
    Unseen,
    /// No other trunk is well.
    NoOther,
    /// Another exercise goes on.
    UnderWay,
    /// The program ends.
    Ending,
}

/// Why an exercise ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum End {
    /// Its time was over.
    Time,
    /// Somebody ended it early.
    Stopped,
    /// No other trunk was left.
    NoOther,
    /// A refused caller came by the same trunk again.
    CalledAgain,
    /// The trunk has broken in earnest.
    Earnest,
    /// The program has ended.
    Ending,
}

/// What was not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fault {
    /// It did not last as long as it should have.
    Short,
    /// The doctor did not notice.
    Unnoticed,
    /// Refused callers did not come by another trunk.
    NotReturned,
    /// Calls came by the trunk when no other was well.
    LetIn,
    /// Calls by other trunks were lost.
    Lost,
}

/// What the doctor's copy said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Told {
    /// How long after the beginning, ms.
    pub(super) after_ms: u64,
    /// The verdict.
    pub(super) verdict: Verdict,
}

/// Another trunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Other {
    /// Its name.
    pub(super) trunk: String,
    /// Its state, in one word.
    pub(super) state: String,
    /// Calls that came by it meanwhile.
    pub(super) came: u64,
    /// Those that were answered.
    pub(super) answered: u64,
    /// Those for which there was no room, or whose set-up failed.
    pub(super) lost: u64,
    /// Calls of ours that it carried meanwhile.
    pub(super) placed: u64,
}

impl Course {
    /// Nothing has happened yet.
    pub(super) fn new(asked: Asked, stage: Stage, now: Timestamp) -> Self {
        Self {
            asked,
            stage,
            began: now,
            lasted_ms: 0,
            said: None,
            refused: 0,
            returned: 0,
            let_in: 0,
            others: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Whether nothing more will be told.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Refused(_) | Stage::Over(_))
    }

    /// Whether it went as it should.
    pub(super) fn is_kept(&self) -> bool {
        matches!(self.stage, Stage::Over(End::Time)) && self.faults.is_empty()
    }
}
