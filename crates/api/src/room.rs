//! What could serve a booking: by the shop's rules, and by what is free. The API and the caller's own page ask here.

use biseo_model::ids::BookingId;
use biseo_model::shop::{
    BookingRules, Candidates, OpenOn, Refusal, Service, ShopProfile, StaffRules, StaffWish, TableKind,
    TableRules,
};
use biseo_store::{Asker, Store, Want};
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;

use crate::problem::{Fault, Problem};
use crate::resources;
use crate::views::{ConflictReason, FreeTime};

/// Times that are told for a day, and resources for each of them, at most.
const TIMES: usize = 144;
const EACH: usize = 40;
/// Alternatives that are told with a conflict.
const ALTERNATIVES: usize = 4;

/// A shop's books at an instant.
#[derive(Clone, Copy)]
pub struct Books<'a> {
    /// What stands in them.
    pub store: &'a Store,
    /// The shop with its rules.
    pub profile: &'a ShopProfile,
    /// The present instant.
    pub now: Timestamp,
}

impl Books<'_> {
    /// The present time on the shop's clock.
    #[must_use]
    pub fn local(&self) -> DateTime {
        let zone = TimeZone::get(&self.profile.zone).unwrap_or(TimeZone::UTC);
        self.now.to_zoned_datetime(zone).datetime()
    }
}

/// What somebody would like.
#[derive(Debug, Clone)]
pub struct Wish {
    /// When it is to begin, on the shop's clock; in [`day`], from when on.
    pub at: DateTime,
    /// Number of persons, from 1.
    pub party: u32,
    /// The services, by their names in the profile; empty for a table.
    pub services: Vec<String>,
    /// The table or member of staff, if it has to be a certain one.
    pub resource: Option<String>,
    /// How long, if not as the rules say; 5 to 1440.
    pub minutes: Option<u32>,
    /// Whether it may be against the shop's rules: for the shop's own people.
    pub outside_rules: bool,
    /// A booking that takes no room: the one that is being moved.
    pub except: Option<BookingId>,
    /// What would do best.
    pub keep: Option<String>,
}

/// What could serve a wish by the rules, best first; nothing is said of what is free.
///
/// # Errors
/// 409 with the reason, or 422 over a field.
pub async fn find(books: &Books<'_>, wish: &Wish) -> Result<Candidates, Problem> {
    if wish.minutes.is_some_and(|m| !(5..=1440).contains(&m)) {
        return Err(Problem::field("minutes", Fault::Form));
    }
    match candidates(books, wish) {
        Ok(found) => Ok(found),
        Err(reason) => Err(conflict(books, wish, reason).await?),
    }
}

/// The conflict, with the nearest times of that day that are free.
///
/// # Errors
/// If the store cannot tell.
pub async fn conflict(books: &Books<'_>, wish: &Wish, reason: ConflictReason) -> Result<Problem, Problem> {
    let all_day = Wish {
        at: wish.at.date().to_datetime(Time::midnight()),
        outside_rules: false,
        ..wish.clone()
    };
    let (mut times, _) = day(books, &all_day).await?;
    let away = |t: &FreeTime| t.time.duration_until(wish.at.time()).abs();
    times.sort_by_key(away);
    times.truncate(ALTERNATIVES);
    Ok(Problem::booking(reason, times))
}

/// What is free on the day of a wish, from its time on; or why nothing can be.
///
/// # Errors
/// If the store cannot tell.
pub async fn day(books: &Books<'_>, wish: &Wish) -> Result<(Vec<FreeTime>, Option<ConflictReason>), Problem> {
    let mut refusal = None;
    let mut times = Vec::new();
    let starts = starts(books, wish);
    for start in starts.iter().filter(|s| **s >= wish.at.time()).take(TIMES) {
        let then = Wish {
            at: wish.at.date().to_datetime(*start),
            ..wish.clone()
        };
        match candidates(books, &then) {
            Ok(found) => times.push((*start, found)),
            Err(why) => refusal = refusal.or(Some(why)),
        }
    }
    if times.is_empty() {
        // Without any start it is the day that will not do.
        let refusal = refusal.or_else(|| candidates(books, wish).err());
        return Ok((times_free(books, wish, &[]).await?, refusal));
    }
    Ok((times_free(books, wish, &times).await?, None))
}

