//! The news that shops follow: fetched now and then, so that the evening finds them there.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use biseo_api::views::DigestChoice;
use biseo_model::ids::ShopId;
use biseo_news::{Failed, READER, Report, Rounds, Topics};
use biseo_store::{Followed, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use super::closing;
use super::houses::Chosen;
use crate::house::House;

/// How often is looked; a feed is asked once an hour at most all the same.
const EVERY: Duration = Duration::from_secs(600);
/// Shops that are gone round at once: one whose papers are slow holds up no other.
const AT_ONCE: usize = 4;
/// A shop's round takes so long at most; what is left of it is for the next.
const PATIENCE: Duration = Duration::from_secs(600);
/// A feed that fails is told of in the log so often at most.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Fetches until the office closes.
pub(super) async fn follow(
    house: Arc<House>,
    chosen: Arc<Chosen>,
    rounds: Rounds,
    mut stopped: watch::Receiver<bool>,
) {
    let mut faults = Faults::default();
    loop {
        let all = async {
            house.records.there().await;
            go_round(&house, &chosen, &rounds, &mut faults).await;
            tokio::time::sleep(EVERY).await;
        };
        tokio::select! {
            () = all => {}
            () = closing(&mut stopped) => return,
        }
    }
}

/// What became of a shop's round; none if it took too long.
type Ended = (ShopId, Option<Result<Report, StoreError>>);

async fn go_round(house: &Arc<House>, chosen: &Chosen, rounds: &Rounds, faults: &mut Faults) {
    let mut under_way: JoinSet<Ended> = JoinSet::new();
    for (shop, choice) in chosen.digests() {
        if under_way.len() >= AT_ONCE {
            ended(under_way.join_next().await, faults, house.clock.now());
        }
        let (house, rounds) = (house.clone(), rounds.clone());
        under_way.spawn(async move {
            let round = of_shop(&house, &rounds, &shop.id, &choice);
            let round = tokio::time::timeout(PATIENCE, round).await.ok();
            (shop.id.clone(), round)
        });
    }
    while let Some(one) = under_way.join_next().await {
        ended(Some(one), faults, house.clock.now());
    }
}

fn ended(one: Option<Result<Ended, JoinError>>, faults: &mut Faults, now: Timestamp) {
    match one {
        Some(Ok((shop, Some(Ok(report))))) => faults.tell(&shop, &report, now),
        Some(Ok((shop, Some(Err(e))))) => tracing::error!("shop {shop}: the news could not be kept: {e}"),
        Some(Ok((shop, None))) => tracing::warn!("shop {shop}: the news took too long; the rest waits"),
        Some(Err(e)) => tracing::error!("a round of the news came to grief: {e}"),
        None => {}
    }
}

/// Feeds of which was told that they fail, and when.
#[derive(Default)]
struct Faults(HashMap<(ShopId, String), Timestamp>);

impl Faults {
    fn tell(&mut self, shop: &ShopId, report: &Report, now: Timestamp) {
        tracing::debug!("shop {shop}: news {} asked, {} new", report.asked, report.stories);
        for failed in self.fresh(shop, report, now) {
            let (host, fault) = (failed.host(), &failed.fault);
            tracing::warn!("shop {shop}: a feed of {host} cannot be read: {fault}");
        }
    }

    /// Those of which nothing was told within a day.
    fn fresh<'a>(&mut self, shop: &ShopId, report: &'a Report, now: Timestamp) -> Vec<&'a Failed> {
        self.0.retain(|_, at| now.duration_since(*at) < DAY);
        let mut first = |f: &&Failed| match self.0.entry((shop.clone(), f.address.clone())) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(now);
                true
            }
        };
        report.failed.iter().filter(|f| first(f)).collect()
    }
}

async fn of_shop(
    house: &House,
    rounds: &Rounds,
    shop: &ShopId,
    choice: &DigestChoice,
) -> Result<Report, StoreError> {
    choose(&house.store, shop, choice, house.clock.now()).await?;
    if !choice.on || choice.feeds.is_empty() {
        return Ok(Report::default());
    }
    let clock = house.clock;
    rounds.run(&house.store, shop, &move || clock.now()).await
}

