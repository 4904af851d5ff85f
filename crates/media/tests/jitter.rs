//! The jitter buffer against simple models of what it must do.

mod common;

use biseo_media::{
    FRAME_US, Micros,
    jitter::{Adjust, JitterBuffer, JitterConfig, JitterStats, Popped, Pushed},
    rtp::{RtpHeader, RtpPacket},
};
use common::Chance;
use proptest::prelude::*;

/// A packet under way: its number (also its payload), when it was sent and when it arrives.
#[derive(Clone, Debug)]
struct Flight {
    number: u32,
    sent: Micros,
    arrives: Micros,
}

fn packet(flight: &Flight, payload: &mut [u8; 4], ssrc: u32, first: u32) -> RtpHeader {
    *payload = flight.number.to_be_bytes();
    RtpHeader {
        marker: flight.number == 0,
        payload_type: 8,
        sequence: (first + flight.number) as u16,
        timestamp: first
            .wrapping_mul(77_777_777)
            .wrapping_add((flight.sent / 125) as u32),
        ssrc,
    }
}

/// What came out at one pop.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Out {
    Packet(u32),
    Lost(usize),
    Silence,
}

/// Lets packets fly and pops every 20 ms; 20 ms packets unless `samples` says otherwise.
fn play(mut flights: Vec<Flight>, samples: usize, until: Micros) -> (Vec<(Micros, Out)>, JitterStats) {
    flights.sort_by_key(|flight| flight.arrives);
    let mut flights = flights.into_iter().peekable();
    let mut buffer = JitterBuffer::new(JitterConfig::default());
    let (mut out, mut payload, mut filled) = (Vec::new(), [0; 4], 0);
    for now in (7_000..until).step_by(FRAME_US as usize) {
        while let Some(flight) = flights.next_if(|flight| flight.arrives <= now) {
            let header = packet(&flight, &mut payload, 1, 65_500);
            buffer.push(flight.arrives, &RtpPacket::new(header, &payload), samples);
        }
        while filled < 160 {
            let (what, count) = match buffer.pop(now) {
                Popped::Packet { payload, samples, .. } => (
                    Out::Packet(u32::from_be_bytes(payload.try_into().unwrap())),
                    samples,
                ),
                Popped::Lost { samples, .. } => (Out::Lost(samples), samples),
                Popped::Silence => (Out::Silence, 160 - filled),
            };
            assert!((1..=960).contains(&count));
            filled += count;
            out.push((now, what));
        }
        filled -= 160;
    }
    (out, buffer.stats())
}

fn numbers(out: &[(Micros, Out)]) -> Vec<u32> {
    out.iter()
        .filter_map(|(_, out)| {
            if let Out::Packet(number) = out {
                Some(*number)
            } else {
                None
            }
        })
        .collect()
}

fn steady(count: u32, mut line: impl FnMut(u32) -> Option<Micros>) -> Vec<Flight> {
    let flight = |number: u32| {
        let sent = Micros::from(number) * FRAME_US;
        line(number).map(|delay| Flight {
            number,
            sent,
            arrives: sent + delay,
        })
    };
    (0..count).filter_map(flight).collect()
}

#[test]
fn a_steady_line_loses_nothing_and_keeps_its_order() {
    for delay in [0, 20_000, 3_000_000] {
        let (out, stats) = play(steady(500, |_| Some(delay)), 160, 11_000_000 + delay);
        assert_eq!(numbers(&out), (0..500).collect::<Vec<_>>());
        assert_eq!((stats.lost, stats.late, stats.resyncs), (0, 0, 0));
    }
}

#[test]
fn neighbours_that_swap_are_put_in_order() {
    let (out, stats) = play(
        steady(500, |n| Some(if n % 5 == 2 { 35_000 } else { 5_000 })),
        160,
        11_000_000,
    );
    assert_eq!(numbers(&out), (0..500).collect::<Vec<_>>());
    assert_eq!(stats.lost, 0);
}

#[test]
fn single_losses_are_told_with_what_follows_them() {
    let (out, stats) = play(steady(400, |n| (n % 20 != 10).then_some(10_000)), 160, 9_000_000);
    assert_eq!(numbers(&out).len(), 380);
    assert_eq!(stats.lost, 20);
    let lost = out
        .iter()
        .filter(|(_, out)| matches!(out, Out::Lost(160)))
        .count();
    assert_eq!(lost, 20 + 5, "each loss once, and the end of the stream");
}

#[test]
fn a_burst_of_losses_takes_its_own_time_only() {
    // 20 packets lost in a row, 400 ms: the sound after them comes at its time.
    let (out, _) = play(
        steady(300, |n| (!(100..120).contains(&n)).then_some(10_000)),
        160,
        7_000_000,
    );
    let when = |number| out.iter().find(|(_, out)| *out == Out::Packet(number)).unwrap().0;
    let delay = |number: u32| when(number) - Micros::from(number) * FRAME_US;
    assert!(
        delay(125) <= delay(99) + 40_000,
        "{} then {}",
        delay(99),
        delay(125)
    );
}

