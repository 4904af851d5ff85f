//! Records that exist before a rehearsal's call, entered into a real store.

use biseo_conversation::{Standing, StandingOrder};
use biseo_model::ids::{BookingId, OrderId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState, Order, OrderItem, OrderState};
use biseo_model::shop::ShopProfile;
use biseo_rehearse::{Given, GivenBooking, GivenOrder};
use biseo_store::{Booked, Store};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

/// What was there before the call.
#[derive(Debug, Default)]
pub(crate) struct Before {
    /// Bookings, as stored.
    pub(crate) bookings: Vec<Standing>,
    /// Orders, as stored.
    pub(crate) orders: Vec<StandingOrder>,
}

/// Enters records as a call would: by the store's own bookings and orders. `made` is the instant of the call, `today` its day.
///
/// # Errors
/// Which record cannot be read, finds no room, or is refused by the store.
pub(crate) async fn seed(
    store: &Store,
    shop: &ShopProfile,
    given: &Given,
    made: Timestamp,
    today: Date,
) -> Result<Before, String> {
    let mut before = Before::default();
    for (number, record) in given.bookings.iter().enumerate() {
        let standing = book(store, shop, record, number, made).await?;
        before.bookings.push(standing);
    }
    for (number, record) in given.orders.iter().enumerate() {
        let GivenOrder { order, phone } = GivenOrder::read(record, number)?;
        let phone = phone.ok_or_else(|| format!("{record}: an order needs a phone"))?;
        let written = written(shop, &order, phone, made, today)?;
        store
            .place_order(&written)
            .await
            .map_err(|e| format!("{record}: {e}"))?;
        before.orders.push(order);
    }
    Ok(before)
}

async fn book(
    store: &Store,
    shop: &ShopProfile,
    record: &Value,
    number: usize,
    made: Timestamp,
) -> Result<Standing, String> {
    let given = GivenBooking::read(shop, record)?;
    let candidates: Vec<&str> = given.wish.candidates.iter().map(String::as_str).collect();
    let booking = Booking {
        id: BookingId::new(format!("given-{number}")).map_err(|e| e.to_string())?,
        shop: shop.id.clone(),
        call: None,
        date: given.wish.at.date(),
        time: given.wish.at.time(),
        minutes: given.wish.minutes,
        party_size: given.party_size,
        name: given.name,
        phone: given.phone,
        resource: String::new(),
        services: given.services,
        requests: Vec::new(),
        state: BookingState::Confirmed,
        made,
    };
    match store.book(&booking, &candidates).await {
        Ok(Booked::Confirmed(booking)) => Ok(booking.into()),
        Ok(Booked::Full) => Err(format!("{record}: no room for it")),
        Err(e) => Err(format!("{record}: {e}")),
    }
}

fn written(
    shop: &ShopProfile,
    order: &StandingOrder,
    phone: PhoneNumber,
    made: Timestamp,
    today: Date,
) -> Result<Order, String> {
    let price = |name: &str| shop.menu.iter().find(|m| m.name == name).map_or(0, |m| m.won);
    let item = |i: &biseo_conversation::Item| OrderItem {
        name: i.name.clone(),
        quantity: i.quantity,
    };
    Ok(Order {
        id: OrderId::new(order.id.clone()).map_err(|e| e.to_string())?,
        shop: shop.id.clone(),
        call: None,
        items: order.items.iter().map(item).collect(),
        won: order
            .items
            .iter()
            .map(|i| u64::from(price(&i.name)) * u64::from(i.quantity))
            .sum(),
        date: today,
        pickup: order.pickup_time,
        address: None,
        name: order.name.clone(),
        phone,
        state: OrderState::Open,
        made,
    })
}
