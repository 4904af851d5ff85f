//! What was done while the database was away.

use biseo_model::ids::{BookingId, CallId, ShopId};
use biseo_model::record::{Booking, Message, Order};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id: whatever happens, it is reconciled once.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub deed: OfflineDeed,
}

/// What was done. A booking's resource is whatever is free of its candidates when it is reconciled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "a journal is read once, and most of its entries are the large ones"
)]
pub enum OfflineDeed {
    /// A booking was made.
    Book {
        /// As it was wished.
        booking: Booking,
        /// Resources in order of preference.
        candidates: Vec<String>,
    },
    /// A booking was moved or changed.
    Move {
        /// As it stood for the caller.
        before: Booking,
        /// As it stands for the caller.
        after: Booking,
        /// Resources in order of preference.
        candidates: Vec<String>,
        /// In which call; unknown in a journal of an earlier version.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
    },
    /// A booking was cancelled.
    Cancel {
        /// As it stood for the caller.
        before: Booking,
        /// In which call; unknown in a journal of an earlier version.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
    },
    /// A message was left.
    Message {
        /// The message.
        message: Message,
        /// Whether somebody has to act at once.
        urgent: bool,
    },
    /// Something was ordered.
    Order {
        /// The order.
        order: Order,
    },
    /// An earlier entry was not carried out after all, and its caller knows.
    Void {
        /// Its id.
        entry: String,
    },
}

impl Entry {
    /// The booking that it is about.
    #[must_use]
    pub fn booking(&self) -> Option<&BookingId> {
        match &self.deed {
            OfflineDeed::Book { booking, .. } => Some(&booking.id),
            OfflineDeed::Move { before, .. } | OfflineDeed::Cancel { before, .. } => Some(&before.id),
            OfflineDeed::Message { .. } | OfflineDeed::Order { .. } | OfflineDeed::Void { .. } => None,
        }
    }

    /// The booking as its caller believes it to stand after this entry; `None` if it is cancelled or none.
    #[must_use]
    pub fn believed(&self) -> Option<&Booking> {
        match &self.deed {
            OfflineDeed::Book { booking, .. } => Some(booking),
            OfflineDeed::Move { after, .. } => Some(after),
            _ => None,
        }
    }

    /// The call in which it was done, if that is known.
    #[must_use]
    pub fn call(&self) -> Option<&CallId> {
        match &self.deed {
            OfflineDeed::Book { booking, .. } => booking.call.as_ref(),
            OfflineDeed::Move { call, .. } | OfflineDeed::Cancel { call, .. } => call.as_ref(),
            OfflineDeed::Message { message, .. } => message.call.as_ref(),
            OfflineDeed::Order { order } => order.call.as_ref(),
            OfflineDeed::Void { .. } => None,
        }
    }

    /// The shop; `None` for an entry that only takes back another.
    #[must_use]
    pub fn shop(&self) -> Option<&ShopId> {
        match &self.deed {
            OfflineDeed::Book { booking, .. } => Some(&booking.shop),
            OfflineDeed::Move { before, .. } | OfflineDeed::Cancel { before, .. } => Some(&before.shop),
            OfflineDeed::Message { message, .. } => Some(&message.shop),
            OfflineDeed::Order { order } => Some(&order.shop),
            OfflineDeed::Void { .. } => None,
        }
    }
}
