//! What follows from the rules for one event. Pure: the time comes in.

use biseo_model::shop::{Hours, OpenOn};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::event::Kind;
use crate::rules::{ChannelKind, Notices, Reader, Rule, When};

/// Days that are looked through for the next opening or closing.
const FAR: i64 = 21;
/// Quiet times that can follow each other without a gap before an event is told anyway.
const MOST_MOVES: usize = 64;

/// One reader is told, by these channels, at this time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan<'a> {
    /// Who.
    pub reader: &'a Reader,
    /// By what, each once.
    pub by: Vec<ChannelKind>,
    /// When, at the earliest. Notices of one reader that are due together are sent as one.
    pub due: Timestamp,
    /// Whether it goes before all others.
    pub urgent: bool,
}

/// Who is to be told of an event that happens at `at`, when and by what. `hours` and `zone` are the shop's.
///
/// What is urgent is told at once by all of a reader's channels, whatever the rules and quiet times are.
#[must_use]
pub fn decide<'a>(
    notices: &'a Notices,
    (hours, zone): (&Hours, &TimeZone),
    kind: Kind,
    at: Timestamp,
) -> Vec<Plan<'a>> {
    let plan = |reader: &'a Reader| for_reader(reader, (hours, zone), kind, at);
    notices.reader.iter().filter_map(plan).collect()
}

fn for_reader<'a>(
    reader: &'a Reader,
    (hours, zone): (&Hours, &TimeZone),
    kind: Kind,
    at: Timestamp,
) -> Option<Plan<'a>> {
    if kind.is_urgent() {
        return Some(Plan {
            reader,
            by: each_once(&reader.by),
            due: at,
            urgent: true,
        });
    }
    let rule = reader.rule.iter().find(|rule| fits(rule, kind, at, zone));
    let when = rule.map_or(When::AtOnce, |r| r.when);
    let by = rule.and_then(|r| r.by.as_ref()).unwrap_or(&reader.by);
    let due = after_quiet(reader, first(when, (hours, zone), at)?, zone);
    Some(Plan {
        reader,
        by: each_once(by),
        due,
        urgent: false,
    })
}

fn fits(rule: &Rule, kind: Kind, at: Timestamp, zone: &TimeZone) -> bool {
    let timely = rule
        .within
        .as_ref()
        .is_none_or(|w| w.end_after(at, zone).is_some());
    timely && rule.events.iter().any(|about| about.covers(kind))
}

fn each_once(by: &[ChannelKind]) -> Vec<ChannelKind> {
    let mut by = by.to_vec();
    by.sort_unstable();
    by.dedup();
    by
}

/// The first time at or after `at` that a rule means. A shop that does not open for three weeks is told at once.
fn first(when: When, (hours, zone): (&Hours, &TimeZone), at: Timestamp) -> Option<Timestamp> {
    let opens = |day| open_span(hours, day).map(|(open, _)| open);
    let closes = |day| open_span(hours, day).map(|(_, close)| close);
    match when {
        When::Never => None,
        When::AtOnce => Some(at),
        When::Hourly => Some(next_hour(at, zone)),
        When::Opening => Some(next(at, zone, opens).unwrap_or(at)),
        When::Closing => Some(next(at, zone, closes).unwrap_or(at)),
        When::At(time) => Some(next(at, zone, |day| Some(day.to_datetime(time))).unwrap_or(at)),
    }
}

/// The first of the times that days have, from yesterday (a day's closing may be past midnight) on.
fn next(at: Timestamp, zone: &TimeZone, of: impl Fn(Date) -> Option<DateTime>) -> Option<Timestamp> {
    let today = zone.to_datetime(at).date();
    (-1..=FAR)
        .filter_map(|ahead| today.checked_add(ahead.days()).ok())
        .filter_map(|day| zone.to_timestamp(of(day)?).ok())
        .find(|time| *time >= at)
}

/// When the shop opens on a day, and when it closes after that.
fn open_span(hours: &Hours, day: Date) -> Option<(DateTime, DateTime)> {
    let OpenOn::Open(open) = hours.open_on(day) else {
        return None;
    };
    let past_midnight = open.close <= open.open || open.close == Time::midnight();
    let last = if past_midnight { day.tomorrow().ok()? } else { day };
    Some((day.to_datetime(open.open), last.to_datetime(open.close)))
}

/// By what has passed of the hour, not by a time on the wall: that can come twice when the clock is set back.
fn next_hour(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let wall = zone.to_datetime(at);
    let into = SignedDuration::new(
        i64::from(wall.minute()) * 60 + i64::from(wall.second()),
        wall.subsec_nanosecond(),
    );
    match into.is_zero() {
        true => at,
        false => at.checked_add(SignedDuration::from_hours(1) - into).unwrap_or(at),
    }
}

