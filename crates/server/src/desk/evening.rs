//! The evening digest: written at each shop's hour, kept, and told.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use biseo_api::views::{DigestChoice, Digests};
use biseo_conversation::built_in_files;
use biseo_digest::{Facts, Language, Links, MOST_SECONDS, News, Page, Signs, Wording, compile};
use biseo_model::ids::ShopId;
use biseo_model::shop::ShopProfile;
use biseo_notify::{Event, Fact, Notifier, Written};
use biseo_store::{KeptDigest, Span};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::closing;
use super::houses::Chosen;
use super::relay;
use crate::house::House;

mod day;

/// How often is looked whether an hour has come.
const EVERY: Duration = Duration::from_secs(20);
/// The first digest tells a day; one after a long pause so much at most.
const FIRST: SignedDuration = SignedDuration::from_hours(24);
const MOST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Digests that were told in this run, the last of each shop.
type Told = HashSet<(ShopId, Date)>;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Writes digests.
pub(super) struct Evening {
    house: Arc<House>,
    chosen: Arc<Chosen>,
    notifier: Notifier,
    origin: String,
}

impl Evening {
    /// With links to a console at `origin`.
    pub(super) fn new(
        house: Arc<House>,
        chosen: Arc<Chosen>,
        notifier: Notifier,
        origin: Option<String>,
    ) -> Self {
        Self {
            house,
            chosen,
            notifier,
            origin: origin.unwrap_or_default(),
        }
    }

    /// Writes until the office closes.
    pub(super) async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut told = HashSet::new();
        loop {
            // While the database is away there is nothing to read, and what was chosen may not be known.
            let shops = match self.house.records.is_away() {
                true => Vec::new(),
                false => self.chosen.digests(),
            };
            for (shop, choice) in shops {
                if let Err(e) = self.look(&shop, &choice, &mut told).await {
                    tracing::error!("shop {}: the digest could not be written: {e}", shop.id);
                }
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = closing(&mut stopped) => return,
            }
        }
    }

    /// Tells a digest that is kept and perhaps not told, and writes one if its hour has come.
    async fn look(&self, shop: &ShopProfile, choice: &DigestChoice, told: &mut Told) -> Result<(), Failed> {
        if !choice.on {
            return Ok(());
        }
        let now = self.house.clock.now();
        let local = TimeZone::get(&shop.zone)?.to_datetime(now);
        let last = self.house.store.last_digest(&shop.id, now).await?;
        if let Some(last) = last.as_ref().filter(|last| is_fresh(last, now)) {
            self.tell_once(shop, last, told).await?;
        }
        let today = self.house.store.digest(&shop.id, local.date()).await?;
        if local.time() < choice.at || today.is_some() {
            return Ok(());
        }
        let open = relay::under_way(&self.house, &shop.id).await?;
        let open = open.iter().map(|call| call.started);
        match span(last.map(|last| last.span.until), open, now)? {
            Some(span) => self.write(shop, choice, (span, local)).await,
            // Nothing but calls that are under way: they are told when they are over.
            None => Ok(()),
        }
    }

    /// Tells, once in this run; what was told in another is not told again.
    async fn tell_once(
        &self,
        shop: &ShopProfile,
        digest: &KeptDigest,
        told: &mut Told,
    ) -> Result<(), Failed> {
        let this = (shop.id.clone(), digest.date);
        if !told.contains(&this) {
            self.tell(shop, digest).await?;
            told.retain(|(other, _)| *other != shop.id);
            told.insert(this);
        }
        Ok(())
    }

    async fn write(
        &self,
        shop: &ShopProfile,
        choice: &DigestChoice,
        (span, local): (Span, DateTime),
    ) -> Result<(), Failed> {
        let words = Wording::of(language(choice));
        let signs = self.signs()?;
        let mut day = day::day(&self.house.store, shop, (span, local), words.language()).await?;
        let without = compile(&day, &signs)?;
        let read = self
            .pages(shop, &without, &words, (span.until, local))
            .short
            .seconds;
        day.news = self.news(shop, choice, (span, read)).await;
        let facts = compile(&day, &signs)?;
        let pages = self.pages(shop, &facts, &words, (span.until, local));
        let digest = KeptDigest {
            date: local.date(),
            span,
            content: serde_json::to_value(&pages)?,
        };
        // It is told when it is looked at next.
        if self.house.store.keep_digest(&shop.id, &digest).await? {
            tracing::info!("shop {}: the digest of {} is written", shop.id, digest.date);
        }
        Ok(())
    }

    /// Tells readers of a digest that is kept; what was told is not told again.
    async fn tell(&self, shop: &ShopProfile, digest: &KeptDigest) -> Result<(), Failed> {
        let pages: Digests = serde_json::from_value(digest.content.clone())?;
        let mail = biseo_digest::mail::mail(&pages.short);
        let fact = Fact::DigestReady {
            date: digest.date,
            text: pages.short.subject,
            link: (!self.origin.is_empty()).then_some(pages.short.links.page),
            page: Some(Box::new(Written {
                subject: mail.subject,
                text: mail.text,
                html: mail.html,
            })),
        };
        let event = Event::new(&shop.id, &digest.date.to_string(), digest.span.until, fact);
        self.notifier.tell(&event).await?;
        Ok(())
    }

    /// The news that fit into what is left of the two minutes. A digest without them is better than none.
    async fn news(&self, shop: &ShopProfile, choice: &DigestChoice, (span, read): (Span, u32)) -> Vec<News> {
        if choice.feeds.is_empty() {
            return Vec::new();
        }
        let (store, left) = (&self.house.store, MOST_SECONDS.saturating_sub(read));
        let tonight = biseo_news::tonight(store, &shop.id, biseo_news::READER, span, left);
        tonight.await.unwrap_or_else(|e| {
            tracing::error!("shop {}: the news could not be read: {e}", shop.id);
            Vec::new()
        })
    }

    fn pages(
        &self,
        shop: &ShopProfile,
        facts: &Facts,
        words: &Wording,
        (made, local): (Timestamp, DateTime),
    ) -> Digests {
        let links = self.links(shop, local);
        let name = match (words.language(), &shop.name.en) {
            (Language::En, Some(name)) => name,
            _ => &shop.name.ko,
        };
        let write = |fold| Page::write(facts, name, made, words, &links, fold);
        Digests {
            short: write(true),
            whole: write(false),
        }
    }

    /// Addresses that say whose page they show: a reader may have several shops.
    fn links(&self, shop: &ShopProfile, local: DateTime) -> Links {
        let (console, query) = (self.origin.clone(), format!("?shop={}", shop.id));
        let page = match console.is_empty() {
            true => String::new(),
            false => format!("{console}/digests/{}{query}", local.date()),
        };
        Links {
            all: format!("{page}&all=1"),
            page,
            console,
            query,
        }
    }

    /// What Biseo's sentences mean, by the files that come along and by the operator's own.
    fn signs(&self) -> Result<Signs, Failed> {
        let own = self.house.flows.own();
        let own = own.iter().map(|(name, text)| (&**name, &**text));
        let files = built_in_files().iter().copied().chain(own);
        Ok(Signs::read(files, &promises())?)
    }
}

