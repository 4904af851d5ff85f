//! What of the line or of a shop is or was out of order. A row without a shop is the whole house's and every shop sees it.

use biseo_model::ids::ShopId;
use biseo_model::incident::IncidentKind;
use jiff::Timestamp;
use serde_json::Value;

use crate::lists::{Page, cut};
use crate::pool::On;
use crate::query::query;
use crate::row::{Row, corrupt, instant, instant_opt, json, parsed_opt};
use crate::{Span, Store, StoreError};

/// A list of a span holds so many at most.
pub const MOST_IN_SPAN: usize = 1_000;
const MOST: i64 = 1_000;
/// Characters of a bank account that are kept.
const ACCOUNT: usize = 200;
/// A shop has so many of its own standing at most.
pub const MOST_STANDING: usize = 8;

/// Who found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundBy {
    /// The line doctor.
    Doctor,
    /// Somebody of the shop.
    Shop,
    /// Nobody: it was an exercise, and nothing was out of order.
    Exercise,
}

impl FoundBy {
    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Doctor => "doctor",
            Self::Shop => "shop",
            Self::Exercise => "exercise",
        }
    }

    fn of_code(code: &str) -> Result<Self, StoreError> {
        match code {
            "doctor" => Ok(Self::Doctor),
            "shop" => Ok(Self::Shop),
            "exercise" => Ok(Self::Exercise),
            other => Err(corrupt("source", format!("{other:?} is none"))),
        }
    }
}

/// Something that is or was out of order.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Its id.
    pub id: String,
    /// Whose it is; `None` is the whole house's.
    pub shop: Option<ShopId>,
    /// Who found it.
    pub source: FoundBy,
    /// The account of whoever began it.
    pub begun_by: Option<String>,
    /// A code: a label of the line doctor's, or an [`IncidentKind`]'s.
    pub cause: String,
    /// What it is about: `host`, `uplink`, `trunk`, `names` or `shop`.
    pub subject: String,
    /// The name of an uplink or a trunk; else empty.
    pub name: String,
    /// Area code of the callers whom it concerns; empty if all or unknown.
    pub region: String,
    /// Codes of what it brings about.
    pub consequences: Vec<String>,
    /// How sure it is, in thousandths.
    pub confidence: u32,
    /// Of what kind callers are told; `None` if they are not.
    pub announced: Option<IncidentKind>,
    /// A bank account of which they are told beside it.
    pub account: Option<String>,
    /// Since when.
    pub began: Timestamp,
    /// When it ends by itself, if somebody set that.
    pub ends: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// The verdict with its findings; `null` for what somebody said.
    pub evidence: Value,
}

impl Incident {
    /// Whether it stands at an instant.
    #[must_use]
    pub fn stands(&self, now: Timestamp) -> bool {
        self.ended.is_none() && self.ends.is_none_or(|ends| now < ends)
    }
}

