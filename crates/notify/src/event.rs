//! What readers are told of.

use biseo_model::ids::{CallId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, Message, Order};
use biseo_store::{Done, Untold};
use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

/// The kinds of events, by the names that rules use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A booking was made.
    BookingMade,
    /// A booking was moved or changed.
    BookingChanged,
    /// A booking was cancelled.
    BookingCancelled,
    /// Something was ordered.
    OrderMade,
    /// An order was changed.
    OrderChanged,
    /// An order was cancelled.
    OrderCancelled,
    /// A message was left, or a call back is wished.
    MessageLeft,
    /// A caller was not served: hung up while waiting, or nobody could take the call.
    CallMissed,
    /// Somebody has to act now.
    Urgent,
    /// A check-in call (안부전화) was answered and nothing is amiss.
    CheckInAnswered,
    /// A check-in call gives cause for concern, or was not answered at all.
    CheckInAlert,
    /// The telephone line, a card terminal or another service of the shop fails, or works again.
    LineIncident,
    /// The evening digest is there.
    DigestReady,
    /// Nothing: somebody tries a program out that is told.
    Test,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::BookingMade,
        Self::BookingChanged,
        Self::BookingCancelled,
        Self::OrderMade,
        Self::OrderChanged,
        Self::OrderCancelled,
        Self::MessageLeft,
        Self::CallMissed,
        Self::Urgent,
        Self::CheckInAnswered,
        Self::CheckInAlert,
        Self::LineIncident,
        Self::DigestReady,
        Self::Test,
    ];

    /// Its name in rules, wording files, webhooks and the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BookingMade => "booking_made",
            Self::BookingChanged => "booking_changed",
            Self::BookingCancelled => "booking_cancelled",
            Self::OrderMade => "order_made",
            Self::OrderChanged => "order_changed",
            Self::OrderCancelled => "order_cancelled",
            Self::MessageLeft => "message_left",
            Self::CallMissed => "call_missed",
            Self::Urgent => "urgent",
            Self::CheckInAnswered => "check_in_answered",
            Self::CheckInAlert => "check_in_alert",
            Self::LineIncident => "line_incident",
            Self::DigestReady => "digest_ready",
            Self::Test => "test",
        }
    }

    /// Whether it can be told to the caller whom it is about.
    #[must_use]
    pub fn is_for_callers(self) -> bool {
        matches!(
            self,
            Self::BookingMade
                | Self::BookingChanged
                | Self::BookingCancelled
                | Self::OrderMade
                | Self::OrderChanged
                | Self::OrderCancelled
                | Self::CallMissed
        )
    }

    /// Whether it is told at once, whatever the rules say.
    #[must_use]
    pub fn is_urgent(self) -> bool {
        matches!(self, Self::Urgent | Self::CheckInAlert)
    }
}

/// What happened. What a notice says is made of it when it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// A booking was made.
    BookingMade {
        /// As it stands.
        booking: Booking,
    },
    /// A booking was moved or changed.
    BookingChanged {
        /// As it stands now.
        booking: Booking,
        /// When it began before.
        before: civil::DateTime,
    },
    /// A booking was cancelled.
    BookingCancelled {
        /// As it stood.
        booking: Booking,
    },
    /// Something was ordered.
    OrderMade {
        /// As it stands.
        order: Order,
    },
    /// An order was changed.
    OrderChanged {
        /// As it stands now.
        order: Order,
    },
    /// An order was cancelled.
    OrderCancelled {
        /// As it stood.
        order: Order,
    },
    /// A message was left.
    MessageLeft {
        /// The message.
        message: Message,
    },
    /// A caller was not served.
    CallMissed {
        /// The call.
        call: CallId,
        /// Who called, if the number was shown.
        caller: Option<PhoneNumber>,
        /// Whether the line was out of order and works again.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        line: bool,
    },
    /// Somebody has to act now.
    Urgent {
        /// What about, in the caller's or the shop's words.
        text: String,
        /// Whom to call, if known.
        call_back: Option<PhoneNumber>,
    },
    /// The account for text messages is empty.
    CreditGone,
    /// A check-in call was answered.
    CheckInAnswered {
        /// Who was called.
        name: String,
        /// What was answered, in a few words.
        text: String,
    },
    /// A check-in call gives cause for concern.
    CheckInAlert {
        /// Who was called.
        name: String,
        /// Why, in a few words.
        text: String,
        /// Whom to call.
        call_back: Option<PhoneNumber>,
    },
    /// Something of the line fails or works again.
    LineIncident {
        /// What, in a few words.
        text: String,
        /// Whether it works again.
        over: bool,
    },
    /// The digest is there.
    DigestReady {
        /// Of this day.
        date: civil::Date,
        /// Its most important line.
        text: String,
        /// Where it is read.
        link: Option<String>,
        /// All of it, for a mail; without it a mail has `text` and `link`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<Box<Written>>,
    },
    /// Nothing: somebody tries out whether notices arrive.
    Test,
}

/// A mail that somebody else has written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Its subject, on one line.
    pub subject: String,
    /// As text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

