//! Streams of packets through both halves: nothing is lost in them, nothing forged or repeated gets through.

use biseo_media_secure::srtp::{MAX_GROWTH, MasterKey, Protector, SrtpError, Suite, Unprotector};
use proptest::prelude::*;

fn key(suite: Suite, seed: u8) -> MasterKey {
    let octets: Vec<u8> = (0..46).map(|n| n ^ seed).collect();
    MasterKey::new(suite, &octets[..suite.key_len() + suite.salt_len()]).unwrap()
}

fn pair(suite: Suite) -> (Protector, Unprotector) {
    let key = key(suite, 7);
    (Protector::new(&key).unwrap(), Unprotector::new(&key).unwrap())
}

fn rtp(ssrc: u32, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 8];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 0, 0, 1]);
    packet.extend(ssrc.to_be_bytes());
    packet.extend(payload);
    packet
}

fn rtcp(ssrc: u32, words: u8) -> Vec<u8> {
    let mut packet = vec![0x80, 201, 0, words + 1];
    packet.extend(ssrc.to_be_bytes());
    packet.extend((0..words * 4).map(|n| n ^ 0x5a));
    packet
}

fn sealed(protector: &mut Protector, plain: &[u8]) -> Vec<u8> {
    let mut packet = plain.to_vec();
    packet.resize(plain.len() + MAX_GROWTH, 0);
    let len = protector.protect_rtp(&mut packet, plain.len()).unwrap();
    packet.truncate(len);
    packet
}

fn sealed_rtcp(protector: &mut Protector, plain: &[u8]) -> Vec<u8> {
    let mut packet = plain.to_vec();
    packet.resize(plain.len() + MAX_GROWTH, 0);
    let len = protector.protect_rtcp(&mut packet, plain.len()).unwrap();
    packet.truncate(len);
    packet
}

fn opened(unprotector: &mut Unprotector, packet: &[u8]) -> Result<Vec<u8>, SrtpError> {
    let mut out = [0; 2048];
    let len = unprotector.unprotect_rtp(packet, &mut out)?;
    Ok(out[..len].to_vec())
}

fn opened_rtcp(unprotector: &mut Unprotector, packet: &[u8]) -> Result<Vec<u8>, SrtpError> {
    let mut out = [0; 2048];
    let len = unprotector.unprotect_rtcp(packet, &mut out)?;
    Ok(out[..len].to_vec())
}

fn suites() -> impl Strategy<Value = Suite> {
    prop::sample::select(Suite::ALL.to_vec())
}

