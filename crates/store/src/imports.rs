//! Calendars of others and their busy times, which are no times for bookings.

use biseo_model::ids::ShopId;
use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::bookings::span;
use crate::feeds::resource;
use crate::query::query;
use crate::row::{Row, instant, instant_opt, parsed};
use crate::{Store, StoreError};

/// Imported calendars of one shop at most.
pub const MOST_IMPORTS: i64 = 20;
/// Busy spans of one calendar at most.
pub const MOST_BUSY: usize = 5000;

/// Somebody else's calendar.
#[derive(Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: String,
    /// The shop.
    pub shop: ShopId,
    /// The table or member of staff that is busy then; `None` for the whole shop.
    pub resource: Option<String>,
    /// What the owner calls it.
    pub name: String,
    /// Where it is fetched; mostly a secret.
    pub address: String,
    /// When it was added.
    pub made: Timestamp,
    /// When it was last read.
    pub fetched: Option<Timestamp>,
    /// What was wrong since then, as a code.
    pub fault: Option<String>,
}

/// Without the address.
impl std::fmt::Debug for Import {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Import")
            .field("id", &self.id)
            .field("shop", &self.shop)
            .field("resource", &self.resource)
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Adds a calendar, to be fetched at once. `false` if the shop has [`MOST_IMPORTS`] already.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the id is used up.
    pub async fn add_import(&self, import: &Import) -> Result<bool, StoreError> {
        let added = query(
            "INSERT INTO calendar_import (id, shop, resource, name, address, made, due)
             SELECT $1, $2, $3, $4, $5, $6, $6
             WHERE (SELECT COUNT(*) FROM calendar_import WHERE shop = $2) < $7",
        )
        .bind(&import.id)
        .bind(import.shop.as_str())
        .bind(import.resource.as_deref().unwrap_or_default())
        .bind(&import.name)
        .bind(&import.address)
        .bind(import.made.as_millisecond())
        .bind(MOST_IMPORTS)
        .execute(&self.pool)
        .await?;
        Ok(added == 1)
    }

    /// A shop's imported calendars, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn imports(&self, shop: &ShopId) -> Result<Vec<Import>, StoreError> {
        query("SELECT * FROM calendar_import WHERE shop = $1 ORDER BY made, id")
            .bind(shop.as_str())
            .all(&self.pool, read)
            .await
    }

    /// Calendars of all shops that are to be fetched, the longest due first; at most `most`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn imports_due(&self, now: Timestamp, most: u32) -> Result<Vec<Import>, StoreError> {
        query("SELECT * FROM calendar_import WHERE due <= $1 ORDER BY due, id LIMIT $2")
            .bind(now.as_millisecond())
            .bind(i64::from(most))
            .all(&self.pool, read)
            .await
    }

    /// Replaces a calendar's busy spans (on the shop's clock, to the minute; the first [`MOST_BUSY`]). Bookings that stand
    /// already stay. `false` if the shop has no such calendar.
    ///
    /// One transaction of the shop, as [`Store::book`] is: whoever books sees all of the old spans or all of the new ones.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn set_busy(
        &self,
        shop: &ShopId,
        import: &str,
        spans: &[(DateTime, DateTime)],
        (now, due): (Timestamp, Timestamp),
    ) -> Result<bool, StoreError> {
        let spans: Vec<(i64, i64)> = spans
            .iter()
            .map(minutes)
            .filter(|(from, to)| from < to)
            .take(MOST_BUSY)
            .collect();
        let same = self.busy_of(shop, import).await? == spans;
        let mut tx = self.exclusive(shop).await?;
        let found = query(
            "UPDATE calendar_import SET fetched = $3, fault = NULL, due = $4 WHERE shop = $1 AND id = $2
             RETURNING resource",
        )
        .bind(shop.as_str())
        .bind(import)
        .bind(now.as_millisecond())
        .bind(due.as_millisecond())
        .one(&mut tx, |row| row.try_get::<String>("resource"))
        .await?;
        let Some(resource) = found else {
            return Ok(false);
        };
        // Mostly nothing has changed, and whoever books need not wait. A calendar has one reader: nobody else writes its spans.
        if same {
            tx.commit().await?;
            return Ok(true);
        }
        query("DELETE FROM busy WHERE shop = $1 AND import = $2")
            .bind(shop.as_str())
            .bind(import)
            .execute(&mut tx)
            .await?;
        for (starts, ends) in spans {
            query("INSERT INTO busy (import, shop, resource, starts, ends) VALUES ($1, $2, $3, $4, $5)")
                .bind(import)
                .bind(shop.as_str())
                .bind(&resource)
                .bind(starts)
                .bind(ends)
                .execute(&mut tx)
                .await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// The spans that stand, in order.
    async fn busy_of(&self, shop: &ShopId, import: &str) -> Result<Vec<(i64, i64)>, StoreError> {
        query("SELECT starts, ends FROM busy WHERE shop = $1 AND import = $2 ORDER BY starts, ends")
            .bind(shop.as_str())
            .bind(import)
            .all(&self.pool, |row| {
                Ok((row.try_get("starts")?, row.try_get("ends")?))
            })
            .await
    }

    /// Notes that a calendar could not be read; what was read before goes on to count. `false` if the shop has no such calendar.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn import_failed(
        &self,
        shop: &ShopId,
        import: &str,
        fault: &str,
        due: Timestamp,
    ) -> Result<bool, StoreError> {
        let noted = query("UPDATE calendar_import SET fault = $3, due = $4 WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(import)
            .bind(fault)
            .bind(due.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(noted == 1)
    }

    /// Takes a calendar away with its busy spans. `false` if the shop has no such calendar.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn remove_import(&self, shop: &ShopId, id: &str) -> Result<bool, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        query("DELETE FROM busy WHERE shop = $1 AND import = $2")
            .bind(shop.as_str())
            .bind(id)
            .execute(&mut tx)
            .await?;
        let gone = query("DELETE FROM calendar_import WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id)
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(gone == 1)
    }
}

/// As of a booking; a minute that has begun is busy as a whole.
fn minutes((from, to): &(DateTime, DateTime)) -> (i64, i64) {
    let (starts, _) = span(from.date(), from.time(), 0);
    let (ends, _) = span(to.date(), to.time(), 0);
    let rest = i64::from(to.second() > 0 || to.subsec_nanosecond() > 0);
    (starts, ends + rest)
}

fn read(row: &Row) -> Result<Import, StoreError> {
    Ok(Import {
        id: row.try_get("id")?,
        shop: parsed(row, "shop")?,
        resource: resource(row)?,
        name: row.try_get("name")?,
        address: row.try_get("address")?,
        made: instant(row, "made")?,
        fetched: instant_opt(row, "fetched")?,
        fault: row.try_get("fault")?,
    })
}
