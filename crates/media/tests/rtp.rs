//! RTP packets: tables from RFC 3550, there and back, octets from strangers.

use biseo_media::rtp::{HEADER_LEN, RtpError, RtpHeader, RtpPacket};
use proptest::prelude::*;

fn bare() -> Vec<u8> {
    vec![
        0x80, 0x88, 0x12, 0x34, 0, 0, 0x03, 0xe8, 0xde, 0xad, 0xbe, 0xef, 1, 2, 3,
    ]
}

#[test]
fn fields_of_a_plain_packet() {
    let octets = bare();
    let packet = RtpPacket::parse(&octets).unwrap();
    let header = RtpHeader {
        marker: true,
        payload_type: 8,
        sequence: 0x1234,
        timestamp: 1000,
        ssrc: 0xdead_beef,
    };
    assert_eq!(packet, RtpPacket::new(header, &[1, 2, 3]));
}

#[test]
fn padding_sources_and_extension_are_set_apart() {
    let mut octets = vec![0xb2, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
    octets.extend([0, 0, 0, 9, 0, 0, 0, 8]);
    octets.extend([0xbe, 0xde, 0, 1, 0x10, 0xff, 0, 0]);
    octets.extend([42, 43, 0, 2]);
    let packet = RtpPacket::parse(&octets).unwrap();
    assert_eq!(packet.csrc, [0, 0, 0, 9, 0, 0, 0, 8]);
    assert_eq!(packet.extension, Some((0xbede, &[0x10, 0xff, 0, 0][..])));
    assert_eq!(packet.payload, [42, 43]);
}

#[test]
fn what_is_no_packet_is_refused_with_its_reason() {
    let changed = |at: usize, value: u8| {
        let mut octets = bare();
        octets[at] = value;
        octets
    };
    for (octets, why) in [
        (vec![], RtpError::Short),
        (bare()[..11].to_vec(), RtpError::Short),
        (changed(0, 0x40), RtpError::Version),
        (changed(0, 0x81), RtpError::Short),
        (changed(0, 0x90), RtpError::Short),
        (changed(0, 0xa0), RtpError::Short),
        (changed(1, 200), RtpError::Rtcp),
        (vec![0; 1501], RtpError::Long),
    ] {
        let got = RtpPacket::parse(&octets);
        if octets.first() == Some(&0xa0) {
            // Padding of three octets out of three leaves an empty payload, which is a packet.
            assert_eq!(got.map(|packet| packet.payload.len()), Ok(0));
        } else {
            assert_eq!(got, Err(why), "{octets:?}");
        }
    }
    let mut padded = changed(0, 0xa0);
    *padded.last_mut().unwrap() = 4;
    assert_eq!(RtpPacket::parse(&padded), Err(RtpError::Padding));
    *padded.last_mut().unwrap() = 0;
    assert_eq!(RtpPacket::parse(&padded), Err(RtpError::Padding));
    assert_eq!(RtpPacket::parse(&padded[..HEADER_LEN]), Err(RtpError::Padding));
}

#[test]
fn a_packet_that_does_not_fit_is_not_written() {
    let packet = RtpPacket::new(RtpHeader::default(), &[7; 20]);
    assert_eq!(packet.write(&mut [0; 31]), 0);
    assert_eq!(packet.write(&mut [0; 32]), 32);
    assert_eq!(
        RtpPacket {
            csrc: &[1, 2, 3],
            ..packet
        }
        .write(&mut [0; 99]),
        0
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(
        marker: bool,
        payload_type in 0u8..64,
        sequence: u16,
        timestamp: u32,
        ssrc: u32,
        csrc in prop::collection::vec(any::<[u8; 4]>(), 0..16),
        extension in prop::option::of((any::<u16>(), prop::collection::vec(any::<[u8; 4]>(), 0..8))),
        payload in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let header = RtpHeader { marker, payload_type, sequence, timestamp, ssrc };
        let extension = extension.map(|(profile, words)| (profile, words.concat()));
        let csrc = csrc.concat();
        let packet = RtpPacket {
            header,
            csrc: &csrc,
            extension: extension.as_ref().map(|(profile, data)| (*profile, data.as_slice())),
            payload: &payload,
        };
        let mut out = [0; 1500];
        let len = packet.write(&mut out);
        prop_assert_eq!(RtpPacket::parse(&out[..len]), Ok(packet));
    }

    #[test]
    fn any_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(packet) = RtpPacket::parse(&octets) {
            prop_assert!(packet.payload.len() + packet.csrc.len() + HEADER_LEN <= octets.len());
        }
    }
}
