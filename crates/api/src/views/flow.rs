//! What is asked and done in a shop's conversations.

use serde::Serialize;
use utoipa::ToSchema;

/// A flow: what starts it, and its steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlowView {
    /// Its name: `book`, `message`, …, or that of a file of the operator's.
    pub name: String,
    /// The intents that start it, as in turns.
    pub intents: Vec<String>,
    /// Words that start it wherever they are said; blanks do not count.
    pub words: Vec<String>,
    /// Whether it is what a call is about that Biseo makes to ask after somebody.
    pub check_in: bool,
    /// Whether the shop has what it needs: booking rules, a menu from which orders are taken.
    pub serves: bool,
    /// Its steps in this shop, in their order; one whose value is known already is passed.
    pub steps: Vec<FlowStepView>,
}

/// A step of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlowStepView {
    /// `collect` (a value), `ask` (a question of the flow's own), `check`, `find`, `confirm` and `tell` (a sentence), `do`.
    pub does: String,
    /// What, as flow files have it; of `confirm` and `tell` the sentence's key, of `ask` the question's name (the sentence `ask_<name>`).
    pub what: String,
    /// A value that is asked for in the same question.
    pub together: Option<String>,
    /// Whether "no matter" is an answer.
    pub optional: bool,
}

/// What is asked and done in a shop's conversations.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Flows {
    /// The flows.
    pub items: Vec<FlowView>,
}
