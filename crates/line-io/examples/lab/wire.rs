//! A wire that takes time: carries frames between two interfaces, each so many ms later, in order.

use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, bind, recv, send, socket};

use crate::net::Fault;

/// Frames under way at most each way; more are lost, as in any queue.
const MOST: usize = 4_000;

type Frame = (Instant, Vec<u8>);

/// Carries frames until the program is ended.
pub fn wire(a: &str, b: &str, ms: u64) -> Result<(), Fault> {
    crate::stubs::obey();
    let (a, b) = (open(a)?, open(b)?);
    std::thread::scope(|scope| {
        for (from, to) in [(&a, &b), (&b, &a)] {
            let (give, take) = sync_channel(MOST);
            scope.spawn(move || hear(from, &give, Duration::from_millis(ms)));
            scope.spawn(move || say(to, &take));
        }
    });
    Ok(())
}

/// All frames that come by that interface.
fn open(name: &str) -> Result<OwnedFd, Fault> {
    let fd = socket(
        AddressFamily::Packet,
        SockType::Raw,
        SockFlag::empty(),
        SockProtocol::EthAll,
    )?;
    let address = nix::ifaddrs::getifaddrs()?
        .filter(|i| i.interface_name == name)
        .find_map(|i| i.address?.as_link_addr().copied())
        .ok_or("no such interface")?;
    bind(fd.as_raw_fd(), &address)?;
    Ok(fd)
}

fn hear(from: &OwnedFd, give: &SyncSender<Frame>, delay: Duration) {
    let mut octets = [0; 2_048];
    while let Ok(n) = recv(from.as_raw_fd(), &mut octets, MsgFlags::empty()) {
        let jitter = Duration::from_micros(fastrand::u64(..delay.as_micros() as u64 / 10 + 1));
        let mut frame = octets[..n].to_vec();
        unsum(&mut frame);
        let _ = give.try_send((Instant::now() + delay + jitter, frame));
    }
}

fn say(to: &OwnedFd, take: &Receiver<Frame>) {
    for (due, frame) in take {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let _ = send(to.as_raw_fd(), &frame, MsgFlags::empty());
    }
}

/// The kernel leaves the sums of UDP to a network card that is none here: "no sum" (RFC 768) takes their place.
fn unsum(frame: &mut [u8]) {
    let v4_udp = frame.get(12..14) == Some(&[8, 0]) && frame.get(23) == Some(&17);
    let at = 14 + usize::from(frame.get(14).copied().unwrap_or(0) & 15) * 4 + 6;
    if let Some(sum) = frame.get_mut(at..at + 2).filter(|_| v4_udp) {
        sum.fill(0);
    }
}
