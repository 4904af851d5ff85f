//! Verdicts: what is wrong, with what, since when, how it is known and what it brings about. Codes and numbers; words are in `wording/`.

use serde::{Deserialize, Serialize};

/// What a verdict is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
pub enum Subject {
    /// This machine.
    Host,
    /// A way out.
    Uplink(String),
    /// A provider's server, and the way to it.
    Trunk(String),
    /// The resolvers of names together.
    Names,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// Nothing.
    Normal,
    /// Far more packets come in than ever, and the first hop suffers.
    TrafficFlood,
    /// Routers say that there is no way any more.
    RoutingWithdrawn,
    /// Packets go round between routers.
    RoutingLoop,
    /// Packets vanish on the way, or their answers do; only a beacon tells these apart.
    BlackholeOrReturnLost,
    /// Packets vanish on the way there (told by a beacon).
    Blackhole,
    /// Answers vanish on the way back (told by a beacon).
    ReturnPathLost,
    /// The way is another one than usual.
    PathChanged,
    /// A part of the packets is lost, again and again.
    RandomLoss,
    /// The provider's machine is there, its SIP server says nothing.
    TrunkHang,
    /// The provider's machine or its SIP server is gone.
    TrunkDead,
    /// The provider's server refuses.
    TrunkRejecting,
    /// Resolvers say nothing.
    NamesHang,
    /// Resolvers answer with failures.
    NamesFailing,
    /// The interface has no carrier.
    UplinkDown,
    /// The interface is up, but the first hop and all behind it say nothing.
    GatewayMute,
    /// This machine has too little CPU to keep time.
    HostOverloaded,
    /// Sound is missing in single calls, while the line is well.
    OtherPartyMedia,
    /// Something is wrong, and the evidence does not tell what.
    CannotTell,
}

impl Label {
    /// All labels, in order of declaration.
    pub const ALL: [Self; 19] = [
        Self::Normal,
        Self::TrafficFlood,
        Self::RoutingWithdrawn,
        Self::RoutingLoop,
        Self::BlackholeOrReturnLost,
        Self::Blackhole,
        Self::ReturnPathLost,
        Self::PathChanged,
        Self::RandomLoss,
        Self::TrunkHang,
        Self::TrunkDead,
        Self::TrunkRejecting,
        Self::NamesHang,
        Self::NamesFailing,
        Self::UplinkDown,
        Self::GatewayMute,
        Self::HostOverloaded,
        Self::OtherPartyMedia,
        Self::CannotTell,
    ];

    /// The label's code, as in JSON and in the wording files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::TrafficFlood => "traffic_flood",
            Self::RoutingWithdrawn => "routing_withdrawn",
            Self::RoutingLoop => "routing_loop",
            Self::BlackholeOrReturnLost => "blackhole_or_return_lost",
            Self::Blackhole => "blackhole",
            Self::ReturnPathLost => "return_path_lost",
            Self::PathChanged => "path_changed",
            Self::RandomLoss => "random_loss",
            Self::TrunkHang => "trunk_hang",
            Self::TrunkDead => "trunk_dead",
            Self::TrunkRejecting => "trunk_rejecting",
            Self::NamesHang => "names_hang",
            Self::NamesFailing => "names_failing",
            Self::UplinkDown => "uplink_down",
            Self::GatewayMute => "gateway_mute",
            Self::HostOverloaded => "host_overloaded",
            Self::OtherPartyMedia => "other_party_media",
            Self::CannotTell => "cannot_tell",
        }
    }

    /// Whether it is a fault of routing.
    pub fn routing(self) -> bool {
        matches!(
            self,
            Self::RoutingWithdrawn
                | Self::RoutingLoop
                | Self::BlackholeOrReturnLost
                | Self::Blackhole
                | Self::ReturnPathLost
                | Self::PathChanged
        )
    }
}

/// What a fault brings about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// Programs ask again and again, and that is a load of its own.
    RetryStorm,
    /// Names are not resolved.
    NamesLost,
    /// Calls over it fail.
    CallsFail,
    /// Sound is broken.
    SoundBroken,
    /// Answers come late.
    Slow,
}

