//! The doctor: takes windows, keeps verdicts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evidence::{MOST, Window};
use crate::hindsight;
use crate::hold::{Hold, Opinion, Outlook, Step};
use crate::judge::{self, Past};
use crate::site::{ResolverAt, Site};
use crate::verdict::{Consequence, Finding, Label, Subject, Verdict};

/// What became of a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change", content = "verdict")]
pub enum Change {
    /// A verdict began.
    Began(Verdict),
    /// It stands, and more came of it.
    Grew(Verdict),
    /// Another fault is now said of the subject; the one before ended at this one's saying.
    Replaced(Verdict),
    /// It is over (`until_ms` is set).
    Ended(Verdict),
}

impl Change {
    /// The verdict.
    pub fn verdict(&self) -> &Verdict {
        match self {
            Self::Began(v) | Self::Grew(v) | Self::Replaced(v) | Self::Ended(v) => v,
        }
    }
}

/// Diagnoses one machine's line. See the crate's page. A copy knows what the doctor knew and goes its own way.
#[derive(Debug, Clone, Default)]
pub struct Doctor {
    site: Site,
    past: Past,
    holds: BTreeMap<Subject, Hold>,
    standing: BTreeMap<Subject, Verdict>,
    last_ms: Option<i64>,
}

type Views = BTreeMap<Subject, Outlook>;

impl Doctor {
    /// A doctor for that line, who knows nothing yet of what is normal there. It takes some ten windows without a fault to learn it;
    /// a fault that is there from the start is told only as far as it needs no comparison.
    pub fn new(mut site: Site) -> Self {
        site.uplinks.truncate(MOST);
        site.trunks.truncate(MOST);
        site.resolvers.truncate(MOST);
        Self {
            site,
            ..Self::default()
        }
    }

    /// Takes a window and tells what changed. A window that is not later than the last one is ignored.
    pub fn handle(&mut self, window: &Window) -> Vec<Change> {
        if self.last_ms.is_some_and(|last| window.at_ms <= last) {
            return vec![];
        }
        self.last_ms = Some(window.at_ms);
        self.past.take(&self.site, &clipped(window));
        let views = self.views();
        let quiet = !views
            .values()
            .any(|v| matches!(v, Outlook::Wrong(_) | Outlook::Unclear(_)));
        let mut changes = self.look_back(window);
        changes.extend(self.step(views, window.at_ms));
        if quiet && !self.holds.values().any(Hold::uneasy) {
            self.past.learn();
        }
        changes
    }

    /// What stands now, causes and what they bring about.
    pub fn verdicts(&self) -> impl Iterator<Item = &Verdict> {
        self.standing.values()
    }

    /// The one verdict that explains most; `None` if all is normal.
    pub fn headline(&self) -> Option<&Verdict> {
        self.standing
            .values()
            .min_by_key(|v| (v.because_of.is_some(), rank(v.label), v.said_ms))
    }

    /// Whether a fault stands or is about to be said.
    pub fn uneasy(&self) -> bool {
        !self.standing.is_empty() || self.holds.values().any(Hold::uneasy)
    }

    /// Whether the window that was taken last shows something worth a closer look: a probe of somebody who usually answers is lost or
    /// refused, another path, a first hop that is slow. Most of it is ordinary.
    pub fn odd(&self, window: &Window) -> bool {
        self.site.uplinks.iter().any(|u| self.past.crowded(&u.name)) || self.past.odd(window)
    }

    /// What a beacon tells now of the time in which it could not be heard.
    fn look_back(&mut self, window: &Window) -> Vec<Change> {
        let mut changes = vec![];
        for beacon in window.beacons.iter().take(MOST) {
            let Some(later) = &beacon.later else { continue };
            let behind = |s: &&Subject| self.uplink_of(s) == Some(&beacon.uplink);
            let subjects: Vec<Subject> = self.standing.keys().filter(behind).cloned().collect();
            for subject in subjects {
                let verdict = self.standing.get_mut(&subject);
                if let Some(verdict) = verdict.filter(|v| v.until_ms.is_none())
                    && hindsight::tell(verdict, later)
                {
                    changes.push(Change::Grew(verdict.clone()));
                }
            }
        }
        changes
    }

