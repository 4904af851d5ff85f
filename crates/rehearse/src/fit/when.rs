//! When something can be booked at a shop, by its rules alone.

use biseo_model::shop::{BookingRules, Hours, OpenOn, ShopProfile, StaffWish};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};

/// Days that are looked through.
const DAYS: i32 = 21;
/// Persons of the party that books a table.
pub(super) const PARTY: u32 = 2;

/// Something that can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// When.
    pub(super) at: DateTime,
    /// What for, at a shop of staff.
    pub(super) service: Option<String>,
    /// Who can do it then.
    pub(super) staff: Option<String>,
}

/// A day with two times that can be booked, from tomorrow on: the one that callers like best first.
pub(super) fn slots(profile: &ShopProfile, now: DateTime) -> Option<(Slot, Slot)> {
    days(now).find_map(|day| {
        let mut all = on(profile, now, day);
        all.sort_by_key(|slot| liking(slot.at.time()));
        let mut all = all.into_iter();
        let first = all.next()?;
        // Of the same person, and far enough from the first.
        let apart = |s: &Slot| s.staff == first.staff && s.at.hour() != first.at.hour();
        let second = all.find(apart)?;
        Some((first, second))
    })
}

/// The next day on which the shop is closed, within the days that bookings are taken for.
pub(super) fn closed_day(profile: &ShopProfile, now: DateTime) -> Option<Date> {
    days(now).find(|day| matches!(profile.hours.open_on(*day), OpenOn::Closed(_)))
}

/// When somebody can order to take away: the shop is open, and will be for another hour.
pub(super) fn open_moment(hours: &Hours, now: DateTime) -> Option<DateTime> {
    let steps = (0..24 * 2 * 14).filter_map(|n| now.checked_add((n * 30).minutes()).ok());
    let taken = |at: DateTime| match hours.open_on(at.date()) {
        OpenOn::Open(day) => day.last_order.is_none_or(|last| at.time() < last),
        OpenOn::Closed(_) => true,
    };
    let later = |at: DateTime| at.checked_add(1.hour()).ok();
    let mut steps = steps;
    steps.find(|at| hours.is_open(*at) && taken(*at) && later(*at).is_some_and(|l| hours.is_open(l)))
}

fn days(now: DateTime) -> impl Iterator<Item = Date> {
    (1..=DAYS).filter_map(move |n| now.date().checked_add(n.days()).ok())
}

/// Whole hours in the early evening or the afternoon are asked for most.
fn liking(time: Time) -> (bool, i8, i8) {
    (time.minute() != 0, (time.hour() - 18).abs(), time.hour())
}

fn on(profile: &ShopProfile, now: DateTime, day: Date) -> Vec<Slot> {
    match &profile.booking {
        None => Vec::new(),
        Some(BookingRules::Tables(rules)) => {
            let free = |at: &DateTime| rules.candidates(&profile.hours, now, *at, PARTY).is_ok();
            let starts = rules.starts().into_iter().map(|time| day.to_datetime(time));
            let slot = |at| Slot {
                at,
                service: None,
                staff: None,
            };
            starts.filter(free).map(slot).collect()
        }
        Some(BookingRules::Staff(rules)) => {
            let Some(service) = profile.services.first() else {
                return Vec::new();
            };
            let services = [service.name.clone()];
            let within = |at: &DateTime| {
                service
                    .between
                    .is_none_or(|(from, to)| from <= at.time() && at.time() < to)
            };
            let slot = |at: DateTime| {
                let wish = StaffWish {
                    at,
                    minutes: service.minutes,
                    services: &services,
                    staff: None,
                };
                let able = rules.candidates(&profile.hours, now, &wish).ok()?;
                Some(Slot {
                    at,
                    service: Some(service.name.clone()),
                    staff: able.resources.into_iter().next(),
                })
            };
            halves(day).filter(within).filter_map(slot).collect()
        }
    }
}

/// The full and half hours of a day.
fn halves(day: Date) -> impl Iterator<Item = DateTime> {
    (0..48i8).filter_map(move |n| {
        Time::new(n / 2, n % 2 * 30, 0, 0)
            .ok()
            .map(|t| day.to_datetime(t))
    })
}
