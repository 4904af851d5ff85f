//! Putting values where they belong.

use biseo_model::understanding::{Act, Awaiting, Filled, Intent, Slot, Topic, Understanding, Value};

use super::begin::{second_set, second_set_begins, shared};
use super::frame::Frame;
use super::slots::Slots;
use super::{Asked, Dialogue};
use crate::flow::When;

/// So many people are booked in one go, each with one of the staff.
const MOST_TOGETHER: u32 = 4;

impl Dialogue {
    /// Puts the values where they belong.
    pub(super) fn absorb(&mut self, asked: &Asked, u: &Understanding) -> bool {
        let asks_only = self.asks(u)
            && !u.has(Act::Correct)
            && !u.intents.iter().any(|i| self.flows.started_by(*i).is_some());
        let split = second_set_begins(u)
            .filter(|_| !u.has(Act::Correct) && u.wants(Intent::Book) && !second_set(u).is_empty());
        let fallbacks = fallbacks(u).filter(|_| split.is_none());
        self.inherited = None;
        if u.value(Slot::Time).is_some()
            && let Some(frame) = self.stack.last_mut()
        {
            frame.choices.clear();
        }
        let mut any = self.take_choices(u);
        let mut fresh_services: Vec<usize> = Vec::new();
        for (i, filled) in u.slots.iter().enumerate() {
            let slot = filled.value.slot();
            if !self.known(&filled.value, u) || self.take_back(filled) {
                continue;
            }
            if self.mends_quantity(filled, u) {
                any = true;
                continue;
            }
            let sought = asked.awaiting == Some(Awaiting::Slot(slot));
            if (asks_only && !sought && !self.fills_new_booking(slot))
                || split.is_some_and(|at| i >= at && shared(slot))
            {
                continue;
            }
            let Some(at) = self.frame_for(slot, filled.was, u) else {
                continue;
            };
            if fallbacks.is_some_and(|from| i >= from) && self.put_fallback(at, filled) {
                continue;
            }
            let first_service = slot == Slot::Service && !fresh_services.contains(&at);
            if first_service {
                fresh_services.push(at);
            }
            any |= self.put(at, filled, asked, first_service);
        }
        any | self.take_hints(asked, u)
    }

    /// "두 마리 말고 세 마리로": of the item that has the number which is taken back.
    fn mends_quantity(&mut self, filled: &Filled, u: &Understanding) -> bool {
        let (Value::Quantity(new), false) = (&filled.value, filled.was) else {
            return false;
        };
        let old = u.slots.iter().find_map(|f| match f.value {
            Value::Quantity(n) if f.was => Some(n),
            _ => None,
        });
        let frame = self.stack.last_mut();
        match (old, frame) {
            (Some(old), Some(frame)) => frame.slots.mend_quantity(old, *new),
            _ => false,
        }
    }

    /// Whether a name is one of the shop's.
    pub(super) fn known(&self, value: &Value, u: &Understanding) -> bool {
        match value {
            Value::MenuItem { name, .. } => self.profile.menu.iter().any(|m| m.name == *name),
            Value::Service(name) => self.profile.services.iter().any(|s| s.name == *name),
            Value::Staff(name) => self.staff_names().contains(name),
            // "김 원장님 말고 박 원장님" is no caller's name.
            Value::Name(name) if u.value(Slot::Staff).is_some() => !self.names_staff(name),
            _ => true,
        }
    }

    /// Whether a name is that of a member of staff, or a part of it: "원장님".
    fn names_staff(&self, name: &str) -> bool {
        let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        let name = name.trim_end_matches('님');
        let staff = self.staff_names().into_iter();
        staff
            .map(|s| s.replace(' ', ""))
            .any(|s| s.contains(name) || name.contains(&s))
    }

    /// An item that the caller takes back, of the order that is being taken.
    pub(super) fn take_back(&mut self, filled: &Filled) -> bool {
        let Value::MenuItem { name, .. } = &filled.value else {
            return false;
        };
        match self
            .stack
            .last_mut()
            .filter(|f| filled.was && f.flow.name == "order")
        {
            Some(frame) => {
                let gone = frame.slots.items.iter().position(|i| i.name == *name);
                self.inherited = gone.map(|at| frame.slots.items.remove(at).quantity);
                true
            }
            None => false,
        }
    }

    /// Whether a question is asked of the shop. "Can we make that six thirty?" is none: it gives a value that the flow
    /// under way takes, and asks for nothing that the shop has written down.
    pub(super) fn asks(&self, u: &Understanding) -> bool {
        let vague = u
            .topics()
            .all(|t| matches!(t, Topic::Other | Topic::Availability));
        let takes = |f: &Filled| !f.was && self.stack.last().is_some_and(|top| top.uses(f.value.slot()));
        u.wants(Intent::Ask) && !(vague && u.slots.iter().any(takes))
    }

