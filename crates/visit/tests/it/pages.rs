//! What the page shows.

use crate::common::{Place, at, dinner};
use biseo_model::ids::BookingId;
use biseo_model::record::Booking;
use jiff::civil::{date, time};

#[tokio::test]
async fn it_shows_the_booking_and_what_can_be_done() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    let page = place.get(&place.path(&booking)).await;
    assert_eq!(page.status, 200);
    for text in [
        "행복식당",
        "예약되어 있어요",
        "11월 25일 (수) 오후 7:00",
        "4명",
        "김민수",
        "창가 자리",
        "tel:027001001",
        "step=cancel",
    ] {
        assert!(page.has(text), "{text}");
    }
    assert!(
        !page.has("6789") && !page.has("4인석-1"),
        "neither number nor table"
    );
    assert!(!page.has("<script") && !page.has("style=\""));
}

#[tokio::test]
async fn its_headers_let_nobody_keep_or_find_it() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    for path in [place.path(&booking), "/v/none".into()] {
        let page = place.get(&path).await;
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self'"),
            "{policy}"
        );
        assert!(page.has("noindex"));
        assert_eq!(page.header("set-cookie"), "");
    }
    let style = place.get("/v/style.css").await;
    assert_eq!(
        (style.status, style.header("content-type")),
        (200, "text/css; charset=utf-8")
    );
}

#[tokio::test]
async fn english_by_the_browser_or_by_a_link() {
    let place = Place::open().await;
    let path = place.path(&place.book(&dinner("b1"), "4인석-1").await);
    let browser = place
        .send("GET", &path, &[("accept-language", "en-US,en;q=0.9")], None)
        .await;
    let link = place.get(&format!("{path}?lang=en")).await;
    for page in [&browser, &link] {
        assert!(page.has("You are booked") && page.has("Haengbok Restaurant") && page.has("lang=\"en\""));
    }
    let both = [("accept-language", "en")];
    assert!(
        place
            .send("GET", &format!("{path}?lang=ko"), &both, None)
            .await
            .has("예약되어 있어요")
    );
}

#[tokio::test]
async fn a_name_is_text_and_nothing_else() {
    let place = Place::open().await;
    let booking = Booking {
        name: "<b onclick=\"x\">'&".into(),
        ..dinner("b1")
    };
    let page = place
        .get(&place.path(&place.book(&booking, "4인석-1").await))
        .await;
    assert!(page.has("&lt;b onclick=&quot;x&quot;&gt;&#39;&amp;") && !page.has("<b onclick"));
}

/// Wrong, another key's, another shop's, over, of no booking: one answer, octet by octet.
#[tokio::test]
async fn whatever_opens_nothing_is_answered_alike() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    let path = place.path(&booking);
    let elsewhere = Place::open().await;
    let nobody = Booking {
        id: BookingId::new("b2").unwrap(),
        ..booking.clone()
    };
    let foreign = Booking {
        shop: crate::common::shop("byeol"),
        ..booking.clone()
    };
    let unknown = Booking {
        shop: crate::common::shop("nobody"),
        ..booking.clone()
    };
    let wrong = place.get("/v/wrong").await;
    assert_eq!(wrong.status, 404);
    assert!(wrong.has("열 수 없는 링크예요") && !wrong.has("행복식당"));
    let mut forged = path.clone();
    forged.replace_range(3..11, "byeolaaa");
    for path in [
        forged,
        format!("{path}0"),
        format!("/v/%68{}", &path[4..]),
        elsewhere.path(&booking),
        place.path(&nobody),
        place.path(&foreign),
        place.path(&unknown),
    ] {
        assert_eq!(place.get(&path).await, wrong, "{path}");
        assert_eq!(place.post(&path, "do=cancel&form=x").await, wrong, "{path}");
    }
    place.later(6 * 60 + 1);
    assert_eq!(place.get(&path).await, wrong, "the booking is over");
    assert_eq!(place.stored(&booking).await, booking);
}

#[tokio::test]
async fn once_begun_it_is_shown_and_cannot_be_changed() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    let path = place.path(&booking);
    let form = place.get(&format!("{path}?step=cancel")).await.form();
    place.later(4 * 60);
    let page = place.get(&format!("{path}?step=cancel")).await;
    assert!(page.has("예약 시간이 시작됐어요") && page.has("tel:"));
    assert!(!page.has("<form") && !page.has("step=cancel"));
    assert_eq!(
        place.post(&path, &form).await.header("location"),
        format!("{path}?done=changed&lang=ko")
    );
    assert_eq!(place.stored(&booking).await, booking);
    assert!(place.told().is_empty());
}

#[tokio::test]
async fn what_was_not_done_is_not_told() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    let page = place
        .get(&format!("{}?done=cancelled", place.path(&booking)))
        .await;
    assert!(!page.has("예약을 취소했어요"));
}

#[tokio::test]
async fn free_times_come_from_hours_and_books() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    let path = place.path(&booking);
    let day = place.get(&format!("{path}?step=move&day=2026-11-26")).await;
    assert!(day.has("time=11:00") && day.has("time=20:30"));
    assert!(
        !day.has("time=15:00") && !day.has("time=22:00"),
        "break and night"
    );
    assert!(day.has("11월 30일 (월) <small>쉬는 날</small>"));
    // All that seat four are taken at noon.
    let rooms: Vec<String> = (1..=6)
        .map(|n| format!("4인석-{n}"))
        .chain((1..=2).map(|n| format!("6인석-{n}")))
        .collect();
    for (n, room) in rooms.iter().enumerate() {
        let other = at(&dinner(&format!("n{n}")), date(2026, 11, 26), time(12, 0, 0, 0));
        place.book(&other, room).await;
    }
    let day = place.get(&format!("{path}?step=move&day=2026-11-26")).await;
    assert!(!day.has("time=12:00") && !day.has("time=11:00") && !day.has("time=13:30"));
    assert!(day.has("time=17:00"));
    // Today's own time is no other time; what is too soon is none.
    let today = place.get(&format!("{path}?step=move")).await;
    assert!(!today.has("time=19:00") && today.has("time=19:30") && !today.has("time=13:30"));
    let far = place.get(&format!("{path}?step=move&day=2027-06-01")).await;
    assert!(far.status == 200 && !far.has("day=2027-06-01"));
}
