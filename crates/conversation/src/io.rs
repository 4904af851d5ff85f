//! What goes into a conversation and what comes out of it.

use biseo_model::ids::BookingId;
use biseo_model::incident::IncidentKind;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, CallEnd};
use biseo_model::understanding::{Awaiting, Topic, Understanding};
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use crate::wording::Wording;

/// A language that is spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Korean.
    #[default]
    Ko,
    /// English.
    En,
}

/// What is known of a call before the first word.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Opening {
    /// The language in which the call begins.
    pub language: Language,
    /// The caller's number; `None` if withheld.
    pub caller: Option<PhoneNumber>,
    /// Whether the call is recorded; then the greeting says so.
    pub recorded: bool,
    /// Set if it is we who have called, to ask after somebody: [`Opening::caller`] is that person's number.
    pub check_in: Option<CheckIn>,
    /// What is known of a caller from former calls, by the number and at this shop.
    pub known: Option<Known>,
}

/// Whom Biseo has called to ask after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckIn {
    /// The person's name, without a title.
    pub name: String,
}

/// What is known of a caller who has been here before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The name under which the last booking stands. It is not asked for again; the read-back tells it.
    pub name: String,
    /// How many bookings stood under the number, from 1.
    pub visits: u32,
    /// The services of the last one, by their names in the profile; empty for a table.
    pub services: Vec<String>,
    /// Who served then, at a shop of staff.
    pub staff: Option<String>,
}

/// Something that is out of order while the call lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// What.
    pub kind: IncidentKind,
    /// A bank account to which can be paid meanwhile, as it is good to say.
    pub account: Option<String>,
}

impl Incident {
    /// The sentence that tells of it: with the account, if there is one and there are words for it.
    pub(crate) fn key(&self, wording: &Wording) -> String {
        let plain = format!("incident.{}", self.kind.code());
        let with = format!("{plain}_account");
        let pays = self.account.is_some() && wording.has(&with);
        if pays { with } else { plain }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The call was answered. The first input, once.
    Started,
    /// The caller has spoken.
    Heard {
        /// The recogniser's final text.
        text: String,
        /// Its meaning, understood against [`Dialogue::awaiting`](crate::Dialogue::awaiting).
        understanding: Understanding,
        /// The recogniser's confidence in the text, 0 to 1; 1 for what was typed or if the recogniser does not tell. What was
        /// heard with little confidence is asked about at once.
        confidence: f32,
    },
    /// There was sound, and no words came of it.
    Unclear,
    /// The caller said nothing for [`Listen::silence_after_ms`].
    Silence,
    /// The caller broke into the prompt that was being spoken; what the caller says comes as `Heard` after it.
    Interrupted {
        /// About so many characters of the reply's text (all its prompts in a row) had been spoken.
        played_chars: usize,
    },
    /// The answer to the last [`Output::Do`].
    Done(ActionResult),
    /// The caller hung up. The last input; what was answered to our questions may still be to be stored.
    CallerHungUp,
}

impl Input {
    /// Words that are certain: typed, or of a recogniser that does not tell its confidence.
    pub fn heard(text: impl Into<String>, understanding: Understanding) -> Self {
        Self::Heard {
            text: text.into(),
            understanding,
            confidence: 1.0,
        }
    }
}

/// What is to be done, in this order. The last output of a reply is one of `Do`, `Listen` and `HangUp`; after
/// [`Input::Interrupted`], [`Input::CallerHungUp`] and a call's end there may be none at all.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Speak.
    Say(Prompt),
    /// Do this and come back with [`Input::Done`]. What is to be said before it may be spoken meanwhile.
    Do(Action),
    /// Wait for the caller, once all is spoken.
    Listen(Listen),
    /// A question was answered from the shop's facts (for the record; nothing to do).
    Answered {
        /// What about.
        topic: Topic,
    },
    /// End the call, once all is spoken.
    HangUp {
        /// How it ended.
        reason: CallEnd,
    },
}

