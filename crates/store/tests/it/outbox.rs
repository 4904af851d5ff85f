//! The outbox: posted once, claimed by one at a time, settled by the holder only, apart by shop.

use crate::both;
use crate::common::{Db, at, shop};
use biseo_store::{
    DeliveryState, Lease, MOST_BROWSERS, MOST_TOGETHER, NewNotice, Settled, Store, Subscription,
};
use jiff::Timestamp;
use std::collections::BTreeSet;

fn notice(id: &str, reader: &str, due: i64) -> NewNotice {
    NewNotice {
        id: id.into(),
        event: format!("event-{id}"),
        reader: reader.into(),
        channel: "email".into(),
        address: format!("{reader}@example.com"),
        content: serde_json::json!({"말": id}),
        urgent: false,
        due: at(due),
    }
}

fn until(second: i64) -> (Timestamp, Timestamp) {
    (at(second), at(second + 60))
}

async fn one(store: &Store, shop_id: &str) -> Lease {
    let all = store.deliveries(&shop(shop_id), 10).await.unwrap();
    let delivery = all.first().unwrap();
    Lease {
        shop: delivery.shop.clone(),
        delivery: delivery.id.clone(),
        holder: "w1".into(),
    }
}

async fn told_twice_is_posted_once_and_due_together_goes_together(db: Db) {
    let store = db.open().await;
    let a = shop("a");
    let notices = [
        notice("n1", "owner", 0),
        notice("n2", "owner", 5),
        notice("n3", "staff", 0),
    ];
    assert_eq!(store.post_notices(&a, &notices, at(0)).await.unwrap(), 3);
    assert_eq!(store.post_notices(&a, &notices, at(1)).await.unwrap(), 0);
    assert_eq!(store.outbox_due().await.unwrap(), Some(at(0)));
    assert_eq!(store.gather_notices(at(4)).await.unwrap(), 2);
    assert_eq!(store.gather_notices(at(4)).await.unwrap(), 0);
    assert_eq!(store.gather_notices(at(5)).await.unwrap(), 1);
    let held = store.notices_of(&a, "n1").await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].content, serde_json::json!({"말": "n1"}));

    let many: Vec<_> = (0..MOST_TOGETHER + 3)
        .map(|i| notice(&format!("m{i:02}"), "owner", 9))
        .collect();
    let urgent = NewNotice {
        urgent: true,
        ..notice("u", "owner", 9)
    };
    store.post_notices(&a, &many, at(8)).await.unwrap();
    store.post_notices(&a, &[urgent], at(8)).await.unwrap();
    assert_eq!(store.gather_notices(at(9)).await.unwrap(), 3);
    assert_eq!(store.notices_of(&a, "m00").await.unwrap().len(), MOST_TOGETHER);
    let first = store
        .claim_deliveries("w1", until(9), (1, 1))
        .await
        .unwrap()
        .remove(0);
    assert!(first.urgent && first.id == "u");
}

async fn a_lease_is_one_holders_until_it_ends(db: Db) {
    let store = db.open().await;
    let a = shop("a");
    store
        .post_notices(&a, &[notice("n1", "owner", 0)], at(0))
        .await
        .unwrap();
    store.gather_notices(at(0)).await.unwrap();
    let mine = store.claim_deliveries("w1", until(0), (8, 8)).await.unwrap();
    assert_eq!(
        (mine.len(), mine[0].tries, mine[0].state),
        (1, 1, DeliveryState::Sending)
    );
    assert!(
        store
            .claim_deliveries("w2", until(59), (8, 8))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.outbox_due().await.unwrap(), Some(at(60)));
    let lease = one(&store, "a").await;

    // Its holder is gone; the first one's word counts no more.
    let theirs = store
        .claim_deliveries("w2", until(60), (8, 8))
        .await
        .unwrap()
        .remove(0);
    assert_eq!(theirs.tries, 2);
    assert!(!store.settle(&lease, &Settled::Sent, at(61)).await.unwrap());
    let taken = Lease {
        holder: "w2".into(),
        ..lease.clone()
    };
    let again = Settled::Again {
        due: at(90),
        fault: "busy".into(),
    };
    assert!(store.settle(&taken, &again, at(61)).await.unwrap());
    assert!(
        store
            .claim_deliveries("w1", until(89), (8, 8))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        store
            .claim_deliveries("w1", until(90), (8, 8))
            .await
            .unwrap()
            .len(),
        1
    );
    assert!(store.settle(&lease, &Settled::Sent, at(91)).await.unwrap());
    assert!(!store.settle(&lease, &Settled::Sent, at(92)).await.unwrap());
    assert!(
        store
            .claim_deliveries("w1", until(10_000), (8, 8))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.outbox_due().await.unwrap(), None);
}

