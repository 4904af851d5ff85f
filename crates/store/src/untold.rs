//! What was done and of which people are still to be told: noted in the transaction that does it, so that no crash comes between.

use std::fmt;

use biseo_model::ids::{BookingId, CallId, OrderId, ShopId};
use biseo_model::record::{Booking, Message, Order, OrderItem};
use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

use crate::outbox::{NewNotice, insert};
use crate::pool::Tx;
use crate::query::{Query, query};
use crate::row::{Row, corrupt, instant, instant_opt, parsed, parsed_opt, text};
use crate::{Asker, Booked, Move, Store, StoreError};

/// Deeds that are read at once.
const MOST: i64 = 200;

/// Something that was done.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Done {
    /// A booking was made.
    Booked {
        /// As it stood then.
        booking: Booking,
    },
    /// A booking was moved or changed.
    Moved {
        /// As it stood then.
        booking: Booking,
        /// When it began before, on the shop's clock.
        before: civil::DateTime,
    },
    /// A booking was cancelled.
    Cancelled {
        /// As it stood before.
        booking: Booking,
    },
    /// Something was ordered.
    Ordered {
        /// As it stood then.
        order: Order,
    },
    /// An order was changed.
    OrderChanged {
        /// As it stood then.
        order: Order,
    },
    /// An order was cancelled.
    OrderCancelled {
        /// As it stood before.
        order: Order,
    },
    /// A message was left.
    Left {
        /// The message.
        message: Message,
        /// Whether somebody has to act at once.
        urgent: bool,
    },
}

impl Done {
    /// The booking, order or message that it was done to.
    #[must_use]
    pub fn of(&self) -> &str {
        match self {
            Self::Booked { booking } | Self::Moved { booking, .. } | Self::Cancelled { booking } => {
                booking.id.as_str()
            }
            Self::Ordered { order } | Self::OrderChanged { order } | Self::OrderCancelled { order } => {
                order.id.as_str()
            }
            Self::Left { message, .. } => message.id.as_str(),
        }
    }

    /// Whether callers are told of it.
    fn concerns_callers(&self) -> bool {
        !matches!(self, Self::Left { .. })
    }
}

/// Something that was done and is to be told.
#[derive(Clone, PartialEq)]
pub struct Untold {
    /// Whose people are told.
    pub shop: ShopId,
    /// Its place in what was done in the shop.
    pub place: i64,
    /// The call whose caller is told once it is over, if one is.
    pub call: Option<CallId>,
    /// When it was done.
    pub at: Timestamp,
    /// What was done.
    pub done: Done,
    /// When the notices to the shop's people were put into the outbox.
    pub told: Option<Timestamp>,
}

// There are names and numbers in what was done.
impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Done").field(&self.of()).finish()
    }
}

impl fmt::Debug for Untold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Untold");
        shown
            .field("shop", &self.shop)
            .field("place", &self.place)
            .field("done", &self.done);
        shown.finish_non_exhaustive()
    }
}

/// Does what people are told of: as the functions of the same names of [`Store`], each with a note of what was done in the same
/// transaction ([`Store::untold`]). What changes nothing notes nothing.
#[derive(Debug, Clone, Copy)]
pub struct Telling<'a> {
    store: &'a Store,
    call: Option<&'a CallId>,
    at: Timestamp,
}

