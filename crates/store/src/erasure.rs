//! All that a shop knows under one number: handed out (개인정보 보호법 제35조) and erased (제36조).

use std::collections::BTreeSet;

use biseo_model::ids::{BookingId, CallId, MessageId, OrderId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState, CallRecord, Order, OrderState, TurnRecord};
use jiff::civil::Date;

use crate::messages::LeftMessage;
use crate::pool::{On, Tx};
use crate::query::query;
use crate::questions::Question;
use crate::row::{Row, parsed};
use crate::untold::{self, Done};
use crate::{Caller, Store, StoreError, bookings, calls, messages, orders, questions};

/// Everything of one caller.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// What is noted, if anything.
    pub caller: Option<Caller>,
    /// Calls from the number, and those in which it was left, in order, with their turns.
    pub calls: Vec<(CallRecord, Vec<TurnRecord>)>,
    /// Bookings under the number, in order.
    pub bookings: Vec<Booking>,
    /// Orders under the number, in order.
    pub orders: Vec<Order>,
    /// Messages that ask for a call to it, or were left in those calls.
    pub messages: Vec<LeftMessage>,
    /// What was asked in those calls and could not be answered.
    pub questions: Vec<Question>,
}

/// What was erased, and what is still needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// Calls of which nothing but their times is left.
    pub calls: BTreeSet<CallId>,
    /// Bookings that are gone.
    pub bookings: BTreeSet<BookingId>,
    /// Orders that are gone.
    pub orders: BTreeSet<OrderId>,
    /// Messages that are gone.
    pub messages: BTreeSet<MessageId>,
    /// Bookings that stand for today or later: the contract is still to be kept.
    pub kept_bookings: u32,
    /// Orders that are open for today or later.
    pub kept_orders: u32,
    /// Calls that are under way.
    pub kept_calls: u32,
    /// The number stays blocked.
    pub kept_block: bool,
}

impl Dossier {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.caller.is_none()
            && self.calls.is_empty()
            && self.bookings.is_empty()
            && self.orders.is_empty()
            && self.messages.is_empty()
    }
}

impl Store {
    /// Everything of a shop's caller.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn dossier(&self, shop: &ShopId, phone: &PhoneNumber) -> Result<Dossier, StoreError> {
        let caller = self.caller(shop, phone).await?;
        let on = || On::from(&self.pool);
        let (of, pool) = ((shop, phone), on);
        let mut with_turns = Vec::new();
        for call in about(CALLS, of, calls::read, pool()).await? {
            let turns = self.turns(shop, &call.id).await?;
            with_turns.push((call, turns));
        }
        Ok(Dossier {
            caller,
            calls: with_turns,
            bookings: about(BOOKINGS, of, bookings::read, pool()).await?,
            orders: about(ORDERS, of, orders::read, pool()).await?,
            messages: about(MESSAGES, of, messages::read_left, pool()).await?,
            questions: about(QUESTIONS, of, questions::read, pool()).await?,
        })
    }

    /// Erases what a shop knows under a number, but not what is still to be kept: bookings that stand and orders that are open
    /// for `today` or later, and calls under way. Of calls there stay times and outcome, without a number. Their recordings'
    /// files are for whoever calls to remove, before: [`Store::dossier`] names them.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read; nothing was erased then.
    pub async fn erase_caller(
        &self,
        shop: &ShopId,
        phone: &PhoneNumber,
        today: Date,
    ) -> Result<Erased, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let (mut erased, kept) = found(&mut tx, (shop, phone), today).await?;
        erase(&mut tx, &erased).await?;
        erased.kept_block = forget(&mut tx, (shop, phone)).await?;
        let about = About {
            gone: keys(&erased),
            kept,
            phone,
        };
        forget_about(&mut tx, shop, &about).await?;
        forget_untold(&mut tx, shop, &about).await?;
        tx.commit().await?;
        Ok(erased)
    }
}

/// The calls of a caller: from the number, and those in which it was left while the caller's own was withheld.
macro_rules! of_caller {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM call WHERE shop = $1 AND (caller = $2 OR caller IS NULL AND id IN (
                SELECT call FROM booking WHERE shop = $1 AND phone = $2
                UNION SELECT call FROM food_order WHERE shop = $1 AND phone = $2
                UNION SELECT call FROM message WHERE shop = $1 AND call_back = $2))"
        )
    };
}

