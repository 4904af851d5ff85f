//! A shop is made on the page by its first owner, step by step.

use biseo_model::shop::ShopProfile;
use serde_json::{Value, json};

use crate::both;
use crate::common::{Site, shop};

const NEW: &str = "/shops/new/setup";

fn business(numbers: &[&str]) -> Value {
    json!({"kind": "restaurant", "name": {"ko": " 새식당 "}, "address": {"ko": "서울 마포구 새길 1"}, "numbers": numbers})
}

fn hours() -> Value {
    json!({"week": {"tue": {"open": "11:00:00", "close": "22:00:00"}, "wed": {"open": "11:00:00", "close": "22:00:00"}}})
}

fn tables() -> Value {
    json!({"mode": "tables", "tables": [{"name": "2인석", "seats": 2, "count": 4}], "stay_minutes": 90, "step_minutes": 30,
        "ahead_minutes": 60, "ahead_days": 30, "menu": [{"name": "국밥", "won": 9000}]})
}

fn profile(site: &Site, id: &str) -> Option<ShopProfile> {
    let text = std::fs::read_to_string(site.dir.path().join(format!("shops/{id}.toml"))).ok()?;
    Some(ShopProfile::from_toml(&text).unwrap())
}

async fn save(site: &Site, cookie: &str, step: &str, body: Value) -> Value {
    let answer = site.ask("PUT", cookie, &format!("{NEW}/{step}"), body).await;
    assert_eq!(answer.status.as_u16(), 200, "{step}: {answer:?}");
    answer.body
}

async fn from_nothing_to_a_shop(site: Site) {
    let owner = site.join("new-owner", "new").await;
    let empty = site.get(&owner, NEW).await.body;
    assert_eq!(
        (&empty["made"], &empty["kind"], &empty["hours"]),
        (&json!(false), &Value::Null, &Value::Null)
    );
    assert_eq!(site.get(&owner, "/shops/new/profile").await.status.as_u16(), 404);
    // Out of turn nothing is made.
    for (step, body) in [("hours", hours()), ("booking", tables())] {
        let early = site.ask("PUT", &owner, &format!("{NEW}/{step}"), body).await;
        assert_eq!(early.code(), "conflict", "{step}");
    }
    let first = save(&site, &owner, "business", business(&["02-700-2001", " "])).await;
    assert_eq!(first["name"]["ko"], "새식당");
    assert_eq!(first["numbers"], json!(["027002001"]));
    assert!(
        first["hours"]["week"]["tue"]["break"].is_array(),
        "suggested for a restaurant"
    );
    assert!(
        profile(&site, "new").is_none(),
        "what its owner has not said is not said"
    );
    let second = save(&site, &owner, "hours", hours()).await;
    assert_eq!(
        (&second["made"], &second["done"]),
        (&json!(true), &json!(["business", "hours"]))
    );
    let made = profile(&site, "new").unwrap();
    assert!(made.booking.is_none() && made.facts.is_empty() && made.hours.week.len() == 2);
    assert_eq!(second["booking"]["mode"], "tables", "still only a suggestion");
    let third = save(&site, &owner, "booking", tables()).await;
    assert_eq!(
        third["booking"]["tables"],
        json!([{"name": "2인석", "seats": 2, "count": 4, "stay_minutes": null, "min_party": null}])
    );
    let rules = profile(&site, "new").unwrap();
    assert!(rules.booking.is_some() && rules.menu.len() == 1);
    let marked = site
        .ask("PATCH", &owner, NEW, json!({"done": "facts"}))
        .await
        .body;
    assert_eq!(marked["done"], json!(["business", "hours", "booking", "facts"]));
    // Taken up again, also later: each step as often as one likes.
    save(&site, &owner, "business", business(&["02-700-2002"])).await;
    let again = site.get(&owner, NEW).await.body;
    assert_eq!(again["numbers"], json!(["027002002"]));
    assert_eq!(again["done"], marked["done"]);
    let shops = site.get(&owner, "/shops").await.body;
    assert_eq!(shops["items"][0]["id"], "new");
}