/// Follows what was chosen, and nothing else.
pub(super) async fn choose(
    store: &Store,
    shop: &ShopId,
    choice: &DigestChoice,
    now: Timestamp,
) -> Result<(), StoreError> {
    let followed = store.followed_feeds(shop, Some(READER)).await?;
    let wanted: BTreeSet<&str> = choice.feeds.iter().map(|f| f.address.as_str()).collect();
    for gone in followed.iter().filter(|f| !wanted.contains(f.address.as_str())) {
        store.unfollow_feed(shop, READER, &gone.address).await?;
    }
    for feed in &choice.feeds {
        let as_before = |f: &&Followed| f.address == feed.address && f.name == feed.name;
        if followed.iter().find(as_before).is_none() {
            let feed = Followed {
                reader: READER.into(),
                address: feed.address.clone(),
                name: feed.name.clone(),
                made: now,
            };
            store.follow_feed(shop, &feed).await?;
        }
    }
    mute(store, shop, &choice.muted).await
}

/// Mutes these words and no others. What is kept are the words as they are compared, so that nothing is written while nothing changes.
async fn mute(store: &Store, shop: &ShopId, words: &[String]) -> Result<(), StoreError> {
    let (known, _) = Topics::known(store, shop, READER).await?;
    let mut wanted = known.clone();
    wanted.mute_only(words);
    if wanted == known {
        return Ok(());
    }
    Topics::change(store, shop, READER, |topics| topics.mute_only(words))
        .await
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_api::views::FeedChoice;

    fn choice(feeds: &[&str], muted: &[&str]) -> DigestChoice {
        let feed = |address: &&str| FeedChoice {
            name: "소식".into(),
            address: (*address).into(),
        };
        DigestChoice {
            feeds: feeds.iter().map(feed).collect(),
            muted: muted.iter().map(|w| (*w).into()).collect(),
            ..DigestChoice::default()
        }
    }

    #[tokio::test]
    async fn what_is_chosen_is_followed_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let store = Store::open(place.path().join("biseo.db")).await.unwrap();
        let (shop, now) = (ShopId::new("haengbok").unwrap(), Timestamp::UNIX_EPOCH);
        for (feeds, muted) in [
            (
                &["https://a.example/rss", "https://b.example/rss"][..],
                &["축구"][..],
            ),
            (
                &["https://b.example/rss", "https://c.example/rss"],
                &["야구", "축구"],
            ),
            (&[], &[]),
        ] {
            choose(&store, &shop, &choice(feeds, muted), now).await.unwrap();
            let followed = store.followed_feeds(&shop, Some(READER)).await.unwrap();
            let addresses: Vec<_> = followed.iter().map(|f| f.address.as_str()).collect();
            assert_eq!(addresses, feeds);
            let (topics, _) = Topics::known(&store, &shop, READER).await.unwrap();
            let mut words: Vec<_> = topics.muted().collect();
            words.sort_unstable();
            assert_eq!(words, muted);
        }
    }

    #[tokio::test]
    async fn what_is_muted_as_it_was_is_not_written_again() {
        let place = tempfile::tempdir().unwrap();
        let store = Store::open(place.path().join("biseo.db")).await.unwrap();
        let (shop, now) = (ShopId::new("haengbok").unwrap(), Timestamp::UNIX_EPOCH);
        let known = async || Topics::known(&store, &shop, READER).await.unwrap();
        let wanted = choice(&[], &[" 김장은", "Soccer", "나라에서도", "두 낱말", "a"]);
        for _ in 0..2 {
            choose(&store, &shop, &wanted, now).await.unwrap();
            let (topics, revision) = known().await;
            let words: Vec<_> = topics.muted().collect();
            assert_eq!((&words[..], revision), (&["soccer", "김장", "나라에서"][..], 1));
        }
        choose(&store, &shop, &choice(&[], &["축구"]), now).await.unwrap();
        assert_eq!(known().await.0.muted().collect::<Vec<_>>(), ["축구"]);
    }

    #[test]
    fn a_feed_that_fails_is_told_of_once_a_day() {
        let failed = |address: &str| Failed {
            address: address.into(),
            fault: "status 500".into(),
        };
        let report = Report {
            failed: vec![
                failed("https://a.example/rss?key=1"),
                failed("https://a.example/rss?key=2"),
            ],
            ..Report::default()
        };
        let [a, b] = ["a", "b"].map(|shop| ShopId::new(shop).unwrap());
        let mut faults = Faults::default();
        let mut told = |shop, hour: i64| {
            let now = Timestamp::from_second(hour * 3600).unwrap();
            faults.fresh(shop, &report, now).len()
        };
        assert_eq!(
            [told(&a, 0), told(&a, 1), told(&b, 1), told(&a, 23)],
            [2, 0, 2, 0]
        );
        assert_eq!([told(&a, 24), told(&b, 24), told(&b, 25)], [2, 0, 2]);
    }
}
