//! Programs that are told, what was sent to them and is sent again, and feeds of digests: apart by shop.

use crate::both;
use crate::common::{Db, at, shop};
use biseo_model::phone::PhoneNumber;
use biseo_store::{
    DeliveryState, DigestFeed, Lease, MOST_DIGEST_FEEDS, MOST_WEBHOOKS, NewNotice, Page, Settled, Store,
    Webhook,
};
use jiff::civil::date;

fn hook(id: &str, shop_id: &str) -> Webhook {
    Webhook {
        id: id.into(),
        shop: shop(shop_id),
        name: "계산대".into(),
        url: "https://till.example/secret".into(),
        secret: "whsec_x".into(),
        events: vec!["booking".into()],
        on: true,
        made: at(0),
    }
}

fn notice(id: &str) -> NewNotice {
    NewNotice {
        id: id.into(),
        event: format!("test:{id}"),
        reader: "@webhook".into(),
        channel: "webhook".into(),
        address: "h".into(),
        content: serde_json::json!({"말": id}),
        urgent: false,
        due: at(0),
    }
}

async fn a_program_is_its_shops(db: Db) {
    let store = db.open().await;
    let (a, b) = (hook("h", "a"), hook("hb", "b"));
    assert!(store.add_webhook(&a).await.unwrap() && store.add_webhook(&b).await.unwrap());
    assert!(store.add_webhook(&hook("h", "b")).await.is_err(), "used up");
    assert_eq!(store.webhook(&shop("b"), "h").await.unwrap(), None);
    assert_eq!(store.webhook(&a.shop, "h").await.unwrap(), Some(a.clone()));
    let foreign = Webhook {
        shop: shop("b"),
        on: false,
        ..a.clone()
    };
    assert!(!store.change_webhook(&foreign).await.unwrap());
    let off = Webhook {
        on: false,
        events: Vec::new(),
        secret: "whsec_y".into(),
        ..a.clone()
    };
    assert!(store.change_webhook(&off).await.unwrap());
    assert_eq!(store.webhooks(&a.shop).await.unwrap(), std::slice::from_ref(&off));
    assert!(!format!("{off:?}").contains("secret"));
    assert!(store.rewrite_webhook_secret(&off, "sealed").await.unwrap());
    assert!(
        !store
            .rewrite_webhook_secret(&off, "of an old look")
            .await
            .unwrap()
    );
    let secrets: Vec<String> = store
        .all_webhooks()
        .await
        .unwrap()
        .into_iter()
        .map(|h| h.secret)
        .collect();
    assert_eq!(secrets, ["sealed", "whsec_x"]);
    for n in 1..MOST_WEBHOOKS {
        assert!(store.add_webhook(&hook(&format!("h{n}"), "a")).await.unwrap());
    }
    assert!(!store.add_webhook(&hook("more", "a")).await.unwrap());
    assert!(!store.remove_webhook(&shop("b"), "h").await.unwrap());
    assert!(store.remove_webhook(&a.shop, "h").await.unwrap());
}

async fn settled(store: &Store, how: Settled, second: i64) {
    let claimed = store
        .claim_deliveries("w", (at(second), at(second + 60)), (9, 9))
        .await
        .unwrap();
    assert_eq!(claimed.len(), 1);
    let lease = Lease {
        shop: claimed[0].shop.clone(),
        delivery: claimed[0].id.clone(),
        holder: "w".into(),
    };
    assert!(store.settle(&lease, &how, at(second)).await.unwrap());
}

