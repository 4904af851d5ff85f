//! The line's figures for Prometheus. Nothing of callers is in them.

use std::fmt::Error;
use std::sync::{Arc, PoisonError, RwLock};

use biseo_line::{Subject, Tempo};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeLabelSet, EncodeMetric, LabelSetEncoder, MetricEncoder,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;
use serde::Serialize;

use super::figures::beside;
use super::status::{Status, Target};
use crate::label::escaped;

/// How the line was at the last look; nothing before there was one, or where nobody watches. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures(Arc<RwLock<Option<Status>>>);

impl Figures {
    /// How the line is now; `None` once nobody watches any more.
    pub(super) fn show(&self, status: Option<&Status>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = status.cloned();
    }

    /// How it was at the last look.
    pub(super) fn last(&self) -> Option<Status> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Collector for Figures {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> Result<(), Error> {
        let status = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(status) = status.as_ref() else {
            return Ok(());
        };
        let (none, seconds): ([Label<'_>; 0], _) = ([], Some(&Unit::Seconds));
        let looked = ConstGauge::new(status.at.as_second());
        one(
            &mut to,
            ("line_looked_at", "When the line doctor looked last", seconds),
            none,
            &looked,
        )?;
        let quick = flag(status.tempo == Tempo::Quick);
        one(
            &mut to,
            (
                "line_quick",
                "Whether something is odd and asked about often",
                None,
            ),
            none,
            &quick,
        )?;
        let pings = flag(status.pings);
        one(
            &mut to,
            ("line_pings_allowed", "Whether this program may ping", None),
            none,
            &pings,
        )?;
        probes(&mut to, &status.targets)?;
        beside(&mut to, &status.beside)?;
        verdicts(&mut to, status)
    }
}

pub(super) fn flag(on: bool) -> ConstGauge<i64> {
    ConstGauge::new(i64::from(on))
}

/// A figure's name, what it tells and its unit.
pub(super) type Named<'a> = (&'a str, &'a str, Option<&'a Unit>);
/// A label's name and its value.
pub(super) type Label<'a> = (&'a str, &'a str);

pub(super) fn one<const N: usize>(
    to: &mut DescriptorEncoder<'_>,
    named: Named<'_>,
    labels: [Label<'_>; N],
    value: &impl EncodeMetric,
) -> Result<(), Error> {
    let mut metric = described(to, named, value.metric_type())?;
    match N {
        0 => value.encode(metric),
        _ => value.encode(metric.encode_family(&Labels(&labels))?),
    }
}

pub(super) fn described<'s>(
    to: &'s mut DescriptorEncoder<'_>,
    (name, what, unit): Named<'s>,
    kind: MetricType,
) -> Result<MetricEncoder<'s>, Error> {
    to.encode_descriptor(name, what, unit, kind)
}

fn probes(to: &mut DescriptorEncoder<'_>, targets: &[Target]) -> Result<(), Error> {
    let mut asked = described(
        to,
        ("line_probes", "Questions whose fate is known", None),
        MetricType::Counter,
    )?;
    each(&mut asked, targets, |t| Some(ConstCounter::new(t.tried)))?;
    let mut answered = described(
        to,
        ("line_answers", "How many of them were answered", None),
        MetricType::Counter,
    )?;
    each(&mut answered, targets, |t| Some(ConstCounter::new(t.answered)))?;
    let unit = Some(&Unit::Seconds);
    let mut rtt = described(
        to,
        ("line_round_trip", "The last round trip", unit),
        MetricType::Gauge,
    )?;
    each(&mut rtt, targets, |t| {
        Some(ConstGauge::new(f64::from(t.rtt_us?) / 1e6))
    })
}

fn each<M: EncodeMetric>(
    metric: &mut MetricEncoder<'_>,
    targets: &[Target],
    value: impl Fn(&Target) -> Option<M>,
) -> Result<(), Error> {
    for target in targets {
        let Some(value) = value(target) else { continue };
        let (place, by) = (word(&target.place), word(&target.by));
        let labels = [("place", &*place), ("name", &*target.name), ("by", &*by)];
        value.encode(metric.encode_family(&Labels(&labels))?)?;
    }
    Ok(())
}

fn verdicts(to: &mut DescriptorEncoder<'_>, status: &Status) -> Result<(), Error> {
    let what = "What is wrong: 1 for each verdict that stands";
    let mut standing = described(to, ("line_verdict", what, None), MetricType::Gauge)?;
    for shown in &status.standing {
        let (kind, name) = subject(&shown.verdict.subject);
        let labels = [
            ("subject", kind),
            ("name", name),
            ("label", shown.verdict.label.code()),
            ("region", &shown.verdict.region),
        ];
        flag(true).encode(standing.encode_family(&Labels(&labels))?)?;
    }
    let mut said = described(
        to,
        ("line_verdicts", "How often each was said", None),
        MetricType::Counter,
    )?;
    for (label, n) in &status.said {
        ConstCounter::new(*n).encode(said.encode_family(&Labels(&[("label", label)]))?)?;
    }
    Ok(())
}

/// Labels that are known at the moment of asking only.
pub(super) struct Labels<'a>(pub(super) &'a [Label<'a>]);

impl EncodeLabelSet for Labels<'_> {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), Error> {
        let escaped: Vec<(&str, String)> = self.0.iter().map(|(key, value)| (*key, escaped(value))).collect();
        escaped.encode(encoder)
    }
}

