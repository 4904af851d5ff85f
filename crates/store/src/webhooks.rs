//! Programs that a shop's owner wants to be told of events, and what was sent to them.

use biseo_model::ids::ShopId;
use jiff::Timestamp;

use crate::deliveries::{Delivery, DeliveryState, read as read_delivery};
use crate::outbox::{NewNotice, insert, put_together};
use crate::pool::{On, Tx};
use crate::query::query;
use crate::row::{Row, instant, json, parsed, text};
use crate::{Page, Store, StoreError};

/// Programs of one shop at most.
pub const MOST_WEBHOOKS: i64 = 20;

/// A program that is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: String,
    /// The shop.
    pub shop: ShopId,
    /// What the owner calls it.
    pub name: String,
    /// Where it listens; may hold a secret of its own.
    pub url: String,
    /// What signs its requests: `whsec_` and base64, or that sealed (which of them is for others to know).
    pub secret: String,
    /// The events of which it is told, by the names that rules use.
    pub events: Vec<String>,
    /// Whether it is told anything.
    pub on: bool,
    /// When it was added.
    pub made: Timestamp,
}

/// Without address and secret.
impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook")
            .field("id", &self.id)
            .field("shop", &self.shop)
            .field("on", &self.on)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Adds a program. `false` if the shop has [`MOST_WEBHOOKS`] already.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the id is used up.
    pub async fn add_webhook(&self, hook: &Webhook) -> Result<bool, StoreError> {
        let added = query(
            "INSERT INTO webhook (id, shop, name, url, secret, events, enabled, made)
             SELECT $1, $2, $3, $4, $5, $6, $7, $8
             WHERE (SELECT COUNT(*) FROM webhook WHERE shop = $2) < $9",
        )
        .bind(&hook.id)
        .bind(hook.shop.as_str())
        .bind(&hook.name)
        .bind(&hook.url)
        .bind(&hook.secret)
        .bind(text(&hook.events)?)
        .bind(i64::from(hook.on))
        .bind(hook.made.as_millisecond())
        .bind(MOST_WEBHOOKS)
        .execute(&self.pool)
        .await?;
        Ok(added == 1)
    }

    /// A shop's programs, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn webhooks(&self, shop: &ShopId) -> Result<Vec<Webhook>, StoreError> {
        query("SELECT * FROM webhook WHERE shop = $1 ORDER BY made, id")
            .bind(shop.as_str())
            .all(&self.pool, read)
            .await
    }

    /// One of a shop's programs.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn webhook(&self, shop: &ShopId, id: &str) -> Result<Option<Webhook>, StoreError> {
        query("SELECT * FROM webhook WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id)
            .one(&self.pool, read)
            .await
    }

    /// Writes down name, address, secret, events and whether it is told. `false` if the shop has no such program.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn change_webhook(&self, hook: &Webhook) -> Result<bool, StoreError> {
        let changed = query(
            "UPDATE webhook SET name = $3, url = $4, secret = $5, events = $6, enabled = $7 WHERE shop = $1 AND id = $2",
        )
        .bind(hook.shop.as_str())
        .bind(&hook.id)
        .bind(&hook.name)
        .bind(&hook.url)
        .bind(&hook.secret)
        .bind(text(&hook.events)?)
        .bind(i64::from(hook.on))
        .execute(&self.pool)
        .await?;
        Ok(changed == 1)
    }

    /// All shops' programs: for who looks after the form in which their secrets are kept.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn all_webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        query("SELECT * FROM webhook ORDER BY shop, id")
            .all(&self.pool, read)
            .await
    }

    /// Writes a program's secret in another form. `false` if it is no longer the one that `hook` has; then nothing has changed.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn rewrite_webhook_secret(&self, hook: &Webhook, secret: &str) -> Result<bool, StoreError> {
        let done = query("UPDATE webhook SET secret = $4 WHERE shop = $1 AND id = $2 AND secret = $3")
            .bind(hook.shop.as_str())
            .bind(&hook.id)
            .bind(&hook.secret)
            .bind(secret)
            .execute(&self.pool)
            .await?;
        Ok(done == 1)
    }

    /// Takes a program away; what waits for it is given up when it is due. `false` if the shop has no such program.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn remove_webhook(&self, shop: &ShopId, id: &str) -> Result<bool, StoreError> {
        let gone = query("DELETE FROM webhook WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(gone == 1)
    }

    /// A shop's deliveries to one address of a channel, newest first, by page.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn deliveries_to(
        &self,
        shop: &ShopId,
        (channel, address): (&str, &str),
        page: &Page,
    ) -> Result<Vec<Delivery>, StoreError> {
        let (at, id, limit) = page.bounds();
        query(
            "SELECT * FROM delivery WHERE shop = $1 AND channel = $2 AND address = $3
             AND (made < $4 OR made = $4 AND id < $5) ORDER BY made DESC, id DESC LIMIT $6",
        )
        .bind(shop.as_str())
        .bind(channel)
        .bind(address)
        .bind(at)
        .bind(id)
        .bind(limit)
        .all(&self.pool, read_delivery)
        .await
    }

    /// A shop's deliveries to people, newest first, by page: to one reader, or to all and to callers. Those to programs are not among them.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn deliveries_to_people(
        &self,
        shop: &ShopId,
        reader: Option<&str>,
        page: &Page,
    ) -> Result<Vec<Delivery>, StoreError> {
        let (at, id, limit) = page.bounds();
        query(
            "SELECT * FROM delivery WHERE shop = $1 AND channel <> 'webhook' AND ($2 = '' OR reader = $2)
             AND (made < $3 OR made = $3 AND id < $4) ORDER BY made DESC, id DESC LIMIT $5",
        )
        .bind(shop.as_str())
        .bind(reader.unwrap_or_default())
        .bind(at)
        .bind(id)
        .bind(limit)
        .all(&self.pool, read_delivery)
        .await
    }

    /// One of a shop's deliveries.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn delivery(&self, shop: &ShopId, id: &str) -> Result<Option<Delivery>, StoreError> {
        one(On::from(&self.pool), shop, id).await
    }

    /// Posts one notice as a delivery of its own, due at once, whose id is the notice's.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if such a notice is there already.
    pub async fn post_alone(
        &self,
        shop: &ShopId,
        notice: &NewNotice,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        if insert(&mut tx, shop, notice, now).await? == 0 {
            return Err(StoreError::Conflict("the notice is there already".into()));
        }
        let way = (
            notice.reader.clone(),
            notice.channel.clone(),
            notice.address.clone(),
            i64::from(notice.urgent),
        );
        put_together(&mut tx, shop, &way, std::slice::from_ref(&notice.id), now).await?;
        let made = one(On::from(&mut tx), shop, &notice.id).await?;
        tx.commit().await?;
        made.ok_or_else(|| StoreError::Conflict("the delivery is gone".into()))
    }

    /// Sends once more what a delivery held, under the same id: as another delivery, called `id` here, if it was sent or given up;
    /// sooner, if it waits for another try; one that is about to be sent stays as it is. Returns the delivery that is sent then, `None` if the shop has no such one or what it held is forgotten.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if `id` is used up.
    pub async fn send_again(
        &self,
        shop: &ShopId,
        delivery: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<Delivery>, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let Some(before) = one(On::from(&mut tx), shop, delivery).await? else {
            return Ok(None);
        };
        if !holds(&mut tx, shop, before.told_as()).await? {
            return Ok(None);
        }
        let then = match before.state {
            DeliveryState::Sent | DeliveryState::GivenUp => {
                repeat(&mut tx, &before, id, now).await?;
                id
            }
            DeliveryState::Failed => {
                hurry(&mut tx, &before, now).await?;
                delivery
            }
            DeliveryState::Due | DeliveryState::Sending => delivery,
        };
        let then = one(On::from(&mut tx), shop, then).await?;
        tx.commit().await?;
        Ok(then)
    }
}

