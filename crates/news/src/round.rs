//! A shop's round of its feeds, and the evening's news for one of its readers.

use std::collections::BTreeSet;

use biseo_digest::News;
use biseo_model::ids::ShopId;
use biseo_store::{FeedState, NewsItem, Span, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use url::Url;

use crate::charset::decode;
use crate::edition::edition;
use crate::feed::{Entry, Feed, FeedError};
use crate::fetch::{FetchError, Fetched, Fetcher, Validators};
use crate::markup::clip;
use crate::page::Page;
use crate::story::{Piece, merge};
use crate::topics::Topics;

/// Pages of one feed that are fetched in one round at most; the others wait for the next.
const MOST_PAGES: usize = 10;
/// Of so many pages in a row that are not to be had, a feed's further ones wait for the next round: a server that hangs holds up the others.
const MOST_LOST: usize = 3;
/// What was kept longer ago is no news.
const FRESH: SignedDuration = SignedDuration::from_hours(26);
/// What was published longer ago than this is not fetched: a feed that is followed anew tells of months.
const OLD: SignedDuration = SignedDuration::from_hours(72);
/// A text is kept so long; its title and address stay, by which it is known again.
const WHOLE: SignedDuration = SignedDuration::from_hours(72);
/// What is older is forgotten. Longer than any feed is likely to repeat what it told.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 60);
/// Letters of a text that are kept at most: its beginning is compared and told from.
const MOST_BODY: usize = 6000;
/// A change of topics is tried so often if others change them at the same time.
const TRIES: usize = 5;

/// A digest is the shop's: one reader for all who read it.
pub const READER: &str = "digest";

/// What a round brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Feeds that were asked for.
    pub asked: usize,
    /// Feeds that gave no answer that can be read.
    pub failed: Vec<Failed>,
    /// Stories that are new.
    pub stories: u64,
}

/// A feed that gave no answer that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Its address. It may have a key in it: not for logs.
    pub address: String,
    /// What was wrong, without the address.
    pub fault: String,
}

impl Failed {
    /// The machine's name, which may be told in logs.
    #[must_use]
    pub fn host(&self) -> String {
        let url = Url::parse(&self.address).ok();
        url.and_then(|u| u.host_str().map(str::to_string))
            .unwrap_or_default()
    }
}

/// Where the time comes from: a round takes minutes, and what it brings is news from when it is kept.
pub type Clock<'a> = &'a (dyn Fn() -> Timestamp + Send + Sync);

/// Why a feed brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// It was not to be had.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It is neither feed nor article.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Goes round feeds.
#[derive(Debug, Clone)]
pub struct Rounds {
    fetcher: Fetcher,
}

impl Rounds {
    /// With a fetcher.
    #[must_use]
    pub fn new(fetcher: Fetcher) -> Self {
        Self { fetcher }
    }

    /// Asks for each feed of a shop that was not asked for within the hour, one after the other, and keeps what is new. A feed that
    /// fails holds up none of the others; what was wrong is kept with it, without an address.
    ///
    /// # Errors
    /// [`StoreError`] if the store fails.
    pub async fn run(&self, store: &Store, shop: &ShopId, clock: Clock<'_>) -> Result<Report, StoreError> {
        let followed = store.followed_feeds(shop, None).await?;
        let addresses: BTreeSet<String> = followed.into_iter().map(|f| f.address).collect();
        let mut report = Report::default();
        for address in &addresses {
            let Some(state) = store.claim_feed(shop, address, clock()).await? else {
                continue;
            };
            report.asked += 1;
            let brought = self.feed(store, shop, address, &state, clock).await;
            let (stories, next) = noted(brought, state)?;
            report.failed.extend(next.fault.clone().map(|fault| Failed {
                address: address.clone(),
                fault,
            }));
            report.stories += stories;
            store.note_feed(shop, address, &next).await?;
        }
        let now = clock();
        store.empty_news(shop, now - WHOLE).await?;
        store.forget_news(shop, now - KEPT).await?;
        Ok(report)
    }