/// What a verdict is about: its kind and its name.
pub(super) fn subject(subject: &Subject) -> (&'static str, &str) {
    match subject {
        Subject::Host => ("host", ""),
        Subject::Uplink(name) => ("uplink", name),
        Subject::Trunk(name) => ("trunk", name),
        Subject::Names => ("names", ""),
    }
}

/// The code under which serde writes it.
pub(super) fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value
        .and_then(|v| v.as_str().map(String::from))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::status::tests::verdict;
    use super::*;
    use biseo_line::evidence::{By, Place, Reach, Window};
    use biseo_line::{Change, Label};
    use jiff::Timestamp;
    use prometheus_client::encoding::text::encode;
    use prometheus_client::registry::Registry;

    fn text(figures: &Figures) -> String {
        let mut registry = Registry::with_prefix("biseo");
        registry.register_collector(Box::new(figures.clone()));
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        text
    }

    #[test]
    fn every_figure_has_its_kind_and_names_are_escaped() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let mut status = Status::new(now, false);
        let window = Window {
            at_ms: 500,
            reach: vec![Reach {
                place: Place::Trunk,
                name: "k\"t".into(),
                by: By::Options,
                tried: 3,
                answered: 2,
                rtt_us: Some(1_500),
                refused: vec![],
                codes: vec![],
            }],
            ..Window::default()
        };
        let began = Change::Began(verdict(Label::TrunkDead, 0, 500));
        status.take(&window, &[began], Tempo::Quick, now);
        let figures = Figures::default();
        assert_eq!(text(&figures), "# EOF\n");
        figures.show(Some(&status));
        let text = text(&figures);
        for line in [
            "# TYPE biseo_line_probes counter",
            "biseo_line_probes_total{place=\"trunk\",name=\"k\\\"t\",by=\"options\"} 3",
            "biseo_line_answers_total{place=\"trunk\",name=\"k\\\"t\",by=\"options\"} 2",
            "biseo_line_round_trip_seconds{place=\"trunk\",name=\"k\\\"t\",by=\"options\"} 0.0015",
            "biseo_line_verdict{subject=\"trunk\",name=\"kt\",label=\"trunk_dead\",region=\"02\"} 1",
            "biseo_line_verdicts_total{label=\"trunk_dead\"} 1",
            "biseo_line_looked_at_seconds 1700000000",
            "biseo_line_pings_allowed 0",
            "biseo_line_quick 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
    }
}
