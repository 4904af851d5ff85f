//! Bookings as an iCalendar text (RFC 5545). Pure: the same bookings give the same text.

use biseo_model::record::{Booking, BookingState};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::line::Lines;
use crate::words::say;

/// What the end of our events' UIDs looks like; such events are never imported.
pub(crate) const UID_END: &str = ".bookings.biseo";

/// A language of calendars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// 한국어
    Ko,
    /// English
    En,
}

/// What a calendar tells.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    /// The shop's name.
    pub shop: &'a str,
    /// The table or member of staff, if it is of one.
    pub resource: Option<&'a str>,
    /// Whether it tells telephone numbers.
    pub phones: bool,
    /// Its language.
    pub language: Language,
    /// The zone of the bookings' times.
    pub zone: &'a TimeZone,
}

impl Calendar<'_> {
    /// The calendar with these bookings, each with how often it was changed. Cancelled ones stay with their state, so that
    /// whoever has read them before takes them away. One whose time is no instant is left out.
    #[must_use]
    pub fn text(&self, bookings: &[(Booking, u32)]) -> String {
        let mut lines = Lines::default();
        lines.put("BEGIN", "VCALENDAR");
        lines.put("VERSION", "2.0");
        lines.put("PRODID", "-//Biseo//Bookings//KO");
        lines.put("CALSCALE", "GREGORIAN");
        // RFC 7986 §5.1 and §5.7, and what programs read that do not know it.
        lines.text("NAME", &self.name());
        lines.text("X-WR-CALNAME", &self.name());
        lines.put("REFRESH-INTERVAL;VALUE=DURATION", "PT15M");
        lines.put("X-PUBLISHED-TTL", "PT15M");
        for (booking, changes) in bookings {
            self.event(&mut lines, booking, *changes);
        }
        lines.put("END", "VCALENDAR");
        lines.done()
    }

    fn name(&self) -> String {
        match self.resource {
            Some(resource) => self.say("calendar_of", &[("shop", self.shop), ("resource", resource)]),
            None => self.say("calendar", &[("shop", self.shop)]),
        }
    }

    fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        say(self.language, key, values)
    }

    fn event(&self, lines: &mut Lines, b: &Booking, changes: u32) {
        let Ok(start) = self.zone.to_timestamp(b.date.to_datetime(b.time)) else {
            return;
        };
        let Ok(end) = start.checked_add(i64::from(b.minutes).minutes()) else {
            return;
        };
        let state = match b.state {
            BookingState::Confirmed => "CONFIRMED",
            BookingState::Cancelled => "CANCELLED",
        };
        lines.put("BEGIN", "VEVENT");
        lines.put("UID", &format!("{}@{}{UID_END}", b.id, b.shop));
        // When it was changed is not kept; programs go by the number of changes.
        lines.put("DTSTAMP", &utc(b.made));
        lines.put("SEQUENCE", &changes.to_string());
        lines.put("DTSTART", &utc(start));
        lines.put("DTEND", &utc(end));
        lines.put("STATUS", state);
        lines.put(
            "TRANSP",
            if b.state == BookingState::Confirmed {
                "OPAQUE"
            } else {
                "TRANSPARENT"
            },
        );
        lines.text("SUMMARY", &self.summary(b));
        let description = self.description(b);
        if !description.is_empty() {
            lines.text("DESCRIPTION", &description);
        }
        lines.put("END", "VEVENT");
    }

    fn summary(&self, b: &Booking) -> String {
        let summary = self.say("summary", &[("name", &b.name), ("n", &b.party_size.to_string())]);
        match b.state {
            BookingState::Confirmed => summary,
            BookingState::Cancelled => self.say("cancelled", &[("summary", &summary)]),
        }
    }

    fn description(&self, b: &Booking) -> String {
        let mut all = Vec::new();
        if !b.services.is_empty() {
            all.push(self.say("services", &[("list", &b.services.join(", "))]));
        }
        if self.resource.is_none() && !b.resource.is_empty() {
            all.push(self.say("resource", &[("resource", &b.resource)]));
        }
        if self.phones {
            all.push(self.say("phone", &[("phone", &b.phone.grouped())]));
        }
        all.join("\n")
    }
}

