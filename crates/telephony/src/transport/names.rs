//! By which name a server's address was found: its certificate must be made out to that name (RFC 5922 §7.1).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Addresses that are remembered. Those of trunks are asked for again and again, so that forgetting all is no harm.
const MAX_NAMES: usize = 4096;

/// Who is expected at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// Host name or address, without port.
    pub(crate) name: String,
    /// The trunk whose server it is.
    pub(crate) trunk: Option<usize>,
}

/// The names noted so far; clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(Arc<Mutex<HashMap<SocketAddr, Peer>>>);

impl Names {
    /// Notes that a name was looked up and led to these addresses. A trunk's word counts for more than a call's.
    pub(crate) fn note(&self, addrs: &[SocketAddr], peer: &Peer) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= MAX_NAMES {
            names.clear();
        }
        for addr in addrs {
            let standing = names.get(addr).is_some_and(|p| p.trunk.is_some());
            if peer.trunk.is_some() || !standing {
                names.insert(*addr, peer.clone());
            }
        }
    }

    /// Who is expected there.
    pub(crate) fn of(&self, addr: SocketAddr) -> Option<Peer> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.get(&addr).cloned()
    }
}
