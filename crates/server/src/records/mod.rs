//! Where calls keep what they do: in the database, and while that is away in a local copy with a journal.
//!
//! ```text
//!   calls ──▶ Records ──▶ the database
//!                │ away
//!                └──▶ Local: copy (SQLite) and journal ──▶ back: reconciled, told, forgotten
//!   keep ── beats every two seconds, keeps the copy fresh, brings all back
//!   open, late ── the database at the start, and when it is reached only later
//! ```
//! Only calls go on so: the console, its API and notices wait until the database is back.

mod away;
mod back;
mod calls;
mod keep;
mod late;
mod local;
mod open;
mod spoken;

use std::sync::Arc;

use biseo_model::ids::{BookingId, CallId, OrderId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, Message, Order, OrderItem};
use biseo_store::{Asker, Booked, Move, Store, StoreError, Want};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::RwLockReadGuard;

pub(crate) use keep::keep;
pub(crate) use local::Local;
pub(crate) use open::{Opened, open};
pub(crate) use spoken::language;

/// The database, and what stands in for it.
#[derive(Debug, Clone)]
pub(crate) struct Records {
    central: Store,
    local: Option<Arc<Local>>,
}

/// Where something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// In the database.
    Central,
    /// In the journal; the shop's people are told when it is reconciled.
    Here,
}

/// Where something is to be done now.
enum Way<'a> {
    Central(&'a Store),
    /// The guard keeps what is done from coming between a reconciliation and its end.
    Here(&'a Local, RwLockReadGuard<'a, ()>),
}

/// Does it in the database; if that turns out to be away, here.
macro_rules! either {
    ($records:expr, $store:ident => $central:expr, $local:ident => $here:expr) => {
        loop {
            match $records.way().await {
                Way::Central($store) => match $central.await {
                    Err(e) if $records.gone(&e) => {}
                    done => break done.map(|done| (done, Kept::Central)),
                },
                Way::Here($local, _going) => break $here.await.map(|done| (done, Kept::Here)),
            }
        }
    };
}
use either;

impl From<Store> for Records {
    /// Without anything that stands in.
    fn from(central: Store) -> Self {
        Self { central, local: None }
    }
}

impl Records {
    /// With what stands in.
    pub(crate) fn new(central: Store, local: Option<Arc<Local>>) -> Self {
        Self { central, local }
    }

    /// What stands in for the database, if anything does.
    pub(crate) fn local(&self) -> Option<&Arc<Local>> {
        self.local.as_ref()
    }

    /// Whether calls go on without the database.
    pub(crate) fn is_away(&self) -> bool {
        self.local.as_ref().is_some_and(|local| local.is_away())
    }

    /// Ready when calls keep what they do in the database.
    pub(crate) async fn there(&self) {
        if let Some(local) = &self.local {
            local.there().await;
        }
    }

    async fn way(&self) -> Way<'_> {
        if let Some(local) = self.local.as_deref().filter(|l| l.is_away()) {
            let going = local.gate.read().await;
            // It may have come back while this waited.
            if local.is_away() {
                return Way::Here(local, going);
            }
        }
        Way::Central(&self.central)
    }

    /// Whether an error says that the database is away, and something stands in.
    fn gone(&self, e: &StoreError) -> bool {
        match self.local.as_deref() {
            Some(local) if e.is_away() => {
                local.leave(e);
                true
            }
            _ => false,
        }
    }
}

/// What a conversation asks for; each as the function of the same name of [`Store`]. What people are told of is noted for whoever
/// tells it, in the database with what was done, in the journal when it is reconciled.
impl Records {
    pub(crate) async fn bookings_of(
        &self,
        shop: &ShopId,
        phone: &PhoneNumber,
        from: Date,
    ) -> Result<Vec<Booking>, StoreError> {
        let found =
            either!(self, s => s.bookings_of(shop, phone, from), l => l.copy.bookings_of(shop, phone, from));
        found.map(|(found, _)| found)
    }

