//! Who answers an outgoing call: beeps of answering machines and tones of fax machines, among speech, noise and music.
//! Run with `--nocapture` for the tables.

mod common;
#[path = "common/telephone.rs"]
mod telephone;

use std::f32::consts::TAU;

use biseo_media::Frame;
use biseo_media::front::beep::{Beep, BeepDetector};
use biseo_media::front::fax::{FaxDetector, FaxTone};
use biseo_testkit::sound::{Place, mix, voice};
use fastrand::Rng;
use telephone::{at_level, coded, line, sentence};

/// A tone with edges of 2 ms; a peak of 3000 is −24 dBFS.
fn tone(hz: f32, seconds: f32, peak: f32) -> Vec<f32> {
    let len = (seconds * 8000.0) as usize;
    let edge = |n: usize| (n.min(len - n) as f32 / 16.0).min(1.0);
    (0..len)
        .map(|n| peak * edge(n) * (TAU * hz * n as f32 / 8000.0).sin())
        .collect()
}

fn pause(seconds: f32) -> Vec<f32> {
    vec![0.0; (seconds * 8000.0) as usize]
}

/// The beeps in a sound, and when each was told, in milliseconds.
fn beeps(heard: &[Frame]) -> Vec<(Beep, usize)> {
    let mut detector = BeepDetector::new();
    let told = heard
        .iter()
        .enumerate()
        .filter_map(|(n, f)| Some((detector.push(f)?, (n + 1) * 20)));
    told.collect()
}

fn fax(heard: &[Frame]) -> Vec<(FaxTone, usize)> {
    let mut detector = FaxDetector::new();
    let told = heard
        .iter()
        .enumerate()
        .filter_map(|(n, f)| Some((detector.push(f)?, (n + 1) * 20)));
    told.collect()
}

#[test]
fn beeps_after_a_greeting_are_heard() {
    println!("beeps of 16 heard, of the right frequency; told after their end, longest");
    for hz in [425.0, 1000.0, 1400.0] {
        for seconds in [0.15, 0.3, 0.6, 1.0] {
            let (mut found, mut longest) = (0, 0);
            for n in 0..16usize {
                let mut chance = Rng::with_seed(n as u64);
                // Not in step with the frames; −24 or −34 dBFS, after a pause or hard after a word.
                let before = [
                    at_level(&sentence(n), -22.0),
                    pause(if n % 4 == 0 { 0.0 } else { 0.3 * chance.f32() }),
                ]
                .concat();
                let peak = if n % 2 == 0 { 3000.0 } else { 950.0 };
                let end = (before.len() + (seconds * 8000.0) as usize) / 8;
                let heard = line(
                    &[&[before, tone(hz, seconds, peak), pause(0.5)].concat()],
                    n as u64,
                );
                let told = beeps(&heard);
                let right = told
                    .iter()
                    .filter(|(b, at)| (b.hz - hz).abs() < 12.0 && *at + 60 > end)
                    .collect::<Vec<_>>();
                assert!(
                    told.len() == right.len() && right.len() <= 1,
                    "{hz} Hz, {seconds} s, {n}: {told:?}, ends at {end}"
                );
                found += right.len();
                longest = right
                    .iter()
                    .map(|(_, at)| at.saturating_sub(end))
                    .fold(longest, usize::max);
            }
            println!("{hz} Hz, {seconds} s: {found}; {longest} ms");
            assert!(found >= 15, "{hz} Hz, {seconds} s: {found} of 16");
            assert!(longest <= 220, "{hz} Hz, {seconds} s: {longest} ms");
        }
    }
}

#[test]
fn other_tones_are_no_beeps() {
    let greeting = at_level(&sentence(3), -22.0);
    let two = |a: f32, b: f32, seconds| mix(&[&tone(a, seconds, 2000.0), &tone(b, seconds, 2000.0)]);
    let busy: Vec<f32> = (0..6)
        .flat_map(|_| [two(480.0, 620.0, 0.5), vec![0; 4000]])
        .flatten()
        .map(f32::from)
        .collect();
    let digits: Vec<f32> = [(697.0, 1209.0), (941.0, 1336.0), (770.0, 1477.0)]
        .into_iter()
        .flat_map(|(a, b)| [two(a, b, 0.2), vec![0; 800]])
        .flatten()
        .map(f32::from)
        .collect();
    for (name, sound) in [
        (
            "before any speech",
            [tone(1000.0, 0.5, 3000.0), pause(1.0)].concat(),
        ),
        ("engaged", [greeting.clone(), busy].concat()),
        ("digits", [greeting.clone(), digits].concat()),
        (
            "too short",
            [
                greeting.clone(),
                pause(0.2),
                tone(1000.0, 0.06, 3000.0),
                pause(0.5),
            ]
            .concat(),
        ),
        (
            "a fax machine",
            [greeting, pause(0.2), tone(2100.0, 2.0, 3000.0), pause(0.5)].concat(),
        ),
    ] {
        assert_eq!(beeps(&line(&[&sound], 1)), [], "{name}");
    }
}

