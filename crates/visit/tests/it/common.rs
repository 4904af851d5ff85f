//! A site of a test's own on the loopback, with the example shops, and a browser that knows no more than HTTP.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use biseo_api::{Folder, Rate};
use biseo_model::ids::{BookingId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState};
use biseo_store::{Booked, Store};
use biseo_visit::{Change, Links, Settings, Site, Telling, Told, router};
use jiff::civil::{Date, Time, date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// Remembers what it is told.
#[derive(Default)]
pub struct Ears(pub Mutex<Vec<Change>>);

impl Told for Ears {
    fn told(&self, change: Change) -> Telling<'_> {
        self.0.lock().unwrap().push(change);
        Box::pin(std::future::ready(()))
    }
}

pub struct Place {
    pub store: Store,
    pub links: Links,
    pub ears: Arc<Ears>,
    pub address: SocketAddr,
    clock: Arc<Mutex<Timestamp>>,
    _dir: tempfile::TempDir,
    _end: oneshot::Sender<()>,
}

pub fn seoul() -> TimeZone {
    TimeZone::get("Asia/Seoul").unwrap()
}

pub fn shop(id: &str) -> ShopId {
    ShopId::new(id).unwrap()
}

impl Place {
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// Wednesday, 25 November 2026, 15:00 in Korea.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let shops = dir.path().join("shops");
        std::fs::create_dir(&shops).unwrap();
        for id in ["haengbok", "byeol"] {
            let from = format!("{}/../../shops/{id}.toml", env!("CARGO_MANIFEST_DIR"));
            std::fs::copy(from, shops.join(format!("{id}.toml"))).unwrap();
        }
        let store = Store::open(dir.path().join("biseo.db")).await.unwrap();
        let links = Links::open(dir.path()).unwrap();
        let clock: Arc<Mutex<Timestamp>> = Arc::new(Mutex::new("2026-11-25T06:00:00Z".parse().unwrap()));
        let (ears, ticking) = (Arc::new(Ears::default()), clock.clone());
        let wide = Rate {
            burst: 10_000,
            per_second: 1000.0,
        };
        let mut settings = Settings {
            address_rate: wide,
            link_rate: wide,
            change_rate: wide,
            clock: Arc::new(move || *ticking.lock().unwrap()),
            ..Settings::default()
        };
        change(&mut settings);
        let folder = Arc::new(Folder::open(&shops).unwrap());
        let site = Site::new(store.clone(), folder, links.clone(), ears.clone(), settings);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel::<()>();
        tokio::spawn(biseo_api::serve(listener, router(site), async {
            let _ = ended.await;
        }));
        Self {
            store,
            links,
            ears,
            address,
            clock,
            _dir: dir,
            _end: end,
        }
    }

    pub fn later(&self, minutes: i64) {
        *self.clock.lock().unwrap() += SignedDuration::from_mins(minutes);
    }

    pub fn told(&self) -> Vec<Change> {
        self.ears.0.lock().unwrap().clone()
    }

    /// A booking as a call makes it.
    pub async fn book(&self, booking: &Booking, resource: &str) -> Booking {
        match self.store.book(booking, &[resource]).await.unwrap() {
            Booked::Confirmed(b) => b,
            Booked::Full => panic!("{resource} is taken"),
        }
    }

    pub async fn stored(&self, booking: &Booking) -> Booking {
        let found = self.store.booking(&booking.shop, &booking.id).await.unwrap();
        found.unwrap()
    }

    pub fn path(&self, booking: &Booking) -> String {
        self.links.path(booking, &seoul()).unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[], Some(body)).await
    }

    /// One request on a connection of its own.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Answer {
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            self.address
        );
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        if let Some(body) = body {
            if !headers.iter().any(|(n, _)| *n == "content-type") {
                text += "content-type: application/x-www-form-urlencoded\r\n";
            }
            text += &format!("content-length: {}\r\n", body.len());
        }
        text += "\r\n";
        text += body.unwrap_or_default();
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        Answer::read(&String::from_utf8(answer).unwrap())
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let pair = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_string())
        };
        Self {
            status,
            headers: lines.map(pair).filter(|(name, _)| name != "date").collect(),
            body: body.into(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value)
    }

    pub fn has(&self, text: &str) -> bool {
        self.body.contains(text)
    }

    /// What the page's form would send.
    pub fn form(&self) -> String {
        let fields = self
            .body
            .split("<input type=\"hidden\" name=\"")
            .skip(1)
            .map(|rest| {
                let (name, rest) = rest.split_once("\" value=\"").unwrap();
                let (value, _) = rest.split_once('"').unwrap();
                format!("{name}={}", value.replace(':', "%3A"))
            });
        fields.collect::<Vec<_>>().join("&")
    }
}

/// Four persons on 25 November 2026 at 19:00 for two hours.
pub fn dinner(id: &str) -> Booking {
    Booking {
        id: BookingId::new(id).unwrap(),
        shop: shop("haengbok"),
        call: None,
        date: date(2026, 11, 25),
        time: time(19, 0, 0, 0),
        minutes: 120,
        party_size: 4,
        name: "김민수".into(),
        phone: PhoneNumber::parse("010-2345-6789").unwrap(),
        resource: String::new(),
        services: Vec::new(),
        requests: vec!["창가 자리".into()],
        state: BookingState::Confirmed,
        made: "2026-11-25T05:00:00Z".parse().unwrap(),
    }
}

/// The same at another time.
pub fn at(booking: &Booking, date: Date, time: Time) -> Booking {
    Booking {
        date,
        time,
        ..booking.clone()
    }
}
