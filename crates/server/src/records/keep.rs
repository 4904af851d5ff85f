//! Watches whether the database is there, keeps the copy fresh meanwhile, and brings all back after it was away.

use std::sync::Arc;
use std::time::{Duration, Instant};

use biseo_store::offline::BooksState;
use biseo_store::{Pulse, StoreError};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::watch;

use super::back;
use super::local::Local;
use crate::house::House;

/// How often it is asked whether the database is there, and how long that may take.
const BEAT: Duration = Duration::from_secs(2);
/// Beats in a row without an answer after which it is away.
const MOST_MISSED: u32 = 2;
/// The copy is made anew so often even if nothing seems to have changed: what was erased for a caller goes from it as well.
const ANEW: Duration = Duration::from_secs(3_600);
/// Bookings as old as this are copied: they tell who has been here before.
const DAYS_BACK: i64 = 120;

/// Keeps it until the program ends.
pub(crate) async fn keep(house: Arc<House>, mut stopping: watch::Receiver<()>) {
    let Some(local) = house.records.local().cloned() else {
        return;
    };
    let mut keeper = Keeper {
        pulse: house.store.pulse(),
        house,
        local,
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
        if self.local.is_away() {
            match back::bring(&self.house, &self.local).await {
                Ok(()) => self.copied = None,
                Err(e) => return tracing::warn!("what was done meanwhile is not in the database yet: {e}"),
            }
        }
        if let Err(e) = self.copy().await {
            tracing::warn!("the local copy is not fresh: {e}");
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
        self.local.copy.copy_books(&books).await?;
        tracing::debug!("the local copy holds {} bookings", books.bookings());
        self.copied = Some((state, Instant::now()));
        Ok(())
    }

    fn from(&self) -> Date {
        let today = self.house.clock.shop_time(&TimeZone::UTC).date();
        today.checked_sub(DAYS_BACK.days()).unwrap_or(today)
    }
}
