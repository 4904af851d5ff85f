//! A sender, a line and a receiver together: what is said on one side is heard on the other.

mod common;

use biseo_media::{
    FRAME_SAMPLES, FRAME_US, Frame, Micros,
    codec::AudioCodec,
    dtmf::{Digit, DtmfSource},
    receiver::{FrameKind, PayloadMap, Receiver},
    sender::{MAX_SENT, Sender, SenderConfig},
};
use common::*;
use proptest::prelude::*;

fn sender(codec: AudioCodec) -> Sender {
    Sender::new(SenderConfig {
        codec,
        payload_type: codec.static_payload_type().unwrap_or(96),
        event_payload_type: Some(101),
        ssrc: 0x1234_5678,
        sequence: 65_530,
        timestamp: u32::MAX - 1000,
    })
}

fn receiver(codec: AudioCodec) -> Receiver {
    let payload_type = codec.static_payload_type().unwrap_or(96);
    Receiver::new(PayloadMap::new().with_audio(payload_type, codec).with_events(101))
}

/// Sends `sound` over a line: `line(packet number)` tells each packet's delay in µs, or that it is lost.
fn carry(
    codec: AudioCodec,
    sound: &[i16],
    mut line: impl FnMut(usize) -> Option<Micros>,
) -> (Vec<i16>, Vec<FrameKind>, Receiver) {
    let (mut sender, mut receiver) = (sender(codec), receiver(codec));
    let mut flight: Vec<(Micros, Vec<u8>)> = Vec::new();
    let mut packet = [0; MAX_SENT];
    for (i, frame) in frames(sound).iter().enumerate() {
        let len = sender.send(frame, &mut packet).unwrap();
        if let Some(delay) = line(i) {
            flight.push((i as Micros * FRAME_US + delay, packet[..len].to_vec()));
        }
    }
    flight.sort_by_key(|(arrival, _)| *arrival);
    let mut flight = flight.into_iter().peekable();
    let (mut heard, mut kinds) = (Vec::new(), Vec::new());
    let mut out: Frame = [0; FRAME_SAMPLES];
    for tick in 0..sound.len() / FRAME_SAMPLES + 20 {
        let now = tick as Micros * FRAME_US + 7_000;
        while let Some((arrival, packet)) = flight.next_if(|(arrival, _)| *arrival <= now) {
            assert_eq!(receiver.push(arrival, &packet), None);
        }
        kinds.push(receiver.pull(now, &mut out));
        heard.extend_from_slice(&out);
    }
    (heard, kinds, receiver)
}

#[test]
fn a_clean_line_changes_nothing() {
    let sound = speech(5.0, 1);
    for codec in AudioCodec::ALL {
        let (heard, kinds, receiver) = carry(codec, &sound, |_| Some(15_000));
        // In the first second the delay settles from 40 ms to 20 (a pause is shortened).
        let (delay, likeness) = align(&sound[16_000..], &heard[16_000..], 1600);
        eprintln!(
            "{codec:?}: {} ms mouth to ear, correlation {likeness:.4}",
            delay / 8
        );
        assert!(likeness > 0.97, "{codec:?}: {likeness}");
        assert!(delay / 8 <= 90, "{codec:?}: {} ms", delay / 8);
        assert_eq!(
            receiver.stats().concealed_samples / 160,
            5,
            "{codec:?}: only the end is made up"
        );
        assert_eq!(receiver.jitter_stats().lost, 0);
        assert!(kinds[5..250].iter().all(|&kind| kind == FrameKind::Audio));
    }
}

#[test]
fn digits_are_told_once_each() {
    let (mut sender, mut receiver) = (sender(AudioCodec::Pcma), receiver(AudioCodec::Pcma));
    let keys: Vec<Digit> = "0123456789*#ABCD5511"
        .chars()
        .map(|key| Digit::from_char(key).unwrap())
        .collect();
    for &key in &keys {
        sender.dial(key, 100).unwrap();
    }
    let (mut told, mut chance) = (Vec::new(), Chance(9));
    let mut packet = [0; MAX_SENT];
    for tick in 0..600u64 {
        let len = sender.send(&[0; FRAME_SAMPLES], &mut packet).unwrap();
        // A third of the packets is lost, a tenth comes twice.
        for _ in 0..[0, 1, 1, 1, 1, 1, 0, 1, 2, 0][chance.next() as usize % 10] {
            told.extend(receiver.push(tick * FRAME_US, &packet[..len]));
        }
    }
    assert!(!sender.is_dialling());
    assert!(told.iter().all(|event| event.source == DtmfSource::Event));
    assert_eq!(told.iter().map(|event| event.digit).collect::<Vec<_>>(), keys);
}

