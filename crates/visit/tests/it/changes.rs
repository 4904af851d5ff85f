//! What the page changes.

use crate::common::{Place, at, dinner, shop};
use biseo_model::record::{Booking, BookingState};
use biseo_store::{Asker, Move};
use biseo_visit::Change;
use jiff::civil::{date, time};

#[tokio::test]
async fn cancelling_asks_first_and_is_told_once() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    let path = place.path(&booking);
    let asks = place.get(&format!("{path}?step=cancel")).await;
    assert!(asks.has("예약을 취소할까요?"));
    assert_eq!(place.stored(&booking).await, booking, "asking changes nothing");
    for _ in 0..2 {
        let done = place.post(&format!("{path}?lang=en"), &asks.form()).await;
        assert_eq!(done.status, 303);
        assert_eq!(done.header("location"), format!("{path}?done=cancelled&lang=en"));
    }
    let page = place.get(&format!("{path}?done=cancelled")).await;
    assert!(page.has("예약을 취소했어요.") && page.has("취소된 예약이에요") && !page.has("step="));
    assert_eq!(place.stored(&booking).await.state, BookingState::Cancelled);
    let [Change::Cancelled { booking: told }] = &place.told()[..] else {
        panic!("{:?}", place.told());
    };
    assert_eq!(*told, booking);
}

#[tokio::test]
async fn moving_shows_both_times_and_gives_a_link_to_the_new_end() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    let path = place.path(&booking);
    let asks = place
        .get(&format!("{path}?step=move&day=2026-11-26&time=18:30"))
        .await;
    assert!(asks.has("11월 25일 (수) 오후 7:00") && asks.has("11월 26일 (목) 오후 6:30"));
    let moved = at(&booking, date(2026, 11, 26), time(18, 30, 0, 0));
    let new = place.path(&moved);
    for _ in 0..2 {
        let done = place.post(&path, &asks.form()).await;
        assert_eq!(
            (done.status, done.header("location")),
            (303, &*format!("{new}?done=moved&lang=ko"))
        );
    }
    assert_eq!(
        place.stored(&booking).await,
        moved,
        "the same table, as long as before"
    );
    let [Change::Moved { booking: told }] = &place.told()[..] else {
        panic!("{:?}", place.told());
    };
    assert_eq!(told, &moved);
    assert!(
        place.get(&path).await.has("오후 6:30"),
        "the link of the text message goes on"
    );
    place.later(24 * 60);
    assert_eq!(place.get(&path).await.status, 200, "beyond the old end too");
    assert!(
        place
            .get(&format!("{new}?done=moved"))
            .await
            .has("시간을 바꿨어요.")
    );
}

#[tokio::test]
async fn a_time_that_fills_up_meanwhile_is_refused() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    let path = place.path(&booking);
    let asks = place
        .get(&format!("{path}?step=move&day=2026-11-26&time=18:30"))
        .await;
    let rooms = [
        "4인석-1",
        "4인석-2",
        "4인석-3",
        "4인석-4",
        "4인석-5",
        "4인석-6",
        "6인석-1",
        "6인석-2",
    ];
    for (n, room) in rooms.iter().enumerate() {
        let other = at(&dinner(&format!("o{n}")), date(2026, 11, 26), time(18, 0, 0, 0));
        place.book(&other, room).await;
    }
    let done = place.post(&path, &asks.form()).await;
    let to = done.header("location").to_string();
    assert_eq!(to, format!("{path}?step=move&day=2026-11-26&done=full&lang=ko"));
    assert!(place.get(&to).await.has("그 시간은 방금 찼어요"));
    // A link to the question about it leads to what is free instead.
    let late = place
        .get(&format!("{path}?step=move&day=2026-11-26&time=18:30"))
        .await;
    assert!(late.has("그 시간은 방금 찼어요") && !late.has("<form"));
    assert_eq!(place.stored(&booking).await, booking);
    assert!(place.told().is_empty());
}

/// Whatever a form says, the rules of the shop hold.
#[tokio::test]
async fn only_what_is_offered_can_be_had() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    let path = place.path(&booking);
    let form = place.get(&format!("{path}?step=cancel")).await.form();
    let form = form.replace("do=cancel", "do=move");
    for target in [
        "day=2026-11-30&time=18:00",
        "day=2026-11-26&time=15:30",
        "day=2026-11-26&time=18:10",
        "day=2026-11-24&time=18:00",
        "day=2027-06-01&time=18:00",
        "day=2026-11-25&time=11:00",
    ] {
        let done = place.post(&path, &format!("{form}&{target}")).await;
        assert!(
            done.header("location").contains("done=full"),
            "{target}: {done:?}"
        );
    }
    assert_eq!(place.stored(&booking).await, booking);
}

#[tokio::test]
async fn what_the_shop_changed_meanwhile_is_shown_first() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    let path = place.path(&booking);
    let form = place.get(&format!("{path}?step=cancel")).await.form();
    let to = Move {
        to: date(2026, 11, 25).at(20, 0, 0, 0),
        minutes: 120,
        party_size: 4,
        services: &[],
        requests: &[],
        candidates: &["4인석-1"],
    };
    let owner = Asker {
        call: None,
        now: booking.made,
    };
    place
        .store
        .move_booking(&booking.shop, &booking.id, &to, owner)
        .await
        .unwrap();
    let done = place.post(&path, &form).await;
    assert_eq!(done.header("location"), format!("{path}?done=changed&lang=ko"));
    let page = place.get(done.header("location")).await;
    assert!(page.has("그 사이에 예약이 바뀌었어요") && page.has("오후 8:00"));
    assert_eq!(place.stored(&booking).await.state, BookingState::Confirmed);
    assert!(place.told().is_empty());
}

/// Many forms at once: one of them does it, and it is told once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pressed_many_times_at_once_it_is_done_once() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    let path = place.path(&booking);
    let form = place
        .get(&format!("{path}?step=move&day=2026-11-26&time=18:30"))
        .await
        .form();
    let all = (0..8).map(|_| place.post(&path, &form));
    for done in futures_util::future::join_all(all).await {
        assert!(done.header("location").contains("done=moved"), "{done:?}");
    }
    assert_eq!(place.told().len(), 1);
}

/// A person is kept: whoever comes for one does not get another.
#[tokio::test]
async fn an_appointment_stays_with_its_person() {
    let place = Place::open().await;
    let cut = Booking {
        shop: shop("byeol"),
        date: date(2026, 11, 26),
        time: time(14, 0, 0, 0),
        minutes: 40,
        party_size: 1,
        services: vec!["커트".into()],
        ..dinner("b1")
    };
    let booking = place.book(&cut, "지은").await;
    place
        .book(
            &Booking {
                time: time(16, 0, 0, 0),
                ..Booking {
                    id: dinner("b2").id,
                    ..cut
                }
            },
            "지은",
        )
        .await;
    let path = place.path(&booking);
    let page = place.get(&path).await;
    assert!(page.has("지은") && page.has("커트"));
    let day = place.get(&format!("{path}?step=move&day=2026-11-26")).await;
    assert!(!day.has("time=16:00") && day.has("time=17:00"), "{}", day.body);
}
