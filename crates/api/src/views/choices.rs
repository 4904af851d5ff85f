//! What an owner chooses beside the profile: who is told what, and the evening digest.

use biseo_notify::rules::{Language, Notices};
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// News that the digest tells: a feed (RSS, Atom, JSON Feed) or a page that is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedChoice {
    /// What it is called.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// Its address.
    #[schema(min_length = 9, max_length = 1024, pattern = "^https?://")]
    pub address: String,
}

/// The evening digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DigestChoice {
    /// Whether one is written.
    pub on: bool,
    /// When, on the shop's clock.
    #[schema(value_type = String)]
    pub at: Time,
    /// In this language.
    #[serde(default)]
    pub language: Language,
    /// What it tells of the news.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub feeds: Vec<FeedChoice>,
    /// Words of which it tells no news.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub muted: Vec<String>,
}

impl Default for DigestChoice {
    /// At nine in the evening, in Korean.
    fn default() -> Self {
        Self {
            on: true,
            at: Time::constant(21, 0, 0, 0),
            language: Language::Ko,
            feeds: Vec::new(),
            muted: Vec::new(),
        }
    }
}

/// What an owner chose. Nothing chosen: a digest, and nobody is told anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    /// Who is told what, when and by what.
    #[serde(default)]
    pub notices: Notices,
    /// The evening digest.
    #[serde(default)]
    pub digest: DigestChoice,
}

impl Choices {
    /// The name under which the store keeps them.
    pub const NAME: &'static str = "choices";
}

/// What an owner chose, and what can be chosen.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChoicesView {
    /// Who is told what.
    pub notices: Notices,
    /// The evening digest.
    pub digest: DigestChoice,
    /// Whether mail can be sent.
    pub mail: bool,
    /// Whether text messages can be sent.
    pub text: bool,
    /// The key with which a browser asks for notices (RFC 8292, base64url); none if none can be sent.
    pub push_key: Option<String>,
}

/// A browser that wants notices for who is signed in, as its `PushSubscription` tells.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBrowser {
    /// Where its push service takes them.
    #[schema(min_length = 9, max_length = 1024, pattern = "^https?://")]
    pub endpoint: String,
    /// Its public key: an uncompressed point of P-256, base64url.
    #[schema(min_length = 87, max_length = 88)]
    pub p256dh: String,
    /// Its secret: 16 octets, base64url.
    #[schema(min_length = 22, max_length = 24)]
    pub auth: String,
}

/// A browser that gets notices.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BrowserView {
    /// Its id.
    pub id: String,
    /// When it asked for them.
    #[schema(value_type = String, format = DateTime)]
    pub made: jiff::Timestamp,
}

/// The browsers of who is signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BrowserList {
    /// Oldest first.
    pub items: Vec<BrowserView>,
}

impl From<biseo_store::Subscription> for BrowserView {
    fn from(s: biseo_store::Subscription) -> Self {
        Self {
            id: s.id,
            made: s.made,
        }
    }
}
