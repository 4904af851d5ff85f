//! Encrypted sound, and the way that the other side finds by ICE.

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use aws_lc_rs::hmac;
use biseo_media::codec::AudioCodec;
use biseo_media::latch::Bound;
use biseo_media::sender::MAX_SENT;
use biseo_media_io::{Event, IceKeys, Negotiation, SessionConfig, SrtpKeys};
use biseo_media_secure::srtp::{MAX_GROWTH, Protector, Suite, Unprotector};
use support::*;

fn keys(suite: Suite, ours: u8, theirs: u8) -> Option<SrtpKeys> {
    Some(SrtpKeys {
        ours: key(suite, ours),
        theirs: key(suite, theirs),
    })
}

fn agree(end: &End, remote: SocketAddr, srtp: Option<SrtpKeys>) {
    let agreed = agreement(AudioCodec::Pcmu, remote);
    end.session.configure(Negotiation { srtp, ..agreed }).unwrap();
}

fn loud(end: &mut End) {
    end.listen(|frames| frames.iter().filter(|f| is_loud(f)).count() > 20);
}

#[test]
fn each_way_of_encryption_carries_a_call_and_its_reports() {
    let often = SessionConfig {
        report_interval: Duration::from_millis(200),
        ..SessionConfig::on(HERE)
    };
    for suite in Suite::ALL {
        let (mut a, mut b) = (End::open_with(often.clone()), End::open_with(often.clone()));
        agree(&a, b.addr(), keys(suite, 1, 2));
        agree(&b, a.addr(), keys(suite, 2, 1));
        a.session.speaker().play(speech(1500, 1), 1).unwrap();
        loud(&mut b);
        // Reports were understood: a journey there and back is known only by them.
        assert!(a.wait_quality(|q| q.line.round_trip_ms.is_some()), "{suite:?}");
        assert_eq!(b.session.quality().refused, 0, "{suite:?}");
    }
}

#[test]
fn on_the_line_is_nothing_but_cipher() {
    let (end, wire) = (End::open(), Wire::bind());
    let suite = Suite::AesCm128Sha1_80;
    agree(&end, wire.addr(), keys(suite, 1, 2));
    let mut opener = Unprotector::new(&key(suite, 1)).unwrap();
    for _ in 0..20 {
        let (mut octets, mut clear) = ([0; 2048], [0; 2048]);
        let len = wire.socket.recv(&mut octets).unwrap();
        assert_eq!(len, 12 + 160 + 10);
        let opened = opener.unprotect_rtp(&octets[..len], &mut clear).unwrap();
        assert_eq!(clear[12..opened], [0xff; 160], "silence");
        assert_ne!(octets[12..172], clear[12..172]);
        assert!(octets[2] < 0x80, "numbers begin in the lower half");
    }
}

#[test]
fn a_wrong_key_is_silence_and_is_told_and_a_right_one_mends_it() {
    let suite = Suite::AesCm128Sha1_80;
    let (a, mut b) = (End::open(), End::open());
    agree(&a, b.addr(), keys(suite, 1, 2));
    agree(&b, a.addr(), keys(suite, 2, 77));
    a.session.speaker().play(speech(60_000, 1), 1).unwrap();
    b.wait("Unreadable", |e| matches!(e, Event::Unreadable { .. }));
    assert!(b.session.quality().line.packets == 0);
    b.listen(|frames| {
        assert!(!frames.iter().any(is_loud), "noise");
        frames.len() > 50
    });
    // The right key, by a new agreement in the same call.
    agree(&b, a.addr(), keys(suite, 2, 1));
    loud(&mut b);
    // Both change their keys; sound goes on, and the same keys once more change nothing.
    for _ in 0..2 {
        agree(&b, a.addr(), keys(suite, 12, 11));
        agree(&a, b.addr(), keys(suite, 11, 12));
        loud(&mut b);
    }
    // One that is told nothing of keys plays no cipher: it is no law of sound, but it is noise.
    a.session.speaker().flush();
}

