//! Trunks: who may bring calls, which number was dialled and why the call was forwarded, who is calling; how trunks are doing, and in which
//! order a call tries them.

mod caller;
mod dialled;
mod evidence;
mod health;
mod overload;
mod route;
mod verdict;

pub use caller::{Identity, identity};
pub use dialled::{Dialled, DialledSource, dialled};
pub use evidence::{By, Evidence};
pub use health::{Change, Health, Policy, State};
pub use overload::Asked;
pub(crate) use overload::OFFERED as OVERLOAD_OFFERED;
pub(crate) use route::by_weight;
pub use route::{Candidate, Standing, order};
pub use verdict::{Verdict, verdict};

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use crate::config::{Credentials, Proto};

/// A provider, or a PBX of the house.
#[derive(Clone, Debug)]
pub struct Trunk {
    /// The operator's name for it.
    pub id: String,
    /// Addresses its calls come from.
    pub sources: Vec<IpNet>,
    /// Where calls and registrations go: `host` or `host:port`. Its addresses count as sources as well.
    pub server: Option<String>,
    /// Protocol towards the server.
    pub proto: Proto,
    /// Who vouches for the server's certificate, if it is not who [`crate::config::Tls::ca`] says: a file (PEM).
    pub ca: Option<PathBuf>,
    /// The name that its certificate must have, if it is not the server's host.
    pub certificate_name: Option<String>,
    /// What we answer its challenges with.
    pub credentials: Option<Credentials>,
    /// Register there.
    pub register: Option<Registration>,
    /// Where the dialled number is looked for, in order.
    pub dialled: Vec<DialledSource>,
    /// Believe its P-Asserted-Identity and Remote-Party-ID (RFC 3325 §5: only within a trust domain).
    pub trusted_identity: bool,
    /// Calls at once.
    pub max_calls: Option<usize>,
    /// Its place among the trunks of a call: a lower one is tried first.
    pub priority: u16,
    /// Its share among those of the same priority (RFC 2782).
    pub weight: u16,
    /// How often its server is asked whether it is there (OPTIONS); never without, and then it is judged by calls and registrations alone.
    pub ping: Option<Duration>,
    /// The protocol is the provider's choice among UDP and TCP (NAPTR, RFC 3263 §4.1), [`Trunk::proto`] only where it says none.
    pub any_proto: bool,
}

/// How to register at a provider.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Our name there: `user` in `sip:user@server`.
    pub user: String,
    /// Domain in the address, when it is not the server's host.
    pub domain: Option<String>,
    /// Seconds asked for.
    pub expires: u32,
}

impl Trunk {
    /// A trunk known by its addresses.
    #[must_use]
    pub fn by_address(id: &str, sources: Vec<IpNet>) -> Self {
        Self {
            id: id.to_owned(),
            sources,
            server: None,
            proto: Proto::Udp,
            ca: None,
            certificate_name: None,
            credentials: None,
            register: None,
            dialled: DialledSource::DEFAULT.to_vec(),
            trusted_identity: false,
            max_calls: None,
            priority: 10,
            weight: 10,
            ping: None,
            any_proto: false,
        }
    }

    /// Whether calls from that address are this trunk's.
    #[must_use]
    pub fn covers(&self, source: IpAddr) -> bool {
        self.sources.iter().any(|n| n.contains(&source.to_canonical()))
    }
}