    fn views(&self) -> Views {
        let past = &self.past;
        let mut views = Views::from([(Subject::Host, judge::host::judge(past))]);
        for uplink in &self.site.uplinks {
            views.insert(
                Subject::Uplink(uplink.name.clone()),
                judge::uplink::judge(past, &self.site, &uplink.name),
            );
        }
        for trunk in &self.site.trunks {
            views.insert(
                Subject::Trunk(trunk.name.clone()),
                judge::trunk::judge(past, trunk),
            );
        }
        self.settle_floods(&mut views);
        self.blame_host(&mut views);
        self.blame_uplinks(&mut views);
        let names = self.names(&views);
        views.insert(Subject::Names, names);
        self.add_consequences(&mut views);
        views
    }

    /// What surges after routes went is retries: a routing fault that stands, or that a router says, is no flood.
    fn settle_floods(&self, views: &mut Views) {
        for uplink in &self.site.uplinks {
            let subject = Subject::Uplink(uplink.name.clone());
            let flood =
                matches!(views.get(&subject), Some(Outlook::Wrong(o)) if o.label == Label::TrafficFlood);
            if flood
                && self.stands(&subject) != Some(Label::TrafficFlood)
                && self.routing_first(&uplink.name, views)
            {
                views.insert(subject, Outlook::Nothing);
                for trunk in self.trunks_of(&uplink.name) {
                    if let Some(Outlook::Wrong(o)) = views.get_mut(&trunk) {
                        *o = o.clone().bringing(Consequence::RetryStorm);
                    }
                }
            }
        }
    }

    fn routing_first(&self, uplink: &str, views: &Views) -> bool {
        let lost = |label: Label| label.routing() && label != Label::PathChanged;
        let said = |o: &Opinion| {
            o.findings.iter().any(|f| {
                matches!(
                    f,
                    Finding::NoRouteSaid { .. }
                        | Finding::HopsUsedUp { .. }
                        | Finding::RoutesGone { .. }
                        | Finding::PathTwice { .. }
                )
            })
        };
        self.trunks_of(uplink).any(|trunk| {
            let now = matches!(views.get(&trunk), Some(Outlook::Wrong(o)) if lost(o.label) && said(o));
            now || self.stands(&trunk).is_some_and(lost)
        })
    }

    fn stands(&self, subject: &Subject) -> Option<Label> {
        self.holds.get(subject).and_then(Hold::standing)
    }

    fn trunks_of<'a>(&'a self, uplink: &'a str) -> impl Iterator<Item = Subject> + 'a {
        let trunks = self.site.trunks.iter().filter(move |t| t.uplink == uplink);
        trunks.map(|t| Subject::Trunk(t.name.clone()))
    }

    /// A machine that is too slow sees loss and hangs that are its own.
    fn blame_host(&self, views: &mut Views) {
        let host = match views.get(&Subject::Host) {
            Some(Outlook::Wrong(o)) => Some(o.clone()),
            _ => None,
        };
        if host.is_none() && self.stands(&Subject::Host).is_none() {
            return;
        }
        for (subject, view) in views.iter_mut().filter(|(s, _)| **s != Subject::Host) {
            let (Outlook::Wrong(o) | Outlook::Unclear(o)) = &*view else {
                continue;
            };
            let soft = [
                Label::RandomLoss,
                Label::TrunkHang,
                Label::OtherPartyMedia,
                Label::CannotTell,
                Label::GatewayMute,
            ];
            if soft.contains(&o.label) {
                let inherits = host.clone().filter(|_| matches!(subject, Subject::Trunk(_)));
                *view = inherits.map_or(Outlook::Nothing, |o| inherited(o, Subject::Host));
            }
        }
    }

    fn blame_uplinks(&self, views: &mut Views) {
        for uplink in &self.site.uplinks {
            let subject = Subject::Uplink(uplink.name.clone());
            let Some(Outlook::Wrong(fault)) = views.get(&subject).cloned() else {
                continue;
            };
            for trunk in self.trunks_of(&uplink.name) {
                if let Some(view) = views.get_mut(&trunk).filter(|v| explained(v, fault.label)) {
                    *view = inherited(fault.clone(), subject.clone());
                }
            }
        }
    }