async fn what_was_sent_is_sent_again_under_the_same_id(db: Db) {
    let store = db.open().await;
    let a = shop("a");
    let first = store.post_alone(&a, &notice("n"), at(0)).await.unwrap();
    assert_eq!(
        (first.id.as_str(), first.state, first.told_as()),
        ("n", DeliveryState::Due, "n")
    );
    assert!(store.post_alone(&a, &notice("n"), at(0)).await.is_err(), "once");
    // It is about to be sent anyway.
    let same = store.send_again(&a, "n", "r0", at(1)).await.unwrap().unwrap();
    assert_eq!(same, first);
    let later = Settled::Again {
        due: at(500),
        fault: "status 503".into(),
    };
    settled(&store, later, 1).await;
    let sooner = store.send_again(&a, "n", "r0", at(2)).await.unwrap().unwrap();
    assert_eq!((sooner.id.as_str(), sooner.due), ("n", at(2)));
    settled(&store, Settled::Answered { status: 204 }, 2).await;
    let sent = store.delivery(&a, "n").await.unwrap().unwrap();
    assert_eq!(
        (sent.state, sent.answer, sent.tries),
        (DeliveryState::Sent, Some(204), 2)
    );
    let again = store.send_again(&a, "n", "r1", at(3)).await.unwrap().unwrap();
    assert_eq!((again.id.as_str(), again.told_as(), again.tries), ("r1", "n", 0));
    settled(&store, Settled::GivenUp { fault: "gone".into() }, 3).await;
    let third = store.send_again(&a, "r1", "r2", at(4)).await.unwrap().unwrap();
    assert_eq!(
        third.told_as(),
        "n",
        "a repetition's repetition is the first one's"
    );
    // Foreign, unknown, used up.
    assert_eq!(
        store.send_again(&shop("b"), "n", "r3", at(5)).await.unwrap(),
        None
    );
    assert_eq!(store.send_again(&a, "x", "r3", at(5)).await.unwrap(), None);
    assert!(store.send_again(&a, "n", "r1", at(5)).await.is_err());
    let page = Page {
        after: None,
        limit: 2,
    };
    let listed = store.deliveries_to(&a, ("webhook", "h"), &page).await.unwrap();
    assert_eq!(
        listed.iter().map(|d| d.id.as_str()).collect::<Vec<_>>(),
        ["r2", "r1"]
    );
    assert!(
        store
            .deliveries_to(&shop("b"), ("webhook", "h"), &page)
            .await
            .unwrap()
            .is_empty()
    );
    // What the first one held is forgotten: there is nothing to send any more.
    store.forget_all_deliveries(at(3)).await.unwrap();
    assert_eq!(store.send_again(&a, "r1", "r4", at(6)).await.unwrap(), None);
}

/// A repetition holds no copy of what it repeats.
async fn an_erased_caller_is_gone_from_repetitions_too(db: Db) {
    let store = db.open().await;
    let (a, phone) = (shop("a"), PhoneNumber::parse("010-2345-6789").unwrap());
    let about = NewNotice {
        content: serde_json::json!({"phone": phone.as_str()}),
        ..notice("p")
    };
    let mut second = 0;
    for one in [about, notice("n")] {
        store.post_alone(&a, &one, at(second)).await.unwrap();
        settled(&store, Settled::Sent, second + 1).await;
        let again = format!("{}2", one.id);
        store
            .send_again(&a, &one.id, &again, at(second + 2))
            .await
            .unwrap();
        settled(&store, Settled::Sent, second + 3).await;
        second += 10;
    }
    store.erase_caller(&a, &phone, date(2026, 11, 25)).await.unwrap();
    for (id, left) in [("p", false), ("p2", false), ("n", true), ("n2", true)] {
        let found = store.delivery(&a, id).await.unwrap();
        assert_eq!(found.is_some(), left, "{id}");
    }
}

async fn a_feed_of_digests_is_found_by_its_token_until_it_is_taken_away(db: Db) {
    let store = db.open().await;
    let feed = |id: &str| DigestFeed {
        id: id.into(),
        shop: shop("a"),
        name: "휴대전화".into(),
        made: at(0),
    };
    assert!(store.add_digest_feed(&feed("f"), "t").await.unwrap());
    assert!(store.add_digest_feed(&feed("g"), "t").await.is_err(), "used up");
    assert_eq!(store.digest_feed_of("t").await.unwrap(), Some(feed("f")));
    assert!(store.digest_feeds(&shop("b")).await.unwrap().is_empty());
    for n in 1..MOST_DIGEST_FEEDS {
        assert!(
            store
                .add_digest_feed(&feed(&format!("f{n}")), &format!("t{n}"))
                .await
                .unwrap()
        );
    }
    assert!(!store.add_digest_feed(&feed("more"), "more").await.unwrap());
    assert!(!store.remove_digest_feed(&shop("b"), "f").await.unwrap());
    assert!(store.remove_digest_feed(&shop("a"), "f").await.unwrap());
    assert_eq!(store.digest_feed_of("t").await.unwrap(), None);
}

both!(
    a_program_is_its_shops,
    what_was_sent_is_sent_again_under_the_same_id,
    an_erased_caller_is_gone_from_repetitions_too,
    a_feed_of_digests_is_found_by_its_token_until_it_is_taken_away
);
