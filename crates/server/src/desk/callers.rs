//! What callers are told in writing once their call is over.

use biseo_conversation::Language as Spoken;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, CallEnd, CallRecord};
use biseo_notify::rules::Language;
use biseo_notify::{Event, Fact, ToCaller};
use biseo_store::Untold;
use jiff::Timestamp;

/// The page on which a booking can be changed: its address.
pub(super) type LinkTo = Box<dyn Fn(&Booking) -> Option<String> + Send + Sync>;

/// What is to be told to whoever called, now that the call is over, of what was done in it, in order. Of one booking the last counts.
/// Nothing without a number: the one that was given in the call may be somebody else's.
pub(super) fn texts(
    done: &[Untold],
    (call, language): (&CallRecord, Spoken),
    link: &LinkTo,
    now: Timestamp,
) -> Vec<ToCaller> {
    let Some(to) = &call.caller else {
        return Vec::new();
    };
    let is_last = |(at, one): &(usize, &Untold)| {
        let mut later = done.iter().skip(at + 1);
        !later.any(|other| other.done.of() == one.done.of())
    };
    let ended = over(call, done.last());
    let told = |(_, one): (usize, &Untold)| {
        let event = Event::of(one);
        let link = standing(&event).and_then(link);
        ToCaller {
            link,
            ..to_caller(event, to, language, (ended, now))
        }
    };
    done.iter().enumerate().filter(is_last).map(told).collect()
}

/// When the caller was gone. Of a call that the program's end cut off, it is known only that it was after what was done last.
fn over(call: &CallRecord, last: Option<&Untold>) -> Timestamp {
    match (call.end, last) {
        (Some(CallEnd::Interrupted), Some(last)) => last.at,
        _ => call.ended.unwrap_or(call.started),
    }
}

/// What somebody is told who gave up before being answered.
pub(super) fn missed(call: &CallRecord, event: &Event, now: Timestamp) -> Option<ToCaller> {
    let to = call.caller.as_ref()?;
    let ended = call.ended.unwrap_or(call.started);
    Some(to_caller(event.clone(), to, Spoken::Ko, (ended, now)))
}

/// The booking that can still be changed.
fn standing(event: &Event) -> Option<&Booking> {
    match &event.fact {
        Fact::BookingMade { booking } | Fact::BookingChanged { booking, .. } => Some(booking),
        _ => None,
    }
}

fn to_caller(
    event: Event,
    to: &PhoneNumber,
    language: Spoken,
    (ended, now): (Timestamp, Timestamp),
) -> ToCaller {
    // Whether this answers the call is judged from when it is told: after a crash that is long after.
    let at = event.at.max(ended).max(now);
    ToCaller {
        event: Event { at, ..event },
        to: to.clone(),
        language: match language {
            Spoken::Ko => Language::Ko,
            Spoken::En => Language::En,
        },
        link: None,
        call_ended: Some(ended),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_model::ids::{BookingId, CallId, OrderId, ShopId};
    use biseo_model::record::{BookingState, Order, OrderState};
    use biseo_store::Done;
    use jiff::civil::{date, time};

    fn booking(hour: i8) -> Booking {
        Booking {
            id: BookingId::new("b1").unwrap(),
            shop: ShopId::new("haengbok").unwrap(),
            call: CallId::new("c1").ok(),
            date: date(2026, 11, 25),
            time: time(hour, 0, 0, 0),
            minutes: 90,
            party_size: 4,
            name: "김민수".into(),
            phone: PhoneNumber::parse("010-2345-6789").unwrap(),
            resource: String::new(),
            services: Vec::new(),
            requests: Vec::new(),
            state: BookingState::Confirmed,
            made: Timestamp::UNIX_EPOCH,
        }
    }

    fn call(caller: Option<&str>) -> CallRecord {
        CallRecord {
            id: CallId::new("c1").unwrap(),
            shop: ShopId::new("haengbok").unwrap(),
            caller: caller.map(|number| PhoneNumber::parse(number).unwrap()),
            dialled: None,
            forwarded: None,
            started: Timestamp::UNIX_EPOCH,
            answered: None,
            ended: Timestamp::from_second(90).ok(),
            end: None,
            recording: None,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn untold(second: i64, done: Done) -> Untold {
        Untold {
            shop: ShopId::new("haengbok").unwrap(),
            place: second,
            call: CallId::new("c1").ok(),
            at: at(second),
            done,
            told: None,
        }
    }

    /// Booked, then changed in the same call.
    fn done() -> Vec<Untold> {
        let (booked, moved) = (booking(19), booking(18));
        let before = booked.date.to_datetime(booked.time);
        vec![
            untold(10, Done::Booked { booking: booked }),
            untold(
                60,
                Done::Moved {
                    booking: moved,
                    before,
                },
            ),
        ]
    }

    fn link() -> LinkTo {
        Box::new(|booking| Some(format!("https://a.example/v/{}", booking.id)))
    }

    #[test]
    fn the_last_of_a_booking_is_told_when_the_call_is_over() {
        let call = call(Some("01023456789"));
        let told = texts(&done(), (&call, Spoken::En), &link(), at(90));
        let [one] = &told[..] else { panic!("{told:?}") };
        assert!(matches!(&one.event.fact, Fact::BookingChanged { booking, .. } if booking.time.hour() == 18));
        assert_eq!((one.call_ended, one.event.at), (call.ended, at(90)));
        assert_eq!(one.language, Language::En);
        assert_eq!(one.link.as_deref(), Some("https://a.example/v/b1"));
    }

    #[test]
    fn after_a_crash_the_call_was_over_when_something_was_done_last_and_is_told_now() {
        let call = CallRecord {
            end: Some(CallEnd::Interrupted),
            ended: Some(at(7200)),
            ..call(Some("01023456789"))
        };
        let told = texts(&done(), (&call, Spoken::Ko), &link(), at(7300));
        let [one] = &told[..] else { panic!("{told:?}") };
        assert_eq!((one.call_ended, one.event.at), (Some(at(60)), at(7300)));
        // The same key as at any other time, so that it is told once.
        assert_eq!(one.event.key, "booking_changed:b1:60000");
    }

    fn order() -> Order {
        Order {
            id: OrderId::new("o1").unwrap(),
            shop: ShopId::new("haengbok").unwrap(),
            call: CallId::new("c1").ok(),
            items: Vec::new(),
            won: 0,
            date: date(2026, 11, 25),
            pickup: None,
            address: None,
            name: "김민수".into(),
            phone: PhoneNumber::parse("010-2345-6789").unwrap(),
            state: OrderState::Open,
            made: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_order_that_was_given_up_in_the_same_call_is_not_confirmed() {
        let done = [
            untold(10, Done::Ordered { order: order() }),
            untold(60, Done::OrderCancelled { order: order() }),
        ];
        let call = call(Some("01023456789"));
        let told = texts(&done, (&call, Spoken::Ko), &link(), at(90));
        let [one] = &told[..] else { panic!("{told:?}") };
        assert!(matches!(one.event.fact, Fact::OrderCancelled { .. }));
    }

    #[test]
    fn nobody_is_told_whose_number_is_not_shown() {
        assert!(texts(&done(), (&call(None), Spoken::Ko), &link(), at(90)).is_empty());
        assert!(missed(&call(None), &Event::booking_made(&booking(19)), at(90)).is_none());
    }
}
