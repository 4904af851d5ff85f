//! Records that exist before a call, as scenarios write them.

use biseo_conversation::{Item, StandingOrder, Wish};
use biseo_model::phone::PhoneNumber;
use biseo_model::shop::{BookingRules, ShopProfile, StaffRules, TableKind, TableRules};
use jiff::civil::{Date, DateTime, Time};
use serde_json::Value;

/// A booking to be entered before the call.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenBooking {
    /// When, how long, and on what it may be; rules of time aside, since it is there.
    pub wish: Wish,
    /// Persons.
    pub party_size: u32,
    /// The name it stands under.
    pub name: String,
    /// The number to reach the guest.
    pub phone: PhoneNumber,
    /// The services; empty for a table.
    pub services: Vec<String>,
}

impl GivenBooking {
    /// Reads a record: `date`, `time`, `phone`, and `party_size` (or 1), `name`, `service`, `staff`.
    ///
    /// # Errors
    /// The record, if something is missing or the shop takes no bookings.
    pub fn read(profile: &ShopProfile, record: &Value) -> Result<Self, String> {
        Self::found(profile, record).ok_or_else(|| record.to_string())
    }

    fn found(profile: &ShopProfile, record: &Value) -> Option<Self> {
        let date: Date = text(record, "date")?.parse().ok()?;
        let time: Time = text(record, "time")?.parse().ok()?;
        let party = record.get("party_size").and_then(Value::as_u64).unwrap_or(1);
        let party_size = u32::try_from(party).ok()?;
        let services: Vec<String> = text(record, "service").into_iter().collect();
        let at = date.to_datetime(time);
        let wish = match profile.booking.as_ref()? {
            BookingRules::Tables(rules) => table(rules, at, party_size)?,
            BookingRules::Staff(rules) => staffed(profile, rules, at, &services, text(record, "staff")),
        };
        Some(Self {
            wish,
            party_size,
            name: text(record, "name").unwrap_or_default(),
            phone: phone(record)?,
            services,
        })
    }
}

/// The smallest tables that seat the party come first.
fn table(rules: &TableRules, at: DateTime, party: u32) -> Option<Wish> {
    let fits = |k: &&TableKind| party <= k.seats && party >= k.min_party.unwrap_or(1);
    let mut kinds: Vec<_> = rules.tables.iter().filter(fits).collect();
    kinds.sort_by_key(|k| k.seats);
    let names = kinds
        .iter()
        .flat_map(|k| (1..=k.count).map(|n| format!("{}-{n}", k.name)));
    Some(Wish {
        at,
        minutes: kinds.first()?.stay_minutes.unwrap_or(rules.stay_minutes),
        candidates: names.collect(),
    })
}

fn staffed(
    profile: &ShopProfile,
    rules: &StaffRules,
    at: DateTime,
    services: &[String],
    staff: Option<String>,
) -> Wish {
    let length = |name: &String| profile.services.iter().find(|s| s.name == *name);
    let all = || rules.staff.iter().map(|s| s.name.clone()).collect();
    Wish {
        at,
        minutes: services.iter().filter_map(length).map(|s| s.minutes).sum(),
        candidates: staff.map_or_else(all, |s| vec![s]),
    }
}

/// An order to be entered before the call.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenOrder {
    /// The order, under an id of its own.
    pub order: StandingOrder,
    /// The number to reach the guest, if told.
    pub phone: Option<PhoneNumber>,
}

impl GivenOrder {
    /// Reads a record: `items` of `menu_item` and `quantity`, and `pickup_time`, `name`, `phone`. `number` makes its id.
    ///
    /// # Errors
    /// The record, if something is missing.
    pub fn read(record: &Value, number: usize) -> Result<Self, String> {
        let order = order(record, number).ok_or_else(|| record.to_string())?;
        Ok(Self {
            order,
            phone: phone(record),
        })
    }
}

fn order(record: &Value, number: usize) -> Option<StandingOrder> {
    let item = |v: &Value| {
        Some(Item {
            name: text(v, "menu_item")?,
            quantity: u32::try_from(v.get("quantity")?.as_u64()?).ok()?,
        })
    };
    let items = record.get("items")?.as_array()?.iter().map(item);
    Some(StandingOrder {
        id: format!("given-{number}"),
        items: items.collect::<Option<_>>()?,
        pickup_time: text(record, "pickup_time").and_then(|t| t.parse().ok()),
        name: text(record, "name").unwrap_or_default(),
    })
}

fn text(record: &Value, key: &str) -> Option<String> {
    record.get(key)?.as_str().map(str::to_string)
}

fn phone(record: &Value) -> Option<PhoneNumber> {
    PhoneNumber::parse(record.get("phone")?.as_str()?).ok()
}
