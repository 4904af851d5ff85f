//! The console: the page on which an owner sees the shop, built from `web/` and carried in the binary.
//!
//! If `web/dist` was there at build time its files are embedded, compressed; else one page says what is missing and which
//! command builds it ([`is_built`]). [`router`] serves them: files under `assets/` carry their contents' hash in their names and
//! are kept for ever, all else is asked for anew (`ETag`); a path without an extension is a page of the console and gets `index.html`.
//!
//! ```
//! let app: axum::Router = biseo_console::router();
//! ```

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};

/// One file, as it was found at build time.
struct Asset {
    /// Its path below the root, without a leading `/`.
    path: &'static str,
    /// Its media type.
    kind: &'static str,
    /// Its contents.
    plain: &'static [u8],
    /// The same in gzip, where that is smaller.
    gzip: Option<&'static [u8]>,
    /// A strong validator, in quotes (RFC 9110 §8.8.3).
    etag: &'static str,
}

/// Files, sorted by path.
type Table = &'static [Asset];

// `ASSETS`, sorted by path, and `BUILT`.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// What the page may do: only its own files, its own API, sounds and pictures that it made itself. No inline script or style.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Whether the console itself is embedded, not the page that says that it is missing.
#[must_use]
pub fn is_built() -> bool {
    BUILT
}

/// Serves the console on every path that no other route takes. Merge it last.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    serving(ASSETS)
}

fn serving<S: Clone + Send + Sync + 'static>(table: Table) -> Router<S> {
    Router::new().fallback(async move |method, uri, headers| answer(table, method, uri, headers))
}

fn answer(table: Table, method: Method, uri: Uri, headers: HeaderMap) -> Response<Body> {
    if method != Method::GET && method != Method::HEAD {
        let mut response = bare(StatusCode::METHOD_NOT_ALLOWED);
        let allowed = HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(header::ALLOW, allowed);
        return response;
    }
    match asset(table, uri.path()) {
        Some(asset) => serve(asset, &headers),
        None => bare(StatusCode::NOT_FOUND),
    }
}

/// The file of a path; the console's page for every path that names no file. The API answers for its own paths.
fn asset(table: Table, path: &str) -> Option<&'static Asset> {
    let path = path.trim_start_matches('/');
    let named = |name: &str| {
        table
            .binary_search_by(|a| a.path.cmp(name))
            .ok()
            .map(|i| &table[i])
    };
    if let Some(found) = named(path) {
        return Some(found);
    }
    let file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if file || path == "api" || path.starts_with("api/") {
        return None;
    }
    named("index.html")
}

fn serve(asset: &'static Asset, asked: &HeaderMap) -> Response<Body> {
    let kept = asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let mut response = bare(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_static(asset.etag));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching(asset)));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if kept.is_some_and(|tags| {
        tags.split(',')
            .any(|tag| tag.trim().trim_start_matches("W/") == asset.etag)
    }) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    let body = match asset.gzip {
        Some(gzip) if takes_gzip(asked) => {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            gzip
        }
        _ => asset.plain,
    };
    *response.body_mut() = Body::from(body);
    response
}

/// A name with a hash never means other contents; all else is asked for anew.
fn caching(asset: &Asset) -> &'static str {
    if asset.path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let accepted = asked
        .get(header::ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("");
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some("gzip") && !parts.any(|p| matches!(p, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// An answer without a body, with the headers that every answer carries.
fn bare(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests;
