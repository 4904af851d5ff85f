//! The values that a flow has collected.

use biseo_model::phone::PhoneNumber;
use biseo_model::understanding::{Slot, Value};
use jiff::civil::{Date, DateTime, Time};

use crate::io::{Item, Standing};

/// Texts that a caller gives are cut to so many characters.
const LONGEST_NAME: usize = 40;
const LONGEST_TEXT: usize = 500;
/// Bounds of an order.
const MOST_ITEMS: usize = 20;
const MOST_OF_ONE: u32 = 100;

/// The values of one flow, or of what the caller said *was*.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Slots {
    pub date: Option<Date>,
    pub time: Option<Time>,
    pub party_size: Option<u32>,
    pub name: Option<String>,
    pub phone: Option<PhoneNumber>,
    pub services: Vec<String>,
    pub staff: Option<String>,
    pub items: Vec<Item>,
    pub pickup_time: Option<Time>,
    pub address: Option<String>,
    pub message: Option<String>,
    pub reference: Option<String>,
    /// Wishes in the caller's words, for those who serve.
    pub requests: Vec<String>,
}

impl Slots {
    /// Whether there is a value.
    pub fn has(&self, slot: Slot) -> bool {
        match slot {
            Slot::Date => self.date.is_some(),
            Slot::Time => self.time.is_some(),
            Slot::PartySize => self.party_size.is_some(),
            Slot::Name => self.name.is_some(),
            Slot::Phone => self.phone.is_some(),
            Slot::Service => !self.services.is_empty(),
            Slot::Staff => self.staff.is_some(),
            Slot::MenuItem | Slot::Quantity => !self.items.is_empty(),
            Slot::PickupTime => self.pickup_time.is_some(),
            Slot::Address => self.address.is_some(),
            Slot::Message => self.message.is_some(),
            Slot::BookingRef => self.reference.is_some(),
            Slot::Topic | Slot::Queue => false,
        }
    }

    /// Takes a value; what it replaces is forgotten. Services add up; clear them first where they are said anew.
    pub fn put(&mut self, value: &Value, caller: Option<&PhoneNumber>) {
        match value {
            Value::Date(date) => self.date = Some(*date),
            Value::Time { at, .. } => self.time = Some(*at),
            Value::PartySize(n) => self.party_size = Some((*n).clamp(1, 10_000)),
            Value::Name(name) => self.name = Some(cut(name, LONGEST_NAME)),
            Value::Phone(number) => self.phone = Some(number.clone()),
            Value::ThisNumber => self.phone = caller.cloned().or(self.phone.take()),
            Value::Service(name) => self.put_service(name),
            Value::Staff(name) => self.staff = Some(name.clone()),
            Value::PickupTime(at) => self.pickup_time = Some(*at),
            Value::Address(text) => self.address = Some(cut(text, LONGEST_TEXT)),
            Value::Message(text) => self.message = Some(cut(text, LONGEST_TEXT)),
            Value::BookingRef(text) => self.reference = Some(cut(text, LONGEST_NAME)),
            Value::MenuItem { name, quantity } => self.put_item(name, *quantity),
            Value::Quantity(n) => self.put_quantity(*n),
            Value::Topic(_) | Value::Queue(_) => {}
        }
    }

    /// Whether a value is there already.
    pub fn holds(&self, value: &Value, caller: Option<&PhoneNumber>) -> bool {
        let mut with = self.clone();
        with.put(value, caller);
        self.has(value.slot()) && with == *self
    }

    /// A service that is part of another one that was named ("커트" of "커트와 펌") is not done twice.
    fn put_service(&mut self, name: &str) {
        if self.services.len() >= 8 || self.services.iter().any(|s| s.contains(name)) {
            return;
        }
        self.services.retain(|s| !name.contains(s.as_str()));
        self.services.push(name.to_string());
    }

