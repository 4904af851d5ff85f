//! What tests of a database that is away have in common.

use biseo_model::ids::BookingId;
use biseo_model::record::{Booking, BookingState, CallEnd};
use biseo_store::Store;

use super::wire::Caller;
use super::{Place, Server, shop};

/// The day for which is booked: tomorrow, by the tests' clock.
const DAY: &str = "2026-11-25";

/// An installation whose records are in a PostgreSQL database, and whose recogniser is a service at a port where nobody listens.
pub fn place(url: &str) -> Place {
    let place = Place::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = free.local_addr().unwrap();
    drop(free);
    std::fs::write(place.path().join("database"), url).unwrap();
    place.change("stt = [\"demo\"]", "stt = [\"openai\"]");
    place.edit("biseo.toml", |old| {
        format!(
            "{old}\n[store]\ndatabase_file = \"database\"\n[speech.chain]\nfailures = 1\npause_ms = 600_000\n\
             [speech.openai.stt]\nendpoint = \"http://{nobody}/v1\"\nmodel = \"m\"\n"
        )
    });
    place
}

/// Waits until the shop's latest call has said this.
pub async fn said(place: &Place, store: &Store, part: &str) {
    place
        .turns(store, part, |call, turns| {
            call.ended.is_none() && turns.iter().any(|t| t.said.contains(part))
        })
        .await;
}

/// Books by keys; the call's records are in `store`.
pub async fn books(place: &Place, server: &Server, store: &Store, keys: &str) {
    let caller = Caller::dial(&server.address("haengbok")).await;
    said(place, store, "예약은 1번").await;
    caller.press(keys);
    said(place, store, "맞으면 1번").await;
    caller.press("1");
    let (call, turns) = place
        .turns(store, "the good-bye", |call, _| call.ended.is_some())
        .await;
    assert_eq!(call.end, Some(CallEnd::Biseo), "{turns:#?}");
    assert!(
        turns.iter().any(|t| t.said.contains("예약되었어요")),
        "{turns:#?}"
    );
    drop(caller);
}

/// The shop's bookings of that day that stand.
pub async fn standing(store: &Store) -> Vec<Booking> {
    let all = store.bookings_on(&shop(), DAY.parse().unwrap()).await.unwrap();
    all.into_iter()
        .filter(|b| b.state == BookingState::Confirmed)
        .collect()
}

/// The first caller after a start finds the recogniser dead and is asked for keys; those who follow are asked at once.
pub async fn speaks_first(place: &Place, server: &Server, store: &Store) -> Caller {
    let caller = Caller::dial(&server.address("haengbok")).await;
    place
        .turns(store, "the greeting", |call, turns| {
            call.ended.is_none() && !turns.is_empty()
        })
        .await;
    caller.say("내일 저녁에 예약하고 싶은데요");
    said(place, store, "예약은 1번").await;
    caller
}

/// A booking of somebody else's for the only room, tomorrow evening.
pub fn theirs() -> Booking {
    Booking {
        id: BookingId::new("theirs").unwrap(),
        shop: shop(),
        call: None,
        date: DAY.parse().unwrap(),
        time: jiff::civil::time(18, 30, 0, 0),
        minutes: 180,
        party_size: 8,
        name: "박서연".into(),
        phone: biseo_model::phone::PhoneNumber::parse("010-7777-8888").unwrap(),
        resource: String::new(),
        services: Vec::new(),
        requests: Vec::new(),
        state: BookingState::Confirmed,
        made: jiff::Timestamp::UNIX_EPOCH,
    }
}
