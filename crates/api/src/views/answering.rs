//! Who answers when, as JSON.

use biseo_model::shop::{Answer, AnswerTimes, Answering, Day, NotTaken};
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is done with a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnsweringView {
    /// While the shop is open.
    pub open: AnswerView,
    /// While it is closed; a break is closed.
    pub closed: AnswerView,
    /// At certain hours of the week, whether open or closed; the first one that fits counts.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub times: Vec<AnswerTimesView>,
    /// How long it rings where Biseo answers after ringing, in seconds.
    #[schema(minimum = 3, maximum = 55)]
    pub ring_seconds: u32,
    /// What the telephone network is told where Biseo does not answer.
    pub refusal: NotTakenView,
}

/// How a call is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerView {
    /// By Biseo, at once.
    AtOnce,
    /// By Biseo, unless somebody at another telephone takes it before.
    AfterRinging,
    /// Not by Biseo.
    Never,
}

/// What the network is told of a call that Biseo does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotTakenView {
    /// Nobody is there (480).
    Unavailable,
    /// The line is busy (486).
    Busy,
}

/// Hours of the week with a rule of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerTimesView {
    /// On these weekdays, `mon` to `sun`; none: on all.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 7)]
    pub days: Vec<Day>,
    /// From then on.
    #[schema(value_type = String, example = "11:00:00")]
    pub from: Time,
    /// Until then; not after `from` means on the next day, the same time all day and night.
    #[schema(value_type = String, example = "14:00:00")]
    pub to: Time,
    /// What is done then.
    pub answer: AnswerView,
}

impl From<&Answering> for AnsweringView {
    fn from(a: &Answering) -> Self {
        Self {
            open: a.open.into(),
            closed: a.closed.into(),
            times: a.times.iter().map(Into::into).collect(),
            ring_seconds: a.ring_seconds,
            refusal: match a.refusal {
                NotTaken::Unavailable => NotTakenView::Unavailable,
                NotTaken::Busy => NotTakenView::Busy,
            },
        }
    }
}

impl From<&AnswerTimes> for AnswerTimesView {
    fn from(t: &AnswerTimes) -> Self {
        Self {
            days: t.days.clone(),
            from: t.from,
            to: t.to,
            answer: t.answer.into(),
        }
    }
}

impl From<Answer> for AnswerView {
    fn from(a: Answer) -> Self {
        match a {
            Answer::AtOnce => Self::AtOnce,
            Answer::AfterRinging => Self::AfterRinging,
            Answer::Never => Self::Never,
        }
    }
}
