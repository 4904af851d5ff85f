//! What callers asked and nobody could answer, until the owner does.

use biseo_model::ids::{CallId, ShopId};
use jiff::Timestamp;

use crate::lists::{Page, cut};
use crate::query::query;
use crate::row::{Row, instant, parsed_opt};
use crate::{Store, StoreError};

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its id.
    pub id: String,
    /// The call.
    pub call: Option<CallId>,
    /// The caller's words.
    pub text: String,
    /// When it was asked.
    pub at: Timestamp,
    /// `open`, `answered` or `dismissed`.
    pub state: String,
    /// Under which topic of the profile's facts the answer stands.
    pub topic: Option<String>,
}

impl Store {
    /// Stores a question; of its words 500 characters. The same id again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn add_question(&self, shop: &ShopId, question: &Question) -> Result<(), StoreError> {
        query(
            "INSERT INTO question (id, shop, call, text, at, state, topic) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(&question.id)
        .bind(shop.as_str())
        .bind(question.call.as_ref().map(CallId::as_str))
        .bind(cut(&question.text, 500))
        .bind(question.at.as_millisecond())
        .bind(&question.state)
        .bind(&question.topic)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A page of a shop's questions, newest first; of one state if one is given.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn question_page(
        &self,
        shop: &ShopId,
        state: Option<&str>,
        page: &Page,
    ) -> Result<Vec<Question>, StoreError> {
        let (at, id, limit) = page.bounds();
        let sql = match state {
            None => {
                "SELECT * FROM question WHERE shop = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4"
            }
            Some(_) => {
                "SELECT * FROM question WHERE shop = $1 AND (at, id) < ($2, $3) AND state = $5
                 ORDER BY at DESC, id DESC LIMIT $4"
            }
        };
        let bound = query(sql).bind(shop.as_str()).bind(at).bind(id).bind(limit);
        let bound = state.into_iter().fold(bound, |query, state| query.bind(state));
        bound.all(&self.pool, read).await
    }

    /// One question of a shop.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn question(&self, shop: &ShopId, id: &str) -> Result<Option<Question>, StoreError> {
        query("SELECT * FROM question WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id)
            .one(&self.pool, read)
            .await
    }

    /// Notes what became of a question. `false` if the shop has no such one.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn settle_question(
        &self,
        shop: &ShopId,
        id: &str,
        state: &str,
        topic: Option<&str>,
    ) -> Result<bool, StoreError> {
        let done = query("UPDATE question SET state = $3, topic = $4 WHERE shop = $1 AND id = $2")
            .bind(shop.as_str())
            .bind(id)
            .bind(state)
            .bind(topic)
            .execute(&self.pool)
            .await?;
        Ok(done == 1)
    }
}

pub(crate) fn read(row: &Row) -> Result<Question, StoreError> {
    Ok(Question {
        id: row.try_get("id")?,
        call: parsed_opt(row, "call")?,
        text: row.try_get("text")?,
        at: instant(row, "at")?,
        state: row.try_get("state")?,
        topic: row.try_get("topic")?,
    })
}
