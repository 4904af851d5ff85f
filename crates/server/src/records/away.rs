//! What is done while the database is away: written into the journal first, then into the copy.

use biseo_model::ids::{BookingId, CallId, ShopId};
use biseo_model::record::{Booking, BookingState, CallEnd, CallRecord, Message, Order, TurnRecord};
use biseo_store::offline::{Entry, OfflineDeed};
use biseo_store::{Asker, Booked, Move, StoreError};
use jiff::Timestamp;

use super::local::Local;

impl Local {
    pub(super) async fn book(&self, wish: &Booking, candidates: &[&str]) -> Result<Booked, StoreError> {
        self.know_call(&wish.shop, wish.call.as_ref(), wish.made).await;
        let entry = Entry {
            id: format!("{}-book", wish.id),
            at: wish.made,
            deed: OfflineDeed::Book {
                booking: wish.clone(),
                candidates: owned(candidates),
            },
        };
        let id = entry.id.clone();
        self.write(entry).await?;
        let booked = self.copy.book(wish, candidates).await;
        self.unless_booked(&id, wish.made, booked).await
    }

    pub(super) async fn move_booking(
        &self,
        shop: &ShopId,
        id: &BookingId,
        to: &Move<'_>,
        by: Asker<'_>,
    ) -> Result<Booked, StoreError> {
        self.know_call(shop, by.call, by.now).await;
        let before = self.standing(shop, id).await?;
        let after = Booking {
            date: to.to.date(),
            time: to.to.time(),
            minutes: to.minutes,
            party_size: to.party_size,
            services: to.services.to_vec(),
            requests: to.requests.to_vec(),
            ..before.clone()
        };
        let entry = Entry {
            id: format!("{id}-m{}", by.now.as_millisecond()),
            at: by.now,
            deed: OfflineDeed::Move {
                before,
                after,
                candidates: owned(to.candidates),
                call: by.call.cloned(),
            },
        };
        let entry_id = entry.id.clone();
        self.write(entry).await?;
        let moved = self.copy.move_booking(shop, id, to, by).await;
        self.unless_booked(&entry_id, by.now, moved).await
    }

    pub(super) async fn cancel_booking(
        &self,
        shop: &ShopId,
        id: &BookingId,
        by: Asker<'_>,
    ) -> Result<bool, StoreError> {
        self.know_call(shop, by.call, by.now).await;
        let Ok(before) = self.standing(shop, id).await else {
            return Ok(false);
        };
        self.write(Entry {
            id: format!("{id}-x{}", by.now.as_millisecond()),
            at: by.now,
            deed: OfflineDeed::Cancel {
                before,
                call: by.call.cloned(),
            },
        })
        .await?;
        self.copy.cancel_booking(shop, id).await
    }

    pub(super) async fn leave_message(&self, message: &Message, urgent: bool) -> Result<(), StoreError> {
        self.know_call(&message.shop, message.call.as_ref(), message.at)
            .await;
        // In the journal alone: nobody asks the copy for messages.
        self.write(Entry {
            id: message.id.to_string(),
            at: message.at,
            deed: OfflineDeed::Message {
                message: message.clone(),
                urgent,
            },
        })
        .await
    }

    pub(super) async fn place_order(&self, order: &Order) -> Result<Order, StoreError> {
        self.know_call(&order.shop, order.call.as_ref(), order.made).await;
        // What was placed before stands, whatever becomes of its repetition.
        let again = self.entries().await?.iter().any(|e| e.id == order.id.as_str());
        self.write(Entry {
            id: order.id.to_string(),
            at: order.made,
            deed: OfflineDeed::Order { order: order.clone() },
        })
        .await?;
        let placed = self.copy.place_order(order).await;
        if placed.is_err() && !again {
            self.take_back(order.id.as_str(), order.made).await?;
        }
        placed
    }

    pub(super) async fn answer_call(&self, call: &CallRecord, at: Timestamp) -> Result<(), StoreError> {
        self.know_call(&call.shop, Some(&call.id), call.started).await;
        self.copy
            .answer_call(&call.id, at, call.recording.as_deref())
            .await
    }

    pub(super) async fn end_call(
        &self,
        call: &CallRecord,
        at: Timestamp,
        end: CallEnd,
    ) -> Result<(), StoreError> {
        self.know_call(&call.shop, Some(&call.id), call.started).await;
        self.copy.end_call(&call.id, at, end).await
    }

    pub(super) async fn add_turn(&self, shop: &ShopId, turn: &TurnRecord) -> Result<(), StoreError> {
        self.know_call(shop, Some(&turn.call), turn.at).await;
        self.copy.add_turn(turn).await
    }

    /// A turn that was written before the database was away is written here whole.
    pub(super) async fn amend_turn(&self, shop: &ShopId, turn: &TurnRecord) -> Result<(), StoreError> {
        match self.copy.amend_turn(turn).await {
            Err(StoreError::Conflict(_)) => self.add_turn(shop, turn).await,
            done => done,
        }
    }

    async fn standing(&self, shop: &ShopId, id: &BookingId) -> Result<Booking, StoreError> {
        let found = self.copy.booking(shop, id).await?;
        found
            .filter(|b| b.state == BookingState::Confirmed)
            .ok_or_else(|| StoreError::Conflict(format!("there is no standing booking {id}")))
    }

    /// What was not booked after all is taken back in the journal: its caller is told so.
    async fn unless_booked(
        &self,
        entry: &str,
        at: Timestamp,
        booked: Result<Booked, StoreError>,
    ) -> Result<Booked, StoreError> {
        if !matches!(booked, Ok(Booked::Confirmed(_))) {
            self.take_back(entry, at).await?;
        }
        booked
    }

    async fn take_back(&self, entry: &str, at: Timestamp) -> Result<(), StoreError> {
        self.write(Entry {
            id: format!("{entry}-void"),
            at,
            deed: OfflineDeed::Void { entry: entry.into() },
        })
        .await
    }

    /// The call has a record here, to which what is done in it belongs; the database knows more of it, if it knows it.
    async fn know_call(&self, shop: &ShopId, call: Option<&CallId>, at: Timestamp) {
        let Some(call) = call else { return };
        if matches!(self.copy.call(shop, call).await, Ok(Some(_))) {
            return;
        }
        let record = CallRecord {
            id: call.clone(),
            shop: shop.clone(),
            caller: None,
            dialled: None,
            forwarded: None,
            started: at,
            answered: None,
            ended: None,
            end: None,
            recording: None,
        };
        if let Err(e) = self.copy.begin_call(&record).await {
            tracing::warn!("the local record of a call could not be stored: {e}");
        }
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_string()).collect()
}
