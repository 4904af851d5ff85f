//! Taking up the next step of the topmost flow, until the reply has its end.

use biseo_model::understanding::{Awaiting, Slot};

use super::frame::Frame;
use super::{Dialogue, Offer};
use crate::flow::{Check, StepKind, When};
use crate::wording::Values;

/// More steps than this are not taken in one turn; every flow has fewer.
const MOST_STEPS: usize = 64;

impl Dialogue {
    /// Goes on until a question is asked, an action is to be done or the call is over.
    pub(super) fn advance(&mut self) {
        for _ in 0..MOST_STEPS {
            if self.settled() {
                return;
            }
            self.apply_hints();
            let Some(frame) = self.stack.last() else {
                return self.ask_more();
            };
            let next = frame.next(self.place()).map(|s| s.kind.clone());
            if self.in_danger() {
                return self.stay();
            }
            if self.ground_first() || self.closed_for_orders() {
                return;
            }
            match next {
                Some(kind) => self.step(&kind),
                None => drop(self.stack.pop()),
            }
        }
        self.ask_more();
    }

    fn step(&mut self, kind: &StepKind) {
        match kind {
            StepKind::Collect {
                slot,
                together,
                default_caller,
                ..
            } => self.collect(*slot, *together, *default_caller),
            StepKind::Ask { name, .. } => self.ask_note(name),
            StepKind::Check(Check::Day) => self.check_day(),
            StepKind::Check(Check::Bookable) => self.check_bookable(),
            StepKind::Check(Check::Change) => self.ask_change(),
            StepKind::Check(Check::Items) => self.ask_items(),
            StepKind::Find { .. } => self.find_step(kind),
            StepKind::Confirm(key) => self.confirm(key),
            StepKind::Tell(key) => self.tell(key),
            StepKind::Do(deed) => self.deed(*deed),
        }
    }

    fn collect(&mut self, slot: Slot, together: Option<Slot>, default_caller: bool) {
        if self.fill_known(slot, default_caller) {
            return;
        }
        if self.ask_within(slot) || (slot == Slot::Service && self.offer_usual()) {
            return;
        }
        let caller_known = self.opening.caller.is_some();
        let list = self.list_for(slot);
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let name = slot_key(slot);
        let flow = frame.flow.name.clone();
        let again = self.rephrase && frame.times_asked(slot) > 0;
        let both = together.filter(|other| !frame.slots.has(*other) && !again);
        let this = slot == Slot::Phone && caller_known && !frame.waived.contains(&Slot::Phone);
        let key = match both {
            Some(other) => format!("{flow}.ask_{name}_and_{}", slot_key(other)),
            None if this && !again => format!("{flow}.ask_{name}_this"),
            None if again => format!("{flow}.ask_{name}_again"),
            None => format!("{flow}.ask_{name}"),
        };
        frame.asked.push(slot);
        let values = Values::from([("list", list)]);
        self.ask(&key, &values, Some(Awaiting::Slot(slot)));
    }

    /// What was said earlier in the call, and the caller's own number where the flow takes it unasked.
    pub(super) fn fill_known(&mut self, slot: Slot, default_caller: bool) -> bool {
        let caller = self.opening.caller.clone().filter(|_| default_caller);
        let phone = self.known_phone.clone().or(caller);
        let name = self.known_name.clone();
        let Some(frame) = self.stack.last_mut() else {
            return false;
        };
        if frame.times_asked(slot) > 0 || frame.waived.contains(&slot) {
            return false;
        }
        match slot {
            Slot::Phone => frame.slots.phone = phone,
            Slot::Name => frame.slots.name = name,
            _ => {}
        }
        frame.slots.has(slot)
    }

    fn list_for(&self, slot: Slot) -> String {
        let words = self.words();
        match slot {
            Slot::Service => words.services(&self.profile.services),
            Slot::Staff => words.either(&self.able_staff()),
            _ => String::new(),
        }
    }

    /// Nothing is under way: what was owed, then whether there is anything else.
    fn ask_more(&mut self) {
        if self.leaving {
            return self.bye();
        }
        match self.owed.take() {
            Some(text) => self.offer("answer.owed_offer", &Values::new(), Offer::Message(Some(text))),
            None => self.ask("call.anything_else", &Values::new(), Some(Awaiting::AnythingElse)),
        }
    }