/// Moves a time out of the reader's quiet times.
pub(crate) fn after_quiet(reader: &Reader, mut due: Timestamp, zone: &TimeZone) -> Timestamp {
    for _ in 0..MOST_MOVES {
        match reader.quiet.iter().find_map(|window| window.end_after(due, zone)) {
            Some(end) => due = end,
            None => break,
        }
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
        [[reader]]
        id = "owner"
        by = ["push", "email", "push"]
        email = "owner@example.com"
        quiet = [{ from = "12:00", to = "13:30" }, { from = "13:30", to = "14:00", days = ["thu"] }]
        [[reader.rule]]
        events = ["booking"]
        within = { from = "23:00", to = "08:00" }
        when = "opening"
        [[reader.rule]]
        events = ["booking"]
        when = "at_once"
        [[reader.rule]]
        events = ["message", "missed"]
        when = "closing"
        by = ["email"]
        [[reader.rule]]
        events = ["digest"]
        when = "21:30"
        [[reader.rule]]
        events = ["order"]
        when = "hourly"
        [[reader.rule]]
        events = ["check_in"]
        when = "never"
    "#;

    /// Open from 11:00 to 22:00, Fridays and Saturdays from 15:00 to 02:00, never on Mondays.
    fn hours() -> Hours {
        let mut text = String::from("[week]\n");
        for day in ["tue", "wed", "thu", "sun"] {
            text.push_str(&format!("{day} = {{ open = \"11:00\", close = \"22:00\" }}\n"));
        }
        for day in ["fri", "sat"] {
            text.push_str(&format!("{day} = {{ open = \"15:00\", close = \"02:00\" }}\n"));
        }
        toml::from_str(&text).unwrap()
    }

    fn due(kind: Kind, at: &str) -> Option<String> {
        let zone = TimeZone::get("Asia/Seoul").unwrap();
        let rules = Notices::from_toml(RULES).unwrap();
        let at = zone.to_timestamp(at.parse().unwrap()).unwrap();
        let plans = decide(&rules, (&hours(), &zone), kind, at);
        plans
            .first()
            .map(|p| zone.to_datetime(p.due).strftime("%d %H:%M").to_string())
    }

    /// 26 November 2026 is a Thursday.
    #[test]
    fn each_event_comes_when_the_owner_wants_it() {
        use Kind::{
            BookingMade, CallMissed, CheckInAlert, CheckInAnswered, DigestReady, MessageLeft, OrderMade,
            Urgent,
        };
        for (kind, at, expected) in [
            (BookingMade, "2026-11-26T11:59", Some("26 11:59")),
            // Nothing during lunch; on Thursdays the two quiet times follow each other.
            (BookingMade, "2026-11-26T12:10", Some("26 14:00")),
            (BookingMade, "2026-11-25T12:10", Some("25 13:30")),
            // At night bookings wait for the opening: on Friday at 15:00, over Monday until Tuesday at 11:00.
            (BookingMade, "2026-11-27T02:30", Some("27 15:00")),
            (BookingMade, "2026-11-29T23:30", Some("01 11:00")),
            (MessageLeft, "2026-11-26T18:00", Some("26 22:00")),
            (CallMissed, "2026-11-26T22:00", Some("26 22:00")),
            // Friday's closing is on Saturday at two.
            (MessageLeft, "2026-11-26T22:01", Some("28 02:00")),
            (MessageLeft, "2026-11-28T01:30", Some("28 02:00")),
            (DigestReady, "2026-11-26T21:29", Some("26 21:30")),
            (DigestReady, "2026-11-26T21:31", Some("27 21:30")),
            (OrderMade, "2026-11-26T11:20", Some("26 14:00")),
            (OrderMade, "2026-11-26T15:00", Some("26 15:00")),
            (OrderMade, "2026-11-26T15:01", Some("26 16:00")),
            (CheckInAnswered, "2026-11-26T15:01", None),
            (CheckInAlert, "2026-11-26T12:10", Some("26 12:10")),
            (Urgent, "2026-11-26T03:10", Some("26 03:10")),
        ] {
            assert_eq!(due(kind, at).as_deref(), expected, "{kind:?} at {at}");
        }
    }

    #[test]
    fn channels_are_the_rules_or_the_readers_and_all_when_urgent() {
        let zone = TimeZone::get("Asia/Seoul").unwrap();
        let rules = Notices::from_toml(RULES).unwrap();
        let by = |kind| {
            decide(&rules, (&hours(), &zone), kind, Timestamp::UNIX_EPOCH)[0]
                .by
                .clone()
        };
        assert_eq!(by(Kind::MessageLeft), [ChannelKind::Email]);
        assert_eq!(by(Kind::BookingMade), [ChannelKind::Push, ChannelKind::Email]);
        assert_eq!(by(Kind::Urgent), [ChannelKind::Push, ChannelKind::Email]);
    }

    #[test]
    fn quiet_times_without_an_end_do_not_swallow_anything() {
        let zone = TimeZone::get("Asia/Seoul").unwrap();
        let rules = Notices::from_toml(
            "[[reader]]\nid = \"o\"\nby = [\"push\"]\nquiet = [{ from = \"00:00\", to = \"12:00\" }, { from = \"12:00\", to = \"00:00\" }]",
        )
        .unwrap();
        assert_eq!(
            decide(
                &rules,
                (&hours(), &zone),
                Kind::BookingMade,
                Timestamp::UNIX_EPOCH
            )
            .len(),
            1
        );
    }

    proptest::proptest! {
        /// Never before it happens, never in a quiet time, and urgent ones at once.
        #[test]
        fn a_notice_is_neither_early_nor_in_a_quiet_time(
            minute in 0i64..1_500_000, kind in 0usize..11, zone in 0usize..3,
        ) {
            let zone = TimeZone::get(["Asia/Seoul", "Europe/Berlin", "America/New_York"][zone]).unwrap();
            let rules = Notices::from_toml(RULES).unwrap();
            let at = Timestamp::from_second(1_770_000_000 + minute * 60).unwrap();
            let kind = Kind::ALL[kind];
            for plan in decide(&rules, (&hours(), &zone), kind, at) {
                proptest::prop_assert!(plan.due >= at);
                proptest::prop_assert!(plan.due.duration_since(at) <= SignedDuration::from_hours(24 * 5));
                let quiet = plan.reader.quiet.iter().any(|w| w.end_after(plan.due, &zone).is_some());
                proptest::prop_assert!(kind.is_urgent() || !quiet);
                proptest::prop_assert!(!kind.is_urgent() || plan.due == at);
            }
        }
    }
}
