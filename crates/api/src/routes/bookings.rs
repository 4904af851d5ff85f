//! Bookings.

use axum::http::{HeaderMap, StatusCode, header};
use axum::{Extension, Json};
use biseo_model::ids::BookingId;
use biseo_model::record::{Booking, BookingState};
use biseo_store::{Asker, Booked, Done, Move};
use jiff::civil::Time;

use super::calls::all;
use super::queries::{DayQuery, WishQuery};
use super::shops::{Tagged, tagged};
use crate::auth::{May, needs, secret};
use crate::check::{text, texts};
use crate::extract::{Body, Query};
use crate::layers::Key;
use crate::live::NoticeKind;
use crate::problem::{Code, Fault, Problem};
use crate::room::{self, Wish};
use crate::views::*;
use crate::{resources, tag};

/// The bookings of up to 42 days, by day and time, cancelled ones too.
#[utoipa::path(
    get, path = "/shops/{shop}/bookings", tag = "bookings",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), DayQuery),
    responses((status = 200, body = BookingList))
)]
pub(super) async fn list_bookings(
    may: May<needs::ReadBookings>,
    Query(days): Query<DayQuery>,
) -> Result<Json<BookingList>, Problem> {
    let (from, to) = days.days(may.today())?;
    let bookings = may.api.store.bookings_between(&may.shop, from, to).await?;
    let rules = may.profile.booking.as_ref();
    Ok(Json(BookingList {
        items: all(bookings),
        resources: rules.map(resources::all).unwrap_or_default(),
    }))
}

/// Makes a booking.
#[utoipa::path(
    post, path = "/shops/{shop}/bookings", tag = "bookings",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewBooking,
    responses((status = 201, body = BookingView), (status = 409, body = BookingConflict, content_type = "application/problem+json"))
)]
pub(super) async fn make_booking(
    may: May<needs::WriteBookings>,
    key: Option<Extension<Key>>,
    Body(new): Body<NewBooking>,
) -> Result<(StatusCode, Json<BookingView>), Problem> {
    let booking = checked(&may, key, &new)?;
    let wish = Wish {
        at: booking.date.to_datetime(booking.time),
        party: booking.party_size,
        services: booking.services.clone(),
        resource: new.resource.clone(),
        minutes: new.minutes,
        outside_rules: new.outside_rules,
        except: None,
        keep: None,
    };
    let room = room::find(&may.books(), &wish).await?;
    let booking = Booking {
        minutes: room.minutes,
        ..booking
    };
    let candidates: Vec<&str> = room.resources.iter().map(String::as_str).collect();
    let booked = match may.telling() {
        Some(telling) => telling.book(&booking, &candidates).await,
        None => may.api.store.book(&booking, &candidates).await,
    };
    match booked? {
        Booked::Full => Err(room::conflict(&may.books(), &wish, ConflictReason::Taken).await?),
        Booked::Confirmed(b) => {
            may.did(|| Done::Booked { booking: b.clone() });
            may.changed("booking.made", NoticeKind::Booking, b.id.as_str())
                .await?;
            Ok((StatusCode::CREATED, Json(b.into())))
        }
    }
}

/// A booking.
#[utoipa::path(
    get, path = "/shops/{shop}/bookings/{booking}", tag = "bookings",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("booking" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = BookingView))
)]
pub(super) async fn read_booking(may: May<needs::ReadBookings>) -> Result<Tagged<BookingView>, Problem> {
    Ok(view(found(&may).await?))
}

/// Moves or changes a booking, or nothing of it.
#[utoipa::path(
    patch, path = "/shops/{shop}/bookings/{booking}", tag = "bookings",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("booking" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$"), ("If-Match" = Option<String>, Header, description = "The booking's etag")),
    request_body = BookingChange,
    responses((status = 200, body = BookingView), (status = 409, body = BookingConflict, content_type = "application/problem+json"))
)]
pub(super) async fn move_booking(
    may: May<needs::WriteBookings>,
    headers: HeaderMap,
    Body(change): Body<BookingChange>,
) -> Result<Tagged<BookingView>, Problem> {
    let before = found(&may).await?;
    matches(&headers, &before)?;
    if before.state == BookingState::Cancelled {
        return Err(Code::Conflict.into());
    }
    let wish = wished(&before, &change)?;
    let requests = match &change.requests {
        Some(requests) => texts(requests, "requests", (8, 200))?,
        None => before.requests.clone(),
    };
    let room = room::find(&may.books(), &wish).await?;
    let candidates: Vec<&str> = room.resources.iter().map(String::as_str).collect();
    let to = Move {
        to: wish.at,
        minutes: room.minutes,
        party_size: wish.party,
        services: &wish.services,
        requests: &requests,
        candidates: &candidates,
    };
    let moved = match may.telling() {
        Some(telling) => telling.change_booking(&before, &to, owner(&may)).await,
        None => may.api.store.change_booking(&before, &to, owner(&may)).await,
    };
    match moved?.ok_or(Code::Changed)? {
        Booked::Full => Err(room::conflict(&may.books(), &wish, ConflictReason::Taken).await?),
        Booked::Confirmed(b) => {
            may.did(|| Done::Moved {
                booking: b.clone(),
                before: before.date.to_datetime(before.time),
            });
            may.changed("booking.moved", NoticeKind::Booking, b.id.as_str())
                .await?;
            Ok(view(b))
        }
    }
}

