//! The promises of speaking, by tables and against all orders of commands.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::speaker::{SpeakError, Speaker};

struct Bench {
    speaker: Speaker,
    playout: Playout,
    events: Vec<Event>,
    heard: Vec<i16>,
}

impl Bench {
    fn new() -> Self {
        let desk = Arc::new(Desk::new(100_000));
        let playout = Playout::new(Arc::clone(&desk), Retire::new());
        Self {
            speaker: Speaker::new(desk),
            playout,
            events: Vec::new(),
            heard: Vec::new(),
        }
    }

    fn tick(&mut self) -> Filled {
        let (mut frame, now) = ([0; FRAME_SAMPLES], Instant::now());
        let events = &mut self.events;
        let filled = self.playout.fill(&mut frame, now, &mut |e| events.push(e));
        self.playout.sent(now, &mut |e| events.push(e));
        self.heard.extend(frame);
        filled
    }

    fn hold(&mut self) {
        let events = &mut self.events;
        self.playout.hold(Instant::now(), &mut |e| events.push(e));
    }

    /// The events since the last look, in short.
    fn told(&mut self) -> Vec<(char, u64)> {
        self.events.drain(..).map(|event| short(&event)).collect()
    }
}

fn short(event: &Event) -> (char, u64) {
    match event {
        Event::FirstPacket { mark, .. } => ('f', *mark),
        Event::Played { mark, .. } => ('p', *mark),
        Event::Flushed { mark, .. } => ('x', *mark),
        other => panic!("not of playout: {other:?}"),
    }
}

#[test]
fn utterances_follow_without_a_gap() {
    let mut bench = Bench::new();
    bench.speaker.play(vec![1; 200], 1).unwrap();
    bench.speaker.play(vec![2; 200], 2).unwrap();
    assert_eq!(bench.tick(), Filled::Speech);
    assert_eq!(bench.told(), [('f', 1)]);
    assert_eq!(bench.tick(), Filled::Speech);
    assert_eq!(bench.told(), [('p', 1), ('f', 2)]);
    assert_eq!(bench.tick(), Filled::Speech);
    assert_eq!(bench.told(), [('p', 2)]);
    assert_eq!(bench.tick(), Filled::Idle);
    let expected: Vec<i16> = [vec![1; 200], vec![2; 200], vec![0; 240]].concat();
    assert_eq!(bench.heard, expected);
}

#[test]
fn a_flush_leaves_five_fading_milliseconds_and_then_silence() {
    let mut bench = Bench::new();
    bench.speaker.play(vec![4000; 8000], 1).unwrap();
    bench.speaker.play(vec![4000; 8000], 2).unwrap();
    (0..3).for_each(|_| _ = bench.tick());
    bench.speaker.flush();
    bench.tick();
    let frame = &bench.heard[480..];
    assert!(frame[..FADE].windows(2).all(|w| w[1] < w[0]), "it fades");
    assert!(frame[FADE..].iter().all(|s| *s == 0), "and is silent");
    assert!(
        matches!(
            bench.events[1],
            Event::Flushed {
                mark: 1,
                samples_played: 480,
                ..
            }
        ),
        "{:?}",
        bench.events
    );
    assert_eq!(bench.told(), [('f', 1), ('x', 1), ('x', 2)]);
    assert_eq!(bench.tick(), Filled::Idle);
    assert_eq!(bench.speaker.waiting(), 0);
}

#[test]
fn a_lowered_voice_goes_on_and_comes_back_where_it_would_be() {
    let mut bench = Bench::new();
    bench.speaker.play(vec![8000; 1600], 1).unwrap();
    bench.tick();
    bench.speaker.duck(true);
    (0..3).for_each(|_| _ = bench.tick());
    bench.speaker.duck(false);
    (0..6).for_each(|_| _ = bench.tick());
    let steps = bench.heard.windows(2).map(|w| (w[1] - w[0]).abs());
    assert!(steps.max() < Some(200), "no click");
    assert!(bench.heard[..160].iter().all(|s| *s == 8000));
    let low = bench.heard[240..640].iter().all(|s| (2005..2015).contains(s));
    assert!(low, "{:?}", &bench.heard[240..260]);
    assert!(bench.heard[720..1600].iter().all(|s| *s == 8000));
    assert_eq!(bench.told(), [('f', 1), ('p', 1)]);
}

