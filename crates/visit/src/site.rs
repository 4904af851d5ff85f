//! The page's routes: who is let in, and what is shown.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header, request::Parts};
use axum::response::Response;
use axum::routing::get;
use biseo_api::layers::{same_site, seen_through};
use biseo_api::limit::{Buckets, network};
use biseo_api::room::Books;
use biseo_api::{Clock, Rate, Shops};
use biseo_model::ids::{BookingId, ShopId};
use biseo_model::record::{Booking, BookingState};
use biseo_model::shop::ShopProfile;
use biseo_store::Store;
use ipnet::IpNet;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::answer;
use crate::asked::{Asked, FORM, Sent, Want};
use crate::change::{self, Became};
use crate::link::{Links, PATH, begin, end};
use crate::scene::{Done, Notice, Scene, Standing, Step};
use crate::told::Told;
use crate::words::{Language, preferred};

/// What the operator decides.
#[derive(Clone)]
pub struct Settings {
    /// The origins by which the page is reached. Without one, the request's own `Host` counts.
    pub origins: Vec<String>,
    /// Networks whose `X-Forwarded-For` is believed: the reverse proxy.
    pub proxies: Vec<IpNet>,
    /// Requests of one address (of a /64 in IPv6), wrong links too.
    pub address_rate: Rate,
    /// Requests for one booking.
    pub link_rate: Rate,
    /// Forms for one booking.
    pub change_rate: Rate,
    /// The clock.
    pub clock: Clock,
}

impl Default for Settings {
    fn default() -> Self {
        let rate = |burst, per_second| Rate { burst, per_second };
        Self {
            origins: Vec::new(),
            proxies: Vec::new(),
            address_rate: rate(60, 2.0),
            link_rate: rate(60, 1.0),
            change_rate: rate(10, 0.05),
            clock: Arc::new(Timestamp::now),
        }
    }
}

/// What all requests share. Cheap to clone.
#[derive(Clone)]
pub struct Site(Arc<Inner>);

struct Inner {
    store: Store,
    shops: Arc<dyn Shops>,
    links: Links,
    told: Arc<dyn Told>,
    settings: Settings,
    addresses: Buckets<IpAddr>,
    bookings: Buckets<(ShopId, BookingId)>,
    changes: Buckets<(ShopId, BookingId)>,
}

impl Site {
    /// Joins the parts.
    #[must_use]
    pub fn new(
        store: Store,
        shops: Arc<dyn Shops>,
        links: Links,
        told: Arc<dyn Told>,
        settings: Settings,
    ) -> Self {
        Self(Arc::new(Inner {
            addresses: Buckets::new(settings.address_rate),
            bookings: Buckets::new(settings.link_rate),
            changes: Buckets::new(settings.change_rate),
            store,
            shops,
            links,
            told,
            settings,
        }))
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn links(&self) -> &Links {
        &self.0.links
    }

    pub(crate) fn told(&self) -> &dyn Told {
        &*self.0.told
    }
}

/// The pages under `/v/`.
pub fn router(site: Site) -> Router {
    Router::new()
        .route("/v/style.css", get(answer::style))
        .route("/v/{token}", get(show).post(act))
        .with_state(site)
}

/// Somebody with a link that holds.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) profile: Arc<ShopProfile>,
    pub(crate) booking: Booking,
    pub(crate) standing: Standing,
    pub(crate) zone: TimeZone,
    pub(crate) now: Timestamp,
}

impl Visit {
    /// The shop's books now.
    pub(crate) fn books<'a>(&'a self, store: &'a Store) -> Books<'a> {
        Books {
            store,
            profile: &self.profile,
            now: self.now,
        }
    }
}

async fn show(State(site): State<Site>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let (asked, language) = asked(&parts);
    let shown = match admitted(&site, &parts).await {
        Ok(visit) => shown(&site, &visit, &asked, language).await,
        Err(notice) => Err(notice),
    };
    shown.unwrap_or_else(|notice| answer::notice(notice, language))
}

async fn act(State(site): State<Site>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (_, language) = asked(&parts);
    let done = match admitted(&site, &parts).await {
        Ok(visit) => acted(&site, visit, &parts, body).await,
        Err(notice) => Err(notice),
    };
    match done {
        Ok((path, query)) => answer::see(&format!("{path}?{query}&lang={}", language.tag())),
        Err(notice) => answer::notice(notice, language),
    }
}

fn asked(parts: &Parts) -> (Asked, Language) {
    let asked = Asked::read(parts.uri.query().unwrap_or_default());
    let accept = text(&parts.headers, header::ACCEPT_LANGUAGE);
    (asked, asked.language.unwrap_or_else(|| preferred(accept)))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers
        .get(name)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
}

fn token(parts: &Parts) -> &str {
    parts.uri.path().strip_prefix(PATH).unwrap_or_default()
}

