//! What came into being in a span of time, of one shop only.

use biseo_model::record::Order;
use biseo_store::Span;

use crate::both;
use crate::common::{Db, at, call, shop, turn, wish};
use crate::orders::order;
use crate::pages::message;

const SPAN: fn() -> Span = || Span {
    from: at(10),
    until: at(20),
};

async fn the_first_instant_belongs_to_it_and_the_last_does_not(db: Db) {
    let store = db.open().await;
    for (n, second) in [9, 10, 19, 20].into_iter().enumerate() {
        for name in ["haengbok", "byeol"] {
            let id = format!("{name}{n}");
            let mut record = call(&id, name);
            record.started = at(second);
            store.begin_call(&record).await.unwrap();
            store.add_turn(&turn(&id, 1)).await.unwrap();
            store.add_turn(&turn(&id, 0)).await.unwrap();
            let mut booking = wish(&id, name, 10 + i8::try_from(n).unwrap() * 2, 0, 60);
            booking.made = at(second);
            store.book(&booking, &["table"]).await.unwrap();
            let placed = Order {
                made: at(second),
                ..order(&id, name)
            };
            store.place_order(&placed).await.unwrap();
            let mut left = message(&id, None, second);
            left.shop = shop(name);
            store.leave_message(&left).await.unwrap();
        }
    }
    let (own, span, expected) = (shop("haengbok"), SPAN(), ["haengbok1", "haengbok2"]);
    let calls = store.calls_in_span(&own, span).await.unwrap();
    assert_eq!(calls.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), expected);
    let turns = store.turns_in_span(&own, span).await.unwrap();
    let turns: Vec<_> = turns.iter().map(|t| (t.call.as_str(), t.number)).collect();
    assert_eq!(
        turns,
        [
            (expected[0], 0),
            (expected[0], 1),
            (expected[1], 0),
            (expected[1], 1)
        ]
    );
    let bookings = store.bookings_made(&own, span).await.unwrap();
    assert_eq!(
        bookings.iter().map(|b| b.id.as_str()).collect::<Vec<_>>(),
        expected
    );
    let orders = store.orders_made(&own, span).await.unwrap();
    assert_eq!(orders.iter().map(|o| o.id.as_str()).collect::<Vec<_>>(), expected);
    let messages = store.messages_in_span(&own, span).await.unwrap();
    assert_eq!(
        messages.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(),
        expected
    );
}

both!(the_first_instant_belongs_to_it_and_the_last_does_not);
