//! What was done for callers, told to the shop's people: to the pages that look on, and by notices.

use std::sync::Arc;
use std::time::Duration;

use biseo_api::live::{Live, LiveEvent, Notice, NoticeKind};
use biseo_model::ids::{CallId, ShopId};
use biseo_model::record::{CallEnd, CallRecord, Message};
use biseo_notify::{Event, Fact, Notifier, ToCaller};
use biseo_store::{Span, StoreError};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;

use super::callers::{Callers, LinkTo, missed};
use super::closing;
use crate::house::House;
use crate::live::Deed;

/// How often a notice that cannot be stored is tried again, a second apart; then the next start tells it.
const TRIES: u32 = 30;
/// What happened in the last calls before a start is told again, for it may not have been told: so long before the last call
/// began, which is longer than a call lasts.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// unless that call is so long ago.
const LATEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Tells until the office closes, and then what is still waiting.
pub(super) async fn tell(
    mut deeds: UnboundedReceiver<Deed>,
    (house, live, notifier): (Arc<House>, Live, Notifier),
    link: LinkTo,
    mut stopped: watch::Receiver<bool>,
) {
    tokio::select! {
        biased;
        () = async { house.records.there().await; again(&house, &notifier).await } => {}
        () = gone_at_the_end(&house, &mut stopped) => return,
    }
    let mut callers = Callers::new(link);
    loop {
        tokio::select! {
            biased;
            deed = deeds.recv() => match deed {
                Some(deed) => tokio::select! {
                    () = one(&house, (&live, &notifier), &mut callers, deed) => {}
                    () = gone_at_the_end(&house, &mut stopped) => return,
                },
                None => return,
            },
            () = closing(&mut stopped) => return,
        }
    }
}

/// Ready if the office closes while the database is away: the next start tells what it can.
async fn gone_at_the_end(house: &House, stopped: &mut watch::Receiver<bool>) {
    closing(stopped).await;
    if house.records.local().is_none_or(|local| !local.is_away()) {
        std::future::pending::<()>().await;
    }
}

async fn one(house: &House, (live, notifier): (&Live, &Notifier), callers: &mut Callers, deed: Deed) {
    // While the database is away, nothing can be written into the outbox: what was done waits.
    house.records.there().await;
    if let Deed::Over { call, language } = &deed {
        for told in callers.over(call, *language) {
            write(house, notifier, &told).await;
        }
        return;
    }
    show(live, &deed);
    let Some(event) = event(&deed) else { return };
    callers.note(&deed, &event);
    notice(house, notifier, &event).await;
    if let Deed::Missed { call, waits: false } = &deed
        && let Some(told) = missed(call, &event)
    {
        write(house, notifier, &told).await;
    }
}

/// Stores a text message to a caller, if the shop wants it.
async fn write(house: &House, notifier: &Notifier, told: &ToCaller) {
    if !kept(house, &told.event.shop, || notifier.tell_caller(told)).await {
        let shop = &told.event.shop;
        tracing::error!("shop {shop}: a text message to a caller could not be stored and is not sent");
    }
}

/// Stores the notices of an event.
async fn notice(house: &House, notifier: &Notifier, event: &Event) {
    if !kept(house, &event.shop, || notifier.tell(event)).await {
        let shop = &event.shop;
        tracing::error!(
            "shop {shop}: a notice could not be stored; if the next start comes soon, it tells it"
        );
    }
}

