//! Conversations that turn in a circle: whatever is said is understood, and yet nothing comes nearer.

use biseo_model::record::CallEnd;
use biseo_model::understanding::Awaiting;

use super::slots::Slots;
use super::{Dialogue, Offer};
use crate::wording::Values;

/// After so many turns without anything new a message is offered,
const OFFERED_AFTER: u32 = 8;
/// and after so many the call is ended: the caller is not kept in it for ever.
const ENDED_AFTER: u32 = 14;

/// What had been reached, and for how many turns nothing more.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress {
    slots: Vec<Slots>,
    done: usize,
    idle: u32,
}

impl Dialogue {
    /// Looks whether the last utterance brought anything: a value, an answer, something done.
    pub(super) fn watch_progress(&mut self) {
        if self.over || self.waiting.is_some() || self.in_danger() || self.opening.check_in.is_some() {
            return;
        }
        let slots: Vec<Slots> = self.stack.iter().map(|f| f.slots.clone()).collect();
        let s = &self.summary;
        let done = [
            s.booked.len(),
            s.changed.len(),
            s.cancelled.len(),
            s.ordered.len(),
            s.orders_changed.len(),
            s.orders_cancelled.len(),
            s.messages.len(),
            s.answered.len(),
            s.unanswered.len(),
        ];
        let done = done.iter().sum();
        if slots != self.progress.slots || done != self.progress.done {
            self.progress = Progress { slots, done, idle: 0 };
            return;
        }
        self.progress.idle += 1;
        self.break_circle();
    }

    fn break_circle(&mut self) {
        let offering = self.asked.awaiting == Some(Awaiting::Offer);
        if self.progress.idle == OFFERED_AFTER && !offering {
            self.reply.clear();
            self.offer("call.lost_offer_message", &Values::new(), Offer::Message(None));
        } else if self.progress.idle >= ENDED_AFTER {
            self.reply.clear();
            self.say("call.bye", &Values::new());
            self.end(CallEnd::Biseo);
        }
    }
}
