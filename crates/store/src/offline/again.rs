//! After a crash, or over a copy that was lost: what the journal holds is in the copy as well before the next caller asks.

use std::collections::BTreeMap;

use biseo_model::ids::BookingId;
use biseo_model::record::{Booking, BookingState};
use jiff::Timestamp;

use super::plan::{Step, View, place, same, voided};
use super::settle::{known_call, view};
use super::{Entry, OfflineDeed};
use crate::{Store, StoreError, bookings};

impl Store {
    /// Does in this local copy what the journal promised and the copy lacks: a crash may have come between the two. What has no room is
    /// left to the reconciliation, which calls its caller back. Again, it changes nothing. Gives how many entries were missing.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] and its like.
    pub async fn catch_up(&self, journal: &[Entry], now: Timestamp) -> Result<usize, StoreError> {
        let mut missing = 0;
        for entry in last_words(journal) {
            let done = match &entry.deed {
                OfflineDeed::Book { booking, candidates } => {
                    self.stand(entry, booking, candidates, now).await?
                }
                OfflineDeed::Move {
                    after, candidates, ..
                } => self.stand(entry, after, candidates, now).await?,
                OfflineDeed::Cancel { before, .. } => self.cancel_booking(&before.shop, &before.id).await?,
                OfflineDeed::Order { order } => match self.place_order(order).await {
                    // Of orders the copy is asked by the caller of that number only; it never stands in another one's way.
                    Ok(_) | Err(StoreError::Conflict(_)) => false,
                    Err(e) => return Err(e),
                },
                OfflineDeed::Message { .. } | OfflineDeed::Void { .. } => false,
            };
            missing += usize::from(done);
        }
        Ok(missing)
    }

    /// The booking stands as it was promised; `false` if it did, or cannot.
    async fn stand(
        &self,
        entry: &Entry,
        promised: &Booking,
        candidates: &[String],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.exclusive(&promised.shop).await?;
        let view: View = view(&mut tx, entry, now).await?;
        let found = view.bookings.iter().find(|b| b.id == promised.id);
        let stands = found.is_some_and(|b| same(b, promised) && b.requests == promised.requests);
        let gone = found.is_some_and(|b| b.state == BookingState::Cancelled);
        let Step::Insert(booking) = place(&view, promised, candidates, Step::Insert) else {
            return Ok(false);
        };
        if stands || gone {
            return Ok(false);
        }
        if found.is_some() {
            bookings::update(&mut tx, &booking).await?;
        } else {
            let call = known_call(&mut tx, booking.call.as_ref()).await?;
            bookings::insert(&mut tx, &Booking { call, ..booking }).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

/// The last entry of each booking, and all that is of none, in the journal's order; without what was taken back.
fn last_words(journal: &[Entry]) -> Vec<&Entry> {
    let voids = voided(journal);
    let stands = |entry: &&Entry| !voids.contains(entry.id.as_str());
    let mut last: BTreeMap<&BookingId, usize> = BTreeMap::new();
    for (at, entry) in journal.iter().enumerate().filter(|(_, e)| stands(e)) {
        if let Some(id) = entry.booking() {
            last.insert(id, at);
        }
    }
    let is_last = |(at, entry): &(usize, &Entry)| entry.booking().is_none_or(|id| last.get(id) == Some(at));
    let all = journal.iter().enumerate().filter(|(_, e)| stands(e));
    all.filter(is_last).map(|(_, entry)| entry).collect()
}
