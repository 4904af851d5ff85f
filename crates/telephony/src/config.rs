//! What the operator decides. Plain values; reading them from a file is the server's business.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

mod guard;

pub use guard::{Guard, Offence};
pub use secrecy::SecretString;

use crate::trunk::Trunk;

/// A transport protocol for SIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proto {
    /// Datagrams.
    Udp,
    /// Streams.
    Tcp,
    /// Streams that nobody on the way reads (RFC 3261 §26.2.1).
    Tls,
}

impl Proto {
    /// Whether it has connections, and messages one after the other in them.
    #[must_use]
    pub fn is_stream(self) -> bool {
        self != Self::Udp
    }

    /// The port of an address that names none (RFC 3261 §19.1.2).
    #[must_use]
    pub fn default_port(self) -> u16 {
        if self == Self::Tls { 5061 } else { 5060 }
    }
}

impl std::fmt::Display for Proto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        })
    }
}

/// One address to listen on; port 0 lets the system choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listen {
    /// UDP, TCP or TLS.
    pub proto: Proto,
    /// Address and port.
    pub addr: SocketAddr,
}

/// A certificate with its private key, both PEM. Looked at again and again, so that a renewed one is used without a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and behind it those between it and the issuer that everybody knows.
    pub certificate: PathBuf,
    /// Its private key (PKCS #8, PKCS #1 or SEC 1).
    pub key: PathBuf,
}

/// How SIP over TLS is spoken.
#[derive(Clone, Debug)]
pub struct Tls {
    /// What we show to whoever connects, and to servers that ask for it. Needed to listen on TLS.
    pub own: Option<TlsFiles>,
    /// Whoever connects must show a certificate that one of these vouches for (mutual TLS).
    pub client_ca: Option<PathBuf>,
    /// Who vouches for servers that we connect to; the system's list if it is not given. A trunk may have its own.
    pub ca: Option<PathBuf>,
    /// How often the files are looked at.
    pub look_every: Duration,
}

impl Default for Tls {
    fn default() -> Self {
        Self {
            own: None,
            client_ca: None,
            ca: None,
            look_every: Duration::from_secs(30),
        }
    }
}

/// A softphone's account on our registrar.
#[derive(Clone, Debug)]
pub struct Account {
    /// User name: the user part of its address and the name in its digest.
    pub name: String,
    /// Password. Both digest algorithms are derived from it.
    pub password: SecretString,
}

/// What we answer a challenge with.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// User name at the other side.
    pub user: String,
    /// Password there.
    pub password: SecretString,
}

/// Bounds; nothing in this crate grows past them.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Calls at once, all together (503 beyond).
    pub max_calls: usize,
    /// Calls at once from one source address (503 beyond).
    pub max_calls_per_source: usize,
    /// New calls per second from one source, long-term.
    pub calls_per_second: f64,
    /// New calls one source may place in a burst.
    pub call_burst: u32,
    /// Requests per second (outside dialogs) answered to one source that is no trunk.
    pub stranger_requests_per_second: f64,
    /// Octets of one message.
    pub max_message: usize,
    /// Open transactions, all together.
    pub max_transactions: usize,
    /// Source addresses whose rate is remembered.
    pub max_sources: usize,
    /// Contacts one account may bind.
    pub max_contacts: usize,
    /// TCP and TLS connections, all together.
    pub max_connections: usize,
    /// TCP and TLS connections from one address.
    pub max_connections_per_source: usize,
    /// A TCP connection without traffic is closed after this.
    pub tcp_idle: Duration,
    /// A message on TCP that has begun must end, or be written, within this.
    pub tcp_message_time: Duration,
    /// A TLS handshake must end within this.
    pub tls_handshake_time: Duration,
    /// TLS handshakes under way, all together; connections beyond are closed at once.
    pub max_handshakes: usize,
    /// New TCP and TLS connections a second from one stranger, long-term; three seconds' worth may come at once.
    pub handshakes_per_second: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_calls: 1000,
            max_calls_per_source: 500,
            calls_per_second: 50.0,
            call_burst: 100,
            stranger_requests_per_second: 20.0,
            max_message: 65_535,
            max_transactions: 20_000,
            max_sources: 10_000,
            max_contacts: 5,
            max_connections: 512,
            max_connections_per_source: 32,
            tcp_idle: Duration::from_secs(600),
            tcp_message_time: Duration::from_secs(10),
            tls_handshake_time: Duration::from_secs(5),
            max_handshakes: 64,
            handshakes_per_second: 10.0,
        }
    }
}

