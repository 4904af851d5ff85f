//! The evening digest: written at each shop's hour, kept, and told.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use biseo_api::views::{DigestChoice, Digests};
use biseo_conversation::built_in_files;
use biseo_digest::{
    Blocked, Call, Day, Facts, Language, Links, MOST_SECONDS, News, Page, Signs, Wording, compile, next_date,
};
use biseo_model::ids::CallId;
use biseo_model::record::{CallEnd, CallRecord, Order, TurnRecord};
use biseo_model::shop::ShopProfile;
use biseo_notify::{Event, Fact, Notifier, Written};
use biseo_store::{KeptDigest, Span};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::closing;
use super::houses::Chosen;
use super::news::READER;
use crate::house::House;

/// How often is looked whether an hour has come.
const EVERY: Duration = Duration::from_secs(20);
/// The first digest tells a day; one after a long pause so much at most.
const FIRST: SignedDuration = SignedDuration::from_hours(24);
const MOST: SignedDuration = SignedDuration::from_hours(7 * 24);

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
        if let Err(e) = self.again().await {
            tracing::error!("today's digests could not be told again: {e}");
        }
        loop {
            for (shop, choice) in self.chosen.digests() {
                if let Err(e) = self.look(&shop, &choice).await {
                    tracing::error!("shop {}: the digest could not be written: {e}", shop.id);
                }
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = closing(&mut stopped) => return,
            }
        }
    }

    /// Writes a shop's digest if its hour has come and it is not written yet.
    async fn look(&self, shop: &ShopProfile, choice: &DigestChoice) -> Result<(), Failed> {
        let now = self.house.clock.now();
        let zone = TimeZone::get(&shop.zone)?;
        let local = zone.to_datetime(now);
        if !choice.on || local.time() < choice.at {
            return Ok(());
        }
        let last = self.house.store.digests(&shop.id, 1).await?.pop();
        if last.as_ref().is_some_and(|last| last.date >= local.date()) {
            return Ok(());
        }
        let longest = now.checked_sub(MOST)?;
        let from = last.map_or(now.checked_sub(FIRST)?, |last| last.span.until.max(longest));
        self.write(shop, choice, (Span { from, until: now }, local)).await
    }

    async fn write(
        &self,
        shop: &ShopProfile,
        choice: &DigestChoice,
        (span, local): (Span, DateTime),
    ) -> Result<(), Failed> {
        let words = Wording::of(language(choice));
        let signs = self.signs()?;
        let mut day = self.day(shop, span, local).await?;
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
        if self.house.store.keep_digest(&shop.id, &digest).await? {
            self.tell(shop, &digest).await?;
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

    /// Tells again today's digests: the program may have ended between keeping and telling one.
    async fn again(&self) -> Result<(), Failed> {
        for (shop, _) in self.chosen.digests() {
            let today = self.house.clock.shop_time(&TimeZone::get(&shop.zone)?).date();
            if let Some(digest) = self.house.store.digest(&shop.id, today).await? {
                self.tell(&shop, &digest).await?;
            }
        }
        Ok(())
    }

    /// The news that fit into what is left of the two minutes. A digest without them is better than none.
    async fn news(&self, shop: &ShopProfile, choice: &DigestChoice, (span, read): (Span, u32)) -> Vec<News> {
        if choice.feeds.is_empty() {
            return Vec::new();
        }
        let (store, left) = (&self.house.store, MOST_SECONDS.saturating_sub(read));
        let tonight = biseo_news::tonight(store, &shop.id, READER, span, left);
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
        let page = format!("{}/digests/{}", self.origin, local.date());
        let links = Links {
            all: format!("{page}?all=1"),
            page,
            console: self.origin.clone(),
        };
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

    /// What Biseo's sentences mean, by the files that come along and by the operator's own.
    fn signs(&self) -> Result<Signs, Failed> {
        let own = self.house.flows.own();
        let own = own.iter().map(|(name, text)| (&**name, &**text));
        let files = built_in_files().iter().copied().chain(own);
        Ok(Signs::read(files, &promises())?)
    }

    /// The records of a span, as the digest wants them.
    async fn day<'a>(&self, shop: &'a ShopProfile, span: Span, local: DateTime) -> Result<Day<'a>, Failed> {
        let (store, id) = (&self.house.store, &shop.id);
        let (today, tomorrow) = (local.date(), next_date(shop, span.until)?);
        let records = store.calls_in_span(id, span).await?;
        let (blocked, came): (Vec<_>, Vec<_>) =
            records.into_iter().partition(|c| c.end == Some(CallEnd::Blocked));
        let turns = store.turns_in_span(id, span).await?;
        let mut orders = store.orders_made(id, span).await?;
        add(
            &mut orders,
            store.orders_between(id, today.yesterday()?, tomorrow).await?,
        );
        let turned_away = |c: CallRecord| Blocked {
            at: c.started,
            number: c.caller,
        };
        Ok(Day {
            shop,
            from: span.from,
            now: span.until,
            calls: calls(came, turns),
            bookings: store.bookings_made(id, span).await?,
            tomorrow: store.bookings_on(id, tomorrow).await?,
            orders,
            messages: store.messages_in_span(id, span).await?,
            outages: Vec::new(),
            blocked: blocked.into_iter().map(turned_away).collect(),
            news: Vec::new(),
        })
    }
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

/// Calls with their turns, which come in order.
fn calls(records: Vec<CallRecord>, turns: Vec<TurnRecord>) -> Vec<Call> {
    let mut by_call: HashMap<CallId, Vec<TurnRecord>> = HashMap::new();
    for turn in turns {
        by_call.entry(turn.call.clone()).or_default().push(turn);
    }
    let call = |record: CallRecord| Call {
        turns: by_call.remove(&record.id).unwrap_or_default(),
        record,
    };
    records.into_iter().map(call).collect()
}

/// Adds orders that are not there yet.
fn add(orders: &mut Vec<Order>, more: Vec<Order>) {
    for order in more {
        if orders.iter().all(|o| o.id != order.id) {
            orders.push(order);
        }
    }
}
