//! How the line is, for the owner's page: what the doctor saw at the last look, and how the telephone's trunks do.

use std::sync::Arc;

use biseo_api::views::{LineBy, LineExercise, LinePlace, LineResolver, LineTarget, LineTrunk, TrunkState};
use biseo_api::{LineLook, LineNow, LineVerdict, SeesLine};
use biseo_line::Tempo;
use biseo_line::evidence::{By, Place};
use biseo_model::ids::ShopId;
use biseo_telephony::trunk::State;

use super::counted::Came;
use super::exercise::Course;
use super::seen::Resolver;
use super::status::{STALE, Shown, Status, Target};
use super::trunks::{Tries, TrunkSeen};
use crate::house::House;

/// The line of a house, as its pages see it.
pub(crate) struct OnPage(pub(crate) Arc<House>);

impl SeesLine for OnPage {
    fn now(&self, shop: &ShopId) -> LineNow {
        let house = &self.0;
        let shared = house.directory.all().len() > 1;
        let now = house.clock.now();
        // What is older was seen by a thread that sees no more.
        let fresh = |s: &Status| now.duration_since(s.at).abs() < STALE;
        let came = house.line.counted.of_shop(shop);
        let region = |id: &str| house.config.line.regions.get(id).cloned().unwrap_or_default();
        let trunk = |seen: TrunkSeen| {
            let (region, came) = (region(&seen.id), came.get(&seen.id).copied().unwrap_or_default());
            trunk(seen, region, came, shared)
        };
        let look = |status| look(status, shared);
        LineNow {
            look: house.line.figures.last().filter(fresh).map(look),
            trunks: house.line.trunks.all().into_iter().map(trunk).collect(),
        }
    }
}

/// `shared`: the house has several shops, which need not know by whose resolvers.
fn look(status: Status, shared: bool) -> LineLook {
    let resolvers = status.beside.resolvers.into_iter().zip(1..);
    LineLook {
        at: status.at,
        quick: status.tempo == Tempo::Quick,
        pings: status.pings,
        targets: status.targets.into_iter().map(target).collect(),
        resolvers: resolvers
            .map(|(seen, n): (_, u32)| resolver(seen, shared.then_some(n)))
            .collect(),
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

fn resolver(resolver: Resolver, instead: Option<u32>) -> LineResolver {
    LineResolver {
        name: instead.map_or(resolver.name, |n| n.to_string()),
        asked: resolver.asked,
        answered: resolver.answered,
        failed: resolver.failed,
        rtt_ms: resolver.rtt_us.map(ms),
    }
}

fn ms(us: u32) -> f64 {
    f64::from(us) / 1e3
}

/// Of calls that were placed nobody knows for which of several shops it was: none of them is told.
fn trunk(seen: TrunkSeen, region: String, came: Came, shared: bool) -> LineTrunk {
    let tries = if shared { Tries::default() } else { seen.tries };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_shops_share_a_house_none_sees_what_is_others() {
        let seen = || TrunkSeen {
            id: "kt".into(),
            state: State::Up,
            registered: None,
            tries: Tries {
                answered: 3,
                silent: 1,
                ..Tries::default()
            },
        };
        let own = Came {
            all: 5,
            answered: 4,
            lost: 1,
        };
        for (shared, placed, failed, name) in [(false, 4, 1, "10.0.0.1"), (true, 0, 0, "1")] {
            let trunk = trunk(seen(), String::new(), own, shared);
            assert_eq!((trunk.came, trunk.placed, trunk.failed), (5, placed, failed));
            let asked = Resolver {
                name: "10.0.0.1".into(),
                ..Resolver::default()
            };
            assert_eq!(resolver(asked, shared.then_some(1)).name, name);
        }
    }
}
