//! News: apart by shop and reader, a feed asked for once an hour, no change of what a reader likes is lost.

use crate::both;
use crate::common::{Db, at, shop};
use biseo_store::{FEED_REST_MS, FeedState, Followed, MOST_FOLLOWED, NewsItem};
use serde_json::{Value, json};

const FEED: &str = "https://news.example/rss";

fn followed(reader: &str, address: &str) -> Followed {
    Followed {
        reader: reader.into(),
        address: address.into(),
        name: "한빛일보".into(),
        made: at(0),
    }
}

fn item(link: &str, part: i64, seen: i64) -> NewsItem {
    NewsItem {
        feed: FEED.into(),
        link: link.into(),
        part,
        title: "배춧값 내렸다".into(),
        source: "한빛일보".into(),
        body: "값이 내렸다.\n더 내린다.".into(),
        published: (part == 0).then(|| at(seen - 60)),
        seen: at(seen),
    }
}

async fn feeds_are_their_readers_and_their_shops(db: Db) {
    let store = db.open().await;
    let (a, b) = (shop("a"), shop("b"));
    assert!(store.follow_feed(&a, &followed("owner", FEED)).await.unwrap());
    let renamed = Followed {
        name: "한빛".into(),
        ..followed("owner", FEED)
    };
    assert!(store.follow_feed(&a, &renamed).await.unwrap());
    assert!(store.follow_feed(&a, &followed("staff", FEED)).await.unwrap());
    assert_eq!(
        store.followed_feeds(&a, Some("owner")).await.unwrap(),
        vec![renamed]
    );
    assert_eq!(store.followed_feeds(&a, None).await.unwrap().len(), 2);
    assert!(store.followed_feeds(&b, None).await.unwrap().is_empty());
    assert!(!store.unfollow_feed(&b, "owner", FEED).await.unwrap());
    for i in 1..MOST_FOLLOWED {
        let more = followed("owner", &format!("{FEED}/{i}"));
        assert!(store.follow_feed(&a, &more).await.unwrap());
    }
    let one_too_many = followed("owner", "https://other.example/");
    assert!(!store.follow_feed(&a, &one_too_many).await.unwrap());
    assert!(store.follow_feed(&a, &followed("owner", FEED)).await.unwrap());
}

async fn a_feed_is_asked_for_once_an_hour_by_one(db: Db) {
    let store = db.open().await;
    let a = shop("a");
    let (x, y, z) = tokio::join!(
        store.claim_feed(&a, FEED, at(0)),
        store.claim_feed(&a, FEED, at(0)),
        store.claim_feed(&a, FEED, at(0)),
    );
    let won = [x, y, z].into_iter().filter(|c| c.as_ref().unwrap().is_some());
    assert_eq!(won.count(), 1);
    let state = FeedState {
        tried: at(0),
        etag: Some("\"1\"".into()),
        modified: None,
        fault: Some("late".into()),
    };
    store.note_feed(&a, FEED, &state).await.unwrap();
    let hour = FEED_REST_MS / 1000;
    assert!(store.claim_feed(&a, FEED, at(hour - 1)).await.unwrap().is_none());
    let claimed = store.claim_feed(&a, FEED, at(hour)).await.unwrap().unwrap();
    assert_eq!((claimed.etag, claimed.tried), (state.etag, at(hour)));
    assert!(store.feed_state(&shop("b"), FEED).await.unwrap().is_none());
    assert!(store.claim_feed(&shop("b"), FEED, at(1)).await.unwrap().is_some());
}

async fn news_are_kept_once_and_told_to_those_who_follow(db: Db) {
    let store = db.open().await;
    let (a, b) = (shop("a"), shop("b"));
    store.follow_feed(&a, &followed("owner", FEED)).await.unwrap();
    let all = [
        item("https://n/1", 0, 100),
        item("https://n/1", 1, 100),
        item("https://n/2", 0, 200),
    ];
    assert_eq!(store.keep_news(&a, &all).await.unwrap(), 3);
    assert_eq!(store.keep_news(&a, &all[..1]).await.unwrap(), 0);
    let told = store.news_since(&a, "owner", at(0)).await.unwrap();
    assert_eq!(told, [all[2].clone(), all[0].clone(), all[1].clone()]);
    assert_eq!(store.news_since(&a, "owner", at(101)).await.unwrap().len(), 1);
    assert!(store.news_since(&a, "staff", at(0)).await.unwrap().is_empty());
    assert!(store.news_since(&b, "owner", at(0)).await.unwrap().is_empty());
    let mut known = store.known_news(&a, FEED).await.unwrap();
    known.sort();
    assert_eq!(known, ["https://n/1", "https://n/2"]);
    assert_eq!(store.empty_news(&b, at(1000)).await.unwrap(), 0);
    assert_eq!(store.empty_news(&a, at(150)).await.unwrap(), 2);
    assert_eq!(store.empty_news(&a, at(150)).await.unwrap(), 0);
    let bodies = store.news_since(&a, "owner", at(0)).await.unwrap();
    let bodies: Vec<_> = bodies
        .iter()
        .map(|i| (i.body.is_empty(), i.title.is_empty()))
        .collect();
    assert_eq!(bodies, [(false, false), (true, false), (true, false)]);
    assert_eq!(store.known_news(&a, FEED).await.unwrap().len(), 2);
    assert_eq!(store.forget_news(&b, at(1000)).await.unwrap(), 0);
    assert_eq!(store.forget_news(&a, at(150)).await.unwrap(), 2);
    store.claim_feed(&a, FEED, at(300)).await.unwrap().unwrap();
    assert!(store.unfollow_feed(&a, "owner", FEED).await.unwrap());
    assert!(store.known_news(&a, FEED).await.unwrap().is_empty());
    assert!(store.claim_feed(&a, FEED, at(301)).await.unwrap().is_none());
}

async fn no_change_of_what_a_reader_likes_is_lost(db: Db) {
    let store = db.open().await;
    let (a, b) = (shop("a"), shop("b"));
    assert_eq!(store.news_topics(&a, "owner").await.unwrap(), (Value::Null, 0));
    let first = json!({"김장": 1.5});
    assert!(store.set_news_topics(&a, "owner", &first, 0).await.unwrap());
    assert!(!store.set_news_topics(&a, "owner", &json!({}), 0).await.unwrap());
    assert_eq!(store.news_topics(&a, "owner").await.unwrap(), (first, 1));
    let (x, y) = tokio::join!(
        async { store.set_news_topics(&a, "owner", &json!({"x": 1}), 1).await },
        async { store.set_news_topics(&a, "owner", &json!({"y": 1}), 1).await },
    );
    assert_ne!(x.unwrap(), y.unwrap());
    assert_eq!(store.news_topics(&a, "owner").await.unwrap().1, 2);
    assert!(!store.set_news_topics(&b, "owner", &json!({}), 2).await.unwrap());
    assert_eq!(store.news_topics(&b, "owner").await.unwrap().1, 0);
}

both! {
    feeds_are_their_readers_and_their_shops,
    a_feed_is_asked_for_once_an_hour_by_one,
    news_are_kept_once_and_told_to_those_who_follow,
    no_change_of_what_a_reader_likes_is_lost
}
