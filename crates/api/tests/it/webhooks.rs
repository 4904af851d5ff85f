//! Programs that are told: by a real receiver, signed, tried again, sent once more.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use biseo_model::ids::MessageId;
use biseo_model::record::Message;
use biseo_notify::channels::webhook::Webhooks;
use biseo_notify::channels::{Channels, Http};
use biseo_notify::rules::ChannelKind;
use biseo_notify::{Event, Pace, Worker};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::both;
use crate::common::{Site, loopback, shop};

/// Believed beside the system's, so that machines without any certificate pass too. Nobody has its key.
const CERTIFICATE: &str = include_str!("certificate.pem");
const HOOKS: &str = "/shops/haengbok/webhooks";

/// A receiver's requests: headers and body.
type Got = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// A receiver that answers with these statuses, one after the other, and 200 after the last: its address and what it got.
async fn receiver(answers: &[u16]) -> (String, Got) {
    let got = Got::default();
    let answers = Arc::new(Mutex::new(answers.iter().copied().collect::<VecDeque<u16>>()));
    let kept = got.clone();
    let take = move |headers: HeaderMap, body: Bytes| {
        kept.lock().unwrap().push((headers, body));
        let status = answers.lock().unwrap().pop_front().unwrap_or(200);
        async move { StatusCode::from_u16(status).unwrap() }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let routes = Router::new().route("/hook", post(take));
    tokio::spawn(biseo_api::serve(listener, routes, std::future::pending()));
    (url, got)
}

fn worker(site: &Site) -> Arc<Worker> {
    let http = Http::new(loopback(), Some(CERTIFICATE.as_bytes())).unwrap();
    let webhooks = Webhooks::new(http).kept_in(site.store.clone(), None);
    let channels = Channels::new().with(ChannelKind::Webhook, Arc::new(webhooks));
    let clock = site.clock();
    Worker::new(site.notifier.clone(), channels, clock, Pace::default(), 7)
}

async fn add(site: &Site, owner: &str, url: &str, events: Value) -> (String, String) {
    let body = json!({"name": "계산대", "url": url, "events": events});
    let made = site.ask("POST", owner, HOOKS, body).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let text = |value: &Value| value.as_str().unwrap().to_string();
    (text(&made.body["webhook"]["id"]), text(&made.body["secret"]))
}

async fn message(site: &Site, id: &str) -> u64 {
    let message = Message {
        id: MessageId::new(id).unwrap(),
        shop: shop("haengbok"),
        call: None,
        name: Some("김하늘".into()),
        text: "단체 예약 문의".into(),
        call_back: None,
        at: site.now(),
    };
    site.notifier.tell(&Event::message_left(&message)).await.unwrap()
}

/// As a receiver checks it (Standard Webhooks).
fn is_signed(secret: &str, headers: &HeaderMap, body: &[u8]) -> bool {
    let header = |name: &str| headers[name].to_str().unwrap();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).as_bytes());
    mac.update(body);
    let given = header("webhook-signature").strip_prefix("v1,").unwrap();
    mac.verify_slice(&STANDARD.decode(given).unwrap()).is_ok()
}

