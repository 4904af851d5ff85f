//! Whom the line has lost is to be called back, in the running program: callers who were refused while it was out of order, for want of room
//! (486) or of ports (503), and those whose calls broke before the doctor had said anything. And whom the telephone itself refused while a shop says
//! that it has no electricity.

use biseo_model::incident::IncidentKind;
use biseo_store::{CallBack, FoundBy, Incident, Settlement, Store};
use jiff::{SignedDuration, Timestamp};

use crate::support::carrier::Carrier;
use crate::support::line::{answers, choose, of_trunk};
use crate::support::{PATIENCE, Place, latest, shop, until};

const EARLY: &str = "01011110000";
const FIRST: &str = "01022220000";
const SECOND: &str = "01033330000";

fn place(carriers: &[(&str, &Carrier)], room: (&str, &str)) -> Place {
    let place = Place::new();
    place.change("watch = false", "watch = true\ncall_back_gap = 1");
    place.change(room.0, room.1);
    place.edit("biseo.toml", |old| {
        let trunk = |(id, carrier): &(&str, &Carrier)| {
            format!("\n[[sip.trunk]]\nid = \"{id}\"\nserver = \"{}\"\n", carrier.at)
        };
        format!("{old}{}", carriers.iter().map(trunk).collect::<String>())
    });
    place
}

async fn waiting(store: &Store) -> Vec<CallBack> {
    let mut all = Vec::new();
    for incident in of_trunk(store).await {
        all.extend(store.call_backs_of(&shop(), &incident.id).await.unwrap());
    }
    all
}

/// One line is all there is: `room` says so, and `code` is what the next caller gets.
async fn whoever_is_lost_is_called_back_in_order(room: (&str, &str), code: u16, (dies, lives): (&str, &str)) {
    let (kt, lg) = (Carrier::start(dies), Carrier::start(lives));
    let at = kt.at.to_string();
    let place = place(&[("kt", &kt), ("lg", &lg)], room);
    let store = place.store().await;
    choose(&store).await;
    let server = place.serve();
    until("answers of the trunk", PATIENCE, || async {
        (answers(&place) >= 12).then_some(())
    })
    .await;
    // Before anything is known to be wrong: only looking back can find it.
    kt.gives_up(&server.sip, (EARLY, "early"));
    let early = until("its end", PATIENCE, || async {
        latest(&store).await.map(|(c, _)| c).filter(|c| c.ended.is_some())
    })
    .await;
    drop(kt);
    assert_eq!(waiting(&store).await.len(), 0);
    let dead = until("a verdict", PATIENCE, || async {
        of_trunk(&store)
            .await
            .into_iter()
            .find(|i| i.cause == "trunk_dead")
    })
    .await;
    let before = dead.began.duration_since(early.ended.unwrap());
    assert!(
        before <= SignedDuration::from_secs(2),
        "this machine is too slow for this test: {before}"
    );
    until("the early caller's note", PATIENCE, || async {
        (waiting(&store).await.len() == 1).then_some(())
    })
    .await;

    let talks = ("01099990000", "talks");
    let (answered, answer) = lg.call(&server.sip, talks);
    assert_eq!(answered, 200, "{answer}");
    let mut all = Vec::new();
    for (caller, wait) in [
        ((FIRST, "first"), 2),
        ((SECOND, "second"), 3),
        ((FIRST, "first-again"), 3),
    ] {
        let (refused, response) = lg.call(&server.sip, caller);
        assert_eq!(refused, code, "{response}");
        all = until("notes of the refused", PATIENCE, || async {
            Some(waiting(&store).await).filter(|all| all.len() == wait)
        })
        .await;
    }
    let phones =
        |all: &[CallBack]| -> Vec<String> { all.iter().map(|c| c.phone.as_str().to_string()).collect() };
    assert_eq!(
        phones(&all),
        [EARLY, FIRST, SECOND],
        "each once, in the order of calling"
    );
    assert!(all.iter().all(|c| c.settled.is_none()), "not while it lasts");
    let messages = store.messages(&shop(), 10).await.unwrap();
    assert_eq!(messages.iter().filter(|m| m.call_back.is_some()).count(), 3);
    lg.hang_up(&server.sip, talks, &answer);

    let _kt = Carrier::start(&at);
    let all = until("all settled", PATIENCE, || async {
        Some(waiting(&store).await).filter(|all| all.len() == 3 && all.iter().all(|c| c.settled.is_some()))
    })
    .await;
    assert_eq!(phones(&all), [EARLY, FIRST, SECOND]);
    let settled: Vec<_> = all.iter().map(|c| c.settled.unwrap()).collect();
    // The early one has had the text of a missed call already, as nothing was known to be wrong.
    assert_ne!(settled[0].1, Settlement::Served);
    assert_eq!((settled[1].1, settled[2].1), (Settlement::Text, Settlement::Text));
    assert!(settled[0].0 <= settled[1].0, "in order");
    let gap = settled[2].0.duration_since(settled[1].0);
    assert!(gap >= SignedDuration::from_secs(1), "one after another: {gap}");
    store.close().await;
    server.stop();
}

