//! By which name a server's address was found: its certificate must be made out to that name (RFC 5922 §7.1).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::guard::Guard;

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
#[derive(Clone)]
pub(crate) struct Names {
    peers: Arc<Mutex<HashMap<SocketAddr, Peer>>>,
    guard: Arc<Guard>,
}

impl Names {
    /// None yet. The guard is told of trunks' addresses.
    pub(crate) fn new(guard: Arc<Guard>) -> Self {
        Self {
            peers: Arc::default(),
            guard,
        }
    }

    /// Notes that a name was looked up and led to these addresses. A trunk's word counts for more than a call's.
    pub(crate) fn note(&self, addrs: &[SocketAddr], peer: &Peer) {
        if let Some(trunk) = peer.trunk {
            self.guard.resolved(trunk, addrs.iter().map(SocketAddr::ip));
        }
        let mut names = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
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
        let names = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        names.get(&addr).cloned()
    }
}
