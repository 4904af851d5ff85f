//! Calendars over a socket of the loopback, and what they take away.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use biseo_calendar::fetch::Importer;
use biseo_calendar::{Allowed, Http};
use biseo_store::{Booked, Import, Store};
use jiff::SignedDuration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::{cut, now, profiles, shop, store};

/// A server of fixed answers by path.
#[derive(Clone, Default)]
struct Pages(Arc<Mutex<HashMap<String, String>>>);

impl Pages {
    async fn open() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let pages = Self::default();
        let served = pages.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = Vec::new();
                while !asked.ends_with(b"\r\n\r\n") {
                    let mut octet = [0];
                    if stream.read(&mut octet).await.unwrap_or(0) == 0 {
                        break;
                    }
                    asked.push(octet[0]);
                }
                let asked = String::from_utf8_lossy(&asked).into_owned();
                let path = asked.split(' ').nth(1).unwrap_or_default();
                let answer = served.0.lock().unwrap().get(path).cloned();
                let answer = answer.unwrap_or_else(|| "HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n".into());
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        (pages, address)
    }

    fn put(&self, path: &str, answer: String) {
        self.0.lock().unwrap().insert(path.into(), answer);
    }
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Busy tomorrow from two to three.
const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20261101T000000Z\r\n\
    DTSTART:20261126T050000Z\r\nDTEND:20261126T060000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

async fn add(store: &Store, id: &str, address: String) {
    let import = Import {
        id: id.into(),
        shop: shop("byeol"),
        resource: Some("지은".into()),
        name: "개인".into(),
        address,
        made: now(),
        fetched: None,
        fault: None,
    };
    assert!(store.add_import(&import).await.unwrap());
}

fn importer(store: &Store, allowed: Allowed) -> Importer {
    Importer::new(store.clone(), Http::new(allowed, None).unwrap(), profiles())
}

fn loopback() -> Allowed {
    Allowed::and(vec!["127.0.0.0/8".parse().unwrap()])
}

async fn fault(store: &Store, id: &str) -> Option<String> {
    let all = store.imports(&shop("byeol")).await.unwrap();
    all.into_iter().find(|i| i.id == id).unwrap().fault
}

#[tokio::test]
async fn busy_times_come_in_and_stay_when_the_other_side_fails() {
    let (store, _dir) = store().await;
    let (pages, address) = Pages::open().await;
    pages.put("/moved.ics", format!("HTTP/1.1 302 There\r\nlocation: {address}/a.ics\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
    pages.put("/a.ics", ok(CALENDAR));
    add(&store, "i", format!("{address}/moved.ics")).await;
    let importer = importer(&store, loopback());
    assert_eq!(importer.step(now()).await.unwrap(), 1);
    assert_eq!(fault(&store, "i").await, None);
    assert_eq!(
        store.book(&cut("b", "byeol"), &["지은"]).await.unwrap(),
        Booked::Full
    );
    assert_eq!(importer.step(now()).await.unwrap(), 0, "not due yet");
    let later = now() + SignedDuration::from_mins(15);
    pages.put("/a.ics", ok("<html>Sign in</html>"));
    assert_eq!(importer.step(later).await.unwrap(), 1);
    assert_eq!(fault(&store, "i").await.as_deref(), Some("form"));
    assert_eq!(
        store.book(&cut("b", "byeol"), &["지은"]).await.unwrap(),
        Booked::Full
    );
    let empty = CALENDAR
        .replace("DTSTART:20261126", "DTSTART:20201126")
        .replace("DTEND:20261126", "DTEND:20201126");
    pages.put("/a.ics", ok(&empty));
    importer
        .step(later + SignedDuration::from_mins(30))
        .await
        .unwrap();
    assert_eq!(fault(&store, "i").await, None);
    assert!(matches!(
        store.book(&cut("b", "byeol"), &["지은"]).await.unwrap(),
        Booked::Confirmed(_)
    ));
}

#[tokio::test]
async fn what_is_wrong_is_noted() {
    let (store, _dir) = store().await;
    let (pages, address) = Pages::open().await;
    pages.put(
        "/loop",
        format!(
            "HTTP/1.1 302 There\r\nlocation: {address}/loop\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        ),
    );
    pages.put(
        "/inside",
        "HTTP/1.1 302 There\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            .into(),
    );
    pages.put("/large", ok(&"x".repeat(5 * 1024 * 1024)));
    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    for (id, address) in [
        ("none", format!("{address}/none")),
        ("loop", format!("{address}/loop")),
        ("inside", format!("{address}/inside")),
        ("nobody", format!("http://{nobody}/")),
        ("large", format!("{address}/large")),
    ] {
        add(&store, id, address).await;
    }
    assert_eq!(importer(&store, loopback()).step(now()).await.unwrap(), 5);
    for (id, expected) in [
        ("none", "status"),
        ("loop", "status"),
        ("inside", "refused"),
        ("nobody", "unreachable"),
        ("large", "too_large"),
    ] {
        assert_eq!(fault(&store, id).await.as_deref(), Some(expected), "{id}");
    }
}

#[tokio::test]
async fn private_networks_are_not_reached() {
    let (store, _dir) = store().await;
    let (pages, address) = Pages::open().await;
    pages.put("/a.ics", ok(CALENDAR));
    add(&store, "i", format!("{address}/a.ics")).await;
    importer(&store, Allowed::public()).step(now()).await.unwrap();
    assert_eq!(fault(&store, "i").await.as_deref(), Some("refused"));
}
