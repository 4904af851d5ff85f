//! An API of a test's own, asked without a network.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use biseo_api::live::Live;
use biseo_api::views::{
    FlowView, RehearsalCall, RehearsalCallState, Run, RunDetail, RunState, SentenceView, Tried, TriedTurn,
};
use biseo_api::{
    Api, Beginning, Converses, Folder, NotBegun, Rate, Rehearses, Said, Settings, Shops, Understood,
    Unsayable, auth, digest_router, router,
};
use biseo_model::ids::ShopId;
use biseo_model::shop::{OwnWords, ShopProfile};
use biseo_notify::channels::Allowed;
use biseo_notify::{House, Notifier, Sender};
use biseo_store::Store;
use biseo_testkit::cluster::Cluster;
use http_body_util::BodyExt;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::words;

pub const PASSWORD: &str = "단골손님 환영합니다";

/// The console's address.
pub const ORIGIN: &str = "https://biseo.example";

/// 25 November 2026, 15:00 in Korea.
pub fn start() -> Timestamp {
    "2026-11-25T06:00:00Z".parse().unwrap()
}

pub fn shop(id: &str) -> ShopId {
    ShopId::new(id).unwrap()
}

/// A whole API with the example shops.
pub struct Site {
    pub router: Router,
    pub store: Store,
    pub live: Live,
    pub notifier: Notifier,
    pub dir: tempfile::TempDir,
    clock: Arc<Mutex<Timestamp>>,
}

/// Somebody who says what is said to it, after how it would say that it is busy: who really converses is the program's.
struct Echo;

impl Converses for Echo {
    fn converse(&self, shop: Arc<ShopProfile>, _: DateTime, said: &[String]) -> Tried {
        let busy = shop.wording.get("call").and_then(|call| call.get("busy"));
        let turn = |text: &String| TriedTurn {
            heard: text.clone(),
            said: text.clone(),
            why: busy.iter().map(|own| own.ko.clone()).collect(),
        };
        Tried {
            turns: said.iter().map(turn).collect(),
            ..Tried::default()
        }
    }

    fn sentences(&self) -> Vec<SentenceView> {
        words::sentences()
    }

    fn flows(&self, shop: &ShopProfile) -> Vec<FlowView> {
        words::flows(shop)
    }

    fn unsayable(&self, own: &OwnWords) -> Vec<Unsayable> {
        words::unsayable(own)
    }

    fn understands(&self, _: &ShopProfile, said: &Said<'_>) -> Option<Understood> {
        Some(Understood {
            meant: vec![said.awaiting.unwrap_or("ask").into()],
            topics: vec![said.text.into()],
        })
    }
}

/// Keeps one run and one call of each shop, under way for ever: who really rehearses is the program's.
#[derive(Default)]
struct Stage(Mutex<Vec<(ShopId, bool)>>);

impl Stage {
    fn begin_once(&self, shop: &ShopId, call: bool) -> Result<(), NotBegun> {
        let mut begun = self.0.lock().unwrap();
        if begun.contains(&(shop.clone(), call)) {
            return Err(NotBegun::UnderWay);
        }
        begun.push((shop.clone(), call));
        Ok(())
    }

    fn run_of(shop: &ShopId) -> Run {
        Run {
            id: format!("{shop}-run"),
            begun: start(),
            state: RunState::Running,
            total: 9,
            done: 4,
            passed: 3,
        }
    }
}

impl Rehearses for Stage {
    fn begin(
        &self,
        shop: Arc<ShopProfile>,
        _: Beginning,
        _: Vec<biseo_store::Correction>,
    ) -> Result<Run, NotBegun> {
        self.begin_once(&shop.id, false)?;
        Ok(Self::run_of(&shop.id))
    }

    fn runs(&self, shop: &ShopId) -> Vec<Run> {
        vec![Self::run_of(shop)]
    }

    fn run(&self, shop: &ShopId, id: &str) -> Option<RunDetail> {
        let run = Self::run_of(shop);
        (run.id == id).then_some(RunDetail {
            run,
            calls: Vec::new(),
        })
    }

    fn forget(&self, _: &ShopId) {}

    fn ring(&self, shop: Arc<ShopProfile>, _: Beginning) -> Result<RehearsalCall, NotBegun> {
        self.begin_once(&shop.id, true)?;
        Ok(self.ringing(&shop.id))
    }

    fn ringing(&self, shop: &ShopId) -> RehearsalCall {
        let begun = self.0.lock().unwrap().contains(&(shop.clone(), true));
        RehearsalCall {
            state: if begun {
                RehearsalCallState::Ringing
            } else {
                RehearsalCallState::None
            },
            ..RehearsalCall::default()
        }
    }
}

/// An answer, read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

/// Public addresses, and this machine, where receivers of tests are.
pub fn loopback() -> Allowed {
    Allowed::and(vec!["127.0.0.0/8".parse().unwrap()])
}

/// Whoever is written of: programs only, for nobody reads.
fn house(_: &ShopId) -> Option<Arc<House>> {
    let sender = Sender {
        name_ko: "가게".into(),
        name_en: None,
        zone: TimeZone::get("Asia/Seoul").unwrap(),
    };
    Some(Arc::new(House {
        sender,
        hours: serde_json::from_value(json!({"week": {}})).unwrap(),
        notices: Default::default(),
    }))
}

