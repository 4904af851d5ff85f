//! The database is back: what was done meanwhile is brought into it, and the shops' people are told.

use std::collections::{BTreeMap, BTreeSet};

use biseo_conversation::Language;
use biseo_model::ids::{MessageId, ShopId};
use biseo_model::record::{Booking, CallRecord, Message};
use biseo_store::StoreError;
use biseo_store::offline::{Entry, OfflineDeed, Outcome, unresolved};
use jiff::Timestamp;

use super::local::Local;
use super::open::cut_off;
use super::spoken::language;
use crate::house::House;
use crate::live::Deed;
use crate::wording::Wording;

/// Brings all of it back. Broken off, it is begun anew; what was brought already is not brought twice.
///
/// # Errors
/// If the database is away again, or the local files cannot be read.
pub(super) async fn bring(house: &House, local: &Local) -> Result<(), StoreError> {
    // Nothing is done meanwhile: what is written in the journal may still be taken back by the next line.
    let alone = local.gate.write().await;
    let journal = local.entries().await?;
    if local.mends() {
        let known = local.copy.taken_ids().await?;
        cut_off(
            house
                .store
                .close_interrupted_but(house.clock.now(), &known)
                .await?,
        );
    }
    let mut left = Vec::new();
    let calls = bring_calls(house, local, &mut left).await?;
    let outcomes = settle(house, &journal, &mut left).await?;
    let conflicts = keep_conflicts(house, &journal, &outcomes).await?;
    local.set_aside(left, house.clock.now()).await?;
    local.clear().await?;
    local.come_back();
    drop(alone);
    tracing::warn!(
        "the database is back: {} entries of the journal and {} calls are in it now, {} could not stand",
        journal.len(),
        calls.len(),
        conflicts.len()
    );
    tell(house, &journal, &outcomes, conflicts, &calls).await;
    Ok(())
}

/// A call that is in the database now, and the language in which it was held.
type Brought = (CallRecord, Language);

/// Brings all calls, some at a time; what cannot be brought is `left`.
async fn bring_calls(
    house: &House,
    local: &Local,
    left: &mut Vec<String>,
) -> Result<Vec<Brought>, StoreError> {
    let mut brought: Vec<Brought> = Vec::new();
    loop {
        let calls = local
            .copy
            .taken_calls(brought.last().map(|(call, _)| call))
            .await?;
        if calls.is_empty() {
            return Ok(brought);
        }
        for call in calls {
            match house.store.bring_call(&call).await {
                Err(e) if comes_later(&e) => return Err(e),
                Err(e) => {
                    tracing::error!("the record of a call could not be brought into the database: {e}");
                    left.push(serde_json::json!({"call": call.record, "turns": call.turns}).to_string());
                }
                Ok(()) => {}
            }
            brought.push((call.record, language(&call.turns)));
        }
    }
}

async fn settle(
    house: &House,
    journal: &[Entry],
    left: &mut Vec<String>,
) -> Result<BTreeMap<String, Outcome>, StoreError> {
    let now = house.clock.now();
    let voids: BTreeSet<&str> = journal.iter().filter_map(voided).collect();
    let mut outcomes = BTreeMap::new();
    for (at, entry) in journal.iter().enumerate() {
        let outcome = match house.store.settle_entry(journal, at, now).await {
            Err(e) if comes_later(&e) => return Err(e),
            // Its caller is called back all the same.
            Err(e) => {
                tracing::error!("an entry of the journal cannot be brought into the database: {e}");
                left.push(serde_json::json!({ "entry": entry }).to_string());
                Outcome::Conflict
            }
            Ok(outcome) => outcome,
        };
        let outcome = match voids.contains(entry.id.as_str()) {
            true => outcome,
            false => match house.store.keep_offline(entry).await {
                Err(e) if comes_later(&e) => return Err(e),
                Err(e) => {
                    tracing::error!("an entry of the journal contradicts what is stored: {e}");
                    left.push(serde_json::json!({ "entry": entry }).to_string());
                    Outcome::Conflict
                }
                Ok(()) => outcome,
            },
        };
        outcomes.insert(entry.id.clone(), outcome);
    }
    Ok(outcomes)
}

/// Whether all of it is to be tried again, as nothing of it is at fault.
fn comes_later(e: &StoreError) -> bool {
    e.is_away() || matches!(e, StoreError::Locked | StoreError::InUse { .. })
}

/// Whoever was promised something that cannot stand is to be called back: an urgent message for the owner, kept once.
async fn keep_conflicts(
    house: &House,
    journal: &[Entry],
    outcomes: &BTreeMap<String, Outcome>,
) -> Result<Vec<Message>, StoreError> {
    let mut kept = Vec::new();
    for entry in unresolved(journal, outcomes) {
        let Some(message) = conflict(house, entry) else {
            continue;
        };
        // A call whose record was lost does not keep the message away.
        let call = match &message.call {
            Some(call) => house.store.call(&message.shop, call).await?.map(|c| c.id),
            None => None,
        };
        let message = Message { call, ..message };
        let telling = house.store.telling(None, message.at);
        telling.leave_message(&message, true).await?;
        kept.push(message);
    }
    Ok(kept)
}