/// Protocol timers (RFC 3261 §17). Tests shorten them.
#[derive(Clone, Copy, Debug)]
pub struct Timers {
    /// Round trip estimate; 64 of them are how long an answer is waited for.
    pub t1: Duration,
    /// Longest pause between retransmissions.
    pub t2: Duration,
    /// A call placed by us may ring so long.
    pub ring: Duration,
    /// A call to us that the server neither answers nor refuses ends (480) after this.
    pub unanswered: Duration,
    /// A call by several trunks that has not even got a 100 is tried by the next one after this. Also how long a trunk may be
    /// silent while calls wait for it.
    pub hedge: Duration,
    /// The same for one that got 100 and nothing more: some networks take seconds to find a telephone.
    pub stall: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            ring: Duration::from_secs(180),
            unanswered: Duration::from_secs(300),
            hedge: Duration::from_millis(1200),
            stall: Duration::from_secs(12),
        }
    }
}

impl Timers {
    /// How long a final answer, an ACK or a PRACK is waited for: 64·T1.
    #[must_use]
    pub fn give_up(&self) -> Duration {
        self.t1 * 64
    }
}

/// Session timers (RFC 4028), in seconds.
#[derive(Clone, Copy, Debug)]
pub struct SessionTimers {
    /// Interval we ask for; 0 turns session timers off unless the peer insists.
    pub expires: u32,
    /// Smallest interval we accept; a request below it is answered 422. At least 90 by the RFC; tests go below.
    pub min_se: u32,
    /// As UAS, refresh ourselves when the peer leaves it open and supports timers.
    pub we_refresh: bool,
}

impl Default for SessionTimers {
    fn default() -> Self {
        Self {
            expires: 1800,
            min_se: 90,
            we_refresh: false,
        }
    }
}

/// When 18x responses to a call are sent reliably (RFC 3262). 100 never is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reliable {
    /// Only when the caller requires it.
    #[default]
    IfRequired,
    /// When the caller supports it.
    IfSupported,
}

/// What happens to a REFER inside a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReferPolicy {
    /// 603: a caller who can make us dial is toll fraud.
    #[default]
    Refuse,
    /// 202 and an event for those who came through a trunk or account of ours; the server decides and dials itself.
    Report,
}

/// Reads a dialled or calling number into its one form, or `None` if it is no telephone number.
pub type Normaliser = fn(&str) -> Option<String>;

/// A number in E.164, by the house's rules for numbers ([`biseo_model::phone::PhoneNumber`]).
pub fn canonical(number: &str) -> Option<String> {
    biseo_model::phone::PhoneNumber::parse(number)
        .ok()
        .map(|n| n.e164())
}

/// Everything a stack needs to know.
#[derive(Clone, Debug)]
pub struct SipConfig {
    /// Sockets.
    pub listen: Vec<Listen>,
    /// Address put into Contact and Via and offered for media, when it is not the socket's (NAT).
    pub advertised: Option<IpAddr>,
    /// Realm of our challenges, and our name in addresses of our own.
    pub domain: String,
    /// User-Agent and Server.
    pub user_agent: String,
    /// Trunks, tried in order.
    pub trunks: Vec<Trunk>,
    /// Name servers that are asked for trunks and callees; the system's if none is given.
    pub name_servers: Vec<SocketAddr>,
    /// Accounts of our registrar.
    pub accounts: Vec<Account>,
    /// Digest algorithms of our challenges, best first. Old telephones that read only the first challenge need MD5 alone.
    pub digests: Vec<crate::auth::Algorithm>,
    /// Certificates.
    pub tls: Tls,
    /// Bounds.
    pub limits: Limits,
    /// Who is listened to when many come.
    pub guard: Guard,
    /// Timers.
    pub timers: Timers,
    /// Session timers.
    pub session: SessionTimers,
    /// Reliable provisional responses.
    pub reliable: Reliable,
    /// REFER.
    pub refer: ReferPolicy,
    /// Accept calls from any source (a laboratory, the demo on loopback). Never on the internet.
    pub open: bool,
    /// The one form of numbers.
    pub normalise: Normaliser,
}

impl Default for SipConfig {
    fn default() -> Self {
        let any = SocketAddr::from(([0, 0, 0, 0], 5060));
        Self {
            listen: vec![
                Listen {
                    proto: Proto::Udp,
                    addr: any,
                },
                Listen {
                    proto: Proto::Tcp,
                    addr: any,
                },
            ],
            advertised: None,
            domain: "biseo".to_owned(),
            user_agent: concat!("Biseo/", env!("CARGO_PKG_VERSION")).to_owned(),
            trunks: Vec::new(),
            name_servers: Vec::new(),
            accounts: Vec::new(),
            digests: vec![crate::auth::Algorithm::Sha256, crate::auth::Algorithm::Md5],
            tls: Tls::default(),
            limits: Limits::default(),
            guard: Guard::default(),
            timers: Timers::default(),
            session: SessionTimers::default(),
            reliable: Reliable::default(),
            refer: ReferPolicy::default(),
            open: false,
            normalise: canonical,
        }
    }
}
