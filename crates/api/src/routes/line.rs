//! The line: how it is now, and how it was over a span.

use axum::Json;
use biseo_line::Wording;
use biseo_store::{Incident, MOST_IN_SPAN};
use jiff::Timestamp;

use super::incidents::span;
use super::queries::{EvidenceQuery, LineQuery};
use crate::auth::{May, needs};
use crate::extract::Query;
use crate::line::status;
use crate::outage::{findings, sentence};
use crate::problem::Problem;
use crate::views::*;

/// How the line is now: what the line doctor sees, and how the providers' trunks do. What is wrong is told in the doctor's own words.
#[utoipa::path(
    get, path = "/shops/{shop}/line/status", tag = "line",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), LineQuery),
    responses((status = 200, body = LineStatus))
)]
pub(super) async fn line_status(
    may: May<needs::ReadShop>,
    Query(q): Query<LineQuery>,
) -> Result<Json<LineStatus>, Problem> {
    let words = Wording::of(q.language.unwrap_or_default().of_the_line());
    let seen = may.api.settings.line.as_ref().map(|line| line.now(&may.shop));
    Ok(Json(status(seen.unwrap_or_default(), may.api.now(), &words)))
}

/// What of the line and the shop was out of order over a span (the last 31 days if none is asked for), with what was measured in words.
#[utoipa::path(
    get, path = "/shops/{shop}/line/timeline", tag = "line",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), EvidenceQuery),
    responses((status = 200, body = LineTimeline))
)]
pub(super) async fn line_timeline(
    may: May<needs::ReadShop>,
    Query(q): Query<EvidenceQuery>,
) -> Result<Json<LineTimeline>, Problem> {
    let words = Wording::of(q.language.unwrap_or_default().of_the_line());
    let (span, now) = (span(&may, &q)?, may.api.now());
    let incidents = may.api.store.incidents_in_span(&may.shop, span).await?;
    let cut = incidents.len() >= MOST_IN_SPAN;
    let faults = incidents.into_iter().map(|i| fault(i, now, &words));
    // What ended by itself is on record as going on.
    let within = faults.filter(|f| f.ended.is_none_or(|at| at > span.from));
    Ok(Json(LineTimeline {
        from: span.from,
        to: span.until,
        faults: within.collect(),
        cut,
    }))
}

fn fault(incident: Incident, now: Timestamp, words: &Wording) -> TimelineFault {
    let (sentence, findings) = (sentence(words, &incident), findings(words, &incident));
    let ended = incident.ended.or(incident.ends.filter(|at| *at <= now));
    let view = IncidentView::from(incident);
    TimelineFault {
        id: view.id,
        own: view.own,
        source: view.source,
        cause: view.cause,
        subject: LineSubject::of_code(&view.subject),
        name: view.name,
        region: view.region,
        began: view.began,
        ended,
        confidence: view.confidence,
        sentence,
        findings,
    }
}