impl Store {
    /// Keeps an incident. The same id again changes what may grow: region, consequences, confidence, evidence, what callers are told.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn begin_incident(&self, incident: &Incident) -> Result<(), StoreError> {
        insert(&self.pool, incident).await
    }

    /// Ends an incident of the whole house, with its last evidence. `false` if it had ended.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn end_house_incident(
        &self,
        id: &str,
        at: Timestamp,
        evidence: &Value,
    ) -> Result<bool, StoreError> {
        let done = query(
            "UPDATE incident SET ended = $2, evidence = $3 WHERE id = $1 AND shop IS NULL AND ended IS NULL",
        )
        .bind(id)
        .bind(at.as_millisecond())
        .bind(evidence.to_string())
        .execute(&self.pool)
        .await?;
        Ok(done == 1)
    }

    /// Ends a shop's own incident. `false` if the shop has none of that id that goes on.
    ///
    /// # Errors
    /// [`StoreError::Database`] and its like.
    pub async fn end_incident(&self, shop: &ShopId, id: &str, at: Timestamp) -> Result<bool, StoreError> {
        let done = query("UPDATE incident SET ended = $3 WHERE shop = $1 AND id = $2 AND ended IS NULL")
            .bind(shop.as_str())
            .bind(id)
            .bind(at.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(done == 1)
    }

    /// One incident that a shop sees: its own or the whole house's.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the row cannot be read.
    pub async fn incident(&self, shop: &ShopId, id: &str) -> Result<Option<Incident>, StoreError> {
        query("SELECT * FROM incident WHERE (shop = $1 OR shop IS NULL) AND id = $2")
            .bind(shop.as_str())
            .bind(id)
            .one(&self.pool, read)
            .await
    }

    /// A page of what a shop sees, newest first.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn incident_page(&self, shop: &ShopId, page: &Page) -> Result<Vec<Incident>, StoreError> {
        let (at, id, limit) = page.bounds();
        query(
            "SELECT * FROM incident WHERE (shop = $1 OR shop IS NULL) AND (began, id) < ($2, $3)
             ORDER BY began DESC, id DESC LIMIT $4",
        )
        .bind(shop.as_str())
        .bind(at)
        .bind(id)
        .bind(limit)
        .all(&self.pool, read)
        .await
    }

    /// What a shop sees of a span, if only in part, in order; at most 1000.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn incidents_in_span(&self, shop: &ShopId, span: Span) -> Result<Vec<Incident>, StoreError> {
        query(
            "SELECT * FROM incident WHERE (shop = $1 OR shop IS NULL) AND began < $3 AND (ended IS NULL OR ended > $2)
             ORDER BY began, id LIMIT $4",
        )
        .bind(shop.as_str())
        .bind(span.from.as_millisecond())
        .bind(span.until.as_millisecond())
        .bind(MOST)
        .all(&self.pool, read)
        .await
    }

    /// All that goes on, of all shops and of the house: for the program that tells callers.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if a row cannot be read.
    pub async fn open_incidents(&self) -> Result<Vec<Incident>, StoreError> {
        query("SELECT * FROM incident WHERE ended IS NULL ORDER BY began, id LIMIT $1")
            .bind(MOST)
            .all(&self.pool, read)
            .await
    }
}

pub(crate) async fn insert(on: impl Into<On<'_>>, incident: &Incident) -> Result<(), StoreError> {
    query(
        "INSERT INTO incident (id, shop, source, begun_by, cause, subject, name, region, consequence, confidence, announced,
             account, began, ends, ended, evidence)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         ON CONFLICT (id) DO UPDATE SET region = excluded.region, consequence = excluded.consequence, confidence = excluded.confidence,
             announced = excluded.announced, evidence = excluded.evidence",
    )
    .bind(&incident.id)
    .bind(incident.shop.as_ref().map(ShopId::as_str))
    .bind(incident.source.code())
    .bind(&incident.begun_by)
    .bind(&incident.cause)
    .bind(&incident.subject)
    .bind(&incident.name)
    .bind(&incident.region)
    .bind(incident.consequences.join(","))
    .bind(i64::from(incident.confidence))
    .bind(incident.announced.map(IncidentKind::code))
    .bind(incident.account.as_deref().map(|text| cut(text, ACCOUNT)))
    .bind(incident.began.as_millisecond())
    .bind(incident.ends.map(|at| at.as_millisecond()))
    .bind(incident.ended.map(|at| at.as_millisecond()))
    .bind(incident.evidence.to_string())
    .execute(on)
    .await?;
    Ok(())
}

fn read(row: &Row) -> Result<Incident, StoreError> {
    let source: String = row.try_get("source")?;
    let consequence: String = row.try_get("consequence")?;
    let confidence: i64 = row.try_get("confidence")?;
    let announced: Option<String> = row.try_get("announced")?;
    Ok(Incident {
        id: row.try_get("id")?,
        shop: parsed_opt(row, "shop")?,
        source: FoundBy::of_code(&source)?,
        begun_by: row.try_get("begun_by")?,
        cause: row.try_get("cause")?,
        subject: row.try_get("subject")?,
        name: row.try_get("name")?,
        region: row.try_get("region")?,
        consequences: consequence
            .split(',')
            .filter(|c| !c.is_empty())
            .map(String::from)
            .collect(),
        confidence: u32::try_from(confidence).map_err(|e| corrupt("confidence", e))?,
        // A kind of a later version is told to nobody.
        announced: announced.as_deref().and_then(IncidentKind::of_code),
        account: row.try_get("account")?,
        began: instant(row, "began")?,
        ends: instant_opt(row, "ends")?,
        ended: instant_opt(row, "ended")?,
        evidence: json(row, "evidence")?,
    })
}
