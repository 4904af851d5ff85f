//! Own protection: each message is judged before it is copied, queued or parsed, so that a flood of junk costs little and
//! genuine traffic goes on. Those who are known go first (see [`crate::config::Guard`]); strangers have what is left.
//!
//! | file | subject |
//! | --- | --- |
//! | `gate` | the judgement |
//! | `known` | who is known |
//! | `bans` | offences, bans |
//! | `scanners` | what probing tools call themselves |
//! | `table`, `bucket`, `source` | a bounded book, a rate, who is counted as one |
//! | `counts`, `report` | figures, and one line in the log for many events |
//!
//! All but this file and `report` is pure: time is an input.

mod bans;
mod bucket;
mod counts;
mod gate;
mod known;
mod report;
mod scanners;
mod source;
mod table;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::config::{Offence, SipConfig};
pub(crate) use bucket::Bucket;
pub use counts::GuardFigures;
pub(crate) use counts::{Counts, Reason};
pub(crate) use gate::Class;
use gate::Gate;
pub(crate) use report::{Seldom, keep as report};
pub(crate) use scanners::Scanners;
pub(crate) use source::{Source, Way};
pub(crate) use table::Table;

/// How long somebody is known who has proved himself: a little longer than any registration that we grant.
const PROVED: Duration = Duration::from_secs(3700);
/// How long somebody is known to whom we have sent a request, or who takes part in a dialog; that is said again and again.
const ADDRESSED: Duration = Duration::from_secs(45);
/// Lines about bans, at most one in this time.
const BAN_LINES: Duration = Duration::from_secs(5);

/// What the engine tells the guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// An account of ours has proved itself from there.
    Proved(IpAddr),
    /// Somebody takes part in a dialog, or is known by a trunk's name.
    Familiar(IpAddr),
    /// Something speaks against somebody who sent this way.
    Offence(IpAddr, Way, Offence),
}

/// The guard, shared by sockets and the engine's task.
pub(crate) struct Guard {
    gate: Mutex<Gate>,
    said: Mutex<Seldom>,
    pub(crate) counts: Counts,
}

impl Guard {
    pub(crate) fn new(config: &SipConfig) -> Arc<Self> {
        let gate = Gate::new(Instant::now(), &config.guard, &config.trunks, config.open);
        Arc::new(Self {
            gate: Mutex::new(gate),
            said: Mutex::new(Seldom::every(BAN_LINES)),
            counts: Counts::default(),
        })
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Judges a message; what is dropped is counted.
    pub(crate) fn judge(&self, now: Instant, ip: IpAddr, way: Way, bytes: &[u8]) -> Result<Class, Reason> {
        let judgement = self.gate().judge(now, ip, way, bytes);
        if let Some(length) = judgement.banned {
            self.banned(now, ip, length, Offence::Scanner);
        }
        if let Err(reason) = judgement.verdict {
            self.counts.drop(reason);
        }
        judgement.verdict
    }

    /// Judges a new connection; one that is refused is counted.
    pub(crate) fn connection(&self, now: Instant, ip: IpAddr, rate: f64) -> Result<Class, Reason> {
        let judged = self.gate().connection(now, ip, rate);
        if let Err(reason) = judged {
            self.counts.drop(reason);
        }
        judged
    }

    /// Whether a source is known.
    pub(crate) fn knows(&self, now: Instant, ip: IpAddr) -> bool {
        self.gate().known.is(now, ip)
    }

    /// The engine has something to tell.
    pub(crate) fn notice(&self, now: Instant, notice: Notice) {
        match notice {
            Notice::Proved(ip) => {
                let mut gate = self.gate();
                gate.known.befriend(now, ip, PROVED);
                gate.bans.forgive(ip);
            }
            Notice::Familiar(ip) => self.gate().known.befriend(now, ip, ADDRESSED),
            Notice::Offence(ip, way, offence) => {
                let banned = self.gate().offend(now, ip, way, offence);
                if let Some(length) = banned {
                    self.banned(now, ip, length, offence);
                }
            }
        }
    }

    /// A trunk's name leads to these addresses.
    pub(crate) fn resolved(&self, trunk: usize, addresses: impl IntoIterator<Item = IpAddr>) {
        self.gate().known.resolved(trunk, addresses);
    }

    /// What it has done.
    pub(crate) fn figures(&self) -> GuardFigures {
        let banned = self.gate().bans.count(Instant::now());
        self.counts.figures(banned)
    }

    fn banned(&self, now: Instant, ip: IpAddr, length: Duration, offence: Offence) {
        self.counts.ban(offence);
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(others) = said.may(now) {
            let (why, seconds) = (counts::word(offence), length.as_secs());
            tracing::info!(source = %ip, seconds, why, others, "a source is not listened to for a while");
        }
    }
}