const CALLS: &str = concat!(of_caller!("*"), " ORDER BY started, id");
const BOOKINGS: &str = "SELECT * FROM booking WHERE shop = $1 AND phone = $2 ORDER BY made, id";
const ORDERS: &str = "SELECT * FROM food_order WHERE shop = $1 AND phone = $2 ORDER BY made, id";
const MESSAGES: &str = concat!(
    "SELECT * FROM message WHERE shop = $1 AND (call_back = $2 OR call IN (",
    of_caller!("id"),
    ")) ORDER BY at, id"
);
const QUESTIONS: &str = concat!(
    "SELECT * FROM question WHERE shop = $1 AND call IN (",
    of_caller!("id"),
    ") ORDER BY at, id"
);

async fn about<T>(
    sql: &'static str,
    (shop, phone): (&ShopId, &PhoneNumber),
    read: impl Fn(&Row) -> Result<T, StoreError>,
    on: On<'_>,
) -> Result<Vec<T>, StoreError> {
    query(sql)
        .bind(shop.as_str())
        .bind(phone.as_str())
        .all(on, read)
        .await
}

/// What is to be erased, and the bookings and orders that stay.
async fn found(
    tx: &mut Tx,
    of: (&ShopId, &PhoneNumber),
    today: Date,
) -> Result<(Erased, BTreeSet<String>), StoreError> {
    let (mut erased, mut kept) = (Erased::default(), BTreeSet::new());
    for call in about(CALLS, of, calls::read, On::from(&mut *tx)).await? {
        match call.ended {
            Some(_) => drop(erased.calls.insert(call.id)),
            None => erased.kept_calls += 1,
        }
    }
    for booking in about(BOOKINGS, of, bookings::read, On::from(&mut *tx)).await? {
        if booking.state == BookingState::Confirmed && booking.date >= today {
            erased.kept_bookings += 1;
            kept.insert(booking.id.as_str().to_string());
        } else {
            erased.bookings.insert(booking.id);
        }
    }
    for order in about(ORDERS, of, orders::read, On::from(&mut *tx)).await? {
        if order.state == OrderState::Open && order.date >= today {
            erased.kept_orders += 1;
            kept.insert(order.id.as_str().to_string());
        } else {
            erased.orders.insert(order.id);
        }
    }
    let id = |row: &Row| parsed(row, "id");
    erased.messages = about(MESSAGES, of, id, On::from(tx)).await?.into_iter().collect();
    Ok((erased, kept))
}

async fn erase(tx: &mut Tx, erased: &Erased) -> Result<(), StoreError> {
    for call in &erased.calls {
        for sql in [
            "DELETE FROM turn WHERE call = $1",
            "DELETE FROM question WHERE call = $1",
            "DELETE FROM correction WHERE call = $1",
            "UPDATE call SET caller = NULL, recording = NULL WHERE id = $1",
        ] {
            query(sql).bind(call.as_str()).execute(&mut *tx).await?;
        }
    }
    for id in &erased.bookings {
        one(tx, "DELETE FROM booking WHERE id = $1", id.as_str()).await?;
    }
    for id in &erased.orders {
        one(tx, "DELETE FROM food_order WHERE id = $1", id.as_str()).await?;
    }
    for id in &erased.messages {
        one(tx, "DELETE FROM message WHERE id = $1", id.as_str()).await?;
    }
    Ok(())
}

async fn one(tx: &mut Tx, sql: &'static str, id: &str) -> Result<u64, StoreError> {
    query(sql).bind(id).execute(tx).await
}

/// Forgets what is noted; whether the number stays blocked.
async fn forget(tx: &mut Tx, (shop, phone): (&ShopId, &PhoneNumber)) -> Result<bool, StoreError> {
    let mut change = async |sql: &'static str| {
        let done = query(sql).bind(shop.as_str()).bind(phone.as_str());
        done.execute(&mut *tx).await
    };
    change("DELETE FROM caller WHERE shop = $1 AND phone = $2 AND blocked = 0").await?;
    change("DELETE FROM call_back WHERE shop = $1 AND phone = $2").await?;
    let blocked =
        change("UPDATE caller SET name = '', note = '', last_call = 0 WHERE shop = $1 AND phone = $2");
    Ok(blocked.await? > 0)
}

