//! A simulated day of an office: jitter, bursts of loss, downloads. At most one verdict, at the laboratory's pace and at the program's.
//!
//! `FUZZ_FACTOR` (see `make fuzz`) plays a fifth as many days more.

mod common;

use biseo_line::{Change, Doctor};
use common::{Beside, Fault, Paced, Sim, site};

const DAY_MS: i64 = 24 * 3_600_000;

/// What is ordinary on a day: some eight bursts of loss and four downloads an hour.
struct Office {
    until_ms: i64,
}

impl Office {
    fn new() -> Self {
        Self { until_ms: i64::MAX }
    }

    fn go_on(&mut self, sim: &mut Sim) {
        if sim.at_ms >= self.until_ms {
            sim.fault = None;
            self.until_ms = i64::MAX;
        }
        if sim.fault.is_none() && sim.random.u32(..900) == 0 {
            sim.begin(Fault::Burst);
            self.until_ms = sim.at_ms + sim.random.i64(1..=3) * 500;
        } else if sim.fault.is_none() && sim.random.u32(..1_800) == 0 {
            sim.begin(Fault::Download);
            self.until_ms = sim.at_ms + sim.random.i64(5..120) * 1_000;
        }
    }
}

/// The same in worse surroundings: bursts of loss that also meet downloads, resolvers that take long, moments in which this machine has no
/// time, and a carrier that shares its load out over two routers.
struct Crowd {
    office: Office,
    burst_until: i64,
    names_until: [i64; 2],
    busy_until: i64,
}

impl Crowd {
    fn new(sim: &mut Sim) -> Self {
        sim.beside = Beside {
            other_router: [0.5, 0.1, 0.02][sim.random.usize(..3)],
            ..Beside::default()
        };
        Self {
            office: Office::new(),
            burst_until: 0,
            names_until: [0; 2],
            busy_until: 0,
        }
    }

    fn go_on(&mut self, sim: &mut Sim) {
        self.office.go_on(sim);
        let now = sim.at_ms;
        let downloads = sim.fault.is_some_and(|(fault, _)| fault == Fault::Download);
        if downloads && now > self.burst_until + 20_000 && sim.random.u32(..120) == 0 {
            self.burst_until = now + sim.random.i64(1..=3) * 500;
        }
        if sim.random.u32(..2_400) == 0 {
            let until = now + sim.random.i64(2..20) * 1_000;
            let both = sim.random.u8(..3) == 0;
            let one = sim.random.usize(..2);
            for (i, of) in self.names_until.iter_mut().enumerate() {
                if both || i == one {
                    *of = until;
                }
            }
        }
        if sim.random.u32(..1_200) == 0 {
            self.busy_until = now + sim.random.i64(1..=3) * 500;
        }
        sim.beside.burst = now < self.burst_until;
        sim.beside.names_slow = self.names_until.map(|until| now < until);
        sim.beside.busy = now < self.busy_until;
    }
}

fn is_verdict(change: &Change) -> bool {
    change.verdict().until_ms.is_none() && change.verdict().because_of.is_none()
}

/// The fixed seeds, and more of them if asked for.
fn seeds() -> std::ops::Range<u64> {
    let more: u64 = std::env::var("FUZZ_FACTOR").map_or(0, |n| n.parse().expect("FUZZ_FACTOR is a number"));
    // A day takes some seconds.
    11..16 + more / 5
}

#[test]
fn an_ordinary_day_has_at_most_one_verdict() {
    for seed in seeds() {
        let (mut sim, mut doctor) = (Sim::new(seed), Doctor::new(site()));
        let (mut office, mut said) = (Office::new(), vec![]);
        while sim.at_ms < DAY_MS {
            office.go_on(&mut sim);
            said.extend(doctor.handle(&sim.window()).into_iter().filter(is_verdict));
        }
        assert!(said.len() <= 1, "seed {seed}: {said:#?}");
    }
}

#[test]
fn the_same_at_the_program_s_pace_which_is_mostly_calm() {
    for seed in seeds() {
        let (mut paced, mut office, mut said) = (Paced::new(seed), Office::new(), vec![]);
        while paced.sim.at_ms < DAY_MS {
            office.go_on(&mut paced.sim);
            said.extend(paced.window().into_iter().filter(is_verdict));
        }
        assert!(said.len() <= 1, "seed {seed}: {said:#?}");
        let share = paced.quick as f64 / paced.all as f64;
        assert!(share < 0.4, "seed {seed}: quick for {share:.2} of the day");
    }
}

/// False verdicts of all days, each day with what it is played by.
fn in_a_crowd(mut day: impl FnMut(u64) -> Vec<Change>) {
    let said: Vec<(u64, Change)> = seeds()
        .flat_map(|seed| day(seed).into_iter().map(move |c| (seed, c)))
        .collect();
    assert!(said.len() <= seeds().count(), "{said:#?}");
}

#[test]
fn in_worse_surroundings_it_is_one_a_day_on_the_whole() {
    in_a_crowd(|seed| {
        let (mut sim, mut doctor) = (Sim::new(seed), Doctor::new(site()));
        let (mut crowd, mut said) = (Crowd::new(&mut sim), vec![]);
        while sim.at_ms < DAY_MS {
            crowd.go_on(&mut sim);
            said.extend(doctor.handle(&sim.window()).into_iter().filter(is_verdict));
        }
        said
    });
}

#[test]
fn and_at_the_program_s_pace_too() {
    in_a_crowd(|seed| {
        let (mut paced, mut said) = (Paced::new(seed), vec![]);
        let mut crowd = Crowd::new(&mut paced.sim);
        while paced.sim.at_ms < DAY_MS {
            crowd.go_on(&mut paced.sim);
            said.extend(paced.window().into_iter().filter(is_verdict));
        }
        said
    });
}