async fn shops_reach_their_own_only(db: Db) {
    let store = db.open().await;
    let (a, b) = (shop("a"), shop("b"));
    store
        .post_notices(&a, &[notice("n1", "owner", 0)], at(0))
        .await
        .unwrap();
    store.gather_notices(at(0)).await.unwrap();
    store.claim_deliveries("w1", until(0), (8, 8)).await.unwrap();
    let lease = Lease {
        shop: b.clone(),
        ..one(&store, "a").await
    };
    assert!(!store.settle(&lease, &Settled::Sent, at(1)).await.unwrap());
    assert!(store.deliveries(&b, 9).await.unwrap().is_empty());
    assert!(store.notices_of(&b, "n1").await.unwrap().is_empty());
    let own = Lease {
        shop: a.clone(),
        ..lease
    };
    let never = Settled::GivenUp {
        fault: "no such mailbox".into(),
    };
    assert!(store.settle(&own, &never, at(1)).await.unwrap());
    assert!(!store.redeliver(&b, "n1", at(2)).await.unwrap());
    assert_eq!(store.forget_deliveries(&b, at(99)).await.unwrap(), 0);
    assert!(store.redeliver(&a, "n1", at(2)).await.unwrap());
    assert_eq!(
        store.claim_deliveries("w1", until(2), (8, 8)).await.unwrap()[0].tries,
        1
    );
    assert!(store.settle(&own, &Settled::Sent, at(3)).await.unwrap());
    assert_eq!(store.forget_deliveries(&a, at(3)).await.unwrap(), 0);
    assert_eq!(store.forget_deliveries(&a, at(4)).await.unwrap(), 1);
    assert!(store.notices_of(&a, "n1").await.unwrap().is_empty());
}

async fn many_workers_at_once_claim_each_delivery_once(db: Db) {
    let store = db.open().await;
    let a = shop("a");
    let all: Vec<_> = (0..60)
        .map(|i| notice(&format!("n{i}"), &format!("r{i}"), 0))
        .collect();
    store.post_notices(&a, &all, at(0)).await.unwrap();
    let workers = (0..6).map(|w| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            for _ in 0..40 {
                store.gather_notices(at(0)).await.unwrap();
                let claimed = store
                    .claim_deliveries(&format!("w{w}"), until(0), (3, 60))
                    .await
                    .unwrap();
                mine.extend(claimed.into_iter().map(|d| d.id));
            }
            mine
        })
    });
    let mut claimed = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        claimed.extend(worker.await.unwrap());
    }
    assert_eq!(claimed.len(), 60);
    assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 60);
}

async fn a_shop_with_dead_peers_holds_up_no_other_and_waiting_is_no_try(db: Db) {
    let store = db.open().await;
    let (a, b) = (shop("a"), shop("b"));
    let many: Vec<_> = (0..9)
        .map(|i| notice(&format!("n{i}"), &format!("r{i}"), 0))
        .collect();
    store.post_notices(&a, &many, at(0)).await.unwrap();
    store
        .post_notices(&b, &[notice("x", "owner", 1)], at(0))
        .await
        .unwrap();
    store.gather_notices(at(1)).await.unwrap();
    let first = store.claim_deliveries("w1", until(1), (8, 3)).await.unwrap();
    let of_a = first.iter().filter(|d| d.shop == a).count();
    assert_eq!((first.len(), of_a), (4, 3));
    // As long as they are under way there is no room for more of that shop.
    assert!(
        store
            .claim_deliveries("w2", until(2), (8, 3))
            .await
            .unwrap()
            .is_empty()
    );
    let lease = |delivery: &str| Lease {
        shop: a.clone(),
        delivery: delivery.into(),
        holder: "w1".into(),
    };
    let held = first.iter().find(|d| d.shop == a).unwrap();
    let put_off = Settled::PutOff { due: at(500) };
    assert!(store.settle(&lease(&held.id), &put_off, at(2)).await.unwrap());
    let next = store.claim_deliveries("w2", until(2), (8, 3)).await.unwrap();
    assert_eq!(next.len(), 1);
    assert_ne!(next[0].id, held.id);
    let later = store.claim_deliveries("w3", until(500), (20, 20)).await.unwrap();
    assert_eq!(later.iter().find(|d| d.id == held.id).unwrap().tries, 1);
}

