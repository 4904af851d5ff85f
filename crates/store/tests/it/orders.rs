//! Orders: placed once, changed and cancelled while each for its own shop.

use crate::both;
use crate::common::{Db, at, call, shop};
use biseo_model::ids::OrderId;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Order, OrderItem, OrderState};
use biseo_store::{Store, StoreError};
use jiff::civil::{Date, date, time};

const TODAY: Date = date(2026, 11, 25);

fn item(name: &str, quantity: u32) -> OrderItem {
    OrderItem {
        name: name.into(),
        quantity,
    }
}

pub fn order(id: &str, shop_id: &str) -> Order {
    Order {
        id: OrderId::new(id).unwrap(),
        shop: shop(shop_id),
        call: None,
        items: vec![item("후라이드", 1), item("양념", 2)],
        won: 56_000,
        date: TODAY,
        pickup: Some(time(19, 30, 0, 0)),
        address: None,
        name: "김민수".into(),
        phone: PhoneNumber::parse("010-2345-6789").unwrap(),
        state: OrderState::Open,
        made: at(0),
    }
}

fn refused<T>(answer: Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Conflict(_)))
}

async fn ids(store: &Store, shop_id: &str, from: Date) -> Vec<String> {
    let phone = order("x", shop_id).phone;
    let found = store.orders_of(&shop(shop_id), &phone, from).await.unwrap();
    found.into_iter().map(|o| o.id.to_string()).collect()
}

async fn an_order_is_stored_whole_and_once(db: Db) {
    let store = db.open().await;
    store.begin_call(&call("c1", "gugu")).await.unwrap();
    let delivered = Order {
        call: Some(call("c1", "gugu").id),
        pickup: None,
        address: Some("광주 북구 구구로 1".into()),
        ..order("a", "gugu")
    };
    assert_eq!(store.place_order(&delivered).await.unwrap(), delivered);
    let repeated = Order {
        won: 1,
        ..delivered.clone()
    };
    assert_eq!(store.place_order(&repeated).await.unwrap(), delivered);
    let fetched = Order {
        state: OrderState::Cancelled, // what is placed is open
        made: at(1),
        ..order("b", "gugu")
    };
    store.place_order(&fetched).await.unwrap();
    store.close().await;
    let again = db.open().await;
    let expected = Order {
        state: OrderState::Open,
        ..fetched
    };
    assert_eq!(
        again.orders_on(&shop("gugu"), TODAY).await.unwrap(),
        [delivered, expected]
    );
}

async fn an_open_order_changes_and_a_cancelled_one_does_not(db: Db) {
    let store = db.open().await;
    let first = order("a", "gugu");
    store.place_order(&first).await.unwrap();
    let items = [item("양념", 1)];
    let changed = store
        .change_order(&first.shop, &first.id, &items, 19_000)
        .await
        .unwrap();
    let expected = Order {
        items: items.to_vec(),
        won: 19_000,
        ..first.clone()
    };
    assert_eq!(changed, expected);
    assert_eq!(store.orders_on(&first.shop, TODAY).await.unwrap(), [expected]);
    let stood = store.cancel_order(&first.shop, &first.id).await.unwrap();
    assert_eq!(
        stood.map(|o| (o.id, o.state)),
        Some((first.id.clone(), OrderState::Open))
    );
    let again = store.cancel_order(&first.shop, &first.id).await.unwrap();
    assert!(again.is_none(), "once");
    assert!(refused(
        store.change_order(&first.shop, &first.id, &items, 19_000).await
    ));
    assert!(refused(store.place_order(&first).await), "the id is used up");
    assert!(ids(&store, "gugu", TODAY).await.is_empty());
    let kept = store.orders_on(&first.shop, TODAY).await.unwrap();
    assert_eq!(kept[0].state, OrderState::Cancelled);
}

async fn found_by_number_newest_first_and_not_of_days_past(db: Db) {
    let store = db.open().await;
    for (n, id) in ["a", "b", "c"].into_iter().enumerate() {
        let placed = Order {
            made: at(i64::try_from(n).unwrap()),
            ..order(id, "gugu")
        };
        store.place_order(&placed).await.unwrap();
    }
    let yesterday = Order {
        date: date(2026, 11, 24),
        made: at(-86_400),
        ..order("y", "gugu")
    };
    let stranger = Order {
        phone: PhoneNumber::parse("010-9999-0000").unwrap(),
        ..order("s", "gugu")
    };
    store.place_order(&yesterday).await.unwrap();
    store.place_order(&stranger).await.unwrap();
    assert_eq!(ids(&store, "gugu", TODAY).await, ["c", "b", "a"]);
    assert_eq!(ids(&store, "gugu", yesterday.date).await, ["c", "b", "a", "y"]);
}

async fn another_shop_reaches_nothing(db: Db) {
    let store = db.open().await;
    let a = order("a", "gugu");
    store.place_order(&a).await.unwrap();
    let other = shop("haengbok");
    assert!(ids(&store, "haengbok", TODAY).await.is_empty());
    assert!(store.orders_on(&other, TODAY).await.unwrap().is_empty());
    assert!(store.cancel_order(&other, &a.id).await.unwrap().is_none());
    assert!(refused(
        store.change_order(&other, &a.id, &[item("양념", 1)], 1).await
    ));
    assert!(refused(store.place_order(&order("a", "haengbok")).await));
    assert_eq!(store.orders_on(&a.shop, TODAY).await.unwrap(), [a]);
}

async fn what_cannot_be_meant_is_refused_and_changes_nothing(db: Db) {
    let store = db.open().await;
    let good = order("a", "gugu");
    store.place_order(&good).await.unwrap();
    for (items, won) in [
        (vec![], 0),
        (vec![item("양념", 1), item("콜라", 0)], 19_000),
        (vec![item("양념", u32::MAX)], u64::MAX),
    ] {
        let changed = store.change_order(&good.shop, &good.id, &items, won).await;
        assert!(refused(changed), "{items:?} {won}");
        let bad = Order {
            items,
            won,
            ..order("b", "gugu")
        };
        assert!(refused(store.place_order(&bad).await), "{bad:?}");
    }
    let unknown_call = Order {
        call: Some(call("none", "gugu").id),
        ..order("b", "gugu")
    };
    assert!(refused(store.place_order(&unknown_call).await));
    assert_eq!(store.orders_on(&good.shop, TODAY).await.unwrap(), [good]);
}

both! {
    an_order_is_stored_whole_and_once,
    an_open_order_changes_and_a_cancelled_one_does_not,
    found_by_number_newest_first_and_not_of_days_past,
    another_shop_reaches_nothing,
    what_cannot_be_meant_is_refused_and_changes_nothing
}