    async fn feed(
        &self,
        store: &Store,
        shop: &ShopId,
        address: &str,
        state: &FeedState,
        clock: Clock<'_>,
    ) -> Result<(u64, Validators), RoundError> {
        let known = Validators {
            etag: state.etag.clone(),
            modified: state.modified.clone(),
        };
        let Fetched::New {
            address: found,
            octets,
            content_type,
            validators,
        } = self.fetcher.get(address, &known).await?
        else {
            return Ok((0, known));
        };
        let (to, now) = (address.to_string(), clock());
        let read = aside(
            move || match Feed::read(&octets, content_type.as_deref(), &found) {
                Ok(feed) => Ok(Read::Feed(feed)),
                Err(e) => article(&octets, content_type.as_deref(), &to, now)
                    .map(Read::Page)
                    .ok_or(e),
            },
        );
        let new = match read.await.unwrap_or(Err(FeedError::Form))? {
            Read::Feed(feed) => self.entries(store, shop, address, &feed, now).await?,
            Read::Page(items) => (items, true),
        };
        let kept = clock();
        let items: Vec<NewsItem> = new.0.into_iter().map(|i| NewsItem { seen: kept, ..i }).collect();
        let stories = store.keep_news(shop, &items).await?;
        // Pages that still wait would never come if the server said that nothing is new.
        let validators = if new.1 { validators } else { Validators::default() };
        Ok((stories, validators))
    }

    /// What is new in a feed, and whether that was all.
    async fn entries(
        &self,
        store: &Store,
        shop: &ShopId,
        address: &str,
        feed: &Feed,
        now: Timestamp,
    ) -> Result<(Vec<NewsItem>, bool), StoreError> {
        let known: BTreeSet<String> = store.known_news(shop, address).await?.into_iter().collect();
        let recent = |e: &&Entry| e.published.is_none_or(|at| now.duration_since(at) <= OLD);
        let mut links = BTreeSet::new();
        let new = feed
            .entries
            .iter()
            .filter(recent)
            .filter(|e| !known.contains(&e.link));
        let new: Vec<&Entry> = new.filter(|e| links.insert(e.link.clone())).collect();
        let (mut items, mut asked, mut lost) = (Vec::new(), 0, 0);
        for entry in new.iter().take(MOST_PAGES) {
            if lost == MOST_LOST {
                break;
            }
            let page = self.page(&entry.link).await;
            (asked, lost) = (asked + 1, if page.is_none() { lost + 1 } else { 0 });
            let source = source(page.as_ref(), &feed.title, &entry.link);
            items.extend(told(entry, page, address, &source, now));
        }
        Ok((items, asked == new.len()))
    }

    /// The article of a page; none if it is not to be had. Then the feed's own words are what there is.
    async fn page(&self, link: &str) -> Option<Page> {
        match self.fetcher.get(link, &Validators::default()).await.ok()? {
            Fetched::New {
                octets, content_type, ..
            } => aside(move || Page::read(&decode(&octets, content_type.as_deref())).ok()).await?,
            Fetched::Unchanged => None,
        }
    }
}

/// What was found at a followed address.
enum Read {
    Feed(Feed),
    Page(Vec<NewsItem>),
}

/// Reads and reckons beside the asynchronous runtime: a hostile page takes its time, and a library's panic takes nothing along. `None` if it panicked.
async fn aside<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(read).await.ok()
}

/// What is to be noted of a feed. Only the store's own failure ends the round.
fn noted(
    brought: Result<(u64, Validators), RoundError>,
    state: FeedState,
) -> Result<(u64, FeedState), StoreError> {
    match brought {
        Ok((stories, v)) => Ok((
            stories,
            FeedState {
                etag: v.etag,
                modified: v.modified,
                fault: None,
                ..state
            },
        )),
        Err(RoundError::Store(e)) => Err(e),
        Err(e) => Ok((
            0,
            FeedState {
                fault: Some(e.to_string()),
                ..state
            },
        )),
    }
}

