//! What could serve a booking: by the shop's rules, and by what is free.

use biseo_model::ids::BookingId;
use biseo_model::shop::{
    BookingRules, Candidates, OpenOn, Refusal, Service, StaffRules, StaffWish, TableKind, TableRules,
};
use biseo_store::{Asker, Want};
use jiff::civil::{DateTime, Time};

use crate::auth::May;
use crate::problem::{Fault, Problem};
use crate::resources;
use crate::views::{ConflictReason, FreeTime};

/// Times that are told for a day, and resources for each of them, at most.
const TIMES: usize = 144;
const EACH: usize = 40;
/// Alternatives that are told with a conflict.
const ALTERNATIVES: usize = 4;

/// What somebody would like.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) at: DateTime,
    pub(crate) party: u32,
    pub(crate) services: Vec<String>,
    pub(crate) resource: Option<String>,
    pub(crate) minutes: Option<u32>,
    pub(crate) outside_rules: bool,
    /// A booking that takes no room.
    pub(crate) except: Option<BookingId>,
    /// What would do best.
    pub(crate) keep: Option<String>,
}

/// What could serve a wish by the rules, best first; nothing is said of what is free.
///
/// # Errors
/// 409 with the reason, or 422 over a field.
pub(crate) async fn find<N>(may: &May<N>, wish: &Wish) -> Result<Candidates, Problem> {
    if wish.minutes.is_some_and(|m| !(5..=1440).contains(&m)) {
        return Err(Problem::field("minutes", Fault::Form));
    }
    match candidates(may, wish) {
        Ok(found) => Ok(found),
        Err(reason) => Err(conflict(may, wish, reason).await?),
    }
}

/// The conflict, with the nearest times of that day that are free.
pub(crate) async fn conflict<N>(
    may: &May<N>,
    wish: &Wish,
    reason: ConflictReason,
) -> Result<Problem, Problem> {
    let all_day = Wish {
        at: wish.at.date().to_datetime(Time::midnight()),
        outside_rules: false,
        ..wish.clone()
    };
    let (mut times, _) = day(may, &all_day).await?;
    let away = |t: &FreeTime| t.time.duration_until(wish.at.time()).abs();
    times.sort_by_key(away);
    times.truncate(ALTERNATIVES);
    Ok(Problem::booking(reason, times))
}

/// What is free on the day of a wish, from its time on; or why nothing can be.
pub(crate) async fn day<N>(
    may: &May<N>,
    wish: &Wish,
) -> Result<(Vec<FreeTime>, Option<ConflictReason>), Problem> {
    let mut refusal = None;
    let mut times = Vec::new();
    let starts = starts(may, wish);
    for start in starts.iter().filter(|s| **s >= wish.at.time()).take(TIMES) {
        let then = Wish {
            at: wish.at.date().to_datetime(*start),
            ..wish.clone()
        };
        match candidates(may, &then) {
            Ok(found) => times.push((*start, found)),
            Err(why) => refusal = refusal.or(Some(why)),
        }
    }
    if times.is_empty() {
        // Without any start it is the day that will not do.
        let refusal = refusal.or_else(|| candidates(may, wish).err());
        return Ok((times_free(may, wish, &[]).await?, refusal));
    }
    Ok((times_free(may, wish, &times).await?, None))
}

/// Asks the store about each resource at each time, by one reading.
async fn times_free<N>(
    may: &May<N>,
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
        now: may.api.now(),
    };
    let free = may
        .api
        .store
        .free(&may.shop, &wants, wish.except.as_ref(), by)
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
fn starts<N>(may: &May<N>, wish: &Wish) -> Vec<Time> {
    let hours = &may.profile.hours;
    match &may.profile.booking {
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
fn candidates<N>(may: &May<N>, wish: &Wish) -> Result<Candidates, ConflictReason> {
    let now = may.local();
    let rules = may.profile.booking.as_ref().ok_or(ConflictReason::NoBookings)?;
    sane(now, wish.at)?;
    if let Some(resource) = &wish.resource
        && !resources::all(rules).contains(resource)
    {
        return Err(ConflictReason::Resource);
    }
    let mut found = match rules {
        BookingRules::Tables(t) => table(may, t, now, wish),
        BookingRules::Staff(s) => staff(may, s, now, wish),
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

fn table<N>(
    may: &May<N>,
    rules: &TableRules,
    now: DateTime,
    wish: &Wish,
) -> Result<Candidates, ConflictReason> {
    let by_rules = rules.candidates(&may.profile.hours, now, wish.at, wish.party);
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

fn staff<N>(
    may: &May<N>,
    rules: &StaffRules,
    now: DateTime,
    wish: &Wish,
) -> Result<Candidates, ConflictReason> {
    let known = |name: &String| may.profile.services.iter().find(|s| s.name == *name);
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
            rules.candidates(&may.profile.hours, now, &asked).map_err(reason)
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
