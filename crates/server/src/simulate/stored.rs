//! What calls left behind, in the form in which the judge of rehearsals wants it.

use biseo_conversation::{Item, Standing, StandingOrder};
use biseo_model::ids::CallId;
use biseo_model::record::{Booking, BookingState, Order, OrderState};
use biseo_rehearse::{Kept, Outcome, PlacedOrder};
use biseo_store::{Store, StoreError};
use jiff::Span;
use jiff::civil::Date;

use super::follow::Seen;
use super::seed::Before;

/// Days from the call on in which its bookings are looked for.
const DAYS: i64 = 90;

/// Reads back from the store what a call has left there or changed of what was there before: records are judged by what is
/// on the disk, not by what was said. A connection that was attempted counts as made: nobody is there to answer it.
///
/// # Errors
/// When the store cannot be read.
pub(crate) async fn stored(
    store: &Store,
    seen: &Seen,
    before: &Before,
    today: Date,
) -> Result<Outcome, StoreError> {
    let (shop, call) = (&seen.call.shop, &seen.call.id);
    let said: Vec<&str> = seen.turns.iter().map(|t| t.said.as_str()).collect();
    let turns = seen.turns.iter().filter(|t| !t.heard.is_empty()).count();
    let mut outcome = Outcome {
        answered: seen.summary.answered.clone(),
        transferred: seen.summary.transferred.clone().or(seen.wanted.clone()),
        said: said.join(" "),
        turns: u32::try_from(turns).unwrap_or(u32::MAX),
        ..Outcome::default()
    };
    for day in (0..DAYS).filter_map(|n| today.checked_add(Span::new().days(n)).ok()) {
        let all = store.bookings_on(shop, day).await?.into_iter();
        outcome.bookings.extend(all.filter_map(|b| kept(b, call, before)));
    }
    let orders = store.orders_on(shop, today).await?.into_iter();
    outcome.orders = orders.filter_map(|o| placed(o, call, before)).collect();
    let messages = store.messages(shop, 100).await?.into_iter();
    outcome.messages = messages
        .filter(|m| m.call.as_ref() == Some(call))
        .map(|m| m.text)
        .collect();
    Ok(outcome)
}

/// A booking of the call, or one from before it.
fn kept(booking: Booking, call: &CallId, before: &Before) -> Option<Kept> {
    let given = before.bookings.iter().find(|g| g.id == booking.id).cloned();
    let ours = given.is_some() || booking.call.as_ref() == Some(call);
    ours.then(|| Kept {
        cancelled: booking.state == BookingState::Cancelled,
        given,
        standing: Standing::from(booking),
    })
}

/// An order of the call, or one from before it.
fn placed(order: Order, call: &CallId, before: &Before) -> Option<PlacedOrder> {
    let id = order.id.as_str();
    let given = before.orders.iter().find(|g| g.id == id).cloned();
    let ours = given.is_some() || order.call.as_ref() == Some(call);
    let item = |i: biseo_model::record::OrderItem| Item {
        name: i.name,
        quantity: i.quantity,
    };
    ours.then(|| PlacedOrder {
        cancelled: order.state == OrderState::Cancelled,
        phone: Some(order.phone),
        given,
        order: StandingOrder {
            id: order.id.as_str().to_string(),
            items: order.items.into_iter().map(item).collect(),
            pickup_time: order.pickup,
            name: order.name,
        },
    })
}
