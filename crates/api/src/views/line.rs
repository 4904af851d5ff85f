//! How the line is now, and how it was over a span.

use biseo_line::Subject;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::IncidentSource;

/// How the line is now. The line is the house's: all its shops share it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineStatus {
    /// Now.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What the line doctor sees; none where nobody watches the line, or nobody has looked yet.
    pub watch: Option<LineWatch>,
    /// The providers' trunks, by name.
    pub trunks: Vec<LineTrunk>,
}

/// What the line doctor sees.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineWatch {
    /// When it looked last.
    #[schema(value_type = String, format = DateTime)]
    pub looked: Timestamp,
    /// Whether something is odd and asked about ten times a second; else it is once.
    pub quick: bool,
    /// Whether this program may ping; without pings the doctor often cannot tell.
    pub pings: bool,
    /// Who is asked, and how that went.
    pub targets: Vec<LineTarget>,
    /// Who is asked for names, and how that went.
    pub resolvers: Vec<LineResolver>,
    /// What is wrong.
    pub standing: Vec<LineFault>,
    /// What was wrong last since the program began.
    pub last: Option<LineFault>,
    /// The exercise that goes on.
    pub exercise: Option<LineExercise>,
}

/// Where somebody stands who is asked, counted from this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinePlace {
    /// The first machine, a router mostly.
    Gateway,
    /// The one behind it.
    Access,
    /// A machine of the carrier.
    Carrier,
    /// A provider's server.
    Trunk,
}

/// How it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineBy {
    /// By ping.
    Icmp,
    /// By SIP OPTIONS.
    Options,
}

/// Somebody who is asked.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LineTarget {
    /// Where.
    pub place: LinePlace,
    /// The name of the uplink or the trunk.
    pub name: String,
    /// How.
    pub by: LineBy,
    /// Questions whose fate is known, since the doctor began.
    pub tried: u64,
    /// How many of them were answered.
    pub answered: u64,
    /// The last round trip, ms.
    pub rtt_ms: Option<f64>,
}

/// Somebody who is asked for names (DNS).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LineResolver {
    /// Its address; a number in its place where the house has several shops.
    pub name: String,
    /// Questions whose fate is known.
    pub asked: u64,
    /// Answered, also that there is no such name.
    pub answered: u64,
    /// Answered with a failure.
    pub failed: u64,
    /// How long the last answer took, ms.
    pub rtt_ms: Option<f64>,
}

/// How a trunk does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrunkState {
    /// Nothing speaks against it.
    Up,
    /// Something failed lately.
    Suspect,
    /// It seems to be back; not believed yet.
    Probing,
    /// It has asked to be left alone for a while.
    Overloaded,
    /// It has failed again and again.
    Down,
}

/// A provider's trunk. Counts are since the program began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LineTrunk {
    /// The operator's name for it.
    pub name: String,
    /// Area code of its callers; empty if it is not known.
    pub region: String,
    /// Its state.
    pub state: TrunkState,
    /// Whether our registration there stands; none without one.
    pub registered: Option<bool>,
    /// Calls to this shop that came by it.
    pub came: u64,
    /// Those that were answered.
    pub answered: u64,
    /// Those for which there was no room, or whose set-up failed.
    pub lost: u64,
    /// Calls that were placed by it; 0 where the house has several shops, as nobody knows whose they were.
    pub placed: u64,
    /// Those that it could not carry, or of which nothing was heard; 0 as above.
    pub failed: u64,
}

/// An exercise: a trunk is treated as dead for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LineExercise {
    /// The trunk.
    pub trunk: String,
    /// Seconds that it still lasts.
    pub seconds_left: u64,
}

/// What something out of order is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineSubject {
    /// This machine.
    Host,
    /// A way out.
    Uplink,
    /// A trunk.
    Trunk,
    /// The resolvers of names together.
    Names,
    /// The shop itself.
    Shop,
}

/// What is or was wrong, with what was measured, in words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineFault {
    /// The doctor's code: `trunk_dead`, `routing_withdrawn`, …
    pub cause: String,
    /// What it is about.
    pub subject: LineSubject,
    /// The name of an uplink or a trunk; else empty.
    pub name: String,
    /// Area code of the callers whom it concerns; empty if all or unknown.
    pub region: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub began: Timestamp,
    /// When it was said.
    #[schema(value_type = String, format = DateTime)]
    pub said: Timestamp,
    /// When it was over.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended: Option<Timestamp>,
    /// How sure the doctor is, 0 to 1.
    pub confidence: f64,
    /// Cause and consequences in a sentence, as `biseo line status` says it.
    pub sentence: String,
    /// What was measured, as `biseo line explain` says it.
    pub findings: Vec<String>,
}

/// What was out of order over a span of time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineTimeline {
    /// The span's beginning.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// What lies in the span, if only in part, in order of its beginning; at most 1000.
    pub faults: Vec<TimelineFault>,
    /// Whether there are more than that: then a shorter span shows them.
    pub cut: bool,
}

/// Something that was out of order for a while.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineFault {
    /// The incident's id.
    pub id: String,
    /// Whether it is the shop's own; else it is that of the whole house, whose line all shops share.
    pub own: bool,
    /// Who found it.
    pub source: IncidentSource,
    /// Its code.
    pub cause: String,
    /// What it is about.
    pub subject: LineSubject,
    /// The name of an uplink or a trunk; else empty.
    pub name: String,
    /// Area code of the callers whom it concerns; empty if all or unknown.
    pub region: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub began: Timestamp,
    /// When it was over, if that is known; none while it goes on.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended: Option<Timestamp>,
    /// How sure the doctor is, 0 to 1; 1 for what somebody said.
    pub confidence: f64,
    /// Cause and consequences in a sentence.
    pub sentence: String,
    /// What was measured, in words.
    pub findings: Vec<String>,
}

impl LineSubject {
    /// By the code under which incidents keep it. What is not known is this machine's.
    pub(crate) fn of_code(code: &str) -> Self {
        match code {
            "uplink" => Self::Uplink,
            "trunk" => Self::Trunk,
            "names" => Self::Names,
            "shop" => Self::Shop,
            _ => Self::Host,
        }
    }
}

/// What a verdict is about, and its name.
pub(crate) fn subject_of(subject: &Subject) -> (LineSubject, String) {
    match subject {
        Subject::Host => (LineSubject::Host, String::new()),
        Subject::Uplink(name) => (LineSubject::Uplink, name.clone()),
        Subject::Trunk(name) => (LineSubject::Trunk, name.clone()),
        Subject::Names => (LineSubject::Names, String::new()),
    }
}
