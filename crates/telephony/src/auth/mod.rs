//! Digest authentication (RFC 3261 §22, RFC 7616, RFC 8760), both sides.

mod challenge;
mod digest;
mod nonce;

pub use challenge::{Challenge, best_challenge};
pub use digest::{Algorithm, Qop, Response, response};
pub use nonce::{Nonces, Verdict};

use crate::msg::{Params, Request};

/// The parameters after `Digest` in a header value; `None` for another scheme.
pub(crate) fn digest_params(value: &str) -> Option<Params> {
    let (scheme, rest) = value.trim().split_once(char::is_whitespace)?;
    scheme
        .eq_ignore_ascii_case("Digest")
        .then(|| Params::parse(rest, ','))
}

/// The digest credentials of a request for one realm.
pub(crate) fn credentials(req: &Request, header: &str, realm: &str) -> Option<Params> {
    req.headers
        .all(header)
        .filter_map(digest_params)
        .find(|p| p.get("realm") == Some(realm))
}