pub async fn sqlite() -> Site {
    Site::open(None, |_| {}).await
}

pub async fn postgres() -> Site {
    Site::open(Some(schema()), |_| {}).await
}

fn schema() -> String {
    let cluster = Cluster::shared();
    let (name, url) = cluster.new_schema();
    cluster.run(&format!("CREATE SCHEMA {name}"));
    url
}

impl Site {
    pub async fn open(url: Option<String>, change: impl FnOnce(&mut Settings)) -> Self {
        Self::with(url, change, |folder| Arc::new(folder)).await
    }

    /// With shops that behave otherwise.
    pub async fn with(
        url: Option<String>,
        change: impl FnOnce(&mut Settings),
        shops_of: impl FnOnce(Folder) -> Arc<dyn Shops>,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (data, shops) = (dir.path().join("data"), dir.path().join("shops"));
        std::fs::create_dir_all(data.join("recordings")).unwrap();
        std::fs::create_dir_all(&shops).unwrap();
        let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops");
        for id in ["haengbok", "byeol"] {
            let file = format!("{id}.toml");
            std::fs::copy(format!("{examples}/{file}"), shops.join(&file)).unwrap();
        }
        let file = data.join("biseo.db").to_str().unwrap().to_string();
        let store = Store::open(url.unwrap_or(file)).await.unwrap();
        let clock = Arc::new(Mutex::new(start()));
        let ticking = clock.clone();
        let wide = Rate {
            burst: 10_000,
            per_second: 10_000.0,
        };
        let mut settings = Settings {
            totp_required: false,
            origins: vec![ORIGIN.into()],
            session_rate: wide,
            clock: Arc::new(move || *ticking.lock().unwrap()),
            ..Settings::new(data)
        };
        let notifier = Notifier::new(store.clone(), Arc::new(house));
        settings.outbox = Some(notifier.clone());
        settings.outbound = loopback();
        settings.converses = Some(Arc::new(Echo));
        settings.rehearses = Some(Arc::new(Stage::default()));
        change(&mut settings);
        let live = Live::new();
        let folder = shops_of(Folder::open(&shops).unwrap());
        let api = Api::new(store.clone(), folder, live.clone(), settings);
        Self {
            router: router(api.clone()).merge(digest_router(api)),
            notifier,
            store,
            live,
            dir,
            clock,
        }
    }

    /// The same installation, started again with these keys.
    pub fn with_keys(self, keys: Option<&biseo_vault::Keys>) -> Self {
        let ticking = self.clock.clone();
        let settings = Settings {
            totp_required: false,
            keys: keys.cloned().map(Arc::new),
            clock: Arc::new(move || *ticking.lock().unwrap()),
            ..Settings::new(self.dir.path().join("data"))
        };
        let shops = Arc::new(Folder::open(&self.dir.path().join("shops")).unwrap());
        let api = Api::new(self.store.clone(), shops, self.live.clone(), settings);
        Self {
            router: router(api),
            ..self
        }
    }

    /// Time passes.
    pub fn later(&self, seconds: i64) {
        *self.clock.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    /// The same clock for others.
    pub fn clock(&self) -> biseo_notify::Clock {
        let clock = self.clock.clone();
        Arc::new(move || *clock.lock().unwrap())
    }

    pub fn now(&self) -> Timestamp {
        *self.clock.lock().unwrap()
    }

    /// Asks; gives the answer as it comes.
    pub async fn raw(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.raw(request).await.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        }
    }

    pub async fn get(&self, cookie: &str, path: &str) -> Answer {
        self.send(request("GET", cookie, path, &[], None)).await
    }

    pub async fn ask(&self, method: &str, cookie: &str, path: &str, body: Value) -> Answer {
        self.send(request(method, cookie, path, &[], Some(body))).await
    }

    /// Makes an account by a one-time link; gives its cookie.
    pub async fn join(&self, login: &str, shop_id: &str) -> String {
        let shop = shop(shop_id);
        let link = auth::first_owner_link(&self.store, Some(&shop), "이름", self.now());
        let token = link.await.unwrap();
        let body = json!({"token": token, "login": login, "name": "김사장", "password": PASSWORD});
        let joined = self.ask("POST", "", "/invitations/accept", body).await;
        assert!(joined.status.is_success(), "{joined:?}");
        cookie(&joined)
    }

    pub async fn sign_in(&self, login: &str, password: &str, totp: Option<&str>) -> Answer {
        let body = json!({"login": login, "password": password, "totp": totp});
        self.ask("POST", "", "/session", body).await
    }
}

/// The cookie that an answer sets, as the next request carries it.
pub fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie");
    set.split(';').next().unwrap_or_default().to_string()
}

pub fn request(
    method: &str,
    cookie: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<Value>,
) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header("x-biseo", "1")
        .header(header::COOKIE, cookie);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    match body {
        Some(body) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string())),
        None => request.body(Body::empty()),
    }
    .unwrap()
}

/// One suite, two databases.
#[macro_export]
macro_rules! both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::common::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::common::postgres().await).await;
            })+
        }
    };
}
