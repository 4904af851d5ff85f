//! A box and its beacon with a simulated network between them.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use biseo_line::evidence::Beacon;
use proptest::prelude::*;

use super::guest::Guest;
use super::host::Host;
use super::secret::Secret;
use super::wire::Octets;

/// How long an answer is waited for, ms.
const PATIENCE_MS: i64 = 700;
/// The network's step, ms.
const STEP_MS: i64 = 10;

/// What the network does to an uplink.
#[derive(Debug, Clone, Copy, Default)]
struct Loss {
    /// Parts that are lost, 0 to 1.
    there: f64,
    back: f64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Counts {
    sent: u32,
    came: u32,
}

enum Flying {
    There(usize, Octets),
    Back(usize, Octets),
}

struct World {
    random: fastrand::Rng,
    host: Host,
    guest: Guest,
    loss: Vec<Loss>,
    now_ms: i64,
    asks: bool,
    flying: BTreeMap<(i64, u64), Flying>,
    thrown: u64,
    /// What truly became of the packets, by uplink.
    there: Vec<Counts>,
    back: Vec<Counts>,
    known: Vec<Beacon>,
}

fn secret() -> Secret {
    Secret::of(b"a secret of some length").unwrap()
}

fn address(uplink: usize) -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 1], 4_000 + u16::try_from(uplink).unwrap()))
}

impl World {
    fn new(seed: u64, uplinks: usize) -> Self {
        let mut world = Self {
            random: fastrand::Rng::with_seed(seed),
            host: Host::new(&secret(), &[3; 40]),
            guest: Guest::new(&secret(), 11, uplinks, PATIENCE_MS),
            loss: vec![Loss::default(); uplinks],
            now_ms: 0,
            asks: true,
            flying: BTreeMap::new(),
            thrown: 0,
            there: vec![Counts::default(); uplinks],
            back: vec![Counts::default(); uplinks],
            known: vec![Beacon::default(); uplinks],
        };
        world.run(3_000);
        // Nothing is under way when counting begins.
        world.pause();
        world.known.fill(Beacon::default());
        world.there.fill(Counts::default());
        world.back.fill(Counts::default());
        world
    }

    /// Lets what is under way arrive, without new probes.
    fn pause(&mut self) {
        self.asks = false;
        self.run(5_000);
        self.asks = true;
    }

    fn throw(&mut self, what: Flying, lost: f64) -> bool {
        let kept = self.random.f64() >= lost;
        if kept {
            self.thrown += 1;
            let at = self.now_ms + self.random.i64(5..200);
            self.flying.insert((at, self.thrown), what);
        }
        kept
    }

    fn run(&mut self, ms: i64) {
        let until = self.now_ms + ms;
        while self.now_ms < until {
            self.now_ms += STEP_MS;
            self.step();
        }
    }

    fn step(&mut self) {
        if self.asks && self.now_ms % 250 == 0 {
            for uplink in 0..self.loss.len() {
                let octets = self.guest.probe(uplink, self.now_ms, 250).unwrap();
                self.there[uplink].sent += 1;
                let kept = self.throw(Flying::There(uplink, octets), self.loss[uplink].there);
                self.there[uplink].came += u32::from(kept);
            }
        }
        while let Some(entry) = self.flying.first_entry().filter(|e| e.key().0 <= self.now_ms) {
            match entry.remove() {
                Flying::There(uplink, octets) => {
                    let heard = self.host.hear(self.now_ms, address(uplink), &octets);
                    if let Some(answer) = heard.answer {
                        self.throw(Flying::Back(uplink, answer), self.loss[uplink].back);
                    }
                }
                Flying::Back(uplink, octets) => self.guest.hear(uplink, self.now_ms, &octets),
            }
        }
        let mut beats = vec![];
        self.host
            .beat(self.now_ms, |to, octets| beats.push((to, *octets)));
        for (to, octets) in beats {
            let uplink = usize::from(to.port() - 4_000);
            self.back[uplink].sent += 1;
            let kept = self.throw(Flying::Back(uplink, octets), self.loss[uplink].back);
            self.back[uplink].came += u32::from(kept);
        }
        self.guest.expire(self.now_ms);
        if self.now_ms % 500 == 0 {
            for (uplink, window) in self.guest.take() {
                add(&mut self.known[uplink], &window);
            }
        }
    }

    /// What became known in the next so many ms of an uplink.
    fn known(&mut self, uplink: usize, ms: i64) -> Beacon {
        self.known.fill(Beacon::default());
        self.run(ms);
        self.known[uplink].clone()
    }
}

fn add(sum: &mut Beacon, window: &Beacon) {
    sum.forward_sent += window.forward_sent;
    sum.forward_got += window.forward_got;
    sum.forward_unknown += window.forward_unknown;
    sum.return_sent += window.return_sent;
    sum.return_got += window.return_got;
    if let Some(more) = &window.later {
        let later = sum.later.get_or_insert_default();
        later.forward_sent += more.forward_sent;
        later.forward_got += more.forward_got;
        later.return_sent += more.return_sent;
        later.return_got += more.return_got;
    }
}

#[test]
fn a_line_that_is_well_loses_nothing_and_leaves_nothing_unknown() {
    let mut world = World::new(1, 2);
    let known = world.known(1, 10_000);
    assert!(known.forward_sent >= 36 && known.return_sent >= 36, "{known:?}");
    assert_eq!(known.forward_got, known.forward_sent);
    assert_eq!(known.return_got, known.return_sent);
    assert_eq!((known.forward_unknown, known.later), (0, None));
}