/// Whether a digest is still news.
fn is_fresh(digest: &KeptDigest, now: Timestamp) -> bool {
    now.duration_since(digest.span.until) < FIRST
}

/// What a digest tells that is written now: from where the last one ended to the beginning of the first call under way, for a call
/// is told whole. `None` if there is nothing before that.
fn span(
    last: Option<Timestamp>,
    open: impl Iterator<Item = Timestamp>,
    now: Timestamp,
) -> Result<Option<Span>, jiff::Error> {
    let longest = now.checked_sub(MOST)?;
    let from = match last {
        Some(last) => last.max(longest),
        None => now.checked_sub(FIRST)?,
    };
    let until = open.fold(now, Timestamp::min);
    Ok((from < until).then_some(Span { from, until }))
}

fn language(choice: &DigestChoice) -> Language {
    match choice.language {
        biseo_notify::rules::Language::Ko => Language::Ko,
        biseo_notify::rules::Language::En => Language::En,
    }
}

/// Sentences that give the shop's word, in all languages that are spoken.
fn promises() -> Vec<String> {
    let of = |language| Wording::of(language).promises().to_vec();
    [of(Language::Ko), of(Language::En)].concat()
}

#[cfg(test)]
mod called;
#[cfg(test)]
mod exact;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-{text}:00Z").parse().unwrap()
    }

    fn told(last: Option<&str>, open: &[&str], now: &str) -> Option<(Timestamp, Timestamp)> {
        let open = open.iter().map(|text| at(text));
        let span = span(last.map(at), open, at(now)).unwrap();
        span.map(|span| (span.from, span.until))
    }

    #[test]
    fn every_call_is_told_in_one_digest_and_whole() {
        let now = "26T12:00";
        let spans = [
            (None, &[][..], Some(("25T12:00", now))),
            (Some("25T12:00"), &[], Some(("25T12:00", now))),
            (
                Some("25T12:00"),
                &["26T11:58", "26T11:57"],
                Some(("25T12:00", "26T11:57")),
            ),
            (Some("26T11:57"), &["26T11:57"], None),
            (Some("01T12:00"), &[], Some(("19T12:00", now))),
        ];
        for (last, open, span) in spans {
            let span = span.map(|(from, until)| (at(from), at(until)));
            assert_eq!(told(last, open, now), span, "{last:?} {open:?}");
        }
    }

    #[test]
    fn a_digest_of_yesterday_evening_is_told_and_an_older_one_is_not() {
        let digest = |until| KeptDigest {
            date: TimeZone::UTC.to_datetime(at(until)).date(),
            span: Span {
                from: at("01T00:00"),
                until: at(until),
            },
            content: serde_json::Value::Null,
        };
        assert!(is_fresh(&digest("25T12:30"), at("26T12:00")));
        assert!(!is_fresh(&digest("25T12:00"), at("26T12:00")));
    }
}