/// Cancels a booking; it stays in the lists. One that is cancelled already stays so.
#[utoipa::path(
    delete, path = "/shops/{shop}/bookings/{booking}", tag = "bookings",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("booking" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$"), ("If-Match" = Option<String>, Header, description = "The booking's etag")),
    responses((status = 200, body = BookingView))
)]
pub(super) async fn cancel_booking(
    may: May<needs::WriteBookings>,
    headers: HeaderMap,
) -> Result<Tagged<BookingView>, Problem> {
    let before = found(&may).await?;
    matches(&headers, &before)?;
    let cancelled = match may.telling() {
        Some(telling) => telling.cancel_booking(&may.shop, &before.id).await,
        None => may.api.store.cancel_booking(&may.shop, &before.id).await,
    };
    if cancelled? {
        may.did(|| Done::Cancelled {
            booking: before.clone(),
        });
        may.changed("booking.cancelled", NoticeKind::Booking, before.id.as_str())
            .await?;
    }
    Ok(view(found(&may).await?))
}

/// What is free on a day, by the shop's rules.
#[utoipa::path(
    get, path = "/shops/{shop}/availability", tag = "bookings",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), WishQuery),
    responses((status = 200, body = Availability))
)]
pub(super) async fn availability(
    may: May<needs::ReadBookings>,
    Query(q): Query<WishQuery>,
) -> Result<Json<Availability>, Problem> {
    let services = q.services.as_deref().unwrap_or_default();
    let services: Vec<String> = services
        .split(',')
        .map(|s| s.trim().to_string())
        .filter(|s| !s.is_empty())
        .collect();
    let party = q.party_size.unwrap_or(1);
    if !(1..=1000).contains(&party) {
        return Err(Problem::new(Code::Malformed).with("party_size", Fault::Form));
    }
    let except = q.except.map(BookingId::new).transpose();
    let wish = Wish {
        at: q.date.to_datetime(q.after.unwrap_or_default()),
        party,
        services,
        resource: q.resource,
        minutes: None,
        outside_rules: false,
        except: except.map_err(|_| Problem::new(Code::Malformed).with("except", Fault::Form))?,
        keep: None,
    };
    let (items, refusal) = room::day(&may.books(), &wish).await?;
    Ok(Json(Availability { items, refusal }))
}

/// The booking that the path names, if it is the shop's.
async fn found<N>(may: &May<N>) -> Result<Booking, Problem> {
    let id: BookingId = may.part("booking")?;
    let booking = may.api.store.booking(&may.shop, &id).await?;
    booking.ok_or_else(|| Problem::new(Code::NotFound))
}

fn view(booking: Booking) -> Tagged<BookingView> {
    tagged(booking.into())
}

/// Whoever changes something by hand has no call.
fn owner<N>(may: &May<N>) -> Asker<'_> {
    Asker {
        call: None,
        now: may.api.now(),
    }
}

/// `If-Match`, if it is given: the tag of the view, or the one of the answer that held it.
fn matches(headers: &HeaderMap, booking: &Booking) -> Result<(), Problem> {
    let Some(given) = headers.get(header::IF_MATCH) else {
        return Ok(());
    };
    let given = given.to_str().unwrap_or_default();
    let view = BookingView::from(booking.clone());
    let fine = tag::holds(given, &view.etag) || tag::holds(given, &tag::of(&view));
    fine.then_some(()).ok_or_else(|| Problem::new(Code::Changed))
}

/// A new booking, its texts checked. With a key its id follows from the key, so that it is made once whatever happens.
fn checked(
    may: &May<needs::WriteBookings>,
    key: Option<Extension<Key>>,
    new: &NewBooking,
) -> Result<Booking, Problem> {
    let id = match key {
        Some(Extension(Key(key))) => {
            let all = format!("booking\n{}\n{}\n{key}", may.signed.account.id, may.shop);
            secret::hash(&all)[..22].to_string()
        }
        None => secret::id(),
    };
    if !(1..=1000).contains(&new.party_size) {
        return Err(Problem::field("party_size", Fault::Form));
    }
    whole_minute(new.time)?;
    Ok(Booking {
        id: BookingId::new(id).map_err(|_| Code::Internal)?,
        shop: may.shop.clone(),
        call: None,
        date: new.date,
        time: new.time,
        minutes: 0,
        party_size: new.party_size,
        name: text(&new.name, "name", 64)?,
        phone: new.phone.clone(),
        resource: String::new(),
        services: texts(&new.services, "services", (8, 64))?,
        requests: texts(&new.requests, "requests", (8, 200))?,
        state: BookingState::Confirmed,
        made: may.api.now(),
    })
}

/// Bookings begin with a minute: the store counts in these.
fn whole_minute(time: Time) -> Result<(), Problem> {
    match (time.second(), time.subsec_nanosecond()) {
        (0, 0) => Ok(()),
        _ => Err(Problem::field("time", Fault::Form)),
    }
}

/// What a booking is to become.
fn wished(before: &Booking, change: &BookingChange) -> Result<Wish, Problem> {
    let party = change.party_size.unwrap_or(before.party_size);
    if !(1..=1000).contains(&party) {
        return Err(Problem::field("party_size", Fault::Form));
    }
    let services = match &change.services {
        Some(services) => texts(services, "services", (8, 64))?,
        None => before.services.clone(),
    };
    let (date, time) = (
        change.date.unwrap_or(before.date),
        change.time.unwrap_or(before.time),
    );
    whole_minute(time)?;
    // As long as before, unless what it is for changes.
    let same = change.party_size.is_none() && change.services.is_none();
    Ok(Wish {
        at: date.to_datetime(time),
        party,
        services,
        resource: change.resource.clone(),
        minutes: change.minutes.or(same.then_some(before.minutes)),
        outside_rules: change.outside_rules,
        except: Some(before.id.clone()),
        keep: Some(before.resource.clone()),
    })
}
