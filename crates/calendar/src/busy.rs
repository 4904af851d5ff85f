//! Busy times out of somebody else's calendar (RFC 5545): text in, spans on the shop's clock out. Pure; limits on everything.

mod rules;

use std::collections::{BTreeMap, BTreeSet};

use biseo_model::ids::ShopId;
use calcard::common::timezone::Tz;
use calcard::icalendar::dates::TimeOrDelta;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarProperty,
    ICalendarStatus, ICalendarTransparency, ICalendarValue,
};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::feed::UID_END;

/// Octets of a calendar at most.
pub const MOST_OCTETS: usize = 4 * 1024 * 1024;
/// Events at most, and those among them that recur.
const MOST_EVENTS: usize = 20_000;
const MOST_RECURRING: usize = 500;
/// Times of one event that are looked at, from its first on: 30 years of days.
const MOST_TIMES: usize = 11_000;
/// The same for all events together.
const MOST_ALL: usize = 500_000;
/// Spans at most.
const MOST_SPANS: usize = 5000;
/// A span is cut to so many days.
const LONGEST: i64 = 366;

/// Why a calendar gives no busy times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BusyError {
    /// It is too long, or holds too much.
    #[error("the calendar is too large")]
    TooLarge,
    /// It is no calendar.
    #[error("this is no iCalendar text")]
    Form,
    /// The shop's zone is not known.
    #[error("the zone is not known")]
    Zone,
}

/// The spans of `from` to `to` in which somebody is busy, on the clock of `zone` (an IANA name), in order, those that touch
/// joined. Transparent and cancelled events do not count, nor those of the shop's own feed; times without a zone are the shop's, days without a time are
/// whole days. An event that moves one of a series counts at its new time; one that changes "this and all following" counts for
/// itself only. Series of hours, minutes or seconds are not followed.
///
/// # Errors
/// [`BusyError`].
pub fn busy(
    text: &str,
    (shop, zone): (&ShopId, &str),
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<(DateTime, DateTime)>, BusyError> {
    if text.len() > MOST_OCTETS {
        return Err(BusyError::TooLarge);
    }
    let tz: Tz = zone.parse().map_err(|()| BusyError::Zone)?;
    let clock = TimeZone::get(zone).map_err(|_| BusyError::Zone)?;
    if !is_whole(text) {
        return Err(BusyError::Form);
    }
    let calendar = ICalendar::parse(text).map_err(|_| BusyError::Form)?;
    let mut reader = Reader::new(&calendar, tz, (from, to))?;
    for series in series(&calendar, shop)?.values() {
        reader.read(series)?;
    }
    Ok(joined(reader.spans, &clock))
}

/// Whether a text ends as a calendar does: of one that broke off the library reads what there is, and what is missing would be free.
fn is_whole(text: &str) -> bool {
    const END: &str = "END:VCALENDAR";
    let text = text.trim_end();
    let end = text.len().checked_sub(END.len()).and_then(|at| text.get(at..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(END))
}

/// Events of one UID.
#[derive(Default)]
struct Series<'a> {
    masters: Vec<&'a ICalendarComponent>,
    overrides: Vec<&'a ICalendarComponent>,
}

fn series<'a>(calendar: &'a ICalendar, shop: &ShopId) -> Result<BTreeMap<String, Series<'a>>, BusyError> {
    let own = format!("@{shop}{UID_END}");
    let events = calendar.components.iter().filter(|c| c.component_type.is_event());
    let (mut all, mut recurring) = (BTreeMap::<String, Series<'a>>::new(), 0);
    for (n, event) in events.enumerate() {
        recurring += usize::from(event.is_recurrent());
        if n >= MOST_EVENTS || recurring > MOST_RECURRING {
            return Err(BusyError::TooLarge);
        }
        let uid = event.uid().map_or_else(|| format!("\0{n}"), ToString::to_string);
        if uid.ends_with(&own) {
            continue;
        }
        let series = all.entry(uid).or_default();
        match event.is_recurrence_override() {
            true => series.overrides.push(event),
            false => series.masters.push(event),
        }
    }
    Ok(all)
}

struct Reader {
    zones: Vec<ICalendarComponent>,
    tz: Tz,
    window: (Timestamp, Timestamp),
    times: usize,
    spans: Vec<(Timestamp, Timestamp)>,
}

impl Reader {
    fn new(calendar: &ICalendar, tz: Tz, window: (Timestamp, Timestamp)) -> Result<Self, BusyError> {
        let is_calendar = |c: &ICalendarComponent| c.component_type == ICalendarComponentType::VCalendar;
        if !calendar.components.iter().any(is_calendar) {
            return Err(BusyError::Form);
        }
        let zones = calendar.components.iter();
        let zones = zones.filter(|c| c.component_type == ICalendarComponentType::VTimezone);
        let zones: Vec<_> = zones.map(named).collect();
        if zones.len() > 200 {
            return Err(BusyError::TooLarge);
        }
        Ok(Self {
            zones,
            tz,
            window,
            times: 0,
            spans: Vec::new(),
        })
    }

    /// An override takes its one time out of the series, whatever has become of it.
    fn read(&mut self, series: &Series<'_>) -> Result<(), BusyError> {
        let mut moved = BTreeSet::new();
        for event in &series.overrides {
            moved.extend(self.starts(&original(event)));
            let alone = without(
                event,
                &[ICalendarProperty::RecurrenceId, ICalendarProperty::Rrule],
            );
            self.keep(&alone, &BTreeSet::new())?;
        }
        for event in &series.masters {
            self.keep(event, &moved)?;
        }
        Ok(())
    }

