//! The line: whose packets are taken, what is reported of it, and what a bad one leaves of speech.

mod support;

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use biseo_media::codec::AudioCodec;
use biseo_media::dtmf::{Digit, DtmfSource};
use biseo_media::latch::Bound;
use biseo_media::receiver::FrameKind;
use biseo_media::rtcp::{Compound, Rtcp};
use biseo_media::tones::ToneKind;
use biseo_media_io::{Event, Negotiation, SessionConfig};
use biseo_testkit::netem::{Impairment, Netem};
use support::*;

/// An end that expects one bare socket, and a bound on others.
fn expecting(bound: Bound) -> (End, Wire, Wire) {
    let (end, expected, other) = (End::open(), Wire::bind(), Wire::bind());
    let agreed = agreement(AudioCodec::Pcmu, expected.addr());
    end.session
        .configure(Negotiation {
            latch: bound,
            ..agreed
        })
        .unwrap();
    expected.packet();
    (end, expected, other)
}

#[test]
fn a_telephone_behind_a_router_is_found_where_its_packets_come_from() {
    let (mut end, _, other) = expecting(Bound::SameIp);
    other.say(end.addr(), &speech(300, 3), 5);
    let moved = end.wait("PeerMoved", |e| matches!(e, Event::PeerMoved { .. }));
    assert_eq!(moved, Event::PeerMoved { to: other.addr() });
    other.packet();
    other.say(end.addr(), &speech(600, 3), 5);
    end.listen(|frames| frames.iter().filter(|f| is_loud(f)).count() > 10);
}

#[test]
fn nobody_takes_over_where_the_address_is_fixed() {
    let (mut end, expected, thief) = expecting(Bound::Exact);
    thief.say(end.addr(), &speech(400, 3), 5);
    assert!(end.wait_quality(|q| q.refused >= 15));
    assert!(
        !samples_so_far(&mut end).iter().any(|s| s.unsigned_abs() > 300),
        "a stranger was heard"
    );
    expected.packet();
    thief.socket.set_nonblocking(true).unwrap();
    assert!(
        thief.socket.recv(&mut [0; 100]).is_err(),
        "a stranger was answered"
    );
}

#[test]
fn nobody_takes_over_while_the_caller_speaks() {
    let (mut end, expected, thief) = expecting(Bound::Any);
    let to = end.addr();
    let speaking = std::thread::spawn(move || {
        expected.say(to, &speech(1500, 1), 1);
        expected
    });
    end.listen(|frames| frames.iter().any(is_loud));
    thief.say(to, &speech(600, 9), 2);
    let expected = speaking.join().unwrap();
    assert!(end.wait_quality(|q| q.refused >= 25));
    expected.packet();
    thief.socket.set_nonblocking(true).unwrap();
    assert!(
        thief.socket.recv(&mut [0; 100]).is_err(),
        "a stranger was answered"
    );
}

fn samples_so_far(end: &mut End) -> Vec<i16> {
    std::iter::from_fn(|| end.audio.try_recv().item())
        .flat_map(|frame| frame.samples)
        .collect()
}

/// The next RTCP datagram, and the kinds of its packets: S or R for a report, D for names, B for BYE.
fn rtcp(socket: &UdpSocket) -> (Vec<u8>, String) {
    let mut octets = [0; 1500];
    let len = socket.recv(&mut octets).expect("a report");
    let kinds = Compound::new(&octets[..len]).map(|packet| match packet.expect("whole RTCP") {
        Rtcp::Report { info: Some(_), .. } => 'S',
        Rtcp::Report { info: None, .. } => 'R',
        Rtcp::Description(_) => 'D',
        Rtcp::Bye(_) => 'B',
        Rtcp::Other(_) => '?',
    });
    (octets[..len].to_vec(), kinds.collect())
}

/// An end that reports twice a second.
fn reporting() -> End {
    let often = Duration::from_millis(500);
    End::open_with(SessionConfig {
        report_interval: often,
        ..SessionConfig::on(HERE)
    })
}

#[test]
fn reports_go_out_and_bye_is_the_last_word() {
    let (end, wire, reports) = (reporting(), Wire::bind(), Wire::bind());
    let agreed = agreement(AudioCodec::Pcmu, wire.addr());
    end.session
        .configure(Negotiation {
            remote_rtcp: reports.addr(),
            ..agreed
        })
        .unwrap();
    let (header, _) = wire.packet();
    wire.say(end.addr(), &speech(500, 2), 77);
    let reported = |octets: &[u8]| {
        let first = Compound::new(octets).next();
        matches!(first, Some(Ok(Rtcp::Report { blocks, .. })) if blocks.count() > 0)
    };
    let mut all = std::iter::from_fn(|| Some(rtcp(&reports.socket))).take(20);
    let (octets, kinds) = all
        .find(|(octets, _)| reported(octets))
        .expect("a report with a block");
    assert_eq!(kinds, "SD");
    let report = Compound::new(&octets).next().unwrap().unwrap();
    let Rtcp::Report {
        ssrc,
        info: Some(info),
        mut blocks,
    } = report
    else {
        panic!("{report:?}")
    };
    assert_eq!(ssrc, header.ssrc);
    assert!(info.packets >= 20, "{info:?}");
    let block = blocks.next().expect("a block on what was received");
    assert_eq!((block.ssrc, block.reception.cumulative_lost), (77, 0));
    drop(end);
    let last = std::iter::from_fn(|| Some(rtcp(&reports.socket).1)).find(|kinds| kinds.contains('B'));
    assert_eq!(last.as_deref(), Some("SDB"));
}

