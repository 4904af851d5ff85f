//! What callers are told in writing once their call is over.

use std::collections::HashMap;

use biseo_conversation::Language as Spoken;
use biseo_model::ids::CallId;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, CallRecord};
use biseo_notify::rules::Language;
use biseo_notify::{Event, Fact, ToCaller};
use jiff::Timestamp;

use crate::live::Deed;

/// Calls of which is remembered what was done; more than these are none that go on.
const MOST: usize = 10_000;

/// The page on which a booking can be changed: its address.
pub(super) type LinkTo = Box<dyn Fn(&Booking) -> Option<String> + Send>;

/// What was done in the calls under way.
pub(super) struct Callers {
    done: HashMap<CallId, Vec<(String, Event)>>,
    link: LinkTo,
}

impl Callers {
    /// With whoever knows a booking's page.
    pub(super) fn new(link: LinkTo) -> Self {
        Self {
            done: HashMap::new(),
            link,
        }
    }

    /// Remembers what was done, until the call is over. Of one booking the last counts.
    pub(super) fn note(&mut self, deed: &Deed, event: &Event) {
        let (call, of) = match deed {
            Deed::Booked(booking) => (booking.call.as_ref(), booking.id.as_str()),
            Deed::Moved { booking, call, .. } | Deed::Cancelled { booking, call, .. } => {
                (call.as_ref(), booking.id.as_str())
            }
            Deed::Ordered(order) => (order.call.as_ref(), order.id.as_str()),
            Deed::OrderChanged { order, call, .. } | Deed::OrderCancelled { order, call, .. } => {
                (Some(call), order.id.as_str())
            }
            _ => return,
        };
        let Some(call) = call else { return };
        if self.done.len() >= MOST {
            self.done.clear();
        }
        let done = self.done.entry(call.clone()).or_default();
        done.retain(|(other, _)| other != of);
        done.push((of.to_string(), event.clone()));
    }

    /// What is to be told to whoever called, now that the call is over. Nothing without a number: the one that was given in the
    /// call may be somebody else's.
    pub(super) fn over(&mut self, call: &CallRecord, language: Spoken) -> Vec<ToCaller> {
        let done = self.done.remove(&call.id).unwrap_or_default();
        let Some(to) = &call.caller else {
            return Vec::new();
        };
        let ended = call.ended.unwrap_or(call.started);
        let told = |(_, event): (String, Event)| {
            let link = standing(&event).and_then(|booking| (self.link)(booking));
            ToCaller {
                link,
                ..to_caller(event, to, language, ended)
            }
        };
        done.into_iter().map(told).collect()
    }
}

/// What somebody is told who gave up before being answered.
pub(super) fn missed(call: &CallRecord, event: &Event) -> Option<ToCaller> {
    let to = call.caller.as_ref()?;
    let ended = call.ended.unwrap_or(call.started);
    Some(to_caller(event.clone(), to, Spoken::Ko, ended))
}

/// The booking that can still be changed.
fn standing(event: &Event) -> Option<&Booking> {
    match &event.fact {
        Fact::BookingMade { booking } | Fact::BookingChanged { booking, .. } => Some(booking),
        _ => None,
    }
}

fn to_caller(event: Event, to: &PhoneNumber, language: Spoken, ended: Timestamp) -> ToCaller {
    // Whether this answers the call is judged from when it is told, which is now.
    let at = event.at.max(ended);
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
    use biseo_model::ids::{BookingId, OrderId, ShopId};
    use biseo_model::record::{BookingState, Order, OrderState};
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

    /// Booked, then changed in the same call.
    fn noted() -> Callers {
        let mut callers = Callers::new(Box::new(|booking| {
            Some(format!("https://a.example/v/{}", booking.id))
        }));
        let booked = booking(19);
        callers.note(&Deed::Booked(booked.clone()), &Event::booking_made(&booked));
        let (moved, before) = (booking(18), booked.date.to_datetime(booked.time));
        let at = Timestamp::from_second(60).unwrap();
        let event = Event::booking_changed(&moved, before, at);
        let call = CallId::new("c1").ok();
        let deed = Deed::Moved {
            booking: moved,
            before,
            call,
            at,
        };
        callers.note(&deed, &event);
        callers
    }

    #[test]
    fn the_last_of_a_booking_is_told_once_when_the_call_is_over() {
        let (mut callers, call) = (noted(), call(Some("01023456789")));
        let told = callers.over(&call, Spoken::En);
        let [one] = &told[..] else { panic!("{told:?}") };
        assert!(
            matches!(&one.event.fact, biseo_notify::Fact::BookingChanged { booking, .. } if booking.time.hour() == 18)
        );
        assert_eq!((one.call_ended, one.event.at), (call.ended, call.ended.unwrap()));
        assert_eq!(one.language, Language::En);
        assert!(callers.over(&call, Spoken::En).is_empty());
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
        let mut callers = Callers::new(Box::new(|_| None));
        let order = order();
        callers.note(&Deed::Ordered(order.clone()), &Event::order_made(&order));
        let (at, call_id) = (Timestamp::from_second(60).unwrap(), CallId::new("c1").unwrap());
        let event = Event::order_cancelled(&order, at);
        let deed = Deed::OrderCancelled {
            order,
            call: call_id,
            at,
        };
        callers.note(&deed, &event);
        let told = callers.over(&call(Some("01023456789")), Spoken::Ko);
        let [one] = &told[..] else { panic!("{told:?}") };
        assert!(matches!(one.event.fact, Fact::OrderCancelled { .. }));
    }

    #[test]
    fn nobody_is_told_whose_number_is_not_shown() {
        assert!(noted().over(&call(None), Spoken::Ko).is_empty());
        assert!(missed(&call(None), &Event::booking_made(&booking(19))).is_none());
    }
}