/// A plain page that is followed itself: each new text is an item of its own.
fn article(
    octets: &[u8],
    content_type: Option<&str>,
    address: &str,
    now: Timestamp,
) -> Option<Vec<NewsItem>> {
    let html = decode(octets, content_type);
    let page = html.contains('<').then(|| Page::read(&html).ok()).flatten()?;
    let hash = Sha256::digest(page.text().as_bytes());
    let mark: String = hash.iter().take(4).map(|b| format!("{b:02x}")).collect();
    let mut link = Url::parse(address).ok()?;
    link.set_fragment(Some(&mark));
    let entry = Entry {
        title: page.title.clone(),
        link: link.into(),
        summary: String::new(),
        published: None,
    };
    let source = source(Some(&page), "", address);
    Some(told(&entry, Some(page), address, &source, now))
}

/// Who writes: as the page says, as the feed says, or the host's name.
fn source(page: Option<&Page>, feed: &str, link: &str) -> String {
    let said = page
        .and_then(|p| p.site.clone())
        .unwrap_or_else(|| feed.to_string());
    match said.is_empty() {
        false => said,
        true => Url::parse(link)
            .ok()
            .and_then(|u| u.host_str().map(str::to_string))
            .unwrap_or_default(),
    }
}

/// Items of an entry: one for each story of its page. A single story has the feed's headline.
fn told(entry: &Entry, page: Option<Page>, feed: &str, source: &str, now: Timestamp) -> Vec<NewsItem> {
    let item = |part: usize, title: &str, body: String| NewsItem {
        feed: feed.to_string(),
        link: entry.link.clone(),
        part: part as i64,
        title: title.to_string(),
        source: source.to_string(),
        body: clip(&body, MOST_BODY).to_string(),
        // A feed's clock may be wrong, or lie to stand first.
        published: entry.published.filter(|at| *at <= now),
        seen: now,
    };
    let stories = page.map(|p| p.stories).unwrap_or_default();
    match &stories[..] {
        [] => vec![item(0, &entry.title, entry.summary.clone())],
        [one] => vec![item(0, &entry.title, one.paragraphs.join("\n"))],
        many => {
            let each = many.iter().enumerate();
            each.map(|(i, s)| item(i, &s.title, s.paragraphs.join("\n")))
                .collect()
        }
    }
}

/// The evening's news for a reader: what was kept of the reader's feeds in a digest's `span`, of its last 26 hours if it is longer, merged,
/// ranked and cut to `budget` seconds. What one span has is not told by the next.
///
/// # Errors
/// [`StoreError`]. Topics that cannot be read count as none, and what cannot be merged is no news.
pub async fn tonight(
    store: &Store,
    shop: &ShopId,
    reader: &str,
    span: Span,
    budget: u32,
) -> Result<Vec<News>, StoreError> {
    let items = store
        .news_since(shop, reader, span.from.max(span.until - FRESH))
        .await?;
    let topics = Topics::known(store, shop, reader).await?.0;
    let chosen = move || {
        let mut seen = BTreeSet::new();
        let once = |i: &NewsItem| i.seen < span.until && seen.insert((i.link.clone(), i.part));
        let pieces = items.into_iter().filter(once).map(piece).collect();
        edition(&merge(pieces), &topics, span.until, budget)
    };
    Ok(aside(chosen).await.unwrap_or_default())
}

fn piece(item: NewsItem) -> Piece {
    Piece {
        title: item.title,
        link: item.link,
        source: item.source,
        at: item.published.unwrap_or(item.seen),
        paragraphs: item.body.lines().map(str::to_string).collect(),
    }
}

impl Topics {
    /// What is known of a reader, with the revision.
    ///
    /// # Errors
    /// [`StoreError`]. What cannot be read counts as nothing.
    pub async fn known(store: &Store, shop: &ShopId, reader: &str) -> Result<(Self, i64), StoreError> {
        let (json, revision) = store.news_topics(shop, reader).await?;
        Ok((serde_json::from_value(json).unwrap_or_default(), revision))
    }

    /// Changes what is known of a reader; `false` if others kept changing it at the same time, and nothing was changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn change(
        store: &Store,
        shop: &ShopId,
        reader: &str,
        mut change: impl FnMut(&mut Self),
    ) -> Result<bool, StoreError> {
        for _ in 0..TRIES {
            let (mut topics, revision) = Self::known(store, shop, reader).await?;
            change(&mut topics);
            let json = serde_json::to_value(&topics).unwrap_or_default();
            if store.set_news_topics(shop, reader, &json, revision).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
