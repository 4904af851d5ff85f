//! Calendars out and in.

use biseo_store::{Feed, Import};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A calendar that is read under a secret address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FeedView {
    /// Its id.
    pub id: String,
    /// What the owner calls it.
    pub name: String,
    /// The table or member of staff; none for the whole shop.
    pub resource: Option<String>,
    /// Whether it tells telephone numbers.
    pub phones: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
}

/// A shop's feeds, oldest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Feeds {
    /// The feeds.
    pub items: Vec<FeedView>,
}

/// A feed to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFeed {
    /// What the owner calls it.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// The table or member of staff; none for the whole shop.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub resource: Option<String>,
    /// Whether it tells telephone numbers.
    #[serde(default)]
    pub phones: bool,
}

/// A feed with its address, which is told this once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FeedMade {
    /// The feed.
    pub feed: FeedView,
    /// The path of its address, a secret. `?lang=en` behind it gives it in English.
    pub path: String,
}

/// Somebody else's calendar, whose busy times are no times for bookings.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportView {
    /// Its id.
    pub id: String,
    /// What the owner calls it.
    pub name: String,
    /// The table or member of staff that is busy then; none for the whole shop.
    pub resource: Option<String>,
    /// The machine of its address; the rest is mostly a secret.
    pub host: String,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
    /// When it was last read.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub fetched: Option<Timestamp>,
    /// What was wrong since then: `refused`, `unreachable`, `status`, `too_large`, `form` or `shop`.
    pub fault: Option<String>,
}

/// A shop's imported calendars, oldest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Imports {
    /// The calendars.
    pub items: Vec<ImportView>,
}

/// A calendar to be imported.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// What the owner calls it.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// Its address, `https://` or `webcal://`.
    #[schema(min_length = 1, max_length = 2048)]
    pub address: String,
    /// The table or member of staff that is busy then; none for the whole shop.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub resource: Option<String>,
}

impl From<Feed> for FeedView {
    fn from(f: Feed) -> Self {
        Self {
            id: f.id,
            name: f.name,
            resource: f.resource,
            phones: f.phones,
            made: f.made,
        }
    }
}

impl From<Import> for ImportView {
    fn from(i: Import) -> Self {
        let rest = i.address.split_once("://").map_or("", |(_, rest)| rest);
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        Self {
            host: host.into(),
            id: i.id,
            name: i.name,
            resource: i.resource,
            made: i.made,
            fetched: i.fetched,
            fault: i.fault,
        }
    }
}
