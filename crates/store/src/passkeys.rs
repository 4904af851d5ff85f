//! Passkeys: keys of people's devices, by which they sign in without a password.

use jiff::Timestamp;

use crate::pool::Tx;
use crate::query::query;
use crate::row::{Row, count, instant, instant_opt};
use crate::{Store, StoreError};

/// An account has so many at most.
pub const MOST_PASSKEYS: usize = 20;

/// A key of somebody's device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its id in the API.
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// The domain for which it was made (WebAuthn's RP id).
    pub domain: String,
    /// Its id on that domain, base64url without padding.
    pub credential: String,
    /// What the device calls the account by (WebAuthn's user handle), base64url without padding.
    pub handle: String,
    /// The public key as whoever verifies by it keeps it, JSON.
    pub public_key: String,
    /// How often it has signed by its own count; 0 for devices that do not count.
    pub counter: u32,
    /// Whether it may be copied to other devices of its owner.
    pub backup_eligible: bool,
    /// Whether it is.
    pub backed_up: bool,
    /// How its owner calls it.
    pub name: String,
    /// When it was added.
    pub made: Timestamp,
    /// The last sign-in by it.
    pub used: Option<Timestamp>,
}

/// What became of a passkey that was to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It is gone.
    Gone,
    /// The account has no such one.
    Unknown,
    /// It stays: the account has no password and no other passkey of the same domain.
    Last,
}

impl Store {
    /// Adds a passkey to its account.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if there is no such account, it has [`MOST_PASSKEYS`], or the credential is known.
    pub async fn add_passkey(&self, passkey: &Passkey) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        crate::lists::met(alone(&mut tx, &passkey.account).await?, "account")?;
        let row = query("SELECT COUNT(*) AS n FROM passkey WHERE account = $1")
            .bind(&passkey.account)
            .one(&mut tx, |row| count(row, "n"))
            .await?;
        if row.is_some_and(|n| n as usize >= MOST_PASSKEYS) {
            return Err(StoreError::Conflict("as many passkeys as may be".into()));
        }
        insert(&mut tx, passkey).await?;
        tx.commit().await
    }

    /// An account's passkeys, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn passkeys(&self, account: &str) -> Result<Vec<Passkey>, StoreError> {
        query("SELECT * FROM passkey WHERE account = $1 ORDER BY made, id")
            .bind(account)
            .all(&self.pool, read)
            .await
    }

    /// The passkey of a credential on a domain.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn passkey_of(&self, domain: &str, credential: &str) -> Result<Option<Passkey>, StoreError> {
        query("SELECT * FROM passkey WHERE domain = $1 AND credential = $2")
            .bind(domain)
            .bind(credential)
            .one(&self.pool, read)
            .await
    }

    /// A passkey has signed. `false` if its counter is not above the one that is stored (both 0: it does not count): of two at once
    /// with the same counter one is taken.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn use_passkey(
        &self,
        id: &str,
        counter: u32,
        backed_up: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = query(
            "UPDATE passkey SET counter = $2, backed_up = $3, used = $4
             WHERE id = $1 AND (counter < $2 OR (counter = 0 AND $2 = 0))",
        )
        .bind(id)
        .bind(i64::from(counter))
        .bind(i64::from(backed_up))
        .bind(now.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(done == 1)
    }

    /// Calls an account's passkey otherwise. `false` if it has no such one.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn rename_passkey(&self, account: &str, id: &str, name: &str) -> Result<bool, StoreError> {
        let done = query("UPDATE passkey SET name = $3 WHERE account = $1 AND id = $2")
            .bind(account)
            .bind(id)
            .bind(name)
            .execute(&self.pool)
            .await?;
        Ok(done == 1)
    }

    /// Removes an account's passkey, if another way to sign in is left: a password, or another passkey of `domain`.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn remove_passkey(
        &self,
        account: &str,
        id: &str,
        domain: Option<&str>,
    ) -> Result<Removal, StoreError> {
        let mut tx = self.pool.begin().await?;
        alone(&mut tx, account).await?;
        let gone = query("DELETE FROM passkey WHERE account = $1 AND id = $2")
            .bind(account)
            .bind(id)
            .execute(&mut tx)
            .await?;
        if gone == 0 {
            return Ok(Removal::Unknown);
        }
        let left = query(
            "SELECT id FROM account WHERE id = $1 AND (password <> ''
                OR EXISTS (SELECT 1 FROM passkey WHERE account = $1 AND domain = $2))",
        )
        .bind(account)
        .bind(domain)
        .fetch_optional(&mut tx)
        .await?;
        if left.is_none() {
            return Ok(Removal::Last);
        }
        tx.commit().await?;
        Ok(Removal::Gone)
    }
}

/// Makes what changes an account's passkeys go one after the other; tells whether the account is there (1).
async fn alone(tx: &mut Tx, account: &str) -> Result<u64, StoreError> {
    query("UPDATE account SET made = made WHERE id = $1")
        .bind(account)
        .execute(tx)
        .await
}

pub(crate) async fn insert(tx: &mut Tx, p: &Passkey) -> Result<(), StoreError> {
    query(
        "INSERT INTO passkey (id, account, domain, credential, handle, public_key, counter, backup_eligible, backed_up, name, made)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&p.id)
    .bind(&p.account)
    .bind(&p.domain)
    .bind(&p.credential)
    .bind(&p.handle)
    .bind(&p.public_key)
    .bind(i64::from(p.counter))
    .bind(i64::from(p.backup_eligible))
    .bind(i64::from(p.backed_up))
    .bind(&p.name)
    .bind(p.made.as_millisecond())
    .execute(tx)
    .await?;
    Ok(())
}

fn read(row: &Row) -> Result<Passkey, StoreError> {
    let flag = |column: &str| Ok::<_, StoreError>(row.try_get::<i64>(column)? == 1);
    Ok(Passkey {
        id: row.try_get("id")?,
        account: row.try_get("account")?,
        domain: row.try_get("domain")?,
        credential: row.try_get("credential")?,
        handle: row.try_get("handle")?,
        public_key: row.try_get("public_key")?,
        counter: count(row, "counter")?,
        backup_eligible: flag("backup_eligible")?,
        backed_up: flag("backed_up")?,
        name: row.try_get("name")?,
        made: instant(row, "made")?,
        used: instant_opt(row, "used")?,
    })
}
