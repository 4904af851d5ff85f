//! What runs inside the lab's namespaces: a SIP server and a resolver that can be told to misbehave, a flooder, a spinner.

use std::io::BufRead;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::time::{Duration, Instant};

use biseo_line_io::beacon::{Secret, serve as serve_beacon};

use crate::net::Fault;

/// What a server answers: a SIP status or a DNS code; 1000 is nothing at all.
static MODE: AtomicU16 = AtomicU16::new(0);

/// Reads modes from standard input; the program ends with it.
pub fn obey() {
    std::thread::spawn(|| {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            MODE.store(line.trim().parse().unwrap_or(0), Ordering::Relaxed);
        }
        std::process::exit(0);
    });
}

fn serve(port: u16, reply: fn(&[u8], u16) -> Option<Vec<u8>>) -> std::io::Result<()> {
    obey();
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port))?;
    let mut octets = [0; 4096];
    loop {
        let Ok((n, from)) = socket.recv_from(&mut octets) else {
            continue;
        };
        let mode = MODE.load(Ordering::Relaxed);
        if let Some(answer) = reply(&octets[..n], mode).filter(|_| mode != 1000) {
            let _ = socket.send_to(&answer, from);
        }
    }
}

pub fn sip() -> std::io::Result<()> {
    serve(5060, |asked, mode| {
        let text = String::from_utf8_lossy(asked).into_owned();
        let rest = text.split_once("\r\n")?.1;
        let status = if mode == 0 { 200 } else { mode };
        Some(format!("SIP/2.0 {status} Lab\r\n{rest}").into_bytes())
    })
}

pub fn dns() -> std::io::Result<()> {
    serve(53, |asked, mode| {
        let mut out = asked.to_vec();
        *out.get_mut(2)? = 0x81;
        *out.get_mut(3)? = 0x80 | u8::try_from(mode & 15).ok()?;
        Some(out)
    })
}

/// A beacon, until its input ends.
pub fn beacon(at: SocketAddrV4, secret: &str) -> Result<(), Fault> {
    obey();
    let secret = Secret::read(Path::new(secret))?;
    let never = AtomicBool::new(false);
    Ok(serve_beacon(&UdpSocket::bind(at)?, &secret, &never, |_| {})?)
}

/// Listens and says nothing, so that what comes was asked for as far as the system can tell.
pub fn sink(port: u16) -> std::io::Result<()> {
    serve(port, |_, _| None)
}

/// Sends datagrams of `octets` at about `pps` until it is killed.
pub fn flood(to: SocketAddrV4, pps: u32, octets: usize) -> std::io::Result<()> {
    obey();
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    let (begin, body) = (Instant::now(), vec![0; octets]);
    let mut sent = 0_u64;
    loop {
        let due = (begin.elapsed().as_micros() * u128::from(pps) / 1_000_000) as u64;
        while sent < due {
            let _ = socket.send_to(&body, to);
            sent += 1;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Uses up whatever CPU its group may have.
pub fn spin() -> std::io::Result<()> {
    obey();
    loop {
        std::hint::spin_loop();
    }
}
