//! A session on a wire: the same ears and voice, without a socket.

mod support;

use std::time::{Duration, Instant};

use biseo_media::codec::{AudioCodec, Decoder, Encoder, PcmBuf};
use biseo_media::receiver::FrameKind;
use biseo_media_io::{
    AudioIn, Event, Events, Law, MediaSession, Octets, Received, SessionConfig, Wire, WireOut,
};
use support::*;

struct Wired {
    session: MediaSession,
    audio: AudioIn,
    events: Events,
    wire: Wire,
}

impl Wired {
    fn open(law: Law) -> Self {
        let config = SessionConfig {
            audio_ring: Duration::from_secs(30),
            ..SessionConfig::on(HERE)
        };
        let (mut session, wire) = engine().open_wired(config, law).unwrap();
        Self {
            audio: session.take_audio().unwrap(),
            events: session.take_events().unwrap(),
            session,
            wire,
        }
    }

    /// What the session gives, up to the first that `enough` takes.
    fn taken(&mut self, enough: impl Fn(&WireOut) -> bool) -> Vec<WireOut> {
        let deadline = Instant::now() + PATIENCE;
        let mut all = Vec::new();
        while Instant::now() < deadline {
            match self.wire.try_next() {
                Received::Item(out) => {
                    all.push(out);
                    if enough(&out) {
                        return all;
                    }
                }
                _ => std::thread::sleep(Duration::from_millis(1)),
            }
        }
        panic!("waited in vain after {} things", all.len());
    }
}

fn decoded(codec: AudioCodec, all: &[WireOut]) -> Vec<i16> {
    let (mut decoder, mut pcm) = (Decoder::new(codec), PcmBuf::new());
    let mut samples = Vec::new();
    for out in all {
        if let WireOut::Sound(octets) = out {
            decoder.decode(octets, &mut pcm).unwrap();
            samples.extend_from_slice(pcm.samples());
        }
    }
    samples
}

fn encoded(sound: &[i16]) -> Vec<Octets> {
    let mut encoder = Encoder::new(AudioCodec::Pcmu);
    let (frames, _) = sound.as_chunks::<160>();
    let encode = |frame: &[i16; 160]| {
        let mut octets = [0; 160];
        encoder.encode(frame, &mut octets).unwrap();
        octets
    };
    frames.iter().map(encode).collect()
}

#[test]
fn what_is_said_comes_out_and_is_played_when_the_far_end_says_so() {
    for (law, codec) in [(Law::Mu, AudioCodec::Pcmu), (Law::A, AudioCodec::Pcma)] {
        let mut end = Wired::open(law);
        let said = speech(1200, 1);
        end.session.speaker().play(said.clone(), 1).unwrap();
        let all = end.taken(|out| *out == WireOut::Mark(1));
        let (like, _) = likeness(&said, &decoded(codec, &all));
        assert!(like > 0.98, "{like:.3}");
        assert!(
            all.len() <= said.len() / 160 + 2,
            "no silence around it: {}",
            all.len()
        );
        let early = std::iter::from_fn(|| end.events.try_recv().item());
        assert!(!early.into_iter().any(|e| matches!(e, Event::Played { .. })));
        end.wire.played(1);
        wait_for(&mut end.events, "Played", |e| {
            matches!(e, Event::Played { mark: 1, .. })
        });
    }
}

#[test]
fn what_is_heard_back_is_beside_what_the_far_end_plays() {
    // The echo guard and the recording see each frame in the tick in which it is played, not in which it was sent.
    let config = SessionConfig {
        lead: Duration::from_millis(40),
        audio_ring: Duration::from_secs(30),
        ..SessionConfig::on(HERE)
    };
    let (mut session, wire) = engine().open_wired(config, Law::Mu).unwrap();
    let mut end = Wired {
        audio: session.take_audio().unwrap(),
        events: session.take_events().unwrap(),
        session,
        wire,
    };
    end.session.speaker().play(vec![3000; 1600], 1).unwrap();
    end.taken(|out| *out == WireOut::Mark(1));
    let loud = |frame: &biseo_media_io::AudioFrame| frame.sent[80] > 2000;
    let deadline = Instant::now() + PATIENCE;
    let mut numbers = Vec::new();
    while numbers.len() < 10 && Instant::now() < deadline {
        if let Received::Item(frame) = end.audio.recv_timeout(Duration::from_millis(100))
            && loud(&frame)
        {
            numbers.push(frame.number);
        }
    }
    assert_eq!(numbers.len(), 10, "200 ms");
    assert_eq!(
        numbers[9] - numbers[0],
        9,
        "one a tick, also those that were sent together"
    );
}

