//! Calls by page, with filters, and what belongs to each.

use biseo_model::ids::{CallId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::CallRecord;
use jiff::Timestamp;

use crate::calls::read;
use crate::lists::Page;
use crate::query::query;
use crate::row::{Row, count};
use crate::{Store, StoreError};

/// Which calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// By this number.
    pub caller: Option<PhoneNumber>,
    /// What became of it: `live`, `missed`, or a [`CallEnd`](biseo_model::record::CallEnd)'s name.
    pub outcome: Option<&'static str>,
}

/// A call in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedCall {
    /// The call.
    pub call: CallRecord,
    /// The caller's name: as noted, else of the latest booking.
    pub name: Option<String>,
    /// How many bookings were made in it.
    pub bookings: u32,
    /// How many orders.
    pub orders: u32,
    /// How many messages were left.
    pub messages: u32,
    /// How many questions could not be answered.
    pub questions: u32,
}

/// What became of a call; the index `call_by_outcome` has the same expression.
macro_rules! outcome {
    () => {
        "(CASE WHEN ending IS NULL THEN 'live'
    WHEN ending IN ('failed', 'interrupted', 'blocked') THEN ending WHEN answered IS NULL THEN 'missed' ELSE ending END)"
    };
}

/// What belongs to the call `page`.
macro_rules! counts {
    () => {
        "(SELECT COUNT(*) FROM booking WHERE booking.call = page.id) AS bookings,
         (SELECT COUNT(*) FROM food_order WHERE food_order.call = page.id) AS orders,
         (SELECT COUNT(*) FROM message WHERE message.call = page.id) AS messages,
         (SELECT COUNT(*) FROM question WHERE question.call = page.id) AS questions,
         COALESCE(
             (SELECT NULLIF(name, '') FROM caller WHERE caller.shop = page.shop AND caller.phone = page.caller),
             (SELECT name FROM booking WHERE booking.shop = page.shop AND booking.phone = page.caller
              ORDER BY booking.starts DESC LIMIT 1)) AS name"
    };
}

/// One page and what belongs to its calls. Only the page's calls are counted for.
macro_rules! page {
    ($($filter:expr),*) => {
        concat!(
            "SELECT page.*, ",
            counts!(),
            " FROM (SELECT * FROM call WHERE shop = $1 AND (started, id) < ($2, $3) AND started >= $4",
            $($filter,)*
            " ORDER BY started DESC, id DESC LIMIT $5) AS page ORDER BY page.started DESC, page.id DESC"
        )
    };
}

const ALL: &str = page!();
const BY_CALLER: &str = page!(" AND caller = $6");
const BY_OUTCOME: &str = page!(" AND ", outcome!(), " = $6");
const BY_BOTH: &str = page!(" AND caller = $6 AND ", outcome!(), " = $7");

impl Store {
    /// A page of a shop's calls, newest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn call_page(
        &self,
        shop: &ShopId,
        filter: &CallFilter,
        page: &Page,
    ) -> Result<Vec<ListedCall>, StoreError> {
        let (at, id, limit) = page.bounds();
        // One upper bound: with a second one SQLite takes the index by time alone and looks through all calls.
        let (at, id) = match filter.to.map(Timestamp::as_millisecond) {
            Some(to) if to <= at => (to, ""),
            _ => (at, id),
        };
        let caller = filter.caller.as_ref().map(PhoneNumber::as_str);
        let sql = match (caller, filter.outcome) {
            (None, None) => ALL,
            (Some(_), None) => BY_CALLER,
            (None, Some(_)) => BY_OUTCOME,
            (Some(_), Some(_)) => BY_BOTH,
        };
        let bound = query(sql)
            .bind(shop.as_str())
            .bind(at)
            .bind(id)
            .bind(filter.from.map_or(i64::MIN, Timestamp::as_millisecond))
            .bind(limit);
        let more = [caller, filter.outcome].into_iter().flatten();
        let bound = more.fold(bound, |query, value| query.bind(value));
        bound.all(&self.pool, listed).await
    }

    /// One call of a shop as in a list.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn listed_call(&self, shop: &ShopId, id: &CallId) -> Result<Option<ListedCall>, StoreError> {
        const ONE: &str = concat!(
            "SELECT page.*, ",
            counts!(),
            " FROM call AS page WHERE page.shop = $1 AND page.id = $2"
        );
        query(ONE)
            .bind(shop.as_str())
            .bind(id.as_str())
            .one(&self.pool, listed)
            .await
    }
}

fn listed(row: &Row) -> Result<ListedCall, StoreError> {
    Ok(ListedCall {
        call: read(row)?,
        name: row.try_get("name")?,
        bookings: count(row, "bookings")?,
        orders: count(row, "orders")?,
        messages: count(row, "messages")?,
        questions: count(row, "questions")?,
    })
}