/// Asks the store about each resource at each time, by one reading.
async fn times_free(
    books: &Books<'_>,
    wish: &Wish,
    times: &[(Time, Candidates)],
) -> Result<Vec<FreeTime>, Problem> {
    let date = wish.at.date();
    let names: Vec<Vec<[&str; 1]>> = times
        .iter()
        .map(|(_, c)| c.resources.iter().take(EACH).map(|r| [r.as_str()]).collect())
        .collect();
    let wants = times.iter().zip(&names).flat_map(|((time, c), names)| {
        names.iter().map(move |name| Want {
            date,
            time: *time,
            minutes: c.minutes,
            candidates: name,
        })
    });
    let wants: Vec<Want<'_>> = wants.collect();
    let by = Asker {
        call: None,
        now: books.now,
    };
    let free = books
        .store
        .free(&books.profile.id, &wants, wish.except.as_ref(), by)
        .await?;
    let mut free = wants.iter().zip(free);
    let told = times.iter().zip(&names).map(|((time, c), names)| FreeTime {
        date,
        time: *time,
        minutes: c.minutes,
        resources: free
            .by_ref()
            .take(names.len())
            .filter(|(_, free)| *free)
            .map(|(want, _)| want.candidates[0].to_string())
            .collect(),
    });
    Ok(told.filter(|t| !t.resources.is_empty()).collect())
}

/// The times of a day at which anything may begin.
fn starts(books: &Books<'_>, wish: &Wish) -> Vec<Time> {
    let hours = &books.profile.hours;
    match &books.profile.booking {
        Some(BookingRules::Tables(t)) => t.starts(),
        Some(BookingRules::Staff(s)) => {
            let OpenOn::Open(day) = hours.open_on(wish.at.date()) else {
                return Vec::new();
            };
            let first = day.open.duration_since(Time::midnight()).as_mins();
            let minutes = (first..24 * 60).step_by(s.step_minutes.max(1) as usize);
            let time = |m: i64| Time::new((m / 60).try_into().ok()?, (m % 60).try_into().ok()?, 0, 0).ok();
            minutes.filter_map(time).collect()
        }
        None => Vec::new(),
    }
}

/// What could serve a wish, the one to keep first.
fn candidates(books: &Books<'_>, wish: &Wish) -> Result<Candidates, ConflictReason> {
    let now = books.local();
    let rules = books.profile.booking.as_ref().ok_or(ConflictReason::NoBookings)?;
    sane(now, wish.at)?;
    if let Some(resource) = &wish.resource
        && !resources::all(rules).contains(resource)
    {
        return Err(ConflictReason::Resource);
    }
    let mut found = match rules {
        BookingRules::Tables(t) => table(books, t, now, wish),
        BookingRules::Staff(s) => staff(books, s, now, wish),
    }?;
    if let Some(minutes) = wish.minutes {
        found.minutes = minutes;
    }
    // A stable sort: the rest stays in the order of preference.
    found.resources.sort_by_key(|r| Some(r) != wish.keep.as_ref());
    Ok(found)
}

/// Two years either way, whatever the rules: what lies beyond is a slip of the pen.
fn sane(now: DateTime, at: DateTime) -> Result<(), ConflictReason> {
    match (at.date() - now.date()).get_days() {
        ..-730 => Err(ConflictReason::TooSoon),
        731.. => Err(ConflictReason::TooFar),
        _ => Ok(()),
    }
}

