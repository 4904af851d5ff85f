//! What a conversation asks to be done, done in the store.

use std::sync::Arc;

use biseo_conversation::{Action, ActionResult, Item, NewBooking, NewOrder, Standing, StandingOrder, Wish};
use biseo_model::ids::{BookingId, CallId, MessageId, OrderId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState, Message, Order, OrderItem, OrderState};
use biseo_model::secret::masked;
use biseo_model::shop::ShopProfile;
use biseo_store::{Asker, Booked, Move, StoreError, Want};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::live::{Deed, Live};
use crate::records::{Kept, Records};

/// How long what was found free is kept for the caller, counted from the last time it was looked for. A booking is asked
/// for, read back and affirmed in less, and a caller who is gone without a word keeps nobody waiting.
const HOLD: SignedDuration = SignedDuration::from_mins(3);

/// Does what one call asks for.
pub(crate) struct Hands {
    /// Where it is kept.
    pub(crate) records: Records,
    /// Whose it is.
    pub(crate) shop: Arc<ShopProfile>,
    /// By which call.
    pub(crate) call: CallId,
    /// The time of it.
    pub(crate) clock: Clock,
    /// Who is told of what was done.
    pub(crate) live: Live,
}

impl Hands {
    /// Does it. What fails is logged, and the conversation learns that nothing was stored.
    pub(crate) async fn carry_out(&self, now: DateTime, action: Action) -> ActionResult {
        self.attempt(now, action).await.unwrap_or_else(|e| {
            tracing::error!(
                call = self.call.as_str(),
                "an action of a conversation failed: {e}"
            );
            ActionResult::Failed
        })
    }

    async fn attempt(&self, now: DateTime, action: Action) -> Result<ActionResult, StoreError> {
        let shop = &self.shop.id;
        match action {
            Action::Check { wishes, except } => self.check(&wishes, except.as_ref()).await,
            Action::Book(booking) => self.book(booking).await,
            Action::FindBookings { phone } => {
                let found = self.records.bookings_of(shop, &phone, now.date()).await?;
                Ok(ActionResult::Found(
                    found.into_iter().map(Standing::from).collect(),
                ))
            }
            Action::MoveBooking {
                id,
                to,
                party_size,
                services,
                requests,
            } => {
                let requests: Vec<String> = requests.iter().map(|r| kept(r)).collect();
                self.move_booking(&id, &to, party_size, (&services, &requests))
                    .await
            }
            Action::CancelBooking { id } => self.cancel(&id).await,
            Action::LeaveMessage {
                key,
                text,
                name,
                call_back,
            } => {
                let message = self.message(('m', key), text, name, call_back)?;
                self.leave(message, false).await
            }
            Action::Alert {
                key,
                text,
                name,
                call_back,
            } => {
                tracing::warn!(
                    call = self.call.as_str(),
                    shop = shop.as_str(),
                    "an urgent message was left"
                );
                let message = self.message(('a', key), text, name, call_back)?;
                self.leave(message, true).await
            }
            // Calls are not yet connected with people: the caller is told so and may leave a message.
            Action::Transfer { .. } => Ok(ActionResult::NotReached),
            Action::PlaceOrder(order) => self.place(now, order).await,
            Action::FindOrders { phone } => {
                let found = self.records.orders_of(shop, &phone, now.date()).await?;
                Ok(ActionResult::FoundOrders(
                    found.into_iter().map(standing_order).collect(),
                ))
            }
            Action::ChangeOrder { id, items, won } => {
                let id = OrderId::new(id).map_err(bad_id)?;
                let items = order_items(items);
                let order = self
                    .records
                    .change_order(shop, &id, (&items, won), self.asker())
                    .await?;
                self.live.done(Deed::OrderChanged {
                    order,
                    call: self.call.clone(),
                });
                Ok(ActionResult::Ordered)
            }
            Action::CancelOrder { id } => {
                let id = OrderId::new(id).map_err(bad_id)?;
                let cancelled = self.records.cancel_order(shop, &id, self.asker()).await?;
                let is_cancelled = cancelled.is_some();
                if let Some(order) = cancelled {
                    self.live.done(Deed::OrderCancelled {
                        order,
                        call: Some(self.call.clone()),
                    });
                }
                Ok(ActionResult::Cancelled(is_cancelled))
            }
        }
    }