impl Fact {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::BookingMade { .. } => Kind::BookingMade,
            Self::BookingChanged { .. } => Kind::BookingChanged,
            Self::BookingCancelled { .. } => Kind::BookingCancelled,
            Self::OrderMade { .. } => Kind::OrderMade,
            Self::OrderChanged { .. } => Kind::OrderChanged,
            Self::OrderCancelled { .. } => Kind::OrderCancelled,
            Self::MessageLeft { .. } => Kind::MessageLeft,
            Self::CallMissed { .. } => Kind::CallMissed,
            Self::Urgent { .. } | Self::CreditGone => Kind::Urgent,
            Self::CheckInAnswered { .. } => Kind::CheckInAnswered,
            Self::CheckInAlert { .. } => Kind::CheckInAlert,
            Self::LineIncident { .. } => Kind::LineIncident,
            Self::DigestReady { .. } => Kind::DigestReady,
            Self::Test => Kind::Test,
        }
    }
}

/// An event of a shop.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The shop.
    pub shop: ShopId,
    /// What tells this event from all others of the shop. Telling the same key again sends nothing again, so that whoever is not
    /// sure that an event was told (after a crash) tells it once more.
    pub key: String,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub fact: Fact,
}

impl Event {
    /// An event whose key is made of its kind and of `id`: the booking's, order's, message's or call's id; for what can happen
    /// more than once to the same thing (a change), with the instant of the change in milliseconds behind it.
    #[must_use]
    pub fn new(shop: &ShopId, id: &str, at: Timestamp, fact: Fact) -> Self {
        let key = format!("{}:{id}", fact.kind().name());
        Self {
            shop: shop.clone(),
            key,
            at,
            fact,
        }
    }

    /// A booking was made.
    #[must_use]
    pub fn booking_made(booking: &Booking) -> Self {
        let fact = Fact::BookingMade {
            booking: booking.clone(),
        };
        Self::new(&booking.shop, booking.id.as_str(), booking.made, fact)
    }

    /// A booking was moved or changed at `at`; it began at `before`.
    #[must_use]
    pub fn booking_changed(booking: &Booking, before: civil::DateTime, at: Timestamp) -> Self {
        let id = format!("{}:{}", booking.id, at.as_millisecond());
        let fact = Fact::BookingChanged {
            booking: booking.clone(),
            before,
        };
        Self::new(&booking.shop, &id, at, fact)
    }

    /// A booking was cancelled at `at`.
    #[must_use]
    pub fn booking_cancelled(booking: &Booking, at: Timestamp) -> Self {
        let fact = Fact::BookingCancelled {
            booking: booking.clone(),
        };
        Self::new(&booking.shop, booking.id.as_str(), at, fact)
    }

    /// Something was ordered.
    #[must_use]
    pub fn order_made(order: &Order) -> Self {
        let fact = Fact::OrderMade { order: order.clone() };
        Self::new(&order.shop, order.id.as_str(), order.made, fact)
    }

    /// An order was changed at `at`.
    #[must_use]
    pub fn order_changed(order: &Order, at: Timestamp) -> Self {
        let id = format!("{}:{}", order.id, at.as_millisecond());
        let fact = Fact::OrderChanged { order: order.clone() };
        Self::new(&order.shop, &id, at, fact)
    }

    /// An order was cancelled at `at`.
    #[must_use]
    pub fn order_cancelled(order: &Order, at: Timestamp) -> Self {
        let fact = Fact::OrderCancelled { order: order.clone() };
        Self::new(&order.shop, order.id.as_str(), at, fact)
    }

    /// What was done and is to be told. Its key is the same however often it is told.
    #[must_use]
    pub fn of(untold: &Untold) -> Self {
        match &untold.done {
            Done::Booked { booking } => Self::booking_made(booking),
            Done::Moved { booking, before } => Self::booking_changed(booking, *before, untold.at),
            Done::Cancelled { booking } => Self::booking_cancelled(booking, untold.at),
            Done::Ordered { order } => Self::order_made(order),
            Done::OrderChanged { order } => Self::order_changed(order, untold.at),
            Done::OrderCancelled { order } => Self::order_cancelled(order, untold.at),
            Done::Left {
                message,
                urgent: false,
            } => Self::message_left(message),
            Done::Left { message, .. } => Self::urgent(message),
        }
    }

    /// A message was left, and somebody has to act now.
    #[must_use]
    pub fn urgent(message: &Message) -> Self {
        let fact = Fact::Urgent {
            text: message.text.clone(),
            call_back: message.call_back.clone(),
        };
        Self::new(&message.shop, message.id.as_str(), message.at, fact)
    }

    /// A message was left.
    #[must_use]
    pub fn message_left(message: &Message) -> Self {
        let fact = Fact::MessageLeft {
            message: message.clone(),
        };
        Self::new(&message.shop, message.id.as_str(), message.at, fact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_name_everywhere() {
        for kind in Kind::ALL {
            let word = serde_json::to_value(kind).unwrap();
            assert_eq!(word, kind.name());
        }
        let fact = Fact::LineIncident {
            text: "card".into(),
            over: false,
        };
        let json = serde_json::to_value(&fact).unwrap();
        assert_eq!(json["kind"], fact.kind().name());
        assert_eq!(serde_json::from_value::<Fact>(json).unwrap(), fact);
    }
}