#[test]
fn a_bad_line_is_understood() {
    // Ten per cent lost, 60 ms of jitter: what the recogniser has to bear.
    let sound = speech(16.0, 2);
    for codec in AudioCodec::ALL {
        let mut chance = Chance(12);
        let (heard, _, receiver) = carry(codec, &sound, |_| {
            let delay = (60_000.0 * chance.unit()) as Micros;
            (chance.unit() >= 0.1).then_some(10_000 + delay)
        });
        let (likeness, late) = (settled_likeness(&sound, &heard), receiver.jitter_stats().late);
        eprintln!(
            "{codec:?}: correlation {likeness:.3}, {late} late, {:?}",
            receiver.stats()
        );
        // Opus sounds right but keeps no wave form.
        assert!(
            likeness > if codec == AudioCodec::Opus { 0.75 } else { 0.85 },
            "{codec:?}: {likeness}"
        );
        assert!(late <= 20, "{codec:?}: {late} late");
        let lost = receiver.jitter_stats().lost;
        assert!((50..=110).contains(&lost), "{codec:?}: {lost} lost");
    }
}

/// Mean correlation over half seconds, each at its own best delay: the delay may change in between.
fn settled_likeness(sound: &[i16], heard: &[i16]) -> f64 {
    let pieces: Vec<f64> = (4..sound.len() / 4000 - 1)
        .map(|i| (&sound[i * 4000..(i + 1) * 4000], &heard[i * 4000..]))
        .map(|(sound, heard)| align(sound, heard, 1200).1)
        .collect();
    pieces.iter().sum::<f64>() / pieces.len() as f64
}

#[test]
fn a_drifting_clock_is_followed_in_the_pauses() {
    for ppm in [-600i64, 600] {
        let (mut sender, mut receiver) = (sender(AudioCodec::Pcma), receiver(AudioCodec::Pcma));
        let sound = speech(120.0, 5);
        let (mut packet, mut out) = ([0; MAX_SENT], [0; FRAME_SAMPLES]);
        let mut sent = frames(&sound).into_iter().enumerate().peekable();
        let mut largest = 0;
        for tick in 0..6_000u64 {
            let now = tick * FRAME_US + 9_000;
            let due = |i: usize| (i as i64 * (20_000_000 + 20 * ppm) / 1000) as Micros + 10_000;
            while let Some((_, frame)) = sent.next_if(|(i, _)| due(*i) <= now) {
                let len = sender.send(&frame, &mut packet).unwrap();
                receiver.push(now, &packet[..len]);
            }
            receiver.pull(now, &mut out);
            if tick > 100 {
                largest = largest.max(receiver.delay_us(now));
            }
        }
        let stats = receiver.stats();
        eprintln!("{ppm} ppm: {stats:?}, largest delay {largest} us");
        // 600 ppm of 120 s are 72 ms: between two and five frames, and none of them at the cost of sound.
        assert!(largest <= 100_000, "{ppm} ppm: {largest} us");
        assert!(stats.concealed_samples <= 10 * 160, "{ppm} ppm");
        assert_eq!(receiver.jitter_stats().lost, 0, "{ppm} ppm");
        let moved = if ppm > 0 { stats.grown } else { stats.shrunk };
        assert!((2..=12).contains(&moved), "{ppm} ppm: {stats:?}");
    }
}

#[test]
fn the_first_syllable_is_whole() {
    // Loud from the first sample on: nothing of it may be missing.
    let sound = sine(500.0, 8000.0, 16_000);
    for codec in [AudioCodec::Pcmu, AudioCodec::G722] {
        let (heard, _, _) = carry(codec, &sound, |_| Some(10_000));
        let first = heard.iter().position(|s| s.unsigned_abs() > 200).unwrap();
        let (_, likeness) = align(&sound[..800], &heard[first.saturating_sub(50)..], 100);
        assert!(likeness > 0.99, "{codec:?}: {likeness}");
    }
}