    fn message(
        &self,
        (kind, key): (char, u32),
        text: String,
        name: Option<String>,
        call_back: Option<PhoneNumber>,
    ) -> Result<Message, StoreError> {
        Ok(Message {
            id: MessageId::new(self.name(kind, key)).map_err(bad_id)?,
            shop: self.shop.id.clone(),
            call: Some(self.call.clone()),
            text: kept(&text),
            name: name.as_deref().map(kept),
            call_back,
            at: self.clock.now(),
        })
    }

    async fn leave(&self, message: Message, urgent: bool) -> Result<ActionResult, StoreError> {
        let kept = self.records.leave_message(&message, urgent).await?;
        self.tell(kept, || match urgent {
            true => Deed::Alert(message),
            false => Deed::Message(message),
        });
        Ok(ActionResult::MessageLeft)
    }

    /// This call, now.
    fn asker(&self) -> Asker<'_> {
        Asker {
            call: Some(&self.call),
            now: self.clock.now(),
        }
    }

    /// Tells what was done, once it is in the database: whoever tells people looks there what it was.
    fn tell(&self, kept: Kept, deed: impl FnOnce() -> Deed) {
        if kept == Kept::Central {
            self.live.done(deed());
        }
    }

    /// An id made of the call's and a number within it, so that a repetition is known as such.
    fn name(&self, kind: char, key: u32) -> String {
        format!("{}-{kind}{key}", self.call.as_str())
    }

    /// What is free, and the first of it held for this call: what is offered or read back shall still be free when the
    /// caller says yes. The wish itself comes first, before what is near it.
    async fn check(&self, wishes: &[Wish], except: Option<&BookingId>) -> Result<ActionResult, StoreError> {
        let candidates: Vec<Vec<&str>> = wishes.iter().map(names).collect();
        let wants = wants(wishes, &candidates);
        self.offer(&wants, except).await.map(ActionResult::Available)
    }

    /// What an action would find, if all it does is to look: nothing is stored and nothing is held. `None` for any other
    /// action, and when the store cannot be read.
    pub(crate) async fn look(&self, now: DateTime, action: &Action) -> Option<ActionResult> {
        match action {
            Action::Check { wishes, except } => {
                let candidates: Vec<Vec<&str>> = wishes.iter().map(names).collect();
                let wants = wants(wishes, &candidates);
                let by = self.asker();
                let free = self
                    .records
                    .free(&self.shop.id, &wants, except.as_ref(), by)
                    .await;
                free.ok().map(ActionResult::Available)
            }
            Action::FindBookings { .. } | Action::FindOrders { .. } => {
                self.attempt(now, action.clone()).await.ok()
            }
            _ => None,
        }
    }

    async fn offer(&self, wants: &[Want<'_>], except: Option<&BookingId>) -> Result<Vec<bool>, StoreError> {
        let (shop, call, now) = (&self.shop.id, &self.call, self.clock.now());
        let until = now.checked_add(HOLD).unwrap_or(Timestamp::MAX);
        match self.records.offer(shop, wants, except, call, (now, until)).await {
            Ok(offered) => Ok(offered),
            // What cannot be written, on a full disk for one, may still be read.
            Err(e) => {
                tracing::warn!(call = call.as_str(), "what is offered is not held: {e}");
                let by = Asker {
                    call: Some(call),
                    now,
                };
                self.records.free(shop, wants, except, by).await
            }
        }
    }

    async fn book(&self, new: NewBooking) -> Result<ActionResult, StoreError> {
        let booking = Booking {
            id: BookingId::new(self.name('b', new.key)).map_err(bad_id)?,
            shop: self.shop.id.clone(),
            call: Some(self.call.clone()),
            date: new.wish.at.date(),
            time: new.wish.at.time(),
            minutes: new.wish.minutes,
            party_size: new.party_size,
            name: kept(&new.name),
            phone: new.phone,
            resource: String::new(),
            services: new.services,
            requests: new.requests.iter().map(|r| kept(r)).collect(),
            state: BookingState::Confirmed,
            made: self.clock.now(),
        };
        let (outcome, kept) = self.records.book(&booking, &names(&new.wish)).await?;
        if let Booked::Confirmed(booking) = &outcome {
            self.tell(kept, || Deed::Booked(booking.clone()));
        }
        Ok(booked(outcome))
    }

    async fn cancel(&self, id: &BookingId) -> Result<ActionResult, StoreError> {
        let booking = self.records.booking(&self.shop.id, id).await?;
        let by = self.asker();
        let (cancelled, kept) = self.records.cancel_booking(&self.shop.id, id, by).await?;
        if let Some(booking) = booking.filter(|_| cancelled) {
            self.tell(kept, || Deed::Cancelled(booking));
        }
        Ok(ActionResult::Cancelled(cancelled))
    }

    async fn move_booking(
        &self,
        id: &BookingId,
        to: &Wish,
        party_size: u32,
        (services, requests): (&[String], &[String]),
    ) -> Result<ActionResult, StoreError> {
        let change = Move {
            to: to.at,
            minutes: to.minutes,
            party_size,
            services,
            requests,
            candidates: &names(to),
        };
        let by = self.asker();
        let (outcome, kept) = self.records.move_booking(&self.shop.id, id, &change, by).await?;
        if let Booked::Confirmed(booking) = &outcome {
            self.tell(kept, || Deed::Moved(booking.clone()));
        }
        Ok(booked(outcome))
    }

    async fn place(&self, now: DateTime, new: NewOrder) -> Result<ActionResult, StoreError> {
        let order = Order {
            id: OrderId::new(self.name('o', new.key)).map_err(bad_id)?,
            shop: self.shop.id.clone(),
            call: Some(self.call.clone()),
            items: order_items(new.items),
            won: new.won,
            date: now.date(),
            pickup: new.pickup_time,
            address: new.address.as_deref().map(kept),
            name: kept(&new.name),
            phone: new.phone,
            state: OrderState::Open,
            made: self.clock.now(),
        };
        let (stored, kept) = self.records.place_order(&order).await?;
        self.tell(kept, || Deed::Ordered(stored));
        Ok(ActionResult::Ordered)
    }
}

