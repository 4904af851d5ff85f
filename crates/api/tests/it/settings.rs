//! What an owner sets of a shop besides its words: days off, who answers when, recording, the bank account.

use serde_json::{Value, json};

use crate::both;
use crate::common::{Answer, Site, request};

const PROFILE: &str = "/shops/haengbok/profile";

/// Changes the profile as it is now.
async fn change(site: &Site, owner: &str, body: Value) -> Answer {
    let tag = site.get(owner, PROFILE).await.header("etag").to_string();
    let asked = request("PATCH", owner, PROFILE, &[("if-match", &tag)], Some(body));
    site.send(asked).await
}

/// The hours as they are, with these special days.
async fn with_special(site: &Site, owner: &str, special: Value) -> Value {
    let mut hours = site.get(owner, PROFILE).await.body["hours"].clone();
    hours["special"] = special;
    json!({ "hours": hours })
}

async fn days_off_are_kept_and_nothing_is_booked_then(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let days = json!([
        {"date": "2026-12-03", "hours": {"open": "11:00:00", "close": "15:00:00"}},
        {"date": "2026-11-27", "until": "2026-11-28", "reason": {"ko": "내부 수리", "en": "repairs"}},
    ]);
    let body = with_special(&site, &owner, days).await;
    let changed = change(&site, &owner, body).await;
    let special = &changed.body["hours"]["special"];
    assert_eq!(special[0]["date"], "2026-11-27", "{changed:?}");
    assert_eq!(special[0]["reason"], json!({"ko": "내부 수리", "en": "repairs"}));
    assert_eq!(special[1]["hours"]["close"], "15:00:00");
    // The owner's own file says so, a day on a line.
    let text = std::fs::read_to_string(site.dir.path().join("shops/haengbok.toml")).unwrap();
    assert!(
        text.contains("\n    { date = \"2026-11-27\", until = \"2026-11-28\""),
        "{text}"
    );
    let free = "/shops/haengbok/availability?party_size=2&date=";
    for (day, some) in [
        ("2026-11-27", false),
        ("2026-11-28", false),
        ("2026-11-29", true),
        ("2026-12-03", true),
    ] {
        let found = site.get(&owner, &format!("{free}{day}")).await.body;
        let times = found["items"].as_array().unwrap();
        assert_eq!(!times.is_empty(), some, "{day}: {found}");
        let late = times.iter().any(|t| t["time"].as_str() > Some("13:00:00"));
        assert_eq!(late, day == "2026-11-29", "{day}: {found}");
    }
    let wish = json!({"date": "2026-11-27", "time": "19:00:00", "party_size": 2, "name": "a", "phone": "0212345678"});
    let refused = site.ask("POST", &owner, "/shops/haengbok/bookings", wish).await;
    assert_eq!(refused.body["reason"], "closed", "{refused:?}");
    // What is left out is gone.
    let body = with_special(&site, &owner, json!([])).await;
    let changed = change(&site, &owner, body).await;
    assert_eq!(changed.body["hours"]["special"], json!([]));
}

async fn days_that_cannot_be_are_refused(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let long = "가".repeat(41);
    for (days, field) in [
        (
            json!([{"date": "2026-12-24"}, {"date": "2026-12-20", "until": "2026-12-24"}]),
            "hours.special",
        ),
        (
            json!([{"date": "2026-12-24", "until": "2026-12-23"}]),
            "hours.special",
        ),
        (
            json!([{"date": "2026-12-24", "reason": {"ko": long}}]),
            "hours.special.reason.ko",
        ),
        (
            json!([{"date": "2026-12-24", "reason": {"ko": "a\u{7}b"}}]),
            "hours.special.reason.ko",
        ),
        (
            json!([{"date": "2026-12-24", "hours": {"open": "11:00:00", "close": "15:00:00", "break": ["16:00:00", "17:00:00"]}}]),
            "hours.special",
        ),
    ] {
        let body = with_special(&site, &owner, days.clone()).await;
        let refused = change(&site, &owner, body).await;
        let found = (refused.code(), refused.body["fields"][0]["field"].clone());
        assert_eq!(found, ("invalid", json!(field)), "{days}: {refused:?}");
    }
    let hours = site.get(&owner, PROFILE).await.body["hours"].clone();
    assert_eq!(hours["special"], json!([]));
}