fn table(
    books: &Books<'_>,
    rules: &TableRules,
    now: DateTime,
    wish: &Wish,
) -> Result<Candidates, ConflictReason> {
    let by_rules = rules.candidates(&books.profile.hours, now, wish.at, wish.party);
    let of = |resource: &str| rules.tables.iter().find(|k| is_of(k, resource));
    let stay = |k: &TableKind| k.stay_minutes.unwrap_or(rules.stay_minutes);
    match (&wish.resource, by_rules) {
        // A certain table: it seats the party, and its own length of stay counts.
        (Some(resource), rules) => {
            let kind = of(resource).ok_or(ConflictReason::Resource)?;
            if !wish.outside_rules {
                rules.map_err(reason)?;
                if kind.seats < wish.party {
                    return Err(ConflictReason::TooMany);
                }
            }
            Ok(Candidates {
                resources: vec![resource.clone()],
                minutes: stay(kind),
            })
        }
        (None, Ok(found)) => Ok(found),
        (None, Err(_)) if wish.outside_rules => {
            let fit = rules.tables.iter().filter(|k| k.seats >= wish.party);
            let minutes = fit.clone().map(stay).next().ok_or(ConflictReason::TooMany)?;
            let each = |k: &TableKind| {
                (1..=k.count)
                    .map(|n| format!("{}-{n}", k.name))
                    .collect::<Vec<_>>()
            };
            Ok(Candidates {
                resources: fit.flat_map(each).collect(),
                minutes,
            })
        }
        (None, Err(why)) => Err(reason(why)),
    }
}

/// Whether a table (`name-3`) is of a kind (`name`).
fn is_of(kind: &TableKind, table: &str) -> bool {
    let number = table
        .strip_prefix(kind.name.as_str())
        .and_then(|t| t.strip_prefix('-'));
    number
        .and_then(|n| n.parse::<u32>().ok())
        .is_some_and(|n| (1..=kind.count).contains(&n))
}

fn staff(
    books: &Books<'_>,
    rules: &StaffRules,
    now: DateTime,
    wish: &Wish,
) -> Result<Candidates, ConflictReason> {
    let known = |name: &String| books.profile.services.iter().find(|s| s.name == *name);
    let services: Option<Vec<&Service>> = wish.services.iter().map(known).collect();
    let services = services
        .filter(|s| !s.is_empty())
        .ok_or(ConflictReason::Service)?;
    let minutes = wish
        .minutes
        .unwrap_or_else(|| services.iter().map(|s| s.minutes).sum());
    let elsewhen = |s: &&Service| {
        s.between
            .is_some_and(|(from, to)| wish.at.time() < from || wish.at.time() >= to)
    };
    let by_rules = match services.iter().find(|s| elsewhen(s)) {
        Some(_) => Err(ConflictReason::ServiceTime),
        None => {
            let asked = StaffWish {
                at: wish.at,
                minutes,
                services: &wish.services,
                staff: wish.resource.as_deref(),
            };
            rules
                .candidates(&books.profile.hours, now, &asked)
                .map_err(reason)
        }
    };
    if by_rules.is_ok() || !wish.outside_rules {
        return by_rules;
    }
    let resources = match &wish.resource {
        Some(resource) => vec![resource.clone()],
        None => rules.staff.iter().map(|s| s.name.clone()).collect(),
    };
    Ok(Candidates { resources, minutes })
}

fn reason(why: Refusal) -> ConflictReason {
    match why {
        Refusal::Closed(_) => ConflictReason::Closed,
        Refusal::Time => ConflictReason::Time,
        Refusal::TooSoon => ConflictReason::TooSoon,
        Refusal::TooFar => ConflictReason::TooFar,
        Refusal::TooMany => ConflictReason::TooMany,
        Refusal::StaffOff => ConflictReason::StaffOff,
        Refusal::Service => ConflictReason::Service,
        Refusal::ServiceTime => ConflictReason::ServiceTime,
    }
}
