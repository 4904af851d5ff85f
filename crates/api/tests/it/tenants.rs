//! Shops are strictly apart: every route of the document is tried with another shop's ids. A new route that is not covered
//! here fails the test.

use std::collections::BTreeMap;

use crate::both;
use crate::common::{Site, request, shop};
use biseo_model::ids::{BookingId, CallId, MessageId, OrderId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::*;
use biseo_store::{
    DigestFeed, Feed, FoundBy, Import, Incident, KeptDigest, NewNotice, ProgramKey, Question, Span,
    Subscription, Webhook,
};
use jiff::civil::{date, time};
use serde_json::{Value, json};

/// What belongs to no shop, and what a stranger gets there. Each is tried elsewhere.
const OF_NO_SHOP: [&str; 19] = [
    "health",
    "whoami",
    "sign_in",
    "sign_out",
    "change_password",
    "begin_totp",
    "confirm_totp",
    "begin_passkey_sign_in",
    "passkey_sign_in",
    "list_passkeys",
    "begin_passkey",
    "add_passkey",
    // Another account's is 404: `passkeys::another_accounts_is_none`.
    "rename_passkey",
    "remove_passkey",
    "check_invitation",
    "accept_invitation",
    "begin_passkey_invitation",
    "accept_passkey_invitation",
    "list_shops",
];

/// What every text of shop B holds, so that it is found wherever it should not be.
pub const MARK: &str = "별비밀";

fn body_of(operation: &str) -> Value {
    match operation {
        "change_profile" => json!({"facts": [{"topic": "toys", "text": {"ko": "있어요."}}]}),
        "change_user" => json!({"role": "agent"}),
        "invite" => json!({"role": "staff", "name": "이직원"}),
        "make_booking" => json!({"date": "2026-12-01", "time": "14:00:00", "party_size": 1, "name": "손님",
            "phone": "010-1111-2222", "services": ["커트"], "outside_rules": true}),
        "move_booking" => json!({"time": "15:00:00"}),
        "make_feed" => json!({"name": "달력", "resource": null, "phones": false}),
        "add_import" => json!({"name": "개인", "address": "https://calendar.example/secret.ics"}),
        "make_digest_feed" => json!({"name": "휴대전화"}),
        "make_key" => json!({"name": "계산대", "rights": ["read_shop", "write_bookings"], "days": 30}),
        "add_webhook" => json!({"name": "계산대", "url": "https://till.example/x", "events": ["booking"]}),
        "change_webhook" => json!({"on": false}),
        "mark_message" => json!({"done": true}),
        "correct" => json!({"meant": "ask", "topic": "parking"}),
        "change_care" => json!({"recordings_days": 30, "words_days": 60, "people_days": 365}),
        "change_caller" => json!({"note": "단골"}),
        "change_choices" => {
            json!({"notices": {"reader": [{"id": "owner", "by": ["email"], "email": "a@example.com"}]}})
        }
        "begin_incident" => json!({"kind": "payments_down", "account": "국민 1"}),
        "try_out" => json!({"said": ["주차 되나요?"]}),
        "add_browser" => json!({"endpoint": "https://push.example/x", "auth": "BTBZMqHH6r4Tts7J_aSIgg",
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"}),
        "set_up_business" => {
            json!({"kind": "hair", "name": {"ko": "별헤어"}, "address": {"ko": "대전"}, "numbers": ["042-700-1002"]})
        }
        "set_up_hours" => json!({"week": {"tue": {"open": "10:00:00", "close": "20:00:00"}}}),
        "set_up_booking" => {
            json!({"mode": "staff", "staff": [{"name": "지은"}], "services": [{"name": "커트", "minutes": 40}],
            "step_minutes": 10, "ahead_days": 60})
        }
        "change_own_notices" => json!({"reader": null}),
        "change_topic" => json!({"word": "축구", "wish": "mute"}),
        "tell_story" => json!({"link": STORY, "did": "opened"}),
        "mark_setup" => json!({"done": "facts"}),
        "answer_question" => json!({"state": "dismissed"}),
        other => panic!("{other} takes a body and is not covered: say which"),
    }
}

fn query_of(operation: &str) -> &'static str {
    match operation {
        "availability" => "?date=2026-12-01&services=%EC%BB%A4%ED%8A%B8",
        _ => "",
    }
}

/// Things of shop B, by the names of path parameters.
pub async fn things_of_b(site: &Site) -> BTreeMap<&'static str, String> {
    let (b, phone) = (shop("byeol"), PhoneNumber::parse("010-9999-8888").unwrap());
    let call = CallRecord {
        id: CallId::new("callB").unwrap(),
        shop: b.clone(),
        caller: Some(phone.clone()),
        dialled: None,
        forwarded: None,
        started: site.now(),
        answered: Some(site.now()),
        ended: None,
        end: None,
        recording: Some("recordings/b.wav".into()),
    };
    std::fs::write(site.dir.path().join("data/recordings/b.wav"), "RIFF").unwrap();
    site.store.begin_call(&call).await.unwrap();
    let turn = TurnRecord {
        call: call.id.clone(),
        number: 0,
        at: site.now(),
        heard: MARK.into(),
        understood: json!({}),
        said: MARK.into(),
        latency: Latency::default(),
    };
    site.store.add_turn(&turn).await.unwrap();
    let booking = Booking {
        id: BookingId::new("bookingB").unwrap(),
        shop: b.clone(),
        call: Some(call.id.clone()),
        date: date(2026, 12, 1),
        time: time(11, 0, 0, 0),
        minutes: 40,
        party_size: 1,
        name: MARK.into(),
        phone: phone.clone(),
        resource: String::new(),
        services: vec!["커트".into()],
        requests: Vec::new(),
        state: BookingState::Confirmed,
        made: site.now(),
    };
    site.store.book(&booking, &["지은"]).await.unwrap();
    let order = Order {
        id: OrderId::new("orderB").unwrap(),
        shop: b.clone(),
        call: None,
        items: vec![OrderItem {
            name: MARK.into(),
            quantity: 1,
        }],
        won: 1,
        date: date(2026, 11, 25),
        pickup: None,
        address: None,
        name: MARK.into(),
        phone: phone.clone(),
        state: OrderState::Open,
        made: site.now(),
    };
    site.store.place_order(&order).await.unwrap();
    let message = Message {
        id: MessageId::new("messageB").unwrap(),
        shop: b.clone(),
        call: None,
        name: None,
        text: MARK.into(),
        call_back: Some(phone.clone()),
        at: site.now(),
    };
    site.store.leave_message(&message).await.unwrap();
    let question = Question {
        id: "questionB".into(),
        call: None,
        text: MARK.into(),
        at: site.now(),
        state: "open".into(),
        topic: None,
    };
    site.store.add_question(&b, &question).await.unwrap();
    let incident = Incident {
        id: "incidentB".into(),
        shop: Some(b.clone()),
        source: FoundBy::Shop,
        begun_by: None,
        cause: "power_down".into(),
        subject: "shop".into(),
        name: MARK.into(),
        region: String::new(),
        consequences: Vec::new(),
        confidence: 1_000,
        announced: None,
        account: Some(MARK.into()),
        began: site.now(),
        ends: None,
        ended: None,
        evidence: json!(null),
    };
    site.store.begin_incident(&incident).await.unwrap();
    let digest = digest_of_b(site);
    site.store.keep_digest(&b, &digest).await.unwrap();
    let feed = Feed {
        id: "feedB".into(),
        shop: b.clone(),
        resource: None,
        name: MARK.into(),
        phones: true,
        made: site.now(),
    };
    site.store.add_feed(&feed, "hash").await.unwrap();
    let import = Import {
        id: "importB".into(),
        shop: b.clone(),
        resource: None,
        name: MARK.into(),
        address: "https://calendar.example/secret.ics".into(),
        made: site.now(),
        fetched: None,
        fault: None,
    };
    site.store.add_import(&import).await.unwrap();
    hook_of_b(site).await;
    let read = DigestFeed {
        id: "readB".into(),
        shop: b.clone(),
        name: MARK.into(),
        made: site.now(),
    };
    site.store.add_digest_feed(&read, "hash").await.unwrap();
    let key = ProgramKey {
        id: "keyB".into(),
        shop: b.clone(),
        name: MARK.into(),
        rights: vec!["read_calls".into()],
        made: site.now(),
        made_by: MARK.into(),
        expires: None,
        used: None,
    };
    site.store.add_program_key(&key, "hash").await.unwrap();
    BTreeMap::from([
        ("digest_feed", "readB".into()),
        ("key", "keyB".into()),
        ("webhook", "hookB".into()),
        ("delivery", "deliveryB".into()),
        ("rehearsal", "byeol-run".into()),
        ("feed", "feedB".into()),
        ("import", "importB".into()),
        ("call", "callB".into()),
        ("turn", "0".into()),
        ("booking", "bookingB".into()),
        ("order", "orderB".into()),
        ("message", "messageB".into()),
        ("question", "questionB".into()),
        ("incident", "incidentB".into()),
        ("phone", phone.as_str().into()),
        ("date", digest.date.to_string()),
        ("browser", "browserB".into()),
    ])
}

/// A program that is told, and what was sent to it.
async fn hook_of_b(site: &Site) {
    let hook = Webhook {
        id: "hookB".into(),
        shop: shop("byeol"),
        name: MARK.into(),
        url: "https://till.example/b".into(),
        secret: MARK.into(),
        events: vec!["all".into()],
        on: true,
        made: site.now(),
    };
    site.store.add_webhook(&hook).await.unwrap();
    let fact = biseo_notify::Fact::Urgent {
        text: MARK.into(),
        call_back: None,
    };
    let content = json!({"event": "urgent:1", "at": site.now(), "fact": fact, "language": "ko"});
    let notice = NewNotice {
        id: "deliveryB".into(),
        event: "urgent:1".into(),
        reader: "@webhook".into(),
        channel: "webhook".into(),
        address: hook.id,
        content,
        urgent: true,
        due: site.now(),
    };
    site.store
        .post_alone(&hook.shop, &notice, site.now())
        .await
        .unwrap();
}

/// The page of the only story of shop B's digest.
pub const STORY: &str = "https://news.example/b";

/// A day's digest that tells the mark, also in a story of the news.
pub fn digest_of_b(site: &Site) -> KeptDigest {
    let page = biseo_digest::Page {
        language: biseo_digest::Language::Ko,
        title: MARK.into(),
        subject: MARK.into(),
        span: MARK.into(),
        cards: Vec::new(),
        sections: vec![news()],
        reading: String::new(),
        seconds: 1,
        made: site.now(),
        links: biseo_digest::Links {
            page: String::new(),
            all: String::new(),
            console: String::new(),
            query: String::new(),
        },
        labels: biseo_digest::Labels {
            sources: String::new(),
            call: String::new(),
            size: String::new(),
            size_letter: String::new(),
        },
    };
    let pages = biseo_api::views::Digests {
        short: page.clone(),
        whole: page,
    };
    KeptDigest {
        date: date(2026, 11, 24),
        span: Span {
            from: site.now(),
            until: site.now(),
        },
        content: serde_json::to_value(pages).unwrap(),
    }
}

fn news() -> biseo_digest::Section {
    biseo_digest::Section {
        kind: biseo_digest::SectionKind::News,
        title: MARK.into(),
        note: String::new(),
        lines: vec![biseo_digest::Line {
            lead: MARK.into(),
            sources: [biseo_digest::Source::Page(STORY.into())].into(),
            ..biseo_digest::Line::default()
        }],
        folded: 0,
        more: None,
    }
}

struct Operation {
    id: String,
    method: String,
    path: String,
    body: bool,
}

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(biseo_api::document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let each = paths.iter().flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .iter()
            .map(move |(method, o)| Operation {
                id: o["operationId"].as_str().unwrap().into(),
                method: method.to_uppercase(),
                path: path.strip_prefix("/api/v1").unwrap().into(),
                body: o.get("requestBody").is_some(),
            })
    });
    let mut all: Vec<_> = each.collect();
    // First what only reads, last what takes things away.
    let rank = |method: &str| {
        ["GET", "POST", "PUT", "PATCH", "DELETE"]
            .iter()
            .position(|m| *m == method)
    };
    all.sort_by_key(|o| (rank(&o.method), o.id.clone()));
    assert!(all.len() > 35, "the document is empty");
    all
}

