//! Each fault is called by its name, in time, and with what shows it.

mod common;

use biseo_line::evidence::{Beacon, By, Calls, Place, Reach, Refusal, Refused};
use biseo_line::{Change, Consequence, Doctor, Finding, Label, Subject};
use common::{Fault, Sim, play, right, site};

const FAULTS: [Fault; 20] = [
    Fault::Flood { asked: true },
    Fault::Flood { asked: false },
    Fault::Withdrawn,
    Fault::Loop,
    Fault::Blackhole,
    Fault::Leak,
    Fault::Loss(0.2),
    Fault::Loss(0.5),
    Fault::AccessLoss(0.3),
    Fault::Hang,
    Fault::DeadMachine,
    Fault::DeadProgram,
    Fault::Rejecting(503),
    Fault::Rejecting(403),
    Fault::NamesHang,
    Fault::NamesFailing,
    Fault::UplinkDown,
    Fault::Mute,
    Fault::Overloaded,
    Fault::OtherParty,
];

#[test]
fn every_fault_has_its_verdict_within_six_seconds_and_no_other_comes_first() {
    let mut slow = vec![];
    for fault in FAULTS {
        for seed in 0..25 {
            let (mut sim, mut doctor) = (Sim::new(seed), Doctor::new(site()));
            let began = 40 * 500;
            let changes = play(&mut sim, &mut doctor, 40, fault, 20);
            let headline = doctor.headline().map(|v| v.label);
            assert_eq!(headline, right(fault), "{fault:?} seed {seed}: {changes:#?}");
            let wrong = changes
                .iter()
                .find(|c| c.verdict().label != right(fault).unwrap() && c.verdict().because_of.is_none());
            assert_eq!(wrong, None, "{fault:?} seed {seed}");
            let said = changes
                .iter()
                .find(|c| Some(c.verdict().label) == right(fault))
                .map(|c| c.verdict().said_ms - began);
            if said.is_none_or(|ms| ms > 6_000) {
                slow.push((fault, seed, said));
            }
        }
    }
    assert!(slow.len() <= 5, "{slow:?}");
}

#[test]
fn each_fault_is_over_some_seconds_after_it_went() {
    for fault in FAULTS {
        let (mut sim, mut doctor) = (Sim::new(5), Doctor::new(site()));
        play(&mut sim, &mut doctor, 40, fault, 30);
        sim.fault = None;
        let over = sim.at_ms;
        let changes: Vec<Change> = (0..40).flat_map(|_| doctor.handle(&sim.window())).collect();
        assert_eq!(doctor.headline(), None, "{fault:?}: {changes:#?}");
        let ended = changes.iter().filter_map(|c| c.verdict().until_ms).max().unwrap();
        assert!(
            (over..over + 8_000).contains(&ended),
            "{fault:?}: {ended} after {over}"
        );
    }
}

#[test]
fn only_the_uplink_that_is_hit_and_its_region_are_named() {
    let (mut sim, mut doctor) = (Sim::new(1), Doctor::new(site()));
    play(&mut sim, &mut doctor, 40, Fault::Withdrawn, 16);
    let subjects: Vec<&Subject> = doctor.verdicts().map(|v| &v.subject).collect();
    assert_eq!(subjects, [&Subject::Trunk("kt".into())]);
    assert_eq!(doctor.headline().unwrap().region, "02");
}

#[test]
fn a_dead_uplink_is_the_cause_of_its_trunk_s_silence() {
    let (mut sim, mut doctor) = (Sim::new(2), Doctor::new(site()));
    play(&mut sim, &mut doctor, 40, Fault::UplinkDown, 16);
    let trunk = doctor
        .verdicts()
        .find(|v| v.subject == Subject::Trunk("kt".into()))
        .unwrap();
    assert_eq!(trunk.because_of, Some(Subject::Uplink("wan0".into())));
    assert_eq!(doctor.headline().unwrap().subject, Subject::Uplink("wan0".into()));
}

#[test]
fn a_beacon_tells_the_way_there_from_the_way_back() {
    for (forward, back, label) in [(0, 10, Label::Blackhole), (10, 0, Label::ReturnPathLost)] {
        let (mut sim, mut doctor) = (Sim::new(3), Doctor::new(site()));
        play(&mut sim, &mut doctor, 40, Fault::Blackhole, 0);
        for _ in 0..16 {
            let mut window = sim.window();
            let uplink = "wan0".to_string();
            window.beacons.push(Beacon {
                uplink,
                forward_sent: 10,
                forward_got: forward,
                return_sent: 10,
                return_got: back,
                ..Beacon::default()
            });
            doctor.handle(&window);
        }
        assert_eq!(doctor.headline().map(|v| v.label), Some(label));
    }
}

#[test]
fn without_a_path_silence_is_not_explained() {
    let (mut sim, mut doctor) = (Sim::new(4), Doctor::new(site()));
    for i in 0..70 {
        if i == 40 {
            sim.begin(Fault::Blackhole);
        }
        let mut window = sim.window();
        window.paths.clear();
        let changes = doctor.handle(&window);
        assert!(i >= 40 || changes.is_empty());
    }
    assert_eq!(doctor.headline().map(|v| v.label), Some(Label::CannotTell));
}

#[test]
fn a_provider_that_answers_no_options_is_judged_by_its_calls() {
    let (mut sim, mut doctor) = (Sim::new(6), Doctor::new(site()));
    for i in 0..90 {
        let mut window = sim.window();
        window.reach.retain(|r: &Reach| r.name != "kt");
        window.paths.clear();
        let refused = u32::from(i >= 40 && i % 8 == 0);
        window.calls = vec![Calls {
            trunk: "kt".into(),
            tried: u32::from(i % 8 == 0),
            refused,
            ..Calls::default()
        }];
        let changes = doctor.handle(&window);
        assert!(i >= 40 || changes.is_empty(), "{changes:?}");
    }
    assert_eq!(doctor.headline().map(|v| v.label), Some(Label::TrunkRejecting));
}

