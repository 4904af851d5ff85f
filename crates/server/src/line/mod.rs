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

use biseo_model::ids::ShopId;
use biseo_model::record::CallEnd;

pub(crate) use dropped::offer_call_back;
pub(crate) use exercise::SECONDS as EXERCISE_SECONDS;
pub(crate) use keeper::keep;
pub(crate) use metrics::Figures;
pub(crate) use outcomes::{Heard, Source};
pub(crate) use page::OnPage;
pub(crate) use senses::Sense;
#[cfg(test)]
pub(crate) use trunks::Tries;
pub(crate) use trunks::{TrunkSeen, TrunkStates};
pub(crate) use watch::Watch;

use answered::Answered;
use counted::Counted;
use dropped::Refused;
use outcomes::{Outcomes, SetUp};
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

    /// The set-up of a call to a shop has ended: it stands, or it is over by this. Whoever gave up was not lost by the line.
    pub(crate) fn set_up(&self, shop: &ShopId, from: Source<'_>, over: Option<CallEnd>) {
        let how = match over {
            Some(CallEnd::Failed) => SetUp::Unconfirmed,
            _ => SetUp::Well,
        };
        self.outcomes.set_up(from, how);
        match over {
            None => self.counted.answered(shop, from.trunk),
            Some(CallEnd::Failed) => self.counted.lost(shop, from.trunk),
            Some(_) => {}
        }
    }
}

/// Where the doctor keeps what it saw.
fn folder(data: &Path) -> PathBuf {
    data.join("line")
}

#[cfg(test)]
mod tests {
    use super::counted::Came;
    use super::*;

    #[test]
    fn a_set_up_that_failed_is_counted_and_told_to_the_doctor_and_one_that_was_given_up_is_not() {
        let (line, shop) = (Line::default(), ShopId::new("haengbok").unwrap());
        for over in [None, Some(CallEnd::Caller), Some(CallEnd::Failed)] {
            line.set_up(&shop, Source::trunk("kt"), over);
        }
        let counted = Came {
            all: 0,
            answered: 1,
            lost: 1,
        };
        assert_eq!(line.counted.of_shop(&shop)["kt"], counted);
        let told = line.outcomes.take();
        assert_eq!((told[0].tried, told[0].unanswered), (3, 1));
    }
}
