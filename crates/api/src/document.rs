//! The OpenAPI document, from the handlers themselves.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Content, Info, OpenApi, Ref, RefOr, Response};

use crate::routes;

/// Where all routes are.
pub const BASE: &str = "/api/v1";

/// Operations that need no session.
pub(crate) const OPEN: [&str; 8] = [
    "health",
    "sign_in",
    "begin_passkey_sign_in",
    "passkey_sign_in",
    "check_invitation",
    "accept_invitation",
    "begin_passkey_invitation",
    "accept_passkey_invitation",
];

/// Of these all operations are for people only: no program's key opens them.
const TAGS_OF_PEOPLE: [&str; 4] = ["session", "setup", "webhooks", "programs"];

/// And so are these (`auth::Person`, and rights that no program may have).
const OF_PEOPLE: [&str; 18] = [
    "change_user",
    "remove_user",
    "list_invitations",
    "invite",
    "withdraw_invitation",
    "export_caller",
    "erase_caller",
    "read_care",
    "change_care",
    "change_choices",
    "list_browsers",
    "add_browser",
    "remove_browser",
    "read_own_notices",
    "change_own_notices",
    "make_feed",
    "renew_feed",
    "make_digest_feed",
];

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(crate::problem::ProblemDetails, crate::live::LiveEvent)))]
struct Schemas;

/// The document of all routes.
#[must_use]
pub fn document() -> OpenApi {
    let (_, routes) = routes::all().split_for_parts();
    let mut api = <Schemas as utoipa::OpenApi>::openapi().nest(BASE, routes);
    let mut info = Info::new("Biseo", env!("CARGO_PKG_VERSION"));
    info.description = Some(DESCRIPTION.trim().into());
    api.info = info;
    let components = api.components.get_or_insert_default();
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-biseo"))),
    );
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("key", SecurityScheme::Http(bearer));
    for path in api.paths.paths.values_mut() {
        let all = [
            &mut path.get,
            &mut path.post,
            &mut path.put,
            &mut path.patch,
            &mut path.delete,
        ];
        all.into_iter().flatten().for_each(finish);
    }
    api
}

const DESCRIPTION: &str = include_str!("document.md");

/// Adds what all operations have: the session, and problem details for whatever goes wrong.
fn finish(operation: &mut Operation) {
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let needs = !OPEN.contains(&id);
    let by = |scheme: &str| SecurityRequirement::new::<&str, [&str; 0], &str>(scheme, []);
    let mut tags = operation.tags.iter().flatten();
    let of_people = OF_PEOPLE.contains(&id) || tags.any(|tag| TAGS_OF_PEOPLE.contains(&tag.as_str()));
    operation.security = Some(match needs {
        true if of_people => vec![by("session")],
        true => vec![by("session"), by("key")],
        false => Vec::new(),
    });
    for answer in operation.responses.responses.values_mut() {
        // A description is obligatory (OpenAPI 3.1 §4.8.17).
        if let RefOr::T(answer) = answer
            && answer.description.is_empty()
        {
            answer.description = "Done".into();
        }
    }
    for (class, what) in [
        ("4XX", "Refused: `code` tells why"),
        ("5XX", "Failed: `code` tells why"),
    ] {
        let response = problem(what);
        operation
            .responses
            .responses
            .insert(class.into(), RefOr::T(response));
    }
}

fn problem(what: &str) -> Response {
    let schema = Ref::from_schema_name("ProblemDetails");
    let content = Content::new(Some(schema));
    utoipa::openapi::ResponseBuilder::new()
        .description(what)
        .content("application/problem+json", content)
        .build()
}
