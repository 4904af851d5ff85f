//! What a feed tells, and to whom.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use biseo_calendar::secret;
use biseo_calendar::site::{Site, router};
use biseo_store::{Feed, Store};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::{cut, now, profiles, shop, store};

async fn made(store: &Store, id: &str, resource: Option<&str>, phones: bool) -> String {
    let feed = Feed {
        id: id.into(),
        shop: shop("byeol"),
        resource: resource.map(Into::into),
        name: "달력".into(),
        phones,
        made: now(),
    };
    let token = secret::new();
    assert!(store.add_feed(&feed, &secret::hash(&token)).await.unwrap());
    secret::path(&token)
}

async fn asked(store: &Store, path: &str, known: &str) -> Response {
    let site = Site::new(store.clone(), profiles(), Arc::new(now));
    let request = Request::get(path).header(header::IF_NONE_MATCH, known);
    router(site)
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap()
}

async fn text(store: &Store, path: &str) -> String {
    let answer = asked(store, path, "").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        answer.headers()[header::CONTENT_TYPE],
        "text/calendar; charset=utf-8"
    );
    let octets = answer.into_body().collect().await.unwrap().to_bytes();
    // Unfolded, as whoever reads it does (RFC 5545 §3.1).
    String::from_utf8(octets.to_vec()).unwrap().replace("\r\n ", "")
}

#[tokio::test]
async fn it_tells_its_own_and_no_more() {
    let (store, _dir) = store().await;
    store.book(&cut("mine", "byeol"), &["지은"]).await.unwrap();
    store.book(&cut("hers", "byeol"), &["민호"]).await.unwrap();
    store.book(&cut("other", "haengbok"), &["지은"]).await.unwrap();
    store
        .cancel_booking(&shop("byeol"), &cut("mine", "byeol").id)
        .await
        .unwrap();
    let whole = text(&store, &made(&store, "a", None, true).await).await;
    assert!(
        whole.contains("UID:mine@byeol") && whole.contains("UID:hers@byeol") && !whole.contains("UID:other")
    );
    assert!(
        whole.contains("010-2345-6789") && whole.contains("STATUS:CANCELLED") && whole.contains("SEQUENCE:1")
    );
    let one = text(&store, &made(&store, "b", Some("민호"), false).await).await;
    assert!(one.contains("UID:hers@byeol") && !one.contains("UID:mine") && !one.contains("2345"));
    let path = made(&store, "c", None, false).await;
    assert!(
        text(&store, &format!("{path}?lang=en"))
            .await
            .contains("X-WR-CALNAME:Byeol")
    );
}

#[tokio::test]
async fn what_opens_nothing_is_answered_alike() {
    let (store, _dir) = store().await;
    let path = made(&store, "a", None, false).await;
    store
        .renew_feed(&shop("byeol"), "a", &secret::hash("new"))
        .await
        .unwrap();
    for path in [
        path.as_str(),
        "/cal/x.ics",
        "/cal/new.ics",
        &secret::path(&secret::new()),
    ] {
        let answer = asked(&store, path, "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(answer.into_body().collect().await.unwrap().to_bytes().is_empty());
    }
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let (store, _dir) = store().await;
    let path = made(&store, "a", None, false).await;
    let first = asked(&store, &path, "").await;
    let tag = first.headers()[header::ETAG].to_str().unwrap().to_string();
    assert_eq!(
        asked(&store, &path, &tag).await.status(),
        StatusCode::NOT_MODIFIED
    );
    store.book(&cut("new", "byeol"), &["지은"]).await.unwrap();
    assert_eq!(asked(&store, &path, &tag).await.status(), StatusCode::OK);
}