#[test]
fn a_stall_is_waited_for_rather_than_lost() {
    // Everything sent in 120 ms comes at once at their end.
    let stall = |n: u32| {
        Some(if (100..106).contains(&n) {
            10_000 + u64::from(106 - n) * FRAME_US
        } else {
            10_000
        })
    };
    let (out, stats) = play(steady(300, stall), 160, 7_000_000);
    assert_eq!(numbers(&out), (0..300).collect::<Vec<_>>());
    assert_eq!(stats.lost, 0);
}

#[test]
fn packets_of_other_lengths() {
    for (ms, samples) in [(10, 80), (30, 240), (60, 480), (120, 960)] {
        let flights: Vec<Flight> = (0..200)
            .map(|number| {
                let sent = Micros::from(number) * ms * 1000;
                Flight {
                    number,
                    sent,
                    arrives: sent + 5_000,
                }
            })
            .filter(|flight| flight.number % 50 != 20)
            .collect();
        let (out, stats) = play(flights, samples, 200 * ms * 1000 + 500_000);
        assert_eq!(numbers(&out).len(), 196, "{ms} ms");
        assert_eq!((stats.lost, stats.late), (4, 0));
        let lost: usize = out
            .iter()
            .map(|(_, out)| if let Out::Lost(samples) = out { *samples } else { 0 })
            .sum();
        assert_eq!(lost, 4 * samples + 800, "{ms} ms");
    }
}

#[test]
fn pauses_of_the_sender_are_silence_and_no_loss() {
    // Silence suppression: talk for 1 s, nothing for 1 s; numbers go on without a gap.
    let mut number = 0;
    let mut flights = Vec::new();
    for tick in 0..500u64 {
        if (tick / 50) % 2 == 0 {
            flights.push(Flight {
                number,
                sent: tick * FRAME_US,
                arrives: tick * FRAME_US + 5_000,
            });
            number += 1;
        }
    }
    let (out, stats) = play(flights, 160, 11_000_000);
    assert_eq!(numbers(&out), (0..number).collect::<Vec<_>>());
    assert_eq!((stats.lost, stats.late, stats.resyncs), (0, 0, 0));
    let made_up = out.iter().filter(|(_, out)| matches!(out, Out::Lost(_))).count();
    assert_eq!(
        made_up,
        5 * 5,
        "only the first frames of a pause, which might have been losses"
    );
}

#[test]
fn the_delay_follows_the_line() {
    let mut chance = Chance(3);
    let mut target = |jitter: f64| {
        let mut buffer = JitterBuffer::new(JitterConfig::default());
        let mut flights = steady(1000, |_| Some((jitter * chance.unit()) as Micros));
        flights.sort_by_key(|flight| flight.arrives);
        let mut payload = [0; 4];
        for flight in flights {
            let header = packet(&flight, &mut payload, 1, 0);
            buffer.push(flight.arrives, &RtpPacket::new(header, &payload), 160);
        }
        buffer.target_us()
    };
    assert_eq!(target(0.0), 20_000);
    assert_eq!(target(60_000.0), 60_000);
    assert!((110_000..=130_000).contains(&target(120_000.0)));
    assert_eq!(target(900_000.0), 200_000, "bounded");
}

#[test]
fn strangers_change_nothing() {
    let mut buffer = JitterBuffer::new(JitterConfig::default());
    let mut chance = Chance(11);
    let mut played = 0;
    for flight in steady(1000, |_| Some(5_000)) {
        let mut payload = [0; 4];
        let header = packet(&flight, &mut payload, 1, 60_000);
        buffer.push(flight.arrives, &RtpPacket::new(header, &payload), 160);
        // One packet in between that does not belong: another source, a far number, a far time.
        let forged = match flight.number % 3 {
            0 => RtpHeader {
                ssrc: 2 + flight.number,
                ..header
            },
            1 => RtpHeader {
                sequence: header.sequence.wrapping_add(2000 + chance.next() as u16 % 40_000),
                ..header
            },
            _ => RtpHeader {
                sequence: header.sequence.wrapping_add(1),
                timestamp: header.timestamp.wrapping_add(1 << 24).wrapping_add(chance.next()),
                ..header
            },
        };
        let pushed = buffer.push(flight.arrives, &RtpPacket::new(forged, &[0; 4]), 160);
        assert_eq!(pushed, Pushed::Odd, "{forged:?}");
        if let Popped::Packet { payload, .. } = buffer.pop(flight.arrives + 1_000) {
            assert_eq!(payload, u32::to_be_bytes(played));
            played += 1;
        }
    }
    assert!(played >= 997, "{played}");
    assert_eq!(buffer.stats().resyncs, 0);
}

