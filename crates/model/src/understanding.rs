//! What a caller's words mean: the type in which `nlu` speaks to `conversation`, which do not know each other.
//!
//! An utterance carries *intents* (what the caller wants of the shop), *acts* (what the words do in the conversation: yes,
//! no, wait, good-bye) and *slots* (values: a date, a name). Names follow the dialogue literature (slots and dialogue acts
//! as in DSTC2 and ISO 24617-2, cut down to the telephone).

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use crate::hint::Hint;
use crate::phone::PhoneNumber;

/// What the caller wants of the shop.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names say it.
pub enum Intent {
    Book,
    ChangeBooking,
    CancelBooking,
    FindBooking,
    Order,
    ChangeOrder,
    CancelOrder,
    /// A question, with the slot `topic`.
    Ask,
    LeaveMessage,
    RequestCallback,
    /// To speak with a person or a department.
    Transfer,
    Complain,
    SalesPitch,
    Chitchat,
}

/// What the words do in the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names say it.
pub enum Act {
    Greet,
    Affirm,
    Deny,
    /// Something said before is replaced.
    Correct,
    /// Drop what we are doing.
    Stop,
    /// "One moment": say nothing until the caller speaks again.
    Wait,
    /// "Pardon?": say it once more.
    Repeat,
    /// "I don't know."
    Unsure,
    Thank,
    Goodbye,
    /// 네, 음, "mm-hm" while the other speaks.
    Backchannel,
}

/// The slots that can be asked for and filled.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names say it.
pub enum Slot {
    Date,
    Time,
    PartySize,
    Name,
    Phone,
    Service,
    Staff,
    MenuItem,
    Quantity,
    PickupTime,
    Address,
    Message,
    Topic,
    BookingRef,
    /// The department or queue asked for.
    Queue,
}

/// What a question can be about; `Other` is one that has no fact of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names say it.
pub enum Topic {
    Hours,
    Location,
    Parking,
    Price,
    Menu,
    Wifi,
    Pets,
    Delivery,
    Pickup,
    Payment,
    Staff,
    Duration,
    Cancellation,
    Capacity,
    Availability,
    Screening,
    Programs,
    Volunteer,
    Wait,
    Other,
}

impl Topic {
    /// All topics, in the order of their declaration.
    pub const ALL: [Self; 20] = [
        Self::Hours,
        Self::Location,
        Self::Parking,
        Self::Price,
        Self::Menu,
        Self::Wifi,
        Self::Pets,
        Self::Delivery,
        Self::Pickup,
        Self::Payment,
        Self::Staff,
        Self::Duration,
        Self::Cancellation,
        Self::Capacity,
        Self::Availability,
        Self::Screening,
        Self::Programs,
        Self::Volunteer,
        Self::Wait,
        Self::Other,
    ];

    /// The key of the topic's text in a shop's `facts`: its name in snake case.
    ///
    /// ```
    /// assert_eq!(biseo_model::understanding::Topic::Parking.key(), "parking");
    /// ```
    pub fn key(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Location => "location",
            Self::Parking => "parking",
            Self::Price => "price",
            Self::Menu => "menu",
            Self::Wifi => "wifi",
            Self::Pets => "pets",
            Self::Delivery => "delivery",
            Self::Pickup => "pickup",
            Self::Payment => "payment",
            Self::Staff => "staff",
            Self::Duration => "duration",
            Self::Cancellation => "cancellation",
            Self::Capacity => "capacity",
            Self::Availability => "availability",
            Self::Screening => "screening",
            Self::Programs => "programs",
            Self::Volunteer => "volunteer",
            Self::Wait => "wait",
            Self::Other => "other",
        }
    }
}

