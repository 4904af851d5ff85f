//! Programs of a house that resolve names, and ask again as stub resolvers do when nothing comes.

use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

/// How many programs there are.
const PROGRAMS: usize = 300;

/// Asks until the program is ended. Servers are taken in turn, as `options rotate` has it.
pub fn clients(servers: Vec<Ipv4Addr>) -> std::io::Result<()> {
    crate::stubs::obey();
    let all: Vec<_> = (0..PROGRAMS)
        .map(|n| {
            let mut servers = servers.clone();
            let k = n % servers.len().max(1);
            servers.rotate_left(k);
            std::thread::Builder::new()
                .stack_size(64 * 1024)
                .spawn(move || program(&servers))
        })
        .collect::<Result<_, _>>()?;
    all.into_iter().for_each(|thread| drop(thread.join()));
    Ok(())
}

/// One program: a name every six seconds or so; one that it does not get it wants again at once, as programs do.
fn program(servers: &[Ipv4Addr]) {
    // Resolvers of phones and browsers give the first answer up after some 0.3 to 1 s; glibc after `timeout:1`.
    let patience = Duration::from_millis(fastrand::u64(300..1_000));
    loop {
        std::thread::sleep(Duration::from_millis(fastrand::u64(0..12_000)));
        while !resolve(servers, patience) {
            std::thread::sleep(Duration::from_millis(fastrand::u64(50..300)));
        }
    }
}

/// Two rounds over all servers, as `attempts:2`.
fn resolve(servers: &[Ipv4Addr], patience: Duration) -> bool {
    (0..2).any(|_| {
        servers
            .iter()
            .any(|server| ask(*server, patience).unwrap_or(false))
    })
}

/// Asks for both kinds of addresses at once and waits for one answer; a router's "no way" ends the waiting.
fn ask(server: Ipv4Addr, patience: Duration) -> std::io::Result<bool> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.set_read_timeout(Some(patience))?;
    socket.connect((server, 53))?;
    for kind in [1, 28] {
        socket.send(&question(fastrand::u16(..), kind))?;
    }
    Ok(socket.recv(&mut [0; 512])? > 12)
}

/// A question for `shop.example` (RFC 1035 §4.1).
fn question(id: u16, kind: u8) -> Vec<u8> {
    let mut out = id.to_be_bytes().to_vec();
    out.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    out.extend(b"\x04shop\x07example\x00");
    out.extend([0, kind, 0, 1]);
    out
}
