//! Two engines' sessions talk over real sockets.

mod support;

use std::time::{Duration, Instant};

use biseo_media::codec::AudioCodec;
use biseo_media::dtmf::Digit;
use biseo_media::receiver::FrameKind;
use biseo_media_io::{
    Event, MediaConfig, MediaEngine, MediaError, PortRange, Received, SessionConfig, SpeakError,
};
use support::*;

fn said_is_heard(codec: AudioCodec, least: f64) {
    let (mut a, mut b) = call(codec);
    let said = [speech(1200, 1), speech(1200, 4)];
    a.session.speaker().play(said[0].clone(), 1).unwrap();
    b.session.speaker().play(said[1].clone(), 1).unwrap();
    for (end, said, name) in [(&mut b, &said[0], "a to b"), (&mut a, &said[1], "b to a")] {
        let frames = end.listen_to_end(10);
        let (like, _) = likeness(said, &samples(&frames));
        assert!(like > least, "{codec:?} {name}: {like:.3}");
    }
    a.wait("Played", |e| matches!(e, Event::Played { mark: 1, .. }));
}

#[test]
fn mu_law_both_ways() {
    said_is_heard(AudioCodec::Pcmu, 0.98);
}

#[test]
fn a_law_both_ways() {
    said_is_heard(AudioCodec::Pcma, 0.98);
}

#[test]
fn g722_both_ways() {
    said_is_heard(AudioCodec::G722, 0.95);
}

#[test]
fn opus_both_ways() {
    said_is_heard(AudioCodec::Opus, 0.75);
}

#[test]
fn keys_arrive_once_each_and_in_order_both_ways() {
    let (mut a, mut b) = call(AudioCodec::Pcmu);
    let keys = "0*9#";
    for end in [&a, &b] {
        for key in keys.chars() {
            end.session
                .speaker()
                .dtmf(Digit::from_char(key).unwrap())
                .unwrap();
        }
    }
    for end in [&mut a, &mut b] {
        for key in keys.chars() {
            let event = end.wait("key", |e| matches!(e, Event::Dtmf { .. }));
            assert!(
                matches!(event, Event::Dtmf { digit, .. } if digit.to_char() == key),
                "{event:?} for {key}"
            );
        }
    }
}

#[test]
fn speech_pauses_for_a_key_and_loses_nothing() {
    let (mut a, mut b) = call(AudioCodec::Pcma);
    let said = speech(1500, 2);
    a.session.speaker().play(said.clone(), 1).unwrap();
    b.listen(|frames| frames.iter().filter(|f| is_loud(f)).count() > 10);
    a.session.speaker().dtmf(Digit::from_char('5').unwrap()).unwrap();
    b.wait("key", |e| matches!(e, Event::Dtmf { .. }));
    let rest = samples(&b.listen_to_end(15));
    let last = &said[said.len() - 4000..];
    assert!(
        likeness(last, &rest).0 > 0.95,
        "the end of the sentence was not heard"
    );
    a.wait("Played", |e| matches!(e, Event::Played { mark: 1, .. }));
}

#[test]
fn what_is_said_in_pieces_is_one_utterance() {
    let (mut a, mut b) = call(AudioCodec::Pcmu);
    let said = speech(1000, 3);
    let speaker = a.session.speaker();
    // Pieces that are no whole frames.
    said.chunks(777).for_each(|piece| speaker.push(7, piece).unwrap());
    speaker.end(7).unwrap();
    let (like, _) = likeness(&said, &samples(&b.listen_to_end(10)));
    assert!(like > 0.98, "{like:.3}");
    let Event::FirstPacket { at: first, .. } =
        a.wait("FirstPacket", |e| matches!(e, Event::FirstPacket { mark: 7, .. }))
    else {
        unreachable!()
    };
    let Event::Played { at: last, .. } = a.wait("Played", |e| matches!(e, Event::Played { mark: 7, .. }))
    else {
        unreachable!()
    };
    // Fifty frames: forty-nine steps, give or take what the machine was late.
    let took = last - first;
    assert!(
        took > Duration::from_millis(800) && took < Duration::from_secs(5),
        "{took:?}"
    );
}

#[test]
fn frames_are_numbered_and_know_when_their_packets_came() {
    let (a, mut b) = call(AudioCodec::Pcmu);
    let before = Instant::now();
    a.session.speaker().play(speech(1000, 5), 1).unwrap();
    let frames = b.listen_to_end(5);
    assert!(frames.windows(2).all(|w| w[1].number > w[0].number));
    for frame in frames.iter().filter(|f| f.kind == FrameKind::Audio && is_loud(f)) {
        let arrived = frame.arrived.expect("a frame that was received has an instant");
        assert!(
            arrived >= before && arrived <= frame.at + Duration::from_millis(20),
            "{frame:?}"
        );
    }
}

#[test]
fn a_full_range_is_told_and_a_closed_session_gives_its_ports_back() {
    let ports = PortRange::new(34_000, 34_003).unwrap();
    let engine = MediaEngine::start(MediaConfig {
        threads: 1,
        ports,
        ..MediaConfig::default()
    })
    .unwrap();
    let mut first = engine.open(SessionConfig::on(HERE)).unwrap();
    let second = engine.open(SessionConfig::on(HERE)).unwrap();
    assert_eq!(first.local_addr().port() % 2, 0);
    let full = engine.open(SessionConfig::on(HERE)).unwrap_err();
    assert!(
        matches!(
            full,
            MediaError::PortsExhausted {
                first: 34_000,
                last: 34_003
            }
        ),
        "{full}"
    );
    assert!(full.to_string().contains("34000-34003"), "{full}");
    let mut events = first.take_events().unwrap();
    let port = first.local_addr();
    drop(first);
    while events.recv().is_some() {}
    assert_eq!(engine.open(SessionConfig::on(HERE)).unwrap().local_addr(), port);
    assert_eq!(engine.sessions(), 1);
    drop(second);
}

#[test]
fn the_engines_end_ends_its_sessions() {
    let ports = PortRange::new(34_100, 34_199).unwrap();
    let engine = MediaEngine::start(MediaConfig {
        threads: 1,
        ports,
        ..MediaConfig::default()
    })
    .unwrap();
    let mut session = engine.open(SessionConfig::on(HERE)).unwrap();
    let mut audio = session.take_audio().unwrap();
    assert!(session.take_audio().is_none());
    drop(engine);
    assert_eq!(audio.try_recv().item().map(|f| f.number), None);
    assert!(matches!(audio.try_recv(), Received::Closed));
    let refused = session.configure(agreement(AudioCodec::Pcmu, "127.0.0.1:9".parse().unwrap()));
    assert!(matches!(refused, Err(MediaError::Stopped)));
    assert!(matches!(session.record("never.wav"), Err(MediaError::Stopped)));
}

#[test]
fn a_session_that_is_gone_takes_no_speech() {
    let (a, _b) = call(AudioCodec::Pcmu);
    let speaker = a.session.speaker();
    drop(a);
    assert_eq!(speaker.play(vec![0; 160], 1), Err(SpeakError::Closed));
    assert_eq!(speaker.dtmf(Digit::ALL[0]), Err(SpeakError::Closed));
}
