//! How the line is, for the owner's page: what the doctor saw at the last look, and how the telephone's trunks do.

use std::sync::Arc;

use biseo_api::views::{LineBy, LineExercise, LinePlace, LineResolver, LineTarget, LineTrunk, TrunkState};
use biseo_api::{LineLook, LineNow, LineVerdict, SeesLine};
use biseo_line::Tempo;
use biseo_line::evidence::{By, Place};
use biseo_telephony::trunk::State;

use super::counted::Came;
use super::exercise::Course;
use super::seen::Resolver;
use super::status::{STALE, Shown, Status, Target};
use super::trunks::TrunkSeen;
use crate::house::House;

/// The line of a house, as its pages see it.
pub(crate) struct OnPage(pub(crate) Arc<House>);

impl SeesLine for OnPage {
    fn now(&self) -> LineNow {
        let house = &self.0;
        let now = house.clock.now();
        // What is older was seen by a thread that sees no more.
        let fresh = |s: &Status| now.duration_since(s.at).abs() < STALE;
        let came = house.line.counted.all();
        let region = |id: &str| house.config.line.regions.get(id).cloned().unwrap_or_default();
        let trunk = |seen: TrunkSeen| {
            let (region, came) = (region(&seen.id), came.get(&seen.id).copied().unwrap_or_default());
            trunk(seen, region, came)
        };
        LineNow {
            look: house.line.figures.last().filter(fresh).map(look),
            trunks: house.line.trunks.all().into_iter().map(trunk).collect(),
        }
    }
}

fn look(status: Status) -> LineLook {
    LineLook {
        at: status.at,
        quick: status.tempo == Tempo::Quick,
        pings: status.pings,
        targets: status.targets.into_iter().map(target).collect(),
        resolvers: status.beside.resolvers.into_iter().map(resolver).collect(),
        standing: status.standing.into_iter().map(verdict).collect(),
        last: status.ended.into_iter().next().map(verdict),
        exercise: status.exercise.map(exercise),
    }
}

fn verdict(shown: Shown) -> LineVerdict {
    LineVerdict {
        began: shown.began,
        said: shown.said,
        ended: shown.ended,
        verdict: shown.verdict,
    }
}

fn exercise(course: Course) -> LineExercise {
    LineExercise {
        seconds_left: u64::from(course.asked.seconds).saturating_sub(course.lasted_ms / 1_000),
        trunk: course.asked.trunk,
    }
}

fn target(target: Target) -> LineTarget {
    LineTarget {
        place: match target.place {
            Place::Gateway => LinePlace::Gateway,
            Place::Access => LinePlace::Access,
            Place::Carrier => LinePlace::Carrier,
            Place::Trunk => LinePlace::Trunk,
        },
        name: target.name,
        by: match target.by {
            By::Icmp => LineBy::Icmp,
            By::Options => LineBy::Options,
        },
        tried: target.tried,
        answered: target.answered,
        rtt_ms: target.rtt_us.map(ms),
    }
}

fn resolver(resolver: Resolver) -> LineResolver {
    LineResolver {
        name: resolver.name,
        asked: resolver.asked,
        answered: resolver.answered,
        failed: resolver.failed,
        rtt_ms: resolver.rtt_us.map(ms),
    }
}

fn ms(us: u32) -> f64 {
    f64::from(us) / 1e3
}

fn trunk(seen: TrunkSeen, region: String, came: Came) -> LineTrunk {
    let tries = seen.tries;
    LineTrunk {
        name: seen.id,
        region,
        state: match seen.state {
            State::Up => TrunkState::Up,
            State::Suspect => TrunkState::Suspect,
            State::Probing => TrunkState::Probing,
            State::Overloaded => TrunkState::Overloaded,
            State::Down => TrunkState::Down,
        },
        registered: seen.registered,
        came: came.all,
        answered: came.answered,
        lost: came.lost,
        placed: tries.answered + tries.refused + tries.failed + tries.silent,
        failed: tries.failed + tries.silent,
    }
}
