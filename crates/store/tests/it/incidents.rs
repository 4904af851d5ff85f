//! What is out of order: a shop sees its own and the whole house's, and ends its own only.

use biseo_model::incident::IncidentKind;
use biseo_store::{Cursor, FoundBy, Incident, Page, Span};
use serde_json::json;

use crate::both;
use crate::common::{Db, at, shop};

fn incident(id: &str, of: Option<&str>, began: i64) -> Incident {
    Incident {
        id: id.into(),
        shop: of.map(shop),
        source: if of.is_some() {
            FoundBy::Shop
        } else {
            FoundBy::Doctor
        },
        begun_by: of.map(|_| "owner".into()),
        cause: if of.is_some() {
            "payments_down"
        } else {
            "trunk_dead"
        }
        .into(),
        subject: if of.is_some() { "shop" } else { "trunk" }.into(),
        name: if of.is_some() { "" } else { "kt" }.into(),
        region: "02".into(),
        consequences: vec!["calls_fail".into(), "slow".into()],
        confidence: 930,
        announced: Some(IncidentKind::PaymentsDown),
        account: of.map(|_| "국민 123-45-678901".into()),
        began: at(began),
        ends: of.map(|_| at(began + 100)),
        ended: None,
        evidence: json!({"findings": [{"code": "port_closed"}]}),
    }
}

fn all() -> Page {
    Page {
        after: None::<Cursor>,
        limit: 50,
    }
}

async fn each_shop_sees_its_own_and_the_house_s(db: Db) {
    let store = db.open().await;
    let (own, other) = (shop("haengbok"), shop("byeol"));
    let (mine, theirs, house) = (
        incident("i1", Some("haengbok"), 10),
        incident("i2", Some("byeol"), 20),
        incident("i3", None, 30),
    );
    for incident in [&mine, &theirs, &house] {
        store.begin_incident(incident).await.unwrap();
    }
    assert_eq!(
        store.incident_page(&own, &all()).await.unwrap(),
        [house.clone(), mine.clone()]
    );
    assert_eq!(store.incident(&own, "i2").await.unwrap(), None);
    assert_eq!(store.incident(&own, "i3").await.unwrap(), Some(house.clone()));
    assert!(
        !store.end_incident(&own, "i2", at(40)).await.unwrap(),
        "another shop's"
    );
    assert!(
        !store.end_incident(&own, "i3", at(40)).await.unwrap(),
        "the house's"
    );
    assert!(
        !store
            .end_house_incident("i1", at(40), &json!(null))
            .await
            .unwrap(),
        "a shop's"
    );
    assert_eq!(
        store.open_incidents().await.unwrap(),
        [mine.clone(), theirs.clone(), house.clone()]
    );
    assert!(store.end_incident(&own, "i1", at(40)).await.unwrap());
    assert!(
        !store.end_incident(&own, "i1", at(50)).await.unwrap(),
        "it had ended"
    );
    assert_eq!(
        store.incident(&own, "i1").await.unwrap().unwrap().ended,
        Some(at(40))
    );
    assert_eq!(store.open_incidents().await.unwrap(), [theirs, house.clone()]);
    assert_eq!(store.incident_page(&other, &all()).await.unwrap().len(), 2);
}

async fn what_grows_is_replaced_and_its_beginning_is_not(db: Db) {
    let store = db.open().await;
    let first = incident("i3", None, 30);
    store.begin_incident(&first).await.unwrap();
    let grown = Incident {
        consequences: vec!["calls_fail".into(), "retry_storm".into()],
        confidence: 980,
        began: at(31),
        cause: "other".into(),
        evidence: json!({"findings": []}),
        ..first.clone()
    };
    store.begin_incident(&grown).await.unwrap();
    let own = shop("haengbok");
    let kept = store.incident(&own, "i3").await.unwrap().unwrap();
    let wanted = Incident {
        began: first.began,
        cause: first.cause.clone(),
        ..grown
    };
    assert_eq!(kept, wanted);
    assert!(
        store
            .end_house_incident("i3", at(90), &json!({"last": 1}))
            .await
            .unwrap()
    );
    let ended = store.incident(&own, "i3").await.unwrap().unwrap();
    assert_eq!((ended.ended, &ended.evidence["last"]), (Some(at(90)), &json!(1)));
}

async fn a_span_holds_what_touches_it(db: Db) {
    let store = db.open().await;
    let own = shop("haengbok");
    for (id, began, ended) in [
        ("a", 10, Some(20)),
        ("b", 15, None),
        ("c", 40, Some(50)),
        ("d", 60, None),
    ] {
        let one = Incident {
            ended: ended.map(at),
            ..incident(id, None, began)
        };
        store.begin_incident(&one).await.unwrap();
    }
    let span = Span {
        from: at(20),
        until: at(60),
    };
    let found = store.incidents_in_span(&own, span).await.unwrap();
    let ids: Vec<&str> = found.iter().map(|i| i.id.as_str()).collect();
    assert_eq!(ids, ["b", "c"]);
}

both!(
    each_shop_sees_its_own_and_the_house_s,
    what_grows_is_replaced_and_its_beginning_is_not,
    a_span_holds_what_touches_it
);
