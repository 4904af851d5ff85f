//! A day's work by the API: bookings, profile, questions, tags, keys, live events.

use crate::both;
use crate::common::{Site, request, shop};
use axum::body::Body;
use biseo_api::live::{LiveEvent, Partial};
use biseo_store::Question;
use http_body_util::BodyExt;
use serde_json::{Value, json};

fn booking(time: &str) -> Value {
    json!({"date": "2026-11-26", "time": time, "party_size": 6, "name": "김민수", "phone": "010-2345-6789"})
}

/// Two tables seat six: the third party is told what is free.
async fn a_full_time_is_a_conflict_with_alternatives(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let path = "/shops/haengbok/bookings";
    let first = site.ask("POST", &owner, path, booking("19:00:00")).await;
    assert_eq!(first.status.as_u16(), 201, "{first:?}");
    let mut n = 1;
    let full = loop {
        let next = site.ask("POST", &owner, path, booking("19:00:00")).await;
        if next.status != 201 {
            break next;
        }
        n += 1;
        assert!(n < 50, "never full");
    };
    assert_eq!((full.status.as_u16(), full.code()), (409, "booking_conflict"));
    assert_eq!(full.body["reason"], "taken");
    let free = full.body["alternatives"].as_array().unwrap();
    assert!(
        !free.is_empty() && free.iter().all(|f| f["time"] != "19:00:00"),
        "{free:?}"
    );
    let id = first.body["id"].as_str().unwrap();
    let to = json!({"time": free[0]["time"]});
    let one = format!("{path}/{id}");
    let stale = request("PATCH", &owner, &one, &[("if-match", "\"x\"")], Some(to.clone()));
    assert_eq!(site.send(stale).await.code(), "changed");
    let etag = first.body["etag"].as_str().unwrap();
    let moved = site
        .send(request(
            "PATCH",
            &owner,
            &one,
            &[("if-match", etag)],
            Some(to.clone()),
        ))
        .await;
    assert_eq!(
        (moved.status.as_u16(), &moved.body["time"]),
        (200, &to["time"]),
        "{moved:?}"
    );
    let again = site.ask("POST", &owner, path, booking("19:00:00")).await;
    assert_eq!(again.status.as_u16(), 201, "its place is free");
    let cancelled = site.ask("DELETE", &owner, &one, json!(null)).await;
    assert_eq!(cancelled.body["cancelled"], true);
    let monday = json!({"date": "2026-11-30", "time": "19:00:00", "party_size": 2, "name": "a", "phone": "0212345678"});
    assert_eq!(
        site.ask("POST", &owner, path, monday).await.body["reason"],
        "closed"
    );
}

async fn a_key_books_once(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let path = "/shops/haengbok/bookings";
    let keyed = |body| request("POST", &owner, path, &[("idempotency-key", "k-1")], Some(body));
    let first = site.send(keyed(booking("19:00:00"))).await;
    let second = site.send(keyed(booking("19:00:00"))).await;
    assert_eq!((first.status, &first.body), (second.status, &second.body));
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(
        site.send(keyed(booking("20:00:00"))).await.code(),
        "idempotency_reused"
    );
    let listed = site
        .get(&owner, "/shops/haengbok/bookings?from=2026-11-26")
        .await
        .body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let invite = || {
        let body = json!({"role": "staff", "name": "이직원"});
        request(
            "POST",
            &owner,
            "/shops/haengbok/invitations",
            &[("idempotency-key", "k-2")],
            Some(body),
        )
    };
    let (one, two) = (site.send(invite()).await.body, site.send(invite()).await.body);
    assert_eq!(one, two);
    assert!(one["token"].as_str().unwrap().len() == 43);
}

async fn what_is_known_is_not_sent_again(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let path = "/shops/haengbok/profile";
    let first = site.get(&owner, path).await;
    let etag = first.header("etag").to_string();
    let known = request("GET", &owner, path, &[("if-none-match", &etag)], None);
    assert_eq!(site.send(known).await.status.as_u16(), 304);
    let change = json!({"facts": [{"topic": "유모차", "text": {"ko": "네, 들어와요."}}]});
    assert_eq!(
        site.ask("PATCH", &owner, path, change.clone()).await.code(),
        "precondition_required"
    );
    let changed = site
        .send(request(
            "PATCH",
            &owner,
            path,
            &[("if-match", &etag)],
            Some(change.clone()),
        ))
        .await;
    assert_eq!(
        changed.body["facts"]["유모차"]["ko"], "네, 들어와요.",
        "{changed:?}"
    );
    let late = site
        .send(request(
            "PATCH",
            &owner,
            path,
            &[("if-match", &etag)],
            Some(change),
        ))
        .await;
    assert_eq!(late.code(), "changed");
}

async fn an_answered_question_is_a_fact(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let question = Question {
        id: "q1".into(),
        call: None,
        text: "유모차 들어가나요?".into(),
        at: site.now(),
        state: "open".into(),
        topic: None,
    };
    site.store
        .add_question(&shop("haengbok"), &question)
        .await
        .unwrap();
    let path = "/shops/haengbok/questions/q1";
    let without = site
        .ask("PATCH", &owner, path, json!({"state": "answered"}))
        .await;
    assert_eq!(
        (without.code(), &without.body["fields"][0]["field"]),
        ("invalid", &json!("topic"))
    );
    let answer = json!({"state": "answered", "topic": "유모차", "answer": {"ko": "네."}});
    assert_eq!(
        site.ask("PATCH", &owner, path, answer).await.body["state"],
        "answered"
    );
    let profile = site.get(&owner, "/shops/haengbok/profile").await.body;
    assert_eq!(profile["facts"]["유모차"]["ko"], "네.");
}

async fn words_come_as_they_are_spoken(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let path = "/shops/haengbok/events";
    let tell = |shop_id: &str, heard: &str| {
        let partial = Partial {
            call: "c".into(),
            number: 1,
            heard: heard.into(),
            at: site.now(),
        };
        site.live.tell(&shop(shop_id), &LiveEvent::Partial(partial));
    };
    let mut stream = site
        .raw(request("GET", &owner, path, &[], None))
        .await
        .into_body();
    let first = text(&mut stream).await;
    let id = first
        .lines()
        .find_map(|l| l.strip_prefix("id: "))
        .unwrap()
        .to_string();
    tell("byeol", "비밀");
    tell("haengbok", "내일 일곱 시");
    let heard = text(&mut stream).await;
    assert!(
        heard.contains("event: partial") && heard.contains("내일 일곱 시"),
        "{heard}"
    );
    let back = request("GET", &owner, path, &[("last-event-id", &id)], None);
    let mut back = site.raw(back).await.into_body();
    assert_eq!(text(&mut back).await, heard, "what was missed");
    let lost = request("GET", &owner, path, &[("last-event-id", "gone-1")], None);
    let mut lost = site.raw(lost).await.into_body();
    assert!(text(&mut lost).await.contains("event: resync"));
    site.live.close();
    // The stream ends with what was told before.
    while let Some(frame) = stream.frame().await {
        assert!(!String::from_utf8_lossy(frame.unwrap().data_ref().unwrap()).contains("비밀"));
    }
}

async fn text(stream: &mut Body) -> String {
    let frame = stream.frame().await.unwrap().unwrap();
    String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
}

both!(
    a_full_time_is_a_conflict_with_alternatives,
    a_key_books_once,
    what_is_known_is_not_sent_again,
    an_answered_question_is_a_fact,
    words_come_as_they_are_spoken,
);
