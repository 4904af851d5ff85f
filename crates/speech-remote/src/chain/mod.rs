//! Several engines as one. The first that is fit serves; when it fails in the middle of an utterance, the next one hears (or
//! says) it from its beginning, and the turn is not lost.
//!
//! Each engine has a time limit in the chain, kept whatever the engine does, and a circuit breaker over all calls: after some
//! failures in a row it is left alone for a while, then one utterance tries it again. What they are doing is told by
//! [`SttChain::states`] and [`TtsChain::states`], and by a warning in the log when a breaker opens.

mod breaker;
mod guard;
mod member;
mod stt;
mod tts;

use serde::Deserialize;

use crate::config::{ConfigError, within};

pub use breaker::BreakerState;
pub use member::{Clock, MemberState};
pub use stt::{SttChain, SttMember};
pub use tts::{TtsChain, TtsMember};

/// The name that a chain goes by.
const NAME: &str = "chain";

/// `[speech.chain]`: when an engine is left alone, and for how long.
///
/// ```
/// let config: biseo_speech_remote::chain::ChainConfig = toml::from_str("failures = 5\npause_ms = 60_000")?;
/// config.check()?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChainConfig {
    /// Failures in a row after which an engine is left alone, 1 to 100: 3.
    pub failures: u32,
    /// Milliseconds that it is left alone, 100 to 3,600,000: 30,000. A service may ask for more.
    pub pause_ms: u64,
}

impl Default for ChainConfig {
    fn default() -> Self {
        Self {
            failures: 3,
            pause_ms: 30_000,
        }
    }
}

impl ChainConfig {
    /// Checks it.
    ///
    /// # Errors
    /// The first field that cannot stand.
    pub fn check(&self) -> Result<(), ConfigError> {
        within("failures", self.failures.into(), 1, 100, "failures")?;
        within("pause_ms", self.pause_ms, 100, 3_600_000, "milliseconds")
    }
}
