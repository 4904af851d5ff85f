//! Octets that nobody can guess, from the system.

/// Random octets. A system without random numbers ends the process: guessable nonces would be worse.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    if let Err(e) = getrandom::fill(&mut out) {
        eprintln!("biseo: the system gives no random numbers: {e}");
        std::process::abort();
    }
    out
}