#[test]
fn a_lowered_voice_that_is_cut_off_fades_from_where_it_was() {
    let mut bench = Bench::new();
    bench.speaker.play(vec![8000; 8000], 1).unwrap();
    bench.speaker.duck(true);
    (0..2).for_each(|_| _ = bench.tick());
    assert_eq!(bench.speaker.spoken(1), Some(320));
    bench.speaker.cut(1);
    bench.speaker.duck(false);
    bench.tick();
    let end = &bench.heard[320..];
    assert!(
        end.windows(2).all(|w| w[1] <= w[0]) && end[0] <= 2010,
        "{:?}",
        &end[..8]
    );
    // What follows is loud from its first sample on.
    assert_eq!(bench.tick(), Filled::Idle);
    bench.speaker.play(vec![8000; 160], 2).unwrap();
    bench.tick();
    assert_eq!(bench.heard[640..], [8000; 160]);
    assert_eq!(
        (bench.speaker.spoken(1), bench.speaker.spoken(2)),
        (None, Some(160))
    );
}

#[test]
fn a_hushed_voice_keeps_its_place() {
    let mut bench = Bench::new();
    let ramp: Vec<i16> = (0..1600).map(|n| 8000 + n).collect();
    bench.speaker.play(ramp.clone(), 1).unwrap();
    bench.tick();
    bench.speaker.hush(true);
    (0..5).for_each(|_| assert_eq!(bench.tick(), Filled::Speech));
    assert_eq!(bench.speaker.spoken(1), Some(160));
    bench.speaker.hush(false);
    (0..9).for_each(|_| _ = bench.tick());
    let steps = bench.heard.windows(2).take(1700).map(|w| (w[1] - w[0]).abs());
    assert!(steps.max() < Some(260), "no click");
    assert!(bench.heard[160..200].windows(2).all(|w| w[1] < w[0]), "it fades");
    assert!(bench.heard[200..960].iter().all(|s| *s == 0), "and is silent");
    assert_eq!(bench.heard[1000..2400], ramp[200..], "nothing is left out");
    assert_eq!(bench.told(), [('f', 1), ('p', 1)]);
}

#[test]
fn a_hushed_voice_that_is_cut_off_is_not_heard_again() {
    let mut bench = Bench::new();
    bench.speaker.play(vec![8000; 8000], 1).unwrap();
    bench.tick();
    bench.speaker.hush(true);
    (0..2).for_each(|_| _ = bench.tick());
    bench.speaker.cut(1);
    bench.speaker.hush(false);
    bench.tick();
    assert!(bench.heard[200..].iter().all(|s| *s == 0));
    bench.speaker.play(vec![8000; 160], 2).unwrap();
    bench.tick();
    assert_eq!(bench.heard[640..], [8000; 160], "loud from the first sample on");
    assert_eq!(bench.told(), [('f', 1), ('x', 1), ('f', 2), ('p', 2)]);
}

#[test]
fn an_utterance_is_cut_off_before_its_first_piece_and_the_next_is_not() {
    let mut bench = Bench::new();
    bench.speaker.cut(3);
    assert_eq!(bench.speaker.push(3, &[1; 160]), Err(SpeakError::Over));
    assert_eq!(bench.speaker.push(2, &[1; 160]), Err(SpeakError::Over));
    bench.speaker.play([5; 160], 4).unwrap();
    bench.tick();
    assert_eq!(bench.heard, [5; 160]);
}

#[test]
fn pieces_of_an_interrupted_utterance_are_refused_and_the_next_utterance_is_not() {
    let mut bench = Bench::new();
    bench.speaker.push(1, &[9; 400]).unwrap();
    bench.tick();
    bench.speaker.flush();
    assert_eq!(bench.speaker.push(1, &[9; 400]), Err(SpeakError::Over));
    assert_eq!(bench.speaker.end(1), Err(SpeakError::Over));
    bench.speaker.play([5; 160], 2).unwrap();
    bench.tick();
    bench.tick();
    assert_eq!(bench.told(), [('f', 1), ('x', 1), ('f', 2), ('p', 2)]);
    assert_eq!(bench.heard[320..480], [5; 160]);
}

