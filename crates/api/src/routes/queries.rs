//! What lists are asked for.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::problem::{Code, Fault, Problem};
use crate::views::{Outcome, QuestionState};

/// A page of a list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageQuery {
    /// Where to go on: `next` of the page before.
    #[param(max_length = 200)]
    pub(crate) cursor: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(crate) limit: Option<u32>,
}

/// Which calls.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallQuery {
    /// Where to go on: `next` of the page before, with the same filters.
    #[param(max_length = 200)]
    pub(crate) cursor: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(crate) limit: Option<u32>,
    /// Not before.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) from: Option<Timestamp>,
    /// Before.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) to: Option<Timestamp>,
    /// By this number, in any usual form.
    #[param(max_length = 32)]
    pub(crate) caller: Option<String>,
    /// Only these.
    pub(crate) outcome: Option<Outcome>,
}

/// Evidence of which span, and in which language.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvidenceQuery {
    /// From this instant on; 31 days before the end if left out.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) from: Option<Timestamp>,
    /// Up to this one; now if left out.
    #[param(value_type = Option<String>, format = DateTime)]
    pub(crate) to: Option<Timestamp>,
    /// The language of the page; Korean if left out.
    #[param(inline)]
    pub(crate) language: Option<EvidenceLanguage>,
}

/// In which language the line doctor tells how the line is.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineQuery {
    /// The language of sentences; Korean if left out.
    #[param(inline)]
    pub(crate) language: Option<EvidenceLanguage>,
}

/// A language of the line doctor's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EvidenceLanguage {
    #[default]
    Ko,
    En,
}

impl EvidenceLanguage {
    /// As the line doctor calls it.
    pub(crate) fn of_the_line(self) -> biseo_line::Language {
        match self {
            Self::Ko => biseo_line::Language::Ko,
            Self::En => biseo_line::Language::En,
        }
    }
}

/// Which days.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DayQuery {
    /// The first day; today on the shop's clock if left out.
    #[param(value_type = Option<String>, format = Date)]
    pub(crate) from: Option<Date>,
    /// The last day; `from` if left out.
    #[param(value_type = Option<String>, format = Date)]
    pub(crate) to: Option<Date>,
}

impl DayQuery {
    /// The first and the last day, 42 at most.
    ///
    /// # Errors
    /// 400 for more days, or an end before the beginning.
    pub(crate) fn days(&self, today: Date) -> Result<(Date, Date), Problem> {
        let from = self.from.unwrap_or(today);
        let to = self.to.unwrap_or(from);
        let fault = match (to - from).get_days() {
            ..0 => Fault::Contradiction,
            42.. => Fault::TooLarge,
            _ => return Ok((from, to)),
        };
        Err(Problem::new(Code::Malformed).with("to", fault))
    }
}

/// What somebody would like to book.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishQuery {
    /// The day.
    #[param(value_type = String, format = Date)]
    pub(crate) date: Date,
    /// Only from this time on.
    #[param(value_type = Option<String>)]
    pub(crate) after: Option<Time>,
    /// Number of persons; 1 if left out.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) party_size: Option<u32>,
    /// The services, by name, joined by commas.
    #[param(max_length = 400)]
    pub(crate) services: Option<String>,
    /// A certain table or member of staff.
    #[param(max_length = 64)]
    pub(crate) resource: Option<String>,
    /// A booking that takes no room: the one that is to be moved.
    #[param(max_length = 64)]
    pub(crate) except: Option<String>,
}

/// Which messages.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageQuery {
    /// Where to go on: `next` of the page before, with the same filter.
    #[param(max_length = 200)]
    pub(crate) cursor: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(crate) limit: Option<u32>,
    /// Only those that are done, or only those that wait.
    pub(crate) done: Option<bool>,
}

/// Which callers.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallerQuery {
    /// Where to go on: `next` of the page before, with the same filter.
    #[param(max_length = 200)]
    pub(crate) cursor: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(crate) limit: Option<u32>,
    /// Only blocked ones, or only others.
    pub(crate) blocked: Option<bool>,
}

/// Which questions.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuestionQuery {
    /// Where to go on: `next` of the page before, with the same filter.
    #[param(max_length = 200)]
    pub(crate) cursor: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(crate) limit: Option<u32>,
    /// Only these.
    pub(crate) state: Option<QuestionState>,
}

/// Which form of a digest.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DigestQuery {
    /// The whole of it.
    #[serde(default)]
    pub(crate) all: bool,
}