#[test]
fn reports_share_the_port_where_that_was_agreed_on() {
    let (end, wire) = (End::open(), Wire::bind());
    let agreed = agreement(AudioCodec::Pcmu, wire.addr());
    end.session
        .configure(Negotiation {
            remote_rtcp: wire.addr(),
            ..agreed
        })
        .unwrap();
    wire.packet();
    drop(end);
    let mut octets = [0; 2048];
    let last = std::iter::from_fn(|| wire.socket.recv(&mut octets).ok().map(|_| octets[1]));
    assert!(
        last.take(200).any(|second| second == 200),
        "no sender report on the RTP port"
    );
}

#[test]
fn both_ends_learn_the_round_trip_and_of_the_leaving() {
    let (mut a, mut b) = (reporting(), reporting());
    a.agree(AudioCodec::Pcmu, b.addr());
    b.agree(AudioCodec::Pcmu, a.addr());
    let known =
        |end: &mut End| end.wait_quality(|q| q.line.round_trip_ms.is_some() && q.line.far_loss.is_some());
    assert!(known(&mut a) && known(&mut b), "nobody knows the round trip");
    let good =
        |e: &Event| matches!(e, Event::Quality(q) if q.sent > 20 && q.line.packets > 20 && q.line.mos > 4.0);
    a.wait("Quality of a good line", good);

    let End { session, .. } = b;
    drop(session);
    a.wait("PeerLeft", |e| matches!(e, Event::PeerLeft));
}

#[test]
fn without_telephone_events_keys_go_and_come_as_tones() {
    let (mut a, mut b) = (End::open(), End::open());
    for (end, other) in [(&a, &b), (&b, &a)] {
        let agreed = agreement(AudioCodec::Pcma, other.addr());
        end.session
            .configure(Negotiation { dtmf: None, ..agreed })
            .unwrap();
    }
    for key in "73#".chars() {
        a.session.speaker().dtmf(Digit::from_char(key).unwrap()).unwrap();
    }
    for key in "73#".chars() {
        let event = b.wait("key", |e| matches!(e, Event::Dtmf { .. }));
        let fits =
            matches!(event, Event::Dtmf { digit, source: DtmfSource::InBand, .. } if digit.to_char() == key);
        assert!(fits, "{event:?} for {key}");
    }
    assert!(a.audio.recv().is_some());
}

#[test]
fn a_tone_sounds_until_something_is_said_and_after_it() {
    let (a, mut b) = call(AudioCodec::Pcmu);
    let speaker = a.session.speaker();
    speaker.tone(Some(ToneKind::Busy));
    b.listen(|frames| frames.iter().any(is_loud));
    speaker.play(speech(600, 3), 1).unwrap();
    let heard = b.listen(|frames| likeness(&speech(600, 3)[..2000], &samples(frames)).0 > 0.95);
    assert!(heard.len() < 200);
    speaker.tone(None);
    b.listen(|frames| frames.len() > 40 && frames.iter().rev().take(30).all(|f| !is_loud(f)));
}

#[test]
fn a_tenth_lost_and_sixty_milliseconds_of_jitter_leave_speech_whole() {
    let (mut a, mut b) = (End::open(), End::open());
    let bad = Impairment {
        loss: 0.1,
        jitter: Duration::from_millis(60),
        duplicate: 0.02,
        seed: 11,
        ..Impairment::default()
    };
    let network = Netem::start(bad, Some(a.addr()), Some(b.addr())).unwrap();
    a.agree(AudioCodec::Pcmu, network.side_a());
    b.agree(AudioCodec::Pcmu, network.side_b());
    // The buffer gets to know the line first, as it does while a caller is greeted.
    b.listen(|frames| frames.len() > 100);
    let said = speech(3000, 1);
    a.session.speaker().play(said.clone(), 1).unwrap();
    let frames = b.listen_to_end(15);
    let loud: Vec<_> = frames.iter().skip_while(|f| !is_loud(f)).collect();
    let concealed = loud.iter().filter(|f| f.kind == FrameKind::Concealed).count();
    // 150 frames of speech: about 15 lost on the way, and few too late.
    assert!(
        (4..45).contains(&concealed),
        "{concealed} of {} frames made up",
        loud.len()
    );
    let heard = samples(&frames);
    let likely = said.chunks(2400).map(|piece| likeness(piece, &heard).0);
    let good = likely.filter(|like| *like > 0.7).count();
    assert!(good >= 7, "{good} of 10 pieces of speech are recognisable");
    assert!(network.counts().lost > 10);
    a.wait("Played", |e| matches!(e, Event::Played { mark: 1, .. }));
}

#[test]
fn the_wait_of_a_frame_is_known_on_an_even_line() {
    let (mut end, wire) = (End::open(), Wire::bind());
    end.agree(AudioCodec::Pcmu, wire.addr());
    wire.packet();
    let start = Instant::now();
    wire.say(end.addr(), &speech(1500, 2), 3);
    let said = start.elapsed();
    let frames = end.listen_to_end(5);
    let arrivals: Vec<Instant> = frames.iter().filter_map(|f| f.arrived).collect();
    let (first, last) = (arrivals[0], arrivals[arrivals.len() - 1]);
    let off = (last - first).abs_diff(said - Duration::from_millis(20));
    assert!(off < Duration::from_millis(120), "{:?} of {said:?}", last - first);
}
