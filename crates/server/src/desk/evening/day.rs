//! A day's records out of the store, as the digest wants them.

use std::collections::HashMap;

use biseo_api::outage::sentence;
use biseo_digest::{Blocked, Call, Day, Language, Outage, next_date};
use biseo_model::ids::CallId;
use biseo_model::record::{CallEnd, CallRecord, Order, TurnRecord};
use biseo_model::shop::ShopProfile;
use biseo_store::{Incident, Span, Store};
use jiff::civil::DateTime;

use super::Failed;

/// The records of a span that ends at a time of the shop's clock; what is told in words is in the digest's language.
pub(super) async fn day<'a>(
    store: &Store,
    shop: &'a ShopProfile,
    (span, local): (Span, DateTime),
    language: Language,
) -> Result<Day<'a>, Failed> {
    let id = &shop.id;
    let (today, tomorrow) = (local.date(), next_date(shop, span.until)?);
    let records = store.calls_in_span(id, span).await?;
    let (blocked, came): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|c| c.end == Some(CallEnd::Blocked));
    let turns = store.turns_in_span(id, span).await?;
    let mut orders = store.orders_made(id, span).await?;
    add(
        &mut orders,
        store.orders_between(id, today.yesterday()?, tomorrow).await?,
    );
    let turned_away = |c: CallRecord| Blocked {
        at: c.started,
        number: c.caller,
    };
    Ok(Day {
        shop,
        from: span.from,
        now: span.until,
        calls: calls(came, turns),
        bookings: store.bookings_made(id, span).await?,
        tomorrow: store.bookings_on(id, tomorrow).await?,
        orders,
        messages: store.messages_in_span(id, span).await?,
        outages: outages(store, shop, span, language).await?,
        blocked: blocked.into_iter().map(turned_away).collect(),
        news: Vec::new(),
    })
}

/// What of the line or the shop was out of order; what did no harm is not told.
async fn outages(
    store: &Store,
    shop: &ShopProfile,
    span: Span,
    language: Language,
) -> Result<Vec<Outage>, Failed> {
    let words = biseo_line::Wording::of(match language {
        Language::Ko => biseo_line::Language::Ko,
        Language::En => biseo_line::Language::En,
    });
    let found = store.incidents_in_span(&shop.id, span).await?;
    let fails = |i: &Incident| i.consequences.iter().any(|c| c == "calls_fail");
    // What another's fault brought about is told of that one.
    let cause = |i: &Incident| i.evidence["because_of"].is_null();
    let told = found
        .into_iter()
        .filter(|i| i.announced.is_some() || (cause(i) && fails(i)));
    let outage = |i: Incident| Outage {
        from: i.began,
        until: i.ended,
        what: sentence(&words, &i),
    };
    Ok(told.map(outage).collect())
}

/// Calls with their turns, which come in order.
fn calls(records: Vec<CallRecord>, turns: Vec<TurnRecord>) -> Vec<Call> {
    let mut by_call: HashMap<CallId, Vec<TurnRecord>> = HashMap::new();
    for turn in turns {
        by_call.entry(turn.call.clone()).or_default().push(turn);
    }
    let call = |record: CallRecord| Call {
        turns: by_call.remove(&record.id).unwrap_or_default(),
        record,
    };
    records.into_iter().map(call).collect()
}

/// Adds orders that are not there yet.
fn add(orders: &mut Vec<Order>, more: Vec<Order>) {
    for order in more {
        if orders.iter().all(|o| o.id != order.id) {
            orders.push(order);
        }
    }
}
