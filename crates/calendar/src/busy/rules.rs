//! Recurrence rules as the library wants them: it counts on the event's own clock, whatever UNTIL is written in.

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendarComponent, ICalendarFrequency, ICalendarProperty, ICalendarRecurrenceRule, ICalendarValue,
};
use jiff::Timestamp;

/// Times of a day that a rule may name; the library makes all of a year at once.
const MOST_A_DAY: usize = 24;

/// Whether a rule is of hours, minutes or seconds, by its frequency or by the times that it names.
pub(super) fn is_often(rule: &ICalendarRecurrenceRule) -> bool {
    let times = [&rule.byhour, &rule.byminute, &rule.bysecond];
    let a_day: usize = times.iter().map(|list| list.len().max(1)).product();
    a_day > MOST_A_DAY
        || matches!(
            rule.freq,
            ICalendarFrequency::Hourly | ICalendarFrequency::Minutely | ICalendarFrequency::Secondly
        )
}

/// Whether an event's first time is told in UTC: then all of its times are.
pub(super) fn in_utc(event: &ICalendarComponent) -> bool {
    let utc = |v: &ICalendarValue| matches!(v, ICalendarValue::PartialDateTime(d) if d.tz_hour.is_some());
    let start = event.property(&ICalendarProperty::Dtstart);
    start.is_some_and(|entry| entry.values.iter().any(utc))
}

/// Ends an event's rules on its own clock (RFC 5545 §3.3.10: UNTIL is UTC where the event has a zone), and no later than `end`.
pub(super) fn bound(event: &mut ICalendarComponent, zone: Tz, end: Timestamp) {
    let values = event.entries.iter_mut().flat_map(|entry| &mut entry.values);
    for value in values {
        if let ICalendarValue::RecurrenceRule(rule) = value {
            // UNTIL and COUNT go not together.
            if rule.count.is_none() {
                rule.until = until(rule.until.as_ref(), zone, end);
            }
        }
    }
}

/// A day without a time counts as a whole.
fn until(given: Option<&PartialDateTime>, zone: Tz, end: Timestamp) -> Option<PartialDateTime> {
    let whole = |at: &PartialDateTime| match at.hour {
        Some(_) => at.clone(),
        None => PartialDateTime {
            hour: Some(23),
            minute: Some(59),
            second: Some(59),
            ..at.clone()
        },
    };
    let last = PartialDateTime::from_utc_timestamp(end.as_second());
    let all = [given.map(whole), Some(last)].into_iter().flatten();
    let first = all.filter_map(|at| at.to_date_time_with_tz(zone)).min()?;
    let local = first.with_timezone(&zone).naive_local();
    Some(PartialDateTime::from_naive_timestamp(local.and_utc().timestamp()))
}
