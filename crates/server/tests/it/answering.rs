//! What an owner sets of how calls are taken: who answers when, whether calls are recorded, and the account that is told while cards do not
//! work. On the running program, by real SIP.

use std::time::{Duration, Instant};

use biseo_line::{Consequence, Label, Subject, Verdict};
use biseo_model::incident::IncidentKind;
use biseo_model::record::CallEnd;
use biseo_store::{FoundBy, Incident};
use jiff::Timestamp;

use crate::support::carrier::Carrier;
use crate::support::line::greeting;
use crate::support::{CLOCK, PATIENCE, Place, latest, until};

/// An installation whose shop has this at the end of its profile. The tests' clock shows a Tuesday, 10:12; the shop opens at 11.
fn place(own: &str) -> Place {
    let place = Place::new();
    place.edit("shops/haengbok.toml", |old| format!("{old}\n{own}\n"));
    place
}

/// A caller's number, and the name of a call.
const fn call(id: &str) -> (&'static str, &str) {
    ("01012345678", id)
}

#[tokio::test]
async fn it_rings_for_so_long_and_is_answered_then() {
    let place = place("[answering]\nclosed = \"after_ringing\"\nring_seconds = 3");
    let (server, carrier) = (place.serve(), Carrier::hearing("127.0.0.61:0"));
    carrier.rings(&server.sip, call("rings"));
    let rang = Instant::now();
    let (code, answer) = carrier.final_response(&server.sip, call("rings"));
    assert_eq!(code, 200, "{answer}");
    // Three seconds of sound are 150 packets. A carrier that hears any of them while it rings may take the ringing from the caller.
    let heard = carrier.heard();
    assert!(heard < 100, "{heard} packets of sound before the answer");
    // The first 180 may have come a moment late.
    assert!(
        rang.elapsed() > Duration::from_millis(2_500),
        "{:?}",
        rang.elapsed()
    );
    let store = place.store().await;
    let said = until("a greeting", PATIENCE, || async {
        let (_, turns) = latest(&store).await?;
        turns.first().map(|t| t.said.clone())
    })
    .await;
    assert!(said.contains("행복식당"), "{said}");
    carrier.hang_up(&server.sip, call("rings"), &answer);
    store.close().await;
    server.stop();
}

/// Whoever is answered by the owner has not been missed; whoever gives up has.
#[tokio::test]
async fn who_is_answered_elsewhere_is_no_call_and_who_gives_up_is_missed() {
    let place = place("[answering]\nclosed = \"after_ringing\"\nring_seconds = 55");
    let (server, carrier) = (place.serve(), Carrier::start("127.0.0.62:0"));
    let store = place.store().await;
    carrier.rings(&server.sip, call("taken"));
    carrier.cancels(
        &server.sip,
        call("taken"),
        "Reason: SIP;cause=200;text=\"Call completed elsewhere\"",
    );
    server.told("taken at another telephone");
    assert!(latest(&store).await.is_none());
    carrier.rings(&server.sip, call("gives-up"));
    carrier.cancels(&server.sip, call("gives-up"), "");
    let missed = until("a missed call", PATIENCE, || async {
        let (call, _) = latest(&store).await?;
        call.end.is_some().then_some(call)
    })
    .await;
    assert_eq!((missed.answered, missed.end), (None, Some(CallEnd::Caller)));
    assert_eq!(missed.caller.unwrap().as_str(), "01012345678");
    store.close().await;
    server.stop();
}

