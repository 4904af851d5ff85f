//! What is free, asked in the middle of a call before anything is promised.

use biseo_model::ids::{BookingId, CallId, ShopId};
use jiff::Timestamp;
use jiff::civil::{Date, Time};

use crate::bookings::span;
use crate::pool::On;
use crate::query::query;
use crate::row::Row;
use crate::{Store, StoreError};

/// A stay that somebody might book, with all that could serve it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Want<'a> {
    /// Date in the shop's zone.
    pub date: Date,
    /// Start, in the shop's zone; whole minutes count.
    pub time: Time,
    /// How long it occupies its resource, in minutes.
    pub minutes: u32,
    /// Resources, any of which will do; best first.
    pub candidates: &'a [&'a str],
}

impl Want<'_> {
    pub(crate) fn span(&self) -> (i64, i64) {
        span(self.date, self.time, self.minutes)
    }
}

/// Who asks, and when. What is held for another call is taken until its time is up; what is held for oneself is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker<'a> {
    /// The call; `None` for somebody who has none, such as the owner.
    pub call: Option<&'a CallId>,
    /// The present instant.
    pub now: Timestamp,
}

/// What is taken: resources ("" is all of them), and the minutes from and to which they are.
pub(crate) struct Taken(pub(crate) Vec<(String, i64, i64)>);

impl Taken {
    /// What stands, is held or is busy by an imported calendar of a shop anywhere between two instants: one statement, hence one reading. `except` is a
    /// booking that does not count.
    pub(crate) async fn read(
        on: impl Into<On<'_>>,
        shop: &ShopId,
        (from, to): (i64, i64),
        except: Option<&BookingId>,
        by: Asker<'_>,
    ) -> Result<Self, StoreError> {
        // An id is never empty, so '' excepts nothing.
        let rows = query(
            "SELECT resource, starts, ends FROM booking
             WHERE shop = $1 AND state = 'confirmed' AND ends > $2 AND starts < $3 AND id <> $4
             UNION ALL
             SELECT resource, starts, ends FROM hold
             WHERE shop = $1 AND ends > $2 AND starts < $3 AND call <> $5 AND expires > $6
             UNION ALL
             SELECT resource, starts, ends FROM busy WHERE shop = $1 AND ends > $2 AND starts < $3",
        )
        .bind(shop.as_str())
        .bind(from)
        .bind(to)
        .bind(except.map_or("", |e| e.as_str()))
        .bind(by.call.map_or("", |c| c.as_str()))
        .bind(by.now.as_millisecond())
        .fetch_all(on)
        .await?;
        let read = |row: &Row| {
            Ok((
                row.try_get("resource")?,
                row.try_get("starts")?,
                row.try_get("ends")?,
            ))
        };
        rows.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// What any of the wishes could meet.
    pub(crate) async fn around(
        on: impl Into<On<'_>>,
        shop: &ShopId,
        wishes: &[Want<'_>],
        except: Option<&BookingId>,
        by: Asker<'_>,
    ) -> Result<Self, StoreError> {
        let spans = || wishes.iter().map(Want::span);
        let first = spans().map(|s| s.0).min().unwrap_or(0);
        let last = spans().map(|s| s.1).max().unwrap_or(0);
        Self::read(on, shop, (first, last), except, by).await
    }

    /// The first of the candidates that is free for that time.
    pub(crate) fn first_free<'a>(
        &self,
        candidates: &[&'a str],
        (starts, ends): (i64, i64),
    ) -> Option<&'a str> {
        let meets = |name: &str, (resource, from, to): &(String, i64, i64)| {
            (resource == name || resource.is_empty()) && *from < ends && *to > starts
        };
        let free = |name: &&&str| !self.0.iter().any(|t| meets(name, t));
        candidates.iter().find(free).copied()
    }

    /// The same for a wish; nothing is free for 0 minutes, as they cannot be booked.
    pub(crate) fn serving<'a>(&self, want: &Want<'a>) -> Option<&'a str> {
        let span = want.span();
        self.first_free(want.candidates, span).filter(|_| span.0 < span.1)
    }
}

impl Store {
    /// Tells for each wish, in order, whether one of its candidates is free. `except` is a booking that takes no room: the
    /// one that is being moved. A wish of 0 minutes or without candidates is never free, as it cannot be booked.
    ///
    /// All are answered from one reading of the database, so the answers fit each other. They are no promise: another call
    /// may book meanwhile, and [`Store::book`] decides. [`Store::offer`] promises.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn free(
        &self,
        shop: &ShopId,
        wishes: &[Want<'_>],
        except: Option<&BookingId>,
        by: Asker<'_>,
    ) -> Result<Vec<bool>, StoreError> {
        let taken = Taken::around(&self.pool, shop, wishes, except, by).await?;
        Ok(wishes.iter().map(|w| taken.serving(w).is_some()).collect())
    }
}
