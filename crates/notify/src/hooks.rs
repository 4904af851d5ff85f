//! Programs that an owner lets be told of events (webhooks kept in the store): each event at once, beside the rules of readers.

use biseo_model::ids::ShopId;
use biseo_store::{Delivery, NewNotice, StoreError, Webhook};
use jiff::Timestamp;

use crate::channels::{Parcel, webhook};
use crate::event::Kind;
use crate::letter::{Content, write};
use crate::notifier::{House, content, hex, notice};
use crate::rules::{About, ChannelKind, Language};
use crate::{Event, Fact, Notifier};

/// Stands for a program where a reader's id stands; no reader can be called so.
pub(crate) const HOOK: &str = "@webhook";

/// Whether a program is told of an event of this kind: what is urgent always, as readers are.
fn covers(hook: &Webhook, kind: Kind) -> bool {
    let about = |name: &String| serde_json::from_value::<About>(name.as_str().into()).ok();
    hook.on && (kind.is_urgent() || hook.events.iter().filter_map(about).any(|a| a.covers(kind)))
}

impl Notifier {
    /// Adds what programs are told of an event: at once, for a program has no quiet times.
    pub(crate) async fn add_hooks(&self, event: &Event, to: &mut Vec<NewNotice>) -> Result<(), StoreError> {
        let kind = event.fact.kind();
        let content = content(event, Language::Ko);
        for hook in self.store().webhooks(&event.shop).await? {
            // What was told before it was added is told again at a start (the readers have it): not to a program that came later.
            if hook.made <= event.at && covers(&hook, kind) {
                let way = (HOOK, ChannelKind::Webhook, hook.id.as_str());
                to.push(notice(event, way, &content, (event.at, kind.is_urgent()))?);
            }
        }
        Ok(())
    }

    /// Sends a program a test, which says that nothing has happened; whether it is on or not is seen by what becomes of it.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is sent.
    pub async fn test_webhook(
        &self,
        shop: &ShopId,
        webhook: &str,
        now: Timestamp,
    ) -> Result<Delivery, StoreError> {
        let event = Event::new(shop, &chance()?, now, Fact::Test);
        let way = (HOOK, ChannelKind::Webhook, webhook);
        let notice = notice(&event, way, &content(&event, Language::Ko), (now, false))?;
        let made = self.store().post_alone(shop, &notice, now).await?;
        self.wake.notify_one();
        Ok(made)
    }

    /// Sends once more what a delivery told, under the same id, so that the receiver knows it again; one that waits for its next try is
    /// tried at once. Returns the delivery that is sent; `None` if there is no such one, or what it told is forgotten.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is sent.
    pub async fn send_again(
        &self,
        shop: &ShopId,
        delivery: &str,
        now: Timestamp,
    ) -> Result<Option<Delivery>, StoreError> {
        let again = self.store().send_again(shop, delivery, &chance()?, now).await?;
        self.wake.notify_one();
        Ok(again)
    }

    /// What the requests of a webhook's delivery say, as it is or was sent; `None` if what it told is forgotten.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook_body(&self, delivery: &Delivery) -> Result<Option<String>, StoreError> {
        let contents = self.contents(delivery).await?;
        let Some(house) = self.house(&delivery.shop).filter(|_| !contents.is_empty()) else {
            return Ok(None);
        };
        let at = delivery.settled.unwrap_or(delivery.due);
        let parcel = self.parcel(delivery, &house, (&contents, at)).await?;
        Ok(Some(webhook::body(&parcel)))
    }

    /// What a delivery tells, in the order in which it was told.
    pub(crate) async fn contents(&self, delivery: &Delivery) -> Result<Vec<Content>, StoreError> {
        let notices = self
            .store()
            .notices_of(&delivery.shop, delivery.told_as())
            .await?;
        let read = |n: biseo_store::StoredNotice| {
            // What is wrong with it may quote a caller's words.
            serde_json::from_value(n.content)
                .map_err(|_| StoreError::Corrupt("a notice cannot be read".into()))
        };
        notices.into_iter().map(read).collect()
    }

    /// A delivery on its way. A repetition has the id and the time of what it repeats.
    pub(crate) async fn parcel(
        &self,
        delivery: &Delivery,
        house: &House,
        (contents, now): (&[Content], Timestamp),
    ) -> Result<Parcel, StoreError> {
        let first = match &delivery.origin {
            Some(origin) => self.store().delivery(&delivery.shop, origin).await?,
            None => None,
        };
        Ok(Parcel {
            id: delivery.told_as().into(),
            shop: delivery.shop.clone(),
            reader: delivery.reader.clone(),
            address: delivery.address.clone(),
            letter: write(contents, &house.sender, now),
            tries: delivery.tries,
            made: first.map_or(delivery.made, |first| first.made),
            now,
        })
    }
}

/// What nothing else is called: 128 random bits as 32 hexadecimal digits.
fn chance() -> Result<String, StoreError> {
    let mut octets = [0; 16];
    aws_lc_rs::rand::fill(&mut octets)
        .map_err(|_| StoreError::Database("the system has no randomness".into()))?;
    Ok(hex(&octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_told_of_what_its_owner_wants_and_of_what_is_urgent() {
        let hook = |events: &[&str], on| Webhook {
            id: "h".into(),
            shop: ShopId::new("a").unwrap(),
            name: String::new(),
            url: String::new(),
            secret: String::new(),
            events: events.iter().map(|e| (*e).into()).collect(),
            on,
            made: Timestamp::UNIX_EPOCH,
        };
        let some = hook(&["booking", "of another version"], true);
        let told: Vec<Kind> = Kind::ALL.into_iter().filter(|k| covers(&some, *k)).collect();
        assert_eq!(
            told,
            [
                Kind::BookingMade,
                Kind::BookingChanged,
                Kind::BookingCancelled,
                Kind::Urgent,
                Kind::CheckInAlert
            ]
        );
        assert!(Kind::ALL.into_iter().all(|k| covers(&hook(&["all"], true), k)));
        assert!(!Kind::ALL.into_iter().any(|k| covers(&hook(&["all"], false), k)));
    }
}
