//! Second factors' secrets, as they are written: in the clear or sealed is for others to know.

use crate::query::query;
use crate::{Store, StoreError};

/// The secrets of one account.
#[derive(Clone, PartialEq, Eq)]
pub struct Factor {
    /// The account's id.
    pub account: String,
    /// The one that counts.
    pub totp: Option<String>,
    /// The one that is being enrolled.
    pub pending: Option<String>,
}

/// Without its secrets.
impl std::fmt::Debug for Factor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Factor")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// The secrets of all accounts that have one.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn factors(&self) -> Result<Vec<Factor>, StoreError> {
        let rows = query(
            "SELECT id, totp, totp_pending FROM account WHERE totp IS NOT NULL OR totp_pending IS NOT NULL
             ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        let read = |row: &crate::row::Row| {
            Ok(Factor {
                account: row.try_get("id")?,
                totp: row.try_get("totp")?,
                pending: row.try_get("totp_pending")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Writes an account's secrets in another form. `false` if they are no longer those of `old`; then nothing has changed.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn rewrite_factor(&self, old: &Factor, new: &Factor) -> Result<bool, StoreError> {
        let done = query(
            "UPDATE account SET totp = $4, totp_pending = $5
             WHERE id = $1 AND COALESCE(totp, '') = $2 AND COALESCE(totp_pending, '') = $3",
        )
        .bind(&old.account)
        .bind(old.totp.as_deref().unwrap_or_default())
        .bind(old.pending.as_deref().unwrap_or_default())
        .bind(new.totp.as_deref())
        .bind(new.pending.as_deref())
        .execute(&self.pool)
        .await?;
        Ok(done == 1)
    }
}