#[test]
fn by_one_uplink_a_lost_way_there_is_known_and_a_lost_way_back_afterwards() {
    let mut world = World::new(2, 1);
    world.run(2_000);
    world.loss[0].there = 1.0;
    world.run(1_500);
    let known = world.known(0, 5_000);
    assert!(known.forward_sent >= 18 && known.forward_got == 0, "{known:?}");
    assert!(
        known.return_sent >= 18 && known.return_got == known.return_sent,
        "{known:?}"
    );
    world.loss[0] = Loss::default();
    world.run(3_000);
    world.loss[0].back = 1.0;
    world.run(1_500);
    let dark = world.known(0, 20_000);
    assert_eq!((dark.forward_sent, dark.return_sent), (0, 0), "{dark:?}");
    assert!(dark.forward_unknown >= 70, "{dark:?}");
    world.loss[0] = Loss::default();
    let later = world.known(0, 2_000).later.unwrap();
    assert!(later.forward_sent >= 70, "{later:?}");
    assert_eq!(later.forward_got, later.forward_sent);
    assert!(later.return_sent >= 75 && later.return_got == 0, "{later:?}");
}

#[test]
fn by_another_uplink_each_lost_way_is_known_at_once() {
    let ways = [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
    for (seed, (there, back)) in (0..).zip(ways) {
        let mut world = World::new(seed, 3);
        world.run(2_000);
        world.loss[2] = Loss { there, back };
        world.run(1_500);
        let known = world.known(2, 5_000);
        let lost = |sent: u32, got: u32| f64::from(sent - got) / f64::from(sent);
        assert!(known.forward_sent >= 18 && known.return_sent >= 18, "{known:?}");
        assert_eq!(lost(known.forward_sent, known.forward_got), there, "{known:?}");
        assert_eq!(lost(known.return_sent, known.return_got), back, "{known:?}");
        assert_eq!((known.forward_unknown, known.later), (0, None));
    }
}

#[test]
fn a_beacon_that_is_gone_is_not_known_about_and_one_that_begins_anew_is_believed() {
    let mut world = World::new(4, 2);
    world.loss.fill(Loss {
        there: 1.0,
        back: 1.0,
    });
    world.run(1_500);
    let dark = world.known(0, 10_000);
    assert_eq!((dark.forward_sent, dark.return_sent), (0, 0));
    assert!(dark.forward_unknown >= 30, "{dark:?}");
    // Its memory is gone as well: of the time before nothing can be said.
    world.host = Host::new(&secret(), &[9; 40]);
    world.loss.fill(Loss::default());
    world.run(3_000);
    let known = world.known(0, 5_000);
    assert!(
        known.forward_sent >= 18 && known.forward_got == known.forward_sent,
        "{known:?}"
    );
    assert!(
        known.return_sent >= 18 && known.return_got == known.return_sent,
        "{known:?}"
    );
    assert_eq!(known.later, None);
}

#[test]
fn heartbeats_that_are_played_again_say_nothing() {
    let mut world = World::new(5, 1);
    let mut caught = vec![];
    // Heartbeats of a time at which all was well, caught on the way.
    for _ in 0..40 {
        world.step();
        world.now_ms += STEP_MS;
        caught.extend(world.flying.values().filter_map(|f| match f {
            Flying::Back(0, octets) => Some(*octets),
            _ => None,
        }));
    }
    assert!(!caught.is_empty());
    world.run(1_000);
    world.loss[0] = Loss {
        there: 1.0,
        back: 1.0,
    };
    world.run(1_500);
    world.known.fill(Beacon::default());
    for _ in 0..20 {
        for octets in &caught {
            world.guest.hear(0, world.now_ms, octets);
        }
        world.run(250);
    }
    let known = &world.known[0];
    assert_eq!((known.forward_sent, known.return_sent), (0, 0), "{known:?}");
}

fn phases() -> impl Strategy<Value = Vec<(i64, [(f64, f64); 2])>> {
    let part = || prop_oneof![Just(0.0), Just(1.0), 0.0..1.0_f64];
    let way = || (part(), part());
    prop::collection::vec(((1..40_i64).prop_map(|n| n * 250), [way(), way()]), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 500, ..ProptestConfig::default() })]

    /// Whatever is lost when: what is told, at once and afterwards, adds up to what was.
    #[test]
    fn what_becomes_known_is_what_was(seed: u64, uplinks in 1..=2_usize, phases in phases()) {
        let mut world = World::new(seed, uplinks);
        for (ms, losses) in phases {
            for (loss, (there, back)) in world.loss.iter_mut().zip(losses) {
                *loss = Loss { there, back };
            }
            world.run(ms);
        }
        world.loss.fill(Loss::default());
        world.run(6_000);
        world.pause();
        for uplink in 0..uplinks {
            let known = &world.known[uplink];
            let later = known.later.clone().unwrap_or_default();
            let there = Counts {
                sent: known.forward_sent + later.forward_sent,
                came: known.forward_got + later.forward_got,
            };
            prop_assert_eq!(there, world.there[uplink]);
            prop_assert_eq!(known.forward_unknown, later.forward_sent);
            let back = Counts {
                sent: known.return_sent + later.return_sent,
                came: known.return_got + later.return_got,
            };
            // One may be under way at the begin and at the end.
            prop_assert!(back.sent.abs_diff(world.back[uplink].sent) <= 2, "{:?} {:?}", back, world.back[uplink]);
            prop_assert!(back.came.abs_diff(world.back[uplink].came) <= 2, "{:?} {:?}", back, world.back[uplink]);
        }
    }
}
