//! The local copy of what answering needs.

use biseo_model::ids::ShopId;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::Booking;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::query::query;
use crate::row::{Row, instant, parsed};
use crate::{Incident, Store, StoreError};
use crate::{bookings, incidents};

/// Rows of a kind at most; more are not copied.
const MOST: i64 = 100_000;
/// Under which imported calendar a copy keeps all busy times. Its row also tells of which database the copy is, and since when.
const COPY: &str = "copy";

/// What tells that the books have changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BooksState(Vec<i64>);

/// What answering needs of the books of all shops.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Books {
    /// From which day on.
    from: Option<Date>,
    /// Bookings, cancelled ones too.
    bookings: Vec<Booking>,
    /// Times that imported calendars call busy.
    busy: Vec<(ShopId, String, i64, i64)>,
    /// Numbers from which calls are not wanted.
    blocked: Vec<(ShopId, PhoneNumber)>,
    /// What is out of order.
    incidents: Vec<Incident>,
}

/// Of what a local copy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyOf {
    /// The database, as [`Store::place`] says it; `None` in a copy of an earlier version, which did not keep that.
    pub place: Option<String>,
    /// When it was last kept; `None` as above.
    pub at: Option<Timestamp>,
}

impl Books {
    /// How many bookings they hold.
    #[must_use]
    pub fn bookings(&self) -> usize {
        self.bookings.len()
    }
}

impl Store {
    /// What tells whether the books of all shops have changed since some day; cheap.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn books_state(&self, from: Date) -> Result<BooksState, StoreError> {
        let row = query(
            "SELECT (SELECT COUNT(*) FROM booking WHERE date >= $1) AS bookings,
             (SELECT CAST(COALESCE(SUM(sequence), 0) AS BIGINT) FROM booking WHERE date >= $1) AS changes,
             (SELECT COALESCE(MAX(made), 0) FROM booking WHERE date >= $1) AS newest,
             (SELECT COUNT(*) FROM busy) AS busy,
             (SELECT CAST(COALESCE(SUM(starts), 0) AS BIGINT) FROM busy) AS when_busy,
             (SELECT COUNT(*) FROM caller WHERE blocked = 1) AS blocked,
             (SELECT COUNT(*) FROM incident WHERE ended IS NULL) AS incidents,
             (SELECT CAST(COALESCE(SUM(began), 0) AS BIGINT) FROM incident WHERE ended IS NULL) AS since",
        )
        .bind(from.to_string())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(BooksState::default());
        };
        let columns = [
            "bookings",
            "changes",
            "newest",
            "busy",
            "when_busy",
            "blocked",
            "incidents",
            "since",
        ];
        columns
            .map(|c| row.try_get(c))
            .into_iter()
            .collect::<Result<_, _>>()
            .map(BooksState)
    }

    /// What answering needs of the books of all shops: bookings from a day on, at most 100,000.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn books(&self, from: Date) -> Result<Books, StoreError> {
        let bookings = query("SELECT * FROM booking WHERE date >= $1 ORDER BY starts DESC, id LIMIT $2")
            .bind(from.to_string())
            .bind(MOST)
            .all(&self.pool, bookings::read)
            .await?;
        let busy = query("SELECT shop, resource, starts, ends FROM busy LIMIT $1")
            .bind(MOST)
            .all(&self.pool, |row| {
                Ok((
                    parsed(row, "shop")?,
                    row.try_get("resource")?,
                    row.try_get("starts")?,
                    row.try_get("ends")?,
                ))
            })
            .await?;
        let number = |row: &Row| Ok((parsed(row, "shop")?, parsed(row, "phone")?));
        let blocked = query("SELECT shop, phone FROM caller WHERE blocked = 1 LIMIT $1")
            .bind(MOST)
            .all(&self.pool, number)
            .await?;
        Ok(Books {
            from: Some(from),
            bookings,
            busy,
            blocked,
            incidents: self.open_incidents().await?,
        })
    }

    /// Of which database this local copy is, and since when; `None` if it was never kept.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn copy_of(&self) -> Result<Option<CopyOf>, StoreError> {
        query("SELECT name, made FROM calendar_import WHERE id = $1")
            .bind(COPY)
            .one(&self.pool, |row| {
                let place: String = row.try_get("name")?;
                Ok(CopyOf {
                    place: Some(place).filter(|place| !place.is_empty()),
                    at: Some(instant(row, "made")?).filter(|at| *at > Timestamp::UNIX_EPOCH),
                })
            })
            .await
    }

    /// Replaces what this local copy holds by these books, for the days that they are of; what is older goes. In one transaction: a
    /// crash leaves the former copy. It is the copy of the database at `place` (as [`Store::place`]) as it is `at` an instant.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] and its like.
    pub async fn copy_books(&self, books: &Books, place: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        for sql in [
            "DELETE FROM booking",
            "DELETE FROM busy",
            "UPDATE caller SET blocked = 0",
            "DELETE FROM incident",
        ] {
            query(sql).execute(&mut tx).await?;
        }
        for booking in &books.bookings {
            // The calls themselves are not copied.
            let booking = Booking {
                call: None,
                ..booking.clone()
            };
            bookings::insert(&mut tx, &booking).await?;
        }
        query(
            "INSERT INTO calendar_import (id, shop, resource, name, address, made, due) VALUES ($1, '', '', $2, '', $3, $4)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, made = excluded.made",
        )
        .bind(COPY)
        .bind(place)
        .bind(at.as_millisecond())
        .bind(i64::MAX)
        .execute(&mut tx)
        .await?;
        for (shop, resource, starts, ends) in &books.busy {
            query("INSERT INTO busy (import, shop, resource, starts, ends) VALUES ($1, $2, $3, $4, $5)")
                .bind(COPY)
                .bind(shop.as_str())
                .bind(resource)
                .bind(*starts)
                .bind(*ends)
                .execute(&mut tx)
                .await?;
        }
        for (shop, phone) in &books.blocked {
            query(
                "INSERT INTO caller (shop, phone, last_call, name, note, blocked) VALUES ($1, $2, 0, '', '', 1)
                 ON CONFLICT (shop, phone) DO UPDATE SET blocked = 1",
            )
            .bind(shop.as_str())
            .bind(phone.as_str())
            .execute(&mut tx)
            .await?;
        }
        for incident in &books.incidents {
            incidents::insert(&mut tx, incident).await?;
        }
        tx.commit().await
    }
}