/// A piece of evidence: a code of the wording files with its numbers. Times are ms, shares are 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "code")]
pub enum Finding {
    /// The first hop's round trip is `ms`, usually `usual`.
    FirstHopSlow {
        /// Now.
        ms: f64,
        /// Usually.
        usual: f64,
    },
    /// The first hop's round trip is as it was.
    FirstHopFlat {
        /// Now.
        ms: f64,
    },
    /// This part of the probes to the first hop is lost.
    FirstHopLoss {
        /// 0 to 1.
        share: f64,
    },
    /// The first hop says nothing.
    FirstHopSilent {
        /// For how long, ms.
        ms: i64,
    },
    /// Packets come in at another rate.
    PacketsIn {
        /// A second, now.
        pps: f64,
        /// Usually.
        usual: f64,
    },
    /// Packets go out at another rate.
    PacketsOut {
        /// A second, now.
        pps: f64,
        /// Usually.
        usual: f64,
    },
    /// Packets come that nobody had asked for.
    Unasked {
        /// A second.
        pps: f64,
    },
    /// The trunk says nothing any more.
    TrunkSilent {
        /// For how long, ms.
        ms: i64,
    },
    /// The trunk's machine answers.
    TrunkMachineWell {
        /// Its round trip, ms.
        ms: f64,
    },
    /// A router says that there is no way.
    NoRouteSaid {
        /// Which one.
        by: String,
        /// How often.
        n: u32,
    },
    /// The last router before the trunk says that it is gone.
    LastRouterSaysGone {
        /// Which one.
        by: String,
    },
    /// The trunk's machine says that nobody listens.
    PortClosed,
    /// Packets were still under way when their hop limit was used up.
    HopsUsedUp {
        /// How often.
        n: u32,
    },
    /// The path goes over a router twice.
    PathTwice {
        /// Which one.
        by: String,
    },
    /// The path ends early.
    PathEnds {
        /// The last hop that answered; 0 is none.
        hop: usize,
        /// How many there usually are.
        of: usize,
    },
    /// Only the last hop of the path is missing.
    PathWholeButLast {
        /// How many there usually are.
        of: usize,
    },
    /// At a hop there is another router than usual.
    OtherHop {
        /// Which hop, from 1.
        hop: usize,
        /// Who is there now.
        now: String,
        /// Who usually is.
        usual: String,
    },
    /// The path is longer or shorter than usual.
    PathLength {
        /// Hops now.
        now: usize,
        /// Hops usually.
        usual: usize,
    },
    /// This part of the probes is lost, usually that.
    Loss {
        /// 0 to 1.
        share: f64,
        /// 0 to 1.
        usual: f64,
    },
    /// The loss begins on the way to the first hop.
    LossFromFirstHop,
    /// SIP OPTIONS stay without an answer.
    OptionsSilent {
        /// For how long, ms.
        ms: i64,
    },
    /// SIP answers refuse.
    Refusals {
        /// The status code.
        status: u16,
        /// How often.
        n: u32,
    },
    /// Real calls were refused.
    CallsRefused {
        /// How many.
        n: u32,
    },
    /// Real calls got no answer.
    CallsUnanswered {
        /// How many.
        n: u32,
    },
    /// Real calls went well.
    CallsWell {
        /// How many.
        n: u32,
    },
    /// Resolvers say nothing.
    NamesSilent {
        /// How many of them.
        n: usize,
        /// Of how many.
        of: usize,
    },
    /// Resolvers answer with failures.
    NamesFailed {
        /// How many of them.
        n: usize,
        /// Of how many.
        of: usize,
    },
    /// A resolver answers late.
    NamesSlow {
        /// Now, ms.
        ms: f64,
        /// Usually, ms.
        usual: f64,
    },
    /// It is so with calls from one area only.
    OnlyFrom {
        /// The area code.
        area: String,
    },
    /// The interface has no carrier.
    NoCarrier,
    /// This machine's routes went.
    RoutesGone {
        /// How many.
        n: u32,
    },
    /// The prober's timer is late.
    TimerLate {
        /// At worst, ms.
        ms: f64,
    },
    /// The prober waits for a CPU.
    RunDelay {
        /// Part of the time, 0 to 1.
        share: f64,
    },
    /// A quota holds this program back.
    Throttled {
        /// Part of the time, 0 to 1.
        share: f64,
    },
    /// Calls without their sound, beside those that have it.
    SoundMissing {
        /// Without.
        bad: u32,
        /// With.
        good: u32,
    },
    /// A Biseo elsewhere says what is lost on each way.
    BeaconSays {
        /// Loss on the way there, 0 to 1.
        forward: f64,
        /// Loss on the way back, 0 to 1.
        back: f64,
    },
    /// A Biseo elsewhere says nothing either: which way is lost is not known.
    BeaconSilent {
        /// For how long, ms.
        ms: i64,
    },
    /// A Biseo elsewhere says what was lost on each way, once it is heard again.
    BeaconSaysLater {
        /// Loss on the way there, 0 to 1.
        forward: f64,
        /// Loss on the way back, 0 to 1.
        back: f64,
    },
}

/// A judgement about a subject over a span of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it is about.
    pub subject: Subject,
    /// What is wrong.
    pub label: Label,
    /// Of whom the fault is, if not of the subject itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because_of: Option<Subject>,
    /// The region whose callers it concerns, by area code: that whose calls alone fail ([`Finding::OnlyFrom`]), else the one that the trunk serves;
    /// empty if that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// What it brings about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<Consequence>,
    /// How it is known.
    pub findings: Vec<Finding>,
    /// How sure it is, 0 to 1.
    pub confidence: f64,
    /// Since when it is so, ms of the windows' clock: the first sign, not the saying.
    pub since_ms: i64,
    /// When it was said first.
    pub said_ms: i64,
    /// When it was over, once it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
}
