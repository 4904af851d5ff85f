//! What a regular had the last time: offered where it is asked for, and taken when the caller says so.

use biseo_model::understanding::{Act, Awaiting, Slot, Understanding};

use super::hear::Effect;
use super::{Asked, Dialogue};
use crate::io::Known;
use crate::wording::Values;

/// The wording's key of the offer.
const OFFER: &str = "book.ask_service_usual";

impl Dialogue {
    /// What was had the last time, as far as the shop still has it.
    fn usual(&self) -> Option<Known> {
        let known = self.opening.known.clone()?;
        let still = |name: &String| self.profile.services.iter().any(|s| s.name == *name);
        let had = !known.services.is_empty() && known.services.iter().all(still);
        let staff = known.staff.filter(|name| self.staff_names().contains(name));
        had.then_some(Known { staff, ..known })
    }

    /// "지난번처럼 커트로 해 드릴까요?" instead of the list of services, once. False if nothing is known.
    pub(super) fn offer_usual(&mut self) -> bool {
        let first = self
            .stack
            .last()
            .is_some_and(|f| f.flow.name == "book" && f.times_asked(Slot::Service) == 0);
        let Some(usual) = self.usual().filter(|_| first) else {
            return false;
        };
        let words = self.words();
        let values = Values::from([
            ("services", words.list(&usual.services)),
            (
                "staff",
                usual
                    .staff
                    .as_deref()
                    .map(|n| words.person(n))
                    .unwrap_or_default(),
            ),
        ]);
        if let Some(frame) = self.stack.last_mut() {
            frame.asked.push(Slot::Service);
        }
        self.ask(OFFER, &values, Some(Awaiting::Slot(Slot::Service)));
        true
    }

    /// Yes or no to that offer.
    pub(super) fn answered_usual(&mut self, asked: &Asked, u: &Understanding, effect: &mut Effect) {
        let offered = asked.prompt.as_ref().is_some_and(|p| p.key == OFFER);
        if !offered || u.value(Slot::Service).is_some() || !u.intents.is_empty() {
            return;
        }
        let no = u.has(Act::Deny);
        if no || u.has(Act::Affirm) || u.has(Act::Backchannel) {
            effect.understood |= no || self.take_usual();
        }
    }

    /// Fills what is open with what was had the last time. False if nothing is known or all was said.
    pub(super) fn take_usual(&mut self) -> bool {
        let Some(usual) = self.usual() else {
            return false;
        };
        let Some(frame) = self.stack.iter_mut().rev().find(|f| f.flow.name == "book") else {
            return false;
        };
        if !frame.slots.services.is_empty() {
            return false;
        }
        frame.slots.services = usual.services;
        frame.slots.staff = frame.slots.staff.take().or(usual.staff);
        true
    }
}
