//! What callers meant where they were understood otherwise.

use biseo_model::understanding::{Intent, Topic};
use biseo_store::Correction;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody meant: what they wanted, or a yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names say it.
pub enum Meant {
    Book,
    ChangeBooking,
    CancelBooking,
    FindBooking,
    Order,
    ChangeOrder,
    CancelOrder,
    /// A question, with its topic.
    Ask,
    LeaveMessage,
    RequestCallback,
    Transfer,
    Complain,
    SalesPitch,
    Chitchat,
    Yes,
    No,
}

impl Meant {
    /// Its code, that of the intent if it is one.
    #[must_use]
    pub fn code(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|code| code.as_str().map(Into::into))
            .unwrap_or_default()
    }

    /// The intent; none for yes and no.
    #[must_use]
    pub fn intent(self) -> Option<Intent> {
        serde_json::from_value(self.code().into()).ok()
    }
}

/// What was meant by a turn.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCorrection {
    /// What was meant.
    pub meant: Meant,
    /// What a question was about; with `ask` only.
    #[schema(value_type = Option<String>, example = "parking")]
    pub topic: Option<Topic>,
}

/// A turn that was understood otherwise than it was meant: a case by which understanding is tried.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CorrectionView {
    /// The call.
    pub call: String,
    /// The turn's number.
    pub turn: u32,
    /// The caller's words.
    pub heard: String,
    /// When they were said.
    #[schema(value_type = String, format = DateTime)]
    pub said_at: Timestamp,
    /// What was meant, a code.
    pub meant: String,
    /// The topic of a question.
    pub topic: Option<String>,
    /// When it was corrected.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Whether the same words are understood so by now; none where nobody can tell.
    pub right: Option<bool>,
}

impl CorrectionView {
    pub(crate) fn of(correction: Correction, right: Option<bool>) -> Self {
        Self {
            call: correction.call.as_str().into(),
            turn: correction.turn,
            heard: correction.heard,
            said_at: correction.said_at,
            meant: correction.meant,
            topic: correction.topic,
            at: correction.at,
            right,
        }
    }
}

/// Corrections, the latest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Corrections {
    /// At most 500.
    pub items: Vec<CorrectionView>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meaning_but_yes_and_no_is_an_intent() {
        let schema = serde_json::to_value(<Meant as utoipa::PartialSchema>::schema()).unwrap();
        let all = schema["enum"].as_array().unwrap();
        assert_eq!(all.len(), 16);
        for code in all {
            let meant: Meant = serde_json::from_value(code.clone()).unwrap();
            let intent = serde_json::to_value(meant.intent()).unwrap();
            match meant {
                Meant::Yes | Meant::No => assert!(intent.is_null(), "{code}"),
                _ => assert_eq!(&intent, code),
            }
        }
    }
}
