//! Orders from the menu: placed once, changed or given up while they are open.

use biseo_model::ids::{CallId, OrderId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Order, OrderItem, OrderState};
use jiff::civil::Date;

use crate::pool::Tx;
use crate::query::query;
use crate::row::{Row, civil, civil_opt, corrupt, instant, json, name_of, parsed, parsed_opt, text, word};
use crate::untold::{Done, Telling};
use crate::{Store, StoreError};

impl Store {
    /// Stores an order, open whatever `order.state` says, and returns it as stored. The same id again returns what is open
    /// under it, changed by nothing: a repeated confirmation orders once.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the id is another shop's or a cancelled order's, the call is unknown, there are no items,
    /// one is wanted 0 times, or the sum is above 2^63 - 1.
    pub async fn place_order(&self, order: &Order) -> Result<Order, StoreError> {
        self.place_and(order, None).await
    }

    /// The same, with a note for whoever tells it.
    pub(crate) async fn place_and(
        &self,
        order: &Order,
        telling: Option<&Telling<'_>>,
    ) -> Result<Order, StoreError> {
        let mut tx = self.exclusive(&order.shop).await?;
        if let Some(known) = by_id(&mut tx, &order.id).await? {
            return repeated(known, &order.shop);
        }
        let order = Order {
            state: OrderState::Open,
            ..order.clone()
        };
        insert(&mut tx, &order).await?;
        if let Some(telling) = telling {
            let order = order.clone();
            let shop = order.shop.clone();
            telling.note(&mut tx, &shop, &Done::Ordered { order }).await?;
        }
        tx.commit().await?;
        Ok(order)
    }

    /// Replaces an open order's items and their sum, if they are others; returns the order as it is then.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the shop has no such open order, or for items and a sum as in [`Store::place_order`].
    pub async fn change_order(
        &self,
        shop: &ShopId,
        id: &OrderId,
        items: &[OrderItem],
        won: u64,
    ) -> Result<Order, StoreError> {
        self.change_order_and((shop, id), items, won, None).await
    }

    /// The same, with a note for whoever tells it.
    pub(crate) async fn change_order_and(
        &self,
        (shop, id): (&ShopId, &OrderId),
        items: &[OrderItem],
        won: u64,
        telling: Option<&Telling<'_>>,
    ) -> Result<Order, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let is_open = |o: &Order| o.shop == *shop && o.state == OrderState::Open;
        let known = by_id(&mut tx, id).await?.filter(is_open);
        let mut order = known.ok_or_else(|| StoreError::Conflict(format!("there is no open order {id}")))?;
        if order.items == items && order.won == won {
            return Ok(order);
        }
        (order.items, order.won) = (items.to_vec(), won);
        query("UPDATE food_order SET items = $2, won = $3 WHERE id = $1")
            .bind(id.as_str())
            .bind(wanted(items)?)
            .bind(sum(won)?)
            .execute(&mut tx)
            .await?;
        if let Some(telling) = telling {
            let order = order.clone();
            telling.note(&mut tx, shop, &Done::OrderChanged { order }).await?;
        }
        tx.commit().await?;
        Ok(order)
    }

    /// Cancels an order; returns it as it stood. `None` if the shop has no such open order.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if its row cannot be read.
    pub async fn cancel_order(&self, shop: &ShopId, id: &OrderId) -> Result<Option<Order>, StoreError> {
        self.cancel_order_and((shop, id), None).await
    }

    /// The same, with a note for whoever tells it.
    pub(crate) async fn cancel_order_and(
        &self,
        (shop, id): (&ShopId, &OrderId),
        telling: Option<&Telling<'_>>,
    ) -> Result<Option<Order>, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let is_open = |o: &Order| o.shop == *shop && o.state == OrderState::Open;
        let Some(order) = by_id(&mut tx, id).await?.filter(is_open) else {
            return Ok(None);
        };
        query("UPDATE food_order SET state = 'cancelled' WHERE id = $1")
            .bind(id.as_str())
            .execute(&mut tx)
            .await?;
        if let Some(telling) = telling {
            let order = order.clone();
            telling
                .note(&mut tx, shop, &Done::OrderCancelled { order })
                .await?;
        }
        tx.commit().await?;
        Ok(Some(order))
    }

    /// A shop's open orders under a telephone number for `from` and later days, newest first. Nothing closes an order once
    /// it was fetched, so give today.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn orders_of(
        &self,
        shop: &ShopId,
        phone: &PhoneNumber,
        from: Date,
    ) -> Result<Vec<Order>, StoreError> {
        query(
            "SELECT * FROM food_order WHERE shop = $1 AND phone = $2 AND date >= $3 AND state = 'open'
             ORDER BY made DESC, id DESC",
        )
        .bind(shop.as_str())
        .bind(phone.as_str())
        .bind(from.to_string())
        .all(&self.pool, read)
        .await
    }

    /// A shop's orders for one day, cancelled ones too, in the order in which they were made.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn orders_on(&self, shop: &ShopId, date: Date) -> Result<Vec<Order>, StoreError> {
        query("SELECT * FROM food_order WHERE shop = $1 AND date = $2 ORDER BY made, id")
            .bind(shop.as_str())
            .bind(date.to_string())
            .all(&self.pool, read)
            .await
    }
}

