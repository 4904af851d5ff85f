//! Feeds by HTTP, and fetching over a socket.

mod feeds;
mod fetching;

use std::sync::Arc;

use biseo_calendar::site::Profiles;
use biseo_model::ids::{BookingId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState};
use biseo_model::shop::ShopProfile;
use biseo_store::Store;
use jiff::Timestamp;
use jiff::civil::{date, time};

/// Wednesday, 25 November 2026, 15:00 in Korea.
fn now() -> Timestamp {
    "2026-11-25T06:00:00Z".parse().unwrap()
}

fn shop(id: &str) -> ShopId {
    ShopId::new(id).unwrap()
}

async fn store() -> (Store, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (Store::open(dir.path().join("biseo.db")).await.unwrap(), dir)
}

fn profiles() -> Profiles {
    let example = |id: &str| {
        let file = format!("{}/../../shops/{id}.toml", env!("CARGO_MANIFEST_DIR"));
        Arc::new(ShopProfile::from_toml(&std::fs::read_to_string(file).unwrap()).unwrap())
    };
    let all = [example("haengbok"), example("byeol")];
    Arc::new(move |id: &ShopId| all.iter().find(|p| p.id == *id).cloned())
}

/// Tomorrow at two.
fn cut(id: &str, shop_id: &str) -> Booking {
    Booking {
        id: BookingId::new(id).unwrap(),
        shop: shop(shop_id),
        call: None,
        date: date(2026, 11, 26),
        time: time(14, 0, 0, 0),
        minutes: 60,
        party_size: 1,
        name: "김민수".into(),
        phone: PhoneNumber::parse("010-2345-6789").unwrap(),
        resource: String::new(),
        services: vec!["커트".into()],
        requests: Vec::new(),
        state: BookingState::Confirmed,
        made: now(),
    }
}