#[test]
fn hold_and_resume() {
    let (mut sender, mut receiver) = (sender(AudioCodec::Pcmu), receiver(AudioCodec::Pcmu));
    let (mut packet, mut out) = ([0; MAX_SENT], [0; FRAME_SAMPLES]);
    let mut kinds = Vec::new();
    for tick in 0..3000u64 {
        let now = tick * FRAME_US;
        if (500..2500).contains(&tick) {
            sender.skip();
        } else {
            let len = sender.send(&[1000; FRAME_SAMPLES], &mut packet).unwrap();
            assert_eq!(
                packet[1] & 0x80 != 0,
                tick == 0 || tick == 2500,
                "marker at {tick}"
            );
            receiver.push(now, &packet[..len]);
        }
        kinds.push(receiver.pull(now, &mut out));
    }
    assert!(kinds[520..2500].iter().all(|&kind| kind == FrameKind::Silence));
    assert!(kinds[2510..].iter().all(|&kind| kind == FrameKind::Audio));
    assert_eq!(
        (receiver.jitter_stats().lost, receiver.jitter_stats().resyncs),
        (0, 0)
    );
}

#[test]
fn digits_in_mid_call_are_no_loss() {
    for codec in [AudioCodec::Pcma, AudioCodec::Opus] {
        let (mut sender, mut receiver) = (sender(codec), receiver(codec));
        let (mut packet, mut out) = ([0; MAX_SENT], [0; FRAME_SAMPLES]);
        let (mut told, mut kinds) = (0, Vec::new());
        for tick in 0..600u64 {
            if tick % 100 == 50 {
                sender
                    .dial(
                        Digit::ALL[tick as usize / 100],
                        if tick == 250 { 5000 } else { 100 },
                    )
                    .unwrap();
            }
            let len = sender.send(&[1000; FRAME_SAMPLES], &mut packet).unwrap();
            told += usize::from(receiver.push(tick * FRAME_US, &packet[..len]).is_some());
            kinds.push(receiver.pull(tick * FRAME_US, &mut out));
        }
        assert_eq!(told, 6, "{codec:?}");
        let stats = receiver.jitter_stats();
        assert_eq!(
            (stats.lost, stats.late, stats.odd, stats.resyncs),
            (0, 0, 0, 0),
            "{codec:?}"
        );
        assert_eq!(receiver.reception().lost(), 0);
        assert!(
            receiver.reception().jitter_us() < 2_000,
            "{}",
            receiver.reception().jitter_us()
        );
        assert_eq!(kinds.last(), Some(&FrameKind::Audio));
    }
}

#[test]
fn comfort_noise_fills_pauses() {
    let mut receiver = receiver(AudioCodec::Pcma);
    let mut out = [0; FRAME_SAMPLES];
    // RFC 3389: payload type 13, level 45 dB under overload.
    let cn = [0x80, 13, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 45];
    receiver.push(0, &cn);
    let mut sound = Vec::new();
    for tick in 0..100u64 {
        assert_eq!(receiver.pull(tick * FRAME_US, &mut out), FrameKind::Comfort);
        sound.extend_from_slice(&out);
    }
    let level = 20.0 * (rms(&sound) / 32768.0).log10();
    assert!((-47.0..-43.0).contains(&level), "{level} dB");
}

#[test]
fn a_pause_that_was_told_is_not_made_up() {
    let (mut sender, mut receiver) = (sender(AudioCodec::Pcma), receiver(AudioCodec::Pcma));
    let (mut packet, mut out) = ([0; MAX_SENT], [0; FRAME_SAMPLES]);
    let (mut kinds, mut sequence) = (Vec::new(), 65_530u16);
    for tick in 0..500u64 {
        // Talk for a second; then one comfort-noise packet and nothing for a second.
        let len = sender.send(&[900; FRAME_SAMPLES], &mut packet).unwrap();
        let at = tick % 100;
        if at == 50 {
            packet[1] = 13;
            packet[12] = 60;
        }
        if at <= 50 {
            packet[2..4].copy_from_slice(&sequence.to_be_bytes());
            sequence = sequence.wrapping_add(1);
            receiver.push(tick * FRAME_US, &packet[..if at == 50 { 13 } else { len }]);
        }
        kinds.push(receiver.pull(tick * FRAME_US, &mut out));
    }
    assert!(!kinds.contains(&FrameKind::Concealed));
    assert_eq!(
        kinds.iter().filter(|&&kind| kind == FrameKind::Audio).count(),
        250
    );
    assert!(kinds[460..].iter().all(|&kind| kind == FrameKind::Comfort));
    assert_eq!(
        (receiver.jitter_stats().lost, receiver.stats().concealed_samples),
        (0, 0)
    );
}

