//! What all parts of the digest read: the day, the shop's clock, and the calls as stories.

use biseo_model::ids::CallId;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState, Message, Order, OrderState};

use crate::input::{Clock, Day};
use crate::signs::Sign;
use crate::story::{Story, Trouble};

/// What all parts of the digest read.
pub(crate) struct Book<'a> {
    pub(crate) day: &'a Day<'a>,
    pub(crate) clock: &'a Clock,
    pub(crate) stories: Vec<Story<'a>>,
}

impl Book<'_> {
    /// Standing bookings that were made in the span.
    pub(crate) fn bookings(&self) -> impl Iterator<Item = &Booking> {
        let made = self.day.bookings.iter().filter(|b| self.day.within(b.made));
        made.filter(|b| b.state == BookingState::Confirmed)
    }

    /// Standing orders that were placed in the span.
    pub(crate) fn orders(&self) -> impl Iterator<Item = &Order> {
        let placed = self.day.orders.iter().filter(|o| self.day.within(o.made));
        placed.filter(|o| o.state == OrderState::Open)
    }

    /// Whether a call did its work: something was stored, or something that stood before was given up or changed.
    pub(crate) fn done(&self, story: &Story<'_>) -> bool {
        let call = &story.call.id;
        let made = self.day.bookings.iter().any(|b| b.call.as_ref() == Some(call));
        let placed = self.day.orders.iter().any(|o| o.call.as_ref() == Some(call));
        let left = self.day.messages.iter().any(|m| m.call.as_ref() == Some(call));
        made || placed || left || story.showing(Sign::Done).next().is_some()
    }

    /// What went wrong in a call.
    pub(crate) fn troubles(&self, story: &Story<'_>) -> Vec<Trouble> {
        story.troubles(self.done(story))
    }

    /// The call with this id.
    pub(crate) fn story(&self, call: &CallId) -> Option<&Story<'_>> {
        self.stories.iter().find(|s| s.call.id == *call)
    }

    /// Whom a message asks to call back. What somebody answered in a check-in only names the number that was called.
    pub(crate) fn call_back<'m>(&self, message: &'m Message) -> Option<&'m PhoneNumber> {
        let story = message.call.as_ref().and_then(|id| self.story(id));
        let report = story.is_some_and(|s| s.reports(&message.text));
        message.call_back.as_ref().filter(|_| !report)
    }
}
