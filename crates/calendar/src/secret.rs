//! The secret in a feed's address: 128 random bits, kept as a hash only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Characters of a secret.
pub const LENGTH: usize = 22;

/// A new secret of 22 characters, which stand for 128 random bits.
///
/// # Panics
/// If the system has no randomness: then nothing can be kept secret.
#[must_use]
pub fn new() -> String {
    let mut bytes = [0; 16];
    #[expect(clippy::expect_used, reason = "without randomness nothing may go on")]
    getrandom::fill(&mut bytes).expect("the system's randomness");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The hash under which a secret is kept and looked up. It has 128 random bits, so no salt and no slow hash is needed, and what a
/// look-up's time tells of a hash tells nothing of a secret.
#[must_use]
pub fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("biseo calendar 1\n{secret}")))
}

/// The path under which [`site`](crate::site) serves a feed.
#[must_use]
pub fn path(secret: &str) -> String {
    format!("/cal/{secret}.ics")
}

/// The secret of a path's last part (`….ics`), if it has the form of one.
pub(crate) fn of_file(file: &str) -> Option<&str> {
    let secret = file.strip_suffix(".ics")?;
    let fine = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (secret.len() == LENGTH && secret.bytes().all(fine)).then_some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_new_and_of_its_form() {
        let (a, b) = (new(), new());
        assert_ne!(a, b);
        assert_eq!(of_file(&format!("{a}.ics")), Some(a.as_str()));
        assert_eq!(path(&a), format!("/cal/{a}.ics"));
        assert_ne!(hash(&a), hash(&b));
        for file in [
            a.as_str(),
            "x.ics",
            ".ics",
            &format!("{a}0.ics"),
            &format!("{}%.ics", &a[1..]),
        ] {
            assert_eq!(of_file(file), None, "{file}");
        }
    }
}
