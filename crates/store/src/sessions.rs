//! Sessions, and wrong passwords. Tokens come here as hashes.

use jiff::{SignedDuration, Timestamp};

use crate::accounts::read;
use crate::query::query;
use crate::row::{count, instant};
use crate::{Account, Store, StoreError};

/// How often the wrong password was given, and until when no other is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// How often in a row.
    pub fails: u32,
    /// Until when.
    pub until: Timestamp,
}

impl Store {
    /// Begins a session. Ended ones of anybody are swept away.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if there is no such account.
    pub async fn begin_session(
        &self,
        hash: &str,
        account: &str,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        query("DELETE FROM session WHERE expires <= $1")
            .bind(now.as_millisecond())
            .execute(&mut tx)
            .await?;
        query("INSERT INTO session (token, account, made, expires) VALUES ($1, $2, $3, $4)")
            .bind(hash)
            .bind(account)
            .bind(now.as_millisecond())
            .bind(expires.as_millisecond())
            .execute(&mut tx)
            .await?;
        query("UPDATE account SET last_seen = $2 WHERE id = $1")
            .bind(account)
            .bind(now.as_millisecond())
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// Whose a session is, when it was begun and when it ends; `None` if it is over.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn session(
        &self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<(Account, Timestamp, Timestamp)>, StoreError> {
        let row = query(
            "SELECT account.*, session.expires, session.made AS begun
             FROM session JOIN account ON account.id = session.account
             WHERE session.token = $1 AND session.expires > $2",
        )
        .bind(hash)
        .bind(now.as_millisecond())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((
            read(&row)?,
            instant(&row, "begun")?,
            instant(&row, "expires")?,
        )))
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

    /// The wrong passwords of `who`: any text that tells login and network.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn attempts(&self, who: &str) -> Result<Option<Attempts>, StoreError> {
        let row = query("SELECT fails, until FROM attempt WHERE who = $1")
            .bind(who)
            .fetch_optional(&self.pool)
            .await?;
        let read = |row: &crate::row::Row| {
            Ok(Attempts {
                fails: count(row, "fails")?,
                until: instant(row, "until")?,
            })
        };
        row.as_ref().map(read).transpose()
    }

    /// Counts an attempt before its password is looked at, so that many at once are many; gives the count. `until` is when
    /// the next may be made. What is a day old is forgotten, of anybody.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn count_attempt(&self, who: &str, now: Timestamp) -> Result<u32, StoreError> {
        let day = SignedDuration::from_hours(24).as_millis() as i64;
        let mut tx = self.pool.begin().await?;
        query("DELETE FROM attempt WHERE last < $1")
            .bind(now.as_millisecond() - day)
            .execute(&mut tx)
            .await?;
        let row = query(
            "INSERT INTO attempt (who, fails, until, last) VALUES ($1, 1, 0, $2)
             ON CONFLICT (who) DO UPDATE SET fails = attempt.fails + 1, last = excluded.last
             RETURNING fails",
        )
        .bind(who)
        .bind(now.as_millisecond())
        .fetch_optional(&mut tx)
        .await?;
        tx.commit().await?;
        row.as_ref().map_or(Ok(1), |row| count(row, "fails"))
    }

    /// No other password of `who` is looked at until then.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn lock_attempts(&self, who: &str, until: Timestamp) -> Result<(), StoreError> {
        query("UPDATE attempt SET until = $2 WHERE who = $1 AND until < $2")
            .bind(who)
            .bind(until.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(())
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
