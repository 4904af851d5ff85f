//! The beacon's socket.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aws_lc_rs::rand;

use super::host::{Change, Host};
use super::secret::Secret;
use super::wire::SIZE;

/// How long is waited for a datagram at most, ms: so soon an end is noticed.
const WAIT_MS: i64 = 200;
/// Datagrams that are read one after another at most before heartbeats have their turn.
const MOST_READ: usize = 256;

/// What a beacon tells its operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// An uplink of a box is heard: for the first time, again, or from this other address.
    Came {
        /// The box, by the number that it has chosen at its start.
        guest: u64,
        /// The uplink, by its place among the box's.
        uplink: u8,
        /// Where it is.
        at: SocketAddr,
    },
    /// Nothing came from it for ten seconds.
    Went {
        /// The box.
        guest: u64,
        /// The uplink.
        uplink: u8,
    },
    /// Datagrams came that do not carry the secret's code; told at most once a minute.
    Foreign {
        /// How many since the last time.
        n: u64,
    },
}

/// Serves as a beacon by this socket until `stop` is set, and tells `each` who comes and goes. One thread; it ends within a fifth of a second.
///
/// # Errors
/// What the system says, if the socket cannot be used or there are no random octets.
pub fn serve(
    socket: &UdpSocket,
    secret: &Secret,
    stop: &AtomicBool,
    mut each: impl FnMut(News),
) -> io::Result<()> {
    let mut chance = [0; 40];
    rand::fill(&mut chance).map_err(|_| io::Error::other("the system gives no random octets"))?;
    let (mut host, began) = (Host::new(secret, &chance), Instant::now());
    let (mut foreign, mut told_ms) = (0_u64, None::<i64>);
    let now = || i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    while !stop.load(Ordering::Relaxed) {
        wait(socket, host.next_ms(now()).unwrap_or(i64::MAX) - now())?;
        foreign += hear(socket, &mut host, now(), &mut each);
        for change in host.beat(now(), |to, octets| drop(socket.send_to(octets, to))) {
            each(News::from(change));
        }
        if foreign > 0 && told_ms.is_none_or(|at| now() - at >= 60_000) {
            told_ms = Some(now());
            each(News::Foreign {
                n: std::mem::take(&mut foreign),
            });
        }
    }
    Ok(())
}

/// Waits for a datagram, at most so long; it stays where it is.
fn wait(socket: &UdpSocket, ms: i64) -> io::Result<()> {
    let ms = u64::try_from(ms.clamp(1, WAIT_MS)).unwrap_or(1);
    socket.set_nonblocking(false)?;
    socket.set_read_timeout(Some(Duration::from_millis(ms)))?;
    // Whatever it is, an error of an earlier answer included, is found again by who reads.
    let _ = socket.peek_from(&mut [0; 1]);
    socket.set_nonblocking(true)
}

/// Reads what has come; how many datagrams were nobody's.
fn hear(socket: &UdpSocket, host: &mut Host, now_ms: i64, each: &mut impl FnMut(News)) -> u64 {
    let mut foreign = 0;
    let mut octets = [0; SIZE + 1];
    for _ in 0..MOST_READ {
        let (n, from) = match socket.recv_from(&mut octets) {
            Ok(read) => read,
            Err(e) if e.kind() == ErrorKind::WouldBlock => break,
            Err(_) => continue,
        };
        let heard = host.hear(now_ms, from, &octets[..n]);
        foreign += u64::from(heard.foreign);
        if let Some(answer) = heard.answer {
            let _ = socket.send_to(&answer, from);
        }
        if let Some(change) = heard.change {
            each(News::from(change));
        }
    }
    foreign
}

impl From<Change> for News {
    fn from(change: Change) -> Self {
        match change {
            Change::Came(guest, uplink, at) => Self::Came { guest, uplink, at },
            Change::Went(guest, uplink) => Self::Went { guest, uplink },
        }
    }
}
