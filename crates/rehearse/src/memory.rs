//! A shop's books in memory: does what the store does, by the simplest means.

use std::sync::Arc;

use biseo_conversation::{
    Action, ActionResult, Destination, Item, NewBooking, NewOrder, Standing, StandingOrder, Wish,
};
use biseo_model::ids::BookingId;
use biseo_model::phone::PhoneNumber;
use biseo_model::shop::ShopProfile;
use jiff::civil::DateTime;
use jiff::{Span, ToSpan};
use serde_json::Value;

use crate::given::{GivenBooking, GivenOrder};

/// A booking with its history.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// As it is.
    pub standing: Standing,
    /// As it was before the call, if it was there.
    pub given: Option<Standing>,
    /// Given up.
    pub cancelled: bool,
}

/// An order with its history.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedOrder {
    /// As it is.
    pub order: StandingOrder,
    /// Under which number.
    pub phone: Option<PhoneNumber>,
    /// As it was before the call, if it was there.
    pub given: Option<StandingOrder>,
    /// Given up.
    pub cancelled: bool,
}

/// The books.
#[derive(Debug, Clone)]
pub struct MemoryShop {
    profile: Arc<ShopProfile>,
    now: DateTime,
    /// All bookings.
    pub bookings: Vec<Kept>,
    /// All orders.
    pub orders: Vec<PlacedOrder>,
    /// The messages left.
    pub messages: Vec<String>,
    /// With whom the caller was connected.
    pub transferred: Option<Destination>,
    /// Whether somebody answers when the caller is to be connected.
    pub reachable: bool,
}

impl MemoryShop {
    /// Empty books, of a shop where somebody answers.
    pub fn new(profile: Arc<ShopProfile>, now: DateTime) -> Self {
        Self {
            profile,
            now,
            bookings: Vec::new(),
            orders: Vec::new(),
            messages: Vec::new(),
            transferred: None,
            reachable: true,
        }
    }

    /// Enters records that exist before the call.
    ///
    /// # Errors
    /// Which record cannot be read, or found no room.
    pub fn give(&mut self, bookings: &[Value], orders: &[Value]) -> Result<(), String> {
        for record in bookings {
            let given = GivenBooking::read(&self.profile, record)?;
            let standing = self.enter(given).ok_or_else(|| record.to_string())?;
            self.bookings.push(Kept {
                given: Some(standing.clone()),
                standing,
                cancelled: false,
            });
        }
        for record in orders {
            let GivenOrder { order, phone } = GivenOrder::read(record, self.orders.len())?;
            self.orders.push(PlacedOrder {
                phone,
                given: Some(order.clone()),
                order,
                cancelled: false,
            });
        }
        Ok(())
    }

    /// A given booking on the first resource that is free.
    fn enter(&self, given: GivenBooking) -> Option<Standing> {
        Some(Standing {
            id: self.id("given", u32::try_from(self.bookings.len()).ok()?),
            date: given.wish.at.date(),
            time: given.wish.at.time(),
            minutes: given.wish.minutes,
            party_size: given.party_size,
            name: given.name,
            phone: given.phone,
            resource: self.free(&given.wish, None)?,
            services: given.services,
            requests: Vec::new(),
        })
    }

    /// Does what the dialogue asks for.
    pub fn perform(&mut self, action: &Action) -> ActionResult {
        match action {
            Action::Check { wishes, except } => {
                let free = |w: &Wish| self.free(w, except.as_ref()).is_some();
                ActionResult::Available(wishes.iter().map(free).collect())
            }
            Action::Book(new) => self.book(new),
            Action::FindBookings { phone } => self.find(phone),
            Action::MoveBooking {
                id,
                to,
                party_size,
                services,
                requests,
            } => self.move_booking(id, to, *party_size, (services, requests)),
            Action::CancelBooking { id } => ActionResult::Cancelled(self.cancel(id)),
            Action::LeaveMessage { text, .. } | Action::Alert { text, .. } => {
                self.messages.push(text.clone());
                ActionResult::MessageLeft
            }
            Action::Transfer { to } if self.reachable => {
                self.transferred = Some(to.clone());
                ActionResult::Transferred
            }
            Action::Transfer { .. } => ActionResult::NotReached,
            Action::PlaceOrder(new) => self.order(new),
            Action::FindOrders { phone } => self.find_orders(phone),
            Action::ChangeOrder { id, items, .. } => self.change_order(id, items),
            Action::CancelOrder { id } => ActionResult::Cancelled(self.cancel_order(id)),
        }
    }

