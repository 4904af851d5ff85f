//! What a window of time showed: counts and times as they were measured, without any judgement.
//!
//! A probe is counted in the window in which its fate became known: an answer, an error, or the end of its waiting time.

use serde::{Deserialize, Serialize};

/// Most entries of each list of a window that are looked at; more are ignored (a journal may come from elsewhere).
pub const MOST: usize = 256;

/// The evidence of a window, half a second by custom. Every list may be empty, every entry may be missing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Window {
    /// The window's end, ms of any clock that never goes back; a window that is not later than the one before is ignored.
    pub at_ms: i64,
    /// Its length, ms.
    pub span_ms: u32,
    /// What became of probes, for each target and way of probing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reach: Vec<Reach>,
    /// Paths that were followed to their end in this window.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<Path>,
    /// What resolvers answered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Names>,
    /// Counters of the interfaces that lead out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// How this machine did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<Host>,
    /// What became of real calls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Calls>,
    /// Changes of this machine's own table of routes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routes: Option<Routes>,
    /// What a Biseo elsewhere counted of the way there and the way back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beacons: Vec<Beacon>,
}

/// Where a target stands, counted from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The first hop of an uplink (named by the uplink).
    Gateway,
    /// The access network's first router behind it (named by the uplink).
    Access,
    /// A router of the carrier (named by the uplink).
    Carrier,
    /// A provider's SIP server (named by the trunk).
    Trunk,
}

/// How a target is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// ICMP echo (RFC 792).
    Icmp,
    /// SIP OPTIONS (RFC 3261 §11).
    Options,
}

/// What became of probes to one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// Where it stands.
    pub place: Place,
    /// The uplink's or trunk's name.
    pub name: String,
    /// How it was asked.
    pub by: By,
    /// Probes whose fate became known.
    pub tried: u32,
    /// How many of them were answered, by whatever code.
    pub answered: u32,
    /// Median round trip of the answered ones, µs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtt_us: Option<u32>,
    /// Errors that came instead of an answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// Status codes of SIP answers, with how often each came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<(u16, u32)>,
}

/// ICMP errors of one kind from one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Who says so; `None` is this machine itself.
    pub by: Option<String>,
    /// What it says.
    pub why: Refusal,
    /// How often.
    pub n: u32,
}

/// What an ICMP error says (RFC 792, RFC 1812 §5.2.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No route to the network.
    Net,
    /// The host cannot be reached.
    Host,
    /// Nobody listens on the port.
    Port,
    /// Forbidden by a filter.
    Filtered,
    /// The hop limit was used up, although the probe was sent with a full one.
    TtlExceeded,
}

/// A path that was followed by hop limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// The trunk to which it leads.
    pub trunk: String,
    /// Who answered at hop 1, 2, …; `None` where nobody did. Ends with the last that answered.
    pub hops: Vec<Option<String>>,
    /// Whether the trunk itself answered (it is the last hop then).
    pub reached: bool,
}

/// What a resolver did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Names {
    /// The resolver's name in the site.
    pub resolver: String,
    /// Questions whose fate became known.
    pub asked: u32,
    /// Answered with NOERROR or NXDOMAIN (RFC 1035 §4.1.1).
    pub answered: u32,
    /// Answered with SERVFAIL, REFUSED or another code of failure.
    pub failed: u32,
    /// Median time of an answer, µs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtt_us: Option<u32>,
}

/// Counters of an uplink's interface, as rates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The uplink.
    pub uplink: String,
    /// Whether the interface is up and has a carrier.
    pub up: bool,
    /// Packets a second, in.
    pub rx_pps: f64,
    /// Packets a second, out.
    pub tx_pps: f64,
    /// Octets a second, in.
    #[serde(default)]
    pub rx_bps: f64,
    /// Octets a second, out.
    #[serde(default)]
    pub tx_bps: f64,
    /// Errors in this window, both ways.
    #[serde(default)]
    pub errors: u32,
    /// Packets dropped here in this window, both ways.
    #[serde(default)]
    pub drops: u32,
    /// Octets waiting to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<u32>,
    /// Packets a second that nobody here had asked for (datagrams to closed ports, junk dropped before parsing).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unasked_pps: Option<f64>,
}

/// How this machine did.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Host {
    /// How long the prober stood ready without running, in parts of the window (`/proc/self/schedstat`).
    pub run_delay: f64,
    /// Part of the window in which somebody waited for a CPU (`/proc/pressure/cpu`, some), 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressure: Option<f64>,
    /// Part of the window in which a quota held this program back (`cpu.stat`), 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttled: Option<f64>,
    /// How late the prober's own timer was at worst, µs.
    pub late_us: u32,
}

/// What became of real calls over a trunk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Calls {
    /// The trunk.
    pub trunk: String,
    /// Calls whose set-up ended.
    pub tried: u32,
    /// Refused by the trunk with 5xx or 403.
    pub refused: u32,
    /// Without any answer.
    pub unanswered: u32,
    /// Those that were no calls but registrations of ours, and stand.
    #[serde(skip_serializing_if = "is_none")]
    pub registered: u32,
    /// Calls under way whose sound comes as it should.
    pub media_good: u32,
    /// Calls under way whose sound stays away or is badly broken.
    pub media_bad: u32,
    /// Those of them whose caller's number tells where it is, by its area code; mobiles (010) and 070 tell nothing and stand in none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Area>,
}

fn is_none(n: &u32) -> bool {
    *n == 0
}

/// What became of calls from one area.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Area {
    /// Its code ("02", "051").
    pub area: String,
    /// As in [`Calls`].
    pub tried: u32,
    /// As in [`Calls`].
    pub refused: u32,
    /// As in [`Calls`].
    pub unanswered: u32,
    /// As in [`Calls`].
    pub media_good: u32,
    /// As in [`Calls`].
    pub media_bad: u32,
}

/// Changes of this machine's own routes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Routes {
    /// Routes that came.
    pub added: u32,
    /// Routes that went.
    pub removed: u32,
    /// Uplinks that have no route to their trunks now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
}

/// What a Biseo elsewhere counted, and what came from it.
///
/// Only packets of which it became known in this window whether they arrived are counted as sent; where nothing became known all counts are 0,
/// and nothing is to be concluded from them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Beacon {
    /// The uplink over which it was spoken to.
    pub uplink: String,
    /// Packets that were sent there.
    pub forward_sent: u32,
    /// How many of them it says that it has got (by whichever uplink it says so).
    pub forward_got: u32,
    /// Packets that were sent there of which nothing became known in time, as it said nothing.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub forward_unknown: u32,
    /// Packets that it says it has sent here.
    pub return_sent: u32,
    /// How many of them came.
    pub return_got: u32,
    /// What became known only now of a time in which it could not be heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<Later>,
    /// The packets could not be tied to the uplink: the system's routes chose it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unbound: bool,
}

/// What a Biseo elsewhere tells once it can be heard again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Later {
    /// When it was heard last before, ms of the windows' clock.
    pub since_ms: i64,
    /// Packets that were sent there from then on.
    pub forward_sent: u32,
    /// How many of them it got.
    pub forward_got: u32,
    /// Packets that it sent here from then on, and of which nothing was known.
    pub return_sent: u32,
    /// How many of them came.
    pub return_got: u32,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

fn is_false(is: &bool) -> bool {
    !is
}