/// What stands in the keys of notices about these records.
fn keys(erased: &Erased) -> BTreeSet<&str> {
    let calls = erased.calls.iter().map(CallId::as_str);
    calls
        .chain(erased.bookings.iter().map(BookingId::as_str))
        .chain(erased.orders.iter().map(OrderId::as_str))
        .chain(erased.messages.iter().map(MessageId::as_str))
        .collect()
}

/// What notes and notices may be about.
struct About<'a> {
    /// The records that are gone.
    gone: BTreeSet<&'a str>,
    /// Bookings and orders that stay: people still have to hear of them.
    kept: BTreeSet<String>,
    /// Whose they were.
    phone: &'a PhoneNumber,
}

impl About<'_> {
    /// Whether a note goes: its record is gone, or is under the number and does not stay.
    fn takes(&self, done: &Done) -> bool {
        let under = match done {
            Done::Booked { booking } | Done::Moved { booking, .. } | Done::Cancelled { booking } => {
                Some(&booking.phone)
            }
            Done::Ordered { order } | Done::OrderChanged { order } | Done::OrderCancelled { order } => {
                Some(&order.phone)
            }
            Done::Left { message, .. } => message.call_back.as_ref(),
        };
        self.gone.contains(done.of()) || under == Some(self.phone) && !self.kept.contains(done.of())
    }

    /// Whether the number stands in a text, and not as a part of a longer one.
    fn is_in(&self, text: &str) -> bool {
        let number = self.phone.as_str();
        text.match_indices(number).any(|(at, _)| {
            let (before, after) = (&text[..at], &text[at + number.len()..]);
            !before.ends_with(|c: char| c.is_ascii_digit())
                && !after.starts_with(|c: char| c.is_ascii_digit())
        })
    }
}

/// Removes what people were not told of yet, if it was done to a record that is gone or is the number's and does not stay. What cannot be
/// read goes if the number is in it.
async fn forget_untold(tx: &mut Tx, shop: &ShopId, about: &About<'_>) -> Result<(), StoreError> {
    let rows = query("SELECT * FROM untold WHERE shop = $1")
        .bind(shop.as_str())
        .fetch_all(&mut *tx)
        .await?;
    for row in &rows {
        let goes = match untold::read(row) {
            Ok(untold) => about.takes(&untold.done),
            Err(_) => about.is_in(&row.try_get::<String>("deed")?),
        };
        if goes {
            query("DELETE FROM untold WHERE shop = $1 AND place = $2")
                .bind(shop.as_str())
                .bind(row.try_get::<i64>("place")?)
                .execute(&mut *tx)
                .await?;
        }
    }
    Ok(())
}

/// Removes notices of the outbox that nobody waits for any more, or that were not yet put into a delivery, if they are about one of these records or
/// hold the number; and deliveries of which nothing is left. What is still to be sent of a booking or an order that stays is sent.
async fn forget_about(tx: &mut Tx, shop: &ShopId, about: &About<'_>) -> Result<(), StoreError> {
    let settled = query(
        "SELECT notice.id, notice.event, notice.content, notice.address, notice.delivery FROM notice
         LEFT JOIN delivery ON delivery.id = notice.delivery
         WHERE notice.shop = $1 AND (notice.delivery IS NULL OR delivery.state IN ('sent', 'given_up'))",
    )
    .bind(shop.as_str())
    .fetch_all(&mut *tx)
    .await?;
    for row in &settled {
        let (event, content): (String, String) = (row.try_get("event")?, row.try_get("content")?);
        let address: String = row.try_get("address")?;
        let waits = row.try_get::<Option<String>>("delivery")?.is_none();
        let stays = waits && event.split(':').any(|part| about.kept.contains(part));
        let is_about = event.split(':').any(|part| about.gone.contains(part))
            || about.is_in(&content)
            || address == about.phone.as_str();
        if is_about && !stays {
            let id: String = row.try_get("id")?;
            query("DELETE FROM notice WHERE id = $1")
                .bind(id)
                .execute(&mut *tx)
                .await?;
        }
    }
    query(
        "DELETE FROM delivery WHERE shop = $1 AND state IN ('sent', 'given_up')
         AND NOT EXISTS (SELECT 1 FROM notice WHERE notice.delivery = COALESCE(delivery.origin, delivery.id))",
    )
    .bind(shop.as_str())
    .execute(tx)
    .await?;
    Ok(())
}
