//! Programs with keys: what each opens, and what none opens.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, header};
use biseo_api::auth::Role;
use biseo_store::Done;
use serde_json::{Value, json};

use crate::both;
use crate::common::{Answer, Site, shop};

const KEYS: &str = "/shops/haengbok/keys";

/// As a program asks: with a key, without the mark of the console's page.
fn asking(method: &str, key: &str, path: &str, body: Option<Value>) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {key}"));
    match body {
        Some(body) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string())),
        None => request.body(Body::empty()),
    }
    .unwrap()
}

async fn read(site: &Site, key: &str, path: &str) -> u16 {
    site.send(asking("GET", key, path, None)).await.status.as_u16()
}

async fn make(site: &Site, cookie: &str, body: Value) -> Answer {
    site.ask("POST", cookie, KEYS, body).await
}

fn token(made: &Answer) -> String {
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    made.body["token"].as_str().unwrap().into()
}

fn booking() -> Value {
    json!({"date": "2026-12-01", "time": "18:00:00", "party_size": 2, "name": "손님", "phone": "010-1111-2222",
        "outside_rules": true})
}

/// It does what it was given, at its shop, and nothing else.
async fn a_key_opens_what_it_was_given(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let rights = json!(["write_bookings", "read_bookings", "read_bookings"]);
    let made = make(
        &site,
        &owner,
        json!({"name": "계산대", "rights": rights, "days": null}),
    )
    .await;
    let key = token(&made);
    assert!(
        key.starts_with("biseo_"),
        "known for what it is wherever it is found"
    );
    assert_eq!(
        made.body["key"]["rights"],
        json!(["read_bookings", "write_bookings"])
    );
    assert_eq!(made.body["key"]["made_by"], "owner");

    let path = "/shops/haengbok/bookings";
    let booked = site.send(asking("POST", &key, path, Some(booking()))).await;
    assert_eq!(booked.status.as_u16(), 201, "{booked:?}");
    assert_eq!(read(&site, &key, path).await, 200);
    for (path, status) in [
        ("/shops/haengbok/calls", 403),
        ("/shops/haengbok/profile", 403),
        (KEYS, 403),
        ("/shops/byeol/bookings", 404),
        ("/shops/none/bookings", 404),
        ("/session", 403),
        ("/session/passkeys", 403),
    ] {
        assert_eq!(read(&site, &key, path).await, status, "{path}");
    }
    let shops = site.send(asking("GET", &key, "/shops", None)).await.body;
    assert_eq!(shops["items"].as_array().unwrap().len(), 1);
    assert_eq!(shops["items"][0]["id"], "haengbok");
    assert_eq!(shops["items"][0]["rights"], made.body["key"]["rights"]);

    // What it did is written down under its name, and when it was last used is told.
    let audit = site.get(&owner, "/shops/haengbok/audit").await.body;
    let by_key = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["login"] == "계산대");
    assert_eq!(by_key.unwrap()["action"], "booking.made", "{audit}");
    // Also if it is called as somebody's login is.
    assert_eq!(by_key.unwrap()["program"], true);
    let by_owner = audit["items"].as_array().unwrap().iter();
    let mut by_owner = by_owner.filter(|e| e["login"] == "owner");
    assert!(by_owner.all(|e| e["program"] == false), "{audit}");
    let keys = site.get(&owner, KEYS).await.body;
    assert_eq!(keys["items"][0]["used"], json!(site.now()));
    assert!(!keys.to_string().contains(&key), "told once");
}

/// Nobody gives a program what gives rights to others, or what they may not do themselves.
async fn no_key_gives_rights(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    for right in [
        "write_users",
        "care_for_data",
        "manage_webhooks",
        "manage_programs",
    ] {
        let refused = make(&site, &owner, json!({"name": "x", "rights": [right], "days": 1})).await;
        assert_eq!(refused.status.as_u16(), 422, "{right}: {refused:?}");
    }
    for (rights, days) in [
        (json!([]), json!(1)),
        (json!(["read_shop"]), json!(0)),
        (json!(["read_shop"]), json!(4000)),
    ] {
        let refused = make(
            &site,
            &owner,
            json!({"name": "x", "rights": rights, "days": days}),
        )
        .await;
        assert!(refused.status.is_client_error(), "{refused:?}");
    }
    let link = site
        .ask(
            "POST",
            &owner,
            "/shops/haengbok/invitations",
            json!({"role": "staff", "name": "직원"}),
        )
        .await;
    let body = json!({"token": link.body["token"], "login": "staff", "name": "직원", "password": crate::common::PASSWORD});
    let joined = site.ask("POST", "", "/invitations/accept", body).await;
    let staff = crate::common::cookie(&joined);
    let refused = make(
        &site,
        &staff,
        json!({"name": "x", "rights": ["read_shop"], "days": 1}),
    )
    .await;
    assert_eq!(refused.status.as_u16(), 403);
    assert_eq!(site.get(&owner, KEYS).await.body["items"], json!([]));
}

