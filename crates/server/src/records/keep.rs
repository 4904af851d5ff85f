//! Watches whether the database is there, keeps the copy fresh meanwhile, and brings all back after it was away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_store::offline::BooksState;
use biseo_store::{Pulse, StoreError};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::watch;

use super::local::Local;
use super::{back, late};
use crate::desk::Late;
use crate::house::House;

/// How often it is asked whether the database is there, and how long that may take.
const BEAT: Duration = Duration::from_secs(2);
/// Beats in a row without an answer after which it is away.
const MOST_MISSED: u32 = 2;
/// The copy is made anew so often even if nothing seems to have changed: what was erased for a caller goes from it as well.
const ANEW: Duration = Duration::from_secs(3_600);
/// Bookings as old as this are copied: they tell who has been here before.
const DAYS_BACK: i64 = 120;

/// Keeps it until the program ends. `late` is what is to be done once the database is reached, if it was not at the start.
pub(crate) async fn keep(house: Arc<House>, late: Option<Late>, mut stopping: watch::Receiver<()>) {
    let Some(local) = house.records.local().cloned() else {
        return;
    };
    let mut keeper = Keeper {
        pulse: house.store.pulse(),
        house,
        local,
        late,
        stopping: stopping.clone(),
        missed: 0,
        copied: None,
    };
    loop {
        keeper.beat().await;
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            _ = stopping.changed() => return,
        }
    }
}

struct Keeper {
    house: Arc<House>,
    local: Arc<Local>,
    late: Option<Late>,
    stopping: watch::Receiver<()>,
    pulse: Pulse,
    missed: u32,
    /// What the copy is of, and since when.
    copied: Option<(BooksState, Instant)>,
}

impl Keeper {
    async fn beat(&mut self) {
        match self.pulse.beat(BEAT).await {
            Ok(()) => {
                self.missed = 0;
                self.there().await;
            }
            Err(e) => {
                self.missed += 1;
                if self.missed >= MOST_MISSED {
                    self.local.leave(&e);
                }
            }
        }
    }

    async fn there(&mut self) {
        if !self.reached().await {
            return;
        }
        if self.local.is_away() {
            match back::bring(&self.house, &self.local).await {
                Ok(()) => self.copied = None,
                Err(e) => return tracing::warn!("what was done meanwhile is not in the database yet: {e}"),
            }
            if let Some(late) = self.late.take() {
                late::tell(&self.house, &late).await;
            }
        }
        if let Err(e) = self.copy().await {
            tracing::warn!("the local copy is not fresh: {e}");
        }
    }

    /// Whether the database is this program's: claimed at the start, or now that it is there.
    async fn reached(&mut self) -> bool {
        if self.house.store.is_ready() {
            // What was lost with the connection, or held by what the server takes for us, is tried for at each beat.
            if self.local.is_away() || !self.house.is_claimed() {
                self.house.claim_again().await;
            }
            return true;
        }
        let Some(late) = &self.late else { return true };
        let reached = tokio::select! {
            reached = late::reach(&self.house, late) => reached,
            // Bringing tables up to date may take long; it is broken off, and nothing of it is done.
            _ = self.stopping.changed() => return false,
        };
        match reached {
            Ok(()) => true,
            Err(e) => {
                self.local.leave(&e);
                false
            }
        }
    }

    /// Copies the books if they have changed.
    async fn copy(&mut self) -> Result<(), StoreError> {
        let from = self.from();
        let state = self.house.store.books_state(from).await?;
        let fresh = |(of, at): &(BooksState, Instant)| *of == state && at.elapsed() < ANEW;
        if self.copied.as_ref().is_some_and(fresh) {
            return Ok(());
        }
        let books = self.house.store.books(from).await?;
        // What is done here meanwhile is not to be written over.
        let _alone = self.local.gate.write().await;
        if self.local.is_away() {
            return Ok(());
        }
        let (place, now) = (self.house.store.place(), self.house.clock.now());
        self.local.copy.copy_books(&books, place, now).await?;
        tracing::debug!("the local copy holds {} bookings", books.bookings());
        self.copied = Some((state, Instant::now()));
        Ok(())
    }

    fn from(&self) -> Date {
        let today = self.house.clock.shop_time(&TimeZone::UTC).date();
        today.checked_sub(DAYS_BACK.days()).unwrap_or(today)
    }
}
