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
use crate::{Caller, Store, StoreError, bookings, calls, messages, orders, questions, untold};

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
        let mut erased = found(&mut tx, (shop, phone), today).await?;
        erase(&mut tx, &erased).await?;
        erased.kept_block = forget(&mut tx, (shop, phone)).await?;
        forget_about(&mut tx, shop, &keys(&erased), phone).await?;
        forget_untold(&mut tx, shop, &keys(&erased), phone).await?;
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

/// What is to be erased, and what stays.
async fn found(tx: &mut Tx, of: (&ShopId, &PhoneNumber), today: Date) -> Result<Erased, StoreError> {
    let mut erased = Erased::default();
    for call in about(CALLS, of, calls::read, On::from(&mut *tx)).await? {
        match call.ended {
            Some(_) => drop(erased.calls.insert(call.id)),
            None => erased.kept_calls += 1,
        }
    }
    for booking in about(BOOKINGS, of, bookings::read, On::from(&mut *tx)).await? {
        match booking.state == BookingState::Confirmed && booking.date >= today {
            true => erased.kept_bookings += 1,
            false => drop(erased.bookings.insert(booking.id)),
        }
    }
    for order in about(ORDERS, of, orders::read, On::from(&mut *tx)).await? {
        match order.state == OrderState::Open && order.date >= today {
            true => erased.kept_orders += 1,
            false => drop(erased.orders.insert(order.id)),
        }
    }
    let id = |row: &Row| parsed(row, "id");
    erased.messages = about(MESSAGES, of, id, On::from(tx)).await?.into_iter().collect();
    Ok(erased)
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

/// Removes what people were not told of yet, if it was done to one of these records or holds the number.
async fn forget_untold(
    tx: &mut Tx,
    shop: &ShopId,
    keys: &BTreeSet<&str>,
    phone: &PhoneNumber,
) -> Result<(), StoreError> {
    let all = query("SELECT * FROM untold WHERE shop = $1")
        .bind(shop.as_str())
        .all(&mut *tx, |row| {
            let holds = row.try_get::<String>("deed")?.contains(phone.as_str());
            Ok((untold::read(row)?, holds))
        })
        .await?;
    for (untold, holds) in all {
        if holds || keys.contains(untold.done.of()) {
            query("DELETE FROM untold WHERE shop = $1 AND place = $2")
                .bind(shop.as_str())
                .bind(untold.place)
                .execute(&mut *tx)
                .await?;
        }
    }
    Ok(())
}

/// Removes notices of the outbox that nobody waits for any more, or that were not yet put into a delivery, if they are about one of these records or
/// hold the number; and deliveries of which nothing is left.
async fn forget_about(
    tx: &mut Tx,
    shop: &ShopId,
    keys: &BTreeSet<&str>,
    phone: &PhoneNumber,
) -> Result<(), StoreError> {
    let settled = query(
        "SELECT notice.id, notice.event, notice.content, notice.address FROM notice
         LEFT JOIN delivery ON delivery.id = notice.delivery
         WHERE notice.shop = $1 AND (notice.delivery IS NULL OR delivery.state IN ('sent', 'given_up'))",
    )
    .bind(shop.as_str())
    .fetch_all(&mut *tx)
    .await?;
    for row in &settled {
        let (event, content): (String, String) = (row.try_get("event")?, row.try_get("content")?);
        let address: String = row.try_get("address")?;
        let is_about = event.split(':').any(|part| keys.contains(part))
            || content.contains(phone.as_str())
            || address == phone.as_str();
        if is_about {
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
