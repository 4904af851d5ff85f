//! RSS, Atom and JSON feeds.

use jiff::Timestamp;
use url::Url;

use crate::charset::decode;
use crate::markup::{MOST_WIDTH, clip, deepest, plain, widest};

/// Octets of a feed at most.
pub const MOST_OCTETS: usize = 4 * 1024 * 1024;
/// Entries that are read at most, the first ones.
pub const MOST_ENTRIES: usize = 100;
/// Elements in each other at most.
const MOST_DEPTH: usize = 64;
/// Elements of one feed at most: what lies beyond costs memory and says nothing.
const MOST_ELEMENTS: usize = 60_000;
const MOST_TITLE: usize = 300;
const MOST_SUMMARY: usize = 4000;
const MOST_LINK: usize = 2048;

/// What a feed tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Its name; may be empty.
    pub title: String,
    /// Its entries in its own order, [`MOST_ENTRIES`] at most; those without an address or a title are left out.
    pub entries: Vec<Entry>,
}

/// An entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its title, plain text.
    pub title: String,
    /// Its page: an absolute address by `http` or `https`.
    pub link: String,
    /// What the feed itself says of it, plain text; may be empty.
    pub summary: String,
    /// When it was published, if it says so.
    pub published: Option<Timestamp>,
}

/// Why a feed is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// Longer, deeper or with more elements or attributes than is read.
    #[error("the feed is larger than is read")]
    Large,
    /// No RSS, Atom or JSON feed.
    #[error("not a feed")]
    Form,
}

impl Feed {
    /// Reads a feed. `address` is where it came from: addresses of entries may be relative to it.
    ///
    /// # Errors
    /// [`FeedError`].
    pub fn read(octets: &[u8], content_type: Option<&str>, address: &str) -> Result<Self, FeedError> {
        if octets.len() > MOST_OCTETS {
            return Err(FeedError::Large);
        }
        let text = as_utf8(decode(octets, content_type));
        let json = text.trim_start().starts_with('{');
        let large = |text: &str| {
            deepest(text, false) > MOST_DEPTH
                || text.matches('<').count() > 2 * MOST_ELEMENTS
                || widest(text) > MOST_WIDTH
        };
        if !json && large(&text) {
            return Err(FeedError::Large);
        }
        let parser = feed_rs::parser::Builder::new().base_uri(Some(address)).build();
        let feed = parser.parse(text.as_bytes()).map_err(|_| FeedError::Form)?;
        let base = Url::parse(address).ok();
        let title = feed.title.map(|t| plain(&t.content)).unwrap_or_default();
        let entries = feed.entries.into_iter().take(MOST_ENTRIES);
        Ok(Self {
            title: clip(&title, MOST_TITLE).to_string(),
            entries: entries.filter_map(|e| entry(e, base.as_ref())).collect(),
        })
    }
}

/// The declaration must not say otherwise than the letters now are.
fn as_utf8(text: String) -> String {
    let start = text.trim_start();
    match start.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        Some((_, rest)) => rest.to_string(),
        None => start.to_string(),
    }
}

fn entry(entry: feed_rs::model::Entry, base: Option<&Url>) -> Option<Entry> {
    let title = entry.title.map(|t| plain(&t.content)).filter(|t| !t.is_empty())?;
    let page = |l: &&feed_rs::model::Link| matches!(l.rel.as_deref(), None | Some("alternate"));
    let found = entry.links.iter().find(page).or(entry.links.first())?;
    let link = web(&found.href, base)?;
    let said = entry.summary.map(|s| s.content);
    let said = said
        .or_else(|| entry.content.and_then(|c| c.body))
        .unwrap_or_default();
    let published = entry.published.or(entry.updated);
    Some(Entry {
        title: clip(&title, MOST_TITLE).to_string(),
        link,
        summary: clip(&plain(&said), MOST_SUMMARY).to_string(),
        published: published.and_then(|t| Timestamp::from_millisecond(t.timestamp_millis()).ok()),
    })
}

/// An absolute address by `http` or `https` without a name and password in it, or none.
pub(crate) fn web(address: &str, base: Option<&Url>) -> Option<String> {
    let address = address.trim();
    let url = match base {
        Some(base) => base.join(address).ok()?,
        None => Url::parse(address).ok()?,
    };
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let bare = url.username().is_empty() && url.password().is_none();
    (web && bare && url.as_str().len() <= MOST_LINK).then(|| url.to_string())
}
