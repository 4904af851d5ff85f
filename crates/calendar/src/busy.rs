//! Busy times out of somebody else's calendar (RFC 5545): text in, spans on the shop's clock out. Pure; limits on everything.

use std::collections::{BTreeMap, BTreeSet};

use calcard::common::timezone::Tz;
use calcard::icalendar::dates::TimeOrDelta;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarFrequency,
    ICalendarProperty, ICalendarStatus, ICalendarTransparency, ICalendarValue,
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
/// joined. Transparent, cancelled and our own events do not count; times without a zone are the shop's, days without a time are
/// whole days. An event that moves one of a series counts at its new time; one that changes "this and all following" counts for
/// itself only. Series of hours, minutes or seconds are not followed.
///
/// # Errors
/// [`BusyError`].
pub fn busy(
    text: &str,
    zone: &str,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<(DateTime, DateTime)>, BusyError> {
    if text.len() > MOST_OCTETS {
        return Err(BusyError::TooLarge);
    }
    let tz: Tz = zone.parse().map_err(|()| BusyError::Zone)?;
    let clock = TimeZone::get(zone).map_err(|_| BusyError::Zone)?;
    let calendar = ICalendar::parse(text).map_err(|_| BusyError::Form)?;
    let mut reader = Reader::new(&calendar, tz, (from, to))?;
    for series in series(&calendar)?.values() {
        reader.read(series)?;
    }
    Ok(joined(reader.spans, &clock))
}

/// Events of one UID.
#[derive(Default)]
struct Series<'a> {
    masters: Vec<&'a ICalendarComponent>,
    overrides: Vec<&'a ICalendarComponent>,
}

