//! A call by a wire, tick by tick without a pacer.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::*;
use crate::ring::Received;
use crate::session::Parts;
use crate::wire::{Law, Wire, WireOut};
use crate::{SessionConfig, Speaker};

/// A call whose far end holds `lead` beforehand, with its voice and that far end.
fn wired(lead: Duration) -> (Call, Speaker, Wire) {
    let config = SessionConfig {
        lead,
        ..SessionConfig::on(Ipv4Addr::UNSPECIFIED.into())
    };
    let (parts, wire) = Parts::wired(1, &config, Law::Mu, Retire::new()).unwrap();
    let negotiation = Law::Mu.negotiation();
    let guards = Guards::new(&negotiation).unwrap();
    let front = parts.front;
    let stream = Stream::new(
        negotiation.clone(),
        guards,
        &front.names,
        front.times,
        Instant::now(),
    );
    let speaker = Speaker::new(front.desk);
    let mut call = Call::new(parts.call);
    call.change(Change {
        negotiation,
        first: Some(Box::new(stream)),
        guards: Guards::default(),
    });
    (call, speaker, wire)
}

/// What the far end gets in each of so many ticks: frames, and whether it was told to throw away what it has.
fn ticks(call: &mut Call, wire: &mut Wire, from: u32, count: u32) -> Vec<(usize, bool)> {
    let (begun, mut kit) = (Instant::now(), Kit::new());
    (from..from + count)
        .map(|n| {
            call.speak(begun + TICK * n, &mut kit);
            let all: Vec<WireOut> = std::iter::from_fn(|| match wire.try_next() {
                Received::Item(out) => Some(out),
                _ => None,
            })
            .collect();
            let sound = |o: &&WireOut| matches!(o, WireOut::Sound(_));
            (all.iter().filter(sound).count(), all.contains(&WireOut::Clear))
        })
        .collect()
}

#[test]
fn the_first_frames_come_at_once_and_the_others_one_a_tick() {
    let (mut call, speaker, mut wire) = wired(Duration::from_millis(60));
    speaker.play(vec![3000; 10 * 160], 1).unwrap();
    let frames: Vec<usize> = ticks(&mut call, &mut wire, 0, 9)
        .into_iter()
        .map(|t| t.0)
        .collect();
    assert_eq!(frames, [4, 1, 1, 1, 1, 1, 1, 0, 0]);
    // The far end plays for three ticks more, and is empty a tenth of a second after the last frame.
    ticks(&mut call, &mut wire, 9, 4);
    speaker.play(vec![3000; 160 * 5], 2).unwrap();
    assert_eq!(ticks(&mut call, &mut wire, 13, 1), [(4, false)]);
}

#[test]
fn after_an_interruption_the_far_end_has_nothing_and_gets_the_first_frames_again() {
    let (mut call, speaker, mut wire) = wired(Duration::from_millis(40));
    speaker.play(vec![3000; 160 * 50], 1).unwrap();
    assert_eq!(ticks(&mut call, &mut wire, 0, 2), [(3, false), (1, false)]);
    speaker.flush();
    assert_eq!(ticks(&mut call, &mut wire, 2, 1), [(0, true)]);
    assert_eq!(call.said, SILENCE, "nothing of what was thrown away is played");
    speaker.play(vec![3000; 160 * 5], 2).unwrap();
    assert_eq!(ticks(&mut call, &mut wire, 3, 1), [(3, false)]);
}

#[test]
fn without_a_lead_there_is_one_frame_a_tick() {
    let (mut call, speaker, mut wire) = wired(Duration::ZERO);
    speaker.play(vec![3000; 160 * 3], 1).unwrap();
    let frames: Vec<usize> = ticks(&mut call, &mut wire, 0, 4)
        .into_iter()
        .map(|t| t.0)
        .collect();
    assert_eq!(frames, [1, 1, 1, 0]);
}
