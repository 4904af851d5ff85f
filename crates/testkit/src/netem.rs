//! A bad network: a UDP relay that loses, delays, reorders and doubles packets by a seeded die.
//!
//! The die is thrown packet by packet in each direction by itself, so the same packets in the same order meet the same
//! fate; only when they arrive depends on the machine.
//!
//! ```text
//! a  ──►  side_a │ relay │ side_b  ──►  b        a is told that b lives at side_a,
//! a  ◄──  side_a │       │ side_b  ◄──  b        b is told that a lives at side_b
//! ```

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use fastrand::Rng;

/// Longest sleep of the relay: its own addition to the delay.
const NAP: Duration = Duration::from_micros(500);

/// What the network does to packets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Impairment {
    /// Share of packets lost, 0 to 1.
    pub loss: f64,
    /// Share of packets sent twice, 0 to 1.
    pub duplicate: f64,
    /// Share of packets that are held back by `reorder_by`, so that later ones overtake them, 0 to 1.
    pub reorder: f64,
    /// How long such a packet is held back.
    pub reorder_by: Duration,
    /// Delay of every packet.
    pub delay: Duration,
    /// Further delay, evenly spread from nothing to this. Larger than the distance of packets it reorders them.
    pub jitter: Duration,
    /// Seed of the die.
    pub seed: u64,
}

impl Impairment {
    /// When a packet that came at `at` goes on: no time, one, or two.
    fn fate(&self, rng: &mut Rng, at: Instant) -> [Option<Instant>; 2] {
        // Each packet takes the same number of throws, so that one setting does not change another's fate.
        let throws = [(); 4].map(|()| rng.f64());
        let [lost, doubled, held, jitter] = throws;
        let mut due = at + self.delay + self.jitter.mul_f64(jitter);
        if held < self.reorder {
            due += self.reorder_by;
        }
        if lost < self.loss {
            return [None, None];
        }
        [Some(due), (doubled < self.duplicate).then_some(due)]
    }
}

/// What a relay did, both directions together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets that came in.
    pub received: u64,
    /// Packets that were lost on purpose.
    pub lost: u64,
    /// Packets that went out, doubles included.
    pub sent: u64,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    received: AtomicU64,
    lost: AtomicU64,
    sent: AtomicU64,
    impairment: Mutex<Impairment>,
    peers: Mutex<[Option<SocketAddr>; 2]>,
}

/// A running relay; it ends when dropped.
pub struct Netem {
    sides: [SocketAddr; 2],
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Netem {
    /// A relay on 127.0.0.1 between two addresses. A side given as `None` is whoever first sends to that side.
    ///
    /// # Errors
    /// What the system says if there are no sockets or no thread.
    pub fn start(impairment: Impairment, a: Option<SocketAddr>, b: Option<SocketAddr>) -> io::Result<Self> {
        let sockets = [bind()?, bind()?];
        let sides = [sockets[0].local_addr()?, sockets[1].local_addr()?];
        let shared = Arc::new(Shared {
            impairment: Mutex::new(impairment),
            peers: Mutex::new([a, b]),
            ..Shared::default()
        });
        let relay = Relay::new(sockets, Arc::clone(&shared), impairment.seed);
        let thread = thread::Builder::new()
            .name("netem".into())
            .spawn(move || relay.run())?;
        Ok(Self {
            sides,
            shared,
            thread: Some(thread),
        })
    }

    /// Where `a` sends to, and what it sees `b`'s packets come from.
    #[must_use]
    pub fn side_a(&self) -> SocketAddr {
        self.sides[0]
    }

    /// Where `b` sends to, and what it sees `a`'s packets come from.
    #[must_use]
    pub fn side_b(&self) -> SocketAddr {
        self.sides[1]
    }

    /// Changes the weather. The die goes on where it was.
    pub fn set(&self, impairment: Impairment) {
        *lock(&self.shared.impairment) = impairment;
    }

    /// Names the two ends anew, for instance once a call has been set up.
    pub fn connect(&self, a: Option<SocketAddr>, b: Option<SocketAddr>) {
        *lock(&self.shared.peers) = [a, b];
    }

    /// What was done so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let load = |n: &AtomicU64| n.load(Ordering::Relaxed);
        Counts {
            received: load(&self.shared.received),
            lost: load(&self.shared.lost),
            sent: load(&self.shared.sent),
        }
    }
}

impl Drop for Netem {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A relay that panicked has nothing left to end.
            let _ = thread.join();
        }
    }
}

