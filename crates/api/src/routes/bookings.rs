//! Bookings.

use super::queries::*;
use crate::problem::{Code, Problem};
use crate::views::*;

/// The bookings of up to 42 days, by day and time, cancelled ones too.
#[utoipa::path(
    get, path = "/shops/{shop}/bookings", tag = "bookings",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), DayQuery),
    responses((status = 200, body = BookingList))
)]
pub(super) async fn list_bookings() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Makes a booking.
#[utoipa::path(
    post, path = "/shops/{shop}/bookings", tag = "bookings",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewBooking,
    responses((status = 201, body = BookingView), (status = 409, body = BookingConflict, content_type = "application/problem+json"))
)]
pub(super) async fn make_booking() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// A booking.
#[utoipa::path(
    get, path = "/shops/{shop}/bookings/{booking}", tag = "bookings",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("booking" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = BookingView))
)]
pub(super) async fn read_booking() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Moves or changes a booking, or nothing of it.
#[utoipa::path(
    patch, path = "/shops/{shop}/bookings/{booking}", tag = "bookings",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("booking" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$"), ("If-Match" = Option<String>, Header, description = "The booking's etag")),
    request_body = BookingChange,
    responses((status = 200, body = BookingView), (status = 409, body = BookingConflict, content_type = "application/problem+json"))
)]
pub(super) async fn move_booking() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// Cancels a booking; it stays in the lists. One that is cancelled already stays so.
#[utoipa::path(
    delete, path = "/shops/{shop}/bookings/{booking}", tag = "bookings",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("booking" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$"), ("If-Match" = Option<String>, Header, description = "The booking's etag")),
    responses((status = 200, body = BookingView))
)]
pub(super) async fn cancel_booking() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}

/// What is free on a day, by the shop's rules.
#[utoipa::path(
    get, path = "/shops/{shop}/availability", tag = "bookings",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), WishQuery),
    responses((status = 200, body = Availability))
)]
pub(super) async fn availability() -> Result<(), Problem> {
    Err(Code::Unsupported.into())
}