#[test]
fn a_sender_that_starts_anew_is_followed() {
    // Another SSRC, another sequence, another time line, each alone.
    for (what, ssrc, jump, shift) in [
        ("source", 2, 0, 0),
        ("sequence", 1, 20_000, 0),
        ("time", 1, 0, 50_000_000),
        ("back in time", 1, 0, -50_000_000),
    ] {
        let mut buffer = JitterBuffer::new(JitterConfig::default());
        let mut played = Vec::new();
        for flight in steady(300, |_| Some(5_000)) {
            let mut payload = [0; 4];
            let mut header = packet(&flight, &mut payload, 1, 30_000);
            if flight.number >= 100 {
                header.ssrc = ssrc;
                header.sequence = header.sequence.wrapping_add(jump);
                header.timestamp = header.timestamp.wrapping_add_signed(shift);
            }
            buffer.push(flight.arrives, &RtpPacket::new(header, &payload), 160);
            if let Popped::Packet { payload, .. } = buffer.pop(flight.arrives + 1_000) {
                played.push(u32::from_be_bytes(payload.try_into().unwrap()));
            }
        }
        assert_eq!(buffer.stats().resyncs, 1, "{what}");
        assert!(
            played.len() > 290 && played.contains(&101),
            "{what}: {}",
            played.len()
        );
    }
}

#[test]
fn a_line_that_becomes_longer_for_good_is_followed() {
    for step in [100_000, 300_000, 800_000] {
        let (out, _) = play(
            steady(600, |n| Some(if n < 300 { 10_000 } else { 10_000 + step })),
            160,
            14_000_000,
        );
        let played = numbers(&out);
        assert!(played.len() >= 570, "{step}: {} of 600", played.len());
        assert!(played.ends_with(&(400..600).collect::<Vec<_>>()), "{step}");
    }
}

fn lines() -> impl Strategy<Value = Vec<(u64, bool, bool)>> {
    // Delay over the least one in µs (mostly small), lost, doubled.
    let delay = prop_oneof![6 => 0u64..20_000, 3 => 0u64..80_000, 1 => 0u64..180_000];
    prop::collection::vec(
        (delay, prop::bool::weighted(0.08), prop::bool::weighted(0.05)),
        50..400,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: biseo_testkit::cases(200), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn once_in_order_and_within_the_bound(line in lines()) {
        let mut flights = Vec::new();
        for (number, &(delay, lost, doubled)) in (0u32..).zip(&line) {
            let sent = Micros::from(number) * FRAME_US;
            let flight = Flight { number, sent, arrives: sent + 30_000 + delay };
            if !lost {
                flights.push(flight.clone());
            }
            if doubled && !lost {
                flights.push(Flight { arrives: flight.arrives + 15_000, ..flight });
            }
        }
        let came: std::collections::BTreeSet<u32> = flights.iter().map(|flight| flight.number).collect();
        let (out, stats) = play(flights, 160, line.len() as Micros * FRAME_US + 800_000);
        let played = numbers(&out);
        prop_assert!(played.windows(2).all(|pair| pair[0] < pair[1]), "order, and none twice");
        prop_assert!(played.iter().all(|number| came.contains(number)));
        for (now, what) in &out {
            if let Out::Packet(number) = what {
                let delay = *now - Micros::from(*number) * FRAME_US - 30_000;
                prop_assert!(delay <= 200_000 + 2 * FRAME_US, "packet {} after {} us", number, delay);
            }
        }
        // What came is played or was late; nothing else happens to it.
        prop_assert_eq!(stats.played, played.len() as u64);
        prop_assert!(played.len() as u64 + stats.late + stats.duplicate + stats.odd >= came.len() as u64);
        // A line no worse than the bound loses little more than what was lost on it.
        prop_assert!(stats.late * 4 <= came.len() as u64 + 20, "{} late of {}", stats.late, came.len());
    }

    #[test]
    fn any_input_is_survived(
        input in prop::collection::vec(
            (any::<u16>(), any::<u32>(), 0u32..3, 0u64..3_000_000, prop::collection::vec(any::<u8>(), 0..1000), 0usize..1000, any::<bool>()),
            1..200,
        )
    ) {
        let mut buffer = JitterBuffer::new(JitterConfig::default());
        let mut now = 0;
        for (sequence, timestamp, ssrc, step, payload, samples, near) in input {
            now += step;
            let header = if near {
                // Credible enough to get in.
                RtpHeader { sequence: sequence % 70, timestamp: timestamp % 12_000, ssrc: 1, ..RtpHeader::default() }
            } else {
                RtpHeader { sequence, timestamp, ssrc, ..RtpHeader::default() }
            };
            if samples % 7 == 0 {
                buffer.pass_over(&header);
            }
            buffer.push(now, &RtpPacket::new(header, &payload), samples);
            for _ in 0..3 {
                let _: Adjust = buffer.adjust(now);
                if let Popped::Lost { samples, .. } = buffer.pop(now) {
                    prop_assert!((1..=160).contains(&samples));
                }
            }
            prop_assert!(buffer.waiting() <= 64);
        }
    }
}
