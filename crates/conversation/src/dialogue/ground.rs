//! Grounding: whether caller and Biseo know that they mean the same value. What was heard badly is asked about at once, what
//! was heard middling is said back in passing, and all is read back before it is stored.

use biseo_model::understanding::{Act, Awaiting, Slot, Understanding};

use super::frame::Frame;
use super::hear::Effect;
use super::slots::Slots;
use super::{Asked, Dialogue};
use crate::flow::StepKind;
use crate::io::Output;
use crate::wording::Values;

/// How well a value is established.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grounding {
    /// It was heard.
    Heard,
    /// It was said back in passing, and the caller did not object.
    Implicit,
    /// The caller said yes to it, or said it twice alike.
    Confirmed,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The caller said it in this flow.
    Said,
    /// The number that the caller calls from.
    Caller,
    /// Said earlier in the call, or known of a regular.
    Known,
}

/// What is known of a value besides itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ground {
    /// How well it is established.
    pub state: Grounding,
    /// The recogniser's confidence in the words that said it, 0 to 1; 1 for what was not heard by ear.
    pub confidence: f32,
    /// Where it comes from.
    pub source: Source,
    /// How often it was asked about by itself.
    pub(super) asked: u8,
}

/// So often a value is asked about by itself; after that the read-back must do.
const MOST_ASKED: u8 = 2;

impl Dialogue {
    /// The values of the topmost flow with their grounding, by slot.
    pub fn grounds(&self) -> Vec<(Slot, Ground)> {
        let Some(frame) = self.stack.last() else {
            return Vec::new();
        };
        let confirmed = frame.confirmed.as_ref() == Some(&frame.slots);
        let of = |slot: Slot| {
            let mut ground = frame.grounds.get(&slot).copied().unwrap_or(Ground {
                state: Grounding::Heard,
                confidence: 1.0,
                source: self.source(frame, slot),
                asked: 0,
            });
            if confirmed {
                ground.state = Grounding::Confirmed;
            }
            (slot, ground)
        };
        GROUNDED
            .into_iter()
            .filter(|s| frame.slots.has(*s))
            .map(of)
            .collect()
    }

    fn source(&self, frame: &Frame, slot: Slot) -> Source {
        let own = slot == Slot::Phone && frame.slots.phone == self.opening.caller;
        if own { Source::Caller } else { Source::Known }
    }

    /// A value was heard in a flow; `before`: the values as they were. One that is said twice alike is confirmed by that.
    pub(super) fn ground(&mut self, at: usize, slot: Slot, before: &Slots) {
        let confidence = self.confidence;
        let Some(frame) = self.stack.get_mut(at) else {
            return;
        };
        let again = frame.grounds.contains_key(&slot) && before.has(slot) && *before == frame.slots;
        let asked = frame.grounds.get(&slot).map_or(0, |g| g.asked);
        let ground = Ground {
            state: if again {
                Grounding::Confirmed
            } else {
                Grounding::Heard
            },
            confidence,
            source: Source::Said,
            asked,
        };
        frame.grounds.insert(slot, ground);
    }

    /// Sees to values that were not heard well, before the flow goes on. `true` if it asks.
    pub(super) fn ground_first(&mut self) -> bool {
        let place = self.place();
        let Some(frame) = self.stack.last() else {
            return false;
        };
        let next = frame.next(place).map(|s| s.kind.clone());
        // A read-back that comes now tells all anyway.
        if matches!(next, None | Some(StepKind::Confirm(_) | StepKind::Do(_))) {
            return false;
        }
        let limits = &frame.flow.ground;
        let unsure = |limit: &dyn Fn(Slot) -> f32| -> Vec<Slot> {
            let open = |(slot, g): &(&Slot, &Ground)| {
                g.state == Grounding::Heard && frame.slots.has(**slot) && g.confidence < limit(**slot)
            };
            frame.grounds.iter().filter(open).map(|(slot, _)| *slot).collect()
        };
        let mut badly = unsure(&|slot| limits.explicit(slot));
        badly.retain(|slot| frame.grounds.get(slot).is_some_and(|g| g.asked < MOST_ASKED));
        if !badly.is_empty() {
            return self.ask_ground(badly);
        }
        let middling = unsure(&|slot| limits.implicit(slot));
        if !middling.is_empty() && matches!(next, Some(StepKind::Collect { .. })) {
            self.say_ground(&middling);
        }
        false
    }

