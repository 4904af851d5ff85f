//! A journal's entries brought into the books, each in one transaction of its shop.

use biseo_model::ids::CallId;
use biseo_model::record::Booking;
use jiff::Timestamp;

use super::{Entry, OfflineDeed, Outcome, Slot, Step, View, decide};
use crate::bookings::{self, span};
use crate::free::Taken;
use crate::pool::Tx;
use crate::query::query;
use crate::row::corrupt;
use crate::untold::{self, Done};
use crate::{Asker, Store, StoreError};

impl Store {
    /// Brings the journal's entry `at` into the books, or finds that it cannot stand. An entry is settled once: again, nothing is
    /// done, and what became of it is told. Effect and note of it are one transaction; others' bookings come before or after it.
    /// What calls hold at `now` is taken.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] for a message or an order that contradicts what is stored; [`StoreError::Database`] and its like.
    pub async fn settle_entry(
        &self,
        journal: &[Entry],
        at: usize,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let Some((entry, shop)) = journal.get(at).and_then(|e| Some((e, e.shop()?))) else {
            return Ok(Outcome::Applied);
        };
        let mut tx = self.exclusive(shop).await?;
        if let Some(outcome) = settled(&mut tx, &entry.id).await? {
            return Ok(outcome);
        }
        let view = view(&mut tx, entry, now).await?;
        let step = decide(&view, journal, at);
        let outcome = step.outcome();
        let known = view.bookings.into_iter().next();
        apply(&mut tx, step, (entry, known)).await?;
        query("INSERT INTO settled (entry, shop, outcome, at) VALUES ($1, $2, $3, $4)")
            .bind(&entry.id)
            .bind(shop.as_str())
            .bind(word(outcome))
            .bind(now.as_millisecond())
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        // By their ids, these are kept once; a crash before this is made good by the next reconciliation.
        Ok(outcome)
    }
}

async fn settled(tx: &mut Tx, entry: &str) -> Result<Option<Outcome>, StoreError> {
    query("SELECT outcome FROM settled WHERE entry = $1")
        .bind(entry)
        .one(tx, |row| match row.try_get::<String>("outcome")?.as_str() {
            "applied" => Ok(Outcome::Applied),
            "conflict" => Ok(Outcome::Conflict),
            other => Err(corrupt("outcome", format!("{other:?} is none"))),
        })
        .await
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Applied => "applied",
        Outcome::Conflict => "conflict",
    }
}

/// What of the books an entry may meet.
pub(super) async fn view(tx: &mut Tx, entry: &Entry, now: Timestamp) -> Result<View, StoreError> {
    let Some(id) = entry.booking() else {
        return Ok(View::default());
    };
    let mut view = View {
        taken: Vec::new(),
        bookings: bookings::by_id(tx, id).await?.into_iter().collect(),
    };
    if let Some(wish) = entry.believed() {
        let by = Asker {
            call: wish.call.as_ref(),
            now,
        };
        let span = span(wish.date, wish.time, wish.minutes);
        let taken = Taken::read(tx, &wish.shop, span, Some(id), by).await?;
        view.taken = taken.slots().collect();
    }
    Ok(view)
}

/// Does it, and notes it for whoever tells people. `known` is the booking as the books have it.
async fn apply(tx: &mut Tx, step: Step, (entry, known): (&Entry, Option<Booking>)) -> Result<(), StoreError> {
    let done = match step {
        Step::Insert(booking) => {
            let booking = Booking {
                call: known_call(tx, booking.call.as_ref()).await?,
                ..booking
            };
            bookings::insert(tx, &booking).await?;
            Done::Booked { booking }
        }
        Step::Replace(booking) => {
            bookings::update(tx, &booking).await?;
            let before = known.as_ref().unwrap_or(&booking);
            let before = before.date.to_datetime(before.time);
            Done::Moved { booking, before }
        }
        Step::Cancel(id) => {
            bookings::cancel(tx, &id).await?;
            let Some(booking) = known else { return Ok(()) };
            Done::Cancelled { booking }
        }
        Step::Keep | Step::Nothing | Step::Conflict(_) => return Ok(()),
    };
    let Some(shop) = entry.shop() else { return Ok(()) };
    // A call whose record was lost has no end at which its caller could be told.
    let call = known_call(tx, entry.call()).await?;
    untold::note(tx, shop, (call.as_ref(), entry.at), &done).await
}

/// A call whose record was lost does not keep its booking from being entered.
pub(super) async fn known_call(tx: &mut Tx, call: Option<&CallId>) -> Result<Option<CallId>, StoreError> {
    let Some(call) = call else { return Ok(None) };
    let row = query("SELECT id FROM call WHERE id = $1")
        .bind(call.as_str())
        .fetch_optional(tx)
        .await?;
    Ok(row.map(|_| call.clone()))
}

impl Taken {
    fn slots(self) -> impl Iterator<Item = Slot> {
        self.0.into_iter().map(|(resource, starts, ends)| Slot {
            resource,
            starts,
            ends,
            booking: None,
        })
    }
}

impl Store {
    /// Keeps what of an entry meets nothing: a message, an order. Each is kept once, by its id, and noted for whoever tells people of it.
    ///
    /// # Errors
    /// As [`Store::leave_message`] and [`Store::place_order`].
    pub async fn keep_offline(&self, entry: &Entry) -> Result<(), StoreError> {
        let telling = self.telling(entry.call(), entry.at);
        match &entry.deed {
            OfflineDeed::Message { message, urgent } => telling.leave_message(message, *urgent).await,
            OfflineDeed::Order { order } => telling.place_order(order).await.map(drop),
            _ => Ok(()),
        }
    }
}
