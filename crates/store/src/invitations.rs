//! Invitations by one-time link: the way to every account.

use biseo_model::ids::ShopId;
use jiff::Timestamp;

use crate::accounts::{insert, lost, read as read_account, role_of};
use crate::open::lock;
use crate::pool::Tx;
use crate::query::query;
use crate::row::{Row, instant, parsed_opt};
use crate::{Account, Passkey, Store, StoreError, passkeys};

/// An invitation. Its token is known to the invited only; here is its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// Its id.
    pub id: String,
    /// The shop; none for somebody who runs the installation.
    pub shop: Option<ShopId>,
    /// What the account will be at the shop.
    pub role: String,
    /// How the user is called.
    pub name: String,
    /// When it was made.
    pub made: Timestamp,
    /// Until when it can be taken.
    pub expires: Timestamp,
}

impl Store {
    /// Stores an invitation under its token's hash. Old ones of anybody are swept away.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if id or hash are there.
    pub async fn invite(&self, invited: &Invited, hash: &str) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        query("DELETE FROM invitation WHERE expires <= $1")
            .bind(invited.made.as_millisecond())
            .execute(&mut tx)
            .await?;
        query(
            "INSERT INTO invitation (id, token, shop, role, name, made, expires)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&invited.id)
        .bind(hash)
        .bind(invited.shop.as_ref().map(ShopId::as_str))
        .bind(&invited.role)
        .bind(&invited.name)
        .bind(invited.made.as_millisecond())
        .bind(invited.expires.as_millisecond())
        .execute(&mut tx)
        .await?;
        tx.commit().await
    }

    /// What a token's hash is good for at `now`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn invited(&self, hash: &str, now: Timestamp) -> Result<Option<Invited>, StoreError> {
        query("SELECT * FROM invitation WHERE token = $1 AND expires > $2")
            .bind(hash)
            .bind(now.as_millisecond())
            .one(&self.pool, read)
            .await
    }

    /// A shop's open invitations, newest first, at most 100.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn invitations(&self, shop: &ShopId, now: Timestamp) -> Result<Vec<Invited>, StoreError> {
        query("SELECT * FROM invitation WHERE shop = $1 AND expires > $2 ORDER BY made DESC, id LIMIT 100")
            .bind(shop.as_str())
            .bind(now.as_millisecond())
            .all(&self.pool, read)
            .await
    }

    /// Withdraws a shop's invitation. `false` if it has no such one.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn withdraw_invitation(&self, shop: &ShopId, id: &str) -> Result<bool, StoreError> {
        let done = query("DELETE FROM invitation WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(done == 1)
    }

    /// Takes an invitation with a new account, in one transaction: a link makes one account. `None` if the link is used up
    /// or too old at `account.made`. `account.operator` is set by the invitation.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the login is taken; then the link is as good as before.
    pub async fn accept_with(&self, hash: &str, account: &Account) -> Result<Option<Invited>, StoreError> {
        self.accept(hash, account, None).await
    }

    /// The same for an account whose first way in is a passkey.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the login is taken or the passkey known; then the link is as good as before.
    pub async fn accept_with_passkey(
        &self,
        hash: &str,
        account: &Account,
        passkey: &Passkey,
    ) -> Result<Option<Invited>, StoreError> {
        self.accept(hash, account, Some(passkey)).await
    }

    async fn accept(
        &self,
        hash: &str,
        account: &Account,
        passkey: Option<&Passkey>,
    ) -> Result<Option<Invited>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let Some(invited) = take(&mut tx, hash, account.made).await? else {
            return Ok(None);
        };
        let account = Account {
            operator: invited.shop.is_none(),
            ..account.clone()
        };
        insert(&mut tx, &account).await?;
        if let Some(passkey) = passkey {
            passkeys::insert(&mut tx, passkey).await?;
        }
        join(&mut tx, &account.id, &invited).await?;
        tx.commit().await?;
        Ok(Some(invited))
    }

    /// Takes an invitation for an account that is there. `None` as for [`Store::accept_with`]. A member of the shop gets
    /// the invitation's role instead of the present one; the shop keeps one of the role `keep` as in
    /// [`Store::change_member`].
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the shop would have nobody of the role `keep` left; then the link is as good as before.
    pub async fn accept_as(
        &self,
        hash: &str,
        login: &str,
        now: Timestamp,
        keep: &str,
    ) -> Result<Option<(Invited, Account)>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let Some(invited) = take(&mut tx, hash, now).await? else {
            return Ok(None);
        };
        let row = query("SELECT * FROM account WHERE login_key = $1")
            .bind(crate::accounts::login_key(login))
            .fetch_optional(&mut tx)
            .await?;
        let Some(account) = row.as_ref().map(read_account).transpose()? else {
            return Ok(None);
        };
        change(&mut tx, &account.id, &invited, keep).await?;
        tx.commit().await?;
        Ok(Some((invited, account)))
    }
}

/// Deletes the invitation and tells what it was: of two at once only one gets it.
async fn take(tx: &mut Tx, hash: &str, now: Timestamp) -> Result<Option<Invited>, StoreError> {
    query("DELETE FROM invitation WHERE token = $1 AND expires > $2 RETURNING *")
        .bind(hash)
        .bind(now.as_millisecond())
        .one(tx, read)
        .await
}

/// Joins somebody who may be there already.
async fn change(tx: &mut Tx, account: &str, invited: &Invited, keep: &str) -> Result<(), StoreError> {
    let Some(shop) = &invited.shop else {
        return join(tx, account, invited).await;
    };
    lock(tx, shop).await?;
    let before = role_of(tx, shop, account).await?;
    join(tx, account, invited).await?;
    if invited.role != keep {
        lost(tx, shop, (before, keep)).await?;
    }
    Ok(())
}

async fn join(tx: &mut Tx, account: &str, invited: &Invited) -> Result<(), StoreError> {
    let Some(shop) = &invited.shop else {
        query("UPDATE account SET operator = 1 WHERE id = $1")
            .bind(account)
            .execute(tx)
            .await?;
        return Ok(());
    };
    query(
        "INSERT INTO member (account, shop, role) VALUES ($1, $2, $3)
         ON CONFLICT (account, shop) DO UPDATE SET role = excluded.role",
    )
    .bind(account)
    .bind(shop.as_str())
    .bind(&invited.role)
    .execute(tx)
    .await?;
    Ok(())
}

fn read(row: &Row) -> Result<Invited, StoreError> {
    Ok(Invited {
        id: row.try_get("id")?,
        shop: parsed_opt(row, "shop")?,
        role: row.try_get("role")?,
        name: row.try_get("name")?,
        made: instant(row, "made")?,
        expires: instant(row, "expires")?,
    })
}
