//! The way to a trunk that says nothing any more: where does it end, and who says so?

use super::beacon::Told;
use super::past::PathPast;
use super::{FirstHop, Past};
use crate::evidence::Refusal;
use crate::hold::{Opinion, Outlook};
use crate::series::Series;
use crate::site::TrunkAt;
use crate::verdict::{Consequence, Finding, Label};

/// What is known of a trunk that is silent.
pub(crate) struct Silence<'a> {
    pub past: &'a Past,
    pub trunk: &'a TrunkAt,
    pub witnesses: &'a [&'a Series],
    /// When it answered last.
    pub since_ms: i64,
}

impl Silence<'_> {
    fn quiet(&self) -> i64 {
        self.past.now_ms - self.since_ms
    }

    fn path(&self) -> Option<&PathPast> {
        self.past.paths.get(&self.trunk.name)
    }

    fn opinion(&self, label: Label, sure: f64, finding: Finding) -> Outlook {
        let mut findings = vec![finding, Finding::TrunkSilent { ms: self.quiet() }];
        findings.extend(self.flat());
        findings.extend(self.fallen());
        Outlook::Wrong(Opinion::new(label, self.since_ms, sure, findings).bringing(Consequence::CallsFail))
    }

    fn flat(&self) -> Option<Finding> {
        let first = self.past.first_hop(&self.trunk.uplink)?;
        let ms = first.rtt(self.past.now_ms, 1_600)?;
        first
            .slow(self.past.now_ms, 1_600)
            .is_none()
            .then_some(Finding::FirstHopFlat { ms })
    }

    fn fallen(&self) -> Option<Finding> {
        let (pps, usual) = self.past.links.get(&self.trunk.uplink)?.rx.fallen()?;
        Some(Finding::PacketsIn { pps, usual })
    }

    /// What somebody says: errors of routers, loops, routes of our own that went. Believed whatever the first hop does.
    pub fn said(&self) -> Option<Outlook> {
        self.looping()
            .or_else(|| self.no_way())
            .or_else(|| self.own_routes())
    }

    fn looping(&self) -> Option<Outlook> {
        // The window of the last answers has the first errors, and perhaps the most of them.
        let from = self.since_ms.max(self.past.now_ms - 4_000);
        let used_up = self
            .witnesses
            .iter()
            .find_map(|s| s.laments(from, |why| why == Refusal::TtlExceeded));
        let finding = match used_up {
            Some((n, _)) => Finding::HopsUsedUp { n },
            None => Finding::PathTwice {
                by: self.path()?.twice(from + 1_300)?,
            },
        };
        Some(self.opinion(Label::RoutingLoop, 0.93, finding))
    }

    fn no_way(&self) -> Option<Outlook> {
        let from = self.since_ms.max(self.past.now_ms - 4_000);
        let host = self
            .witnesses
            .iter()
            .find_map(|s| s.refusals(from, |why| why == Refusal::Host));
        if let Some((_, by)) = &host
            && self.path().and_then(PathPast::last_router) == Some(by.as_str())
        {
            return Some(self.opinion(
                Label::TrunkDead,
                0.9,
                Finding::LastRouterSaysGone { by: by.clone() },
            ));
        }
        // The first errors come in the window of the last answers, and hardly any after them.
        let no_way = |why| matches!(why, Refusal::Net | Refusal::Host | Refusal::Filtered);
        let (n, by) = self
            .witnesses
            .iter()
            .find_map(|s| s.laments(self.since_ms, no_way))?;
        Some(self.opinion(Label::RoutingWithdrawn, 0.93, Finding::NoRouteSaid { by, n }))
    }

    fn own_routes(&self) -> Option<Outlook> {
        let from = self.since_ms - 1_000;
        let without = |r: &crate::evidence::Routes| r.without.contains(&self.trunk.uplink);
        let gone = self.past.routes.iter().filter(|(at, r)| *at > from && without(r));
        let n = gone.map(|(_, r)| r.removed).max().unwrap_or(0);
        let own: u32 = self
            .witnesses
            .iter()
            .map(|s| s.own_refusals(from))
            .max()
            .unwrap_or(0);
        (n > 0 || own > 1)
            .then(|| self.opinion(Label::RoutingWithdrawn, 0.85, Finding::RoutesGone { n: n.max(1) }))
    }

    /// What silence itself tells, by where the path ends.
    pub fn ends(&self) -> Outlook {
        let unclear = |sure| {
            let findings = vec![Finding::TrunkSilent { ms: self.quiet() }];
            Outlook::Unclear(
                Opinion::new(Label::CannotTell, self.since_ms, sure, findings)
                    .bringing(Consequence::CallsFail),
            )
        };
        if self.quiet() < 1_500 {
            return Outlook::Nothing;
        }
        if matches!(
            self.past.first_hop_state(&self.trunk.uplink),
            FirstHop::Silent | FirstHop::Hurt
        ) {
            return unclear(0.5);
        }
        // A path that began before the silence is told up to 1.2 s after its window's last answer.
        let path = self.path();
        let (usual, seen) = (
            path.and_then(PathPast::length),
            path.and_then(|p| p.deepest(self.since_ms + 1_300)),
        );
        match (usual, seen) {
            (Some(of), Some((hop, _))) if hop + 1 == of => {
                self.opinion(Label::TrunkDead, 0.75, Finding::PathWholeButLast { of })
            }
            // What is still under way farther off than the trunk goes another way or round and round.
            (Some(of), Some((hop, paths))) if paths >= 2 && hop < of => self.vanishes(hop, of),
            (Some(_), _) if self.quiet() < 6_000 => Outlook::Nothing,
            _ => unclear(0.4),
        }
    }

    /// Packets vanish beyond the first routers; a beacon may know on which way. Its word counts for what its way and the trunk's have in common:
    /// one that is well is a witness that the fault lies nearer to the trunk.
    fn vanishes(&self, hop: usize, of: usize) -> Outlook {
        let ends = Finding::PathEnds { hop, of };
        let beacon = self.past.beacons.get(&self.trunk.uplink);
        let told = beacon.map_or(Told::Nothing, |b| b.told(self.past.now_ms, self.since_ms));
        let (label, sure, more) = match told {
            Told::NotYet => return Outlook::Nothing,
            Told::Nothing => (Label::BlackholeOrReturnLost, 0.85, None),
            Told::Silent { ms } => (
                Label::BlackholeOrReturnLost,
                0.85,
                Some(Finding::BeaconSilent { ms }),
            ),
            Told::Says { forward, back } => {
                let (label, sure) = match () {
                    () if forward > 0.8 && back < 0.2 => (Label::Blackhole, 0.9),
                    () if back > 0.8 && forward < 0.2 => (Label::ReturnPathLost, 0.9),
                    () => (Label::BlackholeOrReturnLost, 0.85),
                };
                (label, sure, Some(Finding::BeaconSays { forward, back }))
            }
        };
        let mut outlook = self.opinion(label, sure, ends);
        if let Outlook::Wrong(opinion) = &mut outlook {
            opinion.findings.extend(more);
        }
        outlook
    }
}
