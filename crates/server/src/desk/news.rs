//! The news that shops follow: fetched now and then, so that the evening finds them there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use biseo_api::views::DigestChoice;
use biseo_model::ids::ShopId;
use biseo_news::{Rounds, Topics};
use biseo_store::{Followed, Store, StoreError};
use jiff::Timestamp;
use tokio::sync::watch;

use super::closing;
use super::houses::Chosen;
use crate::house::House;

/// How often is looked; a feed is asked once an hour at most all the same.
const EVERY: Duration = Duration::from_secs(600);
/// The digest is the shop's: one reader for all who read it.
pub(super) const READER: &str = "digest";

/// Fetches until the office closes.
pub(super) async fn follow(
    house: Arc<House>,
    chosen: Arc<Chosen>,
    rounds: Rounds,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let all = async {
            for (shop, choice) in chosen.digests() {
                if let Err(e) = of_shop(&house, &rounds, &shop.id, &choice).await {
                    tracing::error!("shop {}: the news could not be kept: {e}", shop.id);
                }
            }
            tokio::time::sleep(EVERY).await;
        };
        tokio::select! {
            () = all => {}
            () = closing(&mut stopped) => return,
        }
    }
}

async fn of_shop(
    house: &House,
    rounds: &Rounds,
    shop: &ShopId,
    choice: &DigestChoice,
) -> Result<(), StoreError> {
    choose(&house.store, shop, choice, house.clock.now()).await?;
    if !choice.on || choice.feeds.is_empty() {
        return Ok(());
    }
    let report = rounds.run(&house.store, shop, house.clock.now()).await?;
    tracing::debug!("shop {shop}: news {report:?}");
    Ok(())
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

async fn mute(store: &Store, shop: &ShopId, words: &[String]) -> Result<(), StoreError> {
    let wanted: BTreeSet<&str> = words.iter().map(String::as_str).collect();
    let (known, _) = Topics::known(store, shop, READER).await?;
    let muted: BTreeSet<String> = known.muted().map(str::to_string).collect();
    if muted.iter().map(String::as_str).collect::<BTreeSet<_>>() == wanted {
        return Ok(());
    }
    Topics::change(store, shop, READER, |topics| {
        for word in &muted {
            topics.unmute(word);
        }
        for word in &wanted {
            topics.mute(word);
        }
    })
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
}