/// A value that was said, resolved against the instant of the call and the shop's profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "slot", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// A day.
    Date(Date),
    /// A time of day in the shop's zone. `sure` is false if the half of the day was chosen by what the shop's hours make
    /// likely ("일곱 시" of a restaurant: 19:00).
    Time {
        /// The time.
        at: Time,
        /// Whether the half of the day was said or cannot be otherwise.
        sure: bool,
    },
    /// Persons.
    PartySize(u32),
    /// The caller's name without particle and title.
    Name(String),
    /// A telephone number as said.
    Phone(PhoneNumber),
    /// "This number": the one that the caller calls from.
    ThisNumber,
    /// A service, by its name in the profile.
    Service(String),
    /// A member of staff, by the name in the profile.
    Staff(String),
    /// An item of the menu, by its name in the profile, with how many; `None` if no number was said.
    MenuItem {
        /// The item.
        name: String,
        /// How many.
        quantity: Option<u32>,
    },
    /// A number of pieces without an item.
    Quantity(u32),
    /// When an order is to be ready.
    PickupTime(Time),
    /// Where an order is to be brought.
    Address(String),
    /// What is to be told to the owner.
    Message(String),
    /// What was asked about.
    Topic(Topic),
    /// A word by which a booking is found, such as the last four digits of a number.
    BookingRef(String),
    /// A queue, by its name in the profile.
    Queue(String),
}

impl Value {
    /// The slot that the value fills.
    pub fn slot(&self) -> Slot {
        match self {
            Self::Date(_) => Slot::Date,
            Self::Time { .. } => Slot::Time,
            Self::PartySize(_) => Slot::PartySize,
            Self::Name(_) => Slot::Name,
            Self::Phone(_) | Self::ThisNumber => Slot::Phone,
            Self::Service(_) => Slot::Service,
            Self::Staff(_) => Slot::Staff,
            Self::MenuItem { .. } => Slot::MenuItem,
            Self::Quantity(_) => Slot::Quantity,
            Self::PickupTime(_) => Slot::PickupTime,
            Self::Address(_) => Slot::Address,
            Self::Message(_) => Slot::Message,
            Self::Topic(_) => Slot::Topic,
            Self::BookingRef(_) => Slot::BookingRef,
            Self::Queue(_) => Slot::Queue,
        }
    }
}

/// A value and where it was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filled {
    /// The value.
    #[serde(flatten)]
    pub value: Value,
    /// First character of the words that said it, counted in characters of the utterance.
    pub start: usize,
    /// The character after the last one.
    pub end: usize,
    /// True if it tells what *was* (the booking to be changed, the value that is taken back), not what shall be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub was: bool,
}

/// What the assistant waits for when the caller speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Awaiting {
    /// A value.
    Slot(Slot),
    /// Yes or no to what was read back.
    Confirm,
    /// Yes or no to another time that was offered, or one of several.
    Alternative,
    /// Yes or no to an offer of something else (a message, a call back).
    Offer,
    /// "Anything else?"
    AnythingElse,
}

/// What an utterance is understood against.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// The instant of the utterance on the shop's clock.
    pub now: DateTime,
    /// What was asked last; `None` at the call's beginning and after statements.
    pub awaiting: Option<Awaiting>,
}

/// The whole meaning of one utterance. Serialised, it is the `understood` of a turn's record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Understanding {
    /// The intents, in the order said, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intents: Vec<Intent>,
    /// The acts, in the order said, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Act>,
    /// The values, in the order said. Where one slot occurs twice with `was` false, the later one counts (and
    /// [`Act::Correct`] is there), but for items, services and topics, of which there may be several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<Filled>,
    /// What was said beside the values: bounds, shifts, parts, choices, requests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Hint>,
    /// Danger to life (chest pain, breathing trouble, fainting): nothing else counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub emergency: bool,
    /// How sure the reading is, 0 to 1; 0 when nothing at all was understood.
    pub confidence: f32,
}

impl Understanding {
    /// Whether an act was heard.
    pub fn has(&self, act: Act) -> bool {
        self.acts.contains(&act)
    }

    /// Whether an intent was heard.
    pub fn wants(&self, intent: Intent) -> bool {
        self.intents.contains(&intent)
    }

    /// The value that counts for a slot: the last one said that is not of what was.
    pub fn value(&self, slot: Slot) -> Option<&Value> {
        self.slots
            .iter()
            .rev()
            .find(|f| !f.was && f.value.slot() == slot)
            .map(|f| &f.value)
    }

    /// The topics asked about, in the order said.
    pub fn topics(&self) -> impl Iterator<Item = Topic> + '_ {
        self.slots.iter().filter_map(|f| match f.value {
            Value::Topic(topic) => Some(topic),
            _ => None,
        })
    }

    /// Whether nothing was understood.
    pub fn is_empty(&self) -> bool {
        let said = self.slots.is_empty() && self.hints.is_empty();
        self.intents.is_empty() && self.acts.is_empty() && said && !self.emergency
    }
}
