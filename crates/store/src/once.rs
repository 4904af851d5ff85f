//! Requests that carry a key are carried out once.

use jiff::{SignedDuration, Timestamp};

use crate::query::query;
use crate::{Store, StoreError};

/// What is known of a request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Once {
    /// Nothing: carry it out, then tell [`Store::answered`].
    Begin,
    /// Somebody carries it out.
    UnderWay,
    /// The key belongs to another request.
    Other,
    /// It was answered.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
    },
}

/// An answer is remembered so long.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Who carries something out and says nothing for so long is dead.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

impl Store {
    /// Claims a key of an account for a request, told by its hash.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn once(
        &self,
        account: &str,
        key: &str,
        request: &str,
        now: Timestamp,
    ) -> Result<Once, StoreError> {
        let before = |d: SignedDuration| now.as_millisecond() - d.as_millis() as i64;
        let mut tx = self.pool.begin().await?;
        query("DELETE FROM answered WHERE at < $1 OR (status IS NULL AND at < $2)")
            .bind(before(KEPT))
            .bind(before(PATIENCE))
            .execute(&mut tx)
            .await?;
        let claimed = query(
            "INSERT INTO answered (account, key, request, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account, key) DO NOTHING",
        )
        .bind(account)
        .bind(key)
        .bind(request)
        .bind(now.as_millisecond())
        .execute(&mut tx)
        .await?;
        let known = query("SELECT request, status, body FROM answered WHERE account = $1 AND key = $2")
            .bind(account)
            .bind(key)
            .fetch_optional(&mut tx)
            .await?;
        tx.commit().await?;
        let Some(known) = known.filter(|_| claimed == 0) else {
            return Ok(Once::Begin);
        };
        let (status, body): (Option<i64>, Option<String>) =
            (known.try_get("status")?, known.try_get("body")?);
        if known.try_get::<String>("request")? != request {
            return Ok(Once::Other);
        }
        Ok(match status.and_then(|s| u16::try_from(s).ok()) {
            Some(status) => Once::Answered {
                status,
                body: body.unwrap_or_default(),
            },
            None => Once::UnderWay,
        })
    }

    /// Keeps the answer of a claimed key.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn answered(
        &self,
        account: &str,
        key: &str,
        status: u16,
        body: &str,
    ) -> Result<(), StoreError> {
        query("UPDATE answered SET status = $3, body = $4 WHERE account = $1 AND key = $2")
            .bind(account)
            .bind(key)
            .bind(i64::from(status))
            .bind(body)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Gives a claimed key back: nothing was done.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn not_answered(&self, account: &str, key: &str) -> Result<(), StoreError> {
        query("DELETE FROM answered WHERE account = $1 AND key = $2 AND status IS NULL")
            .bind(account)
            .bind(key)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
