//! Trunks: who may bring calls, which number was dialled and why the call was forwarded, who is calling.

mod caller;
mod dialled;

pub use caller::{Identity, identity};
pub use dialled::{Dialled, DialledSource, dialled};

use std::net::IpAddr;
use std::path::PathBuf;

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
        }
    }

    /// Whether calls from that address are this trunk's.
    #[must_use]
    pub fn covers(&self, source: IpAddr) -> bool {
        self.sources.iter().any(|n| n.contains(&source.to_canonical()))
    }
}
