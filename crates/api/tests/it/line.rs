//! How the line is now, and how it was: in the line doctor's words, in both languages.

use std::sync::Arc;

use biseo_api::views::{LineBy, LineExercise, LinePlace, LineResolver, LineTarget, LineTrunk, TrunkState};
use biseo_api::{LineLook, LineNow, LineVerdict, SeesLine};
use biseo_line::{Consequence, Finding, Label, Subject, Verdict};
use biseo_model::ids::ShopId;
use biseo_model::incident::IncidentKind;
use biseo_store::{FoundBy, Incident, Span};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::both;
use crate::common::{Site, shop, start};

fn dead() -> Verdict {
    Verdict {
        subject: Subject::Trunk("kt".into()),
        label: Label::TrunkDead,
        because_of: None,
        region: "02".into(),
        consequences: vec![Consequence::CallsFail],
        findings: vec![Finding::PortClosed, Finding::OptionsSilent { ms: 2_500 }],
        confidence: 0.93,
        since_ms: 0,
        said_ms: 1_500,
        until_ms: None,
    }
}

/// A line of which one trunk is dead.
struct Hurt;

impl SeesLine for Hurt {
    fn now(&self, _: &ShopId) -> LineNow {
        let trunk = LineTrunk {
            name: "kt".into(),
            region: "02".into(),
            state: TrunkState::Down,
            registered: Some(false),
            came: 12,
            answered: 11,
            lost: 1,
            placed: 3,
            failed: 2,
        };
        let target = LineTarget {
            place: LinePlace::Trunk,
            name: "kt".into(),
            by: LineBy::Options,
            tried: 40,
            answered: 30,
            rtt_ms: Some(2.5),
        };
        let resolver = LineResolver {
            name: "10.0.0.1".into(),
            asked: 10,
            answered: 9,
            failed: 1,
            rtt_ms: None,
        };
        let look = LineLook {
            at: start(),
            quick: true,
            pings: false,
            targets: vec![target],
            resolvers: vec![resolver],
            standing: vec![LineVerdict {
                began: start() - SignedDuration::from_secs(30),
                said: start() - SignedDuration::from_secs(28),
                ended: None,
                verdict: dead(),
            }],
            last: None,
            exercise: Some(LineExercise {
                trunk: "lg".into(),
                seconds_left: 20,
            }),
        };
        LineNow {
            look: Some(look),
            trunks: vec![trunk],
        }
    }
}

#[tokio::test]
async fn the_line_is_told_as_its_doctor_sees_it() {
    let site = Site::open(None, |settings| settings.line = Some(Arc::new(Hurt))).await;
    let staff = site.join("jikwon", "haengbok").await;
    let told = site.get(&staff, "/shops/haengbok/line/status").await;
    assert_eq!(told.status.as_u16(), 200, "{told:?}");
    let body = told.body;
    assert_eq!(body["at"], "2026-11-25T06:00:00Z");
    assert_eq!(
        body["trunks"][0],
        json!({"name": "kt", "region": "02", "state": "down", "registered": false, "came": 12, "answered": 11,
            "lost": 1, "placed": 3, "failed": 2})
    );
    let watch = &body["watch"];
    assert_eq!(
        watch["targets"][0],
        json!({"place": "trunk", "name": "kt", "by": "options", "tried": 40, "answered": 30, "rtt_ms": 2.5})
    );
    assert_eq!(
        watch["resolvers"][0],
        json!({"name": "10.0.0.1", "asked": 10, "answered": 9, "failed": 1, "rtt_ms": null})
    );
    assert_eq!(
        (&watch["quick"], &watch["pings"], &watch["exercise"]),
        (
            &json!(true),
            &json!(false),
            &json!({"trunk": "lg", "seconds_left": 20})
        )
    );
    let fault = &watch["standing"][0];
    assert_eq!(
        (
            &fault["subject"],
            &fault["name"],
            &fault["region"],
            &fault["began"]
        ),
        (
            &json!("trunk"),
            &json!("kt"),
            &json!("02"),
            &json!("2026-11-25T05:59:30Z")
        )
    );
    assert_eq!(
        fault["sentence"],
        "전화 회선 kt: 전화 사업자 서버가 꺼짐. 그 결과: 통화가 안 됨"
    );
    assert_eq!(
        fault["findings"],
        json!([
            "장비는 있으나 SIP 포트가 닫힘",
            "SIP OPTIONS에 2500ms 동안 응답 없음"
        ])
    );
    let english = site.get(&staff, "/shops/haengbok/line/status?language=en").await;
    let said = english.body["watch"]["standing"][0]["sentence"].to_string();
    assert!(said.is_ascii() && said.contains("kt"), "{said}");
    let other = site.get(&staff, "/shops/haengbok/line/status?language=fr").await;
    assert_eq!((other.status.as_u16(), other.code()), (400, "malformed"));
}

