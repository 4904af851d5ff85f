//! What must hold for any evidence.

mod common;

use std::collections::BTreeMap;

use biseo_line::evidence::{Beacon, Later, Reach, Window};
use biseo_line::journal::{self, Entry};
use biseo_line::{Change, Doctor, Subject};
use common::{Fault, Sim, site};
use proptest::prelude::*;

const FAULTS: [Fault; 10] = [
    Fault::Flood { asked: true },
    Fault::Withdrawn,
    Fault::Loop,
    Fault::Blackhole,
    Fault::Leak,
    Fault::Loss(0.4),
    Fault::Hang,
    Fault::UplinkDown,
    Fault::NamesHang,
    Fault::Overloaded,
];

/// Windows in which faults come and go after some windows each.
fn windows(seed: u64, plan: &[(usize, usize)]) -> Vec<Window> {
    let mut sim = Sim::new(seed);
    let mut out = vec![];
    for (fault, n) in plan {
        match FAULTS.get(*fault) {
            Some(fault) => sim.begin(*fault),
            None => sim.fault = None,
        }
        out.extend((0..*n).map(|_| sim.window()));
    }
    out
}

fn plan() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..FAULTS.len() + 6, 1..30_usize), 1..20)
}

/// Leaves out what the bits say, and turns round the order of what is left.
fn thinned(window: &mut Window, mask: u32) {
    let keep = |i: usize| mask.rotate_right(u32::try_from(i).unwrap_or(0)) & 1 == 0;
    let mut i = 0;
    let mut some = || {
        i += 1;
        keep(i)
    };
    window.reach.retain(|_| some());
    window.links.retain(|_| some());
    window.paths.retain(|_| some());
    window.names.retain(|_| some());
    window.host = window.host.take().filter(|_| some());
    if mask & 2 == 0 {
        window.reach.reverse();
        window.paths.reverse();
    }
}

/// A subject's verdicts, where one begins, changes or ends.
fn turns(changes: &[Change], at: i64, times: &mut BTreeMap<Subject, Vec<i64>>) {
    for change in changes.iter().filter(|c| !matches!(c, Change::Grew(_))) {
        times
            .entry(change.verdict().subject.clone())
            .or_default()
            .push(at);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn what_lies_within_normal_gives_no_verdict(seed: u64, masks in prop::collection::vec(any::<u32>(), 150)) {
        let mut doctor = Doctor::new(site());
        for (window, mask) in windows(seed, &[(99, 150)]).iter_mut().zip(masks) {
            thinned(window, mask);
            let changes = doctor.handle(window);
            prop_assert!(changes.is_empty(), "{:?}", changes);
        }
    }

    #[test]
    fn verdicts_never_flap_faster_than_the_hold(seed: u64, plan in plan()) {
        let mut doctor = Doctor::new(site());
        let mut times = BTreeMap::new();
        for window in windows(seed, &plan) {
            turns(&doctor.handle(&window), window.at_ms, &mut times);
        }
        for (subject, times) in times {
            prop_assert!(times.windows(2).all(|w| w[1] - w[0] >= 1_000), "{:?} {:?}", subject, times);
        }
    }

    #[test]
    fn nothing_that_is_left_out_or_turned_round_panics(
        seed: u64, plan in plan(), masks in prop::collection::vec(any::<u32>(), 1..64), swaps in prop::collection::vec((0..600_usize, 0..600_usize), 0..20)
    ) {
        let mut all = windows(seed, &plan);
        let n = all.len();
        swaps.iter().for_each(|(a, b)| all.swap(a % n, b % n));
        let mut doctor = Doctor::new(site());
        for (i, window) in all.iter_mut().enumerate() {
            thinned(window, masks[i % masks.len()]);
            doctor.handle(window);
        }
    }

    #[test]
    fn wild_numbers_do_no_harm(at in prop::collection::vec(any::<i64>(), 1..8), tried: u32, answered: u32, rtt: Option<u32>, pps: f64, late: u32) {
        let mut doctor = Doctor::new(site());
        let template = Sim::new(1).window();
        for at_ms in at {
            let mut window = Window { at_ms, ..template.clone() };
            for reach in &mut window.reach {
                *reach = Reach { tried, answered, rtt_us: rtt, ..reach.clone() };
            }
            for link in &mut window.links {
                (link.rx_pps, link.tx_pps, link.unasked_pps) = (pps, -pps, Some(pps));
            }
            for names in &mut window.names {
                (names.asked, names.answered, names.failed) = (tried, answered, u32::MAX);
            }
            for uplink in ["wan0", "wan1"] {
                let later = Later { since_ms: at_ms, forward_sent: tried, forward_got: late, return_sent: answered, return_got: tried };
                window.beacons.push(Beacon {
                    uplink: uplink.into(),
                    forward_sent: tried,
                    forward_got: answered,
                    return_sent: answered,
                    return_got: tried,
                    later: Some(later),
                    ..Beacon::default()
                });
            }
            if let Some(host) = &mut window.host {
                (host.late_us, host.run_delay) = (late, pps);
            }
            doctor.handle(&window);
        }
    }

    #[test]
    fn a_journal_played_again_says_the_same(seed: u64, plan in plan()) {
        let mut doctor = Doctor::new(site());
        let mut text = journal::line(&Entry::Site(site())).unwrap() + "\n";
        let mut said = vec![];
        for window in windows(seed, &plan) {
            let changes = doctor.handle(&window);
            text += &(journal::line(&Entry::Window(window)).unwrap() + "\n");
            for change in changes {
                text += &(journal::line(&Entry::Said(change.clone())).unwrap() + "\n");
                said.push(change);
            }
        }
        let replay = journal::replay(&text).unwrap();
        prop_assert_eq!(&replay.now, &said);
        prop_assert_eq!(&replay.then, &said);
        // A crash in mid-line.
        let cut = text.trim_end().len() - 3;
        prop_assert!(journal::replay(&text[..cut]).is_ok());
    }

    #[test]
    fn no_text_makes_the_journal_panic(text in "(?s).{0,200}") {
        let _ = journal::replay(&text);
    }
}

#[test]
fn a_journal_must_begin_with_its_site() {
    let window = journal::line(&Entry::Window(Sim::new(1).window())).unwrap();
    assert!(matches!(
        journal::replay(&format!("{window}\n")),
        Err(journal::JournalError::NoSite)
    ));
    assert!(matches!(
        journal::replay("{}\n{}\n"),
        Err(journal::JournalError::Unreadable(1, _))
    ));
}
