//! Rehearsals of a shop, and the call that its own page makes.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Callers are still calling.
    Running,
    /// All have called.
    Done,
    /// It broke off by a fault of the program.
    Broken,
}

/// A rehearsal of the shop as it stood: so many simulated callers in text, by the shop's own flows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub begun: Timestamp,
    /// Where it is.
    pub state: RunState,
    /// Callers.
    pub total: usize,
    /// Of whom so many have called.
    pub done: usize,
    /// And so many got what they wanted.
    pub passed: usize,
}

/// The latest runs, newest first, at most ten.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Runs {
    /// The runs.
    pub items: Vec<Run>,
}

/// A run with its calls, in the order in which they were made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RunDetail {
    /// The run.
    #[serde(flatten)]
    pub run: Run,
    /// The calls so far.
    pub calls: Vec<PlayedCall>,
}

/// A simulated call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlayedCall {
    /// What the caller wanted, a code: `book_table`, `book_service`, `change_booking`, `cancel_booking`, `closed_day`, `order`,
    /// `ask_price`, `ask_fact`, `ask_hours`, `leave_message`, `unknown`, `silence`; or `correction`, a caller of the past whose words were
    /// corrected: these words are left out for who may not read calls.
    pub caller: String,
    /// What about: a service, a dish, the topic of a fact, the words of a correction.
    pub about: Option<String>,
    /// Whether all was as expected.
    pub passed: bool,
    /// What was not.
    pub failures: Vec<PlayedFailure>,
    /// What was said.
    pub lines: Vec<PlayedLine>,
}

impl PlayedCall {
    /// The kind of caller whose words were corrected.
    pub const CORRECTED: &'static str = "correction";

    /// Without what somebody really said.
    pub(crate) fn without_words(self) -> Self {
        match self.caller == Self::CORRECTED {
            true => Self {
                about: None,
                lines: Vec::new(),
                ..self
            },
            false => self,
        }
    }
}

/// What was not as expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// A booking that must exist does not, or not so.
    MissingBooking,
    /// A booking exists that must not.
    UnexpectedBooking,
    /// An order that must exist does not, or not so.
    MissingOrder,
    /// An order exists that must not.
    UnexpectedOrder,
    /// A question was not answered.
    Unanswered,
    /// Other messages were left than expected.
    Messages,
    /// The caller was connected with somebody else, or with nobody.
    Transfer,
    /// What must be said was not.
    Unsaid,
    /// What must not be said was.
    Said,
    /// The caller had to speak too often.
    TooLong,
    /// What was corrected is still not understood as it was meant.
    Misunderstood,
    /// The call was not played to its end.
    Broken,
}

/// One thing that was not as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlayedFailure {
    /// What.
    pub code: FailureCode,
    /// The text or topic that it is about, as the profile has it; of `misunderstood` the code of what was meant.
    pub about: Option<String>,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The simulated caller.
    Caller,
    /// Biseo.
    Biseo,
}

/// What one side said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlayedLine {
    /// Who.
    pub who: Speaker,
    /// The words; empty is silence.
    pub text: String,
}

/// Where the page's own call is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RehearsalCallState {
    /// None was made since the program began.
    #[default]
    None,
    /// It rings.
    Ringing,
    /// They talk.
    Talking,
    /// It is over.
    Over,
    /// It did not come about, or broke off.
    Failed,
}

/// A real call that the shop's own page made by its telephone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RehearsalCall {
    /// Where it is.
    pub state: RehearsalCallState,
    /// What the caller wants, as in a run.
    pub caller: Option<String>,
    /// What about.
    pub about: Option<String>,
    /// The call's id, once it was answered.
    pub call: Option<String>,
}
