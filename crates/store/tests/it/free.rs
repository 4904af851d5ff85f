//! What is told to be free is what could be booked.

use crate::common::{open, shop, wish};
use biseo_model::ids::BookingId;
use biseo_model::record::Booking;
use biseo_store::{Booked, Want};
use jiff::ToSpan;
use jiff::civil::{DateTime, date, time};
use proptest::prelude::*;

const ROOMS: &[&str] = &["t0", "t1"];

fn want(hour: i8, minute: i8, minutes: u32, candidates: &'static [&'static str]) -> Want<'static> {
    Want {
        date: date(2026, 11, 25),
        time: time(hour, minute, 0, 0),
        minutes,
        candidates,
    }
}

#[tokio::test]
async fn told_wish_by_wish() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    for (id, room) in [("a", "t0"), ("b", "t1")] {
        store
            .book(&wish(id, "haengbok", 19, 0, 120), &[room])
            .await
            .unwrap();
    }
    let wishes = [
        want(19, 0, 60, ROOMS),
        want(17, 0, 120, ROOMS), // ends when the others begin
        want(17, 0, 121, ROOMS), // a minute more
        want(21, 0, 60, ROOMS),
        want(20, 59, 1, &["t0", "t1", "t2"]),
        want(19, 0, 60, &[]),
        want(9, 0, 0, ROOMS),
        Want {
            date: date(2026, 11, 26),
            ..want(19, 0, 60, ROOMS)
        },
    ];
    let haengbok = shop("haengbok");
    assert_eq!(
        store.free(&haengbok, &wishes, None).await.unwrap(),
        [false, true, false, true, true, false, false, true]
    );
    let moved = BookingId::new("a").unwrap();
    assert_eq!(
        store.free(&haengbok, &wishes, Some(&moved)).await.unwrap(),
        [true, true, true, true, true, false, false, true]
    );
    let elsewhere = store.free(&shop("byeol"), &wishes, None).await.unwrap();
    assert_eq!(elsewhere, [true, true, true, true, true, false, false, true]);
    store.cancel_booking(&haengbok, &moved).await.unwrap();
    assert_eq!(store.free(&haengbok, &wishes[..1], None).await.unwrap(), [true]);
    assert!(store.free(&haengbok, &[], None).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_night_reaches_into_the_next_day() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).await;
    store
        .book(&wish("a", "haengbok", 23, 0, 120), &["t0"])
        .await
        .unwrap();
    let next = |minute| Want {
        date: date(2026, 11, 26),
        ..want(0, minute, 30, &["t0"])
    };
    let answers = store
        .free(&shop("haengbok"), &[next(0), next(59)], None)
        .await
        .unwrap();
    assert_eq!(answers, [false, false]);
    let one = Want {
        time: time(1, 0, 0, 0),
        ..next(0)
    };
    assert_eq!(store.free(&shop("haengbok"), &[one], None).await.unwrap(), [true]);
}

/// The model: a list of stays, compared as instants of the calendar and not as the store does it.
struct Stay {
    id: String,
    room: String,
    from: DateTime,
    to: DateTime,
}

fn stay(booking: &Booking) -> Stay {
    let from = booking.date.to_datetime(booking.time);
    Stay {
        id: booking.id.to_string(),
        room: booking.resource.clone(),
        from,
        to: from + i64::from(booking.minutes).minutes(),
    }
}

fn free_in_model(stays: &[Stay], want: &Want<'_>, except: &str) -> bool {
    let from = want.date.to_datetime(want.time);
    let to = from + i64::from(want.minutes).minutes();
    let holds = |s: &Stay, room: &str| s.room == room && s.id != except && s.from < to && from < s.to;
    want.candidates
        .iter()
        .any(|room| !stays.iter().any(|s| holds(s, room)))
}

/// Day of November from the 29th on (so that a month ends in between), minute of the day, length, number of rooms.
fn spans(most: usize) -> impl Strategy<Value = Vec<(i64, i64, u32, usize)>> {
    prop::collection::vec((0..4_i64, 0..96_i64, 1..30_u32, 1..4_usize), 1..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(biseo_testkit::cases(24)))]

    #[test]
    fn agrees_with_a_list(booked in spans(30), asked in spans(20), except in 0..30_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let store = open(&dir).await;
            let rooms = ["t0", "t1", "t2"];
            let at = |day: i64, quarter: i64| {
                date(2026, 11, 29).at(0, 0, 0, 0) + day.days() + (quarter * 15).minutes()
            };
            let mut stays = Vec::new();
            for (n, &(day, quarter, length, number)) in booked.iter().enumerate() {
                let begin = at(day, quarter);
                let wish = Booking {
                    date: begin.date(),
                    time: begin.time(),
                    ..wish(&format!("b{n}"), "haengbok", 0, 0, length * 10)
                };
                if let Booked::Confirmed(b) = store.book(&wish, &rooms[..number]).await.unwrap() {
                    stays.push(stay(&b));
                }
            }
            let wishes: Vec<_> = asked.iter().map(|&(day, quarter, length, number)| {
                let begin = at(day, quarter);
                Want {
                    date: begin.date(),
                    time: begin.time(),
                    minutes: length * 10,
                    candidates: &rooms[..number],
                }
            }).collect();
            let except = format!("b{except}");
            let id = BookingId::new(&except).unwrap();
            let haengbok = shop("haengbok");
            for (but, name) in [(None, ""), (Some(&id), except.as_str())] {
                let expected: Vec<_> = wishes.iter().map(|w| free_in_model(&stays, w, name)).collect();
                assert_eq!(store.free(&haengbok, &wishes, but).await.unwrap(), expected);
            }
        });
    }
}
