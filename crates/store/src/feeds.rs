//! Calendars that are read from outside: secret addresses, and the bookings behind them.

use biseo_model::ids::ShopId;
use biseo_model::record::Booking;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::bookings::read as read_booking;
use crate::query::query;
use crate::row::{Row, count, instant, parsed};
use crate::{Store, StoreError};

/// Feeds of one shop at most.
pub const MOST_FEEDS: i64 = 50;

/// A calendar that can be read under a secret address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Its id.
    pub id: String,
    /// The shop.
    pub shop: ShopId,
    /// The table or member of staff; `None` for the whole shop.
    pub resource: Option<String>,
    /// What the owner calls it.
    pub name: String,
    /// Whether it tells telephone numbers.
    pub phones: bool,
    /// When it was made.
    pub made: Timestamp,
}

impl Store {
    /// Makes a feed. `token` is the hash of its address' secret. `false` if the shop has [`MOST_FEEDS`] already.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the id or the token is used up.
    pub async fn add_feed(&self, feed: &Feed, token: &str) -> Result<bool, StoreError> {
        let made = query(
            "INSERT INTO calendar_feed (id, shop, token, resource, name, phones, made)
             SELECT $1, $2, $3, $4, $5, $6, $7
             WHERE (SELECT COUNT(*) FROM calendar_feed WHERE shop = $2) < $8",
        )
        .bind(&feed.id)
        .bind(feed.shop.as_str())
        .bind(token)
        .bind(feed.resource.as_deref().unwrap_or_default())
        .bind(&feed.name)
        .bind(i64::from(feed.phones))
        .bind(feed.made.as_millisecond())
        .bind(MOST_FEEDS)
        .execute(&self.pool)
        .await?;
        Ok(made == 1)
    }

    /// A shop's feeds, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn feeds(&self, shop: &ShopId) -> Result<Vec<Feed>, StoreError> {
        query("SELECT * FROM calendar_feed WHERE shop = $1 ORDER BY made, id")
            .bind(shop.as_str())
            .all(&self.pool, read)
            .await
    }

    /// The feed of an address, by the hash of its secret; of whatever shop, as the address names none.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn feed_of(&self, token: &str) -> Result<Option<Feed>, StoreError> {
        query("SELECT * FROM calendar_feed WHERE token = $1")
            .bind(token)
            .one(&self.pool, read)
            .await
    }

    /// Gives a feed another address; the old one opens nothing from now on. `false` if the shop has no such feed.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the token is used up.
    pub async fn renew_feed(&self, shop: &ShopId, id: &str, token: &str) -> Result<bool, StoreError> {
        let renewed = query("UPDATE calendar_feed SET token = $3 WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id)
            .bind(token)
            .execute(&self.pool)
            .await?;
        Ok(renewed == 1)
    }

    /// Takes a feed away. `false` if the shop has no such feed.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn remove_feed(&self, shop: &ShopId, id: &str) -> Result<bool, StoreError> {
        let gone = query("DELETE FROM calendar_feed WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(gone == 1)
    }

    /// A shop's bookings of some days, both included, cancelled ones too, by time, each with how often it was changed; of one
    /// resource or of all; at most 5000.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn feed_bookings(
        &self,
        shop: &ShopId,
        resource: Option<&str>,
        (from, to): (Date, Date),
    ) -> Result<Vec<(Booking, u32)>, StoreError> {
        // No resource is called ''.
        query(
            "SELECT * FROM booking WHERE shop = $1 AND date >= $2 AND date <= $3 AND ($4 = '' OR resource = $4)
             ORDER BY date, time, id LIMIT 5000",
        )
        .bind(shop.as_str())
        .bind(from.to_string())
        .bind(to.to_string())
        .bind(resource.unwrap_or_default())
        .all(&self.pool, |row| Ok((read_booking(row)?, count(row, "sequence")?)))
        .await
    }
}

/// '' stands for none.
pub(crate) fn resource(row: &Row) -> Result<Option<String>, StoreError> {
    let resource: String = row.try_get("resource")?;
    Ok((!resource.is_empty()).then_some(resource))
}

fn read(row: &Row) -> Result<Feed, StoreError> {
    let phones: i64 = row.try_get("phones")?;
    Ok(Feed {
        id: row.try_get("id")?,
        shop: parsed(row, "shop")?,
        resource: resource(row)?,
        name: row.try_get("name")?,
        phones: phones == 1,
        made: instant(row, "made")?,
    })
}
