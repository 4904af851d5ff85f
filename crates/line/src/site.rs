//! What there is to watch: uplinks, trunks, resolvers.

use serde::{Deserialize, Serialize};

/// The map of the line, as it is meant to be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Site {
    /// Ways out of this machine.
    pub uplinks: Vec<UplinkAt>,
    /// Providers' SIP servers.
    pub trunks: Vec<TrunkAt>,
    /// Resolvers of names.
    pub resolvers: Vec<ResolverAt>,
}

/// A way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UplinkAt {
    /// Its name, that of the interface by custom.
    pub name: String,
}

/// A provider's server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrunkAt {
    /// The trunk's name.
    pub name: String,
    /// The uplink that leads to it.
    pub uplink: String,
    /// Where its callers are, by the site or area code that it serves ("02", "051"); empty if that is not known.
    #[serde(default)]
    pub region: String,
}

/// A resolver of names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolverAt {
    /// Its name, its address by custom.
    pub name: String,
    /// The uplink that leads to it.
    pub uplink: String,
}
