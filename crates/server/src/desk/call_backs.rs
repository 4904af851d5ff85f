//! Once the line works again, those who were not served meanwhile are told that they will be called back: in the order in which they called, one
//! after another. The shop's people have had each as a message when it happened.

use std::sync::Arc;
use std::time::Duration;

use biseo_model::ids::ShopId;
use biseo_notify::rules::Language;
use biseo_notify::{Event, Fact, Notifier, ToCaller, Turn, turn};
use biseo_store::{CallBack, Settlement, Store, StoreError};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::closing;
use crate::house::House;

/// How often is looked whether the line works again, and who waits.
const LOOK: Duration = Duration::from_secs(5);

/// Offers until the office closes.
pub(super) async fn offer(house: Arc<House>, notifier: Notifier, mut stopped: watch::Receiver<bool>) {
    let gap = SignedDuration::from_secs(house.config.line.call_back_gap.into());
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = closing(&mut stopped) => return,
        }
        if house.records.is_away() {
            continue;
        }
        if let Err(e) = round(&house, &notifier, gap).await {
            tracing::error!("who is to be called back cannot be read: {e}");
        }
    }
}

async fn round(house: &House, notifier: &Notifier, gap: SignedDuration) -> Result<(), StoreError> {
    for shop in house.store.shops_with_call_backs().await? {
        if house.line.standing.fault(&shop, house.clock.now()).is_some() {
            continue;
        }
        let zone = house
            .directory
            .find(&shop)
            .and_then(|profile| TimeZone::get(&profile.zone).ok());
        // Of a shop that is not there any more nobody is told.
        if let Some(zone) = zone {
            let queue = Queue {
                store: &house.store,
                notifier,
                shop: &shop,
                zone: &zone,
                gap,
            };
            queue.go_on(house.clock.now()).await?;
        }
    }
    Ok(())
}

/// Those of one shop who wait.
struct Queue<'a> {
    store: &'a Store,
    notifier: &'a Notifier,
    shop: &'a ShopId,
    zone: &'a TimeZone,
    gap: SignedDuration,
}

impl Queue<'_> {
    /// Settles from the first on, until one is told or is to wait.
    async fn go_on(&self, now: Timestamp) -> Result<(), StoreError> {
        for first in self.store.call_backs_waiting(self.shop).await? {
            match self.settle(&first, now).await? {
                // Whoever is told nothing holds nobody up.
                Some(Settlement::None | Settlement::Served) => {}
                Some(Settlement::Text) | None => return Ok(()),
            }
        }
        Ok(())
    }

    /// `None` if it waits.
    async fn settle(&self, first: &CallBack, now: Timestamp) -> Result<Option<Settlement>, StoreError> {
        let this = (self.shop, first.id.as_str());
        if self
            .store
            .was_served_since(self.shop, &first.phone, first.called)
            .await?
        {
            return self
                .store
                .settle_call_back(this, Settlement::Served, None, now)
                .await;
        }
        let to = told(first, now);
        if self.notifier.would_tell(&to)? {
            let last = self.store.last_call_back_text(self.shop).await?;
            if turn(first.over, last, self.gap, now, self.zone) != Turn::Now {
                return Ok(None);
            }
        }
        self.notifier.settle_call_back(&first.id, &to).await
    }
}

fn told(waiting: &CallBack, now: Timestamp) -> ToCaller {
    let fact = Fact::CallMissed {
        call: waiting.call.clone(),
        caller: Some(waiting.phone.clone()),
        line: true,
    };
    ToCaller {
        event: Event::new(&waiting.shop, waiting.call.as_str(), now, fact),
        to: waiting.phone.clone(),
        language: match waiting.english {
            true => Language::En,
            false => Language::Ko,
        },
        link: None,
        call_ended: Some(waiting.over),
    }
}

#[cfg(test)]
mod tests;