#[test]
fn a_provider_that_refuses_options_by_custom_is_well() {
    let (mut sim, mut doctor) = (Sim::new(7), Doctor::new(site()));
    for i in 0..200 {
        let mut window = sim.window();
        for reach in window.reach.iter_mut().filter(|r| !r.codes.is_empty()) {
            reach.codes[0].0 = 405;
        }
        assert!(doctor.handle(&window).is_empty(), "window {i}");
    }
}

#[test]
fn a_first_hop_that_stops_answering_pings_is_no_fault() {
    let (mut sim, mut doctor) = (Sim::new(8), Doctor::new(site()));
    for i in 0..200 {
        let mut window = sim.window();
        if i > 60 {
            window.reach[0].answered = 0;
            window.reach[0].rtt_us = None;
        }
        assert!(doctor.handle(&window).is_empty(), "window {i}");
    }
}

/// 2021-10-25: paths vanish, then those who cannot resolve names ask again and again, until the line itself is full.
#[test]
fn routes_that_vanish_and_the_storm_after_them_are_no_attack() {
    for seed in 0..40 {
        let (mut sim, mut doctor) = (Sim::new(seed), Doctor::new(site()));
        let changes = play(&mut sim, &mut doctor, 60, Fault::RoutesAndStorm, 60);
        assert!(
            changes.iter().all(|c| c.verdict().label != Label::TrafficFlood),
            "seed {seed}: {changes:#?}"
        );
        let headline = doctor.headline().unwrap();
        assert_eq!(headline.label, Label::RoutingWithdrawn, "seed {seed}");
        assert!(
            headline.consequences.contains(&Consequence::RetryStorm),
            "seed {seed}: {headline:?}"
        );
        let out = headline
            .findings
            .iter()
            .any(|f| matches!(f, Finding::PacketsOut { .. }));
        assert!(out, "{headline:?}");
    }
}

#[test]
fn a_true_flood_is_called_one() {
    for seed in 0..40 {
        let (mut sim, mut doctor) = (Sim::new(seed), Doctor::new(site()));
        let changes = play(
            &mut sim,
            &mut doctor,
            60,
            Fault::Flood { asked: seed % 2 == 0 },
            60,
        );
        assert!(
            changes.iter().all(|c| !c.verdict().label.routing()),
            "seed {seed}: {changes:#?}"
        );
        assert_eq!(doctor.headline().map(|v| v.label), Some(Label::TrafficFlood));
    }
}

/// A silence of 30 s before whose last answers, so many windows earlier, a router twice said that it has no way.
fn silence_after_two_errors(earlier: usize) -> (Vec<Change>, Doctor) {
    let (mut sim, mut doctor) = (Sim::new(8), Doctor::new(site()));
    let mut changes = vec![];
    for i in 0..100 {
        if i == 40 {
            sim.begin(Fault::Blackhole);
        }
        let mut window = sim.window();
        let icmp = |r: &&mut Reach| r.place == Place::Trunk && r.name == "kt" && r.by == By::Icmp;
        if i + earlier == 39
            && let Some(reach) = window.reach.iter_mut().find(icmp)
        {
            reach.answered = reach.answered.saturating_sub(2);
            reach.refused = vec![Refused {
                by: Some("10.0.0.1".into()),
                why: Refusal::Net,
                n: 2,
            }];
        }
        changes.extend(doctor.handle(&window));
    }
    (changes, doctor)
}

#[test]
fn a_router_that_says_only_twice_that_it_has_no_way_is_believed_as_long_as_nothing_is_answered() {
    let (changes, doctor) = silence_after_two_errors(0);
    let label = Some(Label::RoutingWithdrawn);
    assert_eq!(doctor.headline().map(|v| v.label), label);
    let causes = changes.iter().filter(|c| c.verdict().because_of.is_none());
    assert!(causes.map(|c| c.verdict().label).all(|l| Some(l) == label));
    // What was answered after it is no sign of it.
    let (_, doctor) = silence_after_two_errors(2);
    assert_eq!(
        doctor.headline().map(|v| v.label),
        Some(Label::BlackholeOrReturnLost)
    );
}

#[test]
fn a_loop_whose_errors_come_with_the_last_answers_is_no_dead_trunk() {
    let (mut sim, mut doctor) = (Sim::new(8), Doctor::new(site()));
    for i in 0..60 {
        if i == 40 {
            sim.begin(Fault::Blackhole);
        }
        let mut window = sim.window();
        for reach in window
            .reach
            .iter_mut()
            .filter(|r| r.name == "kt" && r.by == By::Icmp)
        {
            if i == 39 {
                reach.answered = reach.answered.saturating_sub(3);
                reach.refused = vec![Refused {
                    by: Some("10.0.0.2".into()),
                    why: Refusal::TtlExceeded,
                    n: 3,
                }];
            }
        }
        // Two routers pass it to each other; the odd ones have no errors left to send.
        for path in window.paths.iter_mut().filter(|p| i >= 40 && p.trunk == "kt") {
            path.hops = (0..13)
                .map(|h| (h % 12 == 0).then(|| format!("10.0.0.{h}")))
                .collect();
        }
        doctor.handle(&window);
        let said = doctor.headline().map(|v| v.label);
        assert!(said.is_none() || i >= 40, "{said:?}");
        assert_ne!(said, Some(Label::TrunkDead), "window {i}");
        if i == 44 {
            assert_eq!(said, Some(Label::RoutingLoop));
        }
    }
}
