//! Deeds at a flow's end, and handing the caller to a person.

use biseo_model::understanding::{Intent, Slot, Understanding, Value};

use super::frame::Frame;
use super::{DEEPEST, Destination, Dialogue, Offer, Waiting};
use crate::flow::Deed;
use crate::io::{Action, NewBooking, Output};
use crate::wording::Values;

impl Dialogue {
    /// Does what the topmost flow is for. Only confirmed values are acted on.
    pub(super) fn deed(&mut self, deed: Deed) {
        let Some(frame) = self.stack.last() else { return };
        let action = (deed == Deed::Report || frame.confirmed.as_ref() == Some(&frame.slots))
            .then(|| self.action(deed, frame))
            .flatten();
        match action {
            Some(action) => self.act(Waiting::Deed, action),
            None => {
                self.stack.pop();
            }
        }
    }

    fn action(&self, deed: Deed, frame: &Frame) -> Option<Action> {
        let standing = frame.standing.as_ref();
        let slots = &frame.slots;
        match deed {
            Deed::Book => Some(Action::Book(NewBooking {
                key: frame.key,
                wish: frame.checked.as_ref()?.1.clone(),
                party_size: slots.party_size.unwrap_or(1),
                name: slots.name.clone()?,
                phone: slots.phone.clone()?,
                services: slots.services.clone(),
                requests: slots.requests.clone(),
            })),
            Deed::MoveBooking => Some(Action::MoveBooking {
                id: standing?.id.clone(),
                to: frame.checked.as_ref()?.1.clone(),
                party_size: frame.all().party_size.unwrap_or(1),
                services: frame.all().services,
                requests: frame.all().requests,
            }),
            Deed::CancelBooking => Some(Action::CancelBooking {
                id: standing?.id.clone(),
            }),
            Deed::LeaveMessage | Deed::Report => Some(Action::LeaveMessage {
                key: frame.key,
                text: self.message_text(frame)?,
                name: slots.name.clone(),
                call_back: slots.phone.clone(),
            }),
            Deed::PlaceOrder => self.new_order(frame).map(Action::PlaceOrder),
            Deed::ChangeOrder => Some(Action::ChangeOrder {
                id: frame.order.as_ref()?.id.clone(),
                won: self.total(&slots.items),
                items: slots.items.clone(),
            }),
            Deed::CancelOrder => Some(Action::CancelOrder {
                id: frame.order.as_ref()?.id.clone(),
            }),
        }
    }

    /// Danger to life: nothing else counts.
    pub(super) fn emergency(&mut self) {
        self.summary.emergency = true;
        let queue = self.profile.queues.first().map(|q| q.name.clone());
        let to = queue.map_or(Destination::Owner, Destination::Queue);
        let prompt = self.prompt("call.emergency_transfer", &Values::new());
        self.speak(crate::io::Prompt {
            interruptible: false,
            ..prompt
        });
        self.connect(to, None, true);
    }

    fn connect(&mut self, to: Destination, message: Option<String>, emergency: bool) {
        let waiting = Waiting::Transfer {
            to: to.clone(),
            message,
            emergency,
        };
        self.act(waiting, Action::Transfer { to });
    }

    /// Wishes that a person must answer: to be connected, a complaint, a sales call.
    pub(super) fn persons(&mut self, text: &str, u: &Understanding) -> bool {
        if self.settled() {
            return false;
        }
        if u.wants(Intent::Transfer) {
            if u.wants(Intent::Complain) {
                self.say("call.complaint", &Values::new());
            }
            self.say("call.transfer", &Values::new());
            let message = self.drop_message_frame();
            self.connect(destination(u), message, false);
            return true;
        }
        if u.wants(Intent::Complain) {
            self.say("call.complaint", &Values::new());
            if self.stack.is_empty() {
                let offer = Offer::Message(Some(text.to_string()));
                self.offer("call.complaint_offer", &Values::new(), offer);
            }
            return true;
        }
        if u.wants(Intent::SalesPitch) && self.stack.is_empty() {
            self.summary.sales = true;
            self.offer("call.sales", &Values::new(), Offer::SalesMessage);
            return true;
        }
        false
    }

    /// "Connect me, or else have him call me": the message waits for the outcome.
    fn drop_message_frame(&mut self) -> Option<String> {
        let at = self.stack.iter().position(|f| f.flow.name == "message")?;
        self.stack.remove(at).slots.message
    }

    /// Begins a message, perhaps with its text.
    pub(super) fn begin_message(&mut self, text: Option<String>) {
        let Some(flow) = self.flows.started_by(Intent::LeaveMessage).cloned() else {
            return;
        };
        if self.stack.len() >= DEEPEST || self.stack.iter().any(|f| f.flow == flow) {
            return;
        }
        let mut frame = Frame::new(flow, self.next_key());
        frame.slots.message = text.map(|t| super::slots::cut(&t, 500));
        self.stack.push(frame);
    }

    pub(super) fn note_answered(&mut self, topic: biseo_model::understanding::Topic) {
        self.reply.push(Output::Answered { topic });
        if !self.summary.answered.contains(&topic) {
            self.summary.answered.push(topic);
        }
    }
}

fn destination(u: &Understanding) -> Destination {
    match u.value(Slot::Queue) {
        Some(Value::Queue(name)) => Destination::Queue(name.clone()),
        _ => Destination::Owner,
    }
}
