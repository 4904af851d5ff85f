//! How the SIP side protects itself.

use std::time::Duration;

use ipnet::IpNet;

/// Rules of admission, before anything is parsed. *Known* is who comes from a trunk's address, from one of
/// [`Guard::friends`], from where an account of ours has proved itself, or takes part in a dialog; all others are *strangers*.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Networks that are known without being a trunk's: the shop's own, mostly.
    pub friends: Vec<IpNet>,
    /// Messages a second from one known source (a trunk counts as one); two seconds' worth may come at once.
    pub known_per_second: f64,
    /// Messages a second from one stranger (IPv6: one /64), long-term; two seconds' worth may come at once.
    pub stranger_per_second: f64,
    /// Messages a second from all strangers together, by UDP, and as many by TCP and TLS.
    pub strangers_per_second: f64,
    /// Octets of a stranger's message.
    pub stranger_message: usize,
    /// Strangers whose rate is remembered; beyond it those that were silent longest are forgotten.
    pub sources: usize,
    /// Messages of known sources that may wait for the engine.
    pub known_waiting: usize,
    /// Messages of strangers that may wait for the engine.
    pub strangers_waiting: usize,
    /// Points that make a ban ([`Offence`]); one in ten seconds is forgiven.
    pub ban_after: f32,
    /// The first ban of a source, doubled for each that follows; zero bans nobody.
    pub ban: Duration,
    /// The longest ban.
    pub longest_ban: Duration,
    /// Bans that are remembered.
    pub bans: usize,
    /// What probing tools call themselves, beside those that are known here; any part of a User-Agent, in lower case.
    pub scanners: Vec<String>,
    /// Connections (TCP, TLS) of strangers, all together: the rest is left for those who are known.
    pub stranger_connections: usize,
    /// A stranger's connection without a message is closed after this.
    pub stranger_idle: Duration,
}

/// What speaks against a stranger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offence {
    /// It calls itself a scanner: banned at once.
    Scanner,
    /// A wrong password or an unknown account.
    Credentials,
    /// A call or a registration where there is nothing for it: no trunk, no account, no such number.
    Refused,
    /// A request that had to be challenged; whoever proves himself then is forgiven.
    Unproved,
    /// What is no request that anybody's telephone makes.
    Malformed,
}

impl Offence {
    /// How much it weighs against `ban_after`.
    #[must_use]
    pub fn points(self, ban_after: f32) -> f32 {
        match self {
            Self::Scanner => ban_after,
            Self::Credentials | Self::Refused => 3.0,
            Self::Unproved | Self::Malformed => 1.0,
        }
    }
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            friends: Vec::new(),
            known_per_second: 4000.0,
            stranger_per_second: 40.0,
            strangers_per_second: 400.0,
            stranger_message: 16 * 1024,
            sources: 8192,
            known_waiting: 2048,
            strangers_waiting: 128,
            ban_after: 30.0,
            ban: Duration::from_secs(60),
            longest_ban: Duration::from_secs(4 * 3600),
            bans: 4096,
            scanners: Vec::new(),
            stranger_connections: 256,
            stranger_idle: Duration::from_secs(20),
        }
    }
}
