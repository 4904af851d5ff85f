//! Incidents in words: for notices, for the digest and for the page that is handed in with a claim.

use biseo_line::report::{Fault, Report, html};
use biseo_line::{Verdict, Wording};
use biseo_store::{FoundBy, Incident, Span};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What is out of order, in a sentence: the doctor's verdict with its consequences, or what somebody of the shop said.
#[must_use]
pub fn sentence(words: &Wording, incident: &Incident) -> String {
    match verdict(incident) {
        Some(verdict) => words.sentence(&verdict),
        None => words.cause(&incident.cause).to_string(),
    }
}

/// What was measured, each in words; nothing for what somebody of the shop said.
#[must_use]
pub fn findings(words: &Wording, incident: &Incident) -> Vec<String> {
    verdict(incident).map_or_else(Vec::new, |v| words.findings(&v))
}

/// The page of a span's faults, on a shop's clock.
#[must_use]
pub fn report(
    words: &Wording,
    (name, zone): (&str, &TimeZone),
    incidents: &[Incident],
    (span, made): (Span, Timestamp),
) -> String {
    let at = |at: Timestamp| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let fault = |i: &Incident| Fault {
        began: at(i.began),
        ended: i.ended.map(at),
        seconds: i.ended.unwrap_or(made).duration_since(i.began).as_secs(),
        what: sentence(words, i),
        region: i.region.clone(),
        percent: (!i.evidence.is_null()).then_some(i.confidence / 10),
        findings: findings(words, i),
    };
    let exercise = |i: &Incident| Fault {
        what: format!("{}: {}", i.name, sentence(words, i)),
        percent: None,
        ..fault(i)
    };
    let (exercises, faults): (Vec<&Incident>, Vec<&Incident>) =
        incidents.iter().partition(|i| i.source == FoundBy::Exercise);
    let report = Report {
        name: name.into(),
        span: format!("{} – {}", at(span.from), at(span.until)),
        made: at(made),
        faults: faults.into_iter().map(fault).collect(),
        exercises: exercises.into_iter().map(exercise).collect(),
    };
    html(words, &report)
}

/// The verdict that is kept as evidence; one of another version is none.
fn verdict(incident: &Incident) -> Option<Verdict> {
    serde_json::from_value(incident.evidence.clone()).ok()
}
