//! Calls that were missed, refused or broke off while the line or the shop's own internet or power is out of order: whoever called is to be
//! called back.

use std::sync::{Mutex, PoisonError};

use biseo_conversation::Language;
use biseo_model::ids::{MessageId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{CallEnd, CallRecord, Message};
use biseo_store::{CallBack, Span, StoreError};
use jiff::{SignedDuration, Timestamp};

use crate::house::House;
use crate::live::Deed;
use crate::records::Kept;
use crate::wording::Wording;

/// A call that broke so long before the first sign of a fault broke for its sake.
const BEFORE: SignedDuration = SignedDuration::from_secs(2);
/// No call lasts longer.
const LONGEST: SignedDuration = SignedDuration::from_hours(2);
/// Refused calls of which a record is kept in a minute, of the whole house: a flood of calls is no reason to fill the disk.
const REFUSED: u32 = 30;

/// Whether the caller of a call was not served.
fn is_lost(call: &CallRecord, end: CallEnd) -> bool {
    end == CallEnd::Failed || (call.answered.is_none() && end != CallEnd::Blocked)
}

/// Notes that this caller is to be called back, if the line is to blame and the number is known. Whether the caller is among those who are.
pub(crate) async fn offer_call_back(
    house: &House,
    call: &CallRecord,
    end: CallEnd,
    language: Language,
) -> bool {
    let Some(incident) = house.line.standing.fault(&call.shop, house.clock.now()) else {
        return false;
    };
    match call.caller.clone().filter(|_| is_lost(call, end)) {
        Some(number) => note(house, (call, number), (&incident, language)).await,
        None => false,
    }
}

/// Notes those whose calls broke between the first sign of a fault and its saying. What was spoken is not known any more.
pub(super) async fn look_back(house: &House, shop: &ShopId, (incident, since): (&str, Timestamp)) {
    let earlier = |by| since.checked_sub(by).unwrap_or(Timestamp::MIN);
    let span = Span {
        from: earlier(LONGEST),
        until: Timestamp::MAX,
    };
    let calls = match house.store.calls_in_span(shop, span).await {
        Ok(calls) => calls,
        Err(e) => return tracing::error!("which calls the line has broken cannot be read: {e}"),
    };
    for call in calls {
        let Some((end, over)) = call.end.zip(call.ended) else {
            continue;
        };
        let broke = over >= earlier(BEFORE) && is_lost(&call, end) && end != CallEnd::Interrupted;
        if let Some(number) = call.caller.clone().filter(|_| broke) {
            note(house, (&call, number), (incident, Language::Ko)).await;
        }
    }
}

async fn note(
    house: &House,
    (call, number): (&CallRecord, PhoneNumber),
    (incident, language): (&str, Language),
) -> bool {
    let Ok(id) = MessageId::new(format!("{}-l0", call.id.as_str())) else {
        return false;
    };
    let now = house.clock.now();
    let note = CallBack {
        id: id.as_str().to_string(),
        shop: call.shop.clone(),
        incident: incident.to_string(),
        phone: number.clone(),
        call: call.id.clone(),
        english: language == Language::En,
        called: call.started,
        over: call.ended.unwrap_or(now),
        settled: None,
    };
    let message = Message {
        id,
        shop: call.shop.clone(),
        call: Some(call.id.clone()),
        name: None,
        text: Wording::of("line", house.config.lang).say("call_back", "", ""),
        call_back: Some(number),
        at: now,
    };
    match house.store.note_call_back(&note, &message).await {
        Ok(true) => house.live.done(Deed::Message(message)),
        // This number waits already.
        Ok(false) => {}
        Err(e) => return left(house, message, &e).await,
    }
    true
}

/// The database is away: the shop's people find the message when it is back. Nobody is told in order then.
async fn left(house: &House, message: Message, why: &StoreError) -> bool {
    tracing::warn!("who waits for the line cannot be noted: {why}");
    match house.records.leave_message(&message, false).await {
        Ok(Kept::Central) => house.live.done(Deed::Message(message)),
        // Told when it is in the database.
        Ok(Kept::Here) => {}
        Err(e) => {
            tracing::error!("that a caller is to be called back could not be stored: {e}");
            return false;
        }
    }
    true
}

/// How many refused calls of this minute are on record.
#[derive(Debug, Default)]
pub(crate) struct Refused(Mutex<(i64, u32)>);

impl Refused {
    /// Whether one more is kept.
    pub(crate) fn take(&self, now: Timestamp) -> bool {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.as_second().div_euclid(60);
        if count.0 != minute {
            *count = (minute, 0);
        }
        count.1 = count.1.saturating_add(1);
        count.1 <= REFUSED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_refused_calls_are_kept_in_a_minute() {
        let refused = Refused::default();
        let at = |s| Timestamp::from_second(s).unwrap();
        let kept = |from: i64| (from..from + 50).filter(|_| refused.take(at(from))).count();
        assert_eq!((kept(60), kept(119), kept(120)), (30, 0, 30));
    }
}
