//! Exercises: a fault that brings another. 2021-10-25 again (routes told to all by mistake, paths lost, names asked for in a storm), and a
//! true flood beside the same programs.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use biseo_line::{Consequence, Label, Language, Verdict, Wording};

use crate::fault;
use crate::net::Fault;
use crate::patient::{Look, Patient, Told, headlined};
use crate::topo::Topology;
use crate::trial::rest;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exercise {
    /// The outage of 2021-10-25.
    Mistake,
    Flood,
}

impl Exercise {
    pub const ALL: [Self; 2] = [Self::Mistake, Self::Flood];

    /// By its word on the command line.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "2021" => Some(Self::Mistake),
            "flood" => Some(Self::Flood),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Mistake => "exercise 2021",
            Self::Flood => "exercise flood",
        }
    }
}

/// What became of an exercise.
pub struct Played {
    pub note: String,
    pub look: Look,
    pub right: bool,
    pub confused: bool,
}

/// The programs that ask for names; the doctor learns them as normal.
pub fn settle(topology: &mut Topology) -> Result<(), Fault> {
    let exe = std::env::current_exe()?.display().to_string();
    let servers: Vec<String> = topology
        .sides
        .iter()
        .map(|s| s.resolver.address.to_string())
        .collect();
    let mut words = vec![exe.as_str(), "clients"];
    words.extend(servers.iter().map(String::as_str));
    topology.net.start("clients", "edge", &words)
}

pub fn play(
    topology: &mut Topology,
    patient: &Patient,
    exercise: Exercise,
    random: &mut fastrand::Rng,
) -> Result<Played, Fault> {
    let side = random.usize(..topology.sides.len());
    match exercise {
        Exercise::Mistake => mistake(topology, patient, side, random),
        Exercise::Flood => flood(topology, patient, side, random),
    }
}

fn mistake(
    topology: &mut Topology,
    patient: &Patient,
    side: usize,
    random: &mut fastrand::Rng,
) -> Result<Played, Fault> {
    let edge_router = topology.sides[side].routers.last().cloned().ok_or("no router")?;
    let routes = random.usize(20_000..40_000);
    let file = topology.net.folder.join("mistake.routes");
    std::fs::write(
        &file,
        table(routes, &topology.sides[side].trunk.address.to_string()),
    )?;
    let mut router = topology.base[&edge_router].clone();
    router.mistake = Some(file.display().to_string());
    let began = Instant::now();
    topology.net.configure(&edge_router, &router)?;
    let look = patient.look(began, false, storm_after_routes);
    // Back again: the mistake first, then router by router, as people get to them.
    topology
        .net
        .configure(&edge_router, &topology.base[&edge_router].clone())?;
    let mut routers = topology.routers();
    random.shuffle(&mut routers);
    for node in &routers {
        rest(Duration::from_millis(random.u64(200..1_500)));
        topology.net.enable(node)?;
    }
    let (well, said_after) = recover(topology, patient, &routers)?;
    let flood = |label: &Label| *label == Label::TrafficFlood;
    let confused = look.heard(|l| flood(&l)) || said_after.iter().any(flood);
    let words = look.verdict.as_ref().map(words);
    let right = words.as_ref().is_some_and(Option::is_some) && !confused && well;
    let said = words.flatten().unwrap_or_default();
    let back = match well {
        true => "well again".to_string(),
        false => format!("NOT well again ({})", patient.standing()),
    };
    let note = format!("{routes} routes by {edge_router}, {back}{said}");
    Ok(Played {
        note,
        look,
        right,
        confused,
    })
}

/// Waits until all is well: whether it came to that, and what was said meanwhile. A router that was back before the last mistaken route was gone gives up again, and now and
/// then the routers of a ring are left with a map that lacks some of them until they begin anew: people would do no other.
fn recover(topology: &Topology, patient: &Patient, routers: &[String]) -> Result<(bool, Vec<Label>), Fault> {
    let mut said = vec![];
    for round in 0..6 {
        // Routers that begin anew take longer to agree than those that were only let in again.
        let (calm, more) = patient.calm_within(4, Duration::from_secs(12 + 6 * round));
        said.extend(more);
        if calm {
            return Ok((true, said));
        }
        for node in routers {
            // One that gave up again is off, and does not begin anew before it is let in.
            topology.net.enable(node)?;
            if round > 1 {
                topology.net.restart(node)?;
            }
        }
    }
    Ok((false, said))
}

/// So many networks by that next hop, as BIRD reads them.
fn table(routes: usize, via: &str) -> String {
    (0..routes).fold(String::new(), |mut text, n| {
        let (a, b, c) = (64 + n / 1_024, n / 4 % 256, n % 4 * 64);
        let _ = writeln!(text, "route 100.{a}.{b}.{c}/26 via {via};");
        text
    })
}

/// The headline is lost routes, and it (or another verdict on lost routes beside it) brings a storm of retries.
fn storm_after_routes(told: &Told) -> Option<Verdict> {
    let lost = |v: &&Verdict| v.label.routing() && v.label != Label::PathChanged;
    let storm = |v: &&Verdict| v.consequences.contains(&Consequence::RetryStorm);
    told.headline.as_ref().filter(lost)?;
    told.standing.iter().filter(lost).find(storm).cloned()
}

/// The verdict in both languages, if both say the storm in words of their own.
fn words(verdict: &Verdict) -> Option<String> {
    let mut bare = verdict.clone();
    bare.consequences.retain(|c| *c != Consequence::RetryStorm);
    let mut out = String::new();
    for language in [Language::Ko, Language::En] {
        let wording = Wording::of(language);
        let (said, without) = (wording.sentence(verdict), wording.sentence(&bare));
        if said.len() <= without.len()
            || said.contains("retry_storm")
            || !said.contains(wording.label(verdict.label.code()))
        {
            return None;
        }
        let _ = write!(
            out,
            "\n    {said}\n      {}",
            wording.findings(verdict).join("; ")
        );
    }
    Some(out)
}

fn flood(
    topology: &mut Topology,
    patient: &Patient,
    side: usize,
    random: &mut fastrand::Rng,
) -> Result<Played, Fault> {
    let began = Instant::now();
    let note = fault::flood(topology, side, random)?;
    let look = patient.look(began, false, |told| headlined(told, Label::TrafficFlood));
    topology.net.stop("flood");
    let confused = look.heard(Label::routing);
    let right = look.verdict.is_some() && !confused && patient.calm(4);
    let said = look
        .verdict
        .as_ref()
        .map(|v| Wording::of(Language::Ko).sentence(v));
    let note = format!("side {side} {note}\n    {}", said.unwrap_or_default());
    Ok(Played {
        note,
        look,
        right,
        confused,
    })
}
