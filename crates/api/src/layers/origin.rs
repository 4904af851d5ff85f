//! Protection against requests that another site's page makes (CSRF): beside the cookie's `SameSite=Strict`, a header that such a
//! page cannot send without leave, and the origin that the browser tells.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::auth::program::brings_key;
use crate::problem::{Code, Problem};
use crate::state::Api;

/// Refuses what changes something and does not come from the console's own page.
pub(crate) async fn origin(
    State(api): State<Api>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let host = request.uri().authority().map(|a| a.as_str().to_string());
    if reads || own(request.headers(), host.as_deref(), &api.settings.origins) {
        return Ok(next.run(request).await);
    }
    Err(Code::CrossSite.into())
}

/// Whether a request that changes something is our own page's, or a program's: with a key in a header no cookie of it counts, and another
/// site's page cannot add one.
fn own(headers: &HeaderMap, authority: Option<&str>, origins: &[String]) -> bool {
    let marked = headers.get("x-biseo").is_some_and(|v| v == "1");
    (marked || brings_key(headers)) && same_site(headers, authority, origins)
}

/// Whether what the browser tells of a request's origin is nothing, or one of `origins`; without any, the request's own host.
#[must_use]
pub fn same_site(headers: &HeaderMap, authority: Option<&str>, origins: &[String]) -> bool {
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    // Browsers that tell it tell the truth; programs tell nothing.
    let site = text("sec-fetch-site").is_none_or(|s| s == "same-origin" || s == "none");
    let host = text(header::HOST.as_str()).or(authority);
    let known = text(header::ORIGIN.as_str()).is_none_or(|origin| match origins {
        [] => host.is_some_and(|h| origin == format!("https://{h}") || origin == format!("http://{h}")),
        known => known.iter().any(|k| k == origin),
    });
    site && known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_page_changes_something() {
        let given = ["https://biseo.example".to_string()];
        for (pairs, origins, fine) in [
            (vec![("x-biseo", "1")], &[][..], true),
            (vec![], &[], false),
            (vec![("authorization", "Bearer x")], &[], true),
            (
                vec![("authorization", "Bearer x"), ("sec-fetch-site", "cross-site")],
                &[],
                false,
            ),
            (vec![("x-biseo", "0")], &[], false),
            (
                vec![
                    ("x-biseo", "1"),
                    ("host", "b.example"),
                    ("origin", "https://b.example"),
                ],
                &[],
                true,
            ),
            (
                vec![
                    ("x-biseo", "1"),
                    ("host", "b.example"),
                    ("origin", "https://evil.example"),
                ],
                &[],
                false,
            ),
            (
                vec![("x-biseo", "1"), ("host", "b.example"), ("origin", "null")],
                &[],
                false,
            ),
            (
                vec![("x-biseo", "1"), ("origin", "https://b.example")],
                &[],
                false,
            ),
            (
                vec![("x-biseo", "1"), ("origin", "https://biseo.example")],
                &given,
                true,
            ),
            (
                vec![("x-biseo", "1"), ("host", "x"), ("origin", "https://x")],
                &given,
                false,
            ),
            (
                vec![("x-biseo", "1"), ("sec-fetch-site", "same-origin")],
                &[],
                true,
            ),
            (
                vec![("x-biseo", "1"), ("sec-fetch-site", "same-site")],
                &[],
                false,
            ),
            (
                vec![("x-biseo", "1"), ("sec-fetch-site", "cross-site")],
                &[],
                false,
            ),
        ] {
            let headers = pairs
                .iter()
                .map(|(k, v)| (k.parse::<header::HeaderName>().unwrap(), v.parse().unwrap()))
                .collect();
            assert_eq!(own(&headers, None, origins), fine, "{pairs:?}");
        }
    }
}
