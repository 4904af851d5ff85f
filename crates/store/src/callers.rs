//! Those who call, and what the owner notes of them.

use biseo_model::ids::ShopId;
use biseo_model::phone::PhoneNumber;
use jiff::Timestamp;

use crate::lists::{Page, cut};
use crate::pool::Tx;
use crate::query::query;
use crate::row::{Row, count, instant, parsed};
use crate::{Store, StoreError};

/// What is noted of a caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallerNote {
    /// The name; empty: none.
    pub name: String,
    /// The note; empty: none.
    pub note: String,
    /// Calls from there are not wanted.
    pub blocked: bool,
}

/// Somebody who has called, or of whom something is noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The number.
    pub phone: PhoneNumber,
    /// What is noted.
    pub note: CallerNote,
    /// The name of the latest booking under the number.
    pub booked_as: Option<String>,
    /// How many calls.
    pub calls: u32,
    /// How many standing bookings, past ones too.
    pub bookings: u32,
    /// The last call; `None` if there was none.
    pub last_call: Option<Timestamp>,
}

macro_rules! callers {
    ($filter:expr) => {
        concat!(
            "SELECT page.*,
             (SELECT COUNT(*) FROM call WHERE call.shop = page.shop AND call.caller = page.phone) AS calls,
             (SELECT COUNT(*) FROM booking WHERE booking.shop = page.shop AND booking.phone = page.phone
              AND booking.state = 'confirmed') AS bookings,
             (SELECT booking.name FROM booking WHERE booking.shop = page.shop AND booking.phone = page.phone
              ORDER BY booking.starts DESC LIMIT 1) AS booked_as
             FROM (SELECT * FROM caller WHERE shop = $1 AND ",
            $filter,
            ") AS page ORDER BY page.last_call DESC, page.phone DESC"
        )
    };
}

macro_rules! by_last {
    ($filter:expr) => {
        callers!(concat!(
            "(last_call, phone) < ($2, $3)",
            $filter,
            " ORDER BY last_call DESC, phone DESC LIMIT $4"
        ))
    };
}

impl Store {
    /// A page of a shop's callers, by the last call, newest first: all, blocked ones, or others. The cursor holds the last
    /// call (0 for none) and the number.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn caller_page(
        &self,
        shop: &ShopId,
        blocked: Option<bool>,
        page: &Page,
    ) -> Result<Vec<Caller>, StoreError> {
        let (at, id, limit) = page.bounds();
        let sql = match blocked {
            None => by_last!(""),
            Some(true) => by_last!(" AND blocked = 1"),
            Some(false) => by_last!(" AND blocked = 0"),
        };
        query(sql)
            .bind(shop.as_str())
            .bind(at)
            .bind(id)
            .bind(limit)
            .all(&self.pool, read)
            .await
    }

    /// One caller of a shop; `None` if nobody has called from there and nothing is noted.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn caller(&self, shop: &ShopId, phone: &PhoneNumber) -> Result<Option<Caller>, StoreError> {
        query(callers!("phone = $2"))
            .bind(shop.as_str())
            .bind(phone.as_str())
            .one(&self.pool, read)
            .await
    }

    /// Whether calls from a number are not wanted at a shop.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn is_blocked(&self, shop: &ShopId, phone: &PhoneNumber) -> Result<bool, StoreError> {
        let row = query("SELECT phone FROM caller WHERE shop = $1 AND phone = $2 AND blocked = 1")
            .bind(shop.as_str())
            .bind(phone.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
    }

    /// Replaces what is noted of a caller, if it is still `from`. `false` if it is something else meanwhile. Names have at
    /// most 64 characters, notes 2000; the rest is cut.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn note_caller(
        &self,
        shop: &ShopId,
        phone: &PhoneNumber,
        from: &CallerNote,
        to: &CallerNote,
    ) -> Result<bool, StoreError> {
        let done = query(
            "INSERT INTO caller (shop, phone, last_call, name, note, blocked) VALUES ($1, $2, 0, $3, $4, $5)
             ON CONFLICT (shop, phone) DO UPDATE
             SET name = excluded.name, note = excluded.note, blocked = excluded.blocked
             WHERE caller.name = $6 AND caller.note = $7 AND caller.blocked = $8",
        )
        .bind(shop.as_str())
        .bind(phone.as_str())
        .bind(cut(&to.name, 64))
        .bind(cut(&to.note, 2000))
        .bind(i64::from(to.blocked))
        .bind(&from.name)
        .bind(&from.note)
        .bind(i64::from(from.blocked))
        .execute(&self.pool)
        .await?;
        Ok(done == 1)
    }
}

/// Notes that somebody has called.
pub(crate) async fn has_called(
    tx: &mut Tx,
    shop: &ShopId,
    phone: &PhoneNumber,
    at: Timestamp,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO caller (shop, phone, last_call) VALUES ($1, $2, $3)
         ON CONFLICT (shop, phone) DO UPDATE SET last_call = excluded.last_call
         WHERE caller.last_call < excluded.last_call",
    )
    .bind(shop.as_str())
    .bind(phone.as_str())
    .bind(at.as_millisecond())
    .execute(tx)
    .await?;
    Ok(())
}

fn read(row: &Row) -> Result<Caller, StoreError> {
    let (last, blocked): (i64, i64) = (row.try_get("last_call")?, row.try_get("blocked")?);
    Ok(Caller {
        phone: parsed(row, "phone")?,
        note: CallerNote {
            name: row.try_get("name")?,
            note: row.try_get("note")?,
            blocked: blocked == 1,
        },
        booked_as: row.try_get("booked_as")?,
        calls: count(row, "calls")?,
        bookings: count(row, "bookings")?,
        last_call: (last != 0).then(|| instant(row, "last_call")).transpose()?,
    })
}