/// A key that was taken away, has run out, is another's or is none opens nothing, and no cookie helps it.
async fn a_dead_key_opens_nothing(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let rights = json!(["read_shop"]);
    let short = token(
        &make(
            &site,
            &owner,
            json!({"name": "하루", "rights": rights, "days": 1}),
        )
        .await,
    );
    let made = make(
        &site,
        &owner,
        json!({"name": "계속", "rights": rights, "days": null}),
    )
    .await;
    let lasting = token(&made);
    let path = "/shops/haengbok/summary";
    assert_eq!(read(&site, &short, path).await, 200);
    site.later(24 * 3600);
    assert_eq!(read(&site, &short, path).await, 401, "it has run out");
    assert_eq!(read(&site, &lasting, path).await, 200);
    assert_eq!(read(&site, "biseo_", path).await, 401);
    assert_eq!(read(&site, &"x".repeat(5000), path).await, 401);
    let mut with_cookie = asking("GET", "biseo_wrong", path, None);
    with_cookie
        .headers_mut()
        .insert(header::COOKIE, owner.parse().unwrap());
    assert_eq!(
        site.send(with_cookie).await.status.as_u16(),
        401,
        "the cookie does not count"
    );

    let gone = format!("{KEYS}/{}", made.body["key"]["id"].as_str().unwrap());
    let removed = site.ask("DELETE", &owner, &gone, Value::Null).await;
    assert_eq!(removed.status.as_u16(), 204, "{removed:?}");
    assert_eq!(read(&site, &lasting, path).await, 401);
    assert_eq!(
        site.ask("DELETE", &owner, &gone, Value::Null)
            .await
            .status
            .as_u16(),
        404
    );
}

