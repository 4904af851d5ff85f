//! Digests as a feed under a secret address.

use biseo_store::DigestFeed;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A feed of digests that is read under a secret address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestFeedView {
    /// Its id.
    pub id: String,
    /// What the owner calls it: who reads it, or by what.
    pub name: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
}

/// A shop's feeds of digests, oldest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestFeeds {
    /// The feeds.
    pub items: Vec<DigestFeedView>,
}

/// A feed to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDigestFeed {
    /// What the owner calls it.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
}

/// A feed with its address, which is told this once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestFeedMade {
    /// The feed.
    pub feed: DigestFeedView,
    /// The path of its address, a secret.
    pub path: String,
}

impl From<DigestFeed> for DigestFeedView {
    fn from(feed: DigestFeed) -> Self {
        Self {
            id: feed.id,
            name: feed.name,
            made: feed.made,
        }
    }
}
