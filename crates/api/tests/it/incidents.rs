//! What is out of order: said with one tap, seen by its shop, ended by it; what the doctor says is the doctor's to end.

use biseo_model::incident::IncidentKind;
use biseo_store::{FoundBy, Incident};
use http_body_util::BodyExt;
use jiff::SignedDuration;
use serde_json::json;

use crate::both;
use crate::common::{Site, request, shop};

fn verdict() -> Incident {
    let began = "2026-11-25T02:16:00Z".parse().unwrap();
    Incident {
        id: "line1".into(),
        shop: None,
        source: FoundBy::Doctor,
        begun_by: None,
        cause: "trunk_dead".into(),
        subject: "trunk".into(),
        name: "kt".into(),
        region: "02".into(),
        consequences: vec!["calls_fail".into()],
        confidence: 930,
        announced: Some(IncidentKind::LineDown),
        account: None,
        began,
        ends: None,
        ended: Some(began + SignedDuration::from_mins(89)),
        evidence: json!({"subject": {"kind": "trunk", "name": "kt"}, "label": "trunk_dead", "region": "02",
            "consequences": ["calls_fail"], "findings": [{"code": "port_closed"}], "confidence": 0.93,
            "since_ms": 0, "said_ms": 1500}),
    }
}

async fn one_tap_begins_it_and_another_ends_it(site: Site) {
    let staff = site.join("jikwon", "haengbok").await;
    let path = "/shops/haengbok/incidents";
    let body = json!({"kind": "payments_down", "account": " 국민 123-45-678901 "});
    let begun = site.ask("POST", &staff, path, body.clone()).await;
    assert_eq!(begun.status.as_u16(), 201, "{begun:?}");
    assert_eq!(
        (
            &begun.body["announced"],
            &begun.body["account"],
            &begun.body["own"]
        ),
        (
            &json!("payments_down"),
            &json!("국민 123-45-678901"),
            &json!(true)
        )
    );
    let again = site.ask("POST", &staff, path, body).await;
    assert_eq!(again.body["code"], "conflict", "it goes on already");
    let id = begun.body["id"].as_str().unwrap();
    let end = format!("{path}/{id}/end");
    let ended = site.ask("POST", &staff, &end, json!(null)).await;
    assert!(
        ended.status.as_u16() == 200 && !ended.body["ended"].is_null(),
        "{ended:?}"
    );
    assert_eq!(
        site.ask("POST", &staff, &end, json!(null)).await.body["code"],
        "conflict"
    );
    let listed = site.get(&staff, path).await.body;
    assert_eq!(listed["items"][0]["id"], id);
    let log = site.store.audited(&shop("haengbok"), &page()).await;
    assert!(format!("{log:?}").contains("incident.begun"), "{log:?}");
}

fn page() -> biseo_store::Page {
    biseo_store::Page {
        after: None,
        limit: 50,
    }
}

async fn what_cannot_be_is_refused(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    for (body, field, code) in [
        (json!({"kind": "line_down"}), "kind", "form"),
        (
            json!({"kind": "power_down", "account": "국민 1"}),
            "account",
            "contradiction",
        ),
        (
            json!({"kind": "payments_down", "account": ""}),
            "account",
            "missing",
        ),
        (
            json!({"kind": "payments_down", "ends": "2026-11-25T05:00:00Z"}),
            "ends",
            "too_small",
        ),
        (
            json!({"kind": "payments_down", "ends": "2027-11-25T05:00:00Z"}),
            "ends",
            "too_large",
        ),
    ] {
        let refused = site.ask("POST", &owner, "/shops/haengbok/incidents", body).await;
        assert_eq!(
            (
                &refused.body["fields"][0]["field"],
                &refused.body["fields"][0]["code"]
            ),
            (&json!(field), &json!(code)),
            "{refused:?}"
        );
    }
    let early = json!({"kind": "closed_early"});
    let begun = site.ask("POST", &owner, "/shops/haengbok/incidents", early).await;
    assert_eq!(begun.body["ends"], "2026-11-25T15:00:00Z", "midnight in Korea");
}

async fn the_line_s_faults_are_every_shop_s_to_see_and_to_hand_in(site: Site) {
    site.store.begin_incident(&verdict()).await.unwrap();
    for (login, shop) in [("sajang", "haengbok"), ("wonjang", "byeol")] {
        let owner = site.join(login, shop).await;
        let one = site
            .get(&owner, &format!("/shops/{shop}/incidents/line1"))
            .await
            .body;
        assert_eq!(
            (&one["own"], &one["findings"][0]["code"]),
            (&json!(false), &json!("port_closed"))
        );
        let end = format!("/shops/{shop}/incidents/line1/end");
        assert_eq!(
            site.ask("POST", &owner, &end, json!(null)).await.body["code"],
            "conflict"
        );
        let evidence = site
            .get(&owner, &format!("/shops/{shop}/line/evidence"))
            .await
            .body;
        assert_eq!(evidence["incidents"].as_array().unwrap().len(), 1);
        let none = format!("/shops/{shop}/line/evidence?to=2026-11-25T02:00:00Z");
        assert_eq!(site.get(&owner, &none).await.body["incidents"], json!([]));
        let text = page_of(&site, &owner, &format!("/shops/{shop}/line/report")).await;
        assert!(
            text.contains("전화 회선 kt") && text.contains("1:29:00"),
            "{text}"
        );
        assert!(
            text.contains("2026-11-25 11:16:00"),
            "on the shop's clock: {text}"
        );
        let english = format!("/shops/{shop}/line/report?language=en");
        assert!(page_of(&site, &owner, &english).await.contains("93 %"));
    }
}

async fn page_of(site: &Site, cookie: &str, path: &str) -> String {
    let (parts, body) = site
        .raw(request("GET", cookie, path, &[], None))
        .await
        .into_parts();
    assert_eq!(parts.status.as_u16(), 200);
    let octets = body.collect().await.unwrap().to_bytes();
    String::from_utf8(octets.to_vec()).unwrap()
}

both!(
    one_tap_begins_it_and_another_ends_it,
    what_cannot_be_is_refused,
    the_line_s_faults_are_every_shop_s_to_see_and_to_hand_in
);