async fn an_event_is_signed_tried_again_and_sent_once_more(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let (url, got) = receiver(&[503]).await;
    let (id, secret) = add(&site, &owner, &url, json!(["message"])).await;
    let listed = site.get(&owner, HOOKS).await.body;
    assert_eq!(listed["items"][0]["url"], url);
    assert!(!listed.to_string().contains("whsec_"), "told once");
    let worker = worker(&site);
    assert_eq!(message(&site, "m1").await, 1);
    assert_eq!(worker.round().await.unwrap(), 1);
    let deliveries = format!("{HOOKS}/{id}/deliveries");
    let one = site.get(&owner, &deliveries).await.body["items"][0].clone();
    assert_eq!(
        (
            &one["state"],
            &one["fault"],
            &one["answer"],
            &one["tries"],
            &one["events"]
        ),
        (
            &json!("failed"),
            &json!("status"),
            &json!(503),
            &json!(1),
            &json!(["message_left"])
        )
    );
    // Not waited for: its next try is now.
    let again = format!("{deliveries}/{}/again", one["id"].as_str().unwrap());
    let sooner = site.ask("POST", &owner, &again, json!(null)).await;
    assert_eq!(
        (sooner.status.as_u16(), &sooner.body["id"]),
        (201, &one["id"]),
        "{sooner:?}"
    );
    assert_eq!(worker.round().await.unwrap(), 1);
    let sent = site.get(&owner, &deliveries).await.body["items"][0].clone();
    assert_eq!((&sent["state"], &sent["answer"]), (&json!("sent"), &json!(200)));
    site.later(60);
    let repeated = site.ask("POST", &owner, &again, json!(null)).await.body;
    assert_ne!(repeated["id"], one["id"]);
    assert_eq!(
        (&repeated["message"], &repeated["again"]),
        (&one["id"], &json!(true))
    );
    assert_eq!(worker.round().await.unwrap(), 1);
    assert_eq!(worker.round().await.unwrap(), 0);
    let detail = format!("{deliveries}/{}", repeated["id"].as_str().unwrap());
    let body = site.get(&owner, &detail).await.body["body"]
        .as_str()
        .unwrap()
        .to_string();
    let got = got.lock().unwrap().clone();
    assert_eq!(got.len(), 3);
    for (headers, octets) in &got {
        assert!(is_signed(&secret, headers, octets));
        assert_eq!(
            headers["webhook-id"].to_str().unwrap(),
            one["id"].as_str().unwrap()
        );
        assert_eq!(octets, body.as_bytes(), "what is shown is what was sent");
    }
    assert!(!is_signed(&secret, &got[0].0, b"{}"));
}

async fn a_test_arrives_and_another_secret_signs_from_then_on(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let (url, got) = receiver(&[]).await;
    let (id, first) = add(&site, &owner, &url, json!(["booking"])).await;
    assert_eq!(message(&site, "m1").await, 0, "not of that");
    let renewed = site
        .ask("POST", &owner, &format!("{HOOKS}/{id}/secret"), json!(null))
        .await;
    let second = renewed.body["secret"].as_str().unwrap();
    let test = format!("{HOOKS}/{id}/test");
    let sent = site.ask("POST", &owner, &test, json!(null)).await;
    assert_eq!(
        (sent.status.as_u16(), &sent.body["events"]),
        (201, &json!(["test"])),
        "{sent:?}"
    );
    assert_eq!(worker(&site).round().await.unwrap(), 1);
    let (headers, body) = got.lock().unwrap()[0].clone();
    assert!(is_signed(second, &headers, &body) && !is_signed(&first, &headers, &body));
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(told["data"]["events"][0]["fact"]["kind"], "test");
}

async fn what_is_switched_off_is_told_nothing_and_bad_addresses_are_refused(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let (url, got) = receiver(&[]).await;
    let (id, _) = add(&site, &owner, &url, json!(["all", "all"])).await;
    let one = format!("{HOOKS}/{id}");
    let off = site
        .ask("PATCH", &owner, &one, json!({"on": false, "name": " 주방 "}))
        .await
        .body;
    assert_eq!(
        (&off["on"], &off["name"], &off["events"]),
        (&json!(false), &json!("주방"), &json!(["all"]))
    );
    assert_eq!(message(&site, "m1").await, 0);
    for bad in [
        "https://10.0.0.1/x",
        "http://till.example/x",
        "https://u:p@till.example/",
        "file:///etc/passwd",
        "",
    ] {
        let changed = site.ask("PATCH", &owner, &one, json!({"url": bad})).await;
        assert_eq!(
            (changed.code(), &changed.body["fields"][0]["field"]),
            ("invalid", &json!("url")),
            "{bad}"
        );
    }
    let none = site.ask("PATCH", &owner, &one, json!({"events": []})).await;
    assert_eq!(none.code(), "invalid");
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
    assert!(got.lock().unwrap().is_empty());
}

/// The operator runs the installation and sees no customers: a webhook would show them all.
async fn the_operator_has_none(site: Site) {
    let link = biseo_api::auth::first_owner_link(&site.store, None, "운영자", site.now())
        .await
        .unwrap();
    let body =
        json!({"token": link, "login": "unyeong", "name": "운영자", "password": crate::common::PASSWORD});
    let operator = crate::common::cookie(&site.ask("POST", "", "/invitations/accept", body).await);
    assert_eq!(site.get(&operator, HOOKS).await.code(), "forbidden");
}

both!(
    an_event_is_signed_tried_again_and_sent_once_more,
    a_test_arrives_and_another_secret_signs_from_then_on,
    what_is_switched_off_is_told_nothing_and_bad_addresses_are_refused,
    the_operator_has_none,
);
