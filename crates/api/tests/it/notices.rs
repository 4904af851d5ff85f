//! What people were told, with what became of it; and that everybody chooses for oneself how to be told.

use std::sync::{Arc, Mutex};

use biseo_api::views::Choices;
use biseo_store::{Lease, NewNotice, Settled};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::both;
use crate::common::{Answer, Site, request, shop};

/// Something told to somebody, which ends so.
async fn told(site: &Site, id: &str, (reader, channel, address): (&str, &str, &str), how: Settled) {
    let notice = NewNotice {
        id: id.into(),
        event: format!("message_left:{id}"),
        reader: reader.into(),
        channel: channel.into(),
        address: address.into(),
        content: json!({}),
        urgent: false,
        due: site.now(),
    };
    let (store, shop) = (&site.store, shop("haengbok"));
    store.post_alone(&shop, &notice, site.now()).await.unwrap();
    let until = site.now() + SignedDuration::from_mins(5);
    let claimed = store.claim_deliveries("me", (site.now(), until), (10, 10)).await;
    let mine = claimed.unwrap().into_iter().find(|d| d.id == id).unwrap();
    let lease = Lease {
        shop,
        delivery: mine.id,
        holder: "me".into(),
    };
    assert!(store.settle(&lease, &how, site.now()).await.unwrap());
    site.later(1);
}

fn given_up(fault: &str) -> Settled {
    Settled::GivenUp { fault: fault.into() }
}

/// A member who is no owner.
async fn staff(site: &Site, owner: &str, login: &str) -> (String, String) {
    let cookie = site.join(login, "haengbok").await;
    let members = site.get(owner, "/shops/haengbok/users").await.body;
    let found = members["items"].as_array().unwrap().iter();
    let user = found.clone().find(|m| m["login"] == login).unwrap()["user"].clone();
    let user = user.as_str().unwrap().to_string();
    let path = format!("/shops/haengbok/users/{user}");
    let lesser = site.ask("PATCH", owner, &path, json!({"role": "staff"})).await;
    assert_eq!(lesser.status.as_u16(), 200, "{lesser:?}");
    (cookie, user)
}

const NOTICES: &str = "/shops/haengbok/notices";
const MINE: &str = "/shops/haengbok/notices/mine";