    /// The first candidate that nothing else occupies.
    fn free(&self, wish: &Wish, except: Option<&BookingId>) -> Option<String> {
        let free = |resource: &&String| {
            !self.bookings.iter().any(|b| {
                !b.cancelled
                    && b.standing.resource == **resource
                    && Some(&b.standing.id) != except
                    && overlap(&b.standing, wish)
            })
        };
        wish.candidates.iter().find(free).cloned()
    }

    fn book(&mut self, new: &NewBooking) -> ActionResult {
        let id = self.id("b", new.key);
        if let Some(kept) = self.bookings.iter().find(|b| b.standing.id == id) {
            return ActionResult::Booked(kept.standing.clone());
        }
        let Some(resource) = self.free(&new.wish, None) else {
            return ActionResult::Full;
        };
        let standing = Standing {
            id,
            date: new.wish.at.date(),
            time: new.wish.at.time(),
            minutes: new.wish.minutes,
            party_size: new.party_size,
            name: new.name.clone(),
            phone: new.phone.clone(),
            resource,
            services: new.services.clone(),
            requests: new.requests.clone(),
        };
        self.bookings.push(Kept {
            standing: standing.clone(),
            given: None,
            cancelled: false,
        });
        ActionResult::Booked(standing)
    }

    fn id(&self, kind: &str, key: u32) -> BookingId {
        BookingId::new(format!("{kind}-{key}")).unwrap_or_else(|_| unreachable!("a letter and a number"))
    }

    fn find(&self, phone: &PhoneNumber) -> ActionResult {
        let today = self.now.date();
        let own = |b: &&Kept| !b.cancelled && b.standing.phone == *phone && b.standing.date >= today;
        let mut found: Vec<Standing> = self
            .bookings
            .iter()
            .filter(own)
            .map(|b| b.standing.clone())
            .collect();
        found.sort_by_key(|s| (s.date, s.time));
        ActionResult::Found(found)
    }

    fn move_booking(
        &mut self,
        id: &BookingId,
        to: &Wish,
        party: u32,
        (services, requests): (&[String], &[String]),
    ) -> ActionResult {
        let Some(resource) = self.free(to, Some(id)) else {
            return ActionResult::Full;
        };
        let Some(kept) = self
            .bookings
            .iter_mut()
            .find(|b| b.standing.id == *id && !b.cancelled)
        else {
            return ActionResult::Failed;
        };
        let s = &mut kept.standing;
        (s.date, s.time, s.minutes) = (to.at.date(), to.at.time(), to.minutes);
        (s.party_size, s.resource, s.services) = (party, resource, services.to_vec());
        s.requests = requests.to_vec();
        ActionResult::Booked(s.clone())
    }

    fn cancel(&mut self, id: &BookingId) -> bool {
        let kept = self
            .bookings
            .iter_mut()
            .find(|b| b.standing.id == *id && !b.cancelled);
        kept.map(|b| b.cancelled = true).is_some()
    }

    fn order(&mut self, new: &NewOrder) -> ActionResult {
        let order = StandingOrder {
            id: format!("o-{}", new.key),
            items: new.items.clone(),
            pickup_time: new.pickup_time,
            name: new.name.clone(),
        };
        if !self.orders.iter().any(|o| o.order.id == order.id) {
            self.orders.push(PlacedOrder {
                order,
                phone: Some(new.phone.clone()),
                given: None,
                cancelled: false,
            });
        }
        ActionResult::Ordered
    }

    fn find_orders(&self, phone: &PhoneNumber) -> ActionResult {
        let own = |o: &&PlacedOrder| !o.cancelled && o.phone.as_ref() == Some(phone);
        let found = self.orders.iter().rev().filter(own);
        ActionResult::FoundOrders(found.map(|o| o.order.clone()).collect())
    }

    fn change_order(&mut self, id: &str, items: &[Item]) -> ActionResult {
        match self.orders.iter_mut().find(|o| o.order.id == id && !o.cancelled) {
            Some(order) => {
                order.order.items = items.to_vec();
                ActionResult::Ordered
            }
            None => ActionResult::Failed,
        }
    }

    fn cancel_order(&mut self, id: &str) -> bool {
        let order = self.orders.iter_mut().find(|o| o.order.id == id && !o.cancelled);
        order.map(|o| o.cancelled = true).is_some()
    }
}

fn overlap(standing: &Standing, wish: &Wish) -> bool {
    let starts = standing.date.to_datetime(standing.time);
    let ends = starts.saturating_add(minutes(standing.minutes));
    starts < wish.at.saturating_add(minutes(wish.minutes)) && ends > wish.at
}

fn minutes(n: u32) -> Span {
    i64::from(n).minutes()
}
