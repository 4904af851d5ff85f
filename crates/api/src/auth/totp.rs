//! Time-based one-time passwords: RFC 6238 over HMAC-SHA-1, six digits, 30 seconds, as all authenticator programs have it.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// Seconds of a step.
const STEP: i64 = 30;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Octets in Base32 without padding (RFC 4648 §6).
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut bits, mut held) = (0_u32, 0);
    for byte in bytes {
        (bits, held) = ((bits << 8) | u32::from(*byte), held + 8);
        while held >= 5 {
            held -= 5;
            text.push(char::from(ALPHABET[(bits >> held & 31) as usize]));
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        text.push(char::from(ALPHABET[(bits << (5 - held) & 31) as usize]));
    }
    text
}

/// The octets of a text in Base32; `None` if it is none.
fn unbase32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut held) = (0_u32, 0);
    for c in text.bytes() {
        let value = ALPHABET.iter().position(|a| *a == c.to_ascii_uppercase())?;
        (bits, held) = ((bits << 5) | u32::try_from(value).ok()?, held + 5);
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 255).ok()?);
        }
        bits &= (1 << held) - 1;
    }
    Some(bytes)
}

/// A new secret of 160 random bits (RFC 4226 §4 recommends as many) in Base32.
pub(crate) fn new_secret() -> String {
    let token = super::secret::token();
    base32(&<sha2::Sha256 as sha2::Digest>::digest(token)[..20])
}

/// What a QR code for an authenticator holds.
pub(crate) fn uri(secret: &str, issuer: &str, login: &str) -> String {
    let part = |text: &str| -> String {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        let each = |b: u8| match plain(b) {
            true => char::from(b).to_string(),
            false => format!("%{b:02X}"),
        };
        text.bytes().map(each).collect()
    };
    let (issuer, login) = (part(issuer), part(login));
    format!("otpauth://totp/{issuer}:{login}?secret={secret}&issuer={issuer}")
}

/// The code of a step: RFC 4226 §5.3.
fn code(secret: &[u8], step: i64) -> Option<String> {
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let from = usize::from(digest[19] & 15);
    let four: [u8; 4] = digest[from..from + 4].try_into().ok()?;
    let number = (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000;
    Some(format!("{number:06}"))
}

/// The code that an authenticator shows at a second since 1970.
#[must_use]
pub fn totp_at(secret: &str, second: i64) -> Option<String> {
    code(&unbase32(secret)?, second.div_euclid(STEP))
}

/// The step to which a code belongs: the present one or a neighbour, for clocks that differ. All are compared, in constant time.
pub(crate) fn step_of(secret: &str, given: &str, second: i64) -> Option<i64> {
    let secret = unbase32(secret)?;
    let now = second.div_euclid(STEP);
    let mut found = None;
    for step in now - 1..=now + 1 {
        let fits: bool = code(&secret, step)?.as_bytes().ct_eq(given.as_bytes()).into();
        found = found.or(fits.then_some(step));
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 6238 appendix B, the last six of its eight digits.
    #[test]
    fn the_codes_of_the_rfc() {
        let secret = base32(b"12345678901234567890");
        assert_eq!(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(totp_at(&secret, second).as_deref(), Some(code));
        }
    }

    #[test]
    fn neighbours_count_and_no_others() {
        let secret = new_secret();
        let now = 1_795_000_000;
        for (away, found) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let code = totp_at(&secret, now + away).unwrap();
            let step = step_of(&secret, &code, now);
            assert_eq!(step, found.then_some((now + away).div_euclid(30)), "{away}");
        }
        assert_eq!(step_of(&secret, "", now), None);
        assert_eq!(step_of("broken!", "123456", now), None);
    }

    #[test]
    fn an_uri_is_escaped() {
        let uri = uri("ABC", "Biseo", "김 사장");
        assert_eq!(
            uri,
            "otpauth://totp/Biseo:%EA%B9%80%20%EC%82%AC%EC%9E%A5?secret=ABC&issuer=Biseo"
        );
    }

    proptest! {
        #[test]
        fn base32_there_and_back(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(unbase32(&base32(&bytes)), Some(bytes));
        }
    }
}