#[test]
fn what_is_not_encrypted_or_was_heard_before_is_not_played() {
    let suite = Suite::AeadAes128Gcm;
    let (mut end, wire) = (End::open(), Wire::bind());
    agree(&end, wire.addr(), keys(suite, 1, 2));
    wire.say(end.addr(), &speech(300, 2), 7);
    assert!(end.wait_quality(|q| q.refused >= 14));
    let mut closer = Protector::new(&key(suite, 2)).unwrap();
    let mut packet = [0; MAX_SENT + MAX_GROWTH];
    packet[..12].copy_from_slice(&[0x80, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 7]);
    let len = closer.protect_rtp(&mut packet, 172).unwrap();
    for _ in 0..40 {
        wire.socket.send_to(&packet[..len], end.addr()).unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(end.wait_quality(|q| q.refused >= 14 + 39));
    while let Some(frame) = next(&mut end) {
        assert!(!is_loud(&frame));
    }
}

fn next(end: &mut End) -> Option<biseo_media_io::AudioFrame> {
    match end.audio.try_recv() {
        biseo_media_io::Received::Item(frame) => Some(frame),
        _ => None,
    }
}

const ICE: (&str, &str, &str) = ("ourname1", "an-unguessable-password-of-ours", "their");

fn crc(octets: &[u8]) -> u32 {
    let bit = |sum: u32| {
        if sum & 1 == 1 {
            sum >> 1 ^ 0xedb8_8320
        } else {
            sum >> 1
        }
    };
    !octets.iter().fold(u32::MAX, |sum, o| {
        (0..8).fold(sum ^ u32::from(*o), |sum, _| bit(sum))
    })
}

/// A binding request as a full agent sends it, by this file alone.
fn request(password: &str, nominate: bool) -> Vec<u8> {
    let mut packet = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    packet.extend([9; 12]);
    let name = format!("{}:{}", ICE.0, ICE.2);
    let put = |packet: &mut Vec<u8>, kind: u16, value: &[u8], more: usize| {
        packet.extend(kind.to_be_bytes());
        packet.extend((value.len() as u16).to_be_bytes());
        packet.extend(value);
        packet.resize(packet.len().next_multiple_of(4), 0);
        let len = (packet.len() + more - 20) as u16;
        packet[2..4].copy_from_slice(&len.to_be_bytes());
    };
    put(&mut packet, 0x24, &[0x6e, 0, 1, 0xff], 0);
    put(&mut packet, 0x802a, &[1; 8], 0);
    if nominate {
        put(&mut packet, 0x25, &[], 0);
    }
    put(&mut packet, 0x06, name.as_bytes(), 24);
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    let tag = hmac::sign(&key, &packet);
    put(&mut packet, 0x08, tag.as_ref(), 8);
    let sum = (crc(&packet) ^ 0x5354_554e).to_be_bytes();
    put(&mut packet, 0x8028, &sum, 0);
    packet
}

/// Waits for the answer to a binding request among packets of sound; `None` if only sound comes.
fn answered(wire: &Wire) -> Option<Vec<u8>> {
    wire.socket
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let mut octets = [0; 2048];
    for _ in 0..25 {
        match wire.socket.recv(&mut octets) {
            Ok(len) if octets[0] < 4 => return Some(octets[..len].to_vec()),
            Ok(_) => {}
            Err(_) => return None,
        }
    }
    None
}

#[test]
fn who_knows_the_password_chooses_the_way() {
    let (end, announced, real, stranger) = (End::open(), Wire::bind(), Wire::bind(), Wire::bind());
    let agreed = Negotiation {
        latch: Bound::Exact,
        ice: Some(IceKeys {
            our_name: ICE.0.into(),
            our_password: ICE.1.into(),
            their_name: ICE.2.into(),
        }),
        ..agreement(AudioCodec::Pcmu, announced.addr())
    };
    end.session.configure(agreed.clone()).unwrap();
    announced.packet();
    stranger
        .socket
        .send_to(&request("guessed", true), end.addr())
        .unwrap();
    assert_eq!(answered(&stranger), None);
    // A check is answered and moves nothing.
    real.socket.send_to(&request(ICE.1, false), end.addr()).unwrap();
    let answer = answered(&real).expect("an answer");
    assert_eq!(answer[..2], [1, 1]);
    let mapped = real.addr().port() ^ 0x2112;
    assert_eq!(
        answer[20..28],
        [0, 0x20, 0, 8, 0, 1, (mapped >> 8) as u8, mapped as u8]
    );
    announced.packet();
    assert_eq!(answered(&real), None);
    // A nomination moves everything.
    real.socket.send_to(&request(ICE.1, true), end.addr()).unwrap();
    answered(&real).expect("an answer");
    real.packet();
    announced.until_quiet();
    // It stays when the session is described anew without a restart of ICE.
    end.session.configure(agreed).unwrap();
    real.say(end.addr(), &speech(400, 2), 3);
    let mut end = end;
    loud_few(&mut end);
    real.packet();
    announced.until_quiet();
    // A flood of right requests is not a flood of answers.
    let start = std::time::Instant::now();
    for _ in 0..20 {
        for _ in 0..20 {
            real.socket.send_to(&request(ICE.1, false), end.addr()).unwrap();
        }
        end.audio.recv().expect("the next frame");
    }
    let (mut octets, mut answers) = ([0; 2048], 0_u64);
    real.socket
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    for _ in 0..600 {
        match real.socket.recv(&mut octets) {
            Ok(_) if octets[0] < 4 => answers += 1,
            Ok(_) => {}
            Err(_) => break,
        }
    }
    let most = 50 * (start.elapsed().as_secs() + 2);
    assert!((1..=most).contains(&answers), "{answers} answers");
}

fn loud_few(end: &mut End) {
    end.listen(|frames| frames.iter().filter(|f| is_loud(f)).count() > 5);
}
