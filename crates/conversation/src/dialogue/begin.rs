//! Starting flows: what was asked for, what was meant without the word, and two bookings in one breath.

use std::collections::BTreeSet;

use biseo_model::understanding::{Act, Awaiting, Filled, Intent, Slot, Topic, Understanding};

use super::frame::Frame;
use super::slots::Slots;
use super::{Asked, DEEPEST, Dialogue, Offer};
use crate::flow::Need;
use crate::wording::Values;

impl Dialogue {
    /// Starts the flows that were asked for, the first mentioned on top.
    pub(super) fn begin(&mut self, asked: &Asked, u: &Understanding) -> bool {
        let mut any = false;
        for said in u.intents.iter().rev() {
            let intent = self.meant(*said);
            if intent == Intent::Order && self.about_placed_order(u) {
                continue;
            }
            let Some(flow) = self.flows.started_by(intent).cloned() else {
                continue;
            };
            any = true;
            if self.means_open_booking(asked, intent, u) {
                continue;
            }
            if self.stack.iter().any(|f| f.flow == flow) || self.stack.len() >= DEEPEST {
                continue;
            }
            if let Some(key) = self.lacks(flow.needs) {
                self.offer(key, &Values::new(), Offer::Message(None));
                continue;
            }
            let mut frame = Frame::new(flow, self.next_key());
            if intent == Intent::RequestCallback {
                let text = self.prompt("message.callback_text", &Values::new()).text;
                frame.slots.message = Some(text);
            }
            if intent == Intent::ChangeBooking && u.slots.iter().all(|f| !f.was) {
                frame.standing.clone_from(&self.last_booked);
            }
            self.stack.push(frame);
        }
        self.split_bookings(u);
        self.begin_unsaid(u) || any
    }

    /// "취소해 주세요" at a shop that takes only orders means the order, and the other way round.
    pub(super) fn meant(&self, intent: Intent) -> Intent {
        let (books, sells) = (self.profile.booking.is_some(), self.takes_orders());
        match intent {
            Intent::CancelBooking if !books && sells => Intent::CancelOrder,
            Intent::ChangeBooking if !books && sells => Intent::ChangeOrder,
            Intent::CancelOrder if !sells && books => Intent::CancelBooking,
            Intent::ChangeOrder if !sells && books => Intent::ChangeBooking,
            same => same,
        }
    }

    /// "아까 하나 시킨 사람인데요, 취소해 주세요": the order spoken of is placed already.
    pub(super) fn about_placed_order(&self, u: &Understanding) -> bool {
        let meant = |i: &Intent| matches!(self.meant(*i), Intent::CancelOrder | Intent::ChangeOrder);
        u.intents.iter().any(meant)
    }

    /// What to say if the shop has not what a flow needs.
    pub(super) fn lacks(&self, need: Option<Need>) -> Option<&'static str> {
        match need {
            Some(Need::Booking) if self.profile.booking.is_none() => Some("call.cannot_book"),
            Some(Need::Orders) if !self.takes_orders() => Some("call.cannot_order"),
            _ => None,
        }
    }

    /// "Change the date", "leave it": while a booking is being made, that one is meant.
    pub(super) fn means_open_booking(&mut self, asked: &Asked, intent: Intent, u: &Understanding) -> bool {
        let open = self
            .stack
            .last()
            .is_some_and(|f| f.flow.name == "book" && !f.done && f.confirmed.is_none());
        let identified = u.slots.iter().any(|f| f.was);
        match intent {
            Intent::ChangeBooking => open && (asked.awaiting == Some(Awaiting::Confirm) || !identified),
            Intent::CancelBooking if open && !u.wants(Intent::Book) && !identified => {
                self.drop_top();
                true
            }
            _ => false,
        }
    }

    /// Values of a booking without the word: "내일 일곱 시 네 명이요".
    pub(super) fn begin_unsaid(&mut self, u: &Understanding) -> bool {
        if !self.stack.is_empty() || self.profile.booking.is_none() {
            return false;
        }
        let booking = |f: &&Filled| {
            !f.was
                && matches!(
                    f.value.slot(),
                    Slot::Date | Slot::Time | Slot::PartySize | Slot::Service | Slot::Staff
                )
        };
        let values = u.slots.iter().filter(booking).count();
        let asks = u.wants(Intent::Ask) && !u.topics().any(|t| t == Topic::Availability);
        let elsewhere = u
            .intents
            .iter()
            .any(|i| !matches!(i, Intent::Ask | Intent::Chitchat));
        let whole = u.value(Slot::Date).is_some() && u.value(Slot::Time).is_some();
        if values == 0 || (asks && !whole) || elsewhere {
            return false;
        }
        let correcting = u.has(Act::Correct);
        let intent = if correcting && self.last_booked.is_some() {
            Intent::ChangeBooking
        } else {
            Intent::Book
        };
        let Some(flow) = self.flows.started_by(intent).cloned() else {
            return false;
        };
        let mut frame = Frame::new(flow, self.next_key());
        frame.wants_to_know = u.topics().any(|t| t == Topic::Availability) || (asks && whole);
        if intent == Intent::ChangeBooking {
            frame.standing.clone_from(&self.last_booked);
        }
        self.stack.push(frame);
        true
    }

    /// "토요일 여섯 시에 네 명 하나 하고 일요일 열두 시에 두 명": a second frame takes the second set of values.
    pub(super) fn split_bookings(&mut self, u: &Understanding) {
        if u.has(Act::Correct) || !u.wants(Intent::Book) {
            return;
        }
        let later = second_set(u);
        let Some(first) = self.stack.iter().position(|f| f.flow.name == "book" && !f.done) else {
            return;
        };
        if later.is_empty() || self.stack.len() >= DEEPEST || self.stack[first].slots != Slots::default() {
            return;
        }
        let mut second = Frame::new(self.stack[first].flow.clone(), self.next_key());
        for value in later {
            second.slots.put(&value.value, self.opening.caller.as_ref());
        }
        self.stack.insert(first, second);
    }
}

/// Slots of which each booking has its own.
pub(super) fn shared(slot: Slot) -> bool {
    matches!(
        slot,
        Slot::Date | Slot::Time | Slot::PartySize | Slot::Service | Slot::Staff
    )
}

/// Where a second set of values begins: at the first day or time that is said again and differs.
pub(super) fn second_set_begins(u: &Understanding) -> Option<usize> {
    let kinds = |slot| matches!(slot, Slot::Date | Slot::Time);
    u.slots.iter().enumerate().position(|(i, f)| {
        let slot = f.value.slot();
        let again = |g: &Filled| !g.was && g.value.slot() == slot && g.value != f.value;
        !f.was && kinds(slot) && u.slots[..i].iter().any(again)
    })
}

/// The second of two sets of values; at least two kinds must come again, or else one value has merely two readings.
pub(super) fn second_set(u: &Understanding) -> Vec<Filled> {
    let Some(at) = second_set_begins(u) else {
        return Vec::new();
    };
    let own = |f: &&Filled| !f.was && shared(f.value.slot());
    let set: Vec<Filled> = u.slots[at..].iter().filter(own).cloned().collect();
    let again = |f: &&Filled| {
        u.slots[..at]
            .iter()
            .any(|g| !g.was && g.value.slot() == f.value.slot())
    };
    let kinds: BTreeSet<Slot> = set.iter().filter(again).map(|f| f.value.slot()).collect();
    if kinds.len() >= 2 { set } else { Vec::new() }
}
