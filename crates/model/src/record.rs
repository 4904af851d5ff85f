//! What is kept of a call, as it happens: the call, its turns, bookings, orders and messages.
//!
//! Instants are UTC ([`jiff::Timestamp`]); a booking's and an order's date and time are civil time in the shop's zone.

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

use crate::ids::{BookingId, CallId, MessageId, OrderId, ShopId};
use crate::phone::PhoneNumber;

/// Why a forwarded call came to Biseo (RFC 5806 Diversion `reason`, RFC 4458 `cause`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForwardReason {
    /// The shop's line was busy (통화 중 착신전환).
    Busy,
    /// Nobody picked up (무응답 착신전환).
    NoAnswer,
    /// Every call is forwarded (무조건 착신전환).
    Always,
    /// Forwarded, for a reason that the carrier did not tell.
    Unknown,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallEnd {
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
    /// The process died in mid-call; found at the next start.
    Interrupted,
    /// Not answered: the shop wants no calls from this number.
    Blocked,
}

/// One conversation on the telephone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Its id.
    pub id: CallId,
    /// The shop that was called.
    pub shop: ShopId,
    /// The caller's number; `None` if withheld or not a number.
    pub caller: Option<PhoneNumber>,
    /// The number that was dialled.
    pub dialled: Option<PhoneNumber>,
    /// Set if the call was forwarded to Biseo.
    pub forwarded: Option<ForwardReason>,
    /// When the INVITE came.
    pub started: Timestamp,
    /// When Biseo answered.
    pub answered: Option<Timestamp>,
    /// When it ended; `None` while it goes on.
    pub ended: Option<Timestamp>,
    /// How it ended; `None` while it goes on.
    pub end: Option<CallEnd>,
    /// The recording's path, relative to the data folder.
    pub recording: Option<String>,
}

/// The parts of one response time, in milliseconds. A part that did not take place is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
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
    /// First sample to the first RTP packet that carries it.
    pub pacing_ms: Option<f64>,
    /// The caller's last speech packet to Biseo's first: the time that matters.
    pub total_ms: Option<f64>,
}

/// One exchange: what was heard, understood and said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnRecord {
    /// The call.
    pub call: CallId,
    /// 0 is the greeting; then one per caller turn.
    pub number: u32,
    /// When the turn began.
    pub at: Timestamp,
    /// The recogniser's final text; empty for the greeting and for silence.
    pub heard: String,
    /// What was understood, as JSON ([`Understanding`](crate::understanding::Understanding)), and under `trace` the lines
    /// that tell how the turn came about.
    pub understood: serde_json::Value,
    /// What Biseo said.
    pub said: String,
    /// The parts of the response time.
    pub latency: Latency,
}

/// The state of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingState {
    /// It stands and uses capacity.
    Confirmed,
    /// Given up; kept for the record, uses no capacity.
    Cancelled,
}

/// A booking of a table, a service or an appointment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Booking {
    /// Its id; confirming the same id twice stores it once.
    pub id: BookingId,
    /// The shop.
    pub shop: ShopId,
    /// The call in which it was made, if any.
    pub call: Option<CallId>,
    /// Date in the shop's zone.
    pub date: civil::Date,
    /// Start, in the shop's zone.
    pub time: civil::Time,
    /// How long it occupies its resource, in minutes.
    pub minutes: u32,
    /// Number of persons, from 1.
    pub party_size: u32,
    /// The name it stands under.
    pub name: String,
    /// The number to reach the guest.
    pub phone: PhoneNumber,
    /// What it occupies: a table's, room's or staff member's id, such as `table4-2`.
    pub resource: String,
    /// The services, by their names in the profile; empty for a table.
    #[serde(default)]
    pub services: Vec<String>,
    /// What those who serve should see to, in the caller's words ("창가 자리").
    #[serde(default)]
    pub requests: Vec<String>,
    /// Its state.
    pub state: BookingState,
    /// When it was made.
    pub made: Timestamp,
}

/// The state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// It stands.
    Open,
    /// Given up; kept for the record.
    Cancelled,
}

/// Something that was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderItem {
    /// Its name on the menu.
    pub name: String,
    /// How many, from 1.
    pub quantity: u32,
}

/// An order from the menu.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Its id; confirming the same id twice stores it once.
    pub id: OrderId,
    /// The shop.
    pub shop: ShopId,
    /// The call in which it was made, if any.
    pub call: Option<CallId>,
    /// What is ordered, at least one item.
    pub items: Vec<OrderItem>,
    /// The sum in won.
    pub won: u64,
    /// The day for which it is, in the shop's zone.
    pub date: civil::Date,
    /// When it is fetched, in the shop's zone; `None`: as soon as it is ready.
    pub pickup: Option<civil::Time>,
    /// Where it is brought; `None`: it is fetched.
    pub address: Option<String>,
    /// Whose it is.
    pub name: String,
    /// The number to reach the guest.
    pub phone: PhoneNumber,
    /// Its state.
    pub state: OrderState,
    /// When it was made.
    pub made: Timestamp,
}

/// A message for the owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The shop.
    pub shop: ShopId,
    /// The call in which it was left, if any.
    pub call: Option<CallId>,
    /// Who left it, if told.
    #[serde(default)]
    pub name: Option<String>,
    /// The words.
    pub text: String,
    /// Whom to call back, if wished.
    pub call_back: Option<PhoneNumber>,
    /// When it was left.
    pub at: Timestamp,
}
