//! A shop with one reader, an outbox in a file, and a clock that is turned by hand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use biseo_model::ids::{MessageId, ShopId};
use biseo_model::record::Message;
use biseo_notify::channels::email::{Account, Email, Protection};
use biseo_notify::channels::push::{Push, Vapid};
use biseo_notify::channels::text::TextSettings;
use biseo_notify::channels::webhook::{Endpoint, Webhooks};
use biseo_notify::channels::{Allowed, Channels, Http};
use biseo_notify::rules::{ChannelKind, Notices};
use biseo_notify::{CallerTold, Clock, Event, Fact, House, Notifier, Pace, Sender, Step, ToCaller, Worker};
use biseo_store::{Delivery, DeliveryState, Store, Subscription};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Called at each step with the delivery's id.
pub type Watch = Arc<dyn Fn(Step, &str) + Send + Sync>;

/// The reader who is told by a webhook, and what signs it.
pub const BY_WEBHOOK: &str = "by = [\"webhook\"]\nwebhook = \"till\"";
pub const SECRET: [u8; 32] = [7; 32];

/// The reader who is told by text message.
pub const BY_TEXT: &str = "by = [\"text\"]\nphone = \"010-9876-5432\"";

/// What the caller said.
pub const WORDS: &str = "단체 예약 문의드려요";

pub fn shop() -> ShopId {
    ShopId::new("haengbok").unwrap()
}

pub fn start() -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap()
}

/// The outbox and who works on it.
pub struct Desk {
    pub store: Store,
    pub notifier: Notifier,
    minutes_on: Arc<AtomicI64>,
    _folder: Option<tempfile::TempDir>,
}

impl Desk {
    /// A shop whose one reader `owner` is told by what `reader` says.
    pub async fn new(reader: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Self::over(&folder.path().join("outbox.db"), reader).await;
        Self {
            _folder: Some(folder),
            ..desk
        }
    }

    /// The same over a database that stays.
    pub async fn over(database: impl AsRef<std::ffi::OsStr>, reader: &str) -> Self {
        let store = Store::open(database).await.unwrap();
        let house = Arc::new(House {
            sender: Sender {
                name_ko: "행복식당".into(),
                name_en: None,
                zone: TimeZone::get("Asia/Seoul").unwrap(),
            },
            hours: toml::from_str("[week]\n").unwrap(),
            notices: Notices::from_toml(&format!("[[reader]]\nid = \"owner\"\n{reader}")).unwrap(),
        });
        let houses = move |id: &ShopId| (*id == shop()).then(|| house.clone());
        Self {
            notifier: Notifier::new(store.clone(), Arc::new(houses)),
            store,
            minutes_on: Arc::new(AtomicI64::new(0)),
            _folder: None,
        }
    }

    pub fn worker(&self, channels: Channels) -> Arc<Worker> {
        self.watched(channels, None)
    }

    /// A worker whose steps are watched.
    pub fn watched(&self, channels: Channels, watch: Option<Watch>) -> Arc<Worker> {
        Worker::watched(
            self.notifier.clone(),
            channels,
            (self.clock(), Pace::default(), 7),
            watch,
        )
    }

    /// A worker that gives a channel one second.
    pub fn impatient_worker(&self, channels: Channels) -> Arc<Worker> {
        let pace = Pace {
            patience: std::time::Duration::from_secs(1),
            ..Pace::default()
        };
        Worker::watched(self.notifier.clone(), channels, (self.clock(), pace, 7), None)
    }

    fn clock(&self) -> Clock {
        let on = self.minutes_on.clone();
        Arc::new(move || start() + jiff::SignedDuration::from_mins(on.load(Ordering::SeqCst)))
    }

    /// A browser of the reader's whose push service is at a peer; nobody reads what comes.
    pub async fn subscribe(&self, peer: SocketAddr) {
        let key = PrivateKey::generate(&ECDH_P256)
            .unwrap()
            .compute_public_key()
            .unwrap();
        let subscription = Subscription {
            id: "browser1".into(),
            shop: shop(),
            reader: "owner".into(),
            endpoint: url(peer, "/push/abc"),
            p256dh: URL_SAFE_NO_PAD.encode(key.as_ref()),
            auth: URL_SAFE_NO_PAD.encode([3; 16]),
            made: start(),
        };
        self.store.subscribe(&subscription).await.unwrap();
    }

    /// Lets an hour pass.
    pub fn an_hour_later(&self) {
        self.minutes_later(60);
    }

    /// Lets minutes pass.
    pub fn minutes_later(&self, minutes: i64) {
        self.minutes_on.fetch_add(minutes, Ordering::SeqCst);
    }

    /// Tells a caller something.
    pub async fn tell_caller(&self, to: &ToCaller) -> CallerTold {
        self.notifier.tell_caller(to).await.unwrap()
    }

    /// Tells that a message with these words was left.
    pub async fn tell_words(&self, words: &str) -> u64 {
        self.tell_message(&format!("w{}", words.len()), words).await
    }

    /// Tells that a message was left.
    pub async fn tell(&self) -> u64 {
        self.tell_of("m1").await
    }

    /// Tells that a message of this id was left.
    pub async fn tell_of(&self, id: &str) -> u64 {
        self.tell_message(id, WORDS).await
    }

    async fn tell_message(&self, id: &str, words: &str) -> u64 {
        let message = Message {
            id: MessageId::new(id).unwrap(),
            shop: shop(),
            call: None,
            name: Some("김하늘".into()),
            text: words.into(),
            call_back: None,
            at: start(),
        };
        self.notifier.tell(&Event::message_left(&message)).await.unwrap()
    }

