//! Orders from the menu. Sums are computed from the profile's prices.

use biseo_model::understanding::{Awaiting, Slot, Topic};

use super::frame::Frame;
use super::{Dialogue, Offer};
use crate::io::{Item, NewOrder, StandingOrder};
use crate::rules::takes_orders;
use crate::wording::Values;

/// So many names of the menu are read out.
const MOST_NAMES: usize = 8;

impl Dialogue {
    /// Whether orders can be taken: there is a menu, and the owner wrote how it is fetched or brought.
    pub(super) fn takes_orders(&self) -> bool {
        takes_orders(&self.profile)
    }

    /// The sum of an order.
    pub(super) fn total(&self, items: &[Item]) -> u64 {
        let price = |item: &Item| {
            let on_menu = self.profile.menu.iter().find(|m| m.name == item.name);
            on_menu.map_or(0, |m| u64::from(m.won) * u64::from(item.quantity))
        };
        items.iter().map(price).sum()
    }

    /// Asks what is ordered, or how many of it.
    pub(super) fn ask_items(&mut self) {
        let names: Vec<String> = self
            .profile
            .menu
            .iter()
            .map(|m| m.name.clone())
            .take(MOST_NAMES)
            .collect();
        let list = self.words().list(&names);
        let again = if self.rephrase { "_again" } else { "" };
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let open = frame.slots.items.iter().find(|i| i.quantity == 0);
        let (slot, name) = match open {
            Some(_) => (Slot::Quantity, "quantity"),
            None => (Slot::MenuItem, "menu_item"),
        };
        let item = open.map(|i| i.name.clone()).unwrap_or_default();
        frame.asked.push(slot);
        let key = format!("order.ask_{name}{again}");
        self.ask(
            &key,
            &Values::from([("item", item), ("list", list)]),
            Some(Awaiting::Slot(slot)),
        );
    }

    /// Outside the hours nothing is ordered, and nothing for a time at which nobody is there. True if that was said.
    pub(super) fn closed_for_orders(&mut self) -> bool {
        let Some(frame) = self.stack.last_mut().filter(|f| f.flow.name == "order") else {
            return false;
        };
        let hours = &self.profile.hours;
        let there = frame
            .slots
            .pickup_time
            .map(|t| hours.is_open(self.now.date().to_datetime(t)));
        match there {
            _ if !hours.opens_yet(self.now) => self.closed_now(),
            Some(false) => {
                frame.slots.pickup_time = None;
                frame.asked.push(Slot::PickupTime);
                let awaiting = Some(Awaiting::Slot(Slot::PickupTime));
                self.ask("order.pickup_closed", &Values::new(), awaiting);
            }
            _ => return false,
        }
        true
    }

    /// Outside the hours nothing is ordered.
    fn closed_now(&mut self) {
        self.stack.pop();
        self.offer("order.closed_now", &Values::new(), Offer::Message(None));
    }

    pub(super) fn ask_order_change(&mut self) {
        let again = if self.rephrase { "_again" } else { "" };
        let Some(order) = self.stack.last().and_then(|f| f.order.clone()) else {
            return;
        };
        let values = Values::from([("items", self.words().items(&order.items))]);
        let key = format!("change_order.ask_change{again}");
        self.ask(&key, &values, Some(Awaiting::Slot(Slot::MenuItem)));
    }

    /// The store's answer: the latest order that fits. Under another's number the name must fit too.
    pub(super) fn found_orders(&mut self, found: &[StandingOrder]) {
        let caller = self.opening.caller.clone();
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let others = frame.was.phone.is_some() && frame.was.phone != caller;
        let name = frame.was.name.clone().unwrap_or_default();
        let fits = |o: &&StandingOrder| !others || super::find::same_name(&o.name, &name);
        match found.iter().find(fits).cloned() {
            Some(order) => {
                frame.slots.items = merged(&order.items, &frame.slots.items, &frame.was.items);
                frame.order = Some(order);
                if !frame.changes() {
                    frame.slots.items = frame.order.iter().flat_map(|o| o.items.clone()).collect();
                }
                self.advance();
            }
            None => self.not_found(),
        }
    }

    pub(super) fn new_order(&self, frame: &Frame) -> Option<NewOrder> {
        let slots = &frame.slots;
        Some(NewOrder {
            key: frame.key,
            items: slots.items.clone(),
            won: self.total(&slots.items),
            pickup_time: slots.pickup_time,
            address: None,
            name: slots.name.clone()?,
            phone: slots.phone.clone()?,
        })
    }

    /// How long it takes, as the owner wrote it, after an order is placed.
    pub(super) fn tell_wait(&mut self) {
        let order = self
            .stack
            .last()
            .is_some_and(|f| f.flow.name == "order" && f.slots.pickup_time.is_none());
        let fact = [Topic::Wait, Topic::Pickup]
            .iter()
            .find_map(|t| self.profile.facts.get(t.key()).cloned());
        if let Some(fact) = fact.filter(|_| order) {
            let (text, language) = super::answer::in_language(&fact, self.language);
            self.say_text("fact.wait", text, language);
        }
    }
}

/// An order with what is changed: items taken back are gone, items named get their new number or are added.
fn merged(stands: &[Item], new: &[Item], gone: &[Item]) -> Vec<Item> {
    let mut items: Vec<Item> = stands
        .iter()
        .filter(|i| !gone.iter().any(|g| g.name == i.name) || new.iter().any(|n| n.name == i.name))
        .cloned()
        .collect();
    for item in new {
        let quantity = item.quantity.max(1);
        match items.iter_mut().find(|i| i.name == item.name) {
            Some(stands) => stands.quantity = quantity,
            None => items.push(Item {
                name: item.name.clone(),
                quantity,
            }),
        }
    }
    items
}
