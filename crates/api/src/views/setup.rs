//! Setting a shop up on the page, step by step.

use biseo_model::shop::{BookingRules, Day, ShopProfile};
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{HoursView, Text};

/// What kind of shop it is. It decides what is suggested and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShopKind {
    /// Tables are booked.
    Restaurant,
    /// A hairdresser: staff is booked, by service.
    Hair,
    /// A clinic: doctors are booked.
    Clinic,
    /// Orders are taken.
    Orders,
    /// Anything else.
    Other,
}

/// A step of setting up, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetupStep {
    /// Kind, name, address, numbers.
    Business,
    /// Hours, closing days, holidays.
    Hours,
    /// What can be booked.
    Booking,
    /// What callers ask, and who is told what.
    Facts,
    /// The rehearsal.
    Rehearsal,
    /// The call.
    Call,
}

/// Where setting up is, with what is saved and what is suggested for the rest.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SetupView {
    /// Whether the shop has a profile: from the step `hours` on.
    pub made: bool,
    /// Whether its profile can be changed here.
    pub editable: bool,
    /// What kind it is.
    pub kind: Option<ShopKind>,
    /// Its name.
    pub name: Option<Text>,
    /// Where it is.
    pub address: Option<Text>,
    /// The numbers that callers dial.
    pub numbers: Vec<String>,
    /// The hours: its own, or those suggested for its kind.
    pub hours: Option<HoursView>,
    /// What can be booked and ordered: its own, or what is suggested for its kind.
    pub booking: Option<SetupBooking>,
    /// The steps that are done, in order.
    pub done: Vec<SetupStep>,
}

/// Kind, name, address and numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupBusiness {
    /// The kind.
    pub kind: ShopKind,
    /// The name, as it is spoken.
    pub name: Text,
    /// Where it is.
    pub address: Text,
    /// The numbers that callers dial, in any usual form.
    #[schema(min_items = 1, max_items = 10)]
    pub numbers: Vec<String>,
}

/// A step is done.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupDone {
    /// `facts`, `rehearsal` or `call`: the others are done when they are saved.
    pub done: SetupStep,
}

/// What is booked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BookingMode {
    /// Nothing: messages are taken, and orders if there is a menu.
    #[default]
    None,
    /// Tables, by party.
    Tables,
    /// Staff, by service.
    Staff,
}

/// Tables of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupTable {
    /// The kind's name.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// Persons that one seats.
    #[schema(minimum = 1, maximum = 100)]
    pub seats: u32,
    /// How many there are.
    #[schema(minimum = 1, maximum = 500)]
    pub count: u32,
    /// Length of a stay at them in minutes, if it is not the usual one.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1440)]
    pub stay_minutes: Option<u32>,
    /// Only parties of at least this size get one: a room that is not given to two.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100)]
    pub min_party: Option<u32>,
}

/// Somebody who can be booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupStaff {
    /// As customers call them.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// Weekdays off, `mon` to `sun`.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub off: Vec<Day>,
    /// The services done, by name; empty means all.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub services: Vec<String>,
}

/// A service that takes time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupService {
    /// Its name.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// How long it takes, in minutes.
    #[schema(minimum = 1, maximum = 1440)]
    pub minutes: u32,
    /// Its price in won, if the shop tells one.
    #[serde(default)]
    pub won: Option<u32>,
    /// What is said when it was booked: to come fasting, to bring a letter.
    #[serde(default)]
    pub note: Option<Text>,
}

/// A dish, or whatever is ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupItem {
    /// Its name.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// Its price in won.
    pub won: u32,
}

/// What can be booked and ordered. What the profile's file has beyond this (the times of day of a service) stays with what keeps its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupBooking {
    /// What is booked.
    pub mode: BookingMode,
    /// The tables, smallest first; of `tables` only.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub tables: Vec<SetupTable>,
    /// Spans of the day within which a stay may begin, both ends included; of `tables` only. None: as it was, else the whole day.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Vec<String>>>, max_items = 10)]
    pub windows: Option<Vec<(Time, Time)>>,
    /// Usual length of a stay in minutes; of `tables` only.
    #[serde(default)]
    #[schema(maximum = 1440)]
    pub stay_minutes: u32,
    /// The staff; of `staff` only.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub staff: Vec<SetupStaff>,
    /// The services; at least one of `staff`.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub services: Vec<SetupService>,
    /// What is ordered.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub menu: Vec<SetupItem>,
    /// Bookings begin on multiples of so many minutes.
    #[serde(default)]
    #[schema(maximum = 240)]
    pub step_minutes: u32,
    /// So many minutes ahead at least.
    #[serde(default)]
    #[schema(maximum = 43200)]
    pub ahead_minutes: u32,
    /// And so many days at most.
    #[serde(default)]
    #[schema(maximum = 730)]
    pub ahead_days: u32,
}

impl SetupBooking {
    /// What a profile has of it.
    #[must_use]
    pub fn of(profile: &ShopProfile) -> Self {
        let service = |s: &biseo_model::shop::Service| SetupService {
            name: s.name.clone(),
            minutes: s.minutes,
            won: s.won,
            note: s.note.as_ref().map(Text::from),
        };
        let item = |m: &biseo_model::shop::MenuItem| SetupItem {
            name: m.name.clone(),
            won: m.won,
        };
        let all = Self {
            services: profile.services.iter().map(service).collect(),
            menu: profile.menu.iter().map(item).collect(),
            ..Self::default()
        };
        match &profile.booking {
            None => all,
            Some(BookingRules::Tables(t)) => Self {
                mode: BookingMode::Tables,
                tables: t.tables.iter().map(SetupTable::from).collect(),
                windows: Some(t.windows.clone()),
                stay_minutes: t.stay_minutes,
                step_minutes: t.step_minutes,
                ahead_minutes: t.ahead_minutes,
                ahead_days: t.ahead_days,
                ..all
            },
            Some(BookingRules::Staff(s)) => Self {
                mode: BookingMode::Staff,
                staff: s.staff.iter().map(SetupStaff::from).collect(),
                step_minutes: s.step_minutes,
                ahead_minutes: s.ahead_minutes,
                ahead_days: s.ahead_days,
                ..all
            },
        }
    }
}

impl From<&biseo_model::shop::TableKind> for SetupTable {
    fn from(k: &biseo_model::shop::TableKind) -> Self {
        Self {
            name: k.name.clone(),
            seats: k.seats,
            count: k.count,
            stay_minutes: k.stay_minutes,
            min_party: k.min_party,
        }
    }
}

impl From<&biseo_model::shop::Staff> for SetupStaff {
    fn from(s: &biseo_model::shop::Staff) -> Self {
        Self {
            name: s.name.clone(),
            off: s.off.clone(),
            services: s.services.clone(),
        }
    }
}
