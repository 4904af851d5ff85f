//! The line doctor in the running program: a trunk dies and comes back, on loopback; what it says is stored, told to people and callers,
//! taken back, explained, played again and written out.
//!
//! Only SIP OPTIONS and a closed port are needed for that. Where pings are allowed they are sent as well.

use std::net::{SocketAddr, SocketAddrV4, UdpSocket};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use biseo_model::incident::IncidentKind;
use biseo_store::{FoundBy, Incident, Store};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::http::Browser;
use crate::support::line::{answers, choose, greeting, line, notices, of_trunk, status};
use crate::support::{PATIENCE, Place, Server, biseo, shop, until};

/// A provider's server that answers OPTIONS, until it is dropped: then its port is closed.
struct Trunk {
    at: SocketAddrV4,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Trunk {
    fn start(at: &str) -> Self {
        let socket = UdpSocket::bind(at).unwrap();
        let SocketAddr::V4(at) = socket.local_addr().unwrap() else {
            panic!("IPv4")
        };
        socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            let mut octets = [0; 4096];
            while !stopped.load(Ordering::Relaxed) {
                let Ok((n, from)) = socket.recv_from(&mut octets) else {
                    continue;
                };
                let asked = String::from_utf8_lossy(&octets[..n]).into_owned();
                if let Some((_, rest)) = asked
                    .split_once("\r\n")
                    .filter(|(l, _)| l.starts_with("OPTIONS "))
                {
                    let _ = socket.send_to(format!("SIP/2.0 200 OK\r\n{rest}").as_bytes(), from);
                }
            }
        });
        Self {
            at,
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Trunk {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn place(trunk: &Trunk) -> Place {
    let place = Place::new();
    place.change("watch = false", "watch = true\nregions = { kt = \"02\" }");
    place.edit("biseo.toml", |old| {
        format!("{old}\n[[sip.trunk]]\nid = \"kt\"\nserver = \"{}\"\n", trunk.at)
    });
    place
}

#[tokio::test]
async fn a_trunk_dies_and_comes_back() {
    let trunk = Trunk::start("127.0.0.9:0");
    let at = trunk.at.to_string();
    let place = place(&trunk);
    let (code, said) = line(&place, &["status"]);
    assert_eq!(code, Some(2), "nobody watches yet: {said}");
    let store = place.store().await;
    choose(&store).await;
    let server = place.serve();
    let owner = Browser::welcomed(&server.said("행복식당 사장님의 첫 로그인"));
    until("answers of the trunk", PATIENCE, || async {
        (answers(&place) >= 5).then_some(())
    })
    .await;
    if status(&place).is_some_and(|s| s["pings"] == false) {
        eprintln!("PINGS ARE NOT ALLOWED HERE: only OPTIONS and the closed port are tested");
    }
    assert!(of_trunk(&store).await.is_empty(), "{:?}", of_trunk(&store).await);
    let before = greeting(&place, &server, &store).await;
    assert!(!before.contains("회선 일부"), "{before}");

    drop(trunk);
    let dead = until("a verdict", PATIENCE, || async {
        of_trunk(&store)
            .await
            .into_iter()
            .find(|i| i.cause == "trunk_dead")
    })
    .await;
    assert_eq!(
        (dead.name.as_str(), dead.region.as_str(), dead.source, dead.ended),
        ("kt", "02", FoundBy::Doctor, None)
    );
    assert!(dead.consequences.contains(&"calls_fail".to_string()), "{dead:?}");
    until("a notice of it", PATIENCE, || async {
        let told = notices(&store).await;
        told.iter()
            .any(|(text, over)| text.contains("전화 회선 kt") && !over)
            .then_some(())
    })
    .await;
    let during = greeting(&place, &server, &store).await;
    assert!(during.contains("전화 회선 일부에 장애가 있어서"), "{during}");
    let (code, said) = line(&place, &["status"]);
    assert!(code == Some(1) && said.contains("전화 회선 kt"), "{said}");
    shown_as_said(&owner, &said);
    let (code, said) = line(&place, &["explain", "--lang", "en"]);
    assert!(
        code == Some(0) && said.contains("kt") && said.contains("·"),
        "{said}"
    );

    let trunk = Trunk::start(&at);
    until("its end", PATIENCE, || async {
        let all = of_trunk(&store).await;
        all.iter().all(|i| i.ended.is_some()).then_some(())
    })
    .await;
    until("a notice that it is over", PATIENCE, || async {
        notices(&store).await.iter().any(|(_, over)| *over).then_some(())
    })
    .await;
    let after = greeting(&place, &server, &store).await;
    assert!(!after.contains("회선 일부"), "{after}");
    let told = notices(&store).await;
    let of_kt = |over: bool| {
        told.iter()
            .filter(|(t, o)| t.contains("전화 회선 kt") && *o == over)
            .count()
    };
    assert_eq!((of_kt(false), of_kt(true)), (1, 1), "each once: {told:?}");

    let page = shown(&owner, "status");
    assert_eq!(page["watch"]["standing"], json!([]), "{page}");
    let timeline = shown(&owner, "timeline");
    let of_kt = timeline["faults"].as_array().unwrap().iter();
    let of_kt = of_kt.filter(|f| f["subject"] == "trunk" && f["name"] == "kt" && f["region"] == "02");
    assert!(
        of_kt.clone().count() > 0 && of_kt.clone().all(|f| !f["ended"].is_null()),
        "{timeline}"
    );

    let days = ["--from", "2026-11-24", "--to", "2026-11-24"];
    let html = line(&place, &[&["export", "--shop", "haengbok"], &days[..]].concat());
    assert!(html.0 == Some(0) && html.1.contains("전화 회선 kt"), "{html:?}");
    let json = line(
        &place,
        &[&["export", "--shop", "haengbok", "--format", "json"], &days[..]].concat(),
    );
    let evidence: Value = serde_json::from_str(&json.1).unwrap();
    assert!(
        evidence["incidents"].to_string().contains("trunk_dead"),
        "{evidence}"
    );
    drop(trunk);
    store.close().await;
    server.stop();
    played_again(&place);
}

/// What the page is told of the line.
fn shown(owner: &Browser, part: &str) -> Value {
    let answer = owner.get(&format!("/api/v1/shops/haengbok/line/{part}"), "");
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_slice(&answer.body).unwrap()
}

/// The page says what `biseo line status` has said.
fn shown_as_said(owner: &Browser, said: &str) {
    let page = shown(owner, "status");
    let standing = page["watch"]["standing"].as_array().unwrap();
    let kt = standing.iter().find(|f| f["name"] == "kt").unwrap();
    assert!(said.contains(kt["sentence"].as_str().unwrap()), "{said} {page}");
    assert!(!kt["findings"].as_array().unwrap().is_empty(), "{page}");
    let targets = page["watch"]["targets"].as_array().unwrap();
    assert!(
        targets
            .iter()
            .any(|t| t["place"] == "trunk" && t["by"] == "options")
    );
    assert_eq!(
        (&page["trunks"][0]["name"], &page["trunks"][0]["region"]),
        (&json!("kt"), &json!("02"))
    );
}

/// The journal says the same when it is played again.
fn played_again(place: &Place) {
    let folder = std::fs::read_dir(place.data().join("line")).unwrap();
    let names: Vec<PathBuf> = folder.map(|e| e.unwrap().path()).collect();
    let told = names.iter().find(|p| {
        let name = p.file_name().unwrap().to_str().unwrap();
        name.starts_with("told-")
    });
    let told = told.unwrap_or_else(|| panic!("a journal in which something was said: {names:?}"));
    let (code, said) = line(place, &["replay", told.to_str().unwrap()]);
    assert!(code == Some(0) && said.contains("그때와 같습니다"), "{said}");
    let (code, said) = line(place, &["replay", "no-such-file"]);
    assert_eq!(code, Some(2), "{said}");
    let (code, _) = line(place, &["status"]);
    assert_eq!(code, Some(2), "nobody watches any more");
}

/// Calls and hangs up before the call stands, as somebody does who hears nothing.
fn gives_up(server: &Server, number: &str) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.connect(&server.sip).unwrap();
    let (here, there) = (socket.local_addr().unwrap(), &server.sip);
    let send = |method: &str, (cseq, to): (u32, &str), body: &str| {
        let text = format!(
            "{method} sip:haengbok@{there} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK-{cseq};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:{number}@127.0.0.1>;tag=gives-up\r\nTo: {to}\r\nCall-ID: gives-up@127.0.0.1\r\nCSeq: {cseq} {method}\r\n\
             Contact: <sip:{number}@{here}>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.send(text.as_bytes()).unwrap();
    };
    let sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n";
    send("INVITE", (1, &format!("<sip:haengbok@{there}>")), sdp);
    let mut octets = [0; 4096];
    loop {
        let n = socket.recv(&mut octets).unwrap();
        let heard = String::from_utf8_lossy(&octets[..n]).into_owned();
        if heard.starts_with("SIP/2.0 200") {
            let to = heard.lines().find_map(|l| l.strip_prefix("To: ")).unwrap();
            return send("BYE", (2, to), "");
        }
    }
}

/// Numbers to which a text about a call that the line has lost is in the outbox.
async fn texts(store: &Store) -> Vec<String> {
    let mut to = Vec::new();
    for delivery in store.deliveries(&shop(), 50).await.unwrap() {
        for notice in store.notices_of(&shop(), &delivery.id).await.unwrap() {
            let fact = &notice.content["fact"];
            if fact["kind"] == "call_missed" && fact["line"] == true {
                to.push(delivery.address.clone());
            }
        }
    }
    to
}

#[tokio::test]
async fn a_restart_in_mid_fault_tells_it_once_and_who_was_not_served_is_told_when_it_is_over() {
    let trunk = Trunk::start("127.0.0.10:0");
    let at = trunk.at.to_string();
    let place = place(&trunk);
    let store = place.store().await;
    choose(&store).await;
    let mut server = place.serve();
    until("answers of the trunk", PATIENCE, || async {
        (answers(&place) >= 5).then_some(())
    })
    .await;
    drop(trunk);
    let dead = until("a verdict", PATIENCE, || async {
        of_trunk(&store).await.into_iter().next()
    })
    .await;
    gives_up(&server, "01012345678");
    let waits = until("a call to be made", PATIENCE, || async {
        let messages = store.messages(&shop(), 10).await.unwrap();
        messages.into_iter().find_map(|m| m.call_back)
    })
    .await;
    assert_eq!(waits.as_str(), "01012345678");
    // Out of the air, as by a power cut.
    server.running.signal("KILL");
    server.running.ended("biseo serve", PATIENCE);
    drop(server);
    // The clock of tests begins anew with each program; this one is later.
    let later = ["serve", "--clock", "2026-11-24T10:22:00+09:00"];
    let server = Server::start(biseo(&later, place.path()));
    let during = greeting(&place, &server, &store).await;
    assert!(during.contains("전화 회선 일부에 장애가 있어서"), "{during}");
    assert_eq!(texts(&store).await, Vec::<String>::new(), "not while it lasts");

    let trunk = Trunk::start(&at);
    until("its end", PATIENCE, || async {
        let all = of_trunk(&store).await;
        all.iter().all(|i| i.ended.is_some()).then_some(())
    })
    .await;
    let all: Vec<String> = of_trunk(&store).await.into_iter().map(|i| i.id).collect();
    assert_eq!(all, [dead.id], "one fault, one incident");
    until("a notice that it is over", PATIENCE, || async {
        notices(&store).await.iter().any(|(_, over)| *over).then_some(())
    })
    .await;
    let told = notices(&store).await;
    let of_kt = |over: bool| told.iter().filter(|(_, o)| *o == over).count();
    assert_eq!((of_kt(false), of_kt(true)), (1, 1), "each once: {told:?}");
    let told = until("a text", PATIENCE, || async {
        Some(texts(&store).await).filter(|t| !t.is_empty())
    })
    .await;
    assert_eq!(told, ["01012345678"]);
    drop(trunk);
    store.close().await;
    server.stop();
}

#[tokio::test]
async fn what_a_shop_says_is_told_until_it_ends_and_outlives_a_restart() {
    let place = Place::new();
    let store = place.store().await;
    choose(&store).await;
    let server = place.serve();
    let began: Timestamp = crate::support::CLOCK.parse().unwrap();
    let incident = Incident {
        id: "cards".into(),
        shop: Some(shop()),
        source: FoundBy::Shop,
        begun_by: None,
        cause: "payments_down".into(),
        subject: "shop".into(),
        name: String::new(),
        region: String::new(),
        consequences: vec![],
        confidence: 1_000,
        announced: Some(IncidentKind::PaymentsDown),
        account: Some("국민 123-45-678901".into()),
        began,
        ends: None,
        ended: None,
        evidence: Value::Null,
    };
    store.begin_incident(&incident).await.unwrap();
    let told = |over: bool| {
        let store = &store;
        move || async move {
            let told = notices(store).await;
            told.iter()
                .any(|(t, o)| t.contains("카드") && *o == over)
                .then_some(())
        }
    };
    until("a notice of it", PATIENCE, told(false)).await;
    server.stop();
    let server = place.serve();
    let said = greeting(&place, &server, &store).await;
    assert!(
        said.contains("카드 결제가 안 돼요") && said.contains("123-45-678901"),
        "{said}"
    );
    assert!(store.end_incident(&shop(), "cards", began).await.unwrap());
    until("a notice that it is over", PATIENCE, told(true)).await;
    let said = greeting(&place, &server, &store).await;
    assert!(!said.contains("카드"), "{said}");
    assert_eq!(notices(&store).await.len(), 2, "each once, also after a restart");
    store.close().await;
    server.stop();
}