impl Store {
    /// One order of a shop, a cancelled one too.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn order(&self, shop: &ShopId, id: &OrderId) -> Result<Option<Order>, StoreError> {
        query("SELECT * FROM food_order WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id.as_str())
            .one(&self.pool, read)
            .await
    }

    /// A shop's orders for some days, both included, cancelled ones too, as they were made; at most 5000.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn orders_between(
        &self,
        shop: &ShopId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Order>, StoreError> {
        query(
            "SELECT * FROM food_order WHERE shop = $1 AND date >= $2 AND date <= $3
             ORDER BY date, made, id LIMIT 5000",
        )
        .bind(shop.as_str())
        .bind(from.to_string())
        .bind(to.to_string())
        .all(&self.pool, read)
        .await
    }

    /// The orders placed in a call, as they are now.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn orders_in(&self, shop: &ShopId, call: &CallId) -> Result<Vec<Order>, StoreError> {
        query("SELECT * FROM food_order WHERE shop = $1 AND call = $2 ORDER BY made, id LIMIT 200")
            .bind(shop.as_str())
            .bind(call.as_str())
            .all(&self.pool, read)
            .await
    }

    /// A shop's latest orders under a number, cancelled ones too, newest first, at most 50.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn latest_orders_of(
        &self,
        shop: &ShopId,
        phone: &PhoneNumber,
    ) -> Result<Vec<Order>, StoreError> {
        query(
            "SELECT * FROM food_order WHERE shop = $1 AND phone = $2 ORDER BY date DESC, made DESC, id DESC LIMIT 50",
        )
        .bind(shop.as_str())
        .bind(phone.as_str())
        .all(&self.pool, read).await
    }
}

/// The items as they are stored, if they can be meant.
fn wanted(items: &[OrderItem]) -> Result<String, StoreError> {
    if items.is_empty() || items.iter().any(|i| i.quantity == 0) {
        return Err(StoreError::Conflict(
            "an order has items, each once or more".into(),
        ));
    }
    text(&items)
}

fn sum(won: u64) -> Result<i64, StoreError> {
    i64::try_from(won).map_err(|_| StoreError::Conflict("the order's sum is too large".into()))
}

/// As with bookings, an id that is used up tells no more than that.
fn repeated(known: Order, shop: &ShopId) -> Result<Order, StoreError> {
    if known.shop == *shop && known.state == OrderState::Open {
        Ok(known)
    } else {
        Err(StoreError::Conflict("the order's id is used up".into()))
    }
}

async fn insert(tx: &mut Tx, o: &Order) -> Result<(), StoreError> {
    query(
        "INSERT INTO food_order
         (id, shop, call, items, won, date, pickup, address, name, phone, state, made)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(o.id.as_str())
    .bind(o.shop.as_str())
    .bind(o.call.as_ref().map(|c| c.as_str()))
    .bind(wanted(&o.items)?)
    .bind(sum(o.won)?)
    .bind(o.date.to_string())
    .bind(o.pickup.map(|t| t.to_string()))
    .bind(&o.address)
    .bind(&o.name)
    .bind(o.phone.as_str())
    .bind(name_of(&o.state)?)
    .bind(o.made.as_millisecond())
    .execute(tx)
    .await?;
    Ok(())
}

async fn by_id(tx: &mut Tx, id: &OrderId) -> Result<Option<Order>, StoreError> {
    query("SELECT * FROM food_order WHERE id = $1")
        .bind(id.as_str())
        .one(tx, read)
        .await
}

pub(crate) fn read(row: &Row) -> Result<Order, StoreError> {
    let won: i64 = row.try_get("won")?;
    Ok(Order {
        id: parsed(row, "id")?,
        shop: parsed(row, "shop")?,
        call: parsed_opt(row, "call")?,
        items: json(row, "items")?,
        won: u64::try_from(won).map_err(|e| corrupt("won", e))?,
        date: civil(row, "date")?,
        pickup: civil_opt(row, "pickup")?,
        address: row.try_get("address")?,
        name: row.try_get("name")?,
        phone: parsed(row, "phone")?,
        state: word("state", row.try_get("state")?)?,
        made: instant(row, "made")?,
    })
}
