//! Numbers, manner and words of a shop: changed on their pages, refused with a reason.

use serde_json::{Value, json};

use crate::both;
use crate::common::{Answer, Site, request};

const PROFILE: &str = "/shops/haengbok/profile";

/// Changes the profile as it is now.
async fn change(site: &Site, owner: &str, body: Value) -> Answer {
    let tag = site.get(owner, PROFILE).await.header("etag").to_string();
    site.send(request(
        "PATCH",
        owner,
        PROFILE,
        &[("if-match", &tag)],
        Some(body),
    ))
    .await
}

fn words(flow: &str, key: &str, text: Value) -> Value {
    json!({"wording": [{"flow": flow, "key": key, "text": text}]})
}

async fn the_sentence(site: &Site, owner: &str, flow: &str, key: &str) -> Value {
    let all = site.get(owner, "/shops/haengbok/wording").await.body;
    let all = all["items"].as_array().unwrap().clone();
    all.into_iter()
        .find(|s| s["flow"] == flow && s["key"] == key)
        .unwrap()
}

async fn a_sentence_is_changed_tried_and_set_back(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let usual = the_sentence(&site, &owner, "call", "busy").await;
    assert_eq!(
        (&usual["own"], usual["ko"].as_array().unwrap().len()),
        (&json!(null), 1)
    );
    let own = words("call", "busy", json!({"ko": "잠깐만요."}));
    // Tried before it is the shop's: nothing is kept.
    let tried = json!({"said": ["네"], "wording": own["wording"]});
    let tried = site.ask("POST", &owner, "/shops/haengbok/tryout", tried).await;
    assert_eq!(tried.body["turns"][0]["why"], json!(["잠깐만요."]), "{tried:?}");
    assert_eq!(the_sentence(&site, &owner, "call", "busy").await, usual);
    let saved = change(&site, &owner, own).await;
    assert_eq!(
        saved.body["wording"]["call"]["busy"],
        json!({"ko": "잠깐만요."}),
        "{saved:?}"
    );
    let shown = the_sentence(&site, &owner, "call", "busy").await;
    assert_eq!(
        (&shown["own"]["ko"], &shown["ko"]),
        (&json!("잠깐만요."), &usual["ko"])
    );
    let back = change(&site, &owner, words("call", "busy", json!(null))).await;
    assert_eq!(back.body["wording"], json!({}));
    assert_eq!(the_sentence(&site, &owner, "call", "busy").await, usual);
}

async fn what_cannot_be_said_is_refused_with_its_reason_and_place(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    for (flow, key, text, field, code, at) in [
        (
            "book",
            "done",
            json!({"ko": "{when}에 {price}원"}),
            "wording.book.done.ko",
            "unknown_place",
            json!("price"),
        ),
        (
            "book",
            "confirm",
            json!({"ko": "예약할까요?"}),
            "wording.book.confirm.ko",
            "missing_place",
            Value::Null,
        ),
        (
            "book",
            "done",
            json!({"ko": "네.", "en": "{"}),
            "wording.book.done.en",
            "form",
            Value::Null,
        ),
        (
            "call",
            "greeting",
            json!({"ko": "네."}),
            "wording.call.greeting.ko",
            "undisclosed",
            Value::Null,
        ),
        (
            "call",
            "nothing",
            json!({"ko": "네."}),
            "wording.call.nothing.ko",
            "unknown",
            Value::Null,
        ),
    ] {
        let body = words(flow, key, text);
        let tried = json!({"said": [], "wording": body["wording"]});
        let tried = site.ask("POST", &owner, "/shops/haengbok/tryout", tried).await;
        let saved = change(&site, &owner, body).await;
        for refused in [tried, saved] {
            let fault = &refused.body["fields"][0];
            assert_eq!(
                (refused.code(), &fault["field"], &fault["code"]),
                ("invalid", &json!(field), &json!(code)),
                "{refused:?}"
            );
            if !at.is_null() {
                assert_eq!(fault["at"], at);
            }
            if code == "missing_place" {
                assert!(fault["at"].is_string(), "which");
            }
        }
    }
    assert_eq!(site.get(&owner, PROFILE).await.body["wording"], json!({}));
}

async fn numbers_and_manner_are_changed_as_a_whole(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let body = json!({"numbers": ["02-700-1001", "070-1234-5678"], "voice": {"elder": true}, "address": {"ko": "서울"}});
    let changed = change(&site, &owner, body).await;
    assert_eq!(
        changed.body["numbers"],
        json!(["027001001", "07012345678"]),
        "{changed:?}"
    );
    assert_eq!(
        (&changed.body["voice"]["elder"], &changed.body["address"]["ko"]),
        (&json!(true), &json!("서울"))
    );
    // Another shop's number.
    let byeol = site.join("other", "byeol").await;
    let taken = site.get(&byeol, "/shops/byeol/profile").await.body["numbers"][0].clone();
    let refused = change(&site, &owner, json!({"numbers": [taken]})).await;
    assert_eq!(
        (refused.code(), &refused.body["fields"][0]["code"]),
        ("invalid", &json!("taken"))
    );
    let never = change(
        &site,
        &owner,
        json!({"voice": {"shortest_wait_ms": 900, "longest_wait_ms": 800}}),
    )
    .await;
    assert_eq!(
        (never.code(), &never.body["fields"][0]["field"]),
        ("invalid", &json!("voice"))
    );
    assert_eq!(site.get(&owner, PROFILE).await.body["voice"]["elder"], true);
}

async fn flows_are_told_step_by_step_as_the_shop_has_them(site: Site) {
    let owner = site.join("owner", "haengbok").await;
    let flows = site.get(&owner, "/shops/haengbok/flows").await.body;
    let of = |name: &str| {
        let items = flows["items"].as_array().unwrap();
        items.iter().find(|f| f["name"] == name).unwrap().clone()
    };
    let book = of("book");
    assert_eq!(
        (&book["serves"], &book["intents"]),
        (&json!(true), &json!(["book"]))
    );
    let first = json!({"does": "collect", "what": "date", "together": "time", "optional": false});
    assert_eq!(book["steps"][0], first);
    // The sentences that its steps say can be read, and said otherwise.
    let confirm = book["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["does"] == "confirm");
    let key = confirm.unwrap()["what"].as_str().unwrap().to_string();
    assert_eq!(the_sentence(&site, &owner, "book", &key).await["key"], key);
}

both!(
    flows_are_told_step_by_step_as_the_shop_has_them,
    a_sentence_is_changed_tried_and_set_back,
    what_cannot_be_said_is_refused_with_its_reason_and_place,
    numbers_and_manner_are_changed_as_a_whole,
);
