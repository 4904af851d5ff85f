//! Finding what a caller has booked.

use biseo_model::phone::PhoneNumber;
use biseo_model::understanding::{Awaiting, Slot};

use super::frame::Frame;
use super::{Dialogue, Offer, Waiting};
use crate::flow::{Find, StepKind, When};
use crate::io::{Action, Standing};
use crate::wording::Values;

/// So many are told at once.
const MOST_TOLD: usize = 3;

impl Dialogue {
    /// Looks up by the caller's number, or asks for the number and then the name: a stranger's booking is not told to
    /// whoever knows the number.
    pub(super) fn find_step(&mut self, kind: &StepKind) {
        let all = matches!(kind, StepKind::Find { all: true, .. });
        let caller = self.opening.caller.clone();
        let Some(frame) = self.stack.last() else { return };
        // Once another number was asked for, the caller's own has been tried.
        let own = caller.clone().filter(|_| frame.times_asked(Slot::Phone) == 0);
        let Some(phone) = frame.was.phone.clone().or(own) else {
            return self.ask_for(Slot::Phone);
        };
        if Some(&phone) != caller.as_ref() && frame.was.name.is_none() {
            return self.ask_for(Slot::Name);
        }
        match frame.found.clone() {
            None if frame.finds() == Some(Find::Order) => {
                self.act(Waiting::Find, Action::FindOrders { phone });
            }
            None => self.act(Waiting::Find, Action::FindBookings { phone }),
            Some(found) => self.choose(&found, all),
        }
    }

    fn ask_for(&mut self, slot: Slot) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let again = if self.rephrase { "_again" } else { "" };
        frame.asked.push(slot);
        let name = if slot == Slot::Phone { "phone" } else { "name" };
        let key = format!("{}.ask_{name}{again}", frame.flow.name);
        self.ask(&key, &Values::new(), Some(Awaiting::Slot(slot)));
    }

    /// The store's answer. Under another's number only what stands under the name that was said counts.
    pub(super) fn found(&mut self, mut found: Vec<Standing>) {
        let caller = self.opening.caller.clone();
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let own = |phone: &PhoneNumber| Some(phone) == caller.as_ref();
        if frame.was.phone.as_ref().is_some_and(|p| !own(p)) {
            let name = frame.was.name.clone().unwrap_or_default();
            found.retain(|s| same_name(&s.name, &name));
        }
        found.truncate(20);
        frame.found = Some(found);
        self.advance();
    }

    fn choose(&mut self, found: &[Standing], all: bool) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let fitting: Vec<&Standing> = found.iter().filter(|s| frame.was.fits(s)).collect();
        match fitting.as_slice() {
            [] if found.is_empty() => self.not_found(),
            [one] if !all => {
                frame.standing = Some((*one).clone());
                // A value said as what shall be, and it is so already, told which one is meant.
                forget_same(frame);
            }
            [_, ..] if all => frame.standing = fitting.first().map(|s| (*s).clone()),
            _ => self.choose_by_wish(found),
        }
    }

    /// "토요일 예약을 네 명으로": the day was said as a wish, and names the booking.
    fn choose_by_wish(&mut self, found: &[Standing]) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let by_day: Vec<&Standing> = found
            .iter()
            .filter(|s| frame.slots.date == Some(s.date))
            .collect();
        match by_day.as_slice() {
            [one] => {
                frame.standing = Some((*one).clone());
                forget_same(frame);
            }
            _ if found.len() == 1 => {
                frame.standing = found.first().cloned();
                forget_same(frame);
            }
            _ => {
                frame.asked.push(Slot::BookingRef);
                frame.was = super::slots::Slots {
                    phone: frame.was.phone.clone(),
                    name: frame.was.name.clone(),
                    ..Default::default()
                };
                let values = self.frame_values();
                let key = format!("{}.ask_which", self.top_name());
                self.ask(&key, &values, Some(Awaiting::Slot(Slot::BookingRef)));
            }
        }
    }

    fn top_name(&self) -> String {
        self.stack.last().map(|f| f.flow.name.clone()).unwrap_or_default()
    }

    /// Nothing under the caller's number: asks for another one, once.
    pub(super) fn not_found(&mut self) {
        let name = self.top_name();
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        if frame.times_asked(Slot::Phone) == 0 {
            frame.found = None;
            self.say(&format!("{name}.not_found"), &Values::new());
            return self.ask_for(Slot::Phone);
        }
        self.stack.pop();
        let key = format!("{name}.not_found_offer");
        self.offer(&key, &Values::new(), Offer::Message(None));
    }

    /// A booking in words: when, and for how many or what.
    pub(super) fn standing_words(&self, s: &Standing) -> String {
        let words = self.words();
        let when = words.when(self.now, s.date.to_datetime(s.time));
        let what = match self.place() {
            When::Tables => words.party(s.party_size),
            When::Staff => words.list(&s.services),
        };
        format!("{when} {what}").trim().to_string()
    }

    /// A booking in words, with the member of staff whose it is.
    fn told_words(&self, s: &Standing) -> String {
        let words = self.standing_words(s);
        match self.place() {
            When::Staff if self.staff_names().contains(&s.resource) => {
                format!("{words} {}", self.words().person(&s.resource))
            }
            _ => words,
        }
    }

    /// The bookings found, in words; those that fit what was said, if any do.
    pub(super) fn found_words(&self, frame: &Frame) -> String {
        let found = frame.found.as_deref().unwrap_or_default();
        let fits = found.iter().filter(|s| frame.was.fits(s)).count();
        let told = found.iter().filter(|s| fits == 0 || frame.was.fits(s));
        let told: Vec<String> = told.take(MOST_TOLD).map(|s| self.told_words(s)).collect();
        self.words().list(&told)
    }
}

/// What a wish has in common with what stands is no change.
fn forget_same(frame: &mut Frame) {
    let Some(standing) = &frame.standing else { return };
    if frame.slots.date == Some(standing.date) {
        frame.slots.date = None;
    }
    if frame.slots.time == Some(standing.time) {
        frame.slots.time = None;
    }
}

/// Names are compared without blanks and capitals.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    let bare = |s: &str| -> String {
        s.chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect()
    };
    bare(a) == bare(b)
}