async fn one(on: On<'_>, shop: &ShopId, id: &str) -> Result<Option<Delivery>, StoreError> {
    query("SELECT * FROM delivery WHERE shop = $1 AND id = $2")
        .bind(shop.as_str())
        .bind(id)
        .one(on, read_delivery)
        .await
}

/// Whether there is still something in a delivery.
async fn holds(tx: &mut Tx, shop: &ShopId, delivery: &str) -> Result<bool, StoreError> {
    let notices = query("SELECT id FROM notice WHERE shop = $1 AND delivery = $2 LIMIT 1")
        .bind(shop.as_str())
        .bind(delivery)
        .fetch_all(tx)
        .await?;
    Ok(!notices.is_empty())
}

async fn repeat(tx: &mut Tx, of: &Delivery, id: &str, now: Timestamp) -> Result<(), StoreError> {
    query(
        "INSERT INTO delivery (id, shop, reader, channel, address, urgent, state, due, made, origin)
         VALUES ($1, $2, $3, $4, $5, $6, 'due', $7, $7, $8)",
    )
    .bind(id)
    .bind(of.shop.as_str())
    .bind(&of.reader)
    .bind(&of.channel)
    .bind(&of.address)
    .bind(i64::from(of.urgent))
    .bind(now.as_millisecond())
    .bind(of.told_as())
    .execute(tx)
    .await?;
    Ok(())
}

async fn hurry(tx: &mut Tx, delivery: &Delivery, now: Timestamp) -> Result<(), StoreError> {
    query("UPDATE delivery SET due = $3 WHERE shop = $1 AND id = $2 AND state = 'failed'")
        .bind(delivery.shop.as_str())
        .bind(&delivery.id)
        .bind(now.as_millisecond())
        .execute(tx)
        .await?;
    Ok(())
}

fn read(row: &Row) -> Result<Webhook, StoreError> {
    let on: i64 = row.try_get("enabled")?;
    Ok(Webhook {
        id: row.try_get("id")?,
        shop: parsed(row, "shop")?,
        name: row.try_get("name")?,
        url: row.try_get("url")?,
        secret: row.try_get("secret")?,
        events: json(row, "events")?,
        on: on == 1,
        made: instant(row, "made")?,
    })
}
