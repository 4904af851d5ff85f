//! Bookings, and what is free.

use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A booking.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BookingView {
    /// Its id.
    pub id: String,
    /// The call in which it was made.
    pub call: Option<String>,
    /// Date on the shop's clock.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Start on the shop's clock.
    #[schema(value_type = String, example = "19:00:00")]
    pub time: Time,
    /// How long it occupies its resource.
    pub minutes: u32,
    /// Number of persons.
    pub party_size: u32,
    /// The name it stands under.
    pub name: String,
    /// The number to reach the guest.
    pub phone: String,
    /// The table, room or member of staff.
    pub resource: String,
    /// The services, by their names in the profile; empty for a table.
    pub services: Vec<String>,
    /// What those who serve should see to, in the caller's words.
    pub requests: Vec<String>,
    /// Whether it was given up.
    pub cancelled: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
    /// For `If-Match`: changes with the booking.
    pub etag: String,
}

/// The bookings of some days, by day and time, cancelled ones too.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BookingList {
    /// The bookings.
    pub items: Vec<BookingView>,
    /// What can be booked: tables or staff, in the profile's order.
    pub resources: Vec<String>,
}

/// A booking to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBooking {
    /// Date on the shop's clock.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Start on the shop's clock.
    #[schema(value_type = String, example = "19:00:00", pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$")]
    pub time: Time,
    /// Number of persons.
    #[schema(minimum = 1, maximum = 1000)]
    pub party_size: u32,
    /// The name it stands under.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// The number to reach the guest, in any usual form.
    #[schema(value_type = String, example = "010-2345-6789")]
    pub phone: PhoneNumber,
    /// The services, for a shop of staff.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub services: Vec<String>,
    /// What those who serve should see to.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub requests: Vec<String>,
    /// A certain table or member of staff; none: the best that is free.
    pub resource: Option<String>,
    /// How long, 5 to 1440 minutes; none: as the shop's rules have it.
    #[schema(minimum = 5, maximum = 1440)]
    pub minutes: Option<u32>,
    /// Books although the shop's own rules (hours, step, how far ahead) say no. Never over what is taken.
    #[serde(default)]
    pub outside_rules: bool,
}

/// What of a booking changes; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingChange {
    /// Another day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub date: Option<Date>,
    /// Another start.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$")]
    pub time: Option<Time>,
    /// Another number of persons.
    #[schema(minimum = 1, maximum = 1000)]
    pub party_size: Option<u32>,
    /// Other services.
    #[schema(max_items = 8)]
    pub services: Option<Vec<String>>,
    /// Other requests.
    #[schema(max_items = 8)]
    pub requests: Option<Vec<String>>,
    /// Another table or member of staff. Without one, the present one is kept if it is free, else the best that is.
    pub resource: Option<String>,
    /// Another length.
    #[schema(minimum = 5, maximum = 1440)]
    pub minutes: Option<u32>,
    /// As in a new booking.
    #[serde(default)]
    pub outside_rules: bool,
}

/// A time at which a wish could be served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FreeTime {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The start.
    #[schema(value_type = String, example = "19:30:00")]
    pub time: Time,
    /// For how long.
    pub minutes: u32,
    /// What is free then, best first.
    pub resources: Vec<String>,
}

/// What is free on a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Availability {
    /// Times in order; empty if nothing is.
    pub items: Vec<FreeTime>,
    /// Why nothing can be, if the shop's rules say so.
    pub refusal: Option<ConflictReason>,
}

/// Why a booking cannot be made or moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConflictReason {
    /// All that could serve it is taken at that time.
    Taken,
    /// The shop is closed that day.
    Closed,
    /// No stay may begin at that time.
    Time,
    /// It is in the past, or not far enough ahead.
    TooSoon,
    /// It is further ahead than bookings are taken.
    TooFar,
    /// No table seats so many.
    TooMany,
    /// The member of staff is off that day.
    StaffOff,
    /// Nobody does this service, or not the one asked for.
    Service,
    /// The service is done at other times of the day only.
    ServiceTime,
    /// The shop takes no bookings.
    NoBookings,
    /// There is no such table or member of staff.
    Resource,
}

/// Problem details (RFC 9457) of a booking that cannot be, or that contradicts what is there (`conflict`: it is cancelled;
/// `idempotency_in_progress`): those have neither reason nor alternatives.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BookingConflict {
    /// `about:blank`.
    pub r#type: String,
    /// 409.
    pub status: u16,
    /// `booking_conflict`, or another code.
    pub code: String,
    /// Why, of a `booking_conflict`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ConflictReason>,
    /// The nearest times on that day that are free, at most four, nearest first; of a `booking_conflict`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternatives: Option<Vec<FreeTime>>,
}

impl From<Booking> for BookingView {
    fn from(b: Booking) -> Self {
        let etag = crate::tag::of(&b);
        Self {
            id: b.id.into(),
            call: b.call.map(Into::into),
            date: b.date,
            time: b.time,
            minutes: b.minutes,
            party_size: b.party_size,
            name: b.name,
            phone: b.phone.into(),
            resource: b.resource,
            services: b.services,
            requests: b.requests,
            cancelled: b.state == BookingState::Cancelled,
            made: b.made,
            etag,
        }
    }
}
