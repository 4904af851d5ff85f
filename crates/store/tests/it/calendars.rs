//! Calendars out and in: secret addresses, and busy times that take room.

use crate::both;
use crate::common::{Db, at, owner, shop, wish};
use biseo_model::ids::{BookingId, CallId};
use biseo_model::record::BookingState;
use biseo_store::{Booked, Feed, Import, MOST_FEEDS, MOST_IMPORTS, Move, Store, Want};
use jiff::civil::{DateTime, date, time};

fn feed(id: &str, shop_id: &str, resource: Option<&str>) -> Feed {
    Feed {
        id: id.into(),
        shop: shop(shop_id),
        resource: resource.map(Into::into),
        name: "달력".into(),
        phones: false,
        made: at(0),
    }
}

fn import(id: &str, shop_id: &str, resource: Option<&str>) -> Import {
    Import {
        id: id.into(),
        shop: shop(shop_id),
        resource: resource.map(Into::into),
        name: "개인 일정".into(),
        address: "https://calendar.example/secret.ics".into(),
        made: at(0),
        fetched: None,
        fault: None,
    }
}

/// On 25 November 2026.
fn busy(from: i8, to: i8) -> (DateTime, DateTime) {
    let at = |hour| date(2026, 11, 25).at(hour, 0, 0, 0);
    (at(from), at(to))
}

async fn set(store: &Store, shop_id: &str, id: &str, spans: &[(DateTime, DateTime)]) -> bool {
    store
        .set_busy(&shop(shop_id), id, spans, (at(1), at(900)))
        .await
        .unwrap()
}

async fn a_feed_is_found_by_its_token_until_it_is_renewed(db: Db) {
    let store = db.open().await;
    let (a, b) = (feed("a", "haengbok", None), feed("b", "byeol", Some("지은")));
    assert!(store.add_feed(&a, "ta").await.unwrap() && store.add_feed(&b, "tb").await.unwrap());
    assert_eq!(store.feed_of("tb").await.unwrap(), Some(b.clone()));
    assert_eq!(store.feeds(&a.shop).await.unwrap(), std::slice::from_ref(&a));
    for (id, token) in [("c", "ta"), ("a", "tc")] {
        assert!(
            store.add_feed(&feed(id, "byeol", None), token).await.is_err(),
            "used up"
        );
    }
    assert!(
        !store.renew_feed(&a.shop, "b", "x").await.unwrap(),
        "another shop's"
    );
    assert!(store.renew_feed(&a.shop, "a", "tn").await.unwrap());
    assert_eq!(store.feed_of("ta").await.unwrap(), None);
    assert_eq!(store.feed_of("tn").await.unwrap(), Some(a.clone()));
    assert!(!store.remove_feed(&a.shop, "b").await.unwrap());
    assert!(store.remove_feed(&a.shop, "a").await.unwrap());
    assert_eq!(store.feed_of("tn").await.unwrap(), None);
}

async fn feeds_and_imports_are_bounded(db: Db) {
    let store = db.open().await;
    for n in 0..=MOST_FEEDS {
        let feed = feed(&format!("f{n}"), "haengbok", None);
        assert_eq!(
            store.add_feed(&feed, &format!("t{n}")).await.unwrap(),
            n < MOST_FEEDS
        );
    }
    for n in 0..=MOST_IMPORTS {
        let import = import(&format!("i{n}"), "haengbok", None);
        assert_eq!(store.add_import(&import).await.unwrap(), n < MOST_IMPORTS);
    }
    assert!(
        store.add_feed(&feed("x", "byeol", None), "tx").await.unwrap(),
        "another shop's"
    );
}

async fn a_change_counts(db: Db) {
    let store = db.open().await;
    let (a, b) = (wish("a", "haengbok", 12, 0, 60), wish("b", "haengbok", 19, 0, 60));
    store.book(&a, &["t1"]).await.unwrap();
    store.book(&b, &["t2"]).await.unwrap();
    let to = Move {
        to: date(2026, 11, 26).at(13, 0, 0, 0),
        minutes: 60,
        party_size: 4,
        services: &[],
        requests: &[],
        candidates: &["t1"],
    };
    store.move_booking(&a.shop, &a.id, &to, owner()).await.unwrap();
    store.cancel_booking(&a.shop, &a.id).await.unwrap();
    let days = (date(2026, 11, 25), date(2026, 11, 26));
    let all = store.feed_bookings(&a.shop, None, days).await.unwrap();
    let seen: Vec<_> = all.iter().map(|(b, n)| (b.id.as_str(), b.state, *n)).collect();
    assert_eq!(
        seen,
        [
            ("b", BookingState::Confirmed, 0),
            ("a", BookingState::Cancelled, 2)
        ]
    );
    let one = store.feed_bookings(&a.shop, Some("t1"), days).await.unwrap();
    assert_eq!(one.len(), 1);
    let other = store.feed_bookings(&shop("byeol"), None, days).await.unwrap();
    assert!(other.is_empty());
}

