//! What is free, asked in the middle of a call before anything is promised.

use biseo_model::ids::{BookingId, ShopId};
use jiff::civil::{Date, Time};
use sqlx::Row;

use crate::bookings::span;
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
    /// Resources, any of which will do.
    pub candidates: &'a [&'a str],
}

/// What is taken: a resource and the minutes from and to which it is.
struct Taken {
    resource: String,
    starts: i64,
    ends: i64,
}

impl Store {
    /// Tells for each wish, in order, whether one of its candidates is free. `except` is a booking that takes no room: the
    /// one that is being moved. A wish of 0 minutes or without candidates is never free, as it cannot be booked.
    ///
    /// All are answered from one reading of the database, so the answers fit each other. They are no promise: another call
    /// may book meanwhile, and [`Store::book`] decides.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn free(
        &self,
        shop: &ShopId,
        wishes: &[Want<'_>],
        except: Option<&BookingId>,
    ) -> Result<Vec<bool>, StoreError> {
        let spans: Vec<_> = wishes.iter().map(|w| span(w.date, w.time, w.minutes)).collect();
        let first = spans.iter().map(|s| s.0).min().unwrap_or(0);
        let last = spans.iter().map(|s| s.1).max().unwrap_or(0);
        let taken = self.taken(shop, (first, last), except).await?;
        let free = |(wish, &span): (&Want<'_>, &(i64, i64))| {
            span.0 < span.1 && wish.candidates.iter().any(|c| !overlaps(&taken, c, span))
        };
        Ok(wishes.iter().zip(&spans).map(free).collect())
    }

    /// What stands of a shop anywhere between two instants: one statement, hence one reading.
    async fn taken(
        &self,
        shop: &ShopId,
        (from, to): (i64, i64),
        except: Option<&BookingId>,
    ) -> Result<Vec<Taken>, StoreError> {
        // An id is never empty, so '' excepts nothing.
        let rows = sqlx::query(
            "SELECT resource, starts, ends FROM booking
             WHERE shop = $1 AND state = 'confirmed' AND ends > $2 AND starts < $3 AND id <> $4",
        )
        .bind(shop.as_str())
        .bind(from)
        .bind(to)
        .bind(except.map_or("", |e| e.as_str()))
        .fetch_all(&self.pool)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Taken {
                resource: row.try_get("resource")?,
                starts: row.try_get("starts")?,
                ends: row.try_get("ends")?,
            })
        };
        rows.iter().map(read).collect()
    }
}

fn overlaps(taken: &[Taken], resource: &str, (starts, ends): (i64, i64)) -> bool {
    taken
        .iter()
        .any(|t| t.resource == resource && t.starts < ends && t.ends > starts)
}
