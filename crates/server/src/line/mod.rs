//! The line doctor in the program: a thread that probes and judges, and what its verdicts bring about.
//!
//! ```text
//! watch (a thread) ─► Said ─► keeper ─► the store, Standing (what callers are told), deeds (who of the shops is told)
//!   ▲ outcomes of calls         ▲ what somebody of a shop began or ended by the API
//!   ├► journal and status.json in the folder `line` of the data folder
//!   └ exercise, asked for and answered there
//! ```

mod answered;
mod beacon;
pub(crate) mod command;
mod counted;
mod dropped;
mod effects;
mod exercise;
mod figures;
mod journal;
mod junk;
mod keeper;
mod metrics;
mod outcomes;
mod page;
mod plan;
mod resumed;
mod seen;
mod senses;
mod standing;
mod status;
mod trunks;
mod watch;

use std::path::{Path, PathBuf};

pub(crate) use dropped::offer_call_back;
pub(crate) use exercise::SECONDS as EXERCISE_SECONDS;
pub(crate) use keeper::keep;
pub(crate) use metrics::Figures;
pub(crate) use outcomes::{Heard, SetUp, Source};
pub(crate) use page::OnPage;
pub(crate) use senses::Sense;
#[cfg(test)]
pub(crate) use trunks::Tries;
pub(crate) use trunks::{TrunkSeen, TrunkStates};
pub(crate) use watch::Watch;

use answered::Answered;
use counted::Counted;
use dropped::Refused;
use outcomes::Outcomes;
use senses::Senses;
use standing::Standing;

/// What calls and the line tell each other.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// What is out of order.
    pub(crate) standing: Standing,
    /// What became of calls.
    pub(crate) outcomes: Outcomes,
    /// How it is, for Prometheus.
    pub(crate) figures: Figures,
    /// Refused calls that are on record.
    pub(crate) refused: Refused,
    /// Who has answered since the program began.
    answered: Answered,
    /// Whether callers can be understood and hear us.
    pub(crate) senses: Senses,
    /// Calls by trunk.
    pub(crate) counted: Counted,
    /// How the trunks do.
    pub(crate) trunks: TrunkStates,
}

impl Line {
    /// Takes what the telephone tells of its trunks.
    pub(crate) fn telephone(&self, event: &biseo_telephony::SipEvent) {
        self.trunks.take(event);
        trunks::evidence(&self.outcomes, event);
    }
}

/// Where the doctor keeps what it saw.
fn folder(data: &Path) -> PathBuf {
    data.join("line")
}