    /// A question after what is free fills the booking that it began.
    pub(super) fn fills_new_booking(&self, slot: Slot) -> bool {
        self.stack
            .last()
            .is_some_and(|f| f.wants_to_know && f.uses(slot) && !f.slots.has(slot))
    }

    /// The frame that takes a value: of what was, a flow that finds; of what shall be, the topmost that uses it.
    pub(super) fn frame_for(&self, slot: Slot, was: bool, u: &Understanding) -> Option<usize> {
        let finder = |f: &Frame| f.finds().is_some();
        let top_first = self.stack.iter().enumerate().rev();
        if was {
            return top_first.filter(|(_, f)| finder(f)).map(|(i, _)| i).next();
        }
        let booking = u.wants(Intent::Book);
        let mut fitting = top_first.filter(|(_, f)| f.uses(slot) && !(booking && finder(f) && shared(slot)));
        fitting.next().map(|(i, _)| i)
    }

    /// "여섯 시가 안 되면 일곱 시": the second time is for the case that the first cannot be had.
    pub(super) fn put_fallback(&mut self, at: usize, filled: &Filled) -> bool {
        let (Value::Time { at: time, .. }, Some(frame)) = (&filled.value, self.stack.get_mut(at)) else {
            return false;
        };
        if filled.was {
            return false;
        }
        frame.choices.push(Slots {
            time: Some(*time),
            ..Slots::default()
        });
        frame.choices.truncate(8);
        true
    }

    pub(super) fn put(&mut self, at: usize, filled: &Filled, asked: &Asked, first_service: bool) -> bool {
        let caller = self.opening.caller.clone();
        let meant = match filled.value {
            Value::Date(date) if !filled.was => Some(Value::Date(self.in_bounds(at, date))),
            Value::Name(ref heard) if !filled.was && self.confidence < 1.0 => {
                let before = self.stack.get(at).and_then(|f| f.slots.name.clone());
                before.map(|before| Value::Name(super::surname::kept(&before, heard)))
            }
            Value::Phone(ref heard) => match self.likely_number(heard) {
                Some(number) => Some(Value::Phone(number)),
                None => return false,
            },
            _ => None,
        };
        let staffed = self.place() == When::Staff;
        let Some(frame) = self.stack.get_mut(at) else {
            return false;
        };
        let choosing = asked.awaiting == Some(Awaiting::Slot(Slot::BookingRef)) && frame.standing.is_none();
        let slot = filled.value.slot();
        let about_what_was = filled.was
            || choosing
            || (frame.finds().is_some() && !frame.changes())
            || (frame.finds().is_some() && matches!(slot, Slot::Name | Slot::Phone | Slot::BookingRef));
        if let (Value::PartySize(n), true, false) = (&filled.value, staffed, about_what_was) {
            frame.more = n.clamp(&1, &MOST_TOGETHER) - 1;
            return true;
        }
        let target = if about_what_was {
            &mut frame.was
        } else {
            &mut frame.slots
        };
        if first_service {
            target.services.clear();
        }
        let before = target.clone();
        let value = inherit(meant.as_ref().unwrap_or(&filled.value), &mut self.inherited);
        target.put(&value, caller.as_ref());
        if let (Value::Name(_), false) = (&filled.value, about_what_was) {
            self.known_name.clone_from(&frame.slots.name);
        }
        if slot == Slot::Phone && !about_what_was {
            self.known_phone.clone_from(&frame.slots.phone);
        }
        if !about_what_was {
            self.ground(at, slot, &before);
        }
        true
    }
}

/// An item without a number gets that of the one in whose place it comes.
pub(super) fn inherit(value: &Value, inherited: &mut Option<u32>) -> Value {
    match value {
        Value::MenuItem { name, quantity: None } => Value::MenuItem {
            name: name.clone(),
            quantity: inherited.take().filter(|n| *n > 0),
        },
        other => other.clone(),
    }
}

/// Where a second time begins that replaces none: a preference list.
pub(super) fn fallbacks(u: &Understanding) -> Option<usize> {
    let time = |f: &Filled| !f.was && f.value.slot() == Slot::Time;
    let first = u.slots.iter().position(time)?;
    let second = u.slots[first + 1..].iter().position(time)? + first + 1;
    let corrected = u.has(Act::Correct) || u.slots[first].value == u.slots[second].value;
    (!corrected).then_some(second)
}
