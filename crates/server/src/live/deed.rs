//! What was done for a caller, once it is stored.

use biseo_conversation::Language;
use biseo_model::ids::{CallId, ShopId};
use biseo_model::record::{Booking, CallRecord, Message, Order};
use jiff::{Timestamp, civil};

/// Something that the shop's people want to know.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// A booking was made.
    Booked(Booking),
    /// A booking was moved or changed.
    Moved {
        /// As it stands now.
        booking: Booking,
        /// When it began before.
        before: civil::DateTime,
        /// In which call; `None` on the caller's page.
        call: Option<CallId>,
        /// When it was changed.
        at: Timestamp,
    },
    /// A booking was cancelled.
    Cancelled {
        /// As it stood.
        booking: Booking,
        /// In which call; `None` on the caller's page.
        call: Option<CallId>,
        /// When it was given up.
        at: Timestamp,
    },
    /// Something was ordered.
    Ordered(Order),
    /// An order was changed.
    OrderChanged {
        /// As it stands now.
        order: Order,
        /// In which call.
        call: CallId,
        /// When.
        at: Timestamp,
    },
    /// An order was cancelled.
    OrderCancelled {
        /// As it stood.
        order: Order,
        /// In which call.
        call: CallId,
        /// When.
        at: Timestamp,
    },
    /// A message was left.
    Message(Message),
    /// A message about a danger was left.
    Alert(Message),
    /// Something was asked that could not be answered.
    Question {
        /// Of whom.
        shop: ShopId,
        /// Its id.
        id: String,
        /// In which call.
        call: CallId,
    },
    /// Something of the line or the shop is out of order, or works again.
    Incident {
        /// Whose people are told.
        shop: ShopId,
        /// Its id.
        id: String,
        /// What tells this notice from others: people are told once.
        key: String,
        /// What, in a few words.
        text: String,
        /// Whether it works again.
        over: bool,
        /// When.
        at: Timestamp,
    },
    /// More is known of something out of order: pages load it anew.
    IncidentChanged {
        /// Of whom.
        shop: ShopId,
        /// Its id.
        id: String,
    },
    /// A caller gave up before being answered.
    Missed {
        /// The call.
        call: CallRecord,
        /// Whether the line is to blame and the caller waits to be called back: then a text comes when it works again.
        waits: bool,
    },
    /// A call is over: whoever called may be told in writing what was done.
    Over {
        /// The call.
        call: CallRecord,
        /// The language that was spoken last.
        language: Language,
    },
}
