//! Records for the tests.

use biseo_model::ids::{BookingId, CallId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState, CallRecord, Latency, TurnRecord};
use biseo_store::Store;
use jiff::Timestamp;
use jiff::civil::{date, time};

pub fn shop(id: &str) -> ShopId {
    ShopId::new(id).unwrap()
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

pub fn call(id: &str, shop_id: &str) -> CallRecord {
    CallRecord {
        id: CallId::new(id).unwrap(),
        shop: shop(shop_id),
        caller: PhoneNumber::parse("010-2345-6789").ok(),
        dialled: PhoneNumber::parse("02-123-4567").ok(),
        forwarded: Some(biseo_model::record::ForwardReason::NoAnswer),
        started: at(0),
        answered: None,
        ended: None,
        end: None,
        recording: None,
    }
}

pub fn turn(call: &str, number: u32) -> TurnRecord {
    TurnRecord {
        call: CallId::new(call).unwrap(),
        number,
        at: at(i64::from(number)),
        heard: "내일 일곱 시 네 명이요".into(),
        understood: serde_json::json!([{"set_slot": {"party_size": 4}}]),
        said: "네, 성함이 어떻게 되세요?".into(),
        latency: Latency {
            total_ms: Some(412.5),
            ..Latency::default()
        },
    }
}

/// A wish for 25 November 2026 at `hour:minute`.
pub fn wish(id: &str, shop_id: &str, hour: i8, minute: i8, minutes: u32) -> Booking {
    Booking {
        id: BookingId::new(id).unwrap(),
        shop: shop(shop_id),
        call: None,
        date: date(2026, 11, 25),
        time: time(hour, minute, 0, 0),
        minutes,
        party_size: 4,
        name: "김민수".into(),
        phone: PhoneNumber::parse("010-2345-6789").unwrap(),
        resource: String::new(),
        services: Vec::new(),
        state: BookingState::Confirmed,
        made: at(0),
    }
}

pub async fn open(dir: &tempfile::TempDir) -> Store {
    Store::open(&dir.path().join("data/biseo.db")).await.unwrap()
}

/// What the store holds may not overlap on any resource.
pub fn overlaps(bookings: &[Booking]) -> bool {
    let span = |b: &Booking| {
        let start = i64::from(b.time.hour()) * 60 + i64::from(b.time.minute());
        (start, start + i64::from(b.minutes))
    };
    let standing: Vec<_> = bookings
        .iter()
        .filter(|b| b.state == BookingState::Confirmed)
        .collect();
    standing.iter().enumerate().any(|(i, a)| {
        standing[i + 1..].iter().any(|b| {
            let ((s1, e1), (s2, e2)) = (span(a), span(b));
            a.resource == b.resource && s1 < e2 && s2 < e1
        })
    })
}
