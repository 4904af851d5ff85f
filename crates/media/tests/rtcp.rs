//! RTCP: reports by hand and by rule, two sides measuring each other, octets from strangers.

use biseo_media::{
    FRAME_SAMPLES, Micros,
    codec::AudioCodec,
    quality::CallQuality,
    receiver::{PayloadMap, Receiver},
    rtcp::{
        Compound, Reception, ReportBlock, Rtcp, RtcpError, RtcpSession, RtpReceiverStats, SenderInfo,
        Sequencing, Writer, ntp,
    },
    rtp::RtpHeader,
    sender::{MAX_SENT, Sender, SenderConfig},
};
use proptest::prelude::*;

fn header(sequence: u16, timestamp: u32) -> RtpHeader {
    RtpHeader {
        sequence,
        timestamp,
        ssrc: 7,
        ..RtpHeader::default()
    }
}

#[test]
fn losses_are_counted_over_the_wrap() {
    let mut stats = RtpReceiverStats::new(8000);
    let mut at = 0;
    for sequence in (65_500..=65_535).chain(0..100) {
        at += 20_000;
        // Every tenth is lost.
        if sequence % 10 != 5 {
            stats.update(at, &header(sequence, sequence as u32 * 160));
        }
    }
    // 65500 is spent on probation; 65505 … 65535 and 5 … 95 are lost.
    assert_eq!((stats.expected(), stats.lost()), (135, 14));
    let report = stats.report();
    assert_eq!(report.cumulative_lost, 14);
    assert_eq!(report.extended_highest, (1 << 16) + 99);
    assert_eq!(report.fraction_lost, (14 * 256 / 135) as u8);
    assert_eq!(stats.report().fraction_lost, 0, "a new interval begins");
}

#[test]
fn jitter_is_the_mean_deviation() {
    // Transit alternates by 10 ms, 80 ticks: the estimate tends to 80 (RFC 3550 §A.8).
    let mut stats = RtpReceiverStats::new(8000);
    for i in 0..400u64 {
        stats.update(i * 20_000 + (i % 2) * 10_000, &header(i as u16, i as u32 * 160));
    }
    assert!((78..=81).contains(&stats.report().jitter), "{:?}", stats.report());
    assert!((9_700..=10_100).contains(&stats.jitter_us()));
}

#[test]
fn jumps_need_a_second_packet() {
    let mut stats = RtpReceiverStats::new(8000);
    let mut update = |sequence| stats.update(0, &header(sequence, 0));
    assert_eq!(update(10), Sequencing::Probation);
    assert_eq!(update(11), Sequencing::Restarted);
    assert_eq!(update(12), Sequencing::Valid);
    assert_eq!(update(30_000), Sequencing::Bad);
    assert_eq!(update(13), Sequencing::Valid);
    assert_eq!(update(30_000), Sequencing::Bad);
    assert_eq!(update(30_001), Sequencing::Restarted);
    assert_eq!(stats.received(), 1);
}

#[test]
fn another_source_needs_a_second_packet_too() {
    let mut stats = RtpReceiverStats::new(8000);
    for sequence in 1..=10 {
        stats.update(0, &header(sequence, 0));
        let stranger = RtpHeader {
            ssrc: 100 + u32::from(sequence),
            ..header(sequence, 0)
        };
        assert_eq!(stats.update(0, &stranger), Sequencing::Bad);
    }
    assert_eq!((stats.ssrc(), stats.received(), stats.lost()), (Some(7), 9, 0));
    for sequence in 500..503 {
        stats.update(
            0,
            &RtpHeader {
                ssrc: 8,
                ..header(sequence, 0)
            },
        );
    }
    assert_eq!(stats.ssrc(), Some(8));
}

#[test]
fn reports_by_hand() {
    let mut out = [0; 200];
    let block = ReportBlock {
        ssrc: 2,
        reception: Reception {
            fraction_lost: 64,
            cumulative_lost: -3,
            extended_highest: 0x1_0005,
            jitter: 9,
        },
        last_report: 0xaabb_ccdd,
        delay_since: 65_536,
    };
    let mut writer = Writer::new(&mut out);
    writer.report(1, None, &[block]).cname(1, "ab").bye(1);
    let len = writer.finish();
    let expected = [
        0x81, 201, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 64, 0xff, 0xff, 0xfd, 0, 1, 0, 5, 0, 0, 0, 9, 0xaa, 0xbb,
        0xcc, 0xdd, 0, 1, 0, 0, // RR
        0x81, 202, 0, 3, 0, 0, 0, 1, 1, 2, b'a', b'b', 0, 0, 0, 0, // SDES
        0x81, 203, 0, 1, 0, 0, 0, 1, // BYE
    ];
    assert_eq!(out[..len], expected);
    let packets: Vec<_> = Compound::new(&out[..len]).collect::<Result<_, _>>().unwrap();
    assert!(matches!(packets[0], Rtcp::Report { ssrc: 1, info: None, blocks } if blocks.eq([block])));
    assert!(matches!(packets[2], Rtcp::Bye([0, 0, 0, 1])));
    let mut small = [0; 50];
    let mut writer = Writer::new(&mut small);
    writer.report(1, Some(&SenderInfo::default()), &[block]);
    assert_eq!(writer.finish(), 0);
}