impl Telling<'_> {
    pub(crate) async fn note(&self, tx: &mut Tx, shop: &ShopId, done: &Done) -> Result<(), StoreError> {
        note(tx, shop, (self.call, self.at), done).await
    }

    /// As [`Store::book`].
    ///
    /// # Errors
    /// As [`Store::book`].
    pub async fn book(&self, wish: &Booking, candidates: &[&str]) -> Result<Booked, StoreError> {
        self.store.book_and(wish, candidates, Some(self)).await
    }

    /// As [`Store::move_booking`].
    ///
    /// # Errors
    /// As [`Store::move_booking`].
    pub async fn move_booking(
        &self,
        shop: &ShopId,
        id: &BookingId,
        to: &Move<'_>,
        by: Asker<'_>,
    ) -> Result<Booked, StoreError> {
        self.store.move_and((shop, id), to, by, Some(self)).await
    }

    /// As [`Store::change_booking`].
    ///
    /// # Errors
    /// As [`Store::change_booking`].
    pub async fn change_booking(
        &self,
        from: &Booking,
        to: &Move<'_>,
        by: Asker<'_>,
    ) -> Result<Option<Booked>, StoreError> {
        self.store.change_and(from, to, by, Some(self)).await
    }

    /// As [`Store::cancel_booking`].
    ///
    /// # Errors
    /// As [`Store::cancel_booking`].
    pub async fn cancel_booking(&self, shop: &ShopId, id: &BookingId) -> Result<bool, StoreError> {
        self.store.cancel_and((shop, id), None, Some(self)).await
    }

    /// As [`Store::cancel_as_read`].
    ///
    /// # Errors
    /// As [`Store::cancel_as_read`].
    pub async fn cancel_as_read(&self, from: &Booking) -> Result<bool, StoreError> {
        self.store
            .cancel_and((&from.shop, &from.id), Some(from), Some(self))
            .await
    }

    /// As [`Store::place_order`].
    ///
    /// # Errors
    /// As [`Store::place_order`].
    pub async fn place_order(&self, order: &Order) -> Result<Order, StoreError> {
        self.store.place_and(order, Some(self)).await
    }

    /// As [`Store::change_order`].
    ///
    /// # Errors
    /// As [`Store::change_order`].
    pub async fn change_order(
        &self,
        shop: &ShopId,
        id: &OrderId,
        items: &[OrderItem],
        won: u64,
    ) -> Result<Order, StoreError> {
        self.store
            .change_order_and((shop, id), items, won, Some(self))
            .await
    }

    /// As [`Store::cancel_order`].
    ///
    /// # Errors
    /// As [`Store::cancel_order`].
    pub async fn cancel_order(&self, shop: &ShopId, id: &OrderId) -> Result<Option<Order>, StoreError> {
        self.store.cancel_order_and((shop, id), Some(self)).await
    }

    /// As [`Store::leave_message`]; `urgent` if somebody has to act at once.
    ///
    /// # Errors
    /// As [`Store::leave_message`].
    pub async fn leave_message(&self, message: &Message, urgent: bool) -> Result<(), StoreError> {
        let mut tx = self.store.exclusive(&message.shop).await?;
        if crate::messages::insert(&mut tx, message).await? {
            let message = message.clone();
            let shop = message.shop.clone();
            self.note(&mut tx, &shop, &Done::Left { message, urgent }).await?;
        }
        tx.commit().await
    }
}

/// Notes that something was done, for whoever tells it. The transaction is one of [`Store::exclusive`].
pub(crate) async fn note(
    tx: &mut Tx,
    shop: &ShopId,
    (call, at): (Option<&CallId>, Timestamp),
    done: &Done,
) -> Result<(), StoreError> {
    let last = query("SELECT MAX(place) AS last FROM untold WHERE shop = $1")
        .bind(shop.as_str())
        .one(&mut *tx, |row| row.try_get::<Option<i64>>("last"))
        .await?;
    let place = last.flatten().unwrap_or(0) + 1;
    let call = call.filter(|_| done.concerns_callers());
    query("INSERT INTO untold (shop, place, call, at, deed) VALUES ($1, $2, $3, $4, $5)")
        .bind(shop.as_str())
        .bind(place)
        .bind(call.map(CallId::as_str))
        .bind(at.as_millisecond())
        .bind(text(done)?)
        .execute(tx)
        .await?;
    Ok(())
}

impl Store {
    /// To do something of which people are told, in a call or without one, at an instant.
    #[must_use]
    pub fn telling<'a>(&'a self, call: Option<&'a CallId>, at: Timestamp) -> Telling<'a> {
        Telling {
            store: self,
            call,
            at,
        }
    }

