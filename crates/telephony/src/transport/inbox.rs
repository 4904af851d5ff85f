//! Between sockets and engine: two bounded queues, so that strangers wait behind those who are known and crowd out nobody.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc::{self, error::TrySendError};

use super::guard::{Class, Guard, Reason, Way};
use super::{Flow, Packet};
use crate::config;

/// After so many messages of known sources in a row a stranger is heard, so that a busy trunk does not keep out
/// everybody else.
const IN_A_ROW: u32 = 32;

/// What became of a message from a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivered {
    /// The engine will see it; it came from a known source or not.
    To(Class),
    /// It was not let in.
    Dropped,
    /// The engine is gone.
    Gone,
}

/// The sockets' end.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) guard: Arc<Guard>,
    known: mpsc::Sender<Packet>,
    strangers: mpsc::Sender<Packet>,
}

/// The engine's end.
pub(crate) struct Inbox {
    known: mpsc::Receiver<Packet>,
    strangers: mpsc::Receiver<Packet>,
    in_a_row: u32,
}

/// Both ends.
pub(super) fn pair(guard: Arc<Guard>, rules: &config::Guard) -> (Door, Inbox) {
    let (known, known_rx) = mpsc::channel(rules.known_waiting.max(1));
    let (strangers, strangers_rx) = mpsc::channel(rules.strangers_waiting.max(1));
    let door = Door {
        guard,
        known,
        strangers,
    };
    let inbox = Inbox {
        known: known_rx,
        strangers: strangers_rx,
        in_a_row: 0,
    };
    (door, inbox)
}

impl Door {
    /// Judges a datagram, and copies and queues what is let in. Who comes when the queue is full is not waited for:
    /// the others in the socket's buffer would wait too. `false` once the engine is gone.
    pub(super) fn datagram(&self, flow: Flow, bytes: &[u8]) -> bool {
        let judged = self
            .guard
            .judge(Instant::now(), flow.remote.ip(), Way::Datagram, bytes);
        let Ok(class) = judged else { return true };
        let packet = Packet {
            flow,
            bytes: bytes.to_vec(),
            broken: false,
            stranger: class == Class::Stranger,
        };
        match self.queue(class).try_send(packet) {
            Ok(()) => self.count(class),
            Err(TrySendError::Full(_)) => self.guard.counts.drop(match class {
                Class::Known => Reason::KnownWaiting,
                Class::Stranger => Reason::StrangersWaiting,
            }),
            Err(TrySendError::Closed(_)) => return false,
        }
        true
    }

    /// Judges and queues a message from a stream; where the queue is full the stream waits, and with it its sender.
    pub(super) async fn message(&self, flow: Flow, bytes: Vec<u8>, broken: bool) -> Delivered {
        let judged = self
            .guard
            .judge(Instant::now(), flow.remote.ip(), Way::Stream, &bytes);
        let Ok(class) = judged else {
            return Delivered::Dropped;
        };
        let packet = Packet {
            flow,
            bytes,
            broken,
            stranger: class == Class::Stranger,
        };
        if self.queue(class).send(packet).await.is_err() {
            return Delivered::Gone;
        }
        self.count(class);
        Delivered::To(class)
    }

    /// Tells that a connection that we opened is over.
    pub(super) async fn over(&self, flow: Flow) {
        let end = Packet {
            flow,
            bytes: Vec::new(),
            broken: true,
            stranger: false,
        };
        let _ = self.known.send(end).await;
    }

    /// Whether a source has become known.
    pub(super) fn knows(&self, ip: IpAddr) -> bool {
        self.guard.knows(Instant::now(), ip)
    }

    fn queue(&self, class: Class) -> &mpsc::Sender<Packet> {
        match class {
            Class::Known => &self.known,
            Class::Stranger => &self.strangers,
        }
    }

    fn count(&self, class: Class) {
        match class {
            Class::Known => self.guard.counts.known(),
            Class::Stranger => self.guard.counts.stranger(),
        }
    }
}

impl Inbox {
    /// The next message: those who are known first, and now and then a stranger. `None` once all sockets are gone. May be
    /// dropped while it waits, without loss.
    pub(crate) async fn next(&mut self) -> Option<Packet> {
        if self.in_a_row >= IN_A_ROW {
            self.in_a_row = 0;
            if let Ok(stranger) = self.strangers.try_recv() {
                return Some(stranger);
            }
        }
        tokio::select! {
            biased;
            Some(packet) = self.known.recv() => {
                self.in_a_row += 1;
                Some(packet)
            }
            Some(packet) = self.strangers.recv() => {
                self.in_a_row = 0;
                Some(packet)
            }
            else => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Proto, SipConfig};

    fn flow(remote: [u8; 4]) -> Flow {
        Flow {
            proto: Proto::Udp,
            local: ([127, 0, 0, 1], 5060).into(),
            remote: (remote, 5060).into(),
            conn: 0,
        }
    }

    fn options(n: usize) -> Vec<u8> {
        format!(
            "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK{n}\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:a@b>\r\n\
             Call-ID: {n}\r\nCSeq: 1 OPTIONS\r\n\r\n"
        )
        .into_bytes()
    }

    fn doors(strangers_waiting: usize) -> (Door, Inbox) {
        let guard = config::Guard {
            friends: vec!["203.0.113.0/24".parse().unwrap()],
            strangers_waiting,
            ..config::Guard::default()
        };
        let config = SipConfig {
            guard,
            ..SipConfig::default()
        };
        pair(Guard::new(&config), &config.guard)
    }

    #[tokio::test]
    async fn the_known_go_first_and_strangers_are_heard() {
        let (door, mut inbox) = doors(128);
        for n in 0..20 {
            assert!(door.datagram(flow([192, 0, 2, 1]), &options(n)));
        }
        for n in 0..100 {
            assert!(door.datagram(flow([203, 0, 113, 1]), &options(n)));
        }
        let mut order = Vec::new();
        for _ in 0..120 {
            order.push(inbox.next().await.unwrap().stranger);
        }
        let first: Vec<usize> = (0..120).filter(|n| order[*n]).collect();
        assert_eq!(first[..4], [32, 65, 98, 103], "{first:?}");
        drop(door);
        assert!(inbox.next().await.is_none());
    }

    #[tokio::test]
    async fn strangers_fill_their_own_queue_only() {
        let (door, mut inbox) = doors(4);
        for n in 0..20 {
            door.datagram(flow([192, 0, 2, 1]), &options(n));
            door.datagram(flow([203, 0, 113, 1]), &options(n));
        }
        let figures = door.guard.figures();
        assert_eq!((figures.known, figures.strangers), (20, 4));
        assert_eq!(figures.dropped("strangers_waiting"), 16);
        drop(door);
        let mut seen = 0;
        while inbox.next().await.is_some() {
            seen += 1;
        }
        assert_eq!(seen, 24);
    }
}