/// Tries until it is in the outbox; `false` if that never came about.
async fn kept<T, F>(house: &House, shop: &ShopId, tell: impl Fn() -> F) -> bool
where
    F: Future<Output = Result<T, StoreError>>,
{
    for _ in 0..TRIES {
        match tell().await {
            Ok(_) => return true,
            Err(e) => tracing::warn!("shop {shop}: the outbox takes nothing: {e}"),
        }
        house.records.there().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    false
}

/// Tells the pages to look anew.
fn show(live: &Live, deed: &Deed) {
    let (shop, about, id, call) = about(deed);
    let notice = Notice::of(about, id, call.map(CallId::as_str));
    live.tell(shop, &LiveEvent::Notice(notice));
}

fn about(deed: &Deed) -> (&ShopId, NoticeKind, Option<&str>, Option<&CallId>) {
    match deed {
        Deed::Booked(booking) | Deed::Moved { booking, .. } | Deed::Cancelled { booking, .. } => (
            &booking.shop,
            NoticeKind::Booking,
            Some(booking.id.as_str()),
            booking.call.as_ref(),
        ),
        Deed::Ordered(order) => (
            &order.shop,
            NoticeKind::Order,
            Some(order.id.as_str()),
            order.call.as_ref(),
        ),
        Deed::OrderChanged { order, call, .. } | Deed::OrderCancelled { order, call, .. } => (
            &order.shop,
            NoticeKind::Order,
            Some(order.id.as_str()),
            Some(call),
        ),
        Deed::Message(message) => (
            &message.shop,
            NoticeKind::Message,
            Some(message.id.as_str()),
            message.call.as_ref(),
        ),
        Deed::Alert(message) => (
            &message.shop,
            NoticeKind::Alert,
            Some(message.id.as_str()),
            message.call.as_ref(),
        ),
        Deed::Incident { shop, id, .. } | Deed::IncidentChanged { shop, id } => {
            (shop, NoticeKind::Incident, Some(id), None)
        }
        Deed::Question { shop, id, call } => (shop, NoticeKind::Question, Some(id), Some(call)),
        Deed::Missed { call, .. } | Deed::Over { call, .. } => {
            (&call.shop, NoticeKind::Message, None, Some(&call.id))
        }
    }
}

/// What readers are told; questions are the digest's.
fn event(deed: &Deed) -> Option<Event> {
    match deed {
        Deed::Booked(booking) => Some(Event::booking_made(booking)),
        Deed::Moved {
            booking, before, at, ..
        } => Some(Event::booking_changed(booking, *before, *at)),
        Deed::Cancelled { booking, at, .. } => Some(Event::booking_cancelled(booking, *at)),
        Deed::Ordered(order) => Some(Event::order_made(order)),
        Deed::Message(message) => Some(Event::message_left(message)),
        Deed::Alert(message) => Some(urgent(message)),
        Deed::OrderChanged { order, at, .. } => Some(Event::order_changed(order, *at)),
        Deed::OrderCancelled { order, at, .. } => Some(Event::order_cancelled(order, *at)),
        Deed::Missed { call, .. } => Some(not_served(call)),
        Deed::Incident {
            shop,
            key,
            text,
            over,
            at,
            ..
        } => {
            let fact = Fact::LineIncident {
                text: text.clone(),
                over: *over,
            };
            Some(Event::new(shop, key, *at, fact))
        }
        Deed::Question { .. } | Deed::Over { .. } | Deed::IncidentChanged { .. } => None,
    }
}

fn urgent(message: &Message) -> Event {
    let fact = Fact::Urgent {
        text: message.text.clone(),
        call_back: message.call_back.clone(),
    };
    Event::new(&message.shop, message.id.as_str(), message.at, fact)
}

fn not_served(call: &CallRecord) -> Event {
    let fact = Fact::CallMissed {
        call: call.id.clone(),
        caller: call.caller.clone(),
        line: false,
    };
    Event::new(&call.shop, call.id.as_str(), call.started, fact)
}

/// Tells what was stored and perhaps not told when the program last ended; also of calls that its end cut off. What was told stays
/// as it is. Of what was moved, changed or cancelled the store does not know when, so that this is not told again; nor are
/// callers.
async fn again(house: &House, notifier: &Notifier) {
    for shop in house.directory.all() {
        if let Err(e) = of_shop(house, notifier, &shop.id).await {
            tracing::error!("shop {}: what was perhaps not told cannot be read: {e}", shop.id);
        }
    }
}

async fn of_shop(house: &House, notifier: &Notifier, shop: &ShopId) -> Result<(), StoreError> {
    let store = &house.store;
    let Some(last) = store.calls(shop, 1).await?.pop() else {
        return Ok(());
    };
    // The outbox forgets what was sent long ago, and would send it once more.
    if house.clock.now().duration_since(last.started) > LATEST {
        return Ok(());
    }
    let span = Span {
        from: last.started.checked_sub(AGAIN).unwrap_or(Timestamp::MIN),
        until: Timestamp::MAX,
    };
    let bookings = store.bookings_made(shop, span).await?;
    let by_call = bookings.iter().filter(|b| b.call.is_some());
    let orders = store.orders_made(shop, span).await?;
    let messages = store.messages_in_span(shop, span).await?;
    let of_message = |m: &Message| match is_alert(m) {
        true => urgent(m),
        false => Event::message_left(m),
    };
    let calls = store.calls_in_span(shop, span).await?;
    let cut_off = calls.iter().filter(|call| is_cut_off(call));
    let events = by_call
        .map(Event::booking_made)
        .chain(orders.iter().map(Event::order_made))
        .chain(messages.iter().map(of_message))
        .chain(cut_off.map(not_served));
    for event in events {
        notifier.tell(&event).await?;
    }
    Ok(())
}

/// Whether a caller gave up before being answered, or was cut off by the program's end.
fn is_cut_off(call: &CallRecord) -> bool {
    match call.end {
        Some(CallEnd::Interrupted) => true,
        Some(CallEnd::Blocked) | None => false,
        Some(_) => call.answered.is_none(),
    }
}

/// Alerts bear a letter of their own in their id.
fn is_alert(message: &Message) -> bool {
    let last = message.id.as_str().rsplit('-').next();
    last.is_some_and(|part| part.starts_with('a'))
}
