//! What protecting and unprotecting a packet costs: 20 ms of G.711 (172 octets), each way of encryption.
//! `cargo run --release -p biseo-media-secure --example cost`
#![allow(clippy::disallowed_methods)] // It measures.

use std::time::Instant;

use biseo_media_secure::srtp::{MAX_GROWTH, MasterKey, Protector, Suite, Unprotector};
use biseo_media_secure::stun::{MAX_ANSWER, Responder};

const PACKETS: u32 = 20_000;
const ROUNDS: usize = 15;
const LEN: usize = 172;

fn main() {
    println!(
        "{:<18} {:>12} {:>12}   ns a packet, median of {ROUNDS} rounds of {PACKETS}",
        "", "protect", "unprotect"
    );
    for suite in Suite::ALL {
        let (mut out, mut back) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let key = MasterKey::new(suite, &vec![round as u8; suite.key_len() + suite.salt_len()])
                .expect("a length");
            let (closing, opening) = measure(&key);
            out.push(closing);
            back.push(opening);
        }
        println!(
            "{:<18} {:>12} {:>12}",
            format!("{suite:?}"),
            median(out),
            median(back)
        );
    }
    println!("{:<18} {:>12}", "a STUN request", stun());
}

fn measure(key: &MasterKey) -> (u64, u64) {
    let (mut protector, mut unprotector) = (
        Protector::new(key).expect("a key"),
        Unprotector::new(key).expect("a key"),
    );
    let mut packets = vec![[0x5a; LEN + MAX_GROWTH]; PACKETS as usize];
    for (n, packet) in packets.iter_mut().enumerate() {
        packet[..2].copy_from_slice(&[0x80, 8]);
        packet[2..4].copy_from_slice(&(n as u16).to_be_bytes());
    }
    let start = Instant::now();
    let mut len = 0;
    for packet in &mut packets {
        len = protector.protect_rtp(packet, LEN).expect("it is protected");
    }
    let closing = start.elapsed();
    let mut clear = [0; LEN + MAX_GROWTH];
    let start = Instant::now();
    for packet in &packets {
        let opened = unprotector.unprotect_rtp(&packet[..len], &mut clear);
        assert_eq!(opened, Ok(LEN));
    }
    (each(closing), each(start.elapsed()))
}

/// Refusing a forged request, which is what a flood would ask for: as dear as answering one, less the answer.
fn stun() -> u64 {
    let responder = Responder::new("evtj", "not the password of the sample", "h6vY");
    let sample = "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff\
        80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2\
        80280004e57a3bcf";
    let octets: Vec<u8> = (0..sample.len())
        .step_by(2)
        .map(|n| u8::from_str_radix(&sample[n..n + 2], 16).expect("hexadecimal"))
        .collect();
    let (from, mut out) = (([127, 0, 0, 1], 9).into(), [0; MAX_ANSWER]);
    let start = Instant::now();
    for _ in 0..PACKETS {
        assert_eq!(
            responder.answer(std::hint::black_box(&octets), from, &mut out),
            None
        );
    }
    each(start.elapsed())
}

fn each(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_nanos() / u128::from(PACKETS)).unwrap_or(u64::MAX)
}

fn median(mut figures: Vec<u64>) -> u64 {
    figures.sort_unstable();
    figures[figures.len() / 2]
}