    fn ask_change(&mut self) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let again = self.rephrase && frame.times_asked(Slot::Time) > 0;
        frame.asked.push(Slot::Time);
        let Some(standing) = frame.standing.clone() else {
            return self.ask_order_change();
        };
        let mut values = Values::from([(
            "when",
            self.words()
                .when(self.now, standing.date.to_datetime(standing.time)),
        )]);
        if self.place() == When::Tables {
            values.insert("party", self.words().party(standing.party_size));
        }
        let key = if again {
            "change.ask_change_again"
        } else {
            "change.ask_change"
        };
        self.ask(key, &values, Some(Awaiting::Slot(Slot::Time)));
    }

    fn confirm(&mut self, key: &str) {
        let Some(frame) = self.stack.last() else { return };
        let (flow, key) = (frame.flow.name.clone(), self.of_request(frame, key));
        let values = self.frame_values();
        self.ask(&format!("{flow}.{key}"), &values, Some(Awaiting::Confirm));
    }

    /// Another sentence, where all that changes is what the caller asks of those who serve.
    pub(super) fn of_request(&self, frame: &Frame, key: &str) -> String {
        let only =
            frame.standing.is_some() && !frame.slots.requests.is_empty() && self.new_words(frame).is_empty();
        let own = format!("{key}_request");
        let named = self
            .flows
            .wording(self.language)
            .has(&format!("{}.{own}", frame.flow.name));
        if only && named { own } else { key.to_string() }
    }

    fn tell(&mut self, key: &str) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        frame.told = true;
        let key = format!("{}.{key}", frame.flow.name);
        let values = self.frame_values();
        self.say(&key, &values);
    }

    /// All that the topmost flow's sentences may speak of.
    pub(super) fn frame_values(&self) -> Values {
        self.stack
            .last()
            .map_or_else(Values::new, |frame| self.values_of(frame))
    }

    pub(super) fn values_of(&self, frame: &Frame) -> Values {
        let (words, all) = (self.words(), frame.all());
        let tables = self.place() == When::Tables;
        let mut values = Values::new();
        let mut put = |name, value: Option<String>| values.insert(name, value.unwrap_or_default());
        put("when", all.at().map(|at| words.when(self.now, at)));
        put("date", all.date.map(|d| words.day(self.now, d)));
        put("time", all.time.map(|t| words.time(t)));
        put("party", all.party_size.filter(|_| tables).map(|n| words.party(n)));
        put("services", Some(words.list(&all.services)));
        put("staff", all.staff.as_ref().map(|name| words.person(name)));
        put("name", all.name.clone());
        put("phone", all.phone.as_ref().map(|p| p.grouped()));
        let asked = if frame.standing.is_some() {
            &frame.slots.requests
        } else {
            &all.requests
        };
        put("requests", Some(words.list(asked)));
        put("message", all.message.clone());
        put("was", frame.standing.as_ref().map(|s| self.standing_words(s)));
        put("list", Some(self.found_words(frame)));
        put("items", Some(words.items(&all.items)));
        put("won", Some(words.money(self.total(&all.items))));
        put("pickup", all.pickup_time.map(|t| words.time(t)));
        put("to", Some(self.new_words(frame)));
        put("notes", Some(self.notes_words(frame)));
        put("early", Some(self.early_words(frame)));
        put("danger", frame.danger.clone());
        values
    }
}

impl Dialogue {
    /// What a change makes of a booking: only what is new, the whole time if any of it is.
    fn new_words(&self, frame: &Frame) -> String {
        let (words, new, all) = (self.words(), &frame.slots, frame.all());
        let stood = frame.standing.as_ref().map(|s| s.date.to_datetime(s.time));
        let moved = all.at() != stood;
        let when = all.at().filter(|_| moved).map(|at| words.when(self.now, at));
        let party = new.party_size.map(|n| words.party(n));
        let services = (!new.services.is_empty()).then(|| words.list(&new.services));
        let staff = new.staff.as_ref().map(|name| words.person(name));
        let parts: Vec<String> = [when, services, staff, party].into_iter().flatten().collect();
        parts.join(" ")
    }
}

/// A slot's name in wording keys.
pub(crate) fn slot_key(slot: Slot) -> &'static str {
    match slot {
        Slot::Date => "date",
        Slot::Time => "time",
        Slot::PartySize => "party_size",
        Slot::Name => "name",
        Slot::Phone => "phone",
        Slot::Service => "service",
        Slot::Staff => "staff",
        Slot::MenuItem => "menu_item",
        Slot::Quantity => "quantity",
        Slot::PickupTime => "pickup_time",
        Slot::Address => "address",
        Slot::Message => "message",
        Slot::Topic => "topic",
        Slot::BookingRef => "which",
        Slot::Queue => "queue",
    }
}
