//! Questions that Biseo could not answer.

use biseo_store::Question;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Text;

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionState {
    /// Nobody has answered it.
    Open,
    /// The owner has.
    Answered,
    /// It wants no answer.
    Dismissed,
}

/// A question, in the caller's words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuestionView {
    /// Its id.
    pub id: String,
    /// The call.
    pub call: Option<String>,
    /// The words.
    pub text: String,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What became of it.
    pub state: QuestionState,
    /// Under which topic of the profile's facts the answer stands.
    pub topic: Option<String>,
}

/// A page of questions, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuestionPage {
    /// The questions.
    pub items: Vec<QuestionView>,
    /// Give this as `cursor` for the next page; none on the last.
    pub next: Option<String>,
}

/// An answer: it is written into the profile's facts, so that the next caller hears it. Or the question is dismissed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// `answered` needs `topic` and `answer`; `dismissed` and `open` take neither.
    pub state: QuestionState,
    /// The topic in the profile's facts: one of the known ones (`parking`, `wifi`, …) or a new word for what is asked about.
    #[schema(min_length = 1, max_length = 64)]
    pub topic: Option<String>,
    /// What is to be said.
    pub answer: Option<Text>,
}

impl QuestionState {
    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Dismissed => "dismissed",
        }
    }
}

impl From<Question> for QuestionView {
    fn from(q: Question) -> Self {
        let state = match q.state.as_str() {
            "answered" => QuestionState::Answered,
            "dismissed" => QuestionState::Dismissed,
            _ => QuestionState::Open,
        };
        Self {
            id: q.id,
            call: q.call.map(Into::into),
            text: q.text,
            at: q.at,
            state,
            topic: q.topic,
        }
    }
}