    pub(crate) async fn orders_of(
        &self,
        shop: &ShopId,
        phone: &PhoneNumber,
        from: Date,
    ) -> Result<Vec<Order>, StoreError> {
        let found =
            either!(self, s => s.orders_of(shop, phone, from), l => l.copy.orders_of(shop, phone, from));
        found.map(|(found, _)| found)
    }

    pub(crate) async fn free(
        &self,
        shop: &ShopId,
        wishes: &[Want<'_>],
        except: Option<&BookingId>,
        by: Asker<'_>,
    ) -> Result<Vec<bool>, StoreError> {
        let free =
            either!(self, s => s.free(shop, wishes, except, by), l => l.copy.free(shop, wishes, except, by));
        free.map(|(free, _)| free)
    }

    pub(crate) async fn offer(
        &self,
        shop: &ShopId,
        wishes: &[Want<'_>],
        except: Option<&BookingId>,
        call: &CallId,
        span: (Timestamp, Timestamp),
    ) -> Result<Vec<bool>, StoreError> {
        let offered = either!(
            self,
            s => s.offer(shop, wishes, except, call, span),
            l => l.copy.offer(shop, wishes, except, call, span)
        );
        offered.map(|(offered, _)| offered)
    }

    pub(crate) async fn booking(&self, shop: &ShopId, id: &BookingId) -> Result<Option<Booking>, StoreError> {
        either!(self, s => s.booking(shop, id), l => l.copy.booking(shop, id)).map(|(found, _)| found)
    }

    pub(crate) async fn book(
        &self,
        wish: &Booking,
        candidates: &[&str],
    ) -> Result<(Booked, Kept), StoreError> {
        either!(
            self,
            s => s.telling(wish.call.as_ref(), wish.made).book(wish, candidates),
            l => l.book(wish, candidates)
        )
    }

    pub(crate) async fn move_booking(
        &self,
        shop: &ShopId,
        id: &BookingId,
        to: &Move<'_>,
        by: Asker<'_>,
    ) -> Result<(Booked, Kept), StoreError> {
        either!(
            self,
            s => s.telling(by.call, by.now).move_booking(shop, id, to, by),
            l => l.move_booking(shop, id, to, by)
        )
    }

    pub(crate) async fn cancel_booking(
        &self,
        shop: &ShopId,
        id: &BookingId,
        by: Asker<'_>,
    ) -> Result<(bool, Kept), StoreError> {
        either!(
            self,
            s => s.telling(by.call, by.now).cancel_booking(shop, id),
            l => l.cancel_booking(shop, id, by)
        )
    }

    pub(crate) async fn leave_message(&self, message: &Message, urgent: bool) -> Result<Kept, StoreError> {
        let call = message.call.as_ref();
        let left = either!(
            self,
            s => s.telling(call, message.at).leave_message(message, urgent),
            l => l.leave_message(message, urgent)
        );
        left.map(|((), kept)| kept)
    }

    pub(crate) async fn place_order(&self, order: &Order) -> Result<(Order, Kept), StoreError> {
        either!(
            self,
            s => s.telling(order.call.as_ref(), order.made).place_order(order),
            l => l.place_order(order)
        )
    }

    /// Placed orders are not in the copy: while the database is away they are not changed.
    pub(crate) async fn change_order(
        &self,
        shop: &ShopId,
        id: &OrderId,
        (items, won): (&[OrderItem], u64),
        by: Asker<'_>,
    ) -> Result<Order, StoreError> {
        let telling = self.central.telling(by.call, by.now);
        telling.change_order(shop, id, items, won).await
    }

    /// As [`Records::change_order`].
    pub(crate) async fn cancel_order(
        &self,
        shop: &ShopId,
        id: &OrderId,
        by: Asker<'_>,
    ) -> Result<Option<Order>, StoreError> {
        self.central.telling(by.call, by.now).cancel_order(shop, id).await
    }
}
