//! Something that is asked by UDP, and when.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use crate::socket::{self, Error};

/// Something that is asked by UDP.
pub(crate) struct Asked {
    /// Whom.
    pub(crate) to: SocketAddr,
    /// By what; `None` until there is a way.
    pub(crate) socket: Option<UdpSocket>,
    /// Questions without an answer, by number, with when they were asked.
    pub(crate) waiting: BTreeMap<u32, Instant>,
    /// Of the last question.
    pub(crate) number: u32,
}

impl Asked {
    pub(crate) fn new(to: SocketAddr) -> Self {
        Self {
            to,
            socket: None,
            waiting: BTreeMap::new(),
            number: u32::from(fastrand::u16(..)),
        }
    }

    /// The socket, opened anew if there was none (no route when it was tried).
    pub(crate) fn socket(&mut self) -> Option<&UdpSocket> {
        if self.socket.is_none() {
            self.socket = socket::udp(self.to).ok();
        }
        self.socket.as_ref()
    }

    /// Sends; an old error that waited is reported by the first try, so there is a second.
    pub(crate) fn send(&mut self, octets: &[u8]) -> bool {
        self.socket()
            .is_some_and(|s| s.send(octets).or_else(|_| s.send(octets)).is_ok())
    }

    pub(crate) fn heard(&self) -> Vec<Vec<u8>> {
        let Some(socket) = &self.socket else { return vec![] };
        let mut octets = [0_u8; 4096];
        let mut out = vec![];
        for _ in 0..100 {
            match socket.recv(&mut octets) {
                Ok(n) => out.push(octets[..n].to_vec()),
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                Err(_) => {}
            }
        }
        out
    }

    pub(crate) fn errors(&self) -> Vec<Error> {
        self.socket
            .as_ref()
            .map_or_else(Vec::new, |s| socket::errors(s.as_fd()))
    }

    pub(crate) fn expired(&mut self, before: Instant) -> usize {
        let all = self.waiting.len();
        self.waiting.retain(|_, sent| *sent >= before);
        all - self.waiting.len()
    }
}

/// When something is to be done next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Due(pub(crate) Instant);

impl Due {
    /// Whether it is time; what was missed is left out.
    pub(crate) fn is(&mut self, now: Instant, every_ms: u32) -> bool {
        if now < self.0 {
            return false;
        }
        let step = Duration::from_millis(u64::from(every_ms.max(10)));
        self.0 += step;
        if self.0 < now {
            self.0 = now + step;
        }
        true
    }
}