/// What of a caller's words is stored. No turn holds a number that is never kept; turns that the dialogue has joined may.
fn kept(words: &str) -> String {
    masked(words).into_owned()
}

/// Wishes as the store takes them.
fn wants<'a>(wishes: &[Wish], candidates: &'a [Vec<&'a str>]) -> Vec<Want<'a>> {
    let want = |(wish, candidates): (&Wish, &'a Vec<&'a str>)| Want {
        date: wish.at.date(),
        time: wish.at.time(),
        minutes: wish.minutes,
        candidates,
    };
    wishes.iter().zip(candidates).map(want).collect()
}

fn names(wish: &Wish) -> Vec<&str> {
    wish.candidates.iter().map(String::as_str).collect()
}

fn booked(outcome: Booked) -> ActionResult {
    match outcome {
        Booked::Confirmed(booking) => ActionResult::Booked(booking.into()),
        Booked::Full => ActionResult::Full,
    }
}

fn order_items(items: Vec<Item>) -> Vec<OrderItem> {
    let item = |i: Item| OrderItem {
        name: i.name,
        quantity: i.quantity,
    };
    items.into_iter().map(item).collect()
}

fn standing_order(order: Order) -> StandingOrder {
    StandingOrder {
        id: order.id.as_str().to_string(),
        items: order
            .items
            .into_iter()
            .map(|i| Item {
                name: i.name,
                quantity: i.quantity,
            })
            .collect(),
        pickup_time: order.pickup,
        name: order.name,
    }
}

fn bad_id(e: biseo_model::ids::IdError) -> StoreError {
    StoreError::Conflict(e.to_string())
}

#[cfg(test)]
mod tests;
