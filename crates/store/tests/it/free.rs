//! What is told to be free is what could be booked.

use crate::both;
use crate::common::{Db, owner, shop, wish};
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

async fn told_wish_by_wish(db: Db) {
    let store = db.open().await;
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
        store.free(&haengbok, &wishes, None, owner()).await.unwrap(),
        [false, true, false, true, true, false, false, true]
    );
    let moved = BookingId::new("a").unwrap();
    assert_eq!(
        store
            .free(&haengbok, &wishes, Some(&moved), owner())
            .await
            .unwrap(),
        [true, true, true, true, true, false, false, true]
    );
    let elsewhere = store.free(&shop("byeol"), &wishes, None, owner()).await.unwrap();
    assert_eq!(elsewhere, [true, true, true, true, true, false, false, true]);
    store.cancel_booking(&haengbok, &moved).await.unwrap();
    assert_eq!(
        store.free(&haengbok, &wishes[..1], None, owner()).await.unwrap(),
        [true]
    );
    assert!(
        store
            .free(&haengbok, &[], None, owner())
            .await
            .unwrap()
            .is_empty()
    );
}

async fn the_night_reaches_into_the_next_day(db: Db) {
    let store = db.open().await;
    store
        .book(&wish("a", "haengbok", 23, 0, 120), &["t0"])
        .await
        .unwrap();
    let next = |minute| Want {
        date: date(2026, 11, 26),
        ..want(0, minute, 30, &["t0"])
    };
    let answers = store
        .free(&shop("haengbok"), &[next(0), next(59)], None, owner())
        .await
        .unwrap();
    assert_eq!(answers, [false, false]);
    let one = Want {
        time: time(1, 0, 0, 0),
        ..next(0)
    };
    assert_eq!(
        store
            .free(&shop("haengbok"), &[one], None, owner())
            .await
            .unwrap(),
        [true]
    );
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
fn spans(most: usize) -> impl Strategy<Value = Spans> {
    prop::collection::vec((0..4_i64, 0..96_i64, 1..30_u32, 1..4_usize), 1..most)
}

type Spans = Vec<(i64, i64, u32, usize)>;

async fn agrees_with_a_list(db: Db, (booked, asked, except): (Spans, Spans, usize)) {
    let store = db.open().await;
    let rooms = ["t0", "t1", "t2"];
    let at =
        |day: i64, quarter: i64| date(2026, 11, 29).at(0, 0, 0, 0) + day.days() + (quarter * 15).minutes();
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
    let want = |&(day, quarter, length, number): &(i64, i64, u32, usize)| Want {
        date: at(day, quarter).date(),
        time: at(day, quarter).time(),
        minutes: length * 10,
        candidates: &rooms[..number],
    };
    let wishes: Vec<_> = asked.iter().map(want).collect();
    let except = format!("b{except}");
    let id = BookingId::new(&except).unwrap();
    for (but, name) in [(None, ""), (Some(&id), except.as_str())] {
        let expected: Vec<_> = wishes.iter().map(|w| free_in_model(&stays, w, name)).collect();
        let told = store.free(&shop("haengbok"), &wishes, but, owner()).await;
        assert_eq!(told.unwrap(), expected);
    }
}

both! {
    told_wish_by_wish,
    the_night_reaches_into_the_next_day;
    agrees_with_a_list: 24, (spans(30), spans(20), 0..30_usize)
}
