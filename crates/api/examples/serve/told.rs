//! Notices that were sent, and some that were not.

use biseo_model::ids::ShopId;
use biseo_store::{Lease, NewNotice, Settled, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::Failed;

/// What the outbox has of yesterday.
pub(super) async fn history(store: &Store) -> Result<(), Failed> {
    let owner = store.account_by_login("sajang").await?.ok_or("no account")?.id;
    let given_up = |fault: &str| Settled::GivenUp { fault: fault.into() };
    let refused = given_up("the mail server refuses the letter (550)");
    let ways = [
        (
            (owner.as_str(), "email", "sajang@example.com"),
            "booking_made",
            Settled::Sent,
        ),
        (("kitchen", "email", "kitchen@example.con"), "order_made", refused),
        (("@caller", "text", "01023456701"), "booking_made", Settled::Sent),
        (
            (owner.as_str(), "push", "browser"),
            "message_left",
            given_up("the browser no longer wants notices"),
        ),
    ];
    for (number, (way, event, how)) in ways.into_iter().enumerate() {
        let hours = i64::try_from(number)? * 3 + 2;
        one(store, number, way, event, &how, hours).await?;
    }
    Ok(())
}

async fn one(
    store: &Store,
    number: usize,
    (reader, channel, address): (&str, &str, &str),
    event: &str,
    how: &Settled,
    hours: i64,
) -> Result<(), Failed> {
    let (shop, at) = (
        ShopId::new("haengbok")?,
        Timestamp::now() - SignedDuration::from_hours(hours),
    );
    let notice = NewNotice {
        id: format!("told{number}"),
        event: format!("{event}:{number}"),
        reader: reader.into(),
        channel: channel.into(),
        address: address.into(),
        content: json!({}),
        urgent: false,
        due: at,
    };
    store.post_alone(&shop, &notice, at).await?;
    let claimed = store
        .claim_deliveries("history", (at, at + SignedDuration::from_mins(1)), (10, 10))
        .await?;
    for delivery in claimed {
        let lease = Lease {
            shop: delivery.shop,
            delivery: delivery.id,
            holder: "history".into(),
        };
        store.settle(&lease, how, at).await?;
    }
    Ok(())
}