    /// Resolvers that say nothing while the way to them is broken are no fault of theirs.
    fn names(&self, views: &Views) -> Outlook {
        let Outlook::Wrong(mut opinion) = judge::names::judge(&self.past, &self.site) else {
            return judge::names::judge(&self.past, &self.site);
        };
        let mut undecided = false;
        for uplink in judge::names::uplinks(&self.site) {
            let subjects = std::iter::once(Subject::Uplink(uplink.to_string())).chain(self.trunks_of(uplink));
            for subject in subjects {
                match views.get(&subject) {
                    Some(Outlook::Wrong(o)) if breaks_way(o.label) => {
                        opinion.because_of = opinion
                            .because_of
                            .or(Some(o.because_of.clone().unwrap_or(subject)));
                    }
                    Some(Outlook::Wrong(_) | Outlook::Well) | None => {}
                    Some(Outlook::Unclear(_) | Outlook::Nothing) => undecided |= self.past.knows(&subject),
                }
            }
        }
        if opinion.because_of.is_none() && undecided {
            Outlook::Nothing
        } else {
            Outlook::Wrong(opinion)
        }
    }

    /// Adds to causes what they bring about: names that are lost, and programs that ask again and again.
    fn add_consequences(&self, views: &mut Views) {
        let names = match views.get(&Subject::Names) {
            Some(Outlook::Wrong(o)) => o.because_of.clone(),
            _ => None,
        };
        for (subject, view) in views.iter_mut() {
            let Outlook::Wrong(opinion) = view else { continue };
            if names.as_ref() == Some(subject) {
                *opinion = opinion.clone().bringing(Consequence::NamesLost);
            }
            let Some(uplink) = self.uplink_of(subject) else {
                continue;
            };
            let slow = self.slow_names(uplink);
            let uplinks = matches!(subject, Subject::Uplink(_)) && opinion.because_of.is_none();
            opinion.findings.extend(slow.filter(|_| uplinks));
            let storm = self.past.links.get(uplink).and_then(|l| l.tx.surge(2.0, 50.0));
            if let (Some((pps, usual)), true) = (storm, lost_way(opinion.label)) {
                opinion.findings.push(Finding::PacketsOut { pps, usual });
                *opinion = opinion.clone().bringing(Consequence::RetryStorm);
            }
        }
    }

    /// A resolver beyond an uplink that answers late.
    fn slow_names(&self, uplink: &str) -> Option<Finding> {
        let there = self.site.resolvers.iter().filter(|r| r.uplink == uplink);
        let slow = |r: &ResolverAt| self.past.names.get(&r.name)?.slow(self.past.now_ms);
        let (ms, usual) = there.filter_map(slow).next()?;
        Some(Finding::NamesSlow { ms, usual })
    }

    fn uplink_of<'a>(&'a self, subject: &'a Subject) -> Option<&'a str> {
        match subject {
            Subject::Uplink(name) => Some(name),
            Subject::Trunk(name) => self
                .site
                .trunks
                .iter()
                .find(|t| t.name == *name)
                .map(|t| t.uplink.as_str()),
            Subject::Host | Subject::Names => None,
        }
    }

    fn step(&mut self, views: Views, now_ms: i64) -> Vec<Change> {
        let mut changes = vec![];
        for (subject, outlook) in views {
            let step = self
                .holds
                .entry(subject.clone())
                .or_default()
                .take(now_ms, outlook);
            changes.extend(self.apply(subject, step, now_ms));
        }
        if changes.iter().any(|c| matches!(c, Change::Ended(_))) && self.standing.is_empty() {
            self.past.settle();
        }
        changes
    }

    fn apply(&mut self, subject: Subject, step: Step, now_ms: i64) -> Option<Change> {
        match step {
            Step::Same => None,
            Step::Fresher(opinion) => self.refresh(&subject, opinion),
            Step::Ended { at_ms } => {
                let mut verdict = self.standing.remove(&subject)?;
                verdict.until_ms = Some(at_ms.max(verdict.since_ms));
                Some(Change::Ended(verdict))
            }
            Step::Began(opinion) => {
                let verdict = self.verdict(subject.clone(), opinion, now_ms);
                let before = self.standing.insert(subject, verdict.clone());
                Some(if before.is_some() {
                    Change::Replaced(verdict)
                } else {
                    Change::Began(verdict)
                })
            }
        }
    }