    /// What was done in a shop and its people were not told of, in order; at most 200. A note that cannot be read is set aside: it is told
    /// to nobody, stays where it is, and the log says so once.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn untold(&self, shop: &ShopId) -> Result<Vec<Untold>, StoreError> {
        let these = || {
            query("SELECT * FROM untold WHERE shop = $1 AND told IS NULL ORDER BY place LIMIT $2")
                .bind(shop.as_str())
                .bind(MOST)
        };
        self.readable(shop, these).await
    }

    /// What was done in a call and its caller was not told of, in order; at most 200. What cannot be read is set aside as in
    /// [`Store::untold`].
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn untold_in(&self, shop: &ShopId, call: &CallId) -> Result<Vec<Untold>, StoreError> {
        let these = || {
            query("SELECT * FROM untold WHERE shop = $1 AND call = $2 ORDER BY place LIMIT $3")
                .bind(shop.as_str())
                .bind(call.as_str())
                .bind(MOST)
        };
        self.readable(shop, these).await
    }

    /// The notes that a query gives. Those that cannot be read are set aside, so that they hold up none behind them, and it is asked again:
    /// there may be more than it gives at once.
    async fn readable<'q>(
        &self,
        shop: &ShopId,
        these: impl Fn() -> Query<'q>,
    ) -> Result<Vec<Untold>, StoreError> {
        loop {
            let rows = these().fetch_all(&self.pool).await?;
            let mut notes = Vec::with_capacity(rows.len());
            for row in &rows {
                match read(row) {
                    Ok(note) => notes.push(note),
                    Err(why) => self.set_aside(shop, row, &why).await?,
                }
            }
            if !notes.is_empty() || rows.is_empty() {
                return Ok(notes);
            }
        }
    }

    /// Marks a note that nobody can be told of. It counts as told when it was written, for there is no other instant to be had from it.
    async fn set_aside(&self, shop: &ShopId, row: &Row, why: &StoreError) -> Result<(), StoreError> {
        let (place, at): (i64, i64) = (row.try_get("place")?, row.try_get("at")?);
        tracing::error!("shop {shop}: what was done (place {place}) is told to nobody: {why}");
        let aside = "UPDATE untold SET told = COALESCE(told, at), call = NULL WHERE shop = $1 AND place = $2 AND at = $3";
        let this = query(aside).bind(shop.as_str()).bind(place).bind(at);
        this.execute(&self.pool).await?;
        Ok(())
    }

    /// The calls of a shop whose callers are still to be told of something.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn untold_calls(&self, shop: &ShopId) -> Result<Vec<CallId>, StoreError> {
        query("SELECT DISTINCT call FROM untold WHERE shop = $1 AND call IS NOT NULL ORDER BY call")
            .bind(shop.as_str())
            .all(&self.pool, |row| parsed(row, "call"))
            .await
    }

    /// The shop's people are told: posts the notices (as [`Store::post_notices`]) and notes it, both or neither. Told before, nothing is
    /// posted. Returns how many notices are new.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like; then nothing was changed.
    pub async fn post_told(
        &self,
        untold: &Untold,
        notices: &[NewNotice],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut tx = self.exclusive(&untold.shop).await?;
        if !take(&mut tx, untold, now).await? {
            return Ok(0);
        }
        let mut new = 0;
        for notice in notices {
            new += insert(&mut tx, &untold.shop, notice, now).await?;
        }
        tx.commit().await?;
        Ok(new)
    }

    /// The caller is told what was done in a call, up to a place: posts the notices and forgets what was done, both or neither. What the
    /// shop's people were not told of stays. Returns how many notices are new.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like; then nothing was changed.
    pub async fn post_to_caller(
        &self,
        (shop, call): (&ShopId, &CallId),
        up_to: i64,
        notices: &[NewNotice],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let mut taken = 0;
        for sql in [
            "UPDATE untold SET call = NULL WHERE shop = $1 AND call = $2 AND place <= $3 AND told IS NULL",
            "DELETE FROM untold WHERE shop = $1 AND call = $2 AND place <= $3",
        ] {
            let these = query(sql).bind(shop.as_str()).bind(call.as_str()).bind(up_to);
            taken += these.execute(&mut tx).await?;
        }
        let mut new = 0;
        if taken > 0 {
            for notice in notices {
                new += insert(&mut tx, shop, notice, now).await?;
            }
        }
        tx.commit().await?;
        Ok(new)
    }
}

/// Notes that the shop's people are told; what no caller is to be told of is done with. `false` if it was told before. A place is given
/// again once it is free, so that the instant has to be the same as well.
async fn take(tx: &mut Tx, untold: &Untold, now: Timestamp) -> Result<bool, StoreError> {
    let this = |sql| {
        query(sql)
            .bind(untold.shop.as_str())
            .bind(untold.place)
            .bind(untold.at.as_millisecond())
    };
    let told = "UPDATE untold SET told = $4 WHERE shop = $1 AND place = $2 AND at = $3 AND told IS NULL";
    let gone = "DELETE FROM untold WHERE shop = $1 AND place = $2 AND at = $3 AND told IS NULL";
    let taken = match untold.call {
        Some(_) => this(told).bind(now.as_millisecond()).execute(tx).await?,
        None => this(gone).execute(tx).await?,
    };
    Ok(taken > 0)
}

pub(crate) fn read(row: &Row) -> Result<Untold, StoreError> {
    // What is wrong with it may quote somebody's name.
    let deed: String = row.try_get("deed")?;
    let done = serde_json::from_str(&deed).map_err(|_| corrupt("deed", "it cannot be read"))?;
    Ok(Untold {
        shop: parsed(row, "shop")?,
        place: row.try_get("place")?,
        call: parsed_opt(row, "call")?,
        at: instant(row, "at")?,
        done,
        told: instant_opt(row, "told")?,
    })
}