/// A repeated request with the same key of idempotency is carried out once for a program too; a browser's notices are no program's.
async fn a_program_is_no_person(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let rights = json!(["write_bookings", "read_bookings", "read_tasks"]);
    let key = token(
        &make(
            &site,
            &owner,
            json!({"name": "계산대", "rights": rights, "days": 7}),
        )
        .await,
    );
    let mut ids = Vec::new();
    for _ in 0..2 {
        let mut request = asking("POST", &key, "/shops/haengbok/bookings", Some(booking()));
        request
            .headers_mut()
            .insert("idempotency-key", "till-17".parse().unwrap());
        let made = site.send(request).await;
        assert_eq!(made.status.as_u16(), 201, "{made:?}");
        ids.push(made.body["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    let browser = json!({"endpoint": "https://push.example/x", "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"});
    let refused = site
        .send(asking("POST", &key, "/shops/haengbok/browsers", Some(browser)))
        .await;
    assert_eq!(refused.status.as_u16(), 403, "{refused:?}");
    // From another site's page the key does not help: browsers tell where a request comes from.
    let mut page = asking("POST", &key, "/shops/haengbok/bookings", Some(booking()));
    page.headers_mut()
        .insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(site.send(page).await.code(), "cross_site");
}

/// A key of all rights that a program may have.
async fn with_all_rights(site: &Site, owner: &str) -> String {
    let rights: Vec<_> = Role::Owner.rights().filter(|r| r.is_for_programs()).collect();
    let new = json!({"name": "웹사이트", "rights": rights, "days": null});
    token(&make(site, owner, new).await)
}

/// What goes on giving out the shop's things after its key is gone, no key makes.
async fn no_key_leaves_a_door_open(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let key = with_all_rights(&site, &owner).await;
    let made = json!({"name": "달력", "resource": null, "phones": true});
    let feed = site
        .ask("POST", &owner, "/shops/haengbok/calendars", made.clone())
        .await;
    let address = format!(
        "/shops/haengbok/calendars/{}/address",
        feed.body["feed"]["id"].as_str().unwrap()
    );
    let reader = json!({"reader": {"id": "me", "by": ["email"], "email": "me@example.com"}});
    let choices = json!({"notices": {"reader": [{"id": "me", "by": ["email"], "email": "me@example.com"}]}});
    for (method, path, body) in [
        ("POST", "/shops/haengbok/calendars", made),
        ("POST", address.as_str(), json!(null)),
        (
            "POST",
            "/shops/haengbok/digest-feeds",
            json!({"name": "받아 보기"}),
        ),
        ("PUT", "/shops/haengbok/choices", choices),
        ("PUT", "/shops/haengbok/notices/mine", reader),
    ] {
        let refused = site.send(asking(method, &key, path, Some(body))).await;
        let found = (refused.status.as_u16(), refused.code());
        assert_eq!(found, (403, "forbidden"), "{method} {path}");
    }
    let feeds = site.get(&owner, "/shops/haengbok/calendars").await.body;
    assert_eq!(feeds["items"].as_array().unwrap().len(), 1, "{feeds}");
}

/// The document says of each operation whether a key opens it, and so it is.
async fn the_document_knows_what_a_key_opens(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let key = with_all_rights(&site, &owner).await;
    let document = serde_json::to_value(biseo_api::document()).unwrap();
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schemes = operation["security"].as_array().unwrap();
            if schemes.is_empty() {
                continue;
            }
            let for_keys = schemes.iter().any(|s| s.get("key").is_some());
            let path = path.strip_prefix("/api/v1").unwrap();
            let path = ["{shop}", "{phone}", "{date}"]
                .iter()
                .zip(["haengbok", "010-1111-2222", "2026-11-24"])
                .fold(path.to_string(), |path, (name, value)| path.replace(name, value))
                .replace(['{', '}'], "");
            let asked = asking(&method.to_uppercase(), &key, &path, None);
            let status = site.raw(asked).await.status().as_u16();
            assert_eq!(status != 403, for_keys, "{method} {path}: {status}");
            tried += 1;
        }
    }
    assert!(tried > 80, "the document is empty");
}

/// What a program does is told to the shop's people as what is done in calls; what they do on the page themselves is not.
#[tokio::test]
async fn what_a_program_does_is_told() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hears = told.clone();
    let site = Site::open(None, |settings| {
        settings.program_did = Arc::new(move |done| hears.lock().unwrap().push(done));
    })
    .await;
    let owner = site.join("owner", "haengbok").await;
    let key = with_all_rights(&site, &owner).await;
    let path = "/shops/haengbok/bookings";
    let by_hand = site.ask("POST", &owner, path, booking()).await;
    assert_eq!(by_hand.status.as_u16(), 201, "{by_hand:?}");
    let noted = async || site.store.untold(&shop("haengbok")).await.unwrap();
    assert_eq!((noted().await.len(), told.lock().unwrap().len()), (0, 0));
    let booked = site.send(asking("POST", &key, path, Some(booking()))).await;
    let one = format!("{path}/{}", booked.body["id"].as_str().unwrap());
    let later = json!({"time": "19:00:00", "outside_rules": true});
    for (method, body) in [("PATCH", Some(later)), ("DELETE", None)] {
        let done = site.send(asking(method, &key, &one, body)).await;
        assert_eq!(done.status.as_u16(), 200, "{done:?}");
    }
    // Cancelled already: nothing more is told.
    site.send(asking("DELETE", &key, &one, None)).await;
    let order = json!({"id": "o1", "shop": "haengbok", "call": null, "items": [{"name": "비빔밥", "quantity": 1}], "won": 9000, "date": "2026-11-25", "pickup": null,
        "address": null, "name": "손님", "phone": "01011112222", "state": "open", "made": site.now()});
    let order: biseo_model::record::Order = serde_json::from_value(order).unwrap();
    site.store.place_order(&order).await.unwrap();
    let gone = site
        .send(asking("DELETE", &key, "/shops/haengbok/orders/o1", None))
        .await;
    assert_eq!(gone.status.as_u16(), 200, "{gone:?}");
    let noted: Vec<_> = noted().await.into_iter().map(|one| one.done).collect();
    let kinds = |done: &Done| match done {
        Done::Booked { .. } => "booked",
        Done::Moved { .. } => "moved",
        Done::Cancelled { .. } => "cancelled",
        Done::OrderCancelled { .. } => "order",
        _ => "other",
    };
    let expected = ["booked", "moved", "cancelled", "order"];
    assert_eq!(noted.iter().map(kinds).collect::<Vec<_>>(), expected);
    let told: Vec<_> = told.lock().unwrap().iter().map(kinds).collect();
    assert_eq!(told, expected);
}

/// Of twenty keys at most the twenty-first is refused.
async fn keys_are_few(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    for n in 0..20 {
        token(
            &make(
                &site,
                &owner,
                json!({"name": format!("{n}"), "rights": ["read_shop"], "days": 1}),
            )
            .await,
        );
    }
    let more = make(
        &site,
        &owner,
        json!({"name": "하나 더", "rights": ["read_shop"], "days": 1}),
    )
    .await;
    assert_eq!(more.status.as_u16(), 409, "{more:?}");
}

both!(
    a_key_opens_what_it_was_given,
    no_key_gives_rights,
    a_dead_key_opens_nothing,
    a_program_is_no_person,
    no_key_leaves_a_door_open,
    the_document_knows_what_a_key_opens,
    keys_are_few,
);