fn filled(path: &str, shop: &str, ids: &BTreeMap<&str, String>) -> String {
    let part = |part: &str| match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
        Some("shop") => shop.to_string(),
        Some(name) => match ids.get(name) {
            Some(id) => id.clone(),
            None => panic!("the path parameter {name} is not covered: make one of shop B"),
        },
        None => part.to_string(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

async fn no_route_reaches_another_shop(site: Site) {
    let (a, b) = (
        site.join("a-owner", "haengbok").await,
        site.join("b-owner", "byeol").await,
    );
    let mut ids = things_of_b(&site).await;
    site.join("b-second", "byeol").await;
    let members = site.get(&b, "/shops/byeol/users").await.body;
    let second = members["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["login"] == "b-second");
    ids.insert("user", second.unwrap()["user"].as_str().unwrap().into());
    // No owner: taking the role from one would void the invitation.
    let path = format!("/shops/byeol/users/{}", ids["user"]);
    let lesser = site.ask("PATCH", &b, &path, json!({"role": "staff"})).await;
    assert_eq!(lesser.status.as_u16(), 200, "{lesser:?}");
    let owner = members["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["login"] == "b-owner");
    let browser = Subscription {
        id: "browserB".into(),
        shop: shop("byeol"),
        reader: owner.unwrap()["user"].as_str().unwrap().into(),
        endpoint: "https://push.example/b".into(),
        p256dh: String::new(),
        auth: String::new(),
        made: site.now(),
    };
    site.store.subscribe(&browser).await.unwrap();
    let made = site
        .ask("POST", &b, "/shops/byeol/invitations", body_of("invite"))
        .await
        .body;
    ids.insert("invitation", made["id"].as_str().unwrap().into());
    for o in operations() {
        if !o.path.contains("{shop}") {
            assert!(
                OF_NO_SHOP.contains(&o.id.as_str()),
                "{}: of which shop is it?",
                o.id
            );
            continue;
        }
        let body = o.body.then(|| body_of(&o.id));
        let send = async |cookie: &str, shop: &str| {
            let path = filled(&o.path, shop, &ids) + query_of(&o.id);
            let profile = match o.id.as_str() {
                "change_profile" | "change_choices" | "change_own_notices" | "change_care" => {
                    site.get(cookie, &path).await.header("etag").to_string()
                }
                _ => String::new(),
            };
            let headers: &[(&str, &str)] = if profile.is_empty() {
                &[]
            } else {
                &[("if-match", &profile)]
            };
            let request = request(&o.method, cookie, &path, headers, body.clone());
            if o.id == "events" {
                // Without an end: only the head is read.
                return (site.raw(request).await.status().as_u16(), String::new());
            }
            let answer = site.send(request).await;
            (answer.status.as_u16(), answer.body.to_string())
        };
        // Another's shop: as unknown as one that is not there.
        assert_eq!(send(&a, "byeol").await.0, 404, "{}", o.id);
        assert_eq!(send("", "byeol").await.0, 401, "{}", o.id);
        // One's own shop with another's thing.
        let (status, text) = send(&a, "haengbok").await;
        assert!(!text.contains(MARK), "{}: {text}", o.id);
        let things = o.path.matches('{').count() > 1;
        // A number is nobody's own: of the same one each shop notes what it likes.
        if things && !["change_caller", "erase_caller"].contains(&o.id.as_str()) {
            assert_eq!(status, 404, "{}: {text}", o.id);
        }
        // And the request itself is a good one.
        let (status, text) = send(&b, "byeol").await;
        assert!((200..300).contains(&status), "{}: {status} {text}", o.id);
    }
}

/// The list of shops holds one's own only, and somebody of no shop has none.
async fn one_sees_ones_own_shops(site: Site) {
    let a = site.join("a-owner", "haengbok").await;
    let shops = site.get(&a, "/shops").await.body;
    assert_eq!(shops["items"].as_array().unwrap().len(), 1);
    assert_eq!(shops["items"][0]["id"], "haengbok");
}

both!(no_route_reaches_another_shop, one_sees_ones_own_shops);
