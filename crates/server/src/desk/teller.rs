//! Puts into the outbox what is noted in the store as untold, with the end of its note in one transaction: whatever crash comes between
//! the deed and its notices, it is told, once.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use biseo_conversation::Language;
use biseo_model::ids::{CallId, ShopId};
use biseo_model::record::{CallEnd, CallRecord};
use biseo_notify::{Event, Fact, Notifier};
use biseo_store::{Span, Store, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::callers::{LinkTo, missed, texts};
use crate::clock::Clock;
use crate::house::House;
use crate::records::{Records, language};

/// How often what cannot be stored is tried again, a second apart; then it waits.
const TRIES: u32 = 30;
/// How often then: what others do waits for it.
const TRIES_LATER: u32 = 1;
/// Events that wait because they are noted nowhere else, at most: they are few, and there is an end to memory.
const MOST_WAITING: usize = 200;
/// Calls that were missed or cut off before a start are told again, for they may not have been told: those from so long before the last
/// call began, which is longer than a call lasts,
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// unless that call is so long ago.
const LATEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Which shops there are.
type Shops = Box<dyn Fn() -> Vec<ShopId> + Send + Sync>;

/// Who tells.
pub(super) struct Teller {
    store: Store,
    records: Records,
    clock: Clock,
    shops: Shops,
    notifier: Notifier,
    link: LinkTo,
    /// Something could not be told and is noted still.
    owes: bool,
    /// What could not be told and is noted nowhere but here, oldest first.
    waiting: VecDeque<Event>,
    /// How often it tries.
    tries: u32,
}

impl Teller {
    /// With whoever knows a booking's page.
    pub(super) fn new(house: &Arc<House>, notifier: Notifier, link: LinkTo) -> Self {
        let of = house.clone();
        let shops = move || of.directory.all().iter().map(|shop| shop.id.clone()).collect();
        Self {
            store: house.store.clone(),
            records: house.records.clone(),
            clock: house.clock,
            shops: Box::new(shops),
            notifier,
            link,
            owes: false,
            waiting: VecDeque::new(),
            tries: TRIES,
        }
    }

    /// Whether something waits that could not be told.
    pub(super) fn owes(&self) -> bool {
        self.owes || !self.waiting.is_empty()
    }

    /// As [`Teller::again`], for what could not be told before: without much patience, and not beyond `end`.
    pub(super) async fn later(&mut self, end: impl Future<Output = ()>) {
        self.tries = TRIES_LATER;
        tokio::select! {
            () = self.again() => {}
            () = end => {}
        }
        self.tries = TRIES;
    }

    /// Ready when the outbox can be reached.
    pub(super) async fn there(&self) {
        self.records.there().await;
    }

    /// Tells what is noted of all shops: what was done before the program last ended, also in calls that its end cut off.
    pub(super) async fn again(&mut self) {
        self.owes = false;
        self.tell_waiting().await;
        for shop in (self.shops)() {
            self.drain(&shop).await;
            if let Err(e) = self.after_calls(&shop).await {
                self.give_up(&shop, &e);
            }
            if let Err(e) = self.cut_off(&shop).await {
                self.give_up(&shop, &e);
            }
        }
    }

    /// Tells the events that wait, each once more. What was told is not told again: their keys are the same.
    async fn tell_waiting(&mut self) {
        for _ in 0..self.waiting.len() {
            let Some(event) = self.waiting.front().cloned() else {
                return;
            };
            let told = self.kept(&event.shop, || self.notifier.tell(&event)).await;
            self.waiting.pop_front();
            if let Err(e) = told {
                self.keep(&event, &e);
            }
        }
    }

    /// Tells a shop's people what was done in it and they were not told of.
    pub(super) async fn drain(&mut self, shop: &ShopId) {
        if let Err(e) = self.kept(shop, || self.tell_people(shop)).await {
            self.give_up(shop, &e);
        }
    }

    async fn tell_people(&self, shop: &ShopId) -> Result<(), StoreError> {
        loop {
            let untold = self.store.untold(shop).await?;
            if untold.is_empty() {
                return Ok(());
            }
            for one in &untold {
                self.notifier.tell_done(one, self.clock.now()).await?;
            }
        }
    }

    /// Tells whoever called what was done in a call that is over.
    pub(super) async fn after(&mut self, call: &CallRecord, language: Language) {
        self.drain(&call.shop).await;
        let told = || self.tell_caller(call, language);
        if let Err(e) = self.kept(&call.shop, told).await {
            self.give_up(&call.shop, &e);
        }
    }

    async fn tell_caller(&self, call: &CallRecord, language: Language) -> Result<(), StoreError> {
        let (shop, now) = (&call.shop, self.clock.now());
        loop {
            let done = self.store.untold_in(shop, &call.id).await?;
            let Some(last) = done.last() else {
                return Ok(());
            };
            let texts = texts(&done, (call, language), &self.link, now);
            self.notifier
                .tell_after_call((shop, &call.id), last.place, &texts, now)
                .await?;
        }
    }

    /// The callers of a shop's calls that are over and who were told nothing yet.
    async fn after_calls(&mut self, shop: &ShopId) -> Result<(), StoreError> {
        for id in self.store.untold_calls(shop).await? {
            match self.store.call(shop, &id).await? {
                Some(call) if call.ended.is_some() => {
                    let turns = self.store.turns(shop, &id).await?;
                    self.after(&call, language(&turns)).await;
                }
                // It goes on; its end is told.
                Some(_) => {}
                None => self.forget(shop, &id).await?,
            }
        }
        Ok(())
    }

    /// Nobody knows any more who called.
    async fn forget(&self, shop: &ShopId, call: &CallId) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.notifier
            .tell_after_call((shop, call), i64::MAX, &[], now)
            .await?;
        Ok(())
    }

    /// A caller was not served; told in writing unless the caller waits to be called back.
    pub(super) async fn missed(&mut self, call: &CallRecord, waits: bool) {
        let event = not_served(call);
        self.notice(&event).await;
        let now = self.clock.now();
        let Some(told) = missed(call, &event, now).filter(|_| !waits) else {
            return;
        };
        let kept = self.kept(&call.shop, || self.notifier.tell_caller(&told)).await;
        if let Err(e) = kept {
            self.give_up(&call.shop, &e);
        }
    }

    /// Stores the notices of an event that is noted nowhere else.
    pub(super) async fn notice(&mut self, event: &Event) {
        if let Err(e) = self.kept(&event.shop, || self.notifier.tell(event)).await {
            self.keep(event, &e);
        }
    }

    /// An event that could not be told waits here. Where there are too many, the oldest is lost.
    fn keep(&mut self, event: &Event, why: &StoreError) {
        self.give_up(&event.shop, why);
        let is_this = |other: &Event| (&other.shop, &other.key) == (&event.shop, &event.key);
        if self.waiting.iter().any(is_this) {
            return;
        }
        if self.waiting.len() >= MOST_WAITING
            && let Some(lost) = self.waiting.pop_front()
        {
            tracing::error!(
                "shop {}: {} is told to nobody: too much waits",
                lost.shop,
                lost.key
            );
        }
        self.waiting.push_back(event.clone());
    }

    /// Tries until it is in the outbox. What cannot be read will not be readable in a second.
    async fn kept<T, F>(&self, shop: &ShopId, tell: impl Fn() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut tries = 0;
        loop {
            let failed = match tell().await {
                Ok(told) => return Ok(told),
                Err(e) => e,
            };
            tracing::warn!("shop {shop}: the outbox takes nothing: {failed}");
            tries += 1;
            if tries >= self.tries || matches!(failed, StoreError::Corrupt(_)) {
                return Err(failed);
            }
            self.there().await;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    fn give_up(&mut self, shop: &ShopId, why: &StoreError) {
        self.owes = true;
        tracing::error!("shop {shop}: a notice could not be stored; it is tried again later: {why}");
    }

    /// Tells of calls that were missed or cut off when the program last ended. What was told stays as it is.
    async fn cut_off(&mut self, shop: &ShopId) -> Result<(), StoreError> {
        let Some(last) = self.store.calls(shop, 1).await?.pop() else {
            return Ok(());
        };
        // The outbox forgets what was sent long ago, and would send it once more.
        if self.clock.now().duration_since(last.started) > LATEST {
            return Ok(());
        }
        let span = Span {
            from: last.started.checked_sub(AGAIN).unwrap_or(Timestamp::MIN),
            until: Timestamp::MAX,
        };
        let calls = self.store.calls_in_span(shop, span).await?;
        for call in calls.iter().filter(|call| is_cut_off(call)) {
            let waits = self.needs_no_text(call).await?;
            self.missed(call, waits).await;
        }
        Ok(())
    }

    /// Whoever was being served was told, or will be, what was done; others are told when the line works again, or have got through since.
    async fn needs_no_text(&self, call: &CallRecord) -> Result<bool, StoreError> {
        if call.answered.is_some() || self.store.is_to_be_called_back(call).await? {
            return Ok(true);
        }
        match &call.caller {
            Some(number) => {
                self.store
                    .was_served_since(&call.shop, number, call.started)
                    .await
            }
            None => Ok(false),
        }
    }
}

fn not_served(call: &CallRecord) -> Event {
    let fact = Fact::CallMissed {
        call: call.id.clone(),
        caller: call.caller.clone(),
        line: false,
    };
    Event::new(&call.shop, call.id.as_str(), call.started, fact)
}

/// Whether a caller gave up before being answered, or was cut off by the program's end.
fn is_cut_off(call: &CallRecord) -> bool {
    match call.end {
        Some(CallEnd::Interrupted) => true,
        Some(CallEnd::Blocked) | None => false,
        Some(_) => call.answered.is_none(),
    }
}

#[cfg(test)]
mod tests;
