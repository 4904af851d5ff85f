//! What is refused.

use crate::common::{Place, dinner};
use biseo_api::Rate;

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    let path = place.path(&booking);
    let form = place.get(&format!("{path}?step=cancel")).await.form();
    for header in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let refused = place.send("POST", &path, &[header], Some(&form)).await;
        assert_eq!(refused.status, 403, "{header:?}");
    }
    assert_eq!(place.stored(&booking).await, booking);
    let own = format!("http://{}", place.address);
    let headers = [("origin", own.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(place.send("POST", &path, &headers, Some(&form)).await.status, 303);
    assert_eq!(place.told().len(), 1);
}

#[tokio::test]
async fn forms_that_the_page_did_not_make_change_nothing() {
    let place = Place::open().await;
    let booking = place.book(&dinner("b1"), "4인석-1").await;
    let other = place.book(&dinner("b2"), "4인석-2").await;
    let path = place.path(&booking);
    let form = place.get(&format!("{path}?step=cancel")).await.form();
    let others = place
        .get(&format!("{}?step=cancel", place.path(&other)))
        .await
        .form();
    let long = format!("{form}&x={}", "y".repeat(2000));
    for body in [
        "",
        "do=cancel",
        "do=cancel&form=",
        "%ff=%ff",
        others.as_str(),
        long.as_str(),
    ] {
        let done = place.post(&path, body).await;
        assert_eq!(
            done.header("location"),
            format!("{path}?done=changed&lang=ko"),
            "{body}"
        );
    }
    let plain = [("content-type", "text/plain")];
    assert_eq!(place.send("POST", &path, &plain, Some(&form)).await.status, 303);
    assert_eq!(place.stored(&booking).await, booking);
    assert_eq!(place.send("PUT", &path, &[], Some(&form)).await.status, 405);
}

#[tokio::test]
async fn too_many_requests_of_one_link_or_address() {
    let small = Rate {
        burst: 3,
        per_second: 0.01,
    };
    let place = Place::with(|s| s.link_rate = small).await;
    let path = place.path(&place.book(&dinner("b1"), "4인석-1").await);
    let other = place.path(&place.book(&dinner("b2"), "4인석-2").await);
    for expected in [200, 200, 200, 429] {
        assert_eq!(place.get(&path).await.status, expected);
    }
    assert_eq!(place.get(&path).await.header("retry-after"), "60");
    assert_eq!(place.get(&other).await.status, 200, "another's");
    place.later(5);
    assert_eq!(place.get(&path).await.status, 200);

    let place = Place::with(|s| s.address_rate = small).await;
    for expected in [404, 404, 404, 429] {
        assert_eq!(
            place.get("/v/wrong").await.status,
            expected,
            "guesses are counted"
        );
    }

    let place = Place::with(|s| s.change_rate = small).await;
    let path = place.path(&place.book(&dinner("b1"), "4인석-1").await);
    for expected in [303, 303, 303, 429] {
        assert_eq!(place.post(&path, "do=cancel&form=x").await.status, expected);
    }
    assert_eq!(place.get(&path).await.status, 200, "it can still be read");
}
