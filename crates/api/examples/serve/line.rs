//! A line with two trunks, and what was out of order with it.

use biseo_api::views::{LineBy, LinePlace, LineResolver, LineTarget, LineTrunk, TrunkState};
use biseo_api::{LineLook, LineNow, LineVerdict, SeesLine};
use biseo_line::{Consequence, Finding, Label, Subject, Verdict};
use biseo_model::ids::ShopId;
use biseo_model::incident::IncidentKind;
use biseo_store::{FoundBy, Incident, Store};
use jiff::{SignedDuration, Timestamp};

use super::Failed;

/// Minutes for which the trunk has been dead, if it is.
const DEAD: i64 = 12;

/// The line, well or not.
pub(super) struct Seen {
    hurt: bool,
    began: Timestamp,
}

/// Whether `LINE=hurt` was said.
fn hurt() -> bool {
    std::env::var("LINE").is_ok_and(|line| line == "hurt")
}

impl Seen {
    pub(super) fn by_environment() -> Self {
        Self {
            hurt: hurt(),
            began: Timestamp::now(),
        }
    }

    fn trunk(&self, name: &str, region: &str, registered: Option<bool>) -> LineTrunk {
        let dead = self.hurt && name == "kt";
        LineTrunk {
            name: name.into(),
            region: region.into(),
            state: if dead { TrunkState::Down } else { TrunkState::Up },
            registered: registered.map(|_| !dead),
            came: 41,
            answered: 40,
            lost: u64::from(dead),
            placed: 3,
            failed: u64::from(dead),
        }
    }
}

impl SeesLine for Seen {
    fn now(&self, _: &ShopId) -> LineNow {
        let now = Timestamp::now();
        let tried = now.duration_since(self.began).as_secs().unsigned_abs() + 600;
        let lost = |name: &str| if self.hurt && name == "kt" { 300 } else { 0 };
        let target = |place, name: &str, by, rtt_ms| LineTarget {
            place,
            name: name.into(),
            by,
            tried,
            answered: tried - lost(name),
            rtt_ms: Some(rtt_ms),
        };
        let targets = vec![
            target(LinePlace::Gateway, "eth0", LineBy::Icmp, 0.4),
            target(LinePlace::Carrier, "eth0", LineBy::Icmp, 3.1),
            target(LinePlace::Trunk, "kt", LineBy::Options, 4.8),
            target(LinePlace::Trunk, "lg", LineBy::Options, 6.2),
        ];
        let resolver = LineResolver {
            name: "168.126.63.1".into(),
            asked: tried / 5,
            answered: tried / 5 - 1,
            failed: 1,
            rtt_ms: Some(5.0),
        };
        let dead = LineVerdict {
            began: ago(DEAD),
            said: ago(DEAD),
            ended: None,
            verdict: dead(),
        };
        let look = LineLook {
            at: now,
            quick: self.hurt,
            pings: true,
            targets,
            resolvers: vec![resolver],
            standing: if self.hurt { vec![dead] } else { Vec::new() },
            last: None,
            exercise: None,
        };
        LineNow {
            look: Some(look),
            trunks: vec![self.trunk("kt", "02", Some(true)), self.trunk("lg", "051", None)],
        }
    }
}

fn ago(minutes: i64) -> Timestamp {
    Timestamp::now() - SignedDuration::from_mins(minutes)
}

fn verdict(subject: Subject, label: Label, region: &str, findings: Vec<Finding>) -> Verdict {
    Verdict {
        subject,
        label,
        because_of: None,
        region: region.into(),
        consequences: vec![Consequence::CallsFail],
        findings,
        confidence: 0.93,
        since_ms: 0,
        said_ms: 1_500,
        until_ms: None,
    }
}

fn dead() -> Verdict {
    let findings = vec![Finding::OptionsSilent { ms: 2_500 }, Finding::PortClosed];
    verdict(Subject::Trunk("kt".into()), Label::TrunkDead, "02", findings)
}

fn incident(id: &str, verdict: &Verdict, began: Timestamp) -> Result<Incident, Failed> {
    let (subject, name) = match &verdict.subject {
        Subject::Host => ("host", ""),
        Subject::Uplink(name) => ("uplink", name.as_str()),
        Subject::Trunk(name) => ("trunk", name.as_str()),
        Subject::Names => ("names", ""),
    };
    Ok(Incident {
        id: id.into(),
        shop: None,
        source: FoundBy::Doctor,
        begun_by: None,
        cause: verdict.label.code().into(),
        subject: subject.into(),
        name: name.into(),
        region: verdict.region.clone(),
        consequences: vec!["calls_fail".into()],
        confidence: 930,
        announced: Some(IncidentKind::LineDown),
        account: None,
        began,
        ends: None,
        ended: None,
        evidence: serde_json::to_value(verdict)?,
    })
}

/// A week of the line.
pub(super) async fn history(store: &Store) -> Result<(), Failed> {
    let day = 24 * 60;
    let withdrawn = verdict(
        Subject::Uplink("eth0".into()),
        Label::RoutingWithdrawn,
        "",
        vec![Finding::NoRouteSaid {
            by: "203.0.113.1".into(),
            n: 3,
        }],
    );
    let loss = verdict(
        Subject::Trunk("lg".into()),
        Label::RandomLoss,
        "051",
        vec![Finding::Loss {
            share: 0.07,
            usual: 0.0,
        }],
    );
    let mut drill = incident("line-drill", &dead(), ago(5 * day))?;
    (drill.source, drill.announced) = (FoundBy::Exercise, None);
    let past = [
        (drill, 1),
        (incident("line-routes", &withdrawn, ago(3 * day))?, 89),
        (incident("line-loss", &loss, ago(day))?, 240),
    ];
    for (one, minutes) in past {
        store.begin_incident(&one).await?;
        let ended = one.began + SignedDuration::from_mins(minutes);
        store.end_house_incident(&one.id, ended, &one.evidence).await?;
    }
    if hurt() {
        store
            .begin_incident(&incident("line-dead", &dead(), ago(DEAD))?)
            .await?;
    }
    Ok(())
}
