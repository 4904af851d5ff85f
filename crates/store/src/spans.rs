//! What came into being in a span of time: for the digest, and for telling again what a crash may have kept from being told.

use biseo_model::ids::ShopId;
use biseo_model::record::{Booking, CallRecord, Message, Order, TurnRecord};
use jiff::Timestamp;

use crate::query::{Query, query};
use crate::{Store, StoreError, bookings, calls, messages, orders, turns};

/// From this instant on, up to but without that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, which is not part of it.
    pub until: Timestamp,
}

impl Store {
    /// A shop's calls that began in a span, in order.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn calls_in_span(&self, shop: &ShopId, span: Span) -> Result<Vec<CallRecord>, StoreError> {
        let sql =
            "SELECT * FROM call WHERE shop = $1 AND started >= $2 AND started < $3 ORDER BY started, id";
        within(sql, shop, span).all(&self.pool, calls::read).await
    }

    /// The turns of a shop's calls that began in a span, in order, call by call.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn turns_in_span(&self, shop: &ShopId, span: Span) -> Result<Vec<TurnRecord>, StoreError> {
        let sql = "SELECT turn.* FROM call JOIN turn ON turn.call = call.id
             WHERE call.shop = $1 AND call.started >= $2 AND call.started < $3
             ORDER BY call.started, call.id, turn.number";
        within(sql, shop, span).all(&self.pool, turns::read).await
    }

    /// A shop's bookings that were made in a span, as they are now, in the order in which they were made.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn bookings_made(&self, shop: &ShopId, span: Span) -> Result<Vec<Booking>, StoreError> {
        let sql = "SELECT * FROM booking WHERE shop = $1 AND made >= $2 AND made < $3 ORDER BY made, id";
        within(sql, shop, span).all(&self.pool, bookings::read).await
    }

    /// A shop's orders that were placed in a span, as they are now, in the order in which they were placed.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn orders_made(&self, shop: &ShopId, span: Span) -> Result<Vec<Order>, StoreError> {
        let sql = "SELECT * FROM food_order WHERE shop = $1 AND made >= $2 AND made < $3 ORDER BY made, id";
        within(sql, shop, span).all(&self.pool, orders::read).await
    }

    /// The messages that were left at a shop in a span, in order.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn messages_in_span(&self, shop: &ShopId, span: Span) -> Result<Vec<Message>, StoreError> {
        let sql = "SELECT * FROM message WHERE shop = $1 AND at >= $2 AND at < $3 ORDER BY at, id";
        within(sql, shop, span).all(&self.pool, messages::read).await
    }
}

fn within<'q>(sql: &'static str, shop: &'q ShopId, span: Span) -> Query<'q> {
    query(sql)
        .bind(shop.as_str())
        .bind(span.from.as_millisecond())
        .bind(span.until.as_millisecond())
}
