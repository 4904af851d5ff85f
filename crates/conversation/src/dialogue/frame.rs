//! A flow that is under way.

use std::collections::BTreeMap;
use std::sync::Arc;

use biseo_model::understanding::{Slot, Value};
use jiff::civil::{Date, DateTime};

use super::ground::Ground;
use super::hints::{Bounds, Shift};
use super::notes::Answer;
use super::slots::Slots;
use crate::flow::{Check, Find, Flow, Step, StepKind, When};
use crate::io::{Standing, StandingOrder, Wish};

/// Another time or person that could be had.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Alternative {
    pub at: DateTime,
    pub staff: Option<String>,
    /// `None` if only the day is offered: a time is still to be asked.
    pub wish: Option<Wish>,
}

/// A flow that is under way.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub flow: Arc<Flow>,
    /// Tells what one call stores apart.
    pub key: u32,
    /// What shall be.
    pub slots: Slots,
    /// What was: by this an existing booking is found.
    pub was: Slots,
    /// Slots that were asked for, each as often as it was.
    pub asked: Vec<Slot>,
    /// Optional slots that the caller leaves open.
    pub waived: Vec<Slot>,
    /// The shop takes bookings for this day.
    pub day_checked: Option<Date>,
    /// These values were found free, on this wish.
    pub checked: Option<(Slots, Wish)>,
    /// These values were read back, and the caller said yes.
    pub confirmed: Option<Slots>,
    /// What the caller has; `None` before it was looked up.
    pub found: Option<Vec<Standing>>,
    /// The one spoken of.
    pub standing: Option<Standing>,
    /// The order spoken of.
    pub order: Option<StandingOrder>,
    /// What will do if the wish cannot be had, in the caller's order: each holds only what differs.
    pub choices: Vec<Slots>,
    /// What will not do.
    pub excluded: Vec<Value>,
    /// So many more bookings like this one are wished: each person is served by one of the staff.
    pub more: u32,
    /// Changes relative to what is known or will be found.
    pub shift: Shift,
    /// Bounds of what is still to be asked.
    pub bounds: Bounds,
    /// The pieces of a telephone number so far.
    pub digits: String,
    /// What is offered, best first; the first is being asked about.
    pub alternatives: Vec<Alternative>,
    /// The caller asked whether there is room, and wants to hear it.
    pub wants_to_know: bool,
    pub told: bool,
    pub done: bool,
    /// How well the values are established; one that is not here was not heard in this flow.
    pub grounds: BTreeMap<Slot, Ground>,
    /// What was answered to the flow's own questions.
    pub answers: Vec<Answer>,
    /// The questions were broken off.
    pub early: bool,
    /// The words in which danger was heard.
    pub danger: Option<String>,
}

impl Frame {
    pub fn new(flow: Arc<Flow>, key: u32) -> Self {
        Self {
            flow,
            key,
            slots: Slots::default(),
            was: Slots::default(),
            asked: Vec::new(),
            waived: Vec::new(),
            day_checked: None,
            checked: None,
            confirmed: None,
            found: None,
            standing: None,
            order: None,
            choices: Vec::new(),
            excluded: Vec::new(),
            more: 0,
            shift: Shift::default(),
            bounds: Bounds::default(),
            digits: String::new(),
            alternatives: Vec::new(),
            wants_to_know: false,
            told: false,
            done: false,
            grounds: BTreeMap::new(),
            answers: Vec::new(),
            early: false,
            danger: None,
        }
    }

    /// The first step that is not done; `None` when all are.
    pub fn next(&self, place: When) -> Option<&Step> {
        let taken = |s: &&Step| s.when.is_none_or(|w| w == place);
        self.flow
            .steps
            .iter()
            .filter(taken)
            .find(|s| !self.is_done(&s.kind))
    }

    fn is_done(&self, kind: &StepKind) -> bool {
        match kind {
            StepKind::Collect { slot, optional, .. } => {
                self.slots.has(*slot) || (*optional && self.waived.contains(slot))
            }
            StepKind::Ask { name, .. } => self.early || self.answers.iter().any(|a| a.name == *name),
            StepKind::Check(Check::Day) => self.day_checked.is_some() && self.day_checked == self.all().date,
            StepKind::Check(Check::Bookable) => self
                .checked
                .as_ref()
                .is_some_and(|(of, _)| *of == self.all().bookable()),
            StepKind::Check(Check::Change) => {
                self.standing
                    .as_ref()
                    .is_some_and(|s| self.slots.over(s) != Slots::default().over(s))
                    || self
                        .order
                        .as_ref()
                        .is_some_and(|o| self.slots.items != o.items && !self.slots.items.is_empty())
            }
            StepKind::Check(Check::Items) => {
                !self.slots.items.is_empty() && self.slots.items.iter().all(|i| i.quantity > 0)
            }
            StepKind::Find { .. } => self.standing.is_some() || self.order.is_some(),
            StepKind::Confirm(_) => self.confirmed.as_ref() == Some(&self.slots),
            StepKind::Tell(_) => self.told,
            StepKind::Do(_) => self.done,
        }
    }

    /// All values as they will be: of an existing booking, with what changes.
    pub fn all(&self) -> Slots {
        match &self.standing {
            Some(standing) => self.slots.over(standing),
            None => self.slots.clone(),
        }
    }

    /// Whether the flow first finds what exists.
    pub fn finds(&self) -> Option<Find> {
        self.flow.steps.iter().find_map(|s| match s.kind {
            StepKind::Find { what, .. } => Some(what),
            _ => None,
        })
    }

    /// Whether new values make sense in it.
    pub fn changes(&self) -> bool {
        let check = StepKind::Check(Check::Change);
        self.finds().is_none() || self.flow.steps.iter().any(|s| s.kind == check)
    }

    /// Whether it has a step that asks for the slot, or needs it otherwise.
    pub fn uses(&self, slot: Slot) -> bool {
        let collects = |s: &Step| match &s.kind {
            StepKind::Collect { slot: own, .. } => *own == slot,
            StepKind::Check(Check::Items) => {
                matches!(slot, Slot::MenuItem | Slot::Quantity | Slot::PickupTime)
            }
            _ => false,
        };
        let finding = matches!(
            slot,
            Slot::Date
                | Slot::Time
                | Slot::PartySize
                | Slot::Name
                | Slot::Phone
                | Slot::Service
                | Slot::Staff
                | Slot::BookingRef
        );
        let ordered = matches!(slot, Slot::MenuItem | Slot::Quantity | Slot::Name | Slot::Phone);
        self.flow.steps.iter().any(collects)
            || (self.finds() == Some(Find::Booking) && finding)
            || (self.finds() == Some(Find::Order) && ordered)
    }

    /// How often a slot was asked for.
    pub fn times_asked(&self, slot: Slot) -> usize {
        self.asked.iter().filter(|s| **s == slot).count()
    }
}
