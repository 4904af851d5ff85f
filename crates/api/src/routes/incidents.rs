//! What of the line or the shop is out of order: of which callers are told while it is.

use axum::Json;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use biseo_line::{Language, Wording};
use biseo_store::{FoundBy, Incident, MOST_STANDING, Span};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::calls::all;
use super::queries::{EvidenceLanguage, EvidenceQuery, PageQuery};
use crate::auth::{May, needs, secret as ids};
use crate::check::text;
use crate::cursor;
use crate::extract::{Body, Query};
use crate::live::NoticeKind;
use crate::outage::report;
use crate::problem::{Code, Fault, Problem};
use crate::views::*;

/// It ends by itself within this time at the latest, if that is set.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The span of evidence, if none is asked for.
const MONTH: SignedDuration = SignedDuration::from_hours(31 * 24);
/// The longest account that is said.
const ACCOUNT: usize = 200;

/// Incidents of the shop's own and of the line, newest first.
#[utoipa::path(
    get, path = "/shops/{shop}/incidents", tag = "line",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), PageQuery),
    responses((status = 200, body = IncidentPage))
)]
pub(super) async fn list_incidents(
    may: May<needs::ReadShop>,
    Query(q): Query<PageQuery>,
) -> Result<Json<IncidentPage>, Problem> {
    let (page, shown) = cursor::page("incidents", q.cursor.as_deref(), q.limit)?;
    let mut rows = may.api.store.incident_page(&may.shop, &page).await?;
    let next = cursor::cut(&mut rows, shown, |i| cursor::text("incidents", i.began, &i.id));
    Ok(Json(IncidentPage {
        items: all(rows),
        next,
    }))
}

/// An incident.
#[utoipa::path(
    get, path = "/shops/{shop}/incidents/{incident}", tag = "line",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("incident" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = IncidentView))
)]
pub(super) async fn read_incident(may: May<needs::ReadShop>) -> Result<Json<IncidentView>, Problem> {
    Ok(Json(incident(&may).await?.into()))
}

/// Something of the shop is out of order from now on. Callers are told, and questions about it are answered by it. 409 if the same
/// goes on already, or too much does.
#[utoipa::path(
    post, path = "/shops/{shop}/incidents", tag = "line",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$")),
    request_body = NewIncident,
    responses((status = 201, body = IncidentView))
)]
pub(super) async fn begin_incident(
    may: May<needs::WriteTasks>,
    Body(new): Body<NewIncident>,
) -> Result<(StatusCode, Json<IncidentView>), Problem> {
    let begun = begun(&may, &new)?;
    let open = may.api.store.open_incidents().await?;
    let own = open
        .iter()
        .filter(|i| i.shop.as_ref() == Some(&may.shop) && i.stands(begun.began));
    let own: Vec<&Incident> = own.collect();
    if own.len() >= MOST_STANDING || own.iter().any(|i| i.cause == begun.cause) {
        return Err(Code::Conflict.into());
    }
    may.api.store.begin_incident(&begun).await?;
    (may.api.settings.incidents)();
    may.changed("incident.begun", NoticeKind::Incident, &begun.id)
        .await?;
    Ok((StatusCode::CREATED, Json(begun.into())))
}

/// What the shop said is over. What the line doctor says ends when it is over (409).
#[utoipa::path(
    post, path = "/shops/{shop}/incidents/{incident}/end", tag = "line",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), ("incident" = String, Path, pattern = "^[A-Za-z0-9_-]{1,64}$")),
    responses((status = 200, body = IncidentView))
)]
pub(super) async fn end_incident(may: May<needs::WriteTasks>) -> Result<Json<IncidentView>, Problem> {
    let known = incident(&may).await?;
    let now = may.api.now();
    if !may.api.store.end_incident(&may.shop, &known.id, now).await? {
        return Err(Code::Conflict.into());
    }
    (may.api.settings.incidents)();
    may.changed("incident.ended", NoticeKind::Incident, &known.id)
        .await?;
    Ok(Json(incident(&may).await?.into()))
}

