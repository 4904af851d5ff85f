//! The doctor's rules at the pace of the program: a probe a second until something is odd, then ten.

mod common;

use std::collections::BTreeSet;

use biseo_line::{Change, Label, Subject, Tempo};
use common::{Fault, Paced, right};

/// What is said of a fault that comes after a quiet quarter of an hour, with how many ms after it.
fn said(seed: u64, fault: Fault) -> Vec<(i64, Change)> {
    let mut paced = Paced::new(seed);
    for _ in 0..1_800 {
        let changes = paced.window();
        assert!(changes.is_empty(), "before the fault: {changes:?}");
    }
    assert_eq!(paced.sim.tempo, Some(Tempo::Calm), "seed {seed}: all is quiet");
    let began = paced.sim.at_ms;
    paced.sim.begin(fault);
    let mut out = vec![];
    // Another path is only looked for every half minute while all is calm.
    let windows = if fault == Fault::Leak { 160 } else { 60 };
    for _ in 0..windows {
        let changes = paced.window();
        let at = paced.sim.at_ms - began;
        out.extend(changes.into_iter().map(|c| (at, c)));
    }
    out
}

const FAULTS: [Fault; 17] = [
    Fault::Flood { asked: true },
    Fault::Flood { asked: false },
    Fault::Withdrawn,
    Fault::Loop,
    Fault::Blackhole,
    Fault::Leak,
    Fault::Loss(0.4),
    Fault::AccessLoss(0.3),
    Fault::Hang,
    Fault::DeadMachine,
    Fault::DeadProgram,
    Fault::Rejecting(503),
    Fault::NamesHang,
    Fault::NamesFailing,
    Fault::UplinkDown,
    Fault::Mute,
    Fault::RoutesAndStorm,
];

#[test]
fn faults_are_called_by_their_names_at_this_pace_too() {
    let (mut wrong, mut late) = (vec![], vec![]);
    for fault in FAULTS {
        for seed in 1..=5 {
            let said = said(seed, fault);
            let causes: Vec<_> = said
                .iter()
                .filter(|(_, c)| c.verdict().because_of.is_none())
                .collect();
            let known = causes
                .iter()
                .find(|(_, c)| Some(c.verdict().label) == right(fault));
            match known {
                None => wrong.push((
                    fault,
                    seed,
                    causes.iter().map(|(_, c)| c.verdict().label).collect::<Vec<_>>(),
                )),
                Some((at, _)) if *at > 9_000 && fault != Fault::Leak => late.push((fault, seed, *at)),
                Some(_) => {}
            }
        }
    }
    // Five seeds of seventeen faults; each must be right nearly always, none may be wrong twice.
    assert!(wrong.len() <= 4, "{wrong:#?}");
    for fault in FAULTS {
        assert!(
            wrong.iter().filter(|(f, ..)| *f == fault).count() <= 1,
            "{wrong:#?}"
        );
    }
    assert!(late.len() <= 4, "{late:#?}");
}

#[test]
fn a_flood_and_a_routing_fault_are_never_confused() {
    for seed in 1..=10 {
        let floods = said(seed, Fault::Flood { asked: true });
        assert!(
            floods.iter().all(|(_, c)| !c.verdict().label.routing()),
            "{floods:#?}"
        );
        let storms = said(seed, Fault::RoutesAndStorm);
        let flood = |c: &Change| c.verdict().label == Label::TrafficFlood;
        assert!(storms.iter().all(|(_, c)| !flood(c)), "{storms:#?}");
    }
}

#[test]
fn what_is_over_is_said_to_be_and_the_pace_is_calm_again() {
    let mut paced = Paced::new(3);
    (0..600).for_each(|_| drop(paced.window()));
    paced.sim.begin(Fault::DeadProgram);
    let began: Vec<Change> = (0..60).flat_map(|_| paced.window()).collect();
    let subject = Subject::Trunk("kt".into());
    assert!(began.iter().any(|c| c.verdict().subject == subject), "{began:?}");
    paced.sim.fault = None;
    let over: Vec<Change> = (0..60).flat_map(|_| paced.window()).collect();
    assert!(
        over.iter()
            .any(|c| matches!(c, Change::Ended(v) if v.subject == subject)),
        "{over:?}"
    );
    (0..60).for_each(|_| drop(paced.window()));
    assert_eq!(paced.sim.tempo, Some(Tempo::Calm));
}

#[test]
fn who_is_always_a_little_odd_is_not_asked_quickly_for_ever() {
    let mut paced = Paced::new(5);
    // A tenth is lost now and then, for ever: too little to be a fault at once.
    for n in 0..7_200_u32 {
        if n % 20 == 0 {
            paced.sim.begin(Fault::Burst);
        } else {
            paced.sim.fault = None;
        }
        paced.window();
    }
    let share = paced.quick as f64 / paced.all as f64;
    assert!(share < 0.5, "{share}");
}

/// Callers hear of a fault in which calls fail as long as its verdict stands: a minute after it is over they must not any more.
#[test]
fn what_is_over_is_taken_back_within_a_minute() {
    for fault in [
        Fault::DeadProgram,
        Fault::DeadMachine,
        Fault::Hang,
        Fault::Blackhole,
        Fault::UplinkDown,
    ] {
        for seed in 1..=5 {
            let mut paced = Paced::new(seed);
            (0..600).for_each(|_| drop(paced.window()));
            paced.sim.begin(fault);
            let mut standing = BTreeSet::new();
            let mut take = |changes: Vec<Change>| {
                for change in changes {
                    let subject = change.verdict().subject.clone();
                    match change {
                        Change::Ended(_) => standing.remove(&subject),
                        _ => standing.insert(subject),
                    };
                }
                standing.len()
            };
            let most = (0..120).map(|_| take(paced.window())).max();
            assert!(most > Some(0), "{fault:?} {seed}: it is noticed");
            paced.sim.fault = None;
            // Half a second each: a minute.
            let left = (0..120).map(|_| take(paced.window())).last();
            assert_eq!(left, Some(0), "{fault:?} {seed}: {standing:?}");
        }
    }
}
