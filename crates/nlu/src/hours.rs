//! Which half of the day is meant: the one in which the shop takes guests.

use biseo_model::shop::{BookingRules, DayHours, OpenOn, ShopProfile};
use jiff::Span;
use jiff::civil::{Date, DateTime, Time};

use crate::times::Clock;

/// A time of day, and whether it was said or cannot be otherwise.
pub fn resolve(shop: &ShopProfile, clock: &Clock, date: Option<Date>, now: DateTime) -> Option<(Time, bool)> {
    let all: Vec<Time> = clock.hours().iter().filter_map(|h| time_of(*h, clock)).collect();
    let sure = all.len() == 1;
    let first = *all.first()?;
    if sure {
        return Some((first, true));
    }
    let best = all
        .iter()
        .copied()
        .max_by_key(|t| (score(shop, *t, date, now), std::cmp::Reverse(*t)))?;
    let tied = all
        .iter()
        .filter(|t| score(shop, **t, date, now) == score(shop, best, date, now))
        .count()
        > 1;
    Some((if tied { likely(&all, clock) } else { best }, false))
}

fn time_of(hour: u8, clock: &Clock) -> Option<Time> {
    let time = Time::new(i8::try_from(hour).ok()?, 0, i8::try_from(clock.second).ok()?, 0).ok()?;
    Some(time.wrapping_add(Span::new().minutes(i64::from(clock.minutes()))))
}

/// With nothing to tell, one to six and twelve are after noon.
fn likely(all: &[Time], clock: &Clock) -> Time {
    let afternoon = clock.hour <= 7 || clock.hour == 12;
    let pick = if afternoon { all.last() } else { all.first() };
    pick.copied().unwrap_or(Time::midnight())
}

/// How well a time fits: within the hours in which bookings begin, at least open, still to come.
fn score(shop: &ShopProfile, time: Time, date: Option<Date>, now: DateTime) -> u8 {
    let booked = match &shop.booking {
        Some(BookingRules::Tables(t)) => t.windows.iter().any(|(from, to)| *from <= time && time <= *to),
        _ => false,
    };
    let open = match date.map(|d| shop.hours.open_on(d)) {
        Some(OpenOn::Open(hours)) => within(&hours, time),
        _ => shop.hours.week.values().any(|hours| within(hours, time)),
    };
    let past = date == Some(now.date()) && time < now.time();
    u8::from(booked) * 2 + u8::from(open) * 3 + u8::from(!past)
}

fn within(hours: &DayHours, time: Time) -> bool {
    if hours.close <= hours.open {
        return time >= hours.open || time <= hours.close;
    }
    hours.open <= time && time <= hours.close
}
