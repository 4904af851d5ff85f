//! A whole API over a temporary SQLite store with the example shops, some calls and bookings, and a call that goes on.
//!
//! `cargo run -p biseo-api --example serve [ADDRESS]` (127.0.0.1:8480 if left out; another folder of shops by `SHOPS`, the
//! address that browsers know by `ORIGIN`: with `http://localhost:…` passkeys work).
//!
//! Accounts, all with the password `biseo-demo-2026` and no second factor: `sajang` (owner of haengbok and byeol), `jikwon` (staff
//! of haengbok), `sangdam` (agent of sotong), `unyeong` (operator). Sign in:
//!
//! ```sh
//! curl -c /tmp/jar -H 'X-Biseo: 1' --json '{"login":"sajang","password":"biseo-demo-2026"}' http://127.0.0.1:8480/api/v1/session
//! curl -b /tmp/jar http://127.0.0.1:8480/api/v1/shops/haengbok/calls
//! curl -N -b /tmp/jar http://127.0.0.1:8480/api/v1/shops/haengbok/events
//! ```
//!
//! The line is well, or with `LINE=hurt` one of its trunks is dead.
//!
//! Every ten seconds a call comes to haengbok, word by word. Profiles are a copy and may be changed. Limits are wide.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use biseo_api::live::Live;
use biseo_api::views::{FlowView, SentenceView, Tried, TriedTurn};
use biseo_api::{
    Api, Converses, Folder, Rate, Said, Settings, Shops, Understood, Unsayable, auth, digest_router, router,
    serve,
};
use biseo_conversation::{Input, Opening};
use biseo_model::ids::ShopId;
use biseo_model::shop::{OwnWords, ShopProfile};
use biseo_model::understanding::Understanding;
use biseo_notify::channels::webhook::Webhooks;
use biseo_notify::channels::{Allowed, Channels, Http};
use biseo_notify::rules::ChannelKind;
use biseo_notify::{House, Notifier, Pace, Sender, Worker};
use biseo_rehearse::{Line, TextCall};
use biseo_store::Store;
use jiff::Timestamp;
use tower::ServiceExt;

mod digest;
mod line;
mod past;
mod present;
mod rehearse;
mod told;
#[path = "../../tests/it/words.rs"]
mod words;

type Failed = Box<dyn std::error::Error + Send + Sync>;

const PASSWORD: &str = "biseo-demo-2026";
/// With which a browser would ask for notices; nobody has the other half (RFC 8291, appendix A).
const PUSH_KEY: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
/// Login, name, and the roles by shop.
type User = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const USERS: [User; 4] = [
    ("sajang", "김사장", &[("haengbok", "owner"), ("byeol", "owner")]),
    ("jikwon", "이직원", &[("haengbok", "staff")]),
    ("sangdam", "박상담", &[("sotong", "agent")]),
    ("unyeong", "운영자", &[]),
];

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:8480".into());
    let folder = tempfile::tempdir()?;
    let (data, shops) = (folder.path().join("data"), folder.path().join("shops"));
    let own = std::env::var("SHOPS").unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shops").into());
    copy(Path::new(&own), &shops)?;
    let store = Store::open(data.join("biseo.db")).await?;
    let live = Live::new();
    let folder_of_shops = Arc::new(Folder::open(&shops)?);
    let outbox = outbox(&store, folder_of_shops.clone());
    let worker = worker(&store, &outbox)?;
    let settings = Settings {
        outbox: Some(outbox),
        converses: Some(Arc::new(Deaf)),
        rehearses: Some(Arc::new(rehearse::Rehearsed::default())),
        line: Some(Arc::new(line::Seen::by_environment())),
        outbound: loopback(),
        mail: true,
        push_key: Some(PUSH_KEY.into()),
        secure: false,
        origins: std::env::var("ORIGIN").into_iter().collect(),
        totp_required: false,
        address_rate: wide(),
        session_rate: wide(),
        sign_in_rate: wide(),
        ..Settings::new(data.clone())
    };
    let api = Api::new(store.clone(), folder_of_shops, live.clone(), settings);
    let router = router(api.clone()).merge(digest_router(api));
    users(&store, &router).await?;
    past::history(&store, &data).await?;
    line::history(&store).await?;
    digest::yesterday(&store).await?;
    // What is of yesterday is not sent again today.
    told::history(&store).await?;
    tokio::spawn(worker.run(std::future::pending()));
    tokio::spawn(present::calls(store, live.clone()));
    let listener = tokio::net::TcpListener::bind(&address).await?;
    println!("http://{}/api/v1", listener.local_addr()?);
    let over = async move {
        let _ = tokio::signal::ctrl_c().await;
        live.close();
    };
    serve(listener, router, over).await;
    Ok(())
}