async fn busy_times_take_room(db: Db) {
    let store = db.open().await;
    store
        .add_import(&import("i", "byeol", Some("지은")))
        .await
        .unwrap();
    assert!(set(&store, "byeol", "i", &[busy(14, 16)]).await);
    let cut = |id: &str, hour| wish(id, "byeol", hour, 0, 60);
    // Asked, offered, booked and moved to: nowhere is it free.
    let want = |hour, candidates| Want {
        date: date(2026, 11, 25),
        time: time(hour, 0, 0, 0),
        minutes: 60,
        candidates,
    };
    let wants = [
        want(13, &["지은"][..]),
        want(14, &["지은"]),
        want(15, &["지은", "민호"]),
        want(16, &["지은"]),
    ];
    let byeol = shop("byeol");
    let free = store.free(&byeol, &wants, None, owner()).await.unwrap();
    assert_eq!(free, [true, false, true, true]);
    let call = CallId::new("c").unwrap();
    let offered = store
        .offer(&byeol, &wants[1..2], None, &call, (at(0), at(60)))
        .await
        .unwrap();
    assert_eq!(offered, [false]);
    assert_eq!(store.book(&cut("a", 15), &["지은"]).await.unwrap(), Booked::Full);
    let Booked::Confirmed(served) = store.book(&cut("b", 15), &["지은", "민호"]).await.unwrap() else {
        panic!("민호 is free");
    };
    assert_eq!(served.resource, "민호");
    let to = Move {
        to: date(2026, 11, 25).at(15, 59, 0, 0),
        minutes: 10,
        party_size: 1,
        services: &[],
        requests: &[],
        candidates: &["지은"],
    };
    assert_eq!(
        store
            .move_booking(&byeol, &served.id, &to, owner())
            .await
            .unwrap(),
        Booked::Full
    );
    // Another shop's person of the same name is another person.
    let elsewhere = wish("e", "haengbok", 15, 0, 60);
    assert!(matches!(
        store.book(&elsewhere, &["지은"]).await.unwrap(),
        Booked::Confirmed(_)
    ));
    // What is read anew replaces what was read before.
    assert!(set(&store, "byeol", "i", &[busy(9, 10)]).await);
    assert!(matches!(
        store.book(&cut("c", 15), &["지은"]).await.unwrap(),
        Booked::Confirmed(_)
    ));
}

async fn the_whole_shop_may_be_busy(db: Db) {
    let store = db.open().await;
    store.add_import(&import("i", "haengbok", None)).await.unwrap();
    set(&store, "haengbok", "i", &[busy(12, 14), busy(16, 16)]).await;
    let lunch = wish("a", "haengbok", 13, 0, 60);
    assert_eq!(store.book(&lunch, &["t1", "t2"]).await.unwrap(), Booked::Full);
    assert!(
        !store.remove_import(&shop("byeol"), "i").await.unwrap(),
        "another shop's"
    );
    assert_eq!(store.book(&lunch, &["t1"]).await.unwrap(), Booked::Full);
    assert!(store.remove_import(&shop("haengbok"), "i").await.unwrap());
    assert!(matches!(
        store.book(&lunch, &["t1"]).await.unwrap(),
        Booked::Confirmed(_)
    ));
}

async fn what_stands_stays_where_a_busy_time_comes(db: Db) {
    let store = db.open().await;
    let lunch = wish("a", "haengbok", 13, 0, 60);
    store.book(&lunch, &["t1"]).await.unwrap();
    store.add_import(&import("i", "haengbok", None)).await.unwrap();
    set(&store, "haengbok", "i", &[busy(12, 14)]).await;
    let kept = store
        .booking(&lunch.shop, &BookingId::new("a").unwrap())
        .await
        .unwrap();
    assert_eq!(kept.unwrap().state, BookingState::Confirmed);
}

async fn imports_are_fetched_when_they_are_due(db: Db) {
    let store = db.open().await;
    store.add_import(&import("i", "haengbok", None)).await.unwrap();
    store.add_import(&import("j", "byeol", None)).await.unwrap();
    let due = async |second| {
        let due = store.imports_due(at(second), 10).await.unwrap();
        due.into_iter().map(|i| i.id).collect::<Vec<_>>()
    };
    assert_eq!(due(-1).await, [""; 0]);
    assert_eq!(due(0).await, ["i", "j"]);
    assert!(!set(&store, "byeol", "i", &[]).await, "another shop's");
    assert!(set(&store, "haengbok", "i", &[busy(12, 14)]).await);
    assert!(
        store
            .import_failed(&shop("byeol"), "j", "form", at(300))
            .await
            .unwrap()
    );
    assert_eq!(due(299).await, [""; 0]);
    assert_eq!(due(900).await, ["j", "i"]);
    // A failure leaves what was read and says what is wrong.
    store
        .import_failed(&shop("haengbok"), "i", "gone", at(2000))
        .await
        .unwrap();
    let seen = store.imports(&shop("haengbok")).await.unwrap();
    assert_eq!(
        (seen[0].fetched, seen[0].fault.as_deref()),
        (Some(at(1)), Some("gone"))
    );
    let lunch = wish("a", "haengbok", 13, 0, 60);
    assert_eq!(store.book(&lunch, &["t1"]).await.unwrap(), Booked::Full);
    assert!(!format!("{seen:?}").contains("secret"));
}

both! {
    a_feed_is_found_by_its_token_until_it_is_renewed,
    feeds_and_imports_are_bounded,
    a_change_counts,
    busy_times_take_room,
    the_whole_shop_may_be_busy,
    what_stands_stays_where_a_busy_time_comes,
    imports_are_fetched_when_they_are_due
}
