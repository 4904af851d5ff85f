//! Whose turn it is, of those who wait to be told that the line works again: in order, one after another, never at night. Pure.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::caller::allowed;

/// When the first who waits is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Now.
    Now,
    /// Then, if nothing changes: the one before was told only now, or it is night.
    At(Timestamp),
}

/// The turn of the first in the queue, whose call was over at `over`, where the one before was told at `last` and `gap` lies between two. At night
/// (by the shop's clock) only who has just called is told, as with every text to callers ([`crate::Notifier::tell_caller`]); the others wait
/// behind the first, so that the order is kept.
#[must_use]
pub fn turn(
    over: Timestamp,
    last: Option<Timestamp>,
    gap: SignedDuration,
    now: Timestamp,
    zone: &TimeZone,
) -> Turn {
    let after = last.and_then(|last| last.checked_add(gap).ok());
    let earliest = after.map_or(now, |after| after.max(now));
    match allowed(earliest, Some(over), zone) {
        at if at <= now => Turn::Now,
        at => Turn::At(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seoul() -> TimeZone {
        TimeZone::get("Asia/Seoul").unwrap()
    }

    fn at(time: &str) -> Timestamp {
        let day = format!("2026-11-{time}");
        seoul().to_timestamp(day.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_first_is_told_when_the_gap_is_over_and_it_is_day() {
        let gap = SignedDuration::from_secs(10);
        for (over, last, now, wanted) in [
            ("26T11:50", None, "26T12:00", Turn::Now),
            ("26T11:50", Some("26T11:59:50"), "26T12:00", Turn::Now),
            (
                "26T11:50",
                Some("26T11:59:51"),
                "26T12:00",
                Turn::At(at("26T12:00:01")),
            ),
            // Whoever has just called is answered at night as well,
            ("26T22:55", None, "26T23:00", Turn::Now),
            // but not ten minutes later,
            ("26T22:49", None, "26T23:00", Turn::At(at("27T08:00"))),
            // nor if the gap ends in the night.
            (
                "26T20:00",
                Some("26T20:59:55"),
                "26T20:59:58",
                Turn::At(at("27T08:00")),
            ),
            (
                "26T20:00",
                Some("27T08:00"),
                "27T08:00:01",
                Turn::At(at("27T08:00:10")),
            ),
        ] {
            let got = turn(at(over), last.map(at), gap, at(now), &seoul());
            assert_eq!(got, wanted, "{over} {last:?} {now}");
        }
    }

    /// Tells a queue as the program does, which looks at irregular times; who was told, and when.
    fn told(calls: &[i64], gap: i64, looks: &[i64], begin: Timestamp) -> Vec<(usize, Timestamp)> {
        let (mut now, mut last, mut out) = (begin, None, Vec::new());
        let gap = SignedDuration::from_secs(gap);
        let mut looks = looks.iter().cycle();
        while let Some(over) = calls.get(out.len()) {
            let over = begin - SignedDuration::from_secs(*over);
            match turn(over, last, gap, now, &seoul()) {
                Turn::Now => {
                    out.push((out.len(), now));
                    last = Some(now);
                }
                Turn::At(at) => {
                    assert!(at > now, "it comes nearer");
                    now = at.max(now + SignedDuration::from_millis(*looks.next().unwrap_or(&1)));
                }
            }
        }
        out
    }

    proptest! {
        #[test]
        fn all_are_told_once_in_order_and_never_in_a_burst(
            mut calls in prop::collection::vec(0_i64..7_200, 0..60),
            gap in 1_i64..600,
            looks in prop::collection::vec(1_i64..9_000, 1..8),
            begin in 0_i64..172_800,
        ) {
            calls.sort_unstable_by(|a, b| b.cmp(a));
            let begin = at("26T00:00") + SignedDuration::from_secs(begin);
            let told = told(&calls, gap, &looks, begin);
            let order: Vec<usize> = told.iter().map(|(n, _)| *n).collect();
            prop_assert_eq!(order, (0..calls.len()).collect::<Vec<_>>());
            for pair in told.windows(2) {
                prop_assert!(pair[1].1.duration_since(pair[0].1) >= SignedDuration::from_secs(gap));
            }
            for (n, when) in told {
                let over = begin - SignedDuration::from_secs(calls[n]);
                let night = !(8..21).contains(&seoul().to_datetime(when).hour());
                prop_assert!(!night || when.duration_since(over) <= SignedDuration::from_mins(10));
            }
        }
    }
}
