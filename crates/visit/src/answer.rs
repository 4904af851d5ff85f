//! Answers with their headers.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::html;
use crate::scene::{Notice, Scene};
use crate::words::Language;

/// Of every page. The referrer stays within the site: with `no-referrer` browsers send `Origin: null` with the page's own forms.
const ALL: [(HeaderName, &str); 9] = [
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::CACHE_CONTROL, "no-store"),
    (header::VARY, "accept-language"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

fn headers() -> HeaderMap {
    let pair = |(name, value): (HeaderName, &'static str)| (name, HeaderValue::from_static(value));
    ALL.into_iter().map(pair).collect()
}

/// A booking's page.
pub(crate) fn page(scene: &Scene<'_>) -> Response {
    (StatusCode::OK, headers(), html::page(scene)).into_response()
}

/// Why there is none.
pub(crate) fn notice(notice: Notice, language: Language) -> Response {
    let (status, rest) = match notice {
        Notice::Gone => (StatusCode::NOT_FOUND, None),
        Notice::Slow => (StatusCode::TOO_MANY_REQUESTS, Some("60")),
        Notice::Foreign => (StatusCode::FORBIDDEN, None),
        Notice::Failed => (StatusCode::SERVICE_UNAVAILABLE, Some("5")),
    };
    let mut headers = headers();
    if let Some(seconds) = rest {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
    }
    (status, headers, html::notice(notice, language)).into_response()
}

/// What follows a form: a page that can be loaded again without sending the form again (RFC 9110 §15.4.4).
pub(crate) fn see(address: &str) -> Response {
    let mut headers = headers();
    headers.remove(header::CONTENT_TYPE);
    if let Ok(address) = HeaderValue::from_str(address) {
        headers.insert(header::LOCATION, address);
    }
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// The style sheet, which is the same for all.
pub(crate) async fn style() -> Response {
    let mut headers = headers();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.remove(header::VARY);
    (headers, html::STYLE).into_response()
}
