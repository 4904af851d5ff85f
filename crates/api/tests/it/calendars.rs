//! Calendars out and in, cards.

use axum::body::Body;
use axum::http::{Request, header};
use biseo_calendar::secret;
use biseo_model::phone::PhoneNumber;
use biseo_store::{CallerNote, Feed};
use http_body_util::BodyExt;
use serde_json::json;

use crate::both;
use crate::common::{Site, cookie, request, shop};

/// The feed that an address opens.
async fn opened(site: &Site, path: &str) -> Option<Feed> {
    let secret = path.strip_prefix("/cal/").unwrap().strip_suffix(".ics").unwrap();
    site.store.feed_of(&secret::hash(secret)).await.unwrap()
}

async fn an_address_is_told_once_and_can_be_renewed(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let new = json!({"name": "내 달력", "resource": "4인석-1", "phones": true});
    let made = site.ask("POST", &owner, "/shops/haengbok/calendars", new).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let (id, first) = (
        made.body["feed"]["id"].as_str().unwrap(),
        made.body["path"].as_str().unwrap(),
    );
    let feed = opened(&site, first).await.unwrap();
    assert_eq!(
        (feed.id.as_str(), feed.resource.as_deref(), feed.phones),
        (id, Some("4인석-1"), true)
    );
    let listed = site.get(&owner, "/shops/haengbok/calendars").await.body;
    assert_eq!(listed["items"][0], made.body["feed"]);
    assert!(!listed.to_string().contains("/cal/"), "not again");
    let address = format!("/shops/haengbok/calendars/{id}/address");
    let renewed = site.ask("POST", &owner, &address, json!(null)).await;
    let second = renewed.body["path"].as_str().unwrap();
    assert!(opened(&site, first).await.is_none() && opened(&site, second).await.is_some());
    let one = format!("/shops/haengbok/calendars/{id}");
    assert_eq!(
        site.ask("DELETE", &owner, &one, json!(null))
            .await
            .status
            .as_u16(),
        204
    );
    assert_eq!(
        site.ask("DELETE", &owner, &one, json!(null))
            .await
            .status
            .as_u16(),
        404
    );
    assert!(opened(&site, second).await.is_none());
}

/// A key's answer is not kept: the address would lie in the database.
async fn an_address_is_not_kept(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let send = async || {
        let body = Some(json!({"name": "달력"}));
        let key = [("idempotency-key", "k")];
        site.send(request("POST", &owner, "/shops/haengbok/calendars", &key, body))
            .await
    };
    let (one, two) = (send().await, send().await);
    assert_ne!(one.body["path"], two.body["path"]);
    assert_eq!(two.header("idempotency-replayed"), "");
}

async fn only_addresses_that_could_be_fetched(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let add = async |address: &str, resource: serde_json::Value| {
        let body = json!({"name": "개인", "address": address, "resource": resource});
        site.ask("POST", &owner, "/shops/haengbok/imports", body).await
    };
    for bad in [
        "",
        "http://calendar.example/a.ics",
        "https://127.0.0.1/a.ics",
        "https://u@x.example/",
        "file:///etc/passwd",
        "webcal://10.0.0.1/",
    ] {
        assert_eq!(add(bad, json!(null)).await.status.as_u16(), 422, "{bad}");
    }
    assert_eq!(
        add("https://x.example/", json!("없는 자리"))
            .await
            .status
            .as_u16(),
        422
    );
    let added = add("webcal://p1.calendar.example/published/SECRET", json!("4인석-1")).await;
    assert_eq!(added.status.as_u16(), 201, "{added:?}");
    let listed = site.get(&owner, "/shops/haengbok/imports").await.body;
    assert_eq!(listed["items"][0]["host"], "p1.calendar.example");
    assert!(!listed.to_string().contains("SECRET"));
    assert_eq!(
        site.store.imports_due(site.now(), 9).await.unwrap().len(),
        1,
        "fetched at once"
    );
    let id = listed["items"][0]["id"].as_str().unwrap();
    let one = format!("/shops/haengbok/imports/{id}");
    assert_eq!(
        site.ask("DELETE", &owner, &one, json!(null))
            .await
            .status
            .as_u16(),
        204
    );
    assert!(site.store.imports(&shop("haengbok")).await.unwrap().is_empty());
}

/// Calendars are the owner's, callers everybody's who serves them.
async fn staff_has_cards_and_no_calendars(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let invited = site
        .ask(
            "POST",
            &owner,
            "/shops/haengbok/invitations",
            json!({"role": "staff", "name": "이직원"}),
        )
        .await;
    let body = json!({"token": invited.body["token"], "login": "staff", "name": "이직원", "password": crate::common::PASSWORD});
    let staff = cookie(&site.ask("POST", "", "/invitations/accept", body).await);
    for path in ["/shops/haengbok/calendars", "/shops/haengbok/imports"] {
        assert_eq!(site.get(&staff, path).await.status.as_u16(), 403, "{path}");
    }
    let phone = PhoneNumber::parse("010-2345-6789").unwrap();
    let note = CallerNote {
        name: "김민수".into(),
        note: "창가".into(),
        blocked: false,
    };
    let (haengbok, nothing) = (shop("haengbok"), CallerNote::default());
    let noted = site.store.note_caller(&haengbok, &phone, &nothing, &note).await;
    assert!(noted.unwrap());
    let asked =
        Request::get("/api/v1/shops/haengbok/callers/01023456789/card").header(header::COOKIE, &staff);
    let card = site.raw(asked.body(Body::empty()).unwrap()).await;
    assert_eq!(card.headers()[header::CONTENT_TYPE], "text/vcard; charset=utf-8");
    let text = card.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(text.to_vec()).unwrap();
    assert!(
        text.contains("FN:김민수\r\n") && text.contains("tel:+821023456789") && text.contains("NOTE:창가"),
        "{text}"
    );
    let unknown = site.get(&staff, "/shops/haengbok/callers/01099998888/card").await;
    assert_eq!(unknown.status.as_u16(), 404);
}

both!(
    an_address_is_told_once_and_can_be_renewed,
    an_address_is_not_kept,
    only_addresses_that_could_be_fetched,
    staff_has_cards_and_no_calendars,
);
