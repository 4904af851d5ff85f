//! What was done for a caller, once it is stored: pages are shown it, and whoever tells people looks into the store
//! ([`biseo_store::Untold`]), so that nothing is lost with these words.

use biseo_conversation::Language;
use biseo_model::ids::{CallId, ShopId};
use biseo_model::record::{Booking, CallRecord, Message, Order};
use jiff::Timestamp;

/// Something that the shop's people want to know.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// A booking was made.
    Booked(Booking),
    /// A booking was moved or changed.
    Moved(Booking),
    /// A booking was cancelled.
    Cancelled(Booking),
    /// Something was ordered.
    Ordered(Order),
    /// An order was changed.
    OrderChanged {
        /// As it stands now.
        order: Order,
        /// In which call.
        call: CallId,
    },
    /// An order was cancelled.
    OrderCancelled {
        /// As it stood.
        order: Order,
        /// In which call, if in one.
        call: Option<CallId>,
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
