//! Figures of the providers' trunks.

use std::sync::atomic::Ordering;

use biseo_telephony::trunk::State;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::label::escaped;
use crate::line::TrunkSeen;

/// A trunk in a state.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    trunk: String,
    state: &'static str,
}

/// A trunk.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    trunk: String,
}

/// Calls of ours by a trunk, by how they ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Try {
    trunk: String,
    end: &'static str,
}

/// All of them, as they were told last.
#[derive(Debug, Default)]
pub(super) struct Trunks {
    state: Family<InState, Gauge>,
    registered: Family<Of, Gauge>,
    tries: Family<Try, Counter>,
}

impl Trunks {
    pub(super) fn enter(&self, registry: &mut Registry) {
        let what = "1 for the state in which a trunk is";
        registry.register("trunk_state", what, self.state.clone());
        let what = "Whether our registration at a trunk stands";
        registry.register("trunk_registered", what, self.registered.clone());
        let what = "Calls of ours that were tried by a trunk since the start, by how that ended";
        registry.register("trunk_tries", what, self.tries.clone());
    }

    pub(super) fn set(&self, trunks: &[TrunkSeen]) {
        for seen in trunks {
            let trunk = || escaped(&seen.id);
            for state in State::ALL {
                let of = self.state.get_or_create(&InState {
                    trunk: trunk(),
                    state: state.word(),
                });
                of.set(i64::from(seen.state == state));
            }
            if let Some(stands) = seen.registered {
                let of = self.registered.get_or_create(&Of { trunk: trunk() });
                of.set(i64::from(stands));
            }
            let t = seen.tries;
            for (end, count) in [
                ("answered", t.answered),
                ("refused", t.refused),
                ("failed", t.failed),
                ("silent", t.silent),
            ] {
                // The telephone counts them; here they are only told.
                let of = self.tries.get_or_create(&Try { trunk: trunk(), end });
                of.inner().store(count, Ordering::Relaxed);
            }
        }
    }
}
