//! Who has been here before.

use crate::both;
use crate::common::{Db, shop, wish};
use biseo_model::phone::PhoneNumber;
use biseo_store::Visits;
use jiff::civil::date;

async fn the_latest_name_and_how_often(db: Db) {
    let store = db.open().await;
    let own = PhoneNumber::parse("010-2345-6789").unwrap();
    let visits = |at: &'static str, day: i8| {
        let (store, own) = (&store, &own);
        async move { store.visits(&shop(at), own, date(2026, 11, day)).await.unwrap() }
    };
    assert_eq!(visits("haengbok", 30).await, None);
    let mut bookings = [
        wish("a", "haengbok", 12, 0, 60),
        wish("b", "haengbok", 19, 0, 60),
        wish("c", "haengbok", 20, 0, 60),
        wish("d", "byeol", 20, 0, 60),
        wish("e", "haengbok", 21, 0, 60),
    ];
    bookings[1].name = "김영희".into();
    bookings[1].services = vec!["커트".into()];
    bookings[2].name = "취소한 이름".into();
    bookings[3].name = "다른 가게".into();
    bookings[4].phone = PhoneNumber::parse("010-9999-0000").unwrap();
    for booking in &bookings {
        store.book(booking, &["one"]).await.unwrap();
    }
    store
        .cancel_booking(&shop("haengbok"), &bookings[2].id)
        .await
        .unwrap();
    let twice = Visits {
        name: "김영희".into(),
        count: 2,
        services: vec!["커트".into()],
        resource: "one".into(),
    };
    assert_eq!(visits("haengbok", 25).await, Some(twice));
    assert_eq!(
        visits("haengbok", 24).await,
        None,
        "what is still to come is no visit"
    );
}

both! { the_latest_name_and_how_often }
