//! Tags, branches and Call-IDs that nobody can guess (RFC 3261 §19.3: at least 32 bits; ours have 96).

use std::fmt::Write as _;

/// A source of unguessable names, drawn from the system.
#[derive(Debug, Default)]
pub(crate) struct Ids(());

impl Ids {
    /// 24 hexadecimal digits. A system without random numbers ends the process: guessable tags would be worse.
    pub(crate) fn token(&self) -> String {
        let mut out = String::with_capacity(24);
        for b in bytes::<12>() {
            let _ = write!(out, "{b:02x}");
        }
        out
    }

    /// A branch (RFC 3261 §8.1.1.7).
    pub(crate) fn branch(&self) -> String {
        format!("z9hG4bK{}", self.token())
    }

    /// A number below 2^31 to begin a CSeq or RSeq with, low enough never to wrap.
    pub(crate) fn sequence(&self) -> u32 {
        u32::from_be_bytes(bytes::<4>()) % 100_000 + 1
    }

    /// A number in `0..bound`, for spreading timers.
    pub(crate) fn below(&self, bound: u64) -> u64 {
        u64::from_be_bytes(bytes::<8>()) % bound.max(1)
    }
}

/// Random octets.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    if let Err(e) = getrandom::fill(&mut out) {
        tracing::error!(error = %e, "the system gives no random numbers");
        std::process::abort();
    }
    out
}