#[tokio::test]
async fn where_it_does_not_answer_it_says_so_by_the_hour() {
    for (own, code) in [
        ("closed = \"never\"", 480),
        ("closed = \"never\"\nrefusal = \"busy\"", 486),
        // Outside opening hours only: it is before eleven.
        ("open = \"never\"", 200),
        (
            "times = [{ days = [\"tue\"], from = \"10:00:00\", to = \"10:30:00\", answer = \"never\" }]",
            480,
        ),
        (
            "closed = \"never\"\ntimes = [{ days = [\"tue\"], from = \"10:00:00\", to = \"10:30:00\", answer = \"at_once\" }]",
            200,
        ),
        (
            "times = [{ days = [\"wed\"], from = \"10:00:00\", to = \"10:30:00\", answer = \"never\" }]",
            200,
        ),
    ] {
        let place = place(&format!("[answering]\n{own}"));
        let (server, carrier) = (place.serve(), Carrier::start("127.0.0.63:0"));
        let (got, response) = carrier.call(&server.sip, call("one"));
        assert_eq!(got, code, "{own}: {response}");
        let store = place.store().await;
        if code == 200 {
            carrier.hang_up(&server.sip, call("one"), &response);
        } else {
            server.told("as the shop wishes");
            assert!(latest(&store).await.is_none(), "{own}");
        }
        store.close().await;
        server.stop();
    }
}

/// What is not recorded is not announced as recorded; what the installation does not record no shop can.
#[tokio::test]
async fn recording_is_announced_where_it_is_done() {
    for (own, operator, recorded) in [
        ("", true, true),
        ("record = false", true, false),
        ("", false, false),
    ] {
        let place = Place::new();
        place.edit("shops/haengbok.toml", |old| {
            old.replacen("\nnumbers = ", &format!("\n{own}\nnumbers = "), 1)
        });
        if !operator {
            place.edit("biseo.toml", |old| {
                assert!(old.contains("\nrecord = true"), "{old}");
                old.replacen("\nrecord = true", "\nrecord = false", 1)
            });
        }
        let (server, store) = (place.serve(), place.store().await);
        let said = greeting(&place, &server, &store).await;
        let call = until("the call's answer", PATIENCE, || async {
            let (call, _) = latest(&store).await?;
            call.answered.is_some().then_some(call)
        })
        .await;
        assert_eq!(said.contains("녹음"), recorded, "{own} {operator}: {said}");
        assert!(said.contains("AI"), "{said}");
        assert_eq!(call.recording.is_some(), recorded, "{own} {operator}");
        let files = place.data().join("recordings/haengbok");
        let any = std::fs::read_dir(files).is_ok_and(|mut f| f.next().is_some());
        assert_eq!(any, recorded, "{own} {operator}");
        store.close().await;
        server.stop();
    }
}

/// A fault that was found, not begun by the owner: callers hear the account of the shop's profile, and it is in no log.
#[tokio::test]
async fn the_shop_s_account_is_told_while_the_internet_is_out() {
    let place = place(
        "[account]\nbank = { ko = \"국민은행\" }\nnumber = \"123-45-678901\"\nholder = { ko = \"행복식당\" }",
    );
    place.change("watch = false", "watch = true");
    let began: Timestamp = CLOCK.parse().unwrap();
    // Nothing is heard of this uplink: what was found before the start goes on.
    let verdict = Verdict {
        subject: Subject::Uplink("gone0".into()),
        label: Label::UplinkDown,
        because_of: None,
        region: String::new(),
        consequences: vec![Consequence::CallsFail],
        findings: Vec::new(),
        confidence: 0.9,
        since_ms: 0,
        said_ms: 0,
        until_ms: None,
    };
    let store = place.store().await;
    let incident = Incident {
        id: "line-1".into(),
        shop: None,
        source: FoundBy::Doctor,
        begun_by: None,
        cause: verdict.label.code().into(),
        subject: "uplink".into(),
        name: "gone0".into(),
        region: String::new(),
        consequences: Vec::new(),
        confidence: 900,
        announced: Some(IncidentKind::InternetDown),
        account: None,
        began,
        ends: None,
        ended: None,
        evidence: serde_json::to_value(&verdict).unwrap(),
    };
    store.begin_incident(&incident).await.unwrap();
    let line = place.data().join("line");
    std::fs::create_dir_all(&line).unwrap();
    std::fs::write(line.join("status.json"), "{}").unwrap();
    let server = place.serve();
    let said = greeting(&place, &server, &store).await;
    assert!(
        said.contains("계좌는 국민은행 123-45-678901 행복식당이에요"),
        "{said}"
    );
    server.never_said("45-678901");
    store.close().await;
    server.stop();
}
