//! What is asked, where and how often.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use biseo_line::{ResolverAt, Site, Tempo, TrunkAt, UplinkAt};
use serde::{Deserialize, Serialize};

/// What to probe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Ways out.
    pub uplinks: Vec<UplinkPlan>,
    /// Providers' servers.
    pub trunks: Vec<TrunkPlan>,
    /// Resolvers.
    pub resolvers: Vec<ResolverPlan>,
    /// A Biseo elsewhere that is asked as well.
    #[serde(default)]
    pub beacon: Option<BeaconPlan>,
    /// How often, where something is odd; and always, if there is no calm pace.
    #[serde(default)]
    pub pace: Pace,
    /// How often while all is as ever.
    #[serde(default)]
    pub calm: Option<Pace>,
}

/// A way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UplinkPlan {
    /// Its name in verdicts.
    pub name: String,
    /// The interface.
    pub interface: String,
    /// The first hop; one of IPv6 with an address of its link alone (`fe80::…`) is asked by this interface.
    pub gateway: Option<IpAddr>,
    /// The next router, if it is to be asked as well.
    #[serde(default)]
    pub access: Option<IpAddr>,
    /// A router of the carrier's, if it is to be asked as well.
    #[serde(default)]
    pub carrier: Option<IpAddr>,
}

/// A provider's server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrunkPlan {
    /// Its name in verdicts.
    pub name: String,
    /// The uplink that leads there.
    pub uplink: String,
    /// Whose calls it carries ("02").
    #[serde(default)]
    pub region: String,
    /// Where SIP is spoken, by UDP.
    pub address: SocketAddr,
    /// Whether OPTIONS are sent; some providers do not like them.
    pub options: bool,
}

/// A resolver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResolverPlan {
    /// The uplink that leads there.
    pub uplink: String,
    /// Where it is asked, by UDP.
    pub address: SocketAddr,
    /// The name that it is asked for.
    pub ask: String,
}

/// A Biseo elsewhere, spoken to by all uplinks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeaconPlan {
    /// Where it listens, by UDP.
    pub address: SocketAddr,
    /// The file with the secret that both know.
    pub secret_file: PathBuf,
}

/// How often something is asked, ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pace {
    /// The window.
    pub window_ms: u32,
    /// Between two pings of a target.
    pub ping_ms: u32,
    /// Between two OPTIONS to a trunk.
    pub options_ms: u32,
    /// Between two looks at a path while something about it is odd, and half of what lies between them else. Routers answer about once a second
    /// (Linux: `icmp_ratelimit`), and save some answers up: one that is asked each second has none left to say that there is no way.
    pub path_ms: u32,
    /// Between two questions to a resolver.
    pub names_ms: u32,
    /// Between two probes to the beacon, and between its heartbeats.
    pub beacon_ms: u32,
    /// How long an answer is waited for.
    pub patience_ms: u32,
    /// How long nothing is looked at if nothing comes, at most 255: the prober's timer, whose lateness is evidence.
    pub tick_ms: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            window_ms: 500,
            ping_ms: 50,
            options_ms: 250,
            path_ms: 1_000,
            names_ms: 500,
            beacon_ms: 250,
            patience_ms: 700,
            tick_ms: 5,
        }
    }
}

impl Pace {
    /// What a program that answers calls asks while all is as ever: a ping a second, the rest more seldom.
    pub fn calm() -> Self {
        Self {
            ping_ms: 1_000,
            options_ms: 5_000,
            path_ms: 15_000,
            names_ms: 5_000,
            beacon_ms: 1_000,
            tick_ms: 25,
            ..Self::default()
        }
    }

    /// What it asks while something is odd: half of what the laboratory does, which the doctor's rules still hold at.
    pub fn quick() -> Self {
        Self {
            ping_ms: 100,
            options_ms: 500,
            ..Self::default()
        }
    }
}

impl Plan {
    /// The pace of a tempo.
    pub fn at(&self, tempo: Tempo) -> Pace {
        match (tempo, self.calm) {
            (Tempo::Calm, Some(calm)) => calm,
            _ => self.pace,
        }
    }

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