/// The real conversation with a caller of whom nothing is understood: understanding is the program's.
struct Deaf;

impl Converses for Deaf {
    fn converse(&self, shop: Arc<ShopProfile>, now: jiff::civil::DateTime, said: &[String]) -> Tried {
        let mut call = TextCall::new(shop, now, Opening::default());
        let mut turns = vec![turn_of("", &call.take(Input::Started))];
        for text in said {
            let lines = call.take(Input::heard(text, Understanding::default()));
            turns.push(turn_of(text, &lines));
        }
        Tried {
            turns,
            over: call.dialogue().is_over(),
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

    fn understands(&self, _: &ShopProfile, _: &Said<'_>) -> Option<Understood> {
        None
    }
}

fn turn_of(heard: &str, lines: &[Line]) -> TriedTurn {
    let said = lines.iter().filter_map(|line| match line {
        Line::Biseo(words) => Some(words.as_str()),
        Line::Caller(_) | Line::Did { .. } => None,
    });
    TriedTurn {
        heard: heard.into(),
        said: said.collect::<Vec<_>>().join(" "),
        why: Vec::new(),
    }
}

/// Programs that are told may be on this machine.
fn loopback() -> Allowed {
    Allowed::and(vec![ipnet::IpNet::from(std::net::IpAddr::from([127, 0, 0, 1]))])
}

/// Where notices go: programs are told, and nobody else.
fn outbox(store: &Store, shops: Arc<Folder>) -> Notifier {
    let house = move |shop: &ShopId| {
        let profile = shops.find(shop)?;
        Some(Arc::new(House {
            sender: Sender {
                name_ko: profile.name.ko.clone(),
                name_en: profile.name.en.clone(),
                zone: jiff::tz::TimeZone::get(&profile.zone).ok()?,
            },
            hours: profile.hours.clone(),
            notices: Default::default(),
        }))
    };
    Notifier::new(store.clone(), Arc::new(house))
}

/// Sends what programs are told.
fn worker(store: &Store, outbox: &Notifier) -> Result<Arc<Worker>, Failed> {
    // Believed beside the system's, so that a machine without certificates does as well. Nobody has its key.
    let certificate = include_bytes!("../../tests/it/certificate.pem");
    let webhooks = Webhooks::new(Http::new(loopback(), Some(certificate))?).kept_in(store.clone(), None);
    let channels = Channels::new().with(ChannelKind::Webhook, Arc::new(webhooks));
    let pace = Pace {
        look: Duration::from_secs(1),
        ..Pace::default()
    };
    Ok(Worker::new(
        outbox.clone(),
        channels,
        Arc::new(Timestamp::now),
        pace,
        7,
    ))
}

fn wide() -> Rate {
    Rate {
        burst: 10_000,
        per_second: 5_000.0,
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let file = entry?.path();
        if let Some(name) = file
            .file_name()
            .filter(|_| file.extension().is_some_and(|e| e == "toml"))
        {
            std::fs::copy(&file, to.join(name))?;
        }
    }
    Ok(())
}

/// Accounts by one-time links, as everybody gets one.
async fn users(store: &Store, router: &axum::Router) -> Result<(), Failed> {
    for (login, name, shops) in USERS {
        let mut links = Vec::new();
        for (shop, role) in shops {
            let shop = ShopId::new(*shop)?;
            links.push((
                auth::first_owner_link(store, Some(&shop), name, Timestamp::now()).await?,
                Some((shop, *role)),
            ));
        }
        if shops.is_empty() {
            links.push((
                auth::first_owner_link(store, None, name, Timestamp::now()).await?,
                None,
            ));
        }
        for (token, member) in links {
            let body =
                serde_json::json!({"token": token, "login": login, "name": name, "password": PASSWORD});
            let request = Request::post("/api/v1/invitations/accept")
                .header("x-biseo", "1")
                .header("content-type", "application/json")
                .body(Body::from(body.to_string()))?;
            let status = router.clone().oneshot(request).await?.status();
            if !status.is_success() {
                return Err(format!("{login}: {status}").into());
            }
            if let Some((shop, role)) = member.filter(|(_, role)| *role != "owner") {
                let account = store.account_by_login(login).await?.ok_or("no account")?;
                store.change_member(&shop, &account.id, role, role).await?;
            }
        }
    }
    Ok(())
}