    /// Tells that somebody has to act now.
    pub async fn tell_urgent(&self) -> u64 {
        let fact = Fact::Urgent {
            text: WORDS.into(),
            call_back: None,
        };
        self.notifier
            .tell(&Event::new(&shop(), "u1", start(), fact))
            .await
            .unwrap()
    }

    /// Two tries fail, the third arrives, and there is no fourth, not even if the event is told again. Between tries an hour passes.
    pub async fn third_try_arrives(&self, worker: &Arc<Worker>) -> Delivery {
        assert_eq!(self.tell().await, 1);
        for state in [DeliveryState::Failed, DeliveryState::Failed, DeliveryState::Sent] {
            assert_eq!(worker.round().await.unwrap(), 1);
            let delivery = self.delivery().await;
            assert_eq!(delivery.state, state, "{:?}", delivery.fault);
            // Not before its time.
            assert_eq!(worker.round().await.unwrap(), 0);
            self.an_hour_later();
        }
        assert_eq!(self.tell().await, 0);
        assert_eq!(worker.round().await.unwrap(), 0);
        let delivery = self.delivery().await;
        assert_eq!(delivery.tries, 3);
        delivery
    }

    pub async fn delivery(&self) -> Delivery {
        let mut all = self.store.deliveries(&shop(), 10).await.unwrap();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }
}

/// A certificate, so that machines without any pass too.
pub fn certificate() -> String {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_string()]);
    made.unwrap().cert.pem()
}

/// A client that may reach this machine.
pub fn http() -> Http {
    let pem = certificate();
    let loopback = Allowed::and(vec!["127.0.0.0/8".parse().unwrap()]);
    Http::new(loopback, Some(pem.as_bytes())).unwrap()
}

pub fn url(peer: SocketAddr, path: &str) -> String {
    format!("http://{peer}{path}")
}

/// The reader's webhook, at a peer.
pub fn webhooks(peer: SocketAddr) -> Channels {
    let http = http();
    let secret = format!("whsec_{}", STANDARD.encode(SECRET)).into();
    let endpoint = Endpoint::new(&http, &url(peer, "/hook"), &[secret]).unwrap();
    let webhooks = Webhooks::new(http).with(shop(), "till", endpoint);
    Channels::new().with(ChannelKind::Webhook, Arc::new(webhooks))
}

/// The provider's account at a fake of it.
pub fn texts(provider: &str, carrier: SocketAddr) -> Channels {
    texts_by(&account(provider, carrier))
}

/// The same with a template for bookings.
pub fn texts_with_templates(provider: &str, carrier: SocketAddr) -> Channels {
    texts_with_fallback(provider, carrier, true)
}

/// The same, with a text message to fall back on or without.
pub fn texts_with_fallback(provider: &str, carrier: SocketAddr, fallback: bool) -> Channels {
    let own = match provider {
        "nhn" => format!(
            "key = \"kakaoAppKey01\"\nsecret_env = \"KAKAO\"\nurl = \"{}\"\n",
            url(carrier, "")
        ),
        _ => String::new(),
    };
    let kakao = "[kakao]\nchannel = \"PF01\"\ntemplates = { booking_made = \"T-made\" }\n";
    let kakao = format!("{kakao}fallback = {fallback}\n");
    texts_by(&format!("{}{kakao}{own}", account(provider, carrier)))
}

fn account(provider: &str, carrier: SocketAddr) -> String {
    let url = url(carrier, "");
    format!(
        "provider = \"{provider}\"\nkey = \"NCSAYU7YDBXYORXC\"\nsecret_env = \"TEXT\"\nsender = \"02-123-4567\"\nurl = \"{url}\"\n"
    )
}

fn texts_by(settings: &str) -> Channels {
    let settings: TextSettings = toml::from_str(settings).unwrap();
    let secrets = |name: &str| match name {
        "TEXT" => Some("a-secret-of-32-characters-or-so!".to_string()),
        "KAKAO" => Some("kakaosecret".to_string()),
        _ => None,
    };
    let texts = settings.open_with(&http(), &secrets).unwrap();
    Channels::new().with(ChannelKind::Text, Arc::new(texts))
}

/// A mail server in the clear, without a login.
fn mail(server: SocketAddr) -> Channels {
    let email = Email::new(&Account {
        host: server.ip().to_string(),
        port: server.port(),
        protection: Protection::None,
        login: None,
        from: "shop@example.com".into(),
        ca: None,
    });
    Channels::new().with(ChannelKind::Email, Arc::new(email.unwrap()))
}

/// Web push to the browsers in the store, under a new key.
fn pushes(store: &Store) -> Channels {
    let vapid = Vapid::new(&Vapid::generate().unwrap(), "mailto:operator@example.com").unwrap();
    let push = Push::new(http(), vapid, store.clone());
    Channels::new().with(ChannelKind::Push, Arc::new(push))
}

/// What the reader says who is told by `webhook`, `email`, `push`, or by text message through the provider of that name.
pub fn reader(by: &str) -> &'static str {
    match by {
        "webhook" => BY_WEBHOOK,
        "email" => "by = [\"email\"]\nemail = \"owner@example.com\"",
        "push" => "by = [\"push\"]",
        _ => BY_TEXT,
    }
}

/// The channel for that reader.
pub fn channels(by: &str, other_side: SocketAddr, store: &Store) -> Channels {
    match by {
        "webhook" => webhooks(other_side),
        "email" => mail(other_side),
        "push" => pushes(store),
        provider => texts(provider, other_side),
    }
}