#[test]
fn a_late_piece_is_a_pause_and_counted_as_one() {
    let mut bench = Bench::new();
    bench.speaker.push(1, &[9; 160]).unwrap();
    assert_eq!(bench.tick(), Filled::Speech);
    assert_eq!(bench.tick(), Filled::Starved);
    bench.speaker.push(1, &[9; 160]).unwrap();
    bench.speaker.end(1).unwrap();
    assert_eq!(bench.tick(), Filled::Speech);
    bench.tick();
    assert_eq!(bench.told(), [('f', 1), ('p', 1)]);
}

#[test]
fn on_hold_speech_waits_but_can_be_flushed() {
    let mut bench = Bench::new();
    bench.speaker.play(vec![3; 480], 1).unwrap();
    bench.speaker.play(vec![3; 480], 2).unwrap();
    bench.tick();
    (0..5).for_each(|_| bench.hold());
    assert_eq!(bench.told(), [('f', 1)]);
    bench.speaker.flush();
    bench.hold();
    assert_eq!(bench.told(), [('x', 1), ('x', 2)]);
}

#[test]
fn too_much_sound_is_refused_and_what_was_taken_is_counted_down() {
    let mut bench = Bench::new();
    bench.speaker.play(vec![1; 60_000], 1).unwrap();
    assert_eq!(bench.speaker.play(vec![1; 60_000], 2), Err(SpeakError::Full));
    assert_eq!(bench.speaker.waiting(), 60_000);
    bench.tick();
    assert_eq!(bench.speaker.waiting(), 0);
}

#[derive(Clone, Debug)]
enum Act {
    Play(u16),
    Push(u16),
    End,
    Flush,
    Tick,
    Hold,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => (0_u16..700).prop_map(Act::Play),
        3 => (0_u16..700).prop_map(Act::Push),
        2 => Just(Act::End),
        1 => Just(Act::Flush),
        6 => Just(Act::Tick),
        1 => Just(Act::Hold),
    ]
}

/// Plays a script; returns the bench and how many samples each mark was given.
fn play(acts: &[Act]) -> (Bench, BTreeMap<u64, u64>) {
    let (mut bench, mut given, mut mark, mut open) = (Bench::new(), BTreeMap::new(), 0, false);
    let mut give = |mark: u64, len: u16, taken: Result<(), SpeakError>| {
        if taken.is_ok() {
            *given.entry(mark).or_insert(0) += u64::from(len);
        }
    };
    for act in acts {
        match act {
            Act::Play(len) => {
                mark += 1;
                open = false;
                give(mark, *len, bench.speaker.play(vec![1; usize::from(*len)], mark));
            }
            Act::Push(len) => {
                mark += u64::from(!open);
                open = true;
                give(mark, *len, bench.speaker.push(mark, &vec![1; usize::from(*len)]));
            }
            Act::End if open => {
                open = false;
                give(mark, 0, bench.speaker.end(mark));
            }
            Act::End => {}
            Act::Flush => bench.speaker.flush(),
            Act::Tick => _ = bench.tick(),
            Act::Hold => bench.hold(),
        }
    }
    if open {
        give(mark, 0, bench.speaker.end(mark));
    }
    (0..2000).for_each(|_| _ = bench.tick());
    (bench, given)
}

proptest! {
    /// Every mark that was taken ends exactly once; what was played whole was sent whole, what was cut off was sent
    /// as far as it is told, and all of it is in the frames.
    #[test]
    fn each_mark_ends_exactly_once(acts in prop::collection::vec(act(), 0..80)) {
        let (bench, given) = play(&acts);
        let mut sent = 0;
        let mut ended = Vec::new();
        let mut fading = 0;
        for event in &bench.events {
            match event {
                Event::Played { mark, .. } => {
                    ended.push(*mark);
                    sent += given[mark];
                }
                Event::Flushed { mark, samples_played, .. } => {
                    prop_assert!(samples_played <= &given[mark]);
                    ended.push(*mark);
                    sent += samples_played;
                    fading += FADE as u64;
                }
                _ => {}
            }
        }
        prop_assert!(ended.windows(2).all(|w| w[0] < w[1]), "in order, each once: {ended:?}");
        prop_assert!(ended.iter().eq(given.keys()), "{ended:?} of {given:?}");
        let heard = bench.heard.iter().filter(|s| **s != 0).count() as u64;
        prop_assert!(heard >= sent && heard <= sent + fading, "{heard} heard, {sent} sent");
    }
}