fn conflict(house: &House, entry: &Entry) -> Option<Message> {
    let (booking, key) = match &entry.deed {
        OfflineDeed::Book { booking, .. } => (booking, "clash_book"),
        OfflineDeed::Move { after, .. } => (after, "clash_move"),
        OfflineDeed::Cancel { before, .. } => (before, "clash_cancel"),
        _ => return None,
    };
    let words = Wording::of("records", house.config.lang);
    let text = words.say(key, &shown(booking), &booking.name);
    Some(Message {
        // Urgent ones bear an a behind their last hyphen.
        id: MessageId::new(format!("{}-a1", entry.id)).ok()?,
        shop: booking.shop.clone(),
        call: booking.call.clone(),
        name: Some(booking.name.clone()),
        text,
        call_back: Some(booking.phone.clone()),
        at: house.clock.now(),
    })
}

/// "2026-11-25 19:00".
fn shown(booking: &Booking) -> String {
    booking
        .date
        .to_datetime(booking.time)
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

/// Tells the shops' people, and then the callers, what became of it.
async fn tell(
    house: &House,
    journal: &[Entry],
    outcomes: &BTreeMap<String, Outcome>,
    conflicts: Vec<Message>,
    calls: &[Brought],
) {
    let voids: BTreeSet<&str> = journal.iter().filter_map(voided).collect();
    for entry in journal.iter().filter(|e| !voids.contains(e.id.as_str())) {
        if outcomes.get(&entry.id) == Some(&Outcome::Applied)
            && let Some(deed) = deed(house, entry).await
        {
            house.live.done(deed);
        }
    }
    for message in conflicts {
        house.live.done(Deed::Alert(message));
    }
    let began = journal
        .iter()
        .map(|e| e.at)
        .chain(calls.iter().map(|(call, _)| call.started))
        .min();
    if let Some(began) = began {
        tell_outage(house, journal, calls, began);
    }
    for (call, language) in calls.iter().filter(|(call, _)| call.ended.is_some()) {
        let (call, language) = (call.clone(), *language);
        // The callers may be told in writing what was done for them.
        house.live.done(Deed::Over { call, language });
    }
}

fn voided(entry: &Entry) -> Option<&str> {
    match &entry.deed {
        OfflineDeed::Void { entry } => Some(entry),
        _ => None,
    }
}

async fn deed(house: &House, entry: &Entry) -> Option<Deed> {
    Some(match &entry.deed {
        OfflineDeed::Book { booking, .. } => Deed::Booked(stored(house, booking).await?),
        OfflineDeed::Move { after, .. } => Deed::Moved(stored(house, after).await?),
        OfflineDeed::Cancel { before, .. } => Deed::Cancelled(before.clone()),
        OfflineDeed::Message {
            message,
            urgent: true,
        } => Deed::Alert(message.clone()),
        OfflineDeed::Message { message, .. } => Deed::Message(message.clone()),
        OfflineDeed::Order { order } => Deed::Ordered(order.clone()),
        OfflineDeed::Void { .. } => return None,
    })
}

/// The booking as it stands now; `None` if it does not.
async fn stored(house: &House, booking: &Booking) -> Option<Booking> {
    let found = house.store.booking(&booking.shop, &booking.id).await.ok()??;
    (found.state == biseo_model::record::BookingState::Confirmed).then_some(found)
}

/// Each shop that was concerned is told once that, and since when, calls had to go on by themselves.
fn tell_outage(house: &House, journal: &[Entry], calls: &[Brought], began: Timestamp) {
    let of_journal = journal.iter().filter_map(Entry::shop);
    let of_calls = calls.iter().map(|(call, _)| &call.shop);
    let shops: BTreeSet<&ShopId> = of_journal.chain(of_calls).collect();
    let words = Wording::of("records", house.config.lang);
    for shop in shops {
        let zone = house
            .directory
            .find(shop)
            .and_then(|p| jiff::tz::TimeZone::get(&p.zone).ok());
        let since = zone.unwrap_or(jiff::tz::TimeZone::UTC).to_datetime(began);
        let id = format!("database-{:013}", began.as_millisecond());
        house.live.done(Deed::Incident {
            shop: shop.clone(),
            key: format!("{id}-over"),
            id,
            text: words.say("was_away", &since.strftime("%m-%d %H:%M").to_string(), ""),
            over: true,
            at: house.clock.now(),
        });
    }
}
