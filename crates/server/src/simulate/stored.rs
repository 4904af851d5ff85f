//! What calls left behind, in the form in which the judge of rehearsals wants it.

use biseo_conversation::{Item, Standing, StandingOrder, Summary};
use biseo_model::record::{BookingState, CallRecord, OrderState, TurnRecord};
use biseo_rehearse::{Kept, Outcome, PlacedOrder};
use biseo_store::{Store, StoreError};
use jiff::Span;
use jiff::civil::Date;

/// Days from the call on in which its bookings are looked for.
const DAYS: i64 = 90;

/// A call as it was followed from within.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The call, as stored.
    pub(crate) call: CallRecord,
    /// Its turns.
    pub(crate) turns: Vec<TurnRecord>,
    /// What came of it, as the conversation knows it.
    pub(crate) summary: Summary,
}

/// Reads back from the store what a call has left there: records are judged by what is on the disk, not by what was said.
///
/// # Errors
/// When the store cannot be read.
pub(crate) async fn stored(store: &Store, seen: &Seen, today: Date) -> Result<Outcome, StoreError> {
    let (shop, call) = (&seen.call.shop, Some(&seen.call.id));
    let mut outcome = Outcome {
        answered: seen.summary.answered.clone(),
        transferred: seen.summary.transferred.clone(),
        said: seen
            .turns
            .iter()
            .map(|t| t.said.as_str())
            .collect::<Vec<_>>()
            .join(" "),
        turns: u32::try_from(seen.turns.iter().filter(|t| !t.heard.is_empty()).count()).unwrap_or(u32::MAX),
        ..Outcome::default()
    };
    for day in (0..DAYS).filter_map(|n| today.checked_add(Span::new().days(n)).ok()) {
        let all = store.bookings_on(shop, day).await?.into_iter();
        outcome
            .bookings
            .extend(all.filter(|b| b.call.as_ref() == call).map(|b| Kept {
                cancelled: b.state == BookingState::Cancelled,
                given: None,
                standing: Standing::from(b),
            }));
    }
    for order in store
        .orders_on(shop, today)
        .await?
        .into_iter()
        .filter(|o| o.call.as_ref() == call)
    {
        outcome.orders.push(PlacedOrder {
            cancelled: order.state == OrderState::Cancelled,
            phone: Some(order.phone),
            given: None,
            order: StandingOrder {
                id: order.id.as_str().to_string(),
                items: order
                    .items
                    .into_iter()
                    .map(|i| Item {
                        name: i.name,
                        quantity: i.quantity,
                    })
                    .collect(),
                pickup_time: order.pickup,
                name: order.name,
            },
        });
    }
    let messages = store.messages(shop, 100).await?.into_iter();
    outcome.messages = messages
        .filter(|m| m.call.as_ref() == call)
        .map(|m| m.text)
        .collect();
    Ok(outcome)
}
