//! Those who call.

use biseo_store::Caller;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BookingView, CallView, MessageView, OrderView};

/// Somebody who has called, or of whom something is noted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallerView {
    /// The number.
    pub phone: String,
    /// The name: as noted, else of the latest booking.
    pub name: Option<String>,
    /// What is noted.
    pub note: String,
    /// Whether calls from there are not wanted.
    pub blocked: bool,
    /// How many calls.
    pub calls: u32,
    /// How many standing bookings, past ones too.
    pub bookings: u32,
    /// The last call.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_call: Option<Timestamp>,
    /// For `If-Match`: changes with name, note and block.
    pub etag: String,
}

/// A page of callers, by the last call, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallerPage {
    /// The callers.
    pub items: Vec<CallerView>,
    /// Give this as `cursor` for the next page; none on the last.
    pub next: Option<String>,
}

/// A caller with what belongs to the number, each newest first and at most 50.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallerDetail {
    /// The caller.
    pub caller: CallerView,
    /// The calls.
    pub calls: Vec<CallView>,
    /// The bookings, cancelled ones too.
    pub bookings: Vec<BookingView>,
    /// The orders.
    pub orders: Vec<OrderView>,
    /// The messages that asked to be called back there.
    pub messages: Vec<MessageView>,
}

/// What is noted of a caller; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallerChange {
    /// The name; empty: none.
    #[schema(max_length = 64)]
    pub name: Option<String>,
    /// The note; empty: none.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// Whether calls from there are not wanted.
    pub blocked: Option<bool>,
}

impl From<Caller> for CallerView {
    fn from(c: Caller) -> Self {
        let noted = Some(c.note.name.clone()).filter(|n| !n.is_empty());
        Self {
            etag: crate::tag::of(&(&c.note.name, &c.note.note, c.note.blocked)),
            phone: c.phone.into(),
            name: noted.or(c.booked_as),
            note: c.note.note,
            blocked: c.note.blocked,
            calls: c.calls,
            bookings: c.bookings,
            last_call: c.last_call,
        }
    }
}
