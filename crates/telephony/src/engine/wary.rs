//! What the engine tells the guard, and how little it keeps of strangers.

use std::hash::BuildHasher;

use super::server::Stage;
use super::{Engine, Output, Way};
use crate::config::Offence;
use crate::msg::{Method, Uri};
use crate::transport::Flow;
use crate::transport::guard::Notice;

impl Engine {
    /// Something speaks against a stranger.
    pub(super) fn offence(&mut self, flow: Flow, offence: Offence) {
        if self.stranger {
            let notice = Notice::Offence(flow.remote.ip(), Way::from(flow.proto), offence);
            self.outputs.push(Output::Tell(notice));
        }
    }

    /// An account has proved itself: from here on it is no stranger's.
    pub(super) fn proved(&mut self, flow: Flow) {
        self.stranger = false;
        self.outputs.push(Output::Tell(Notice::Proved(flow.remote.ip())));
    }

    /// Tells the guard again who takes part in a dialog: from where the peer's requests come, and where ours go.
    pub(super) fn name_familiar(&mut self) {
        for leg in self.legs.values() {
            let target = Uri::parse(&leg.dialog.target);
            let named = target.as_ref().and_then(Uri::sip).and_then(|u| u.socket());
            let both = [Some(leg.flow.remote), named].into_iter().flatten();
            self.outputs
                .extend(both.map(|a| Output::Tell(Notice::Familiar(a.ip()))));
        }
    }

    /// The tag of an answer to a stranger: nothing is kept of it, and a repeated request has the same (RFC 3261 §8.2.7).
    pub(super) fn stranger_tag(&self, key: &str) -> String {
        format!("{:016x}", self.tags.hash_one(key))
    }

    /// Keeps nothing of a stranger's request that was refused, challenged or only asked what we can do: RFC 3261 §8.2.7
    /// names floods of such requests as the reason for answering without state. A repeated one is answered anew.
    pub(super) fn forget(&mut self, key: &str) {
        let done = self.server_txs.get(key).is_some_and(|tx| {
            let harmless = tx.code >= 300 || tx.inv.req.method == Method::Options;
            tx.stage == Stage::Final && tx.leg.is_none() && harmless
        });
        if done {
            self.server_end(key);
        }
    }
}
