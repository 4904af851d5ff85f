//! What the page changes, by the shop's rules and the store's transactions; and the times that it offers.

use biseo_api::room::{self, Wish};
use biseo_api::{Code, Problem};
use biseo_model::record::{Booking, BookingState};
use biseo_model::shop::{BookingRules, OpenOn};
use biseo_store::{Asker, Booked, Move, StoreError};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use subtle::ConstantTimeEq;

use crate::asked::{Asked, Order, Sent};
use crate::scene::{Choice, Notice, Offer, Standing};
use crate::site::{Site, Visit, failed};
use crate::told::Change;

/// Days of one list.
const DAYS: i32 = 14;

/// What came of a form.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Became {
    /// It stands at the other time; with the path of the link that is good until its new end.
    Moved(Option<String>),
    Cancelled,
    /// That time is taken or no longer offered; its day.
    Full(Date),
    /// The booking is another one than the form's page had shown, or can no longer be changed.
    Other,
}

/// A list of days with the free times of one: the day that is asked for, else the booking's own, else the first that is open.
pub(crate) async fn offer(site: &Site, visit: &Visit, asked: &Asked) -> Result<Offer, Notice> {
    let Some(ahead) = ahead(visit) else {
        return Ok(Offer::default());
    };
    let today = visit.books(site.store()).local().date();
    let away = |date: Date| (date - today).get_days();
    let wanted = asked.day.or(asked.from).unwrap_or(visit.booking.date);
    let list = away(wanted).clamp(0, ahead) / DAYS;
    let days = days(visit, today, (list * DAYS, ahead.min(list * DAYS + DAYS - 1)));
    let is_open = |date: &Date| days.iter().any(|d| d.open && d.date == *date);
    let first = || days.iter().find(|d| d.open).map(|d| d.date);
    let chosen = asked
        .day
        .or(Some(visit.booking.date))
        .filter(is_open)
        .or_else(first);
    let times = match chosen {
        Some(date) => times(site, visit, date).await?,
        None => Vec::new(),
    };
    let at = |n: i32| today.checked_add(i64::from(n).days()).ok();
    Ok(Offer {
        earlier: (list > 0).then(|| at((list - 1) * DAYS)).flatten(),
        later: ((list + 1) * DAYS <= ahead)
            .then(|| at((list + 1) * DAYS))
            .flatten(),
        days,
        chosen,
        times,
    })
}

/// How many days ahead the shop takes bookings.
fn ahead(visit: &Visit) -> Option<i32> {
    let days = match visit.profile.booking.as_ref()? {
        BookingRules::Tables(t) => t.ahead_days,
        BookingRules::Staff(s) => s.ahead_days,
    };
    i32::try_from(days).ok()
}

fn days(visit: &Visit, today: Date, (first, last): (i32, i32)) -> Vec<Choice> {
    let date = |n: i32| today.checked_add(i64::from(n).days()).ok();
    let open = |date| matches!(visit.profile.hours.open_on(date), OpenOn::Open(_));
    let choice = |date| Choice {
        date,
        open: open(date),
    };
    (first..=last).filter_map(date).map(choice).collect()
}

/// The times at which the booking could begin on a day, without the one at which it does.
async fn times(site: &Site, visit: &Visit, date: Date) -> Result<Vec<Time>, Notice> {
    let wish = wish(visit, date.to_datetime(Time::midnight()));
    let (free, _) = room::day(&visit.books(site.store()), &wish)
        .await
        .map_err(unable)?;
    let now = visit.booking.date.to_datetime(visit.booking.time);
    let others = free
        .into_iter()
        .map(|f| f.time)
        .filter(|t| date.to_datetime(*t) != now);
    Ok(others.collect())
}

/// The same booking at another time: as long, by the same person, at the same table if that is free.
fn wish(visit: &Visit, at: DateTime) -> Wish {
    let b = &visit.booking;
    let by_person = matches!(visit.profile.booking, Some(BookingRules::Staff(_)));
    Wish {
        at,
        party: b.party_size,
        services: b.services.clone(),
        resource: by_person.then(|| b.resource.clone()),
        minutes: Some(b.minutes),
        outside_rules: false,
        except: Some(b.id.clone()),
        keep: Some(b.resource.clone()),
    }
}

