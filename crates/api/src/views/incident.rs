//! What of the line or the shop is or was out of order.

use biseo_store::{FoundBy, Incident};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What somebody of the shop can say with one tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShopIncident {
    /// Cards cannot be paid with.
    PaymentsDown,
    /// The shop has no internet.
    InternetDown,
    /// The shop has no electricity.
    PowerDown,
    /// Closed for the rest of the day: nothing is booked for today any more.
    ClosedEarly,
}

impl ShopIncident {
    /// As it is kept.
    #[must_use]
    pub fn kind(self) -> biseo_model::incident::IncidentKind {
        use biseo_model::incident::IncidentKind as K;
        match self {
            Self::PaymentsDown => K::PaymentsDown,
            Self::InternetDown => K::InternetDown,
            Self::PowerDown => K::PowerDown,
            Self::ClosedEarly => K::ClosedEarly,
        }
    }
}

/// Something is out of order from now on: callers are told so.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIncident {
    /// What.
    pub kind: ShopIncident,
    /// A bank account of which callers are told, as it is good to say ("국민 123-45-678901 행복식당"); with `payments_down` and `internet_down`
    /// only.
    #[schema(min_length = 1, max_length = 200)]
    pub account: Option<String>,
    /// When it ends by itself, within seven days. `closed_early` without one ends at midnight of the shop's clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends: Option<Timestamp>,
}

/// Who found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncidentSource {
    /// The line doctor; it ends when the doctor says so.
    Doctor,
    /// Somebody of the shop.
    Shop,
    /// Nobody: an exercise of the operator's. Nothing was out of order, and it is no evidence for a claim.
    Exercise,
}

/// Something that is or was out of order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentView {
    /// Its id.
    pub id: String,
    /// Whether it is the shop's own; else it is that of the whole house, whose line all shops share.
    pub own: bool,
    /// Who found it.
    pub source: IncidentSource,
    /// A code: `payments_down` and its like, or one of the line doctor's (`trunk_dead`, `routing_withdrawn`, …).
    pub cause: String,
    /// What it is about: `host`, `uplink`, `trunk`, `names` or `shop`.
    pub subject: String,
    /// The name of an uplink or a trunk; else empty.
    pub name: String,
    /// Area code of the callers whom it concerns; empty if all or unknown.
    pub region: String,
    /// Codes of what it brings about.
    pub consequences: Vec<String>,
    /// How sure it is, 0 to 1.
    pub confidence: f64,
    /// Of what kind callers are told; none if they are not.
    pub announced: Option<String>,
    /// A bank account of which they are told.
    pub account: Option<String>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub began: Timestamp,
    /// When it ends by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended: Option<Timestamp>,
    /// What was measured: objects with a `code` and its numbers.
    #[schema(value_type = Vec<Object>)]
    pub findings: Vec<Value>,
}

/// A page of incidents, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentPage {
    /// The incidents.
    pub items: Vec<IncidentView>,
    /// Give this as `cursor` for the next page; none on the last.
    pub next: Option<String>,
}

/// All that a shop sees of a span, to be handed in with a claim for compensation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineEvidence {
    /// The shop.
    pub shop: String,
    /// The span's beginning.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
    /// What lies in the span, if only in part; at most 1000.
    pub incidents: Vec<IncidentView>,
}

impl From<Incident> for IncidentView {
    fn from(i: Incident) -> Self {
        let findings = i.evidence["findings"].as_array().cloned();
        Self {
            id: i.id,
            own: i.shop.is_some(),
            source: match i.source {
                FoundBy::Doctor => IncidentSource::Doctor,
                FoundBy::Shop => IncidentSource::Shop,
                FoundBy::Exercise => IncidentSource::Exercise,
            },
            cause: i.cause,
            subject: i.subject,
            name: i.name,
            region: i.region,
            consequences: i.consequences,
            confidence: f64::from(i.confidence) / 1e3,
            announced: i.announced.map(|kind| kind.code().into()),
            account: i.account,
            began: i.began,
            ends: i.ends,
            ended: i.ended,
            findings: findings.unwrap_or_default(),
        }
    }
}