async fn what_was_settled_long_ago_is_forgotten_for_all_shops(db: Db) {
    let store = db.open().await;
    for id in ["a", "b"] {
        let posted = notice(&format!("{id}1"), "owner", 0);
        store.post_notices(&shop(id), &[posted], at(0)).await.unwrap();
    }
    store.gather_notices(at(0)).await.unwrap();
    for delivery in store.claim_deliveries("w1", until(0), (8, 8)).await.unwrap() {
        let lease = Lease {
            shop: delivery.shop,
            delivery: delivery.id,
            holder: "w1".into(),
        };
        assert!(store.settle(&lease, &Settled::Sent, at(5)).await.unwrap());
    }
    assert_eq!(store.forget_all_deliveries(at(5)).await.unwrap(), 0);
    assert_eq!(store.forget_all_deliveries(at(6)).await.unwrap(), 2);
    assert!(store.notices_of(&shop("a"), "a1").await.unwrap().is_empty());
}

async fn of_too_many_browsers_the_oldest_goes(db: Db) {
    let store = db.open().await;
    let a = shop("a");
    for n in 0..=MOST_BROWSERS {
        let browser = Subscription {
            id: format!("s{n}"),
            shop: a.clone(),
            reader: "owner".into(),
            endpoint: format!("https://push.example/{n}"),
            p256dh: "k".into(),
            auth: "s".into(),
            made: at(n),
        };
        store.subscribe(&browser).await.unwrap();
    }
    let known = store.subscriptions(&a, "owner").await.unwrap();
    assert_eq!(known.len(), usize::try_from(MOST_BROWSERS).unwrap());
    assert_eq!(known.first().map(|s| s.id.as_str()), Some("s1"));
}

async fn browsers_are_their_readers_and_their_shops(db: Db) {
    let store = db.open().await;
    let (a, b) = (shop("a"), shop("b"));
    let browser = Subscription {
        id: "s1".into(),
        shop: a.clone(),
        reader: "owner".into(),
        endpoint: "https://push.example/1".into(),
        p256dh: "k".into(),
        auth: "s".into(),
        made: at(0),
    };
    store.subscribe(&browser).await.unwrap();
    let renewed = Subscription {
        id: "s2".into(),
        p256dh: "k2".into(),
        ..browser.clone()
    };
    store.subscribe(&renewed).await.unwrap();
    let known = store.subscriptions(&a, "owner").await.unwrap();
    assert_eq!(
        known,
        [Subscription {
            p256dh: "k2".into(),
            ..browser
        }]
    );
    assert!(store.subscriptions(&a, "staff").await.unwrap().is_empty());
    assert!(store.subscriptions(&b, "owner").await.unwrap().is_empty());
    assert!(store.subscription(&b, "s1").await.unwrap().is_none());
    assert!(!store.unsubscribe(&b, "s1").await.unwrap());
    assert!(store.unsubscribe(&a, "s1").await.unwrap());
    assert!(store.subscription(&a, "s1").await.unwrap().is_none());
}

both! {
    told_twice_is_posted_once_and_due_together_goes_together,
    a_lease_is_one_holders_until_it_ends,
    shops_reach_their_own_only,
    many_workers_at_once_claim_each_delivery_once,
    a_shop_with_dead_peers_holds_up_no_other_and_waiting_is_no_try,
    what_was_settled_long_ago_is_forgotten_for_all_shops,
    of_too_many_browsers_the_oldest_goes,
    browsers_are_their_readers_and_their_shops
}