    /// "4명 맞으세요?"
    fn ask_ground(&mut self, slots: Vec<Slot>) -> bool {
        let list = self.ground_words(&slots);
        if list.is_empty() {
            return false;
        }
        if let Some(frame) = self.stack.last_mut() {
            let due = frame.grounds.iter_mut().filter(|(slot, _)| slots.contains(slot));
            due.for_each(|(_, ground)| ground.asked += 1);
        }
        self.ask(
            "ground.explicit",
            &Values::from([("list", list)]),
            Some(Awaiting::Confirm),
        );
        self.asked.grounding = slots;
        true
    }

    /// "네, 4명이요." Where the reply tells the values already, that is enough.
    fn say_ground(&mut self, slots: &[Slot]) {
        let list = self.ground_words(slots);
        self.set_ground(slots, Grounding::Implicit);
        let told = |o: &Output| matches!(o, Output::Say(p) if p.key == "book.free" || p.key.starts_with("book.refuse"));
        if !list.is_empty() && !self.reply.iter().any(told) {
            self.say("ground.implicit", &Values::from([("list", list)]));
        }
    }

    fn set_ground(&mut self, slots: &[Slot], state: Grounding) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let due = frame.grounds.iter_mut().filter(|(slot, _)| slots.contains(slot));
        due.for_each(|(_, ground)| ground.state = state);
    }

    /// Values of the topmost flow in words.
    fn ground_words(&self, slots: &[Slot]) -> String {
        let Some(frame) = self.stack.last() else {
            return String::new();
        };
        let (words, of) = (self.words(), &frame.slots);
        let mut told: Vec<String> = slots
            .iter()
            .filter_map(|slot| match slot {
                Slot::Date => of.date.map(|d| words.day(self.now, d)),
                Slot::Time => of.time.map(|t| words.time(t)),
                Slot::PartySize => of.party_size.map(|n| words.party(n)),
                Slot::Name => of.name.as_ref().map(|n| words.person(n)),
                Slot::Phone => of.phone.as_ref().map(|p| p.grouped()),
                Slot::Service => Some(words.list(&of.services)),
                Slot::Staff => of.staff.as_ref().map(|n| words.person(n)),
                Slot::MenuItem | Slot::Quantity => Some(words.items(&of.items)),
                Slot::PickupTime => of.pickup_time.map(|t| words.time(t)),
                _ => None,
            })
            .collect();
        told.dedup();
        told.join(words.comma())
    }

    /// Yes, no or another value to "4명 맞으세요?".
    pub(super) fn answered_ground(&mut self, asked: &Asked, u: &Understanding, effect: &mut Effect) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let heard: Vec<Slot> = u
            .slots
            .iter()
            .filter(|f| !f.was)
            .map(|f| f.value.slot())
            .collect();
        if heard.iter().any(|slot| frame.uses(*slot)) {
            // What was put right is heard anew by `absorb`; the rest of what was asked about stands.
            let rest: Vec<Slot> = asked
                .grounding
                .iter()
                .filter(|s| !heard.contains(s))
                .copied()
                .collect();
            return self.set_ground(&rest, Grounding::Implicit);
        }
        let yes = u.has(Act::Affirm) || (u.has(Act::Backchannel) && !u.has(Act::Deny));
        let no = u.has(Act::Deny) && !u.has(Act::Stop);
        if yes && !no {
            if !self.cut && !asked.stale {
                self.set_ground(&asked.grounding, Grounding::Confirmed);
            }
            self.cut = false;
            effect.understood = true;
        } else if no && u.intents.is_empty() {
            for slot in &asked.grounding {
                frame.slots.forget(*slot);
            }
            self.rephrase = true;
            self.advance();
            self.rephrase = false;
            effect.complete = true;
        }
    }
}

/// The slots of which grounding is told.
const GROUNDED: [Slot; 12] = [
    Slot::Date,
    Slot::Time,
    Slot::PartySize,
    Slot::Name,
    Slot::Phone,
    Slot::Service,
    Slot::Staff,
    Slot::MenuItem,
    Slot::PickupTime,
    Slot::Address,
    Slot::Message,
    Slot::BookingRef,
];
