//! All routes with what they pass through.

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::{Json, Router};

use crate::document::{BASE, document};
use crate::problem::{Code, Problem};
use crate::state::Api;
use crate::{auth, layers, routes};

/// Octets of a body at most.
const BODY: usize = 64 * 1024;

/// The API under `/api/v1`. What lies elsewhere is the caller's to add: the console's page.
pub fn router(api: Api) -> Router {
    let document = document();
    let (routes, _) = routes::all().split_for_parts();
    let routes = routes
        .route("/openapi.json", axum::routing::get(async || Json(document)))
        .fallback(async || Problem::new(Code::NotFound))
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed))
        .layer(from_fn_with_state(api.clone(), layers::once))
        .layer(from_fn_with_state(api.clone(), auth::sign))
        .layer(from_fn(layers::whole))
        .layer(from_fn_with_state(api.clone(), layers::origin))
        .layer(from_fn_with_state(api.clone(), layers::address))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn(layers::etag))
        .layer(from_fn(layers::headers))
        .with_state(api);
    Router::new().nest(BASE, routes)
}
