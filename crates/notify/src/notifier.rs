//! Telling: an event becomes notices in the outbox.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest;
use biseo_model::ids::{CallId, ShopId};
use biseo_model::shop::Hours;
use biseo_store::{NewNotice, Settlement, Store, StoreError, Untold};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Notify;

use crate::caller::{CALLER, CallerTold, ToCaller, allowed, is_answer};
use crate::channels::text::mobile;
use crate::letter::{Content, Sender};
use crate::rules::{ChannelKind, Language, Notices, Plan, Reader, decide};
use crate::{Event, Fact};

/// What is known of a shop when something is told.
#[derive(Debug, Clone)]
pub struct House {
    /// Its name and zone, for what is written.
    pub sender: Sender,
    /// When it is open.
    pub hours: Hours,
    /// Who is told what.
    pub notices: Notices,
}

impl House {
    /// The zone of the shop's clock.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.sender.zone
    }
}

/// Where shops are looked up. Asked each time, so that changed rules hold from the next event on.
pub trait Houses: Send + Sync {
    /// The shop of that id; `None` if there is none (any more).
    fn house(&self, shop: &ShopId) -> Option<Arc<House>>;
}

impl<F: Fn(&ShopId) -> Option<Arc<House>> + Send + Sync> Houses for F {
    fn house(&self, shop: &ShopId) -> Option<Arc<House>> {
        self(shop)
    }
}

/// Writes events into the outbox. Cheap to clone.
#[derive(Clone)]
pub struct Notifier {
    store: Store,
    houses: Arc<dyn Houses>,
    pub(crate) wake: Arc<Notify>,
}

impl fmt::Debug for Notifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifier")
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

