//! Figures for Prometheus, as a file for the textfile collector of its node exporter (text format 0.0.4). Nothing of callers is in it.

use std::fmt::Write as _;

use biseo_line::{Subject, Tempo};
use serde::Serialize;

use super::status::{Status, Target};

/// The whole file.
pub(super) fn text(status: &Status) -> String {
    let mut out = String::new();
    head(
        &mut out,
        "biseo_line_looked_at_seconds",
        "gauge",
        "When the line doctor looked last.",
    );
    let _ = writeln!(out, "biseo_line_looked_at_seconds {}", status.at.as_second());
    head(
        &mut out,
        "biseo_line_quick",
        "gauge",
        "Whether something is odd and asked about often.",
    );
    let _ = writeln!(out, "biseo_line_quick {}", u8::from(status.tempo == Tempo::Quick));
    head(
        &mut out,
        "biseo_line_pings_allowed",
        "gauge",
        "Whether this program may ping.",
    );
    let _ = writeln!(out, "biseo_line_pings_allowed {}", u8::from(status.pings));
    probes(&mut out, &status.targets);
    head(
        &mut out,
        "biseo_line_verdict",
        "gauge",
        "What is wrong: 1 for each verdict that stands.",
    );
    for shown in &status.standing {
        let (kind, name) = subject(&shown.verdict.subject);
        let labels = [
            ("subject", kind),
            ("name", name),
            ("label", shown.verdict.label.code()),
            ("region", &shown.verdict.region),
        ];
        let _ = writeln!(out, "biseo_line_verdict{} 1", braces(&labels));
    }
    head(
        &mut out,
        "biseo_line_verdicts_total",
        "counter",
        "How often each was said.",
    );
    for (label, n) in &status.said {
        let _ = writeln!(
            out,
            "biseo_line_verdicts_total{} {n}",
            braces(&[("label", label)])
        );
    }
    out
}

fn probes(out: &mut String, targets: &[Target]) {
    let each = |out: &mut String, name: &str, value: &dyn Fn(&Target) -> Option<String>| {
        for target in targets {
            if let Some(value) = value(target) {
                let (place, by) = (word(&target.place), word(&target.by));
                let labels = [("place", &*place), ("name", &*target.name), ("by", &*by)];
                let _ = writeln!(out, "{name}{} {value}", braces(&labels));
            }
        }
    };
    head(
        out,
        "biseo_line_probes_total",
        "counter",
        "Questions whose fate is known.",
    );
    each(out, "biseo_line_probes_total", &|t| Some(t.tried.to_string()));
    head(
        out,
        "biseo_line_answers_total",
        "counter",
        "How many of them were answered.",
    );
    each(out, "biseo_line_answers_total", &|t| Some(t.answered.to_string()));
    head(
        out,
        "biseo_line_round_trip_seconds",
        "gauge",
        "The last round trip.",
    );
    each(out, "biseo_line_round_trip_seconds", &|t| {
        t.rtt_us.map(|us| format!("{:.6}", f64::from(us) / 1e6))
    });
}

fn head(out: &mut String, name: &str, kind: &str, what: &str) {
    let _ = write!(out, "# HELP {name} {what}\n# TYPE {name} {kind}\n");
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

fn braces(labels: &[(&str, &str)]) -> String {
    let one = |(key, value): &(&str, &str)| {
        let value = value
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n");
        format!("{key}=\"{value}\"")
    };
    let all: Vec<String> = labels.iter().map(one).collect();
    format!("{{{}}}", all.join(","))
}

#[cfg(test)]
mod tests {
    use super::super::status::tests::verdict;
    use super::*;
    use biseo_line::evidence::{By, Place, Reach, Window};
    use biseo_line::{Change, Label};
    use jiff::Timestamp;

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
        let text = text(&status);
        for line in [
            "# TYPE biseo_line_probes_total counter",
            "biseo_line_probes_total{place=\"trunk\",name=\"k\\\"t\",by=\"options\"} 3",
            "biseo_line_round_trip_seconds{place=\"trunk\",name=\"k\\\"t\",by=\"options\"} 0.001500",
            "biseo_line_verdict{subject=\"trunk\",name=\"kt\",label=\"trunk_dead\",region=\"02\"} 1",
            "biseo_line_verdicts_total{label=\"trunk_dead\"} 1",
            "biseo_line_pings_allowed 0",
            "biseo_line_quick 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
    }
}