async fn what_is_wrong_is_told_at_its_field(site: Site) {
    let owner = site.join("new-owner", "new").await;
    let mut other = business(&["02-700-2001"]);
    other["name"]["ko"] = "  ".into();
    for (body, field, code) in [
        (other, "name.ko", "missing"),
        (business(&[]), "numbers", "missing"),
        (business(&["12"]), "numbers", "form"),
        // Another shop's.
        (business(&["042-700-1002"]), "numbers", "taken"),
    ] {
        let answer = site.ask("PUT", &owner, &format!("{NEW}/business"), body).await;
        assert_eq!(
            answer.body["fields"],
            json!([{"field": field, "code": code}]),
            "{answer:?}"
        );
    }
    save(&site, &owner, "business", business(&["02-700-2001"])).await;
    let day = |more: Value| {
        let mut day = json!({"open": "11:00:00", "close": "22:00:00"});
        day.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"week": {"tue": day}})
    };
    for (body, field, code) in [
        (json!({"week": {}}), "week", "missing"),
        (
            day(json!({"break": ["15:00:00", "14:00:00"]})),
            "week.tue.break",
            "impossible",
        ),
        (
            day(json!({"last_order": "23:00:00"})),
            "week.tue.last_order",
            "impossible",
        ),
    ] {
        let answer = site.ask("PUT", &owner, &format!("{NEW}/hours"), body).await;
        assert_eq!(
            answer.body["fields"],
            json!([{"field": field, "code": code}]),
            "{answer:?}"
        );
    }
    save(&site, &owner, "hours", hours()).await;
    let with = |path: &str, value: Value| {
        let mut body = tables();
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    let twice = json!([{"name": "a", "seats": 1, "count": 1}, {"name": "a ", "seats": 2, "count": 1}]);
    for (body, field, code) in [
        (with("/tables", json!([])), "tables", "missing"),
        (with("/tables/0/seats", json!(0)), "tables.0.seats", "too_small"),
        (with("/tables/0/count", json!(501)), "tables.0.count", "too_large"),
        (with("/tables", twice), "tables.1.name", "contradiction"),
        (with("/ahead_days", json!(0)), "ahead_days", "too_small"),
        (
            json!({"mode": "staff", "staff": [{"name": "원장"}], "step_minutes": 10, "ahead_days": 9}),
            "services",
            "missing",
        ),
    ] {
        let answer = site.ask("PUT", &owner, &format!("{NEW}/booking"), body).await;
        assert_eq!(
            answer.body["fields"],
            json!([{"field": field, "code": code}]),
            "{answer:?}"
        );
    }
    assert!(
        profile(&site, "new").unwrap().booking.is_none(),
        "nothing of it was saved"
    );
    let wrong = site.ask("PATCH", &owner, NEW, json!({"done": "hours"})).await;
    assert_eq!(wrong.code(), "invalid");
}

/// Who may not write the profile sets nothing up, and an operator makes no shop of a name that is none.
async fn only_owners_set_up(site: Site) {
    let owner = site.join("a-owner", "haengbok").await;
    site.join("helper", "haengbok").await;
    let members = site.get(&owner, "/shops/haengbok/users").await.body;
    let members = members["items"].as_array().unwrap();
    let helper = members.iter().find(|m| m["login"] == "helper").unwrap();
    let path = format!("/shops/haengbok/users/{}", helper["user"].as_str().unwrap());
    site.ask("PATCH", &owner, &path, json!({"role": "staff"})).await;
    let signed = site.sign_in("helper", crate::common::PASSWORD, None).await;
    let staff = crate::common::cookie(&signed);
    let refused = site
        .ask("PUT", &staff, "/shops/haengbok/setup/hours", hours())
        .await;
    assert_eq!(refused.code(), "forbidden");
    let begun = site
        .ask("POST", &staff, "/shops/haengbok/rehearsals", Value::Null)
        .await;
    assert_eq!(begun.code(), "forbidden");
    let link = biseo_api::auth::first_owner_link(&site.store, None, "", site.now())
        .await
        .unwrap();
    let body =
        json!({"token": link, "login": "operator", "name": "운영자", "password": crate::common::PASSWORD});
    let operator = crate::common::cookie(&site.ask("POST", "", "/invitations/accept", body).await);
    for (id, code) in [("haengbok", "forbidden"), ("none", "not_found")] {
        let path = format!("/shops/{id}/setup/business");
        let answer = site
            .ask("PUT", &operator, &path, business(&["02-700-2001"]))
            .await;
        assert_eq!(answer.code(), code, "{id}");
    }
    assert!(profile(&site, "none").is_none());
}

/// One rehearsal and one call of a shop at a time; another shop's are none of it.
async fn one_rehearsal_at_a_time(site: Site) {
    let (a, b) = (site.join("a", "haengbok").await, site.join("b", "byeol").await);
    for what in ["rehearsals", "rehearsal-call"] {
        let path = |shop: &str| format!("/shops/{shop}/{what}");
        let first = site.ask("POST", &a, &path("haengbok"), Value::Null).await;
        assert_eq!(first.status.as_u16(), 202, "{first:?}");
        let second = site.ask("POST", &a, &path("haengbok"), Value::Null).await;
        assert_eq!(second.code(), "conflict");
        let other = site.ask("POST", &b, &path("byeol"), Value::Null).await;
        assert_eq!(other.status.as_u16(), 202, "{other:?}");
    }
    let run = site.get(&a, "/shops/haengbok/rehearsals/haengbok-run").await;
    assert_eq!((&run.body["total"], &run.body["done"]), (&json!(9), &json!(4)));
    assert!(
        site.store
            .setting(&shop("haengbok"), "setup")
            .await
            .unwrap()
            .is_none()
    );
}

both!(
    from_nothing_to_a_shop,
    what_is_wrong_is_told_at_its_field,
    only_owners_set_up,
    one_rehearsal_at_a_time
);
