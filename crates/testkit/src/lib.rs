//! What several rooms' tests need. Never a dependency of anything but tests.

pub mod cluster;
pub mod netem;
pub mod sound;

/// How many cases a property is tried with: `usual`, times the environment's `FUZZ_FACTOR` (as `make fuzz` sets it).
///
/// ```
/// assert!(biseo_testkit::cases(100) >= 100);
/// ```
pub fn cases(usual: u32) -> u32 {
    let factor = std::env::var("FUZZ_FACTOR").ok().and_then(|f| f.parse().ok());
    usual.saturating_mul(factor.unwrap_or(1).max(1))
}
