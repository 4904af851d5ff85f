//! What is kept free for a call while its caller decides.

use biseo_model::ids::{BookingId, CallId, ShopId};
use jiff::Timestamp;

use crate::free::Taken;
use crate::pool::Tx;
use crate::query::query;
use crate::{Asker, Store, StoreError, Want};

impl Store {
    /// Tells what is free as [`Store::free`] does, and holds the first free wish, on its best free candidate, for the call
    /// until `until`: for others it is taken, for the call itself it is free. Booking or moving by the call uses the hold
    /// up, its end gives it back. A call holds one time; what it held before is given back, also if nothing is free now.
    ///
    /// The whole is one transaction of the shop, as [`Store::book`] is: of two calls only one is told that the last table
    /// is free.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn offer(
        &self,
        shop: &ShopId,
        wishes: &[Want<'_>],
        except: Option<&BookingId>,
        call: &CallId,
        (now, until): (Timestamp, Timestamp),
    ) -> Result<Vec<bool>, StoreError> {
        let by = Asker {
            call: Some(call),
            now,
        };
        let mut tx = self.exclusive(shop).await?;
        sweep(&mut tx, shop, by).await?;
        let taken = Taken::around(&mut tx, shop, wishes, except, by).await?;
        let served: Vec<Option<&str>> = wishes.iter().map(|w| taken.serving(w)).collect();
        let first = wishes.iter().zip(&served).find_map(|(w, s)| Some((w, (*s)?)));
        if let Some((want, resource)) = first {
            insert(&mut tx, shop, call, (resource, want.span()), until).await?;
        }
        tx.commit().await?;
        Ok(served.iter().map(Option::is_some).collect())
    }

    /// Gives back what a call holds. Returns `false` if it holds nothing.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn release_hold(&self, call: &CallId) -> Result<bool, StoreError> {
        let released = query("DELETE FROM hold WHERE call = $1")
            .bind(call.as_str())
            .execute(&self.pool)
            .await?;
        Ok(released == 1)
    }
}

/// Takes away what holds no more in a shop, and the asker's own hold.
pub(crate) async fn sweep(tx: &mut Tx, shop: &ShopId, by: Asker<'_>) -> Result<(), StoreError> {
    query("DELETE FROM hold WHERE (shop = $1 AND expires <= $2) OR call = $3")
        .bind(shop.as_str())
        .bind(by.now.as_millisecond())
        .bind(by.call.map_or("", |c| c.as_str()))
        .execute(tx)
        .await?;
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    shop: &ShopId,
    call: &CallId,
    (resource, (starts, ends)): (&str, (i64, i64)),
    until: Timestamp,
) -> Result<(), StoreError> {
    query("INSERT INTO hold (call, shop, resource, starts, ends, expires) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(call.as_str())
        .bind(shop.as_str())
        .bind(resource)
        .bind(starts)
        .bind(ends)
        .bind(until.as_millisecond())
        .execute(tx)
        .await?;
    Ok(())
}
