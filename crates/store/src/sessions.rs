//! Sessions, and wrong passwords. Tokens come here as hashes.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::accounts::read;
use crate::pool::Tx;
use crate::query::query;
use crate::row::{count, instant};
use crate::{Account, Store, StoreError};

/// Those in whose name an attempt is counted, and how long each waits after so many in a row; `None`: not at all.
pub type Counted<'a> = (&'a str, &'a (dyn Fn(u32) -> Option<Duration> + Sync));

/// A session that goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Whose it is.
    pub account: Account,
    /// When it was begun.
    pub begun: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// Whether it was begun by a passkey, which is both factors.
    pub by_passkey: bool,
}

impl Store {
    /// Begins a session, `by_passkey` or by a password. Ended ones of anybody are swept away.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if there is no such account.
    pub async fn begin_session(
        &self,
        hash: &str,
        (account, by_passkey): (&str, bool),
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        query("DELETE FROM session WHERE expires <= $1")
            .bind(now.as_millisecond())
            .execute(&mut tx)
            .await?;
        query("INSERT INTO session (token, account, made, expires, passkey) VALUES ($1, $2, $3, $4, $5)")
            .bind(hash)
            .bind(account)
            .bind(now.as_millisecond())
            .bind(expires.as_millisecond())
            .bind(i64::from(by_passkey))
            .execute(&mut tx)
            .await?;
        query("UPDATE account SET last_seen = $2 WHERE id = $1")
            .bind(account)
            .bind(now.as_millisecond())
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// The session of a token's hash; `None` if it is over.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn session(&self, hash: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
        query(
            "SELECT account.*, session.expires, session.made AS begun, session.passkey AS by_passkey
             FROM session JOIN account ON account.id = session.account
             WHERE session.token = $1 AND session.expires > $2",
        )
        .bind(hash)
        .bind(now.as_millisecond())
        .one(&self.pool, |row| {
            let by_passkey: i64 = row.try_get("by_passkey")?;
            Ok(Session {
                account: read(row)?,
                begun: instant(row, "begun")?,
                expires: instant(row, "expires")?,
                by_passkey: by_passkey == 1,
            })
        })
        .await
    }

    /// A session is used: it ends later.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn prolong_session(&self, hash: &str, expires: Timestamp) -> Result<(), StoreError> {
        query("UPDATE session SET expires = $2 WHERE token = $1")
            .bind(hash)
            .bind(expires.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn end_session(&self, hash: &str) -> Result<(), StoreError> {
        query("DELETE FROM session WHERE token = $1")
            .bind(hash)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends all sessions of an account but one.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn end_other_sessions(&self, account: &str, but: &str) -> Result<(), StoreError> {
        query("DELETE FROM session WHERE account = $1 AND token <> $2")
            .bind(account)
            .bind(but)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Counts an attempt for each of `who` (any text that tells login or network) before its password is looked at: all in
    /// one transaction, so that of many at once no more are looked at than one after the other. While one of them has to
    /// wait nothing is counted, and it is told until when. What is a day old is forgotten, of anybody.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn attempt(
        &self,
        who: &[Counted<'_>],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let day = SignedDuration::from_hours(24).as_millis() as i64;
        // On its own: with the counts' locks in hand two of them could wait for each other.
        query("DELETE FROM attempt WHERE last < $1")
            .bind(now.as_millisecond() - day)
            .execute(&self.pool)
            .await?;
        let mut tx = self.pool.begin().await?;
        for (who, wait) in who {
            let (fails, until) = counted(&mut tx, who, now).await?;
            if until > now {
                return Ok(Some(until));
            }
            if let Some(wait) = wait(fails) {
                let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
                query("UPDATE attempt SET until = $2 WHERE who = $1")
                    .bind(*who)
                    .bind(until.as_millisecond())
                    .execute(&mut tx)
                    .await?;
            }
        }
        tx.commit().await?;
        Ok(None)
    }

    /// The right password was given.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn clear_attempts(&self, who: &str) -> Result<(), StoreError> {
        query("DELETE FROM attempt WHERE who = $1")
            .bind(who)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// Counts one more; gives how many there are in a row, and until when none is looked at.
async fn counted(tx: &mut Tx, who: &str, now: Timestamp) -> Result<(u32, Timestamp), StoreError> {
    let row = query(
        "INSERT INTO attempt (who, fails, until, last) VALUES ($1, 1, 0, $2)
         ON CONFLICT (who) DO UPDATE SET fails = attempt.fails + 1, last = excluded.last
         RETURNING fails, until",
    )
    .bind(who)
    .bind(now.as_millisecond())
    .fetch_optional(tx)
    .await?;
    let row = row.ok_or_else(|| StoreError::Database("a count gave no row".into()))?;
    Ok((count(&row, "fails")?, instant(&row, "until")?))
}
