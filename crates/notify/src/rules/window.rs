//! A time of the day, on some weekdays.

use biseo_model::shop::Day;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// From one time of the shop's clock to another, on the named weekdays. If `to` is not after `from` it lasts into the next day and
/// belongs to the day on which it begins.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// It begins.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub from: Time,
    /// It ends, and this instant is outside.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub to: Time,
    /// On these weekdays; left out: on all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<String>>))]
    pub days: Option<Vec<Day>>,
}

impl Window {
    /// # Errors
    /// Why it is no time at all.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.from == self.to {
            return Err("from and to are the same".into());
        }
        if self.days.as_ref().is_some_and(Vec::is_empty) {
            return Err("days is empty; leave it out for every day".into());
        }
        Ok(())
    }

    /// When the window that covers an instant ends; `None` if none does.
    #[must_use]
    pub fn end_after(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let today = zone.to_datetime(at).date();
        let begun_on = [today.yesterday().ok(), Some(today)];
        begun_on.into_iter().flatten().find_map(|day| {
            let (from, to) = self.on(day, zone)?;
            (from <= at && at < to).then_some(to)
        })
    }

    /// The window that begins on a day. On a day on which the clock is changed a time that does not exist is taken an hour later, and
    /// of one that comes twice the first (RFC 5545 §3.3.5).
    fn on(&self, day: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let counts = self
            .days
            .as_ref()
            .is_none_or(|days| days.contains(&Day::from(day.weekday())));
        if !counts {
            return None;
        }
        let last = if self.to > self.from {
            day
        } else {
            day.checked_add(1.day()).ok()?
        };
        let from = zone.to_timestamp(day.to_datetime(self.from)).ok()?;
        let to = zone.to_timestamp(last.to_datetime(self.to)).ok()?;
        Some((from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: &str, to: &str, days: Option<Vec<Day>>) -> Window {
        Window {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            days,
        }
    }

    fn end(window: &Window, at: &str, zone: &str) -> Option<String> {
        let zone = TimeZone::get(zone).unwrap();
        let at = zone.to_timestamp(at.parse().unwrap()).unwrap();
        window
            .end_after(at, &zone)
            .map(|t| zone.to_datetime(t).to_string())
    }

    #[test]
    fn it_ends_on_its_day_or_the_next() {
        let lunch = window("12:00", "13:30", None);
        for (at, ends) in [
            ("2026-11-26T11:59:59", None),
            ("2026-11-26T12:00:00", Some("2026-11-26T13:30:00")),
            ("2026-11-26T13:30:00", None),
        ] {
            assert_eq!(end(&lunch, at, "Asia/Seoul").as_deref(), ends, "{at}");
        }
        // 27 November 2026 is a Friday.
        let night = window("22:00", "07:00", Some(vec![Day::Fri]));
        for (at, ends) in [
            ("2026-11-27T06:00:00", None),
            ("2026-11-27T23:00:00", Some("2026-11-28T07:00:00")),
            ("2026-11-28T06:59:00", Some("2026-11-28T07:00:00")),
            ("2026-11-28T23:00:00", None),
        ] {
            assert_eq!(end(&night, at, "Asia/Seoul").as_deref(), ends, "{at}");
        }
    }

    #[test]
    fn a_changed_clock_does_not_hurt() {
        // In Berlin 02:30 does not exist on 29 March 2026 and comes twice on 25 October.
        let night = window("02:30", "06:00", None);
        assert_eq!(end(&night, "2026-03-29T03:15:00", "Europe/Berlin"), None);
        assert_eq!(
            end(&night, "2026-03-29T03:45:00", "Europe/Berlin").unwrap(),
            "2026-03-29T06:00:00"
        );
        assert_eq!(
            end(&night, "2026-10-25T02:45:00", "Europe/Berlin").unwrap(),
            "2026-10-25T06:00:00"
        );
    }
}
