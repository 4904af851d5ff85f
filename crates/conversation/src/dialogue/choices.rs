//! The caller's second choices, and what the caller has ruled out.

use biseo_model::understanding::{Filled, Slot, Understanding, Value};
use jiff::civil::Date;

use super::Dialogue;
use super::frame::{Alternative, Frame};
use super::slots::Slots;

/// So many second choices and so many ruled-out values are kept in a flow.
const MOST: usize = 8;

impl Dialogue {
    /// Takes second choices and what is ruled out. True if something was taken.
    pub(super) fn take_choices(&mut self, u: &Understanding) -> bool {
        if u.excluded.is_empty() && u.fallbacks.is_empty() {
            return false;
        }
        let caller = self.opening.caller.clone();
        let Some(frame) = self.choosing_frame() else {
            return false;
        };
        for filled in &u.excluded {
            frame.rule_out(&filled.value, u);
        }
        let choice = |values: &Vec<Filled>| {
            let mut choice = Slots::default();
            let values = values.iter().filter(|f| bookable(f.value.slot()));
            values.for_each(|f| choice.put(&f.value, caller.as_ref()));
            choice
        };
        let choices = u.fallbacks.iter().map(choice);
        frame.choices.extend(choices.filter(|c| *c != Slots::default()));
        frame.choices.truncate(MOST);
        true
    }

    /// The flow whose day, time or person is chosen.
    fn choosing_frame(&mut self) -> Option<&mut Frame> {
        let chooses = |f: &&mut Frame| f.uses(Slot::Date) && f.changes();
        self.stack.iter_mut().rev().find(chooses)
    }

    /// What the rules allow of the caller's own second choices, in the caller's order.
    pub(super) fn choices(&self, all: &Slots) -> Vec<Alternative> {
        let choices = self
            .stack
            .last()
            .map(|f| f.choices.as_slice())
            .unwrap_or_default();
        let merged = choices.iter().map(|choice| merge(choice, all));
        merged
            .filter_map(|slots| self.possible(&slots, slots.at()?))
            .collect()
    }

    /// The first of the caller's second choices that is free.
    pub(super) fn choice_in(&self, free: &[Alternative]) -> Option<usize> {
        let frame = self.stack.last()?;
        let all = frame.all();
        let mut wanted = frame.choices.iter().map(|choice| merge(choice, &all));
        wanted.find_map(|want| {
            let fits = |o: &Alternative| Some(o.at) == want.at() && o.staff == want.staff;
            free.iter().position(fits)
        })
    }

    /// Another day that the caller named for the case that this one cannot be had. It is taken; false if there is none.
    pub(super) fn take_other_day(&mut self, refused: Date) -> bool {
        let Some(frame) = self.stack.last_mut() else {
            return false;
        };
        let other = |c: &Slots| c.date.is_some_and(|d| d != refused);
        let Some(at) = frame.choices.iter().position(other) else {
            return false;
        };
        let choice = frame.choices.remove(at);
        frame.slots = merge(&choice, &frame.slots);
        true
    }

    /// Whether the caller has said that this will not do.
    pub(super) fn ruled_out(&self, offered: &Alternative) -> bool {
        let excluded = self
            .stack
            .last()
            .map(|f| f.excluded.as_slice())
            .unwrap_or_default();
        excluded.iter().any(|value| is_of(value, offered))
    }

    /// People whom the caller does not want.
    pub(super) fn unwanted(&self, staff: &str) -> bool {
        let excluded = self
            .stack
            .last()
            .map(|f| f.excluded.as_slice())
            .unwrap_or_default();
        excluded
            .iter()
            .any(|v| matches!(v, Value::Staff(name) if name == staff))
    }
}

impl Frame {
    /// Notes what will not do, and forgets it where it was wished.
    fn rule_out(&mut self, value: &Value, u: &Understanding) {
        if self.excluded.len() < MOST && !self.excluded.contains(value) {
            self.excluded.push(value.clone());
        }
        let slot = value.slot();
        let mut only = Slots::default();
        only.put(value, None);
        let wished = match slot {
            Slot::Date => self.slots.date == only.date,
            Slot::Time => self.slots.time == only.time,
            Slot::Staff => self.slots.staff == only.staff,
            _ => false,
        };
        if wished && u.value(slot).is_none() {
            self.slots.forget(slot);
        }
    }
}

/// Whether something offered is what a value names.
pub(super) fn is_of(value: &Value, offered: &Alternative) -> bool {
    match value {
        Value::Date(date) => offered.at.date() == *date,
        Value::Time { at, .. } => offered.wish.is_some() && offered.at.time() == *at,
        Value::Staff(name) => offered.staff.as_ref() == Some(name),
        _ => false,
    }
}

/// A choice's values over the first choice's.
fn merge(choice: &Slots, first: &Slots) -> Slots {
    Slots {
        date: choice.date.or(first.date),
        time: choice.time.or(first.time),
        staff: choice.staff.clone().or_else(|| first.staff.clone()),
        services: if choice.services.is_empty() {
            first.services.clone()
        } else {
            choice.services.clone()
        },
        ..first.clone()
    }
}

fn bookable(slot: Slot) -> bool {
    matches!(slot, Slot::Date | Slot::Time | Slot::Staff | Slot::Service)
}