#[tokio::test]
async fn refused_for_want_of_room() {
    whoever_is_lost_is_called_back_in_order(
        ("at_once = 100", "at_once = 1"),
        486,
        ("127.0.0.31:0", "127.0.0.32:0"),
    )
    .await;
}

#[tokio::test]
async fn refused_for_want_of_ports() {
    let room = ("ports = [20000, 29999]", "ports = [31990, 31991]");
    whoever_is_lost_is_called_back_in_order(room, 503, ("127.0.0.33:0", "127.0.0.34:0")).await;
}

/// The shop says that it has no electricity.
fn no_power() -> Incident {
    let kind = IncidentKind::PowerDown;
    Incident {
        id: "own".into(),
        shop: Some(shop()),
        source: FoundBy::Shop,
        begun_by: None,
        cause: kind.code().into(),
        subject: "shop".into(),
        name: String::new(),
        region: String::new(),
        consequences: Vec::new(),
        confidence: 1_000,
        announced: Some(kind),
        account: None,
        began: Timestamp::now(),
        ends: None,
        ended: None,
        evidence: serde_json::Value::Null,
    }
}

#[tokio::test]
async fn refused_by_the_telephone_while_the_shop_has_no_power() {
    let lg = Carrier::start("127.0.0.35:0");
    let place = place(&[("lg", &lg)], ("at_once = 100", "at_once = 99"));
    place.edit("biseo.toml", |old| format!("{old}max_calls = 1\n"));
    let store = place.store().await;
    choose(&store).await;
    store.begin_incident(&no_power()).await.unwrap();
    let server = place.serve();
    let noted = || async { store.call_backs_of(&shop(), "own").await.unwrap() };
    let talks = ("01099990000", "talks");
    let (answered, answer) = lg.call(&server.sip, talks);
    assert_eq!(answered, 200, "{answer}");
    for (wait, caller) in [
        (1, (FIRST, "first")),
        (2, (SECOND, "second")),
        (2, (FIRST, "first-again")),
    ] {
        let (refused, response) = lg.call(&server.sip, caller);
        // Ten seconds is what the telephone says, thirty what calls say that found no room behind it.
        assert!(
            refused == 503 && response.contains("Retry-After: 10\r\n"),
            "{response}"
        );
        until("notes of the refused", PATIENCE, || async {
            (noted().await.len() == wait).then_some(())
        })
        .await;
    }
    let all = noted().await;
    let phones: Vec<&str> = all.iter().map(|c| c.phone.as_str()).collect();
    assert_eq!(phones, [FIRST, SECOND]);
    assert!(all.iter().all(|c| c.settled.is_none()), "not while it lasts");
    lg.hang_up(&server.sip, talks, &answer);
    assert!(
        store
            .end_incident(&shop(), "own", Timestamp::now())
            .await
            .unwrap()
    );
    let all = until("all settled", PATIENCE, || async {
        Some(noted().await).filter(|all| all.iter().all(|c| c.settled.is_some()))
    })
    .await;
    let settled: Vec<_> = all.iter().map(|c| c.settled.unwrap()).collect();
    assert_eq!((settled[0].1, settled[1].1), (Settlement::Text, Settlement::Text));
    assert!(settled[0].0 < settled[1].0, "in order, one after another");
    store.close().await;
    server.stop();
}

/// Whoever would not have been answered anyway is not missed, nor called back.
#[tokio::test]
async fn refused_by_the_telephone_while_the_shop_takes_no_calls() {
    let lg = Carrier::start("127.0.0.36:0");
    let place = place(&[("lg", &lg)], ("at_once = 100", "at_once = 99"));
    place.edit("biseo.toml", |old| format!("{old}max_calls = 0\n"));
    let never = "[answering]\nopen = \"never\"\nclosed = \"never\"";
    place.edit("shops/haengbok.toml", |old| format!("{old}\n{never}\n"));
    let store = place.store().await;
    choose(&store).await;
    store.begin_incident(&no_power()).await.unwrap();
    let server = place.serve();
    let (refused, response) = lg.call(&server.sip, (FIRST, "first"));
    assert_eq!(refused, 503, "{response}");
    server.told("as the shop wishes");
    assert!(latest(&store).await.is_none());
    assert_eq!(store.call_backs_of(&shop(), "own").await.unwrap().len(), 0);
    store.close().await;
    server.stop();
}