/// What of the line and the shop was out of order in a span (the last 31 days if none is asked for), with what was measured.
#[utoipa::path(
    get, path = "/shops/{shop}/line/evidence", tag = "line",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), EvidenceQuery),
    responses((status = 200, body = LineEvidence))
)]
pub(super) async fn line_evidence(
    may: May<needs::ReadShop>,
    Query(q): Query<EvidenceQuery>,
) -> Result<Json<LineEvidence>, Problem> {
    let span = span(&may, &q)?;
    let incidents = may.api.store.incidents_in_span(&may.shop, span).await?;
    Ok(Json(LineEvidence {
        shop: may.shop.to_string(),
        from: span.from,
        to: span.until,
        made: may.api.now(),
        incidents: all(incidents),
    }))
}

/// The same in words, a page to be printed.
#[utoipa::path(
    get, path = "/shops/{shop}/line/report", tag = "line",
    params(("shop" = String, Path, description = "The shop's id", pattern = "^[A-Za-z0-9_-]{1,64}$"), EvidenceQuery),
    responses((status = 200, body = String, content_type = "text/html"))
)]
pub(super) async fn line_report(
    may: May<needs::ReadShop>,
    Query(q): Query<EvidenceQuery>,
) -> Result<impl IntoResponse, Problem> {
    let span = span(&may, &q)?;
    let incidents = may.api.store.incidents_in_span(&may.shop, span).await?;
    let name = &may.profile.name;
    let (language, name) = match q.language {
        Some(EvidenceLanguage::En) => (Language::En, name.en.as_ref().unwrap_or(&name.ko)),
        _ => (Language::Ko, &name.ko),
    };
    let words = Wording::of(language);
    let page = report(&words, (name, &may.zone()), &incidents, (span, may.api.now()));
    Ok((PAGE, page))
}

/// The page has its style in itself, and nothing else that does anything.
const PAGE: [(HeaderName, &str); 2] = [
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
];

async fn incident<N>(may: &May<N>) -> Result<Incident, Problem> {
    let id: String = may.part("incident")?;
    let found = may.api.store.incident(&may.shop, &id).await?;
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

fn begun(may: &May<needs::WriteTasks>, new: &NewIncident) -> Result<Incident, Problem> {
    let (now, kind) = (may.api.now(), new.kind.kind());
    let pays = matches!(new.kind, ShopIncident::PaymentsDown | ShopIncident::InternetDown);
    let account = match &new.account {
        Some(_) if !pays => return Err(Problem::field("account", Fault::Contradiction)),
        Some(given) => Some(text(given, "account", ACCOUNT)?),
        None => None,
    };
    let ends = new.ends.or_else(|| midnight(may, new.kind));
    if ends.is_some_and(|at| at <= now) {
        return Err(Problem::field("ends", Fault::TooSmall));
    }
    if ends.is_some_and(|at| at.duration_since(now) > LONGEST) {
        return Err(Problem::field("ends", Fault::TooLarge));
    }
    Ok(Incident {
        id: ids::id(),
        shop: Some(may.shop.clone()),
        source: FoundBy::Shop,
        begun_by: Some(may.signed.account.id.clone()),
        cause: kind.code().into(),
        subject: "shop".into(),
        name: String::new(),
        region: String::new(),
        consequences: Vec::new(),
        confidence: 1_000,
        announced: Some(kind),
        account,
        began: now,
        ends,
        ended: None,
        evidence: serde_json::Value::Null,
    })
}

/// Who has closed for today opens again tomorrow.
fn midnight(may: &May<needs::WriteTasks>, kind: ShopIncident) -> Option<Timestamp> {
    let tomorrow = may.today().checked_add(1.day()).ok()?;
    let at = may.zone().to_timestamp(tomorrow.at(0, 0, 0, 0)).ok()?;
    (kind == ShopIncident::ClosedEarly).then_some(at)
}

/// The span that is asked for.
pub(super) fn span(may: &May<needs::ReadShop>, q: &EvidenceQuery) -> Result<Span, Problem> {
    let until = q.to.unwrap_or_else(|| may.api.now());
    let from = q
        .from
        .unwrap_or_else(|| until.checked_sub(MONTH).unwrap_or(Timestamp::MIN));
    match from < until {
        true => Ok(Span { from, until }),
        false => Err(Problem::new(Code::Malformed).with("from", Fault::TooLarge)),
    }
}