/// Finds the booking of a link. Links that are wrong, over or of what is no more are answered alike.
async fn admitted(site: &Site, parts: &Parts) -> Result<Visit, Notice> {
    let inner = &site.0;
    let now = (inner.settings.clock)();
    if let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() {
        let from = seen_through(peer.ip().to_canonical(), &parts.headers, &inner.settings.proxies);
        inner
            .addresses
            .take(network(from), now)
            .map_err(|_| Notice::Slow)?;
    }
    // How long it holds is asked of the booking itself: one that was moved to a later day is still its caller's.
    let claim = inner.links.read(token(parts)).ok_or(Notice::Gone)?;
    let key = (claim.shop.clone(), claim.booking.clone());
    inner.bookings.take(key, now).map_err(|_| Notice::Slow)?;
    let profile = inner.shops.find(&claim.shop).ok_or(Notice::Gone)?;
    let booking = inner.store.booking(&claim.shop, &claim.booking).await;
    let booking = booking.map_err(failed)?.ok_or(Notice::Gone)?;
    let zone = TimeZone::get(&profile.zone).map_err(|_| Notice::Gone)?;
    let standing = standing(&booking, &zone, now).ok_or(Notice::Gone)?;
    Ok(Visit {
        profile,
        booking,
        standing,
        zone,
        now,
    })
}

/// `None` for one that is over.
fn standing(booking: &Booking, zone: &TimeZone, now: Timestamp) -> Option<Standing> {
    let (begin, end) = (begin(booking, zone)?, end(booking, zone)?);
    match booking.state {
        _ if end <= now => None,
        BookingState::Cancelled => Some(Standing::Cancelled),
        BookingState::Confirmed if begin <= now => Some(Standing::Begun),
        BookingState::Confirmed => Some(Standing::Open),
    }
}

/// What the database says is for the log.
pub(crate) fn failed(error: impl std::fmt::Display) -> Notice {
    tracing::error!(%error, "the caller's page cannot ask the store");
    Notice::Failed
}

async fn shown(site: &Site, visit: &Visit, asked: &Asked, language: Language) -> Result<Response, Notice> {
    let (step, full) = step(site, visit, asked).await?;
    let scene = Scene {
        language,
        profile: &visit.profile,
        booking: &visit.booking,
        standing: visit.standing,
        step,
        done: full.or(asked.done.filter(|d| holds(*d, visit.standing))),
        form: site.0.links.form(&visit.booking),
    };
    Ok(answer::page(&scene))
}

/// Nobody is told that something was done which is not so: the address is anybody's to write.
fn holds(done: Done, standing: Standing) -> bool {
    match done {
        Done::Moved | Done::Full => standing == Standing::Open,
        Done::Cancelled => standing == Standing::Cancelled,
        Done::Changed => true,
    }
}

/// The step that is asked for, if the booking can still be changed.
async fn step(site: &Site, visit: &Visit, asked: &Asked) -> Result<(Step, Option<Done>), Notice> {
    match asked.want {
        _ if visit.standing != Standing::Open => Ok((Step::Look, None)),
        Want::Look => Ok((Step::Look, None)),
        Want::Cancel => Ok((Step::Cancel, None)),
        Want::Move => {
            let offer = change::offer(site, visit, asked).await?;
            Ok(match (offer.chosen, asked.time) {
                (Some(date), Some(time)) if offer.times.contains(&time) => {
                    (Step::Confirm(date.to_datetime(time)), None)
                }
                (_, Some(_)) => (Step::Choose(offer), Some(Done::Full)),
                (_, None) => (Step::Choose(offer), None),
            })
        }
    }
}

/// Carries a form out; gives the path and query of the page that tells what came of it.
async fn acted(
    site: &Site,
    visit: Visit,
    parts: &Parts,
    body: axum::body::Body,
) -> Result<(String, String), Notice> {
    let authority = parts.uri.authority().map(|a| a.as_str());
    if !same_site(&parts.headers, authority, &site.0.settings.origins) {
        return Err(Notice::Foreign);
    }
    let key = (visit.booking.shop.clone(), visit.booking.id.clone());
    site.0.changes.take(key, visit.now).map_err(|_| Notice::Slow)?;
    let form = text(&parts.headers, header::CONTENT_TYPE).starts_with("application/x-www-form-urlencoded");
    let sent = match axum::body::to_bytes(body, FORM).await {
        Ok(octets) if form => Sent::read(&octets),
        _ => None,
    };
    let here = format!("{PATH}{}", token(parts));
    let Some(sent) = sent else {
        return Ok((here, "done=changed".into()));
    };
    let became = change::carried_out(site.clone(), visit, sent).await?;
    Ok(match became {
        Became::Moved(path) => (path.unwrap_or(here), query(Done::Moved)),
        Became::Full(date) => (here, format!("step=move&day={date}&{}", query(Done::Full))),
        Became::Cancelled => (here, query(Done::Cancelled)),
        Became::Other => (here, query(Done::Changed)),
    })
}

fn query(done: Done) -> String {
    format!("done={}", done.code())
}