impl Notifier {
    /// Over a store and the shops.
    #[must_use]
    pub fn new(store: Store, houses: Arc<dyn Houses>) -> Self {
        Self {
            store,
            houses,
            wake: Arc::new(Notify::new()),
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn house(&self, shop: &ShopId) -> Option<Arc<House>> {
        self.houses.house(shop)
    }

    /// Writes down who is to be told of an event, when and by what, readers by their rules and programs at once: all in one transaction, committed when this returns. The same
    /// event again changes nothing; after a crash between the event and its telling, tell it again. Browsers are those that the reader
    /// has now. A reader who cannot be reached in the way that was asked for is told in no other, but for what is urgent: that goes to
    /// every address of the reader's. Returns how many notices are new; 0 also for a shop that does not exist or whose rules name nobody.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written.
    pub async fn tell(&self, event: &Event) -> Result<u64, StoreError> {
        self.tell_but(event, None).await
    }

    /// The same by any channel but one: the one that is broken.
    pub(crate) async fn tell_but(
        &self,
        event: &Event,
        broken: Option<ChannelKind>,
    ) -> Result<u64, StoreError> {
        let notices = self.notices(event, broken).await?;
        self.post(&event.shop, &notices, event.at).await
    }

    /// Writes down who of the shop's people is to be told of something that was done, and that they are: in one transaction, so that a
    /// crash neither forgets nor repeats it. Returns how many notices are new.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written, and it is to be told still.
    pub async fn tell_done(&self, untold: &Untold, now: Timestamp) -> Result<u64, StoreError> {
        let event = Event::of(untold);
        let notices = self.notices(&event, None).await?;
        let new = self.store.post_told(untold, &notices, now).await?;
        self.wake.notify_one();
        Ok(new)
    }

    /// Writes down that a caller is to be told what was done in a call, up to a place in it, and that the caller is: in one transaction.
    /// What would not be told by [`Notifier::tell_caller`] is not. Returns how many texts are new.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written, and it is to be told still.
    pub async fn tell_after_call(
        &self,
        (shop, call): (&ShopId, &CallId),
        up_to: i64,
        texts: &[ToCaller],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut notices = Vec::new();
        for text in texts {
            notices.extend(self.to_caller(text)?.ok());
        }
        let new = self
            .store
            .post_to_caller((shop, call), up_to, &notices, now)
            .await?;
        self.wake.notify_one();
        Ok(new)
    }

    /// Who is told of an event, when and by what.
    async fn notices(
        &self,
        event: &Event,
        broken: Option<ChannelKind>,
    ) -> Result<Vec<NewNotice>, StoreError> {
        let mut notices = Vec::new();
        let Some(house) = self.house(&event.shop) else {
            return Ok(notices);
        };
        for plan in decide(
            &house.notices,
            (&house.hours, house.zone()),
            event.fact.kind(),
            event.at,
        ) {
            self.add(event, &plan, broken, &mut notices).await?;
        }
        if broken != Some(ChannelKind::Webhook) {
            self.add_hooks(event, &mut notices).await?;
        }
        Ok(notices)
    }

    /// Writes down that a caller is to be told something by text message, if the shop wants that and the number is a mobile. Between nine
    /// in the evening and eight in the morning nobody is written to, but for an answer to a call that ended less than ten minutes ago;
    /// the rest waits for the morning. The same event again changes nothing, and of missed calls a number is told once a day: whoever
    /// rings ten times, or has somebody else's number shown ten times, makes one message.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written.
    pub async fn tell_caller(&self, to: &ToCaller) -> Result<CallerTold, StoreError> {
        let notice = match self.to_caller(to)? {
            Ok(notice) => notice,
            Err(why) => return Ok(why),
        };
        let new = self.post(&to.event.shop, &[notice], to.event.at).await?;
        Ok(if new > 0 {
            CallerTold::New
        } else {
            CallerTold::Already
        })
    }

    /// Settles somebody who is to be called back ([`Store::note_call_back`]): puts the text into the outbox in the same transaction, or settles it
    /// without one if [`Notifier::tell_caller`] would tell nothing. `None` if it was settled before.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written.
    pub async fn settle_call_back(&self, id: &str, to: &ToCaller) -> Result<Option<Settlement>, StoreError> {
        let (shop, at) = (&to.event.shop, to.event.at);
        let text = self.to_caller(to)?.ok();
        let how = match text {
            Some(_) => Settlement::Text,
            None => Settlement::None,
        };
        let settled = self
            .store
            .settle_call_back((shop, id), how, text.as_ref(), at)
            .await?;
        self.wake.notify_one();
        Ok(settled)
    }

    /// Whether a caller would be told: the shop wants it and the number is a mobile.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if what is to be told cannot be written.
    pub fn would_tell(&self, to: &ToCaller) -> Result<bool, StoreError> {
        Ok(self.to_caller(to)?.is_ok())
    }

    /// The notice to a caller, or why there is none.
    fn to_caller(&self, to: &ToCaller) -> Result<Result<NewNotice, CallerTold>, StoreError> {
        let event = &to.event;
        let house = self.house(&event.shop);
        let wanted = |house: &Arc<House>| house.notices.callers.covers(event.fact.kind());
        let Some(house) = house.filter(wanted) else {
            return Ok(Err(CallerTold::NotWanted));
        };
        let Some(number) = mobile(to.to.as_str()) else {
            return Ok(Err(CallerTold::NoMobile));
        };
        let answer = is_answer(to);
        let due = allowed(event.at, answer.then_some(event.at), house.zone());
        let event = &Event {
            key: once(to, house.zone()),
            ..event.clone()
        };
        let content = Content {
            event: event.key.clone(),
            at: event.at,
            fact: event.fact.clone(),
            language: to.language,
            link: to.link.clone(),
            caller: true,
        };
        // An answer goes before what waits, and never together with it.
        let way = (CALLER, ChannelKind::Text, number.as_str());
        notice(event, way, &content, (due, answer)).map(Ok)
    }

    async fn post(&self, shop: &ShopId, notices: &[NewNotice], at: Timestamp) -> Result<u64, StoreError> {
        let new = match notices {
            [] => 0,
            some => self.store.post_notices(shop, some, at).await?,
        };
        if new > 0 {
            self.wake.notify_one();
        }
        Ok(new)
    }

    async fn add(
        &self,
        event: &Event,
        plan: &Plan<'_>,
        broken: Option<ChannelKind>,
        to: &mut Vec<NewNotice>,
    ) -> Result<(), StoreError> {
        let before = to.len();
        let whole = |by: &[ChannelKind]| -> Vec<ChannelKind> {
            by.iter().copied().filter(|kind| Some(*kind) != broken).collect()
        };
        self.add_by(event, plan, &whole(&plan.by), to).await?;
        if to.len() == before && plan.urgent {
            self.add_by(event, plan, &whole(&ChannelKind::ALL), to).await?;
        }
        if to.len() == before {
            let (shop, reader) = (&event.shop, &plan.reader.id);
            tracing::warn!("shop {shop}: reader {reader} cannot be reached and is not told");
        }
        Ok(())
    }

    async fn add_by(
        &self,
        event: &Event,
        plan: &Plan<'_>,
        by: &[ChannelKind],
        to: &mut Vec<NewNotice>,
    ) -> Result<(), StoreError> {
        let content = content(event, plan.reader.language);
        for kind in by {
            for address in self.addresses(event, plan.reader, *kind).await? {
                let way = (plan.reader.id.as_str(), *kind, address.as_str());
                to.push(notice(event, way, &content, (plan.due, plan.urgent))?);
            }
        }
        Ok(())
    }

    /// Where a reader is reached: one address, or each of the reader's browsers.
    async fn addresses(
        &self,
        event: &Event,
        reader: &Reader,
        kind: ChannelKind,
    ) -> Result<Vec<String>, StoreError> {
        let one = |address: Option<&str>| address.map(str::to_string).into_iter().collect();
        Ok(match kind {
            ChannelKind::Email => one(reader.email.as_deref()),
            ChannelKind::Webhook => one(reader.webhook.as_deref()),
            ChannelKind::Text => reader
                .phone
                .as_deref()
                .and_then(mobile)
                .map(|n| n.as_str().to_string())
                .into_iter()
                .collect(),
            ChannelKind::Push => {
                let browsers = self.store.subscriptions(&event.shop, &reader.id).await?;
                browsers.into_iter().map(|browser| browser.id).collect()
            }
        })
    }
}

/// What tells an event from others that a caller is told of: of missed calls the day on the shop's clock, however much later it is told
/// after a crash; of those that the line has lost, the day on which they are told that it works again.
fn once(to: &ToCaller, zone: &TimeZone) -> String {
    let event = &to.event;
    let day = match event.fact {
        Fact::CallMissed { line: false, .. } => to.call_ended.unwrap_or(event.at),
        Fact::CallMissed { .. } => event.at,
        _ => return event.key.clone(),
    };
    let day = zone.to_datetime(day).date();
    format!("{}:{day}", event.fact.kind().name())
}

pub(crate) fn content(event: &Event, language: Language) -> Content {
    let link = match &event.fact {
        Fact::DigestReady { link, .. } => link.clone(),
        _ => None,
    };
    Content {
        event: event.key.clone(),
        at: event.at,
        fact: event.fact.clone(),
        language,
        link,
        caller: false,
    }
}

pub(crate) fn notice(
    event: &Event,
    (reader, kind, address): (&str, ChannelKind, &str),
    content: &Content,
    (due, urgent): (Timestamp, bool),
) -> Result<NewNotice, StoreError> {
    let content = serde_json::to_value(content).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    Ok(NewNotice {
        id: id_of(&[event.shop.as_str(), &event.key, reader, kind.name(), address]),
        event: event.key.clone(),
        reader: reader.to_string(),
        channel: kind.name().to_string(),
        address: address.to_string(),
        content,
        urgent,
        due,
    })
}

/// 128 bits of SHA-256 over all that makes a notice the one that it is, as 32 hexadecimal digits: also a `Topic` of web push (RFC 8030
/// §5.4) and the left half of a `Message-ID`.
fn id_of(parts: &[&str]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    hex(&context.finish().as_ref()[..16])
}

pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|o| format!("{o:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_depends_on_each_part_and_where_it_ends() {
        let id = id_of(&["a", "bc"]);
        assert_eq!(id.len(), 32);
        assert_eq!(id, id_of(&["a", "bc"]));
        assert_ne!(id, id_of(&["ab", "c"]));
        assert_ne!(id, id_of(&["a", "bd"]));
    }
}
