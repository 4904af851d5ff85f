//! Random tokens, and the hashes under which they are kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A new token of 256 random bits, 43 characters.
///
/// # Panics
/// If the system has no randomness: then nothing can be kept secret.
pub(crate) fn token() -> String {
    let mut bytes = [0; 32];
    #[expect(clippy::expect_used, reason = "without randomness nothing may go on")]
    getrandom::fill(&mut bytes).expect("the system's randomness");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A new id of 128 random bits, 22 characters that an id may have.
pub(crate) fn id() -> String {
    token()[..22].into()
}

/// The hash under which a token is kept. A token has 256 random bits, so no salt and no slow hash is needed.
pub(crate) fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}
