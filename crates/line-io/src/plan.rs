//! What is asked, where and how often.

use std::net::{Ipv4Addr, SocketAddrV4};

use biseo_line::{ResolverAt, Site, TrunkAt, UplinkAt};
use serde::{Deserialize, Serialize};

/// What to probe.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Ways out.
    pub uplinks: Vec<UplinkPlan>,
    /// Providers' servers.
    pub trunks: Vec<TrunkPlan>,
    /// Resolvers.
    pub resolvers: Vec<ResolverPlan>,
    /// How often.
    #[serde(default)]
    pub pace: Pace,
}

/// A way out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UplinkPlan {
    /// Its name in verdicts.
    pub name: String,
    /// The interface.
    pub interface: String,
    /// The first hop.
    pub gateway: Option<Ipv4Addr>,
    /// The next router, if it is to be asked as well.
    #[serde(default)]
    pub access: Option<Ipv4Addr>,
}

/// A provider's server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrunkPlan {
    /// Its name in verdicts.
    pub name: String,
    /// The uplink that leads there.
    pub uplink: String,
    /// Whose calls it carries ("02").
    #[serde(default)]
    pub region: String,
    /// Where SIP is spoken, by UDP.
    pub address: SocketAddrV4,
    /// Whether OPTIONS are sent; some providers do not like them.
    pub options: bool,
}

/// A resolver.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResolverPlan {
    /// The uplink that leads there.
    pub uplink: String,
    /// Where it is asked, by UDP.
    pub address: SocketAddrV4,
    /// The name that it is asked for.
    pub ask: String,
}

/// How often something is asked, ms.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(default)]
pub struct Pace {
    /// The window.
    pub window_ms: u32,
    /// Between two pings of a target.
    pub ping_ms: u32,
    /// Between two OPTIONS to a trunk.
    pub options_ms: u32,
    /// Between two looks at a path. Routers answer about once a second (Linux: `icmp_ratelimit`).
    pub path_ms: u32,
    /// Between two questions to a resolver.
    pub names_ms: u32,
    /// How long an answer is waited for.
    pub patience_ms: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            window_ms: 500,
            ping_ms: 50,
            options_ms: 250,
            path_ms: 1_000,
            names_ms: 500,
            patience_ms: 700,
        }
    }
}

impl Plan {
    /// The line's map for the doctor. A resolver is named by its address.
    pub fn site(&self) -> Site {
        let trunk = |t: &TrunkPlan| TrunkAt {
            name: t.name.clone(),
            uplink: t.uplink.clone(),
            region: t.region.clone(),
        };
        Site {
            uplinks: self
                .uplinks
                .iter()
                .map(|u| UplinkAt { name: u.name.clone() })
                .collect(),
            trunks: self.trunks.iter().map(trunk).collect(),
            resolvers: self
                .resolvers
                .iter()
                .map(|r| ResolverAt {
                    name: r.address.to_string(),
                    uplink: r.uplink.clone(),
                })
                .collect(),
        }
    }
}