async fn who_answers_when_is_kept_whole(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let usual = site.get(&owner, PROFILE).await.body["answering"].clone();
    let expected = json!({"open": "at_once", "closed": "at_once", "times": [], "ring_seconds": 20, "refusal": "unavailable"});
    assert_eq!(usual, expected);
    let own = json!({"open": "after_ringing", "closed": "never", "ring_seconds": 15, "refusal": "busy",
        "times": [{"days": ["sun"], "from": "22:00:00", "to": "06:00:00", "answer": "never"},
                  {"days": [], "from": "12:00:00", "to": "13:00:00", "answer": "at_once"}]});
    let changed = change(&site, &owner, json!({ "answering": own })).await;
    assert_eq!(changed.body["answering"], own, "{changed:?}");
    let with = |field: &str, value: Value| {
        let mut body = own.clone();
        body[field] = value;
        json!({ "answering": body })
    };
    let rule = json!({"days": [], "from": "12:00:00", "to": "13:00:00", "answer": "never"});
    for (body, field) in [
        (with("ring_seconds", json!(2)), "answering.ring_seconds"),
        (with("ring_seconds", json!(56)), "answering.ring_seconds"),
        (with("times", json!(vec![rule.clone(); 21])), "answering.times"),
    ] {
        let refused = change(&site, &owner, body).await;
        let found = (refused.code(), refused.body["fields"][0]["field"].clone());
        assert_eq!(found, ("invalid", json!(field)), "{refused:?}");
    }
    for body in [
        with("open", json!("sometimes")),
        with("refusal", json!("silence")),
        json!({"answering": {"open": "never"}}),
    ] {
        let refused = change(&site, &owner, body).await;
        assert!(refused.status.is_client_error(), "{refused:?}");
    }
    assert_eq!(site.get(&owner, PROFILE).await.body["answering"], own);
    // As many rules as may be, and back to none.
    let changed = change(&site, &owner, with("times", json!(vec![rule; 20]))).await;
    assert_eq!(changed.body["answering"]["times"].as_array().unwrap().len(), 20);
    let changed = change(&site, &owner, with("times", json!([]))).await;
    assert_eq!(changed.body["answering"]["times"], json!([]));
}

async fn recording_and_account_are_the_shop_s(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let shown = site.get(&owner, PROFILE).await.body;
    assert_eq!(
        (&shown["record"], &shown["may_record"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(
        (&shown["account"], &shown["account_told"]),
        (&json!(null), &json!(null))
    );
    let account = json!({"bank": {"ko": "국민은행"}, "number": "12-345678", "holder": {"ko": "행복식당", "en": "Haengbok"}});
    let body = json!({"record": false, "account": {"to": account}});
    let changed = change(&site, &owner, body).await;
    assert_eq!(changed.body["record"], false, "{changed:?}");
    assert_eq!(changed.body["account"], account);
    // Two groups could be a house number to a voice.
    assert_eq!(changed.body["account_told"], "국민은행 12-345-678 행복식당");
    let text = std::fs::read_to_string(site.dir.path().join("shops/haengbok.toml")).unwrap();
    assert!(text.contains("record = false\n"), "{text}");
    for (account, field) in [
        (
            json!({"bank": {"ko": "국민은행"}, "number": "12345"}),
            "account.number",
        ),
        (
            json!({"bank": {"ko": "국민은행"}, "number": "123-45-67890x"}),
            "account.number",
        ),
        (
            json!({"bank": {"ko": " "}, "number": "123456"}),
            "account.bank.ko",
        ),
        (
            json!({"bank": {"ko": "국민은행"}, "number": "123456", "holder": {"ko": "가".repeat(31)}}),
            "account.holder.ko",
        ),
    ] {
        let refused = change(&site, &owner, json!({"account": {"to": account}})).await;
        let found = (refused.code(), refused.body["fields"][0]["field"].clone());
        assert_eq!(found, ("invalid", json!(field)), "{refused:?}");
    }
    // What is not given stays; an account is taken away by name.
    let changed = change(&site, &owner, json!({"record": true})).await;
    assert_eq!(
        (&changed.body["record"], &changed.body["account"]["number"]),
        (&json!(true), &json!("12-345678"))
    );
    let changed = change(&site, &owner, json!({"account": {}})).await;
    assert_eq!(
        (&changed.body["account"], &changed.body["account_told"]),
        (&json!(null), &json!(null))
    );
}

both!(
    days_off_are_kept_and_nothing_is_booked_then,
    days_that_cannot_be_are_refused,
    who_answers_when_is_kept_whole,
    recording_and_account_are_the_shop_s,
);