/// One thing to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The wording's key, such as `book.ask_date`: prompts of one key without values sound the same and may be cached.
    pub key: String,
    /// The words, as they are good to read; figures and times are for the speaking-normaliser.
    pub text: String,
    /// The language of the words.
    pub language: Language,
    /// Whether the caller may break in. A disclosure or an emergency call number is heard to its end.
    pub interruptible: bool,
    /// Whether it is to be spoken slowly: somebody did not catch it.
    pub slow: bool,
}

/// How to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// What was asked: the context of the next understanding.
    pub awaiting: Option<Awaiting>,
    /// After so long without a word, give [`Input::Silence`].
    pub silence_after_ms: u64,
    /// Words that the recogniser should expect: names of the menu, services, staff.
    pub boost: Vec<String>,
}

/// A time with all that could serve it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// When it begins, on the shop's clock.
    pub at: DateTime,
    /// How long it takes.
    pub minutes: u32,
    /// Tables or staff by name, best first.
    pub candidates: Vec<String>,
}

/// A booking that the caller has confirmed.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBooking {
    /// Tells the bookings of one call apart: call and key make an id under which a repetition stores once.
    pub key: u32,
    /// When, how long and on what.
    pub wish: Wish,
    /// Persons; 1 for an appointment.
    pub party_size: u32,
    /// The name it stands under.
    pub name: String,
    /// The number to reach the guest.
    pub phone: PhoneNumber,
    /// The services, by their names in the profile; empty for a table.
    pub services: Vec<String>,
    /// What those who serve should see to, in the caller's words ("창가 자리").
    pub requests: Vec<String>,
}

/// A booking that stands in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Its id.
    pub id: BookingId,
    /// The day.
    pub date: Date,
    /// Its beginning.
    pub time: Time,
    /// Its length.
    pub minutes: u32,
    /// Persons.
    pub party_size: u32,
    /// The name it stands under.
    pub name: String,
    /// The number to reach the guest.
    pub phone: PhoneNumber,
    /// The table or member of staff.
    pub resource: String,
    /// The services; empty for a table.
    pub services: Vec<String>,
    /// What those who serve should see to, in the caller's words ("창가 자리").
    pub requests: Vec<String>,
}

impl From<Booking> for Standing {
    fn from(b: Booking) -> Self {
        Self {
            id: b.id,
            date: b.date,
            time: b.time,
            minutes: b.minutes,
            party_size: b.party_size,
            name: b.name,
            phone: b.phone,
            resource: b.resource,
            services: b.services,
            requests: b.requests,
        }
    }
}

/// An item of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its name on the menu.
    pub name: String,
    /// How many.
    pub quantity: u32,
}

/// An order that the caller has confirmed.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOrder {
    /// Tells the orders of one call apart, as [`NewBooking::key`].
    pub key: u32,
    /// The items.
    pub items: Vec<Item>,
    /// The sum, computed from the profile's prices.
    pub won: u64,
    /// When it is fetched; `None`: as soon as it is ready.
    pub pickup_time: Option<Time>,
    /// Where it is brought; `None`: it is fetched.
    pub address: Option<String>,
    /// Whose it is.
    pub name: String,
    /// The number to reach the guest.
    pub phone: PhoneNumber,
}

/// An order that stands in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct StandingOrder {
    /// Its id, whatever the store uses.
    pub id: String,
    /// The items.
    pub items: Vec<Item>,
    /// When it is fetched.
    pub pickup_time: Option<Time>,
    /// Whose it is.
    pub name: String,
}

/// With whom a caller is to be connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// The owner.
    Owner,
    /// A queue, by its name in the profile.
    Queue(String),
}