    fn refresh(&mut self, subject: &Subject, opinion: Opinion) -> Option<Change> {
        let region = self.region(subject, &opinion);
        let verdict = self.standing.get_mut(subject)?;
        let elsewhere = std::mem::replace(&mut verdict.region, region) != verdict.region;
        let only = |v: &Verdict| v.findings.iter().any(|f| matches!(f, Finding::OnlyFrom { .. }));
        let before = only(verdict);
        hindsight::renew(&mut verdict.findings, opinion.findings);
        // The one area may be the one that the trunk serves.
        let elsewhere = elsewhere || only(verdict) != before;
        verdict.confidence = verdict.confidence.max(opinion.confidence);
        let known = verdict.consequences.len();
        for consequence in opinion.consequences {
            if !verdict.consequences.contains(&consequence) {
                verdict.consequences.push(consequence);
            }
        }
        (elsewhere || verdict.consequences.len() > known).then(|| Change::Grew(verdict.clone()))
    }

    /// The area whose callers alone are concerned, or whom the trunk serves.
    fn region(&self, subject: &Subject, opinion: &Opinion) -> String {
        let site = match subject {
            Subject::Trunk(name) => self.site.trunks.iter().find(|t| t.name == *name),
            _ => None,
        };
        let of_trunk = || site.map(|t| t.region.clone());
        opinion.area.clone().or_else(of_trunk).unwrap_or_default()
    }

    fn verdict(&self, subject: Subject, opinion: Opinion, now_ms: i64) -> Verdict {
        Verdict {
            region: self.region(&subject, &opinion),
            subject,
            label: opinion.label,
            because_of: opinion.because_of,
            consequences: opinion.consequences,
            findings: opinion.findings,
            confidence: opinion.confidence.clamp(0.0, 0.99),
            since_ms: opinion.since_ms.min(now_ms),
            said_ms: now_ms,
            until_ms: None,
        }
    }
}

fn clipped(window: &Window) -> Window {
    let mut window = window.clone();
    window.reach.truncate(4 * MOST);
    window.paths.truncate(MOST);
    window.names.truncate(MOST);
    window.links.truncate(MOST);
    window.calls.truncate(MOST);
    window.beacons.truncate(MOST);
    window
}

fn inherited(mut opinion: Opinion, from: Subject) -> Outlook {
    opinion.because_of = Some(from);
    Outlook::Wrong(opinion)
}

/// Whether an uplink's fault explains what is seen of a trunk.
fn explained(view: &Outlook, fault: Label) -> bool {
    let dead = matches!(fault, Label::UplinkDown | Label::GatewayMute);
    match view {
        Outlook::Well => fault == Label::UplinkDown,
        Outlook::Wrong(o)
            if matches!(
                o.label,
                Label::TrunkRejecting | Label::PathChanged | Label::OtherPartyMedia
            ) =>
        {
            dead
        }
        _ => true,
    }
}

/// Faults of the way to a trunk, which resolvers beyond it suffer from as well.
fn breaks_way(label: Label) -> bool {
    !matches!(
        label,
        Label::TrunkRejecting
            | Label::TrunkHang
            | Label::TrunkDead
            | Label::OtherPartyMedia
            | Label::PathChanged
            | Label::CannotTell
    )
}

/// Faults after which programs ask in vain.
fn lost_way(label: Label) -> bool {
    (label.routing() && label != Label::PathChanged)
        || matches!(label, Label::UplinkDown | Label::GatewayMute | Label::NamesHang)
}

/// Which of several causes explains most.
fn rank(label: Label) -> u8 {
    match label {
        Label::UplinkDown => 0,
        Label::GatewayMute => 1,
        Label::TrafficFlood => 2,
        Label::HostOverloaded => 3,
        label if label.routing() && label != Label::PathChanged => 4,
        Label::RandomLoss => 5,
        Label::PathChanged => 6,
        Label::TrunkDead | Label::TrunkHang | Label::TrunkRejecting => 7,
        Label::NamesHang | Label::NamesFailing => 8,
        Label::OtherPartyMedia => 9,
        _ => 10,
    }
}
