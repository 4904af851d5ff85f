//! A wish held against a shop's rules, whoever conversed about it.

use biseo_model::shop::{BookingRules, Refusal, ShopProfile, StaffWish};
use biseo_model::understanding::Topic;
use jiff::civil::{DateTime, Time};

use crate::io::Wish;

/// Whether a shop takes orders: it has a menu, and says how what is ordered comes to the caller.
pub(crate) fn takes_orders(shop: &ShopProfile) -> bool {
    let told = [Topic::Pickup, Topic::Delivery, Topic::Wait];
    !shop.menu.is_empty() && told.iter().any(|topic| shop.facts.contains_key(topic.key()))
}

/// What somebody would like to book, all but the time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Persons, from 1.
    pub(crate) party: u32,
    /// The services, by their names in the profile; empty for a table.
    pub(crate) services: &'a [String],
    /// The member of staff asked for.
    pub(crate) staff: Option<&'a str>,
}

/// The wish as the store can try it.
///
/// # Errors
/// Why it cannot be had, whatever is free.
pub(crate) fn wish(
    profile: &ShopProfile,
    now: DateTime,
    at: DateTime,
    wanted: &Wanted<'_>,
) -> Result<Wish, Refusal> {
    let outside = |(from, to): (Time, Time)| at.time() < from || at.time() >= to;
    if service_times(profile, wanted.services).is_some_and(outside) {
        return Err(Refusal::ServiceTime);
    }
    let candidates = match &profile.booking {
        Some(BookingRules::Tables(rules)) => rules.candidates(&profile.hours, now, at, wanted.party),
        Some(BookingRules::Staff(rules)) => {
            let wish = StaffWish {
                at,
                minutes: minutes_of(profile, wanted.services),
                services: wanted.services,
                staff: wanted.staff,
            };
            rules.candidates(&profile.hours, now, &wish)
        }
        None => Err(Refusal::Service),
    }?;
    Ok(Wish {
        at,
        minutes: candidates.minutes,
        candidates: candidates.resources,
    })
}

/// The times of the day within which services may begin, if one of them is not done all day.
pub(crate) fn service_times(profile: &ShopProfile, services: &[String]) -> Option<(Time, Time)> {
    let known = profile.services.iter().filter(|s| services.contains(&s.name));
    let bounds = known.filter_map(|s| s.between);
    bounds.reduce(|a, b| (a.0.max(b.0), a.1.min(b.1)))
}

/// How long services take one after another.
pub(crate) fn minutes_of(profile: &ShopProfile, services: &[String]) -> u32 {
    let length = |name: &String| profile.services.iter().find(|s| s.name == *name);
    services.iter().filter_map(length).map(|s| s.minutes).sum()
}