async fn what_was_told_is_listed_with_what_became_of_it(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let (helper, helper_id) = staff(&site, &owner, "jikwon").await;
    assert_eq!(
        site.get(&owner, NOTICES).await.body,
        json!({"items": [], "next": null})
    );
    told(
        &site,
        "n1",
        ("chef", "email", "chef@example.com"),
        given_up("the mail server refuses the letter (550)"),
    )
    .await;
    told(&site, "n2", (&helper_id, "push", "browser1"), Settled::Sent).await;
    let again = Settled::Again {
        due: site.now() + SignedDuration::from_mins(1),
        fault: "no connection, or it broke off".into(),
    };
    told(&site, "n3", ("@caller", "text", "01023456789"), again).await;
    told(&site, "n4", ("@webhook", "webhook", "hook"), Settled::Sent).await;
    let all = site.get(&owner, NOTICES).await.body;
    let items = all["items"].as_array().unwrap();
    let ids: Vec<&str> = items.iter().map(|i| i["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["n3", "n2", "n1"], "newest first, programs elsewhere: {all}");
    assert_eq!(
        (
            &items[0]["whom"],
            &items[0]["name"],
            &items[0]["to"],
            &items[0]["state"],
            &items[0]["fault"]
        ),
        (
            &json!("caller"),
            &json!(null),
            &json!("01023456789"),
            &json!("failed"),
            &json!("unreachable")
        )
    );
    assert_eq!(
        (
            &items[1]["whom"],
            &items[1]["name"],
            &items[1]["to"],
            &items[1]["state"],
            &items[1]["fault"]
        ),
        (
            &json!("reader"),
            &json!("김사장"),
            &json!(null),
            &json!("sent"),
            &json!(null)
        )
    );
    assert_eq!(
        (
            &items[2]["name"],
            &items[2]["state"],
            &items[2]["fault"],
            &items[2]["events"],
            &items[2]["tries"]
        ),
        (
            &json!("chef"),
            &json!("given_up"),
            &json!("address"),
            &json!(["message_left"]),
            &json!(1)
        )
    );
    // By pages, none twice and none left out.
    let first = site.get(&owner, &format!("{NOTICES}?limit=2")).await.body;
    let next = first["next"].as_str().unwrap();
    let second = site
        .get(&owner, &format!("{NOTICES}?limit=2&cursor={next}"))
        .await
        .body;
    assert_eq!(
        (&second["items"][0]["id"], &second["next"]),
        (&json!("n1"), &json!(null))
    );
    assert_eq!(
        site.get(&owner, &format!("{NOTICES}?cursor=bm90aWNlcw"))
            .await
            .code(),
        "bad_cursor"
    );
    // Who does not run the shop sees what was told to oneself, and nobody's address.
    let own = site.get(&helper, NOTICES).await.body;
    assert_eq!(own["items"].as_array().unwrap().len(), 1, "{own}");
    assert_eq!(own["items"][0]["id"], "n2");
}

async fn put(site: &Site, who: &str, tag: &str, reader: Value) -> Answer {
    let body = json!({ "reader": reader });
    let headers: &[(&str, &str)] = if tag.is_empty() { &[] } else { &[("if-match", tag)] };
    site.send(request("PUT", who, MINE, headers, Some(body))).await
}

async fn everybody_chooses_for_oneself(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let (helper, id) = staff(&site, &owner, "jikwon").await;
    let kept = json!({"notices": {"reader": [{"id": "chef", "by": ["email"], "email": "chef@example.com"}]}});
    let tag = site.get(&owner, "/shops/haengbok/choices").await;
    let headers = [("if-match", tag.header("etag"))];
    let chosen = request("PUT", &owner, "/shops/haengbok/choices", &headers, Some(kept));
    assert_eq!(site.send(chosen).await.status.as_u16(), 200);
    assert_eq!(
        site.get(&helper, "/shops/haengbok/choices").await.status.as_u16(),
        403,
        "others' choices are the owner's"
    );

    let before = site.get(&helper, MINE).await;
    assert_eq!(before.body["reader"], json!(null));
    let tag = before.header("etag").to_string();
    let mine = json!({"id": id, "by": ["email"], "email": "jikwon@example.com",
        "quiet": [{"from": "12:00", "to": "13:00"}, {"from": "22:00", "to": "07:00"}],
        "rule": [{"events": ["missed"], "when": "21:30"}, {"events": ["line"], "when": "hourly"}]});
    assert_eq!(
        put(&site, &helper, "", mine.clone()).await.code(),
        "precondition_required"
    );
    let done = put(&site, &helper, &tag, mine.clone()).await;
    assert_eq!(done.status.as_u16(), 200, "{done:?}");
    let shown = site.get(&helper, MINE).await;
    assert_eq!(
        (&shown.body["reader"]["rule"][0]["when"], shown.header("etag")),
        (&json!("21:30"), done.header("etag"))
    );
    let all = site.get(&owner, "/shops/haengbok/choices").await.body;
    let readers = all["notices"]["reader"].as_array().unwrap();
    let ids: Vec<&str> = readers.iter().map(|r| r["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["chef", id.as_str()], "others stay as they were");

    // What somebody else has seen meanwhile is not overwritten.
    assert_eq!(put(&site, &helper, &tag, json!(null)).await.code(), "changed");
    let tag = done.header("etag");
    for (wrong, field) in [
        (
            json!({"id": "chef", "by": ["email"], "email": "a@example.com"}),
            "reader.id",
        ),
        (
            json!({"id": id, "by": ["webhook"], "webhook": "pos"}),
            "reader.webhook",
        ),
        (json!({"id": id, "by": ["email"]}), "notices.reader[1].email"),
        (
            json!({"id": id, "by": ["push"], "quiet": [{"from": "12:00", "to": "12:00"}]}),
            "notices.reader[1].quiet[0]",
        ),
    ] {
        let refused = put(&site, &helper, tag, wrong).await;
        assert_eq!(refused.body["fields"][0]["field"], field, "{refused:?}");
    }
    let gone = put(&site, &helper, tag, json!(null)).await;
    assert_eq!((gone.status.as_u16(), &gone.body["reader"]), (200, &json!(null)));
    let all = site.get(&owner, "/shops/haengbok/choices").await.body;
    assert_eq!(all["notices"]["reader"].as_array().unwrap().len(), 1);
    let page = biseo_store::Page {
        after: None,
        limit: 50,
    };
    let log = site.store.audited(&shop("haengbok"), &page).await.unwrap();
    assert_eq!(
        log.iter().filter(|e| e.action == "notices.own_changed").count(),
        2
    );
}

/// Who is taken away from the shop is told nothing of it any more: neither what comes nor what waits. Others are.
async fn who_is_taken_away_is_told_nothing(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let (helper, id) = staff(&site, &owner, "jikwon").await;
    let reader = |id: &str| json!({"id": id, "by": ["push", "text"], "phone": "010-1234-5678"});
    let tag = site.get(&owner, "/shops/haengbok/choices").await;
    let headers = [("if-match", tag.header("etag"))];
    let kept = json!({"notices": {"reader": [reader("chef")]}});
    let chosen = request("PUT", &owner, "/shops/haengbok/choices", &headers, Some(kept));
    assert_eq!(site.send(chosen).await.status.as_u16(), 200);
    let tag = site.get(&helper, MINE).await;
    let added = put(&site, &helper, tag.header("etag"), reader(&id)).await;
    assert_eq!(added.status.as_u16(), 200, "{added:?}");
    let subscription = |reader: &str| biseo_store::Subscription {
        id: format!("browser of {reader}"),
        shop: shop("haengbok"),
        reader: reader.into(),
        endpoint: format!("https://push.example/{reader}"),
        p256dh: String::new(),
        auth: String::new(),
        made: site.now(),
    };
    for reader in ["chef", &id] {
        site.store.subscribe(&subscription(reader)).await.unwrap();
    }
    told(&site, "n1", (&id, "text", "01012345678"), Settled::Sent).await;
    let again = Settled::Again {
        due: site.now() + SignedDuration::from_mins(1),
        fault: "no connection, or it broke off".into(),
    };
    told(&site, "n2", (&id, "text", "01012345678"), again.clone()).await;
    told(&site, "n3", ("chef", "text", "01012345678"), again).await;
    let path = format!("/shops/haengbok/users/{id}");
    let removed = site.ask("DELETE", &owner, &path, Value::Null).await;
    assert_eq!(removed.status.as_u16(), 204, "{removed:?}");
    let all = site.get(&owner, "/shops/haengbok/choices").await.body;
    let readers: Vec<&Value> = all["notices"]["reader"].as_array().unwrap().iter().collect();
    assert_eq!(readers.len(), 1, "{all}");
    assert_eq!(readers[0]["id"], "chef");
    let browsers = async |reader: &str| {
        let found = site.store.subscriptions(&shop("haengbok"), reader).await;
        found.unwrap().len()
    };
    assert_eq!((browsers(&id).await, browsers("chef").await), (0, 1));
    let told = site.get(&owner, NOTICES).await.body;
    let told = told["items"].as_array().unwrap().iter();
    let ids: Vec<&str> = told.map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        ["n3", "n1"],
        "what was sent is on record; what waited is gone"
    );
}

/// The program that sends is told at once, and an owner who cannot be taken away stays a reader.
#[tokio::test]
async fn the_house_hears_of_who_is_taken_away() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hears = told.clone();
    let site = Site::open(None, |settings| {
        settings.chosen = Arc::new(move |_, choices: &Choices| {
            hears.lock().unwrap().push(choices.notices.reader.len());
        });
    })
    .await;
    let owner = site.join("sajang", "haengbok").await;
    let (helper, id) = staff(&site, &owner, "jikwon").await;
    let me = site.get(&owner, "/session").await.body["user"].clone();
    for (who, id) in [(&owner, me.as_str().unwrap()), (&helper, &id)] {
        let tag = site.get(who, MINE).await;
        let reader = json!({"id": id, "by": ["email"], "email": "a@example.com"});
        let added = put(&site, who, tag.header("etag"), reader).await;
        assert_eq!(added.status.as_u16(), 200, "{added:?}");
    }
    let path = |id: &str| format!("/shops/haengbok/users/{id}");
    let last = site
        .ask("DELETE", &owner, &path(me.as_str().unwrap()), Value::Null)
        .await;
    assert_eq!(last.code(), "last_owner");
    assert_eq!(*told.lock().unwrap(), [1, 2]);
    let removed = site.ask("DELETE", &owner, &path(&id), Value::Null).await;
    assert_eq!(removed.status.as_u16(), 204, "{removed:?}");
    assert_eq!(*told.lock().unwrap(), [1, 2, 1]);
}

both!(
    what_was_told_is_listed_with_what_became_of_it,
    everybody_chooses_for_oneself,
    who_is_taken_away_is_told_nothing
);
