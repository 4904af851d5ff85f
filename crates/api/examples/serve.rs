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
//! Every ten seconds a call comes to haengbok, word by word. Profiles are a copy and may be changed. Limits are wide.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use biseo_api::live::{Live, LiveEvent, LiveTurn, Notice, NoticeKind, Partial};
use biseo_api::views::{CallView, SentenceView, Tried, TriedTurn, TurnView};
use biseo_api::{
    Api, Converses, Folder, Rate, Said, Settings, Shops, Understood, Unsayable, auth, digest_router, router,
    serve,
};
use biseo_conversation::{Input, Opening};
use biseo_model::ids::{BookingId, CallId, MessageId, OrderId, ShopId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::*;
use biseo_model::shop::{OwnWords, ShopProfile};
use biseo_model::understanding::Understanding;
use biseo_notify::channels::webhook::Webhooks;
use biseo_notify::channels::{Allowed, Channels, Http};
use biseo_notify::rules::ChannelKind;
use biseo_notify::{House, Notifier, Pace, Sender, Worker};
use biseo_rehearse::{Line, TextCall};
use biseo_store::{Question, Store};
use jiff::{SignedDuration, Timestamp};
use tower::ServiceExt;

#[path = "../tests/it/words.rs"]
mod words;

type Failed = Box<dyn std::error::Error + Send + Sync>;

const PASSWORD: &str = "biseo-demo-2026";
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
    tokio::spawn(worker.run(std::future::pending()));
    let settings = Settings {
        outbox: Some(outbox),
        converses: Some(Arc::new(Deaf)),
        outbound: loopback(),
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
    history(&store, &data).await?;
    tokio::spawn(calls(store, live.clone()));
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
    let certificate = include_bytes!("../tests/it/certificate.pem");
    let webhooks = Webhooks::new(Http::new(loopback(), Some(certificate))?).kept_in(store.clone());
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

fn call(n: i64, shop: &ShopId, started: Timestamp) -> Result<CallRecord, Failed> {
    Ok(CallRecord {
        id: CallId::new(format!("call-{}-{n}", started.as_second()))?,
        shop: shop.clone(),
        caller: (n % 9 != 8)
            .then(|| PhoneNumber::parse(&format!("010-2345-{:04}", 6700 + n % 37)))
            .transpose()?,
        dialled: Some(PhoneNumber::parse("02-700-1001")?),
        forwarded: (n % 3 == 0).then_some(ForwardReason::NoAnswer),
        started,
        answered: None,
        ended: None,
        end: None,
        recording: None,
    })
}

fn ago(minutes: i64) -> Timestamp {
    Timestamp::now() - SignedDuration::from_mins(minutes)
}

const TALK: [(&str, &str); 4] = [
    (
        "",
        "안녕하세요, 행복식당 AI 비서입니다. 통화는 녹음돼요. 무엇을 도와드릴까요?",
    ),
    (
        "내일 저녁 일곱 시에 네 명 예약하고 싶은데요",
        "네, 내일 저녁 7시 네 분 자리가 있어요. 성함이 어떻게 되세요?",
    ),
    ("김민수요", "김민수 님, 내일 저녁 7시 네 분으로 예약할까요?"),
    ("네 그렇게 해 주세요", "예약되었습니다. 감사합니다."),
];

fn turn(id: &CallId, number: u32, at: Timestamp) -> TurnRecord {
    let (heard, said) = TALK[number as usize % TALK.len()];
    TurnRecord {
        call: id.clone(),
        number,
        at,
        heard: heard.into(),
        understood: serde_json::json!({"confidence": 0.93, "trace": ["예약을 원한다고 들었어요", "인원은 4명"]}),
        said: said.into(),
        latency: Latency {
            end_of_turn_ms: Some(180.0),
            stt_ms: Some(95.0),
            tts_first_audio_ms: Some(60.0),
            total_ms: Some(402.5),
            ..Latency::default()
        },
    }
}

/// Two weeks of calls with what came of them.
async fn history(store: &Store, data: &Path) -> Result<(), Failed> {
    let shop = ShopId::new("haengbok")?;
    let ends = [
        CallEnd::Biseo,
        CallEnd::Caller,
        CallEnd::Biseo,
        CallEnd::Silence,
        CallEnd::Transferred,
        CallEnd::Failed,
    ];
    for n in 0..300_i64 {
        let started = ago(20 + n * 67);
        let call = call(n, &shop, started)?;
        store.begin_call(&call).await?;
        let end = ends[usize::try_from(n)? % ends.len()];
        if n % 11 == 10 {
            store
                .end_call(&call.id, started + SignedDuration::from_secs(9), CallEnd::Caller)
                .await?;
            continue;
        }
        let answered = started + SignedDuration::from_secs(3);
        let path = format!("recordings/haengbok/{}.wav", call.id);
        if n < 20 {
            wav(&data.join(&path))?;
        }
        store
            .answer_call(&call.id, answered, (n < 20).then_some(path.as_str()))
            .await?;
        for number in 0..4 {
            let at = answered + SignedDuration::from_secs(i64::from(number) * 6);
            store.add_turn(&turn(&call.id, number, at)).await?;
        }
        came_of(store, n, &call).await?;
        store
            .end_call(&call.id, started + SignedDuration::from_secs(40), end)
            .await?;
    }
    Ok(())
}

async fn came_of(store: &Store, n: i64, call: &CallRecord) -> Result<(), Failed> {
    let (shop, at) = (&call.shop, call.started);
    let phone = call.caller.clone().unwrap_or(PhoneNumber::parse("02-555-1234")?);
    let day = |days: i64| {
        Timestamp::now()
            .to_zoned_datetime(jiff::tz::TimeZone::get("Asia/Seoul").unwrap_or(jiff::tz::TimeZone::UTC))
            .date()
            + jiff::Span::new().days(days)
    };
    match n % 5 {
        0 => {
            let booking = Booking {
                id: BookingId::new(format!("b{n}"))?,
                shop: shop.clone(),
                call: Some(call.id.clone()),
                date: day(n / 20 - 2),
                time: jiff::civil::time(18 + i8::try_from(n % 3)?, 30, 0, 0),
                minutes: 90,
                party_size: u32::try_from(2 + n % 4)?,
                name: ["김민수", "이서연", "박지훈", "최유진"][usize::try_from(n / 5 % 4)?].into(),
                phone,
                resource: String::new(),
                services: Vec::new(),
                requests: if n % 2 == 0 {
                    vec!["창가 자리".into()]
                } else {
                    Vec::new()
                },
                state: BookingState::Confirmed,
                made: at,
            };
            store
                .book(&booking, &["4인석-1", "4인석-2", "4인석-3", "4인석-4"])
                .await?;
        }
        1 => {
            let message = Message {
                id: MessageId::new(format!("m{n}"))?,
                shop: shop.clone(),
                call: Some(call.id.clone()),
                name: Some("이서연".into()),
                text: "단체 예약 문의드려요. 전화 부탁드립니다.".into(),
                call_back: Some(phone),
                at,
            };
            store.leave_message(&message).await?;
            if n > 60 {
                store.mark_message(shop, &message.id, Some(at)).await?;
            }
        }
        2 => {
            let question = Question {
                id: format!("q{n}"),
                call: Some(call.id.clone()),
                text: "유모차 가지고 들어갈 수 있어요?".into(),
                at,
                state: if n > 40 { "dismissed".into() } else { "open".into() },
                topic: None,
            };
            store.add_question(shop, &question).await?;
        }
        3 => {
            let order = Order {
                id: OrderId::new(format!("o{n}"))?,
                shop: shop.clone(),
                call: Some(call.id.clone()),
                items: vec![OrderItem {
                    name: "김치찌개".into(),
                    quantity: 2,
                }],
                won: 18_000,
                date: day(-n / 20),
                pickup: Some(jiff::civil::time(18, 0, 0, 0)),
                address: None,
                name: "박지훈".into(),
                phone,
                state: OrderState::Open,
                made: at,
            };
            store.place_order(&order).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Thirty seconds of two tones, 8 kHz, two channels.
fn wav(path: &Path) -> Result<(), Failed> {
    let (rate, seconds) = (8000_u32, 30_u32);
    let size = rate * seconds * 4;
    let mut bytes = Vec::with_capacity(44 + size as usize);
    bytes.extend(b"RIFF");
    bytes.extend((size + 36).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * 4).to_le_bytes());
    bytes.extend(b"\x04\0\x10\0data");
    bytes.extend(size.to_le_bytes());
    for n in 0..rate * seconds {
        let speaks = n / (rate * 3) % 2;
        let tone =
            |hertz: f64| (f64::from(n) / f64::from(rate) * hertz * std::f64::consts::TAU).sin() * 6000.0;
        #[expect(clippy::cast_possible_truncation, reason = "within 6000")]
        for (side, hertz) in [(0, 220.0), (1, 330.0)] {
            let sample = if side == speaks { tone(hertz) as i16 } else { 0 };
            bytes.extend(sample.to_le_bytes());
        }
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(std::fs::write(path, bytes)?)
}

/// A call every ten seconds, word by word.
async fn calls(store: Store, live: Live) {
    for n in 0.. {
        tokio::time::sleep(Duration::from_secs(10)).await;
        if let Err(e) = one_call(&store, &live, n).await {
            eprintln!("{e}");
        }
    }
}

async fn one_call(store: &Store, live: &Live, n: i64) -> Result<(), Failed> {
    let shop = ShopId::new("haengbok")?;
    let mut record = call(n, &shop, Timestamp::now())?;
    store.begin_call(&record).await?;
    record.answered = Some(Timestamp::now());
    store.answer_call(&record.id, Timestamp::now(), None).await?;
    live.tell(
        &shop,
        &LiveEvent::CallBegan {
            call: Box::new(CallView::begun(record.clone())),
        },
    );
    for number in 0..u32::try_from(TALK.len())? {
        let mut heard = String::new();
        for word in TALK[number as usize].0.split(' ').filter(|w| !w.is_empty()) {
            heard = format!("{heard} {word}").trim().to_string();
            let partial = Partial {
                call: record.id.to_string(),
                number,
                heard: heard.clone(),
                at: Timestamp::now(),
            };
            live.tell(&shop, &LiveEvent::Partial(partial));
            tokio::time::sleep(Duration::from_millis(350)).await;
        }
        let turn = turn(&record.id, number, Timestamp::now());
        store.add_turn(&turn).await?;
        let told = LiveTurn {
            call: record.id.to_string(),
            turn: TurnView::of(turn, record.answered),
        };
        live.tell(&shop, &LiveEvent::Turn(Box::new(told.clone())));
        tokio::time::sleep(Duration::from_millis(400)).await;
        live.tell(&shop, &LiveEvent::TurnAmended(Box::new(told)));
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    store
        .end_call(&record.id, Timestamp::now(), CallEnd::Biseo)
        .await?;
    let ended = store
        .listed_call(&shop, &record.id)
        .await?
        .ok_or("the call is gone")?;
    live.tell(
        &shop,
        &LiveEvent::CallEnded {
            call: Box::new(ended.into()),
        },
    );
    let notice = Notice::of(NoticeKind::Booking, None, Some(record.id.as_str()));
    live.tell(&shop, &LiveEvent::Notice(notice));
    Ok(())
}