async fn without_a_doctor_nothing_is_claimed(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let told = site.get(&owner, "/shops/haengbok/line/status").await;
    assert_eq!(
        (&told.body["watch"], &told.body["trunks"]),
        (&json!(null), &json!([]))
    );
}

fn incident(id: &str, began: Timestamp) -> Incident {
    Incident {
        id: id.into(),
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
        ended: None,
        evidence: serde_json::to_value(dead()).unwrap(),
    }
}

async fn what_was_is_told_by_its_time_with_what_was_measured(site: Site) {
    let owner = site.join("sajang", "haengbok").await;
    let hours = SignedDuration::from_hours;
    let line = Incident {
        ended: Some(start() - hours(2)),
        ..incident("line", start() - hours(3))
    };
    let own = Incident {
        shop: Some(shop("haengbok")),
        source: FoundBy::Shop,
        cause: "power_down".into(),
        subject: "shop".into(),
        name: String::new(),
        region: String::new(),
        evidence: json!(null),
        ..incident("own", start() - hours(1))
    };
    // It ended by itself the day before; nobody has written that down.
    let closed = Incident {
        cause: "closed_early".into(),
        ends: Some(start() - hours(24)),
        ..Incident {
            began: start() - hours(30),
            id: "closed".into(),
            ..own.clone()
        }
    };
    for one in [&line, &own, &closed] {
        site.store.begin_incident(one).await.unwrap();
    }
    let ended = site
        .store
        .end_house_incident("line", start() - hours(2), &line.evidence);
    ended.await.unwrap();
    let ids = |body: &serde_json::Value| -> Vec<String> {
        let faults = body["faults"].as_array().unwrap();
        faults
            .iter()
            .map(|f| f["id"].as_str().unwrap().to_string())
            .collect()
    };
    let day = "/shops/haengbok/line/timeline?from=2026-11-25T00:00:00Z";
    let told = site.get(&owner, day).await.body;
    assert_eq!(ids(&told), ["line", "own"], "{told}");
    let fault = &told["faults"][0];
    assert_eq!(
        (
            &fault["subject"],
            &fault["name"],
            &fault["region"],
            &fault["ended"]
        ),
        (
            &json!("trunk"),
            &json!("kt"),
            &json!("02"),
            &json!("2026-11-25T04:00:00Z")
        )
    );
    assert_eq!(fault["findings"][0], "장비는 있으나 SIP 포트가 닫힘");
    assert_eq!(told["faults"][1]["sentence"], "정전");
    assert_eq!(
        (&told["faults"][1]["ended"], &told["cut"]),
        (&json!(null), &json!(false))
    );
    let month = site.get(&owner, "/shops/haengbok/line/timeline").await.body;
    assert_eq!(ids(&month), ["closed", "line", "own"]);
    assert_eq!(month["faults"][0]["ended"], "2026-11-24T06:00:00Z", "by itself");
    let backwards = "/shops/haengbok/line/timeline?from=2026-11-25T06:00:00Z&to=2026-11-25T05:00:00Z";
    assert_eq!(site.get(&owner, backwards).await.code(), "malformed");
    let span = Span {
        from: start() - hours(48),
        until: start(),
    };
    assert_eq!(
        site.store
            .incidents_in_span(&shop("byeol"), span)
            .await
            .unwrap()
            .len(),
        1,
        "of another shop's own nothing is seen"
    );
}

both!(
    without_a_doctor_nothing_is_claimed,
    what_was_is_told_by_its_time_with_what_was_measured
);