fn bind() -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A packet on its way: when, in which order it came, out of which side, and what.
type Flying = Reverse<(Instant, u64, usize, Vec<u8>)>;

struct Relay {
    sockets: [UdpSocket; 2],
    shared: Arc<Shared>,
    dice: [Rng; 2],
    flying: BinaryHeap<Flying>,
    count: u64,
}

impl Relay {
    fn new(sockets: [UdpSocket; 2], shared: Arc<Shared>, seed: u64) -> Self {
        let dice = [Rng::with_seed(seed), Rng::with_seed(seed ^ 0x5bd1_e995)];
        Self {
            sockets,
            shared,
            dice,
            flying: BinaryHeap::new(),
            count: 0,
        }
    }

    fn run(mut self) {
        while !self.shared.stop.load(Ordering::Relaxed) {
            (0..2).for_each(|side| self.take_in(side));
            self.let_go();
            let next = self.flying.peek().map_or(NAP, |Reverse((due, ..))| {
                due.saturating_duration_since(Instant::now()).min(NAP)
            });
            thread::sleep(next);
        }
    }

    fn take_in(&mut self, side: usize) {
        let mut packet = [0; 2048];
        while let Ok((len, from)) = self.sockets[side].recv_from(&mut packet) {
            self.shared.received.fetch_add(1, Ordering::Relaxed);
            lock(&self.shared.peers)[side].get_or_insert(from);
            self.throw(1 - side, &packet[..len]);
        }
    }

    fn throw(&mut self, out: usize, packet: &[u8]) {
        let impairment = *lock(&self.shared.impairment);
        let fate = impairment.fate(&mut self.dice[out], Instant::now());
        if fate[0].is_none() {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
        }
        for due in fate.into_iter().flatten() {
            self.count += 1;
            self.flying.push(Reverse((due, self.count, out, packet.to_vec())));
        }
    }

    fn let_go(&mut self) {
        let now = Instant::now();
        while self.flying.peek().is_some_and(|Reverse((due, ..))| *due <= now) {
            let Some(Reverse((_, _, out, packet))) = self.flying.pop() else {
                return;
            };
            let Some(peer) = lock(&self.shared.peers)[out] else {
                continue;
            };
            // An end that is gone is part of a bad network.
            if self.sockets[out].send_to(&packet, peer).is_ok() {
                self.shared.sent.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends `count` numbered packets through a relay and returns the numbers that arrive.
    fn through(impairment: Impairment, count: u8) -> Vec<u8> {
        let [a, b] = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
        let netem = Netem::start(
            impairment,
            Some(a.local_addr().unwrap()),
            Some(b.local_addr().unwrap()),
        )
        .unwrap();
        for n in 0..count {
            a.send_to(&[n], netem.side_a()).unwrap();
        }
        b.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let mut packet = [0; 10];
        let got = std::iter::from_fn(|| b.recv_from(&mut packet).ok().map(|_| packet[0])).collect();
        assert_eq!(netem.counts().received, u64::from(count));
        got
    }

    #[test]
    fn a_good_network_changes_nothing() {
        assert_eq!(through(Impairment::default(), 100), (0..100).collect::<Vec<u8>>());
    }

    #[test]
    fn loss_is_as_large_as_asked_and_the_same_each_time() {
        let bad = Impairment {
            loss: 0.3,
            seed: 5,
            ..Impairment::default()
        };
        let got = through(bad, 200);
        assert!((110..=170).contains(&got.len()), "{}", got.len());
        assert_eq!(got, through(bad, 200));
    }

    #[test]
    fn packets_are_doubled_and_overtaken() {
        let bad = Impairment {
            duplicate: 0.2,
            reorder: 0.2,
            reorder_by: Duration::from_millis(30),
            seed: 9,
            ..Impairment::default()
        };
        let got = through(bad, 100);
        assert!(got.len() > 105 && got.len() < 140, "{}", got.len());
        assert!(got.windows(2).any(|w| w[1] < w[0]), "nothing was overtaken");
    }

    #[test]
    fn the_other_end_is_learnt_and_answered() {
        let [a, b] = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
        let netem = Netem::start(Impairment::default(), None, Some(b.local_addr().unwrap())).unwrap();
        a.send_to(b"ask", netem.side_a()).unwrap();
        let mut packet = [0; 10];
        let (_, from) = b.recv_from(&mut packet).unwrap();
        assert_eq!(from, netem.side_b());
        b.send_to(b"answer", from).unwrap();
        let (len, from) = a.recv_from(&mut packet).unwrap();
        assert_eq!((&packet[..len], from), (&b"answer"[..], netem.side_a()));
    }
}
