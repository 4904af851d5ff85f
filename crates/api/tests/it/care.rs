//! How long data is kept, and one caller's data: handed out, erased.

use crate::both;
use crate::common::{Site, request, shop};
use biseo_model::ids::CallId;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{CallEnd, CallRecord, Latency, TurnRecord};
use serde_json::json;

async fn the_times_are_the_owners_to_choose(site: Site) {
    let (owner, staff) = (
        site.join("sajang", "haengbok").await,
        site.join("byeol", "byeol").await,
    );
    let path = "/shops/haengbok/care";
    let usual = site.get(&owner, path).await;
    assert_eq!(usual.body["recordings_days"], 90);
    let wanted = json!({"recordings_days": 14, "words_days": 30, "people_days": 365});
    let put = |tag: String, body| request("PUT", &owner, path, &[("if-match", &tag)], Some(body));
    let without = site.ask("PUT", &owner, path, wanted.clone()).await;
    assert_eq!(without.code(), "precondition_required");
    for (days, code) in [(0, "too_small"), (4_000, "too_large")] {
        let mut bad = wanted.clone();
        bad["words_days"] = json!(days);
        let refused = site.send(put(usual.header("etag").into(), bad)).await;
        assert_eq!(refused.body["fields"][0]["code"], code, "{refused:?}");
    }
    let changed = site.send(put(usual.header("etag").into(), wanted.clone())).await;
    assert_eq!((changed.status.as_u16(), &changed.body), (200, &wanted));
    let stale = site.send(put(usual.header("etag").into(), wanted.clone())).await;
    assert_eq!(stale.code(), "changed");
    assert_eq!(site.get(&owner, path).await.body, wanted);
    assert_eq!(site.get(&staff, path).await.status.as_u16(), 404);
}

/// A call of somebody with a recording and one turn.
async fn called(site: &Site, number: &str) {
    let record = CallRecord {
        id: CallId::new("c1").unwrap(),
        shop: shop("haengbok"),
        caller: PhoneNumber::parse(number).ok(),
        dialled: None,
        forwarded: None,
        started: site.now(),
        answered: Some(site.now()),
        ended: None,
        end: None,
        recording: Some("recordings/c1.wav".into()),
    };
    site.store.begin_call(&record).await.unwrap();
    let turn = TurnRecord {
        call: record.id.clone(),
        number: 0,
        at: site.now(),
        heard: "제 이름은 김민수예요".into(),
        understood: json!({}),
        said: "네.".into(),
        latency: Latency::default(),
    };
    site.store.add_turn(&turn).await.unwrap();
    site.store
        .end_call(&record.id, site.now(), CallEnd::Caller)
        .await
        .unwrap();
    std::fs::write(site.dir.path().join("data/recordings/c1.wav"), "RIFF").unwrap();
}

async fn a_caller_has_it_all_handed_out_and_erased(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let number = "010-2345-6789";
    called(&site, number).await;
    let booking =
        json!({"date": "2026-11-26", "time": "19:00:00", "party_size": 4, "name": "김민수", "phone": number});
    let booked = site
        .ask("POST", &owner, "/shops/haengbok/bookings", booking)
        .await;
    assert_eq!(booked.status.as_u16(), 201, "{booked:?}");
    let path = format!("/shops/haengbok/callers/{number}");
    let all = site.get(&owner, &format!("{path}/export")).await;
    assert_eq!(
        all.header("content-disposition"),
        "attachment; filename=\"caller.json\""
    );
    assert_eq!(all.body["calls"][0]["turns"][0]["heard"], "제 이름은 김민수예요");
    assert_eq!(all.body["bookings"][0]["name"], "김민수");

    let erased = site.ask("DELETE", &owner, &path, json!(null)).await;
    assert_eq!(erased.status.as_u16(), 200, "{erased:?}");
    assert_eq!(
        (&erased.body["calls"], &erased.body["kept_bookings"]),
        (&json!(1), &json!(1))
    );
    assert!(!site.dir.path().join("data/recordings/c1.wav").exists());
    let call = site.get(&owner, "/shops/haengbok/calls/c1").await;
    assert!(!call.body.to_string().contains("김민수"), "{call:?}");
    assert_eq!(
        (&call.body["call"]["caller"], &call.body["call"]["recorded"]),
        (&json!(null), &json!(false))
    );
    // What is owed is kept, and can be erased once it is cancelled.
    let id = booked.body["id"].as_str().unwrap();
    site.ask(
        "DELETE",
        &owner,
        &format!("/shops/haengbok/bookings/{id}"),
        json!(null),
    )
    .await;
    let erased = site.ask("DELETE", &owner, &path, json!(null)).await;
    assert_eq!(
        (&erased.body["bookings"], &erased.body["kept_bookings"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(
        site.get(&owner, &format!("{path}/export")).await.status.as_u16(),
        404
    );
    // The log tells that it was done, not of whom.
    let log = site.get(&owner, "/shops/haengbok/audit").await.body.to_string();
    assert!(
        log.contains("caller.erased") && log.contains("caller.exported"),
        "{log}"
    );
    assert!(!log.contains("23456789"), "{log}");
}

both!(
    the_times_are_the_owners_to_choose,
    a_caller_has_it_all_handed_out_and_erased,
    a_turn_is_said_to_mean_something_else
);

async fn a_turn_is_said_to_mean_something_else(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    called(&site, "010-2345-6789").await;
    let one = "/shops/haengbok/calls/c1/turns/0/correction";
    for (body, code) in [
        (json!({"meant": "ask"}), "contradiction"),
        (json!({"meant": "book", "topic": "parking"}), "contradiction"),
    ] {
        let refused = site.ask("PUT", &owner, one, body).await;
        assert_eq!(refused.body["fields"][0]["code"], code, "{refused:?}");
    }
    let none = "/shops/haengbok/calls/c1/turns/7/correction";
    let refused = site.ask("PUT", &owner, none, json!({"meant": "book"})).await;
    assert_eq!(refused.status.as_u16(), 404);
    // The test's understanding takes everything for a question about its own words.
    let book = site.ask("PUT", &owner, one, json!({"meant": "book"})).await;
    assert_eq!(
        (book.status.as_u16(), &book.body["right"]),
        (200, &json!(false)),
        "{book:?}"
    );
    let ask = json!({"meant": "ask", "topic": "parking"});
    site.ask("PUT", &owner, one, ask).await;
    let listed = site.get(&owner, "/shops/haengbok/corrections").await.body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (
            &listed["items"][0]["meant"],
            &listed["items"][0]["topic"],
            &listed["items"][0]["heard"]
        ),
        (&json!("ask"), &json!("parking"), &json!("제 이름은 김민수예요"))
    );
    let call = site.get(&owner, "/shops/haengbok/calls/c1").await.body;
    assert_eq!(call["corrections"][0]["turn"], 0);
    assert_eq!(
        site.ask("DELETE", &owner, one, json!(null)).await.status.as_u16(),
        204
    );
    assert_eq!(
        site.ask("DELETE", &owner, one, json!(null)).await.status.as_u16(),
        404
    );
}
