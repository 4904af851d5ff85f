use super::*;
use proptest::prelude::*;

fn at(begin: Instant, s: f64) -> Instant {
    begin + Duration::from_secs_f64(s)
}

/// Runs a script of (second, evidence) and gives the states after each.
fn run(script: &[(f64, Evidence)]) -> Vec<State> {
    let begin = Instant::now();
    let mut health = Health::new(Policy::default(), begin);
    let mut states = Vec::new();
    for (s, evidence) in script {
        health.tick(at(begin, *s));
        health.take(at(begin, *s), *evidence);
        states.push(health.state(at(begin, *s)));
    }
    states
}

use Evidence::{Answered, Called, Late, Silent, Unreachable};
use State::{Down, Probing, Suspect, Up};

const PING: Evidence = Answered(By::Options, 200);
const MUTE: Evidence = Silent(By::Options);
const CALL: Evidence = Answered(By::Call, 100);

/// What it is about, what happens at which second, and the state after each.
type Case = (&'static str, &'static [(f64, Evidence)], &'static [State]);

#[test]
fn what_calls_show() {
    let table: &[Case] = &[
        ("one late call", &[(0., Late(By::Call))], &[Suspect]),
        (
            "a call heals",
            &[(0., Late(By::Call)), (1., CALL)],
            &[Suspect, Up],
        ),
        (
            "three strikes",
            &[
                (0., Late(By::Call)),
                (1., Answered(By::Call, 500)),
                (2., Late(By::Call)),
            ],
            &[Suspect, Suspect, Down],
        ),
        (
            "nobody there, twice",
            &[(0., Unreachable(By::Call)), (0.1, Unreachable(By::Call))],
            &[Suspect, Down],
        ),
        (
            "what the callee says is no strike",
            &[
                (0., Answered(By::Call, 486)),
                (1., Answered(By::Call, 404)),
                (2., Answered(By::Call, 603)),
                (3., Answered(By::Call, 408)),
            ],
            &[Up, Up, Up, Up],
        ),
        (
            "a quiet minute forgives",
            &[(0., Silent(By::Call)), (61., Answered(By::Registration, 403))],
            &[Suspect, Up],
        ),
        (
            "a call comes in",
            &[(0., Silent(By::Registration)), (1., Called)],
            &[Suspect, Up],
        ),
        (
            "back after its rest, by two calls",
            &[
                (0., Silent(By::Call)),
                (0., Silent(By::Call)),
                (6., CALL),
                (7., CALL),
            ],
            &[Suspect, Down, Probing, Up],
        ),
        (
            "fails again while it is tried",
            &[
                (0., Silent(By::Call)),
                (0., Silent(By::Call)),
                (6., Late(By::Call)),
                (12., CALL),
                (17., CALL),
            ],
            &[Suspect, Down, Down, Probing, Up],
        ),
    ];
    for (what, script, states) in table {
        assert_eq!(run(script), *states, "{what}");
    }
}

#[test]
fn what_pings_show() {
    let table: &[Case] = &[
        (
            "refused OPTIONS are answers",
            &[
                (0., Answered(By::Options, 405)),
                (1., Answered(By::Options, 501)),
                (2., Answered(By::Options, 403)),
                (3., Answered(By::Options, 404)),
            ],
            &[Up, Up, Up, Up],
        ),
        (
            "it answered, and does no more",
            &[(0., PING), (1., MUTE), (2., MUTE), (3., MUTE)],
            &[Up, Suspect, Suspect, Down],
        ),
        (
            "it never answered one",
            &[(0., MUTE), (1., MUTE), (2., MUTE), (3., MUTE), (4., MUTE)],
            &[Up, Up, Up, Up, Up],
        ),
        (
            "it answers again",
            &[
                (0., PING),
                (1., MUTE),
                (2., MUTE),
                (3., MUTE),
                (4., PING),
                (5., PING),
                (6., PING),
            ],
            &[Up, Suspect, Suspect, Down, Probing, Probing, Up],
        ),
        (
            "it stops to answer while calls pass: passive from then on",
            &[
                (0., PING),
                (1., MUTE),
                (2., MUTE),
                (3., MUTE),
                (4., CALL),
                (5., CALL),
                (6., MUTE),
                (7., MUTE),
                (8., MUTE),
            ],
            &[Up, Suspect, Suspect, Down, Probing, Up, Up, Up, Up],
        ),
        (
            "it answers pings and loses calls",
            &[
                (0., PING),
                (1., Silent(By::Call)),
                (2., PING),
                (3., PING),
                (4., Silent(By::Call)),
                (5., PING),
                (9.5, PING),
                (10., PING),
                (11., PING),
            ],
            &[
                Up, Suspect, Suspect, Suspect, Down, Down, Probing, Probing, Probing,
            ],
        ),
    ];
    for (what, script, states) in table {
        assert_eq!(run(script), *states, "{what}");
    }
}

#[test]
fn a_retry_after_closes_it_for_so_long_and_no_longer() {
    let begin = Instant::now();
    let mut health = Health::new(Policy::default(), begin);
    let change = health.take(begin, Evidence::Busy(By::Call, Duration::from_secs(20)));
    assert_eq!(
        change,
        Some(Change {
            from: Up,
            to: State::Overloaded
        })
    );
    assert_eq!(health.closed(at(begin, 5.)), Some(Duration::from_secs(15)));
    assert_eq!(health.tick(at(begin, 19.)), None);
    let change = health.tick(at(begin, 20.));
    assert_eq!(
        change,
        Some(Change {
            from: State::Overloaded,
            to: Up
        })
    );
    health.take(begin, Evidence::Busy(By::Options, Duration::from_secs(86_400)));
    assert_eq!(health.closed(begin), Some(Policy::default().longest_closed));
}

#[test]
fn one_call_at_a_time_tries_it_out() {
    let begin = Instant::now();
    let mut health = Health::new(Policy::default(), begin);
    health.take(begin, Silent(By::Call));
    health.take(begin, Silent(By::Call));
    assert!(!health.wants_trial(begin));
    health.tick(at(begin, 5.));
    assert!(health.wants_trial(at(begin, 5.)));
    health.tried(at(begin, 5.));
    assert!(!health.wants_trial(at(begin, 6.)));
    assert!(health.wants_trial(at(begin, 9.)), "the trial told nothing");
}

#[test]
fn whoever_flaps_rests_ever_longer_and_whoever_stood_does_not() {
    let begin = Instant::now();
    let mut health = Health::new(Policy::default(), begin);
    let mut now = begin;
    let mut rests = Vec::new();
    for _ in 0..7 {
        health.take(now, Unreachable(By::Call));
        health.take(now, Unreachable(By::Call));
        let until = health.next_at().unwrap();
        rests.push((until - now).as_secs());
        now = until;
        health.tick(now);
        health.take(now, CALL);
        health.take(now, CALL);
        assert_eq!(health.state(now), Up);
    }
    assert_eq!(rests, [5, 10, 20, 40, 80, 120, 120]);
    now += Duration::from_secs(61);
    health.take(now, Unreachable(By::Call));
    health.take(now, Unreachable(By::Call));
    assert_eq!(health.next_at(), Some(now + Duration::from_secs(5)));
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    let by = prop_oneof![Just(By::Call), Just(By::Registration), Just(By::Options)];
    prop_oneof![
        (by.clone(), 100_u16..700).prop_map(|(b, c)| Answered(b, c)),
        (by.clone(), 0_u64..100_000).prop_map(|(b, s)| Evidence::Busy(b, Duration::from_secs(s))),
        by.clone().prop_map(Late),
        by.clone().prop_map(Silent),
        by.prop_map(Unreachable),
        Just(Called),
    ]
}

fn points(evidence: Evidence) -> (u8, u8) {
    match says(evidence) {
        Says::Good(n) => (n, 0),
        Says::Strike(n) => (0, n),
        Says::Nothing => (0, 0),
    }
}

proptest! {
    /// Hysteresis, whatever comes: no single piece of evidence takes a trunk from up to down or back.
    #[test]
    fn nothing_goes_all_the_way_at_once(script in prop::collection::vec((0_u64..40_000, any_evidence()), 1..200)) {
        let begin = Instant::now();
        let mut health = Health::new(Policy::default(), begin);
        let mut now = begin;
        let (mut good, mut bad) = (0_u32, 0_u32);
        for (ms, evidence) in script {
            now += Duration::from_millis(ms);
            let before = health.state(now);
            health.tick(now);
            let was = health.state(now);
            let change = health.take(now, evidence);
            let is = health.state(now);
            prop_assert_eq!(change, (was != is).then_some(Change { from: was, to: is }));
            prop_assert!(!(was == Up && is == Down), "{:?}", evidence);
            prop_assert!(!(was == Down && is == Up), "{:?}", evidence);
            prop_assert!(health.closed(now).is_none_or(|c| c <= Policy::default().longest_closed));
            if is == Down && before != Down {
                prop_assert!(bad >= 1, "down by one strike");
            }
            let (g, b) = points(evidence);
            good += u32::from(g);
            bad = if is == Up { 0 } else { bad + u32::from(b) };
        }
        let _ = good;
    }

    /// Whoever carries calls and never answers OPTIONS is never thought less of for it.
    #[test]
    fn passive_trunks_do_not_suffer_from_pings(script in prop::collection::vec(any::<bool>(), 1..200)) {
        let begin = Instant::now();
        let mut health = Health::new(Policy::default(), begin);
        let mut now = begin;
        for ping in script {
            now += Duration::from_secs(1);
            health.take(now, if ping { MUTE } else { CALL });
            prop_assert_eq!(health.state(now), Up);
            prop_assert!(health.is_passive());
        }
    }

    /// Time alone brings a trunk that is down to be tried again, and one that is suspect back.
    #[test]
    fn time_heals(script in prop::collection::vec(any_evidence(), 0..60)) {
        let begin = Instant::now();
        let mut health = Health::new(Policy::default(), begin);
        for evidence in script {
            health.take(begin, evidence);
        }
        let later = begin + Duration::from_secs(301);
        health.tick(later);
        prop_assert!(matches!(health.state(later), Up | Probing));
    }
}
