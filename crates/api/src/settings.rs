//! What the operator decides.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use biseo_model::ids::ShopId;
use biseo_notify::Notifier;
use biseo_notify::channels::Allowed;
use biseo_store::Done;
use biseo_vault::Keys;
use ipnet::IpNet;
use jiff::Timestamp;

use crate::line::SeesLine;
use crate::rehearsal::Rehearses;
use crate::tryout::Converses;
use crate::views::Choices;

/// Tells the present instant.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Told when an owner has chosen anew; it may not block.
pub type Chosen = Arc<dyn Fn(&ShopId, &Choices) + Send + Sync>;

/// Told what a program has done, once it is noted in the store as untold ([`biseo_store::Store::telling`]); it may not block.
pub type ProgramDid = Arc<dyn Fn(Done) + Send + Sync>;

/// Told when somebody of a shop has begun or ended an incident; it may not block.
pub type IncidentsChanged = Arc<dyn Fn() + Send + Sync>;

/// Tells whether something else stands in for the database now; it may not block.
pub type StoodInFor = Arc<dyn Fn() -> bool + Send + Sync>;

/// How much of something may come: `burst` at once, then so many a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// At once.
    pub burst: u32,
    /// Each second, from above 0.
    pub per_second: f64,
}

/// The settings of the API.
#[derive(Clone)]
pub struct Settings {
    /// The data folder, to which recordings' paths are relative. Only what lies in its `recordings` is told.
    pub data: PathBuf,
    /// What recordings and second factors are sealed with; none if they are kept in the clear.
    pub keys: Option<Arc<Keys>>,
    /// The origins by which the console is reached (`https://biseo.example`). Without one, the request's own `Host` counts.
    pub origins: Vec<String>,
    /// Whether the cookie is for HTTPS only. `false` is for one's own machine.
    pub secure: bool,
    /// Whether everybody has to enrol a second factor.
    pub totp_required: bool,
    /// How the program is called in authenticators.
    pub issuer: String,
    /// A session that is not used ends after so long.
    pub idle: Duration,
    /// And any after so long.
    pub session: Duration,
    /// Networks whose `X-Forwarded-For` is believed: the reverse proxy.
    pub proxies: Vec<IpNet>,
    /// Requests of one address (of a /64 in IPv6).
    pub address_rate: Rate,
    /// Requests of one session.
    pub session_rate: Rate,
    /// Sign-ins and one-time links of one address.
    pub sign_in_rate: Rate,
    /// Live streams of one session at once.
    pub streams: usize,
    /// Whether calls are recorded, if their shop wants it.
    pub record: bool,
    /// Whether mail can be sent.
    pub mail: bool,
    /// Whether text messages can be sent.
    pub text: bool,
    /// The public key under which browsers ask for notices; none if none can be sent.
    pub push_key: Option<String>,
    /// The outbox, by which programs are sent tests and repetitions; none if nothing is sent.
    pub outbox: Option<Notifier>,
    /// Which machines programs that are told may be on.
    pub outbound: Allowed,
    /// Told when an owner has chosen anew.
    pub chosen: Chosen,
    /// Told what a program has done of which the shop's people are to be told.
    pub program_did: ProgramDid,
    /// Told when an incident was begun or ended.
    pub incidents: IncidentsChanged,
    /// Tells how the line is; none where there is no telephone.
    pub line: Option<Arc<dyn SeesLine>>,
    /// Whether something else stands in for the database now: calls go on, but what they do is not in it yet.
    pub stood_in_for: StoodInFor,
    /// Converses with an owner who tries the shop out; none if nobody does.
    pub converses: Option<Arc<dyn Converses>>,
    /// Rehearses shops and calls them; none if nobody does.
    pub rehearses: Option<Arc<dyn Rehearses>>,
    /// The clock.
    pub clock: Clock,
}

impl Settings {
    /// The usual settings for a data folder.
    #[must_use]
    pub fn new(data: PathBuf) -> Self {
        let hours = |h: u64| Duration::from_secs(h * 3600);
        Self {
            data,
            keys: None,
            origins: Vec::new(),
            secure: true,
            totp_required: true,
            issuer: "Biseo".into(),
            idle: hours(7 * 24),
            session: hours(30 * 24),
            proxies: Vec::new(),
            address_rate: rate(200, 40.0),
            session_rate: rate(100, 20.0),
            sign_in_rate: rate(10, 0.2),
            streams: 6,
            record: true,
            mail: false,
            text: false,
            push_key: None,
            outbox: None,
            outbound: Allowed::public(),
            chosen: Arc::new(|_, _| {}),
            program_did: Arc::new(|_| {}),
            incidents: Arc::new(|| {}),
            line: None,
            stood_in_for: Arc::new(|| false),
            converses: None,
            rehearses: None,
            clock: Arc::new(Timestamp::now),
        }
    }
}

fn rate(burst: u32, per_second: f64) -> Rate {
    Rate { burst, per_second }
}