/// `20261126T103000Z` (RFC 5545 §3.3.5, form 2).
fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use biseo_model::ids::{BookingId, ShopId};
    use biseo_model::phone::PhoneNumber;
    use calcard::icalendar::ICalendar;
    use jiff::civil::{date, time};

    use super::*;

    fn booking() -> Booking {
        Booking {
            id: BookingId::new("b1").unwrap(),
            shop: ShopId::new("haengbok").unwrap(),
            call: None,
            date: date(2026, 11, 26),
            time: time(19, 30, 0, 0),
            minutes: 120,
            party_size: 4,
            name: "김민수\r\nATTENDEE:x".into(),
            phone: PhoneNumber::parse("010-2345-6789").unwrap(),
            resource: "4인석-1".into(),
            services: vec![
                "뿌리염색; 두피 관리, 그리고 긴 이름의 다른 서비스와 그 설명".into(),
                "커트".into(),
            ],
            requests: vec!["창가 자리".into()],
            state: BookingState::Confirmed,
            made: "2026-11-25T06:00:00Z".parse().unwrap(),
        }
    }

    fn text(phones: bool, bookings: &[(Booking, u32)]) -> String {
        let zone = TimeZone::get("Asia/Seoul").unwrap();
        let calendar = Calendar {
            shop: "행복식당",
            resource: None,
            phones,
            language: Language::Ko,
            zone: &zone,
        };
        calendar.text(bookings)
    }

    #[test]
    fn an_event_has_what_programs_need() {
        let text = text(false, &[(booking(), 3)]);
        for line in [
            "UID:b1@haengbok.bookings.biseo",
            "DTSTAMP:20261125T060000Z",
            "SEQUENCE:3",
            "DTSTART:20261126T103000Z",
            "DTEND:20261126T123000Z",
            "STATUS:CONFIRMED",
            "SUMMARY:김민수\\nATTENDEE:x 4명",
            "X-WR-CALNAME:행복식당 예약",
        ] {
            assert!(text.contains(&format!("\r\n{line}\r\n")), "{line} in {text}");
        }
        assert!(text.lines().all(|l| l.len() <= 75));
        assert!(!text.contains("\r\nATTENDEE"), "a name adds no line");
        assert!(!text.contains("2345") && !text.contains("창가"));
    }

    #[test]
    fn numbers_are_told_to_those_who_may() {
        assert!(text(true, &[(booking(), 0)]).contains("010-2345-6789"));
    }

    #[test]
    fn a_cancelled_one_says_so() {
        let gone = Booking {
            state: BookingState::Cancelled,
            ..booking()
        };
        let text = text(false, &[(gone, 1)]);
        assert!(text.contains("\r\nSTATUS:CANCELLED\r\n") && text.contains("SUMMARY:[취소]"));
    }

    /// A second opinion: another program's parser reads it and gives the texts back.
    #[test]
    fn it_is_read_by_another() {
        let read = ICalendar::parse(text(true, &[(booking(), 3), (booking(), 4)])).unwrap();
        let events: Vec<_> = read
            .components
            .iter()
            .filter(|c| c.component_type.is_event())
            .collect();
        assert_eq!(events.len(), 2);
        let summary = events[0]
            .property(&calcard::icalendar::ICalendarProperty::Description)
            .unwrap();
        let said = summary.values[0].as_text().unwrap();
        assert_eq!(
            said,
            "시술·서비스: 뿌리염색; 두피 관리, 그리고 긴 이름의 다른 서비스와 그 설명, 커트\n자리·담당: 4인석-1\n전화: 010-2345-6789"
        );
    }
}