proptest! {
    #[test]
    fn what_goes_in_comes_out_and_is_hidden_meanwhile(
        suite in suites(),
        first in any::<u16>(),
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 1..20),
        extension in 0_u8..4, contributing in 0_u8..16,
    ) {
        let (mut ours, mut theirs) = pair(suite);
        for (n, payload) in payloads.iter().enumerate() {
            let mut plain = rtp(9, first.wrapping_add(n as u16), &[]);
            plain[0] |= contributing | if extension > 0 { 0x10 } else { 0 };
            plain.extend(vec![3; 4 * usize::from(contributing)]);
            if extension > 0 {
                plain.extend([0xbe, 0xde, 0, extension]);
                plain.extend(vec![5; 4 * usize::from(extension)]);
            }
            let header = plain.len();
            plain.extend(payload);
            let packet = sealed(&mut ours, &plain);
            prop_assert_eq!(packet.len(), plain.len() + suite.rtp_tag_len());
            prop_assert_eq!(&packet[..header], &plain[..header]);
            prop_assert!(payload.len() < 8 || packet[header..header + payload.len()] != payload[..]);
            prop_assert_eq!(opened(&mut theirs, &packet), Ok(plain));
        }
    }

    #[test]
    fn a_flipped_bit_is_refused_and_harms_nothing(suite in suites(), bit in 0_usize..(32 + 4) * 8, of_rtcp: bool) {
        let (mut ours, mut theirs) = pair(suite);
        let plain = if of_rtcp { rtcp(9, 4) } else { rtp(9, 1000, &[1; 20]) };
        let packet = if of_rtcp { sealed_rtcp(&mut ours, &plain) } else { sealed(&mut ours, &plain) };
        let open = |u: &mut Unprotector, p: &[u8]| if of_rtcp { opened_rtcp(u, p) } else { opened(u, p) };
        let mut damaged = packet.clone();
        let at = bit / 8 % packet.len();
        damaged[at] ^= 1 << (bit % 8);
        prop_assert!(open(&mut theirs, &damaged).is_err());
        prop_assert_eq!(open(&mut theirs, &packet), Ok(plain));
        prop_assert!(open(&mut theirs, &packet).is_err());
    }

    #[test]
    fn order_does_not_matter_and_each_comes_once(
        suite in suites(), first in any::<u16>(), order in Just((0..100_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let (mut ours, mut theirs) = pair(suite);
        // The first one is there, so that both agree where the counting begins.
        let plains: Vec<_> = (0..=100).map(|n| rtp(9, first.wrapping_add(n), &[n as u8; 20])).collect();
        let packets: Vec<_> = plains.iter().map(|p| sealed(&mut ours, p)).collect();
        opened(&mut theirs, &packets[0]).unwrap();
        for &n in &order {
            prop_assert_eq!(opened(&mut theirs, &packets[n + 1]), Ok(plains[n + 1].clone()), "{}", n);
        }
        for packet in &packets {
            prop_assert_eq!(opened(&mut theirs, packet), Err(SrtpError::Replayed));
        }
    }

    #[test]
    fn no_octets_harm(suite in suites(), packet in prop::collection::vec(any::<u8>(), 0..2100)) {
        let (mut ours, mut theirs) = pair(suite);
        prop_assert!(opened(&mut theirs, &packet).is_err());
        prop_assert!(opened_rtcp(&mut theirs, &packet).is_err());
        let mut buffer = packet.clone();
        let _ = ours.protect_rtp(&mut buffer, packet.len());
        let _ = ours.protect_rtcp(&mut buffer, packet.len() + 1);
        let sealed = sealed(&mut Protector::new(&key(suite, 7)).unwrap(), &rtp(4, 5, b"still well"));
        prop_assert_eq!(opened(&mut theirs, &sealed).unwrap().len(), 22);
    }
}

#[test]
fn the_counter_runs_over_three_times_with_losses() {
    for suite in Suite::ALL {
        let (mut ours, mut theirs) = pair(suite);
        let mut random = fastrand::Rng::with_seed(3);
        let mut lost = 0_u32;
        for n in 0..200_000_u32 {
            let plain = rtp(9, (n + 60_000) as u16, &n.to_be_bytes());
            let packet = sealed(&mut ours, &plain);
            // One in ten is lost, and now and then a few seconds of them.
            lost = if random.u32(..5000) == 0 {
                300
            } else {
                lost.saturating_sub(1)
            };
            if lost == 0 && random.u32(..10) > 0 {
                assert_eq!(opened(&mut theirs, &packet).unwrap(), plain, "{suite:?} {n}");
            }
        }
    }
}

#[test]
fn another_key_another_source_another_kind() {
    let suite = Suite::AesCm128Sha1_80;
    let (mut ours, _) = pair(suite);
    let packet = sealed(&mut ours, &rtp(9, 1, b"hello"));
    let mut other = Unprotector::new(&key(suite, 8)).unwrap();
    assert_eq!(opened(&mut other, &packet), Err(SrtpError::Forged));
    let mut buffer = rtp(10, 2, b"hello");
    buffer.resize(64, 0);
    assert_eq!(ours.protect_rtp(&mut buffer, 17), Err(SrtpError::Reused));
    // The other side may change its source; each is counted by itself.
    let key = key(suite, 7);
    let mut theirs = Unprotector::new(&key).unwrap();
    let packets: Vec<_> = (0..17)
        .map(|ssrc| {
            sealed(
                &mut Protector::new(&key).unwrap(),
                &rtp(ssrc, 65_535 - ssrc as u16, b"x"),
            )
        })
        .collect();
    for (n, packet) in packets.iter().enumerate() {
        let want = if n < 16 { None } else { Some(SrtpError::Exhausted) };
        assert_eq!(opened(&mut theirs, packet).err(), want, "source {n}");
    }
    assert_eq!(opened(&mut theirs, &packets[0]), Err(SrtpError::Replayed));
}

#[test]
fn no_number_twice() {
    let (mut ours, mut theirs) = pair(Suite::AeadAes128Gcm);
    let mut buffer = [0; 64];
    buffer[..13].copy_from_slice(&rtp(9, 5, b"x"));
    ours.protect_rtp(&mut buffer, 13).unwrap();
    for sequence in [5, 4, 5_u16.wrapping_add(0x8000)] {
        buffer[..13].copy_from_slice(&rtp(9, sequence, b"x"));
        assert_eq!(
            ours.protect_rtp(&mut buffer, 13),
            Err(SrtpError::Reused),
            "{sequence}"
        );
    }
    assert_eq!(ours.protect_rtp(&mut buffer[..20], 13), Err(SrtpError::Reused));
    buffer[..13].copy_from_slice(&rtp(9, 6, b"x"));
    assert_eq!(ours.protect_rtp(&mut buffer[..20], 13), Err(SrtpError::Room));
    // Reports count for themselves, from nought.
    for n in 0..3_u32 {
        let packet = sealed_rtcp(&mut ours, &rtcp(9, 2));
        assert_eq!(packet[packet.len() - 4..], (n | 1 << 31).to_be_bytes());
        assert_eq!(opened_rtcp(&mut theirs, &packet), Ok(rtcp(9, 2)));
    }
}

#[test]
fn keys_are_not_shown_and_have_their_lengths() {
    for suite in Suite::ALL {
        assert!(MasterKey::new(suite, &[1; 29]).is_none());
        assert!(!format!("{:?}", key(suite, 1)).contains(", 1"));
    }
}
