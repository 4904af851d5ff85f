//! What became of an action.

use biseo_model::record::CallEnd;
use biseo_model::understanding::Slot;

use super::frame::Frame;
use super::{Dialogue, Offer, Waiting};
use crate::flow::{Deed, StepKind};
use crate::io::{ActionResult, Language, Standing};
use crate::wording::Values;

impl Dialogue {
    pub(super) fn action_done(&mut self, result: ActionResult) {
        let Some(waiting) = self.waiting.take() else {
            return;
        };
        match (waiting, result) {
            (Waiting::Check { refusal, options }, ActionResult::Available(free)) => {
                self.checked(refusal, options, &free);
            }
            (Waiting::Find, ActionResult::Found(found)) => self.found(found),
            (Waiting::Find, ActionResult::FoundOrders(found)) => self.found_orders(&found),
            (Waiting::Transfer { to, .. }, ActionResult::Transferred) => {
                self.summary.transferred = Some(to);
                self.end(CallEnd::Transferred);
            }
            (
                Waiting::Transfer {
                    message, emergency, ..
                },
                _,
            ) => self.not_reached(message, emergency),
            (Waiting::Alert { ends }, result) => self.alerted(result == ActionResult::MessageLeft, ends),
            (Waiting::Deed, result) => self.deed_done(result),
            (Waiting::Check { .. } | Waiting::Find, _) => self.failed(),
        }
        if !self.over {
            self.take_deferred();
        }
    }

    fn not_reached(&mut self, message: Option<String>, emergency: bool) {
        if emergency {
            self.say("call.not_reached_emergency", &Values::new());
            return self.advance();
        }
        match message {
            Some(text) => {
                self.say("call.not_reached_message", &Values::new());
                self.begin_message(Some(text));
                self.advance();
            }
            None => self.offer("call.not_reached", &Values::new(), Offer::Message(None)),
        }
    }

    /// Nothing was stored: says so, and offers a message.
    fn failed(&mut self) {
        let was_message = self.stack.pop().is_some_and(|f| f.flow.name == "message");
        if was_message {
            self.say("call.failed_message", &Values::new());
            return self.advance();
        }
        self.offer("call.failed", &Values::new(), Offer::Message(None));
    }

    fn deed_done(&mut self, result: ActionResult) {
        match (self.top_deed(), result) {
            (Some(Deed::Book), ActionResult::Booked(stored)) => {
                self.last_booked = Some(stored.clone());
                self.summary.booked.push(stored);
            }
            (Some(Deed::MoveBooking), ActionResult::Booked(stored)) => self.moved(stored),
            (Some(Deed::CancelBooking), ActionResult::Cancelled(true)) => {
                let gone = self.stack.last().and_then(|f| f.standing.clone());
                self.note_cancelled(gone);
            }
            (Some(Deed::LeaveMessage | Deed::Report), ActionResult::MessageLeft) => {
                let text = self.stack.last().and_then(|f| self.message_text(f));
                self.summary.messages.extend(text);
            }
            (Some(Deed::PlaceOrder), ActionResult::Ordered) => {
                let order = self.stack.last().and_then(|f| self.new_order(f));
                self.summary.ordered.extend(order);
            }
            (Some(Deed::ChangeOrder), ActionResult::Ordered) => self.note_order_changed(),
            (Some(Deed::CancelOrder), ActionResult::Cancelled(true)) => self.note_order_cancelled(),
            (Some(Deed::Book | Deed::MoveBooking), ActionResult::Full) => return self.taken_meanwhile(),
            _ => return self.failed(),
        }
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        frame.done = true;
        let (flow, ours) = (frame.flow.name.clone(), frame.flow.check_in);
        let key = self
            .stack
            .last()
            .map(|f| self.of_request(f, "done"))
            .unwrap_or_default();
        let key = format!("{flow}.{key}");
        let values = self.frame_values();
        self.say(&key, &values);
        self.tell_notes();
        self.one_more();
        if ours {
            return self.end(CallEnd::Biseo);
        }
        self.tell_wait();
        self.advance();
    }

    /// The booking of the next person, of several who come together: everything is known but who serves.
    fn one_more(&mut self) {
        let key = self.next_key();
        let Some(done) = self.stack.last().filter(|f| f.more > 0) else {
            return;
        };
        let mut next = Frame::new(done.flow.clone(), key);
        next.more = done.more - 1;
        next.slots = done.slots.clone();
        next.slots.staff = None;
        next.grounds.clone_from(&done.grounds);
        next.waived = vec![Slot::Staff];
        let under = self.stack.len() - 1;
        self.stack.insert(under, next);
        self.say("book.one_more", &Values::new());
    }

    /// What the owner wants to be told with a service that was just booked: to come fasting, without make-up.
    fn tell_notes(&mut self) {
        if !matches!(self.top_deed(), Some(Deed::Book | Deed::MoveBooking)) {
            return;
        }
        let booked = self.last_booked.as_ref().map_or(&[][..], |b| &b.services);
        let notes: Vec<_> = self
            .profile
            .services
            .iter()
            .filter(|s| booked.contains(&s.name))
            .filter_map(|s| s.note.clone())
            .collect();
        for note in notes {
            let (text, language) = match (self.language, note.en) {
                (Language::En, Some(en)) => (en, Language::En),
                _ => (note.ko, Language::Ko),
            };
            self.say_text("service.note", text, language);
        }
    }

    fn top_deed(&self) -> Option<Deed> {
        let steps = &self.stack.last()?.flow.steps;
        steps.iter().find_map(|s| match s.kind {
            StepKind::Do(deed) => Some(deed),
            _ => None,
        })
    }

    fn moved(&mut self, stored: Standing) {
        let was = self.stack.last().and_then(|f| f.standing.clone());
        self.last_booked = Some(stored.clone());
        // A booking of this call is told once, as it stands.
        match self.summary.booked.iter_mut().find(|b| b.id == stored.id) {
            Some(own) => *own = stored,
            None => self.summary.changed.extend(was.map(|was| (was, stored))),
        }
    }

    /// A booking of this call that is given up again has not happened.
    fn note_cancelled(&mut self, gone: Option<Standing>) {
        let Some(gone) = gone else { return };
        let own = self.summary.booked.iter().position(|b| b.id == gone.id);
        match own {
            Some(at) => drop(self.summary.booked.remove(at)),
            None => self.summary.cancelled.push(gone.clone()),
        }
        self.last_booked.take_if(|b| b.id == gone.id);
    }

    fn note_order_changed(&mut self) {
        let Some(frame) = self.stack.last() else { return };
        let (items, won) = (frame.slots.items.clone(), self.total(&frame.slots.items));
        let order = frame.order.clone();
        match self
            .summary
            .ordered
            .iter_mut()
            .find(|o| order.as_ref().is_some_and(|f| f.items == o.items))
        {
            Some(own) => (own.items, own.won) = (items, won),
            None => self.summary.orders_changed.extend(order.map(|was| (was, items))),
        }
    }

    fn note_order_cancelled(&mut self) {
        let Some(order) = self.stack.last().and_then(|f| f.order.clone()) else {
            return;
        };
        match self
            .summary
            .ordered
            .iter()
            .position(|o| o.items == order.items && o.name == order.name)
        {
            Some(at) => drop(self.summary.ordered.remove(at)),
            None => self.summary.orders_cancelled.push(order),
        }
    }

    /// Somebody else was quicker: the room is checked anew, and alternatives are offered.
    fn taken_meanwhile(&mut self) {
        if let Some(frame) = self.stack.last_mut() {
            (frame.checked, frame.confirmed) = (None, None);
        }
        self.advance();
    }
}