#[test]
fn damaged_datagrams_end_where_they_are_damaged() {
    for (octets, why) in [
        (&[0x80, 201, 0][..], RtcpError::Short),
        (&[0x80, 201, 0, 1], RtcpError::Short),
        (&[0x81, 201, 0, 1, 0, 0, 0, 1], RtcpError::Short),
        (&[0x41, 201, 0, 0], RtcpError::Version),
        (&[0x80, 8, 0, 0], RtcpError::Type),
        (&[0x82, 203, 0, 1, 0, 0, 0, 1], RtcpError::Short),
    ] {
        let packets: Vec<_> = Compound::new(octets).collect();
        assert_eq!(packets, [Err(why)], "{octets:?}");
    }
    let skipped: Vec<_> = Compound::new(&[0x80, 207, 0, 1, 1, 2, 3, 4, 0x80, 204, 0, 0]).collect();
    assert_eq!(skipped, [Ok(Rtcp::Other(207)), Ok(Rtcp::Other(204))]);
}

fn sender(ssrc: u32) -> Sender {
    Sender::new(SenderConfig {
        codec: AudioCodec::Pcma,
        payload_type: 8,
        event_payload_type: None,
        ssrc,
        sequence: 1,
        timestamp: 1,
    })
}

#[test]
fn two_sides_measure_the_round_trip_and_the_loss() {
    const ONE_WAY: Micros = 40_000;
    let (mut ours, mut theirs) = (sender(1), sender(2));
    let map = PayloadMap::new().with_audio(8, AudioCodec::Pcma);
    let (mut us, mut them) = (Receiver::new(map), Receiver::new(map));
    let (mut here, mut there) = (RtcpSession::new("here"), RtcpSession::new("there"));
    let (mut packet, mut report) = ([0; MAX_SENT], [0; 200]);
    for i in 0..500u64 {
        let now = 1_000_000_000 + i * 20_000;
        let len = ours.send(&[100; FRAME_SAMPLES], &mut packet).unwrap();
        if i % 4 != 3 {
            them.push(now + ONE_WAY, &packet[..len]);
        }
        let len = theirs.send(&[100; FRAME_SAMPLES], &mut packet).unwrap();
        us.push(now + ONE_WAY, &packet[..len]);
        us.pull(now + ONE_WAY, &mut [0; FRAME_SAMPLES]);
        if i % 100 == 50 {
            let len = here.report(now, &ours, &mut us, &mut report);
            assert_eq!(there.handle(now + ONE_WAY, 2, &report[..len]).packets, 2);
            // They answer a quarter of a second later, by a clock of their own.
            let len = there.report(now + ONE_WAY + 250_000, &theirs, &mut them, &mut report);
            here.handle(now + 2 * ONE_WAY + 250_000, 1, &report[..len]);
        }
    }
    let trip = here.round_trip_us().unwrap();
    assert!((79_900..=80_100).contains(&trip), "{trip}");
    assert_eq!(here.far_reception().unwrap().fraction_lost, 64, "a quarter");
    let quality = CallQuality::of(&us, &here);
    assert_eq!(
        (quality.packets, quality.lost, quality.far_loss),
        (500, 0, Some(0.25))
    );
    assert!(quality.mos > 4.2, "{quality:?}");
    let len = here.bye(0, &ours, &mut us, &mut report);
    assert!(there.handle(0, 2, &report[..len]).bye);
}

#[test]
fn ntp_time_has_its_fraction() {
    assert_eq!(ntp(1_500_000), (1 << 32) + (1 << 31));
    assert_eq!(ntp(999_999) >> 32, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..300), kind in 200u8..208) {
        let mut session = RtcpSession::new("x");
        session.handle(5_000_000, 7, &octets);
        let mut likely = octets;
        if likely.len() >= 4 {
            likely[0] = 0x80 | likely[0] & 0x1f;
            likely[1] = kind;
            likely[2] = 0;
            likely[3] %= 80;
        }
        session.handle(5_000_000, 7, &likely);
        for packet in Compound::new(&likely).flatten() {
            if let Rtcp::Report { blocks, .. } = packet {
                prop_assert!(blocks.count() < 32);
            }
        }
    }

    #[test]
    fn any_headers_keep_the_counts_sane(headers in prop::collection::vec((any::<u16>(), any::<u32>(), 0u32..3, 0u64..1 << 40), 1..200)) {
        let mut stats = RtpReceiverStats::new(48_000);
        for (sequence, timestamp, ssrc, now) in headers {
            stats.update(now, &RtpHeader { sequence, timestamp, ssrc, ..RtpHeader::default() });
            let report = stats.report();
            prop_assert!(report.cumulative_lost.abs() <= 0x80_0000);
        }
    }

    #[test]
    fn names_of_any_length_end_at_a_word(name in "[a-z]{0,300}") {
        let mut out = [0; 400];
        let mut writer = Writer::new(&mut out);
        writer.report(1, None, &[]).cname(1, &name);
        let len = writer.finish();
        prop_assert_eq!(len % 4, 0);
        prop_assert_eq!(Compound::new(&out[..len]).filter(Result::is_ok).count(), 2);
    }
}