fn series(calendar: &ICalendar) -> Result<BTreeMap<String, Series<'_>>, BusyError> {
    let events = calendar.components.iter().filter(|c| c.component_type.is_event());
    let (mut all, mut recurring) = (BTreeMap::<String, Series<'_>>::new(), 0);
    for (n, event) in events.enumerate() {
        recurring += usize::from(event.is_recurrent());
        if n >= MOST_EVENTS || recurring > MOST_RECURRING {
            return Err(BusyError::TooLarge);
        }
        let uid = event.uid().map_or_else(|| format!("\0{n}"), ToString::to_string);
        if uid.ends_with(UID_END) {
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
        let zones: Vec<_> = zones.cloned().collect();
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
        let mut components = self.zones.clone();
        components.push(event.clone());
        let alone = ICalendar { components };
        let times = alone.expand_dates(self.tz, MOST_TIMES).events;
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

/// Whether an event makes busy (RFC 5545 §3.8.2.7, §3.8.1.11), and is one that is followed.
fn counts(event: &ICalendarComponent) -> bool {
    let free = event.transparency() == Some(&ICalendarTransparency::Transparent)
        || event.status() == Some(&ICalendarStatus::Cancelled);
    let often = |rule: &ICalendarValue| match rule {
        ICalendarValue::RecurrenceRule(rule) => matches!(
            rule.freq,
            ICalendarFrequency::Hourly | ICalendarFrequency::Minutely | ICalendarFrequency::Secondly
        ),
        _ => false,
    };
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window() -> (Timestamp, Timestamp) {
        (
            "2026-11-24T15:00:00Z".parse().unwrap(),
            "2027-01-24T15:00:00Z".parse().unwrap(),
        )
    }

    fn calendar(events: &str) -> String {
        let zone = "BEGIN:VTIMEZONE\r\nTZID:Korea Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n\
                    TZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
        let events = events.replace('\n', "\r\n");
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{zone}{events}END:VCALENDAR\r\n")
    }

    fn event(lines: &str) -> String {
        format!("BEGIN:VEVENT\nDTSTAMP:20261101T000000Z\n{lines}\nEND:VEVENT\n")
    }

    /// Spans as `25.14:00-25.16:30`: day and time of November.
    fn spans(events: &str) -> Vec<String> {
        let all = busy(&calendar(events), "Asia/Seoul", window()).unwrap();
        let told = |at: DateTime| at.strftime("%d.%H:%M").to_string();
        all.into_iter()
            .map(|(a, b)| format!("{}-{}", told(a), told(b)))
            .collect()
    }

    #[test]
    fn times_in_every_dress() {
        for (lines, expected) in [
            (
                "UID:a\nDTSTART:20261125T050000Z\nDTEND:20261125T073000Z",
                "25.14:00-25.16:30",
            ),
            (
                "UID:a\nDTSTART;TZID=Asia/Seoul:20261125T140000\nDURATION:PT90M",
                "25.14:00-25.15:30",
            ),
            (
                "UID:a\nDTSTART;TZID=Korea Standard Time:20261125T140000\nDTEND;TZID=Korea Standard Time:20261125T150000",
                "25.14:00-25.15:00",
            ),
            (
                "UID:a\nDTSTART;TZID=America/New_York:20261125T000000\nDTEND;TZID=America/New_York:20261125T010000",
                "25.14:00-25.15:00",
            ),
            (
                "UID:a\nDTSTART:20261125T140000\nDTEND:20261125T150000",
                "25.14:00-25.15:00",
            ),
            (
                "UID:a\nDTSTART;VALUE=DATE:20261126\nDTEND;VALUE=DATE:20261128",
                "26.00:00-28.00:00",
            ),
            ("UID:a\nDTSTART;VALUE=DATE:20261126", "26.00:00-27.00:00"),
        ] {
            assert_eq!(spans(&event(lines)), [expected], "{lines}");
        }
    }

    #[test]
    fn what_makes_nobody_busy() {
        let time = "DTSTART:20261125T050000Z\nDTEND:20261125T060000Z";
        for lines in [
            format!("UID:a\nTRANSP:TRANSPARENT\n{time}"),
            format!("UID:a\nSTATUS:CANCELLED\n{time}"),
            format!("UID:b1@haengbok{UID_END}\n{time}"),
            "UID:a\nDTSTART:20261125T050000Z".into(),
            "UID:a\nDTSTART:20261125T050000Z\nDTEND:20261125T040000Z".into(),
            "UID:a\nDTSTART:20201125T050000Z\nDTEND:20201125T060000Z".into(),
            "UID:a\nSUMMARY:no time".into(),
            format!("UID:a\nRRULE:FREQ=SECONDLY\n{time}"),
        ] {
            assert_eq!(spans(&event(&lines)), [""; 0], "{lines}");
        }
    }

    #[test]
    fn series_with_exceptions() {
        let weekly = "UID:a\nDTSTART;TZID=Asia/Seoul:20200101T100000\nDTEND;TZID=Asia/Seoul:20200101T110000\n\
                      RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20261210T000000Z\nEXDATE;TZID=Asia/Seoul:20261202T100000";
        assert_eq!(spans(&event(weekly)), ["25.10:00-25.11:00", "09.10:00-09.11:00"]);
        // Another SEQUENCE, as calendars write it that count changes.
        let moved = "UID:a\nSEQUENCE:3\nRECURRENCE-ID;TZID=Asia/Seoul:20261125T100000\nDTSTART;TZID=Asia/Seoul:20261126T150000\n\
                     DTEND;TZID=Asia/Seoul:20261126T160000";
        let both = event(weekly) + &event(moved);
        assert_eq!(spans(&both), ["26.15:00-26.16:00", "09.10:00-09.11:00"]);
        let gone = "UID:a\nSTATUS:CANCELLED\nRECURRENCE-ID:20261125T010000Z\nDTSTART:20261125T010000Z\nDTEND:20261125T020000Z";
        assert_eq!(spans(&(event(weekly) + &event(gone))), ["09.10:00-09.11:00"]);
        // Another event's exception is none of this one's.
        let other = moved.replace("UID:a", "UID:b");
        assert_eq!(
            spans(&(event(weekly) + &event(&other))),
            ["25.10:00-25.11:00", "26.15:00-26.16:00", "09.10:00-09.11:00"]
        );
    }

    #[test]
    fn spans_that_touch_are_one() {
        let one = |from: &str, to: &str| {
            event(&format!(
                "UID:{from}\nDTSTART:20261125T{from}00Z\nDTEND:20261125T{to}00Z"
            ))
        };
        let events = one("0500", "0600") + &one("0600", "0700") + &one("0530", "0545") + &one("0800", "0900");
        assert_eq!(spans(&events), ["25.14:00-25.16:00", "25.17:00-25.18:00"]);
    }

    #[test]
    fn what_is_no_calendar_or_too_much() {
        for text in [
            "",
            "<html></html>",
            "BEGIN:VCARD\r\nEND:VCARD\r\n",
            "BEGIN:VEVENT\r\nEND:VEVENT\r\n",
        ] {
            assert_eq!(busy(text, "Asia/Seoul", window()), Err(BusyError::Form), "{text}");
        }
        assert_eq!(
            busy(&calendar(""), "Nowhere/Else", window()),
            Err(BusyError::Zone)
        );
        assert_eq!(
            busy(&" ".repeat(MOST_OCTETS + 1), "Asia/Seoul", window()),
            Err(BusyError::TooLarge)
        );
        let rule = event("DTSTART:20261125T050000Z\nDTEND:20261125T060000Z\nRRULE:FREQ=DAILY");
        assert_eq!(
            busy(
                &calendar(&rule.repeat(MOST_RECURRING + 1)),
                "Asia/Seoul",
                window()
            ),
            Err(BusyError::TooLarge)
        );
        assert_eq!(busy(&calendar(""), "Asia/Seoul", window()), Ok(vec![]));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

        #[test]
        fn no_text_panics(octets in prop::collection::vec(any::<u8>(), 0..400), lines in prop::collection::vec(
            "(DTSTART|DTEND|RRULE|EXDATE|RDATE|DURATION|RECURRENCE-ID|UID|TRANSP)(;TZID=[A-Za-z/]{0,8}|;VALUE=DATE)?:\
             ([0-9]{4}(0[1-9]|1[0-2])[0-9]{2}(T[0-9]{6}Z?)?|FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY);(COUNT=[0-9]{1,3}|BYDAY=-?[0-9]?MO)|P?T?[0-9]{1,9}[HMDW])", 0..8)) {
            let _ = busy(&String::from_utf8_lossy(&octets), "Asia/Seoul", window());
            let text = calendar(&event(&lines.join("\n")));
            if let Ok(spans) = busy(&text, "Asia/Seoul", window()) {
                prop_assert!(spans.windows(2).all(|w| w[0].1 < w[1].0));
                prop_assert!(spans.iter().all(|(a, b)| a < b));
            }
        }
    }
}
