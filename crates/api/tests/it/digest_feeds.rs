//! Digests as feeds: by the secret address only.

use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use serde_json::json;

use crate::both;
use crate::common::{Site, cookie, shop};
use crate::tenants::{MARK, digest_of_b};

/// What an address gives somebody who has not signed in: status, kind, tag, text.
async fn fetched(site: &Site, path: &str, tag: &str) -> (u16, String, String, String) {
    let asked = Request::get(path).header(header::IF_NONE_MATCH, tag);
    let (head, body) = site.raw(asked.body(Body::empty()).unwrap()).await.into_parts();
    let text = |name: header::HeaderName| {
        let value = head.headers.get(name).map(|v| v.to_str().unwrap());
        value.unwrap_or_default().to_string()
    };
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8(bytes.to_vec()).unwrap();
    (
        head.status.as_u16(),
        text(header::CONTENT_TYPE),
        text(header::ETAG),
        body,
    )
}

async fn a_feed_is_read_without_signing_in_until_it_is_taken_away(site: Site) {
    let owner = site.join("owner", "byeol").await;
    site.store
        .keep_digest(&shop("byeol"), &digest_of_b(&site))
        .await
        .unwrap();
    let list = "/shops/byeol/digest-feeds";
    let made = site.ask("POST", &owner, list, json!({"name": "휴대전화"})).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let path = made.body["path"].as_str().unwrap();
    let (status, kind, tag, text) = fetched(&site, path, "").await;
    assert_eq!(
        (status, kind.as_str()),
        (200, "application/atom+xml; charset=utf-8")
    );
    assert!(text.contains("<feed xmlns=\"http://www.w3.org/2005/Atom\">") && text.contains(MARK));
    assert_eq!(fetched(&site, path, &tag).await.0, 304);
    let listed = site.get(&owner, list).await.body;
    assert_eq!(listed["items"][0], made.body["feed"]);
    assert!(!listed.to_string().contains("/feeds/"), "not again");
    // The digest itself is for who is signed in.
    assert_eq!(
        site.get("", "/shops/byeol/digests/2026-11-24")
            .await
            .status
            .as_u16(),
        401
    );
    // Somebody else's secret, and what has no form of one.
    let other = format!("/feeds/{}.atom", "A".repeat(43));
    for wrong in [
        other.as_str(),
        "/feeds/x.atom",
        &path[..path.len() - 1],
        "/feeds/%2e%2e.atom",
    ] {
        assert_eq!(fetched(&site, wrong, "").await.0, 404, "{wrong}");
    }
    let one = format!("{list}/{}", made.body["feed"]["id"].as_str().unwrap());
    assert_eq!(
        site.ask("DELETE", &owner, &one, json!(null))
            .await
            .status
            .as_u16(),
        204
    );
    assert_eq!(fetched(&site, path, &tag).await.0, 404);
}

/// A feed is the owner's to give away.
async fn staff_makes_none(site: Site) {
    let owner = site.join("owner", "byeol").await;
    let body = json!({"role": "staff", "name": "이직원"});
    let invited = site.ask("POST", &owner, "/shops/byeol/invitations", body).await;
    let body = json!({"token": invited.body["token"], "login": "staff", "name": "이직원", "password": crate::common::PASSWORD});
    let staff = cookie(&site.ask("POST", "", "/invitations/accept", body).await);
    let made = site
        .ask("POST", &staff, "/shops/byeol/digest-feeds", json!({"name": "나"}))
        .await;
    assert_eq!(made.code(), "forbidden");
    for path in ["/shops/byeol/digest-feeds", "/shops/byeol/webhooks"] {
        assert_eq!(site.get(&staff, path).await.code(), "forbidden", "{path}");
    }
}

both!(
    a_feed_is_read_without_signing_in_until_it_is_taken_away,
    staff_makes_none
);