    /// An item said again gets the new number; a new one is added. A number that was not said is 0 until it is asked.
    fn put_item(&mut self, name: &str, quantity: Option<u32>) {
        let number = quantity.map(|n| n.clamp(1, MOST_OF_ONE));
        let room = self.items.len() < MOST_ITEMS;
        match self.items.iter_mut().find(|i| i.name == name) {
            Some(item) => item.quantity = number.unwrap_or(item.quantity),
            None if room => self.items.push(Item {
                name: name.to_string(),
                quantity: number.unwrap_or(0),
            }),
            None => {}
        }
    }

    /// A bare number is of the item that has none yet, or else of the last one.
    fn put_quantity(&mut self, number: u32) {
        let at = self.items.iter().position(|i| i.quantity == 0);
        let item = match at {
            Some(at) => self.items.get_mut(at),
            None => self.items.last_mut(),
        };
        if let Some(item) = item {
            item.quantity = number.clamp(1, MOST_OF_ONE);
        }
    }

    /// The number of the one item that has another one: "두 마리 말고 세 마리로". True if there is such an item.
    pub fn mend_quantity(&mut self, old: u32, new: u32) -> bool {
        let mut fitting = self.items.iter_mut().filter(|i| i.quantity == old);
        match (fitting.next(), fitting.next()) {
            (Some(item), None) => {
                item.quantity = new.clamp(1, MOST_OF_ONE);
                true
            }
            _ => false,
        }
    }

    /// Forgets a value that was not meant.
    pub fn forget(&mut self, slot: Slot) {
        match slot {
            Slot::Date => self.date = None,
            Slot::Time => self.time = None,
            Slot::PartySize => self.party_size = None,
            Slot::Name => self.name = None,
            Slot::Phone => self.phone = None,
            Slot::Service => self.services.clear(),
            Slot::Staff => self.staff = None,
            Slot::MenuItem | Slot::Quantity => self.items.clear(),
            Slot::PickupTime => self.pickup_time = None,
            Slot::Address => self.address = None,
            Slot::Message => self.message = None,
            Slot::BookingRef => self.reference = None,
            Slot::Topic | Slot::Queue => {}
        }
    }

    /// The day and time, if both are there.
    pub fn at(&self) -> Option<DateTime> {
        Some(self.date?.to_datetime(self.time?))
    }

    /// What stands, changed by what is here.
    pub fn over(&self, standing: &Standing) -> Self {
        let staffed = !standing.services.is_empty();
        let mut all = Self::of(standing, staffed);
        all.date = self.date.or(all.date);
        all.time = self.time.or(all.time);
        all.party_size = self.party_size.or(all.party_size);
        all.staff = self.staff.clone().or(all.staff);
        if !self.services.is_empty() {
            all.services.clone_from(&self.services);
        }
        let new = self.requests.iter().filter(|r| !standing.requests.contains(r));
        all.requests.extend(new.cloned());
        all
    }

    fn of(s: &Standing, staffed: bool) -> Self {
        Self {
            date: Some(s.date),
            time: Some(s.time),
            party_size: Some(s.party_size),
            name: Some(s.name.clone()),
            phone: Some(s.phone.clone()),
            services: s.services.clone(),
            staff: staffed.then(|| s.resource.clone()),
            requests: s.requests.clone(),
            ..Self::default()
        }
    }

    /// Whether a booking is the one spoken of: nothing said contradicts it.
    pub fn fits(&self, s: &Standing) -> bool {
        self.date.is_none_or(|d| d == s.date)
            && self.time.is_none_or(|t| t == s.time)
            && self.party_size.is_none_or(|n| n == s.party_size)
            && self.staff.as_ref().is_none_or(|n| *n == s.resource)
            && self.services.iter().all(|n| s.services.contains(n))
            && self
                .reference
                .as_ref()
                .is_none_or(|r| s.phone.as_str().ends_with(r.as_str()))
    }

    /// What a check of room depends on.
    pub fn bookable(&self) -> Self {
        Self {
            date: self.date,
            time: self.time,
            party_size: self.party_size,
            services: self.services.clone(),
            staff: self.staff.clone(),
            ..Self::default()
        }
    }
}

/// A text without blanks at its ends and no longer than allowed.
pub(super) fn cut(text: &str, longest: usize) -> String {
    text.trim().chars().take(longest).collect()
}
