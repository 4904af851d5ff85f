//! Accounts: who may sign in, and what they are at which shop. Roles are words that this room does not read.

use biseo_model::ids::ShopId;
use jiff::Timestamp;

use crate::pool::Tx;
use crate::query::query;
use crate::row::{Row, instant, instant_opt, json, parsed, text};
use crate::settings::{self, Rechosen};
use crate::{Store, StoreError};

/// Somebody who may sign in.
#[derive(Clone, PartialEq)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// The login, as it was chosen.
    pub login: String,
    /// How the user is called.
    pub name: String,
    /// The password's hash, a PHC string; empty if the account has none and is entered by passkeys.
    pub password: String,
    /// The second factor's secret in Base32, if one is enrolled.
    pub totp: Option<String>,
    /// One that is being enrolled.
    pub totp_pending: Option<String>,
    /// Hashes of the recovery codes that are left.
    pub recovery: Vec<String>,
    /// Runs the installation.
    pub operator: bool,
    /// When it was made.
    pub made: Timestamp,
    /// The last sign-in.
    pub last_seen: Option<Timestamp>,
}

/// Without its secrets.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What somebody is at a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The shop.
    pub shop: ShopId,
    /// The role, a word.
    pub role: String,
}

/// The form by which a login is found: capitals do not count.
#[must_use]
pub fn login_key(login: &str) -> String {
    login.trim().to_lowercase()
}

impl Store {
    /// Whether nobody has an account yet.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn no_accounts(&self) -> Result<bool, StoreError> {
        Ok(query("SELECT id FROM account LIMIT 1")
            .fetch_optional(&self.pool)
            .await?
            .is_none())
    }

    /// The account of a login.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        query("SELECT * FROM account WHERE login_key = $1")
            .bind(login_key(login))
            .one(&self.pool, read)
            .await
    }

    /// The account of an id.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn account(&self, id: &str) -> Result<Option<Account>, StoreError> {
        query("SELECT * FROM account WHERE id = $1")
            .bind(id)
            .one(&self.pool, read)
            .await
    }

    /// What an account is at which shops, by shop.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn memberships(&self, account: &str) -> Result<Vec<Membership>, StoreError> {
        let rows = query("SELECT shop, role FROM member WHERE account = $1 ORDER BY shop")
            .bind(account)
            .fetch_all(&self.pool)
            .await?;
        let read = |row: &Row| {
            Ok(Membership {
                shop: parsed(row, "shop")?,
                role: row.try_get("role")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// A shop's members with their roles, by login, at most 200.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn members(&self, shop: &ShopId) -> Result<Vec<(Account, String)>, StoreError> {
        let rows = query(
            "SELECT account.*, member.role FROM member JOIN account ON account.id = member.account
             WHERE member.shop = $1 ORDER BY account.login_key LIMIT 200",
        )
        .bind(shop.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|r| Ok((read(r)?, r.try_get("role")?))).collect()
    }

    /// A shop's member with the role.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn member(
        &self,
        shop: &ShopId,
        account: &str,
    ) -> Result<Option<(Account, String)>, StoreError> {
        let row = query(
            "SELECT account.*, member.role FROM member JOIN account ON account.id = member.account
             WHERE member.shop = $1 AND member.account = $2",
        )
        .bind(shop.as_str())
        .bind(account)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|r| Ok((read(&r)?, r.try_get("role")?))).transpose()
    }

    /// Gives a shop's member another role. A shop keeps one member of the role `keep` at least; somebody who loses that role
    /// may have kept a link to come back by, so the shop's open invitations are void then.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the shop has no such member, or would have nobody of the role `keep` left.
    pub async fn change_member(
        &self,
        shop: &ShopId,
        account: &str,
        role: &str,
        keep: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let before = role_of(&mut tx, shop, account).await?;
        let done = query("UPDATE member SET role = $3 WHERE shop = $1 AND account = $2")
            .bind(shop.as_str())
            .bind(account)
            .bind(role)
            .execute(&mut tx)
            .await?;
        crate::lists::met(done, "member")?;
        if role != keep {
            lost(&mut tx, shop, (before, keep)).await?;
        }
        tx.commit().await
    }

    /// Takes a member away from a shop, with the same for invitations. Nothing of the shop is told to them any more: their browsers are
    /// forgotten, and so is what waits to be sent to them; with `choice`, what the shop chose (who is told what) is replaced as well. An
    /// account with no shop left that does not run the installation is gone with its sessions. `false` if the choice was changed
    /// meanwhile; then nothing was done.
    ///
    /// # Errors
    /// As [`Store::change_member`].
    pub async fn remove_member(
        &self,
        shop: &ShopId,
        account: &str,
        keep: &str,
        choice: Option<&Rechosen<'_>>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.exclusive(shop).await?;
        let before = role_of(&mut tx, shop, account).await?;
        let done = query("DELETE FROM member WHERE shop = $1 AND account = $2")
            .bind(shop.as_str())
            .bind(account)
            .execute(&mut tx)
            .await?;
        crate::lists::met(done, "member")?;
        lost(&mut tx, shop, (before, keep)).await?;
        if let Some(choice) = choice
            && settings::choose(shop, choice).execute(&mut tx).await? != 1
        {
            return Ok(false);
        }
        untell(&mut tx, shop, account).await?;
        forget_without_shop(&mut tx, account).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Replaces the password's hash, and ends all sessions but one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if there is no such account.
    pub async fn set_password(&self, account: &str, hash: &str, session: &str) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        let done = query("UPDATE account SET password = $2 WHERE id = $1")
            .bind(account)
            .bind(hash)
            .execute(&mut tx)
            .await?;
        crate::lists::met(done, "account")?;
        query("DELETE FROM session WHERE account = $1 AND token <> $2")
            .bind(account)
            .bind(session)
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// Begins to enrol a second factor.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if there is no such account.
    pub async fn begin_totp(&self, account: &str, secret: &str) -> Result<(), StoreError> {
        let done = query("UPDATE account SET totp_pending = $2 WHERE id = $1")
            .bind(account)
            .bind(secret)
            .execute(&self.pool)
            .await?;
        crate::lists::met(done, "account")
    }

    /// The pending second factor `secret` counts from now on, with new recovery codes; `step` is used up.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if that one is not pending.
    pub async fn confirm_totp(
        &self,
        account: &str,
        secret: &str,
        step: i64,
        recovery: &[String],
    ) -> Result<(), StoreError> {
        let done = query(
            "UPDATE account SET totp = totp_pending, totp_pending = NULL, totp_step = $3, recovery = $4
             WHERE id = $1 AND totp_pending = $2",
        )
        .bind(account)
        .bind(secret)
        .bind(step)
        .bind(text(&recovery)?)
        .execute(&self.pool)
        .await?;
        crate::lists::met(done, "pending second factor")
    }

    /// Uses a time step of the second factor up. `false` if it or a later one was used before.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn use_step(&self, account: &str, step: i64) -> Result<bool, StoreError> {
        let done = query("UPDATE account SET totp_step = $2 WHERE id = $1 AND totp_step < $2")
            .bind(account)
            .bind(step)
            .execute(&self.pool)
            .await?;
        Ok(done == 1)
    }

    /// Replaces the recovery codes `from` by `to`. `false` if they are others meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn use_recovery(
        &self,
        account: &str,
        from: &[String],
        to: &[String],
    ) -> Result<bool, StoreError> {
        let done = query("UPDATE account SET recovery = $3 WHERE id = $1 AND recovery = $2")
            .bind(account)
            .bind(text(&from)?)
            .bind(text(&to)?)
            .execute(&self.pool)
            .await?;
        Ok(done == 1)
    }
}