/// What only the outside can do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Tell which of these are free now; answered by [`ActionResult::Available`]. At most 40.
    Check {
        /// The wishes.
        wishes: Vec<Wish>,
        /// A booking that does not count as taking room: the one that is being moved.
        except: Option<BookingId>,
    },
    /// Store a booking: `Booked`, `Full` or `Failed`.
    Book(NewBooking),
    /// The caller's standing bookings from today on: `Found`.
    FindBookings {
        /// The number they were made under.
        phone: PhoneNumber,
    },
    /// Change a booking, if there is room: `Booked`, `Full` or `Failed`.
    MoveBooking {
        /// Which.
        id: BookingId,
        /// When, how long and on what from now on.
        to: Wish,
        /// Persons from now on.
        party_size: u32,
        /// Services from now on.
        services: Vec<String>,
        /// Requests from now on.
        requests: Vec<String>,
    },
    /// Give a booking up: `Cancelled`.
    CancelBooking {
        /// Which.
        id: BookingId,
    },
    /// Store a message for the owner: `MessageLeft` or `Failed`.
    LeaveMessage {
        /// As [`NewBooking::key`].
        key: u32,
        /// The words.
        text: String,
        /// Who left it.
        name: Option<String>,
        /// Whom to call back.
        call_back: Option<PhoneNumber>,
    },
    /// Tell the people in charge at once, and keep it as an urgent message: `MessageLeft` or `Failed`.
    Alert {
        /// As [`NewBooking::key`].
        key: u32,
        /// What has happened.
        text: String,
        /// Whom it is about.
        name: Option<String>,
        /// That person's number.
        call_back: Option<PhoneNumber>,
    },
    /// Connect the caller with a person: `Transferred` or `NotReached`.
    Transfer {
        /// With whom.
        to: Destination,
    },
    /// Store an order: `Ordered` or `Failed`.
    PlaceOrder(NewOrder),
    /// The caller's open orders: `FoundOrders`.
    FindOrders {
        /// The number they were made under.
        phone: PhoneNumber,
    },
    /// Replace an order's items: `Ordered` or `Failed`.
    ChangeOrder {
        /// Which.
        id: String,
        /// The items from now on.
        items: Vec<Item>,
        /// The sum of them.
        won: u64,
    },
    /// Give an order up: `Cancelled`.
    CancelOrder {
        /// Which.
        id: String,
    },
}

/// What became of an action.
#[derive(Debug, Clone, PartialEq)]
pub enum ActionResult {
    /// For each wish, in order, whether one of its candidates is free.
    Available(Vec<bool>),
    /// The booking stands, as stored.
    Booked(Standing),
    /// Every candidate is taken; nothing was changed.
    Full,
    /// The bookings found, by date.
    Found(Vec<Standing>),
    /// The orders found, newest first.
    FoundOrders(Vec<StandingOrder>),
    /// Whether there was such a thing to give up.
    Cancelled(bool),
    /// The message is stored.
    MessageLeft,
    /// The order is stored.
    Ordered,
    /// The caller is connected with a person; the conversation is over for Biseo.
    Transferred,
    /// Nobody answers there.
    NotReached,
    /// It could not be done: nothing was stored.
    Failed,
}

/// What happened in a call, for the owner. Only what was stored or said, nothing that was merely talked about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// Bookings made.
    pub booked: Vec<Standing>,
    /// Bookings changed: as they were, as they are.
    pub changed: Vec<(Standing, Standing)>,
    /// Bookings given up.
    pub cancelled: Vec<Standing>,
    /// Orders placed.
    pub ordered: Vec<NewOrder>,
    /// Orders changed: as they were, and the items as they are.
    pub orders_changed: Vec<(StandingOrder, Vec<Item>)>,
    /// Orders given up.
    pub orders_cancelled: Vec<StandingOrder>,
    /// Messages left.
    pub messages: Vec<String>,
    /// Topics answered from the shop's facts, in order, each once.
    pub answered: Vec<Topic>,
    /// What the caller asked and Biseo could not answer, in the caller's words.
    pub unanswered: Vec<String>,
    /// With whom the caller was connected.
    pub transferred: Option<Destination>,
    /// Whether danger to life was heard.
    pub emergency: bool,
    /// Whether the caller tried to sell something.
    pub sales: bool,
}