    fn keep(&mut self, event: &ICalendarComponent, moved: &BTreeSet<Timestamp>) -> Result<(), BusyError> {
        if !counts(event) {
            return Ok(());
        }
        for (start, end) in self.expanded(event) {
            self.times += 1;
            let inside = start < self.window.1 && end > self.window.0;
            if inside && start < end && !moved.contains(&start) {
                self.spans.push((start, end));
            }
        }
        match self.times > MOST_ALL || self.spans.len() > 4 * MOST_SPANS {
            true => Err(BusyError::TooLarge),
            false => Ok(()),
        }
    }

    fn starts(&self, event: &ICalendarComponent) -> Vec<Timestamp> {
        self.expanded(event).into_iter().map(|(start, _)| start).collect()
    }

    /// Each event alone, as the library tells series apart by their SEQUENCE and not by their UID.
    fn expanded(&self, event: &ICalendarComponent) -> Vec<(Timestamp, Timestamp)> {
        let mut event = event.clone();
        let default = if rules::in_utc(&event) { Tz::UTC } else { self.tz };
        let mut alone = ICalendar {
            components: self.zones.clone(),
        };
        let zones = alone.build_owned_tz_resolver().with_default(default);
        let start = event.property(&ICalendarProperty::Dtstart);
        let zone = zones.resolve_or_default(start.and_then(ICalendarEntry::tz_id));
        rules::bound(&mut event, zone, self.window.1);
        alone.components.push(event);
        let times = alone.expand_dates(default, MOST_TIMES).events;
        let span = times.into_iter().filter_map(|event| {
            let start = Timestamp::from_second(event.start.timestamp()).ok()?;
            let end = match event.end {
                TimeOrDelta::Time(end) => Timestamp::from_second(end.timestamp()).ok()?,
                TimeOrDelta::Delta(d) => start
                    .checked_add(SignedDuration::from_secs(d.num_seconds()))
                    .ok()?,
            };
            let most = start.checked_add(SignedDuration::from_hours(24 * LONGEST)).ok()?;
            Some((start, end.min(most)))
        });
        span.collect()
    }
}

/// Of a zone its name, and what programs write beside it to tell which one it is: all that the library looks at.
fn named(zone: &ICalendarComponent) -> ICalendarComponent {
    let tells = |entry: &&ICalendarEntry| match &entry.name {
        ICalendarProperty::Tzid => true,
        ICalendarProperty::Other(name) => ["X-LIC-LOCATION", "X-MICROSOFT-CDO-TZID"].contains(&name.as_str()),
        _ => false,
    };
    ICalendarComponent {
        component_type: zone.component_type.clone(),
        component_ids: Vec::new(),
        entries: zone.entries.iter().filter(tells).take(3).cloned().collect(),
    }
}

/// Whether an event makes busy (RFC 5545 §3.8.2.7, §3.8.1.11), and is one that is followed.
fn counts(event: &ICalendarComponent) -> bool {
    let free = event.transparency() == Some(&ICalendarTransparency::Transparent)
        || event.status() == Some(&ICalendarStatus::Cancelled);
    let often =
        |rule: &ICalendarValue| matches!(rule, ICalendarValue::RecurrenceRule(r) if rules::is_often(r));
    let rules = event.properties(&ICalendarProperty::Rrule);
    !free && !rules.into_iter().flat_map(|e| &e.values).any(often) && !is_point(event)
}

/// A time without an end takes none (RFC 5545 §3.6.1); the library would take the rest of the day for it.
fn is_point(event: &ICalendarComponent) -> bool {
    let has = |p: &ICalendarProperty| event.has_property(p);
    let timed =
        |value: &ICalendarValue| matches!(value, ICalendarValue::PartialDateTime(d) if d.hour.is_some());
    let start = event.property(&ICalendarProperty::Dtstart);
    let timed = start.is_some_and(|e| e.values.iter().any(timed));
    timed && !has(&ICalendarProperty::Dtend) && !has(&ICalendarProperty::Duration)
}

/// An event at the time that an override stands for.
fn original(event: &ICalendarComponent) -> ICalendarComponent {
    let mut alone = without(
        event,
        &[
            ICalendarProperty::Dtstart,
            ICalendarProperty::Dtend,
            ICalendarProperty::Rrule,
            ICalendarProperty::Rdate,
        ],
    );
    let at = alone
        .entries
        .iter()
        .position(|e| e.name == ICalendarProperty::RecurrenceId);
    if let Some(at) = at {
        let id: ICalendarEntry = alone.entries.swap_remove(at);
        alone.entries.push(ICalendarEntry {
            name: ICalendarProperty::Dtstart,
            ..id
        });
    }
    alone
}

fn without(event: &ICalendarComponent, names: &[ICalendarProperty]) -> ICalendarComponent {
    let mut alone = event.clone();
    alone.entries.retain(|e| !names.contains(&e.name));
    alone
}

/// In order, those that touch joined, on a clock.
fn joined(mut spans: Vec<(Timestamp, Timestamp)>, clock: &TimeZone) -> Vec<(DateTime, DateTime)> {
    spans.sort_unstable();
    let mut out: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (from, to) in spans {
        match out.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => out.push((from, to)),
        }
    }
    let local = |at: Timestamp| clock.to_datetime(at);
    out.into_iter()
        .take(MOST_SPANS)
        .map(|(from, to)| (local(from), local(to)))
        .collect()
}

#[cfg(test)]
mod tests;