/// What an account is at a shop.
pub(crate) async fn role_of(tx: &mut Tx, shop: &ShopId, account: &str) -> Result<Option<String>, StoreError> {
    let row = query("SELECT role FROM member WHERE shop = $1 AND account = $2")
        .bind(shop.as_str())
        .bind(account)
        .fetch_optional(tx)
        .await?;
    row.map(|r| r.try_get("role")).transpose()
}

/// Sees to what follows if somebody who was of the role `keep` is so no more.
pub(crate) async fn lost(
    tx: &mut Tx,
    shop: &ShopId,
    (before, keep): (Option<String>, &str),
) -> Result<(), StoreError> {
    if before.as_deref() != Some(keep) {
        return Ok(());
    }
    kept(tx, shop, keep).await?;
    query("DELETE FROM invitation WHERE shop = $1")
        .bind(shop.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether the shop has somebody of that role left.
async fn kept(tx: &mut Tx, shop: &ShopId, role: &str) -> Result<(), StoreError> {
    let left = query("SELECT account FROM member WHERE shop = $1 AND role = $2 LIMIT 1")
        .bind(shop.as_str())
        .bind(role)
        .fetch_optional(tx)
        .await?;
    match left {
        Some(_) => Ok(()),
        None => Err(StoreError::Conflict(format!(
            "the shop would have no {role} left"
        ))),
    }
}

/// Forgets where somebody is told of a shop, and what was to be told.
async fn untell(tx: &mut Tx, shop: &ShopId, reader: &str) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM push_subscription WHERE shop = $1 AND reader = $2",
        "DELETE FROM notice WHERE shop = $1 AND reader = $2 AND (delivery IS NULL OR delivery IN
         (SELECT id FROM delivery WHERE shop = $1 AND reader = $2 AND state NOT IN ('sent', 'given_up')))",
        "DELETE FROM delivery WHERE shop = $1 AND reader = $2 AND state NOT IN ('sent', 'given_up')",
    ] {
        query(sql)
            .bind(shop.as_str())
            .bind(reader)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

async fn forget_without_shop(tx: &mut Tx, account: &str) -> Result<(), StoreError> {
    const ALONE: &str = "SELECT id FROM account WHERE id = $1 AND operator = 0
        AND NOT EXISTS (SELECT 1 FROM member WHERE member.account = account.id)";
    if query(ALONE)
        .bind(account)
        .fetch_optional(&mut *tx)
        .await?
        .is_none()
    {
        return Ok(());
    }
    for sql in [
        "DELETE FROM session WHERE account = $1",
        "DELETE FROM answered WHERE account = $1",
        "DELETE FROM passkey WHERE account = $1",
        "DELETE FROM account WHERE id = $1",
    ] {
        query(sql).bind(account).execute(&mut *tx).await?;
    }
    Ok(())
}

pub(crate) async fn insert(tx: &mut Tx, a: &Account) -> Result<(), StoreError> {
    query(
        "INSERT INTO account (id, login, login_key, name, password, operator, made)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&a.id)
    .bind(a.login.trim())
    .bind(login_key(&a.login))
    .bind(&a.name)
    .bind(&a.password)
    .bind(i64::from(a.operator))
    .bind(a.made.as_millisecond())
    .execute(tx)
    .await?;
    Ok(())
}

pub(crate) fn read(row: &Row) -> Result<Account, StoreError> {
    let operator: i64 = row.try_get("operator")?;
    Ok(Account {
        id: row.try_get("id")?,
        login: row.try_get("login")?,
        name: row.try_get("name")?,
        password: row.try_get("password")?,
        totp: row.try_get("totp")?,
        totp_pending: row.try_get("totp_pending")?,
        recovery: json(row, "recovery")?,
        operator: operator == 1,
        made: instant(row, "made")?,
        last_seen: instant_opt(row, "last_seen")?,
    })
}