#[test]
fn only_what_was_agreed_on_is_played() {
    let mut sender = sender(AudioCodec::Pcmu);
    let mut receiver = receiver(AudioCodec::Pcma);
    let (mut packet, mut out) = ([0; MAX_SENT], [0; FRAME_SAMPLES]);
    for tick in 0..50u64 {
        let len = sender.send(&[5000; FRAME_SAMPLES], &mut packet).unwrap();
        receiver.push(tick * FRAME_US, &packet[..len]);
        assert_eq!(receiver.pull(tick * FRAME_US, &mut out), FrameKind::Silence);
    }
    assert_eq!(receiver.stats().unknown_payload, 50);
    assert_eq!(receiver.reception().ssrc(), None, "nor is it reported on");
}

#[test]
fn a_sender_may_change_among_the_agreed_codecs() {
    let map = PayloadMap::new()
        .with_audio(8, AudioCodec::Pcma)
        .with_audio(96, AudioCodec::Opus)
        .with_audio(9, AudioCodec::G722);
    let mut receiver = Receiver::new(map);
    let (mut packet, mut out) = ([0; MAX_SENT], [0; FRAME_SAMPLES]);
    let sound = sine(400.0, 8000.0, 160 * 600);
    let (mut sender, mut now) = (sender(AudioCodec::Pcma), 0);
    for (part, (codec, payload_type)) in [
        (AudioCodec::Pcma, 8),
        (AudioCodec::Opus, 96),
        (AudioCodec::G722, 9),
    ]
    .into_iter()
    .enumerate()
    {
        sender.configure(codec, payload_type, None);
        let mut heard = Vec::new();
        for frame in &frames(&sound)[part * 200..(part + 1) * 200] {
            let len = sender.send(frame, &mut packet).unwrap();
            receiver.push(now, &packet[..len]);
            receiver.pull(now, &mut out);
            heard.extend_from_slice(&out);
            now += FRAME_US;
        }
        assert_eq!(receiver.codec(), Some(codec));
        let (_, likeness) = align(&sound[..8000], &heard[8000..], 100);
        assert!(likeness > 0.97, "{codec:?}: {likeness}");
    }
    // One stray packet of another codec changes nothing.
    let stray = [0x80, 8, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 45];
    receiver.push(now, &stray);
    assert_eq!(receiver.codec(), Some(AudioCodec::G722));
}

#[test]
fn the_same_agreement_again_interrupts_nothing() {
    let (mut sender, mut receiver) = (sender(AudioCodec::Pcma), receiver(AudioCodec::Pcma));
    let (mut packet, mut out) = ([0; MAX_SENT], [0; FRAME_SAMPLES]);
    let map = PayloadMap::new().with_audio(8, AudioCodec::Pcma).with_events(101);
    for tick in 0..100u64 {
        let len = sender.send(&[5000; FRAME_SAMPLES], &mut packet).unwrap();
        receiver.push(tick * FRAME_US, &packet[..len]);
        receiver.configure(map);
        let kind = receiver.pull(tick * FRAME_US, &mut out);
        assert!(tick < 3 || kind == FrameKind::Audio, "{tick}: {kind:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: biseo_testkit::cases(100), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_datagrams_are_survived(
        datagrams in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..300), 0u8..5, 0u64..60_000), 1..150)
    ) {
        let map = PayloadMap::new()
            .with_audio(8, AudioCodec::Pcma)
            .with_audio(96, AudioCodec::Opus)
            .with_audio(9, AudioCodec::G722)
            .with_events(101);
        let mut receiver = Receiver::new(map);
        let (mut now, mut out) = (0, [0; FRAME_SAMPLES]);
        for (i, (mut datagram, kind, step)) in datagrams.into_iter().enumerate() {
            now += step;
            if datagram.len() > 16 && kind > 0 {
                // Near enough to a real stream to be let in.
                datagram[..12].copy_from_slice(&[0x80, [8, 96, 9, 101][kind as usize - 1], 0, i as u8, 0, 0, i as u8, 160, 0, 0, 0, 1]);
            }
            receiver.push(now, &datagram);
            receiver.pull(now, &mut out);
        }
    }
}
