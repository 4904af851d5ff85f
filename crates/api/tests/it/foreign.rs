//! Ids in queries, bodies and headers: another shop's name nothing, as those in paths do (`tenants`).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::both;
use crate::common::{Answer, Site, request, shop};
use crate::tenants::{MARK, STORY, digest_of_b, things_of_b};

/// Lists by page, and an id of shop B's in each.
const LISTS: [(&str, &str, &str); 7] = [
    ("calls", "calls", "callB"),
    ("messages", "messages", "messageB"),
    ("callers", "callers", "+821099998888"),
    ("questions", "questions", "questionB"),
    ("incidents", "incidents", "incidentB"),
    ("notices", "notices", "deliveryB"),
    ("audit", "audit", "auditB"),
];

fn clean(what: &str, answer: &Answer) {
    let text = answer.body.to_string();
    assert!(!text.contains(MARK), "{what}: {text}");
}

async fn queries_name_what_is_ones_own(site: Site) {
    let a = site.join("a-owner", "haengbok").await;
    things_of_b(&site).await;
    // A page that begins after another shop's row is a page of one's own rows.
    for (list, name, id) in LISTS {
        let after = URL_SAFE_NO_PAD.encode(format!("{name}:4102444800000:{id}"));
        let page = site
            .get(&a, &format!("/shops/haengbok/{list}?cursor={after}"))
            .await;
        assert_eq!(page.status.as_u16(), 200, "{list}: {page:?}");
        clean(list, &page);
    }
    let of_caller = site.get(&a, "/shops/haengbok/calls?caller=010-9999-8888").await;
    assert_eq!(of_caller.body["items"], json!([]), "{of_caller:?}");
    let free = "/shops/haengbok/availability?date=2026-12-01&party_size=2";
    let (without, with) = (
        site.get(&a, free).await,
        site.get(&a, &format!("{free}&except=bookingB")).await,
    );
    assert_eq!(without.status.as_u16(), 200, "{without:?}");
    assert_eq!(without.body, with.body);
    // Somebody who works at the other shop has no time here.
    let theirs = site.get(&a, &format!("{free}&resource=%EC%A7%80%EC%9D%80")).await;
    clean("availability", &theirs);
    let times = theirs.body["items"].as_array().map_or(0, Vec::len);
    assert_eq!(times, 0, "{theirs:?}");
}

async fn refused(site: &Site, who: &str, (method, path): (&str, &str), body: Value) {
    let headers: Vec<(&str, &str)> = match method {
        "PUT" | "PATCH" => vec![("if-match", "*")],
        _ => Vec::new(),
    };
    let answer = site.send(request(method, who, path, &headers, Some(body))).await;
    assert!(answer.status.is_client_error(), "{method} {path}: {answer:?}");
    clean(path, &answer);
}

async fn bodies_name_what_is_ones_own(site: Site) {
    let (a, b) = (
        site.join("a-owner", "haengbok").await,
        site.join("b-owner", "byeol").await,
    );
    things_of_b(&site).await;
    let own = json!({"date": "2026-12-01", "time": "18:00:00", "party_size": 2, "name": "손님",
        "phone": "010-1111-2222", "outside_rules": true});
    let made = site
        .ask("POST", &a, "/shops/haengbok/bookings", own.clone())
        .await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let path = format!("/shops/haengbok/bookings/{}", made.body["id"].as_str().unwrap());

    let mut theirs = own;
    theirs["resource"] = json!("지은");
    refused(&site, &a, ("POST", "/shops/haengbok/bookings"), theirs).await;
    refused(&site, &a, ("PATCH", &path), json!({"resource": "지은"})).await;
    let feed = json!({"name": "달력", "resource": "지은", "phones": false});
    refused(&site, &a, ("POST", "/shops/haengbok/calendars"), feed).await;
    let import = json!({"name": "개인", "address": "https://calendar.example/a.ics", "resource": "지은"});
    refused(&site, &a, ("POST", "/shops/haengbok/imports"), import).await;

    // A story of the other shop's digest, of a day of which one has a digest of one's own.
    let mut digest = digest_of_b(&site);
    let text = digest
        .content
        .to_string()
        .replace(STORY, "https://news.example/a");
    digest.content = serde_json::from_str(&text).unwrap();
    site.store.keep_digest(&shop("haengbok"), &digest).await.unwrap();
    let stories = "/shops/haengbok/digests/2026-11-24/stories";
    let told = json!({"link": STORY, "did": "opened"});
    refused(&site, &a, ("POST", stories), told).await;
    let topics = site.get(&b, "/shops/byeol/digest-topics").await.body;
    assert_eq!(topics["learnt"], json!([]));

    // In the name of somebody of the other shop.
    let somebody = site.get(&b, "/session").await.body["user"]
        .as_str()
        .unwrap()
        .to_string();
    let reader = json!({"reader": {"id": somebody, "by": ["push"]}});
    refused(&site, &a, ("PUT", "/shops/haengbok/notices/mine"), reader).await;
    let seen = site.get(&b, "/shops/byeol/notices/mine").await.body;
    assert_eq!(seen["reader"], json!(null));
}

/// Two who choose the same key do not get each other's answer.
async fn a_key_of_somebody_else_is_another_key(site: Site) {
    let (a, b) = (
        site.join("a-owner", "haengbok").await,
        site.join("b-owner", "byeol").await,
    );
    let ask = async |who: &str, shop: &str| {
        let path = format!("/shops/{shop}/incidents");
        let headers = [("idempotency-key", "one-key")];
        let body = json!({"kind": "power_down"});
        site.send(request("POST", who, &path, &headers, Some(body))).await
    };
    let (ours, theirs) = (ask(&a, "haengbok").await, ask(&b, "byeol").await);
    assert_eq!((ours.status.as_u16(), theirs.status.as_u16()), (201, 201));
    assert_ne!(ours.body["id"], theirs.body["id"]);
    assert_eq!(ask(&a, "haengbok").await.body["id"], ours.body["id"], "once");
}

both!(
    queries_name_what_is_ones_own,
    bodies_name_what_is_ones_own,
    a_key_of_somebody_else_is_another_key
);