#[test]
fn an_interruption_clears() {
    let mut end = Wired::open(Law::Mu);
    end.session.speaker().play(speech(3000, 1), 1).unwrap();
    end.taken(|out| matches!(out, WireOut::Sound(_)));
    end.session.speaker().flush();
    let all = end.taken(|out| *out == WireOut::Clear);
    assert!(!all.contains(&WireOut::Mark(1)));
    wait_for(&mut end.events, "Flushed", |e| {
        matches!(e, Event::Flushed { mark: 1, .. })
    });
    // What never began needs no clearing.
    end.session.speaker().cut(2);
    end.session.speaker().play(speech(100, 2), 3).unwrap();
    let all = end.taken(|out| *out == WireOut::Mark(3));
    assert!(!all.contains(&WireOut::Clear));
    // Nor does any of what was cut off come after the clear.
    let frames = all.iter().filter(|o| matches!(o, WireOut::Sound(_))).count();
    assert_eq!(frames, 5, "100 ms");
}

#[test]
fn the_caller_is_heard_in_order_and_what_is_missing_is_concealed() {
    let mut end = Wired::open(Law::Mu);
    let said = speech(1500, 3);
    let frames = encoded(&said);
    let mut heard = Vec::new();
    let (mut lost, mut next) = (0, Instant::now());
    for pair in 0..frames.len() / 2 {
        // Each two in the wrong order, and one of them missing.
        for n in [2 * pair + 1, 2 * pair] {
            if n == 20 {
                lost += 1;
            } else {
                end.wire.give(n as u64, &frames[n], Instant::now());
            }
        }
        next += Duration::from_millis(40);
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    let deadline = Instant::now() + PATIENCE;
    while heard.iter().filter(|(kind, _)| *kind == FrameKind::Audio).count() < frames.len() - 10 {
        assert!(Instant::now() < deadline, "{}", heard.len());
        if let Received::Item(frame) = end.audio.recv_timeout(Duration::from_millis(50)) {
            heard.push((frame.kind, frame.samples));
        }
    }
    // Some silence behind it, so that what was said fits into what was heard wherever it begins.
    while heard.len() < frames.len() + 50 {
        assert!(Instant::now() < deadline, "{}", heard.len());
        if let Received::Item(frame) = end.audio.recv_timeout(Duration::from_millis(50)) {
            heard.push((frame.kind, frame.samples));
        }
    }
    let samples: Vec<i16> = heard.iter().flat_map(|(_, samples)| *samples).collect();
    let (like, _) = likeness(&said, &samples);
    assert!(like > 0.8 && lost == 1, "{like:.3}");
}

#[test]
fn who_does_not_take_what_is_said_learns_that_it_is_lost() {
    let mut end = Wired::open(Law::Mu);
    end.session.speaker().play(speech(3000, 1), 1).unwrap();
    end.taken(|out| matches!(out, WireOut::Sound(_)));
    assert_eq!(end.wire.lost(), 0);
    let deadline = Instant::now() + PATIENCE;
    while end.wire.lost() == 0 {
        assert!(Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_wire_ends_with_the_session_and_the_events_with_both() {
    let mut end = Wired::open(Law::Mu);
    assert_eq!(end.session.local_addr().port(), 0);
    drop(end.session);
    let deadline = Instant::now() + PATIENCE;
    while end.wire.try_next() != Received::Closed {
        assert!(Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(end.wire);
    assert!(std::iter::from_fn(|| end.events.recv()).count() < 10);
}
