//! Entity tags: a digest of what is told.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// The strong entity tag of some octets, with its quotes (RFC 9110 §8.8.3): 96 bits of SHA-256.
#[must_use]
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..12]))
}

/// The same of a value's JSON.
#[must_use]
pub(crate) fn of<T: serde::Serialize>(value: &T) -> String {
    of_bytes(&serde_json::to_vec(value).unwrap_or_default())
}

/// Whether a list of tags (`If-None-Match`, `If-Match`) holds one or is `*`. Compared weakly.
#[must_use]
pub(crate) fn holds(list: &str, tag: &str) -> bool {
    let bare = |t: &str| t.trim().trim_start_matches("W/").to_string();
    list.trim() == "*" || list.split(',').any(|t| bare(t) == bare(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_tags() {
        let tag = of(&1);
        assert_eq!(tag.len(), 18);
        for (list, held) in [("*", true), (&*tag, true), ("\"x\"", false), ("", false)] {
            assert_eq!(holds(list, &tag), held, "{list}");
        }
        assert!(holds(&format!("\"a\", W/{tag}"), &tag));
    }
}
