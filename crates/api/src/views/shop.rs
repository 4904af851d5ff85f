//! Shops in a list, and the program's health.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::Text;
use crate::auth::{Right, Role};

/// A shop that the user may see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShopView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// IANA time zone.
    pub zone: String,
    /// The numbers by which it is dialled.
    pub numbers: Vec<String>,
    /// What the user is there.
    pub role: Role,
    /// What the user may do there.
    pub rights: Vec<Right>,
}

/// The shops, by id.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShopList {
    /// The shops.
    pub items: Vec<ShopView>,
}

/// What waits at a shop today.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Counts {
    /// Today on the shop's clock.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Whether the shop is open now.
    pub open: bool,
    /// Calls that go on.
    pub live: u32,
    /// Calls since midnight of the shop's clock.
    pub calls: u32,
    /// Of these, not answered.
    pub missed: u32,
    /// Standing bookings for today.
    pub bookings: u32,
    /// Open orders for today.
    pub orders: u32,
    /// Messages that are not done.
    pub messages: u32,
    /// Questions that nobody has answered yet.
    pub questions: u32,
}

/// Whether the API and its database work.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Health {
    /// `ok`; anything else is an error response.
    #[schema(example = "ok")]
    pub status: &'static str,
    /// The program's version.
    pub version: &'static str,
    /// The time of calls: the machine's, or another day's in a rehearsal.
    #[schema(value_type = String, format = DateTime)]
    pub now: jiff::Timestamp,
    /// Whether one can sign in by passkeys here: the console's address has to be a domain.
    pub passkeys: bool,
}
