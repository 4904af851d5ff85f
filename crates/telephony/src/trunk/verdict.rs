//! What a final response to our INVITE means for the other trunks of the call.

/// What to do with the other trunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The callee, or the network on its behalf, has answered: no other trunk is tried.
    Definite,
    /// The callee's line is taken. If another trunk is ringing it, that is why; else it is definite.
    Busy,
    /// This trunk could not carry the call: another one may.
    Elsewhere,
}

/// Judges a final response code of 300 to 699.
///
/// ```
/// use biseo_telephony::trunk::{Verdict, verdict};
/// assert_eq!(verdict(603), Verdict::Definite);
/// assert_eq!(verdict(503), Verdict::Elsewhere);
/// ```
#[must_use]
pub fn verdict(code: u16) -> Verdict {
    match code {
        486 | 600 => Verdict::Busy,
        // It does not know us (credentials), got no answer behind it, goes in circles, or is broken.
        401 | 407 | 408 | 482 | 483 | 500..600 => Verdict::Elsewhere,
        // 403 among them: a callee's refusal arrives as such (RFC 3398 §7.2.4.1, cause 21).
        _ => Verdict::Definite,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_spoken() {
        for code in [
            300, 302, 400, 403, 404, 410, 480, 484, 487, 488, 603, 604, 606, 607, 608,
        ] {
            assert_eq!(verdict(code), Verdict::Definite, "{code}");
        }
        for code in [401, 407, 408, 482, 483, 500, 502, 503, 504, 580] {
            assert_eq!(verdict(code), Verdict::Elsewhere, "{code}");
        }
        assert_eq!((verdict(486), verdict(600)), (Verdict::Busy, Verdict::Busy));
    }
}
