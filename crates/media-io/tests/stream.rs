//! Hold, change of address, interruption, timeouts: seen on the wire.

mod support;

use std::time::Duration;

use biseo_media::codec::AudioCodec;
use biseo_media_io::{Event, Negotiation, Received, SessionConfig, SpeakError};
use support::*;

/// A sound whose every µ-law octet is known: silence is 0xff.
fn loud(frames: usize) -> Vec<i16> {
    vec![-5000; frames * 160]
}

fn is_silent(payload: &[u8]) -> bool {
    payload.iter().all(|octet| *octet == 0xff || *octet == 0x7f)
}

/// An end that sends to a bare socket.
fn to_wire() -> (End, Wire) {
    let (end, wire) = (End::open(), Wire::bind());
    end.agree(AudioCodec::Pcmu, wire.addr());
    (end, wire)
}

#[test]
fn packets_follow_each_other_from_the_first() {
    let (end, wire) = to_wire();
    end.session.speaker().play(loud(5), 1).unwrap();
    let packets: Vec<_> = (0..20).map(|_| wire.packet()).collect();
    for pair in packets.windows(2) {
        let ((a, _), (b, _)) = (&pair[0], &pair[1]);
        assert_eq!(b.sequence, a.sequence.wrapping_add(1));
        assert_eq!(b.timestamp, a.timestamp.wrapping_add(160));
        assert_eq!(b.ssrc, a.ssrc);
    }
    assert_eq!(
        packets.iter().filter(|(_, payload)| !is_silent(payload)).count(),
        5
    );
    assert!(packets.iter().all(|(_, payload)| payload.len() == 160));
}

#[test]
fn an_interruption_stops_within_two_packets_and_tells_what_was_sent() {
    let (mut end, wire) = to_wire();
    let speaker = end.session.speaker();
    speaker.play(loud(500), 1).unwrap();
    speaker.play(loud(500), 2).unwrap();
    let mut before = 0;
    while before < 10 {
        before += u64::from(!is_silent(&wire.packet().1));
    }
    speaker.flush();
    let flushed = end.wait("Flushed", |e| matches!(e, Event::Flushed { .. }));
    let Event::Flushed {
        mark: 1,
        samples_played,
        ..
    } = flushed
    else {
        panic!("{flushed:?}")
    };
    let second = end.wait("Flushed", |e| matches!(e, Event::Flushed { .. }));
    assert!(
        matches!(
            second,
            Event::Flushed {
                mark: 2,
                samples_played: 0,
                ..
            }
        ),
        "{second:?}"
    );
    // All packets with sound: those whole, and the one in which it fades.
    let after = std::iter::from_fn(|| Some(wire.packet().1))
        .take_while(|payload| !is_silent(payload))
        .count();
    let whole = samples_played / 160;
    assert_eq!(before + after as u64, whole + 1, "{before} before, {after} after");
    assert_eq!(samples_played % 160, 0);
    assert_eq!(speaker.push(2, &[1; 160]), Err(SpeakError::Over));
    speaker.play(loud(3), 3).unwrap();
    end.wait("Played", |e| matches!(e, Event::Played { mark: 3, .. }));
}

#[test]
fn on_hold_nothing_is_sent_and_speech_goes_on_where_it_stopped() {
    let (mut end, wire) = to_wire();
    let agreed = agreement(AudioCodec::Pcmu, wire.addr());
    end.session.speaker().play(loud(40), 1).unwrap();
    let mut sound = 0;
    while sound < 10 {
        sound += u32::from(!is_silent(&wire.packet().1));
    }
    let (before, _) = wire.packet();
    end.session
        .configure(Negotiation {
            send: false,
            receive: false,
            ..agreed.clone()
        })
        .unwrap();
    // Old telephones hold by an address of zeros.
    let zeros = "0.0.0.0:4000".parse().unwrap();
    end.session
        .configure(Negotiation {
            remote: zeros,
            ..agreed.clone()
        })
        .unwrap();
    end.session
        .configure(Negotiation {
            send: false,
            ..agreed.clone()
        })
        .unwrap();
    wire.until_quiet();
    end.session.configure(agreed).unwrap();
    let (after, _) = wire.packet();
    assert_eq!(after.ssrc, before.ssrc);
    let steps = after.timestamp.wrapping_sub(before.timestamp) / 160;
    let numbers = after.sequence.wrapping_sub(before.sequence);
    assert!(
        steps > u32::from(numbers),
        "time goes on while nothing is sent: {steps} frames, {numbers} packets"
    );
    end.wait("Played", |e| matches!(e, Event::Played { mark: 1, .. }));
}