fn unable(problem: Problem) -> Notice {
    failed(format!("{:?}", problem.code()))
}

/// Carries a form out in a task of its own, which a caller who hangs up does not end: what is changed is told.
pub(crate) async fn carried_out(site: Site, visit: Visit, sent: Sent) -> Result<Became, Notice> {
    tokio::spawn(async move { carry_out(&site, &visit, &sent).await })
        .await
        .map_err(failed)?
}

async fn carry_out(site: &Site, visit: &Visit, sent: &Sent) -> Result<Became, Notice> {
    let expected = site.links().form(&visit.booking);
    let fresh = bool::from(expected.as_bytes().ct_eq(sent.form.as_bytes()));
    if !fresh || visit.standing != Standing::Open {
        return Ok(already(site, visit, &visit.booking, &sent.order));
    }
    match &sent.order {
        Order::Cancel => cancel(site, visit, sent).await,
        Order::Move(to) => shift(site, visit, sent, *to).await,
    }
}

/// What a form wanted may be so already: whoever presses twice is told what the first time did.
fn already(site: &Site, visit: &Visit, booking: &Booking, order: &Order) -> Became {
    match (order, booking.state) {
        (Order::Cancel, BookingState::Cancelled) => Became::Cancelled,
        (Order::Move(to), BookingState::Confirmed) if booking.date.to_datetime(booking.time) == *to => {
            Became::Moved(site.links().path(booking, &visit.zone))
        }
        _ => Became::Other,
    }
}

/// The same after another was quicker.
async fn meanwhile(site: &Site, visit: &Visit, sent: &Sent) -> Result<Became, Notice> {
    let b = &visit.booking;
    let now = site.store().booking(&b.shop, &b.id).await.map_err(failed)?;
    Ok(now.map_or(Became::Other, |now| already(site, visit, &now, &sent.order)))
}

async fn cancel(site: &Site, visit: &Visit, sent: &Sent) -> Result<Became, Notice> {
    if !site
        .store()
        .telling(None, visit.now)
        .cancel_as_read(&visit.booking)
        .await
        .map_err(failed)?
    {
        return meanwhile(site, visit, sent).await;
    }
    let booking = visit.booking.clone();
    site.told().told(Change::Cancelled { booking }).await;
    Ok(Became::Cancelled)
}

async fn shift(site: &Site, visit: &Visit, sent: &Sent, to: DateTime) -> Result<Became, Notice> {
    let b = &visit.booking;
    let room = match room::find(&visit.books(site.store()), &wish(visit, to)).await {
        Ok(room) => room,
        Err(problem) if problem.code() == Code::BookingConflict => return Ok(Became::Full(to.date())),
        Err(problem) => return Err(unable(problem)),
    };
    let candidates: Vec<&str> = room.resources.iter().map(String::as_str).collect();
    let change = Move {
        to,
        minutes: room.minutes,
        party_size: b.party_size,
        services: &b.services,
        requests: &b.requests,
        candidates: &candidates,
    };
    let by = Asker {
        call: None,
        now: visit.now,
    };
    let telling = site.store().telling(None, visit.now);
    match telling.change_booking(b, &change, by).await {
        Ok(Some(Booked::Confirmed(moved))) => Ok(told(site, visit, moved).await),
        Ok(Some(Booked::Full)) => Ok(Became::Full(to.date())),
        // It was moved or cancelled between our reading and the transaction.
        Ok(None) | Err(StoreError::Conflict(_)) => meanwhile(site, visit, sent).await,
        Err(e) => Err(failed(e)),
    }
}

async fn told(site: &Site, visit: &Visit, booking: Booking) -> Became {
    let path = site.links().path(&booking, &visit.zone);
    site.told().told(Change::Moved { booking }).await;
    Became::Moved(path)
}
