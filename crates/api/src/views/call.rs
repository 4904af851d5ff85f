//! Calls and their turns.

use biseo_model::record::{CallEnd, CallRecord, ForwardReason, Latency, TurnRecord};
use biseo_store::ListedCall;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BookingView, CorrectionView, MessageView, OrderView};

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It goes on.
    Live,
    /// It ended before it was answered.
    Missed,
    /// The caller hung up, at whatever point.
    Caller,
    /// Biseo said good-bye and hung up.
    Biseo,
    /// Connected to a person.
    Transferred,
    /// The caller stayed silent after two questions.
    Silence,
    /// The line or a program failed.
    Failed,
    /// The process died in mid-call.
    Interrupted,
    /// Not answered: the shop wants no calls from this number.
    Blocked,
}

/// A call.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallView {
    /// Its id.
    pub id: String,
    /// The shop.
    pub shop: String,
    /// The caller's number; none if withheld.
    pub caller: Option<String>,
    /// The caller's name, from the note kept of the caller or the latest booking.
    pub name: Option<String>,
    /// The number that was dialled.
    pub dialled: Option<String>,
    /// Why it was forwarded: `busy`, `no_answer`, `always`, `unknown`.
    pub forwarded: Option<&'static str>,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub started: Timestamp,
    /// When Biseo answered.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended: Option<Timestamp>,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether `…/recording` has it.
    pub recorded: bool,
    /// How many bookings were made in it.
    pub bookings: u32,
    /// How many orders.
    pub orders: u32,
    /// How many messages were left.
    pub messages: u32,
    /// How many questions could not be answered.
    pub questions: u32,
}

/// A page of calls, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallPage {
    /// The calls.
    pub items: Vec<CallView>,
    /// Give this as `cursor` for the next page; none on the last.
    pub next: Option<String>,
}

/// One exchange.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TurnView {
    /// 0 is the greeting.
    pub number: u32,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Milliseconds from the call's answer, where the recording begins; never negative.
    pub offset_ms: u64,
    /// The caller's words; empty for the greeting and for silence.
    pub heard: String,
    /// What was understood, an object; under `trace` a list of lines tells why Biseo said what it said.
    #[schema(value_type = Object)]
    pub understood: serde_json::Value,
    /// What Biseo said.
    pub said: String,
    /// The parts of the response time.
    pub latency: LatencyView,
}

/// The parts of one response time, in milliseconds. A part that did not take place is null.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct LatencyView {
    /// The caller's last speech packet to the decision that the turn has ended.
    pub end_of_turn_ms: Option<f64>,
    /// End of turn to final text.
    pub stt_ms: Option<f64>,
    /// Text to commands.
    pub nlu_ms: Option<f64>,
    /// Commands to the reply's words.
    pub decision_ms: Option<f64>,
    /// Words to the first sample of speech.
    pub tts_first_audio_ms: Option<f64>,
    /// First sample to the first packet that carries it.
    pub pacing_ms: Option<f64>,
    /// The caller's last speech packet to Biseo's first.
    pub total_ms: Option<f64>,
}

/// A call with all that belongs to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallDetail {
    /// The call.
    pub call: CallView,
    /// Its turns, in order.
    pub turns: Vec<TurnView>,
    /// The bookings made in it, as they are now.
    pub bookings: Vec<BookingView>,
    /// The orders.
    pub orders: Vec<OrderView>,
    /// The messages.
    pub messages: Vec<MessageView>,
    /// What was meant by turns that were understood otherwise.
    pub corrections: Vec<CorrectionView>,
}

impl Outcome {
    /// Tells what became of a call.
    #[must_use]
    pub fn of(call: &CallRecord) -> Self {
        match call.end {
            None => Self::Live,
            Some(CallEnd::Interrupted) => Self::Interrupted,
            Some(CallEnd::Failed) => Self::Failed,
            Some(CallEnd::Blocked) => Self::Blocked,
            Some(_) if call.answered.is_none() => Self::Missed,
            Some(CallEnd::Caller) => Self::Caller,
            Some(CallEnd::Biseo) => Self::Biseo,
            Some(CallEnd::Transferred) => Self::Transferred,
            Some(CallEnd::Silence) => Self::Silence,
        }
    }
}

impl Outcome {
    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Missed => "missed",
            Self::Caller => "caller",
            Self::Biseo => "biseo",
            Self::Transferred => "transferred",
            Self::Silence => "silence",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Blocked => "blocked",
        }
    }
}

impl From<ListedCall> for CallView {
    fn from(l: ListedCall) -> Self {
        Self {
            name: l.name,
            bookings: l.bookings,
            orders: l.orders,
            messages: l.messages,
            questions: l.questions,
            ..Self::begun(l.call)
        }
    }
}

impl CallView {
    /// A call of which no more is known than its record, as at its beginning.
    #[must_use]
    pub fn begun(call: CallRecord) -> Self {
        Self {
            outcome: Outcome::of(&call),
            id: call.id.into(),
            shop: call.shop.into(),
            caller: call.caller.map(Into::into),
            name: None,
            dialled: call.dialled.map(Into::into),
            forwarded: call.forwarded.map(forwarded),
            started: call.started,
            answered: call.answered,
            ended: call.ended,
            recorded: call.recording.is_some(),
            bookings: 0,
            orders: 0,
            messages: 0,
            questions: 0,
        }
    }
}

impl From<Latency> for LatencyView {
    fn from(l: Latency) -> Self {
        Self {
            end_of_turn_ms: l.end_of_turn_ms,
            stt_ms: l.stt_ms,
            nlu_ms: l.nlu_ms,
            decision_ms: l.decision_ms,
            tts_first_audio_ms: l.tts_first_audio_ms,
            pacing_ms: l.pacing_ms,
            total_ms: l.total_ms,
        }
    }
}

impl TurnView {
    /// A turn of a call that was answered then.
    #[must_use]
    pub fn of(turn: TurnRecord, answered: Option<Timestamp>) -> Self {
        let from = answered.unwrap_or(turn.at).as_millisecond();
        Self {
            number: turn.number,
            at: turn.at,
            offset_ms: u64::try_from(turn.at.as_millisecond() - from).unwrap_or(0),
            heard: turn.heard,
            understood: turn.understood,
            said: turn.said,
            latency: turn.latency.into(),
        }
    }
}

/// The code of a reason.
fn forwarded(reason: ForwardReason) -> &'static str {
    match reason {
        ForwardReason::Busy => "busy",
        ForwardReason::NoAnswer => "no_answer",
        ForwardReason::Always => "always",
        ForwardReason::Unknown => "unknown",
    }
}
