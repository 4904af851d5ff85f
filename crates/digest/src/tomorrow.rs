//! The next day: who comes when, how full it is, what they wished for.

use biseo_model::record::{Booking, BookingState, Order, OrderState};
use biseo_model::shop::{BookingRules, OpenOn};
use jiff::civil::{Date, Time};

use crate::input::{Clock, Day, business_day};

/// The next day.
#[derive(Debug, Clone, PartialEq)]
pub struct Tomorrow {
    /// The date.
    pub date: Date,
    /// Whether the shop is open.
    pub open: OpenOn,
    /// Standing bookings, by time.
    pub bookings: Vec<Booking>,
    /// Persons in all.
    pub guests: u64,
    /// The fullest moment; `None` without bookings or if the shop takes none.
    pub peak: Option<Peak>,
    /// Open orders for that day, by time; those without one last.
    pub orders: Vec<Order>,
}

/// How full the fullest moment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peak {
    /// When it begins.
    pub at: Time,
    /// Tables or members of staff that are taken then.
    pub taken: usize,
    /// Of so many.
    pub of: usize,
}

pub(crate) fn tomorrow(day: &Day<'_>, clock: &Clock) -> Tomorrow {
    let date = clock.tomorrow;
    let standing = |b: &&Booking| b.date == date && b.state == BookingState::Confirmed;
    let mut bookings: Vec<Booking> = day.tomorrow.iter().filter(standing).cloned().collect();
    bookings.sort_by(|a, b| (a.time, &a.name, &a.id).cmp(&(b.time, &b.name, &b.id)));
    // What is fetched in the night that goes on is told as today's.
    let tonight = |o: &Order| {
        o.pickup
            .is_some_and(|at| business_day(&day.shop.hours, date.to_datetime(at)) < date)
    };
    let open = |o: &&Order| o.date == date && o.state == OrderState::Open && !tonight(o);
    let mut orders: Vec<Order> = day.orders.iter().filter(open).cloned().collect();
    orders.sort_by_key(|o| (o.pickup.is_none(), o.pickup, o.id.clone()));
    Tomorrow {
        date,
        open: day.shop.hours.open_on(date),
        guests: bookings.iter().map(|b| u64::from(b.party_size)).sum(),
        peak: peak(&bookings, resources(day)),
        bookings,
        orders,
    }
}

/// How many tables or members of staff there are.
fn resources(day: &Day<'_>) -> usize {
    match &day.shop.booking {
        Some(BookingRules::Tables(rules)) => rules.tables.iter().map(|t| t.count as usize).sum(),
        Some(BookingRules::Staff(rules)) => rules.staff.len(),
        None => 0,
    }
}

/// The moment with the most bookings at once; the first one of several. Stays past midnight end then.
fn peak(bookings: &[Booking], of: usize) -> Option<Peak> {
    let taken_at = |at: Time| bookings.iter().filter(|b| lasts(b, at)).count();
    let most = bookings
        .iter()
        .map(|b| (taken_at(b.time), b.time))
        .max_by_key(|(n, at)| (*n, std::cmp::Reverse(*at)))?;
    (of > 0).then_some(Peak {
        at: most.1,
        taken: most.0,
        of,
    })
}

fn lasts(booking: &Booking, at: Time) -> bool {
    let minutes = |t: Time| i64::from(t.hour()) * 60 + i64::from(t.minute());
    let (from, now) = (minutes(booking.time), minutes(at));
    from <= now && now < from + i64::from(booking.minutes)
}