#[test]
fn fax_machines_are_heard() {
    let calling = |hz: f32, on: f32, off: f32| {
        (0..3)
            .flat_map(|_| [tone(hz, on, 2500.0), pause(off)])
            .flatten()
            .collect::<Vec<_>>()
    };
    for (hz, on, off) in [(1100.0, 0.5, 3.0), (1065.0, 0.43, 2.6), (1135.0, 0.57, 3.4)] {
        for seed in 0..4 {
            let lead = pause(0.1 + 0.0037 * seed as f32);
            let told = fax(&line(&[&[lead, calling(hz, on, off)].concat()], seed));
            assert_eq!(
                told.first().map(|t| t.0),
                Some(FaxTone::Calling),
                "{hz} Hz, {on} s, {off} s"
            );
            let second = ((0.1 + 2.0 * on + off) * 1000.0) as usize;
            assert!(
                told[0].1 <= second + 100,
                "{hz} Hz: told at {} ms, the second ends at {second}",
                told[0].1
            );
        }
    }
    for hz in [2090.0, 2100.0, 2110.0] {
        // V.25: the phase is reversed every 450 ms.
        let reversed = (0..7)
            .flat_map(|n| tone(hz, 0.45, if n % 2 == 0 { 2500.0 } else { -2500.0 }))
            .collect::<Vec<_>>();
        for (name, sound) in [("steady", tone(hz, 3.0, 2500.0)), ("reversed", reversed)] {
            let told = fax(&line(&[&[pause(0.213), sound, pause(0.5)].concat()], 1));
            assert_eq!(
                told.iter().map(|t| t.0).collect::<Vec<_>>(),
                [FaxTone::Answering],
                "{hz} Hz, {name}"
            );
            assert!(told[0].1 < 900, "{hz} Hz, {name}: {} ms", told[0].1);
        }
    }
    // One tone alone may be a beep, and a beep at another distance is none.
    for sound in [
        tone(1100.0, 0.5, 2500.0),
        calling(1100.0, 0.5, 1.0),
        calling(1000.0, 0.5, 3.0),
        calling(1100.0, 1.2, 3.0),
    ] {
        assert_eq!(fax(&line(&[&[pause(0.1), sound, pause(4.0)].concat()], 1)), []);
    }
}

/// A tune: notes of a flute or a piano with harmonics, one or two at a time, some with vibrato.
fn music(seconds: f32, seed: u64) -> Vec<f32> {
    let (mut chance, mut out) = (Rng::with_seed(seed), Vec::new());
    while out.len() < (seconds * 8000.0) as usize {
        let len = (800.0 + 4800.0 * chance.f32()) as usize;
        let notes: Vec<f32> = (0..=chance.usize(..3))
            .map(|_| 220.0 * 2f32.powf(chance.usize(..30) as f32 / 12.0))
            .collect();
        let (vibrato, overtones, dies) = (chance.f32() * 0.01, 0.15 + 0.5 * chance.f32(), chance.bool());
        let gain = 1500.0 + 2500.0 * chance.f32();
        for n in 0..len {
            let t = n as f32 / 8000.0;
            let one = |hz: f32| {
                let phase = TAU * hz * t + vibrato * hz / 5.5 * (TAU * 5.5 * t).sin();
                phase.sin() + overtones * (2.0 * phase).sin() + overtones * overtones * (3.0 * phase).sin()
            };
            let edge = (n.min(len - n) as f32 / 80.0).min(1.0) * if dies { (-3.0 * t).exp() } else { 1.0 };
            out.push(gain * edge * notes.iter().map(|hz| one(*hz)).sum::<f32>() / notes.len() as f32);
        }
    }
    out
}

#[test]
fn an_hour_of_other_sound_is_none_of_them() {
    let mut counts = Vec::new();
    let mut listen = |name: &'static str, minutes: usize, sound: &dyn Fn(u64) -> Vec<f32>| {
        let (mut beeps, mut fax) = (BeepDetector::new(), FaxDetector::new());
        let (mut beep, mut machine) = (0, 0);
        for minute in 0..minutes {
            for frame in coded(&sound(minute as u64)) {
                beep += usize::from(beeps.push(&frame).is_some());
                machine += usize::from(fax.push(&frame).is_some());
            }
        }
        println!("{minutes} min of {name}: {beep} beeps, {machine} fax machines");
        counts.push((name, beep, machine));
    };
    listen("speech", 20, &|m| {
        (0..16)
            .flat_map(|n| {
                [
                    at_level(&sentence(n + 16 * (m as usize % 4)), -30.0 + m as f32 / 2.0),
                    pause(0.3),
                ]
            })
            .flatten()
            .collect()
    });
    listen("voices", 10, &|m| voice(60.0, 3000.0, m));
    for (name, place) in [
        ("babble", Place::Babble),
        ("a street", Place::Street),
        ("a kitchen", Place::Kitchen),
    ] {
        listen(name, if name == "babble" { 2 } else { 5 }, &|m| {
            place.noise(60.0, 1500.0, m)
        });
    }
    listen("music", 20, &|m| music(60.0, m));
    for (name, beep, machine) in counts {
        // A long note before a rest is what a beep is.
        let most = if name == "music" { 2 } else { 0 };
        assert!(beep <= most, "{name}: {beep} beeps");
        assert_eq!(machine, 0, "{name}");
    }
}
