//! What a Biseo elsewhere adds to a verdict, and what it leaves open.

mod common;

use biseo_line::evidence::{Beacon, Later};
use biseo_line::{Change, Doctor, Finding, Label, Window};
use common::{Fault, Sim, site};

/// What the beacon tells in a window of half a second at the quick pace: got there, came back.
fn says(there: u32, back: u32) -> Beacon {
    Beacon {
        uplink: "wan0".into(),
        forward_sent: 2,
        forward_got: there,
        return_sent: 2,
        return_got: back,
        ..Beacon::default()
    }
}

/// Nothing comes from it by any uplink.
fn nothing() -> Beacon {
    Beacon {
        uplink: "wan0".into(),
        forward_unknown: 2,
        ..Beacon::default()
    }
}

struct Play {
    sim: Sim,
    doctor: Doctor,
}

impl Play {
    /// A quiet line with a beacon that is heard, then a silence of the trunk.
    fn new(seed: u64) -> Self {
        let (sim, doctor) = (Sim::new(seed), Doctor::new(site()));
        let mut play = Self { sim, doctor };
        let changes = play.windows(40, &says(2, 2));
        assert!(changes.is_empty(), "{changes:?}");
        play.sim.begin(Fault::Blackhole);
        play
    }

    fn windows(&mut self, n: usize, beacon: &Beacon) -> Vec<Change> {
        (0..n)
            .flat_map(|_| {
                let beacons = vec![beacon.clone()];
                let window = Window {
                    beacons,
                    ..self.sim.window()
                };
                self.doctor.handle(&window)
            })
            .collect()
    }

    fn label(&self) -> Option<Label> {
        self.doctor.headline().map(|v| v.label)
    }

    fn findings(&self) -> &[Finding] {
        self.doctor.headline().map_or(&[], |v| &v.findings)
    }
}

#[test]
fn a_way_that_a_beacon_tells_is_the_first_that_is_said_and_in_time() {
    for seed in 0..20 {
        for (there, back, label) in [(0, 2, Label::Blackhole), (2, 0, Label::ReturnPathLost)] {
            let mut play = Play::new(seed);
            // What was sent before is told for a while.
            play.windows(2, &says(2, 2));
            let changes = play.windows(12, &says(there, back));
            let causes = changes.iter().filter(|c| c.verdict().because_of.is_none());
            let labels: Vec<Label> = causes.map(|c| c.verdict().label).collect();
            assert_eq!(labels, [label], "seed {seed}");
            let ends = |f: &Finding| matches!(f, Finding::PathEnds { .. });
            assert!(play.findings().iter().any(ends), "{:?}", play.findings());
        }
    }
}

#[test]
fn a_beacon_that_is_well_says_that_the_fault_is_nearer_to_the_trunk_and_one_that_loses_both_decides_nothing()
{
    for (there, back) in [(2, 2), (0, 0), (1, 2)] {
        let mut play = Play::new(3);
        play.windows(20, &says(there, back));
        assert_eq!(play.label(), Some(Label::BlackholeOrReturnLost));
        let said = play.findings().iter().find_map(|f| match f {
            Finding::BeaconSays { forward, back } => Some((*forward, *back)),
            _ => None,
        });
        let lost = |got: u32| 1.0 - f64::from(got) / 2.0;
        assert_eq!(said, Some((lost(there), lost(back))));
    }
}

#[test]
fn what_is_not_known_is_told_as_such_and_afterwards_as_it_was() {
    let mut play = Play::new(4);
    let changes = play.windows(16, &nothing());
    let first = changes.iter().find(|c| c.verdict().because_of.is_none()).unwrap();
    assert_eq!(first.verdict().label, Label::BlackholeOrReturnLost);
    assert!(first.verdict().said_ms - 20_000 <= 6_000, "{first:?}");
    let silent = |f: &Finding| matches!(f, Finding::BeaconSilent { .. });
    assert!(play.findings().iter().any(silent), "{:?}", play.findings());

    play.sim.fault = None;
    let later = Later {
        since_ms: 20_000,
        forward_sent: 16,
        forward_got: 16,
        return_sent: 20,
        return_got: 0,
    };
    let told = Beacon {
        later: Some(later),
        ..says(2, 2)
    };
    let mut changes = play.windows(1, &told);
    changes.extend(play.windows(20, &says(2, 2)));
    let afterwards = |f: &Finding| {
        *f == Finding::BeaconSaysLater {
            forward: 0.0,
            back: 1.0,
        }
    };
    let grew = changes.iter().filter(|c| matches!(c, Change::Grew(_)));
    assert_eq!(grew.count(), 1, "{changes:?}");
    let ended = changes.iter().find_map(|c| match c {
        Change::Ended(v) if v.because_of.is_none() => Some(v),
        _ => None,
    });
    let findings = &ended.unwrap().findings;
    assert_eq!(
        findings.iter().filter(|f| afterwards(f)).count(),
        1,
        "{findings:?}"
    );
}

#[test]
fn what_a_beacon_has_told_of_a_silence_holds_although_it_is_heard_no_more() {
    let mut play = Play::new(5);
    play.windows(2, &says(2, 2));
    play.windows(12, &says(0, 2));
    assert_eq!(play.label(), Some(Label::Blackhole));
    let changes = play.windows(60, &nothing());
    assert!(changes.is_empty(), "{changes:?}");
    assert_eq!(play.label(), Some(Label::Blackhole));
}

#[test]
fn a_beacon_that_was_never_heard_is_no_evidence() {
    let (mut sim, mut doctor) = (Sim::new(6), Doctor::new(site()));
    for i in 0..60 {
        if i == 40 {
            sim.begin(Fault::Blackhole);
        }
        let window = Window {
            beacons: vec![nothing()],
            ..sim.window()
        };
        doctor.handle(&window);
    }
    let verdict = doctor.headline().unwrap();
    assert_eq!(verdict.label, Label::BlackholeOrReturnLost);
    assert!(verdict.said_ms - 20_000 <= 4_500, "not waited for: {verdict:?}");
    let of_beacon = |f: &Finding| matches!(f, Finding::BeaconSilent { .. } | Finding::BeaconSays { .. });
    assert!(!verdict.findings.iter().any(of_beacon), "{verdict:?}");
}

#[test]
fn journals_from_before_are_read() {
    let old = r#"{"uplink":"wan0","forward_sent":3,"forward_got":2,"return_sent":1,"return_got":0}"#;
    let read: Beacon = serde_json::from_str(old).unwrap();
    assert_eq!(
        (read.forward_unknown, read.later.clone(), read.unbound),
        (0, None, false)
    );
    assert_eq!(serde_json::to_string(&read).unwrap(), old);
}