#[test]
fn sound_of_a_peer_whom_we_hold_is_thrown_away() {
    let (mut end, wire) = to_wire();
    let agreed = agreement(AudioCodec::Pcmu, wire.addr());
    end.session
        .configure(Negotiation {
            receive: false,
            ..agreed.clone()
        })
        .unwrap();
    // The order is obeyed before the next packet is sent.
    (0..3).for_each(|_| drop(wire.packet()));
    end.audio.drain();
    wire.say(end.addr(), &speech(200, 1), 7);
    assert!(end.audio.is_empty());
    end.session.configure(agreed).unwrap();
    wire.say(end.addr(), &speech(400, 1), 7);
    end.listen(|frames| frames.iter().any(is_loud));
}

#[test]
fn a_new_address_is_sent_to_and_listened_to_and_the_old_one_is_not() {
    let (mut end, old) = to_wire();
    old.packet();
    let new = Wire::bind();
    end.agree(AudioCodec::Pcma, new.addr());
    let (first, _) = new.packet();
    assert_eq!(first.payload_type, 8);
    old.until_quiet();
    end.agree(AudioCodec::Pcmu, new.addr());
    (0..3).for_each(|_| drop(new.packet()));
    old.say(end.addr(), &speech(300, 2), 1);
    new.say(end.addr(), &speech(300, 3), 2);
    let heard = samples(&end.listen_to_end(10));
    assert!(
        likeness(&speech(200, 3), &heard).0 > 0.9,
        "the new address is not heard"
    );
    assert!(end.wait_quality(|q| q.refused > 0));
}

#[test]
fn a_silent_line_is_told_once_and_its_return_too() {
    let config = SessionConfig {
        media_timeout: Duration::from_millis(600),
        ..SessionConfig::on(HERE)
    };
    let mut end = End::open_with(config);
    let wire = Wire::bind();
    end.agree(AudioCodec::Pcmu, wire.addr());
    end.wait("MediaTimeout", |e| matches!(e, Event::MediaTimeout { .. }));
    wire.say(end.addr(), &speech(300, 1), 7);
    end.wait("MediaResumed", |e| matches!(e, Event::MediaResumed));
    // On hold by us no packets are missed.
    let agreed = agreement(AudioCodec::Pcmu, wire.addr());
    end.session
        .configure(Negotiation {
            receive: false,
            ..agreed
        })
        .unwrap();
    let quiet = end.events.recv_timeout(Duration::from_millis(900));
    assert!(
        !matches!(quiet, Received::Item(Event::MediaTimeout { .. })),
        "{quiet:?}"
    );
}

#[test]
fn rubbish_is_counted_and_harms_nothing() {
    let (mut end, wire) = to_wire();
    wire.packet();
    let mut state = 1_u32;
    for len in 0..200_usize {
        let octets: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(len * 11)
        .collect();
        wire.socket.send_to(&octets, end.addr()).unwrap();
        let _ = wire.socket.send_to(&octets, (HERE, end.addr().port() + 1));
        if len % 8 == 0 {
            wire.packet();
        }
    }
    wire.say(end.addr(), &speech(600, 3), 9);
    let heard = samples(&end.listen_to_end(10));
    assert!(likeness(&speech(400, 3), &heard).0 > 0.9);
}
