//! What was done for callers, told to the shop's people: to the pages that look on, and by notices.

use std::sync::Arc;
use std::time::Duration;

use biseo_api::live::{Live, LiveEvent, Notice, NoticeKind};
use biseo_model::ids::{CallId, ShopId};
use biseo_notify::{Event, Fact, Notifier};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::callers::LinkTo;
use super::closing;
use super::teller::Teller;
use crate::house::House;
use crate::live::Deed;

/// What the outbox would not take is tried again after this time, also if nothing is done meanwhile.
const LATER: Duration = Duration::from_secs(60);

/// Tells until the office closes, and then what is still waiting.
pub(super) async fn tell(
    mut deeds: UnboundedReceiver<Deed>,
    (house, live, notifier): (Arc<House>, Live, Notifier),
    link: LinkTo,
    mut stopped: watch::Receiver<bool>,
) {
    let mut teller = Teller::new(&house, notifier, link);
    tokio::select! {
        biased;
        () = async { house.records.there().await; teller.again().await } => {}
        () = gone_at_the_end(&house, &mut stopped) => return,
    }
    let mut due = Due::default();
    loop {
        let later = due.of(teller.owes(), Instant::now());
        tokio::select! {
            biased;
            // Before the deeds: of those there may be one after the other. Also at the end they are not left for it.
            () = sleep_until(later.unwrap_or_else(Instant::now)), if later.is_some() => {
                due = Due::default();
                teller.later(closing(&mut stopped)).await;
            }
            deed = deeds.recv() => match deed {
                Some(deed) => tokio::select! {
                    () = one(&mut teller, &live, deed) => {}
                    () = gone_at_the_end(&house, &mut stopped) => return,
                },
                None => return,
            },
            () = closing(&mut stopped) => return,
        }
    }
}

/// When what is owed is tried again: so long after it was first owed, whatever is done meanwhile.
#[derive(Debug, Default)]
struct Due(Option<Instant>);

impl Due {
    /// The instant, as long as something is owed.
    fn of(&mut self, owes: bool, now: Instant) -> Option<Instant> {
        self.0 = owes.then(|| self.0.unwrap_or(now + LATER));
        self.0
    }
}

/// Ready if the office closes while the database is away: the next start tells what it can.
async fn gone_at_the_end(house: &House, stopped: &mut watch::Receiver<bool>) {
    closing(stopped).await;
    if house.records.local().is_none_or(|local| !local.is_away()) {
        std::future::pending::<()>().await;
    }
}

async fn one(teller: &mut Teller, live: &Live, deed: Deed) {
    // While the database is away, nothing can be written into the outbox: what was done waits.
    teller.there().await;
    match &deed {
        Deed::Over { call, language } => return teller.after(call, *language).await,
        Deed::Missed { call, waits } => {
            show(live, &deed);
            teller.missed(call, *waits).await;
        }
        _ => {
            show(live, &deed);
            match event(&deed) {
                Some(event) => teller.notice(&event).await,
                None => teller.drain(about(&deed).0).await,
            }
        }
    }
}

/// Tells the pages to look anew.
fn show(live: &Live, deed: &Deed) {
    let (shop, about, id, call) = about(deed);
    let notice = Notice::of(about, id, call.map(CallId::as_str));
    live.tell(shop, &LiveEvent::Notice(notice));
}

fn about(deed: &Deed) -> (&ShopId, NoticeKind, Option<&str>, Option<&CallId>) {
    match deed {
        Deed::Booked(booking) | Deed::Moved(booking) | Deed::Cancelled(booking) => (
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
        Deed::OrderChanged { order, call } => (
            &order.shop,
            NoticeKind::Order,
            Some(order.id.as_str()),
            Some(call),
        ),
        Deed::OrderCancelled { order, call } => (
            &order.shop,
            NoticeKind::Order,
            Some(order.id.as_str()),
            call.as_ref(),
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

/// What is told of and noted nowhere else. The rest lies in the store, noted with the deed; questions are the digest's.
fn event(deed: &Deed) -> Option<Event> {
    let Deed::Incident {
        shop,
        key,
        text,
        over,
        at,
        ..
    } = deed
    else {
        return None;
    };
    let fact = Fact::LineIncident {
        text: text.clone(),
        over: *over,
    };
    Some(Event::new(shop, key, *at, fact))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_owed_is_due_a_minute_after_however_much_is_done() {
        let (mut due, start) = (Due::default(), Instant::now());
        let at = |s| start + Duration::from_secs(s);
        assert_eq!(due.of(false, at(0)), None);
        // A deed every ten seconds.
        for second in [100, 110, 120, 150, 160, 170] {
            assert_eq!(due.of(true, at(second)), Some(at(160)));
        }
        assert_eq!(due.of(false, at(171)), None, "all was told meanwhile");
        assert_eq!(due.of(true, at(200)), Some(at(260)));
    }
}
