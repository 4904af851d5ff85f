//! Speech engines that are services elsewhere: recognition and synthesis behind the traits of `biseo-speech`, and a chain
//! of engines that loses no turn when one of them fails.
//!
//! | module, feature | what | recogniser | voice |
//! | --- | --- | --- | --- |
//! | `openai` | OpenAI's REST interface and whatever speaks it (whisper servers, vLLM) | yes, text at the end | yes |
//! | `realtime` | OpenAI's Realtime protocol, also vLLM's dialect | yes, text as it goes | |
//! | `rtzr` | RTZR (리턴제로), Korean | yes, text as it goes | |
//! | `chain` | several engines as one: the next takes over what the caller has said | yes | yes |
//!
//! # Threads and time
//! An engine has one thread, on which a small runtime serves the connections of all its calls; a connection belongs to one
//! call's session. tokio, hyper and tungstenite rather than blocking clients, although the traits are synchronous: a
//! session reads and writes at the same time, a time limit must end even a service that sends an octet a second, and a
//! hundred calls should not take a hundred threads. Callers see nothing of it: `accept` and `partial` only touch a short
//! lock, `finish` waits, with a limit, on a condition variable, and nothing here may be called wrongly from a runtime.
//!
//! # What is trusted
//! Nothing. Every message, head and body has a greatest length, every wait a limit; redirections are refused; what
//! callers say goes over TLS, except to a service in the house. Keys are [`secrecy::SecretString`]s and headers marked
//! sensitive; errors hold a status or a code of the service's, never its sentences, since these may repeat what was said.
//!
//! # Example
//! A service that is down, and the demo recogniser behind it:
//! ```
//! # #[cfg(all(feature = "realtime", feature = "chain"))] {
//! use std::{path::Path, sync::Arc, time::Duration};
//! use biseo_speech::{SpeechToText, SttOptions, engines::demo_ctc::DemoCtc};
//! use biseo_speech_remote::chain::{ChainConfig, SttChain, SttMember};
//! use biseo_speech_remote::realtime::{Realtime, RealtimeConfig};
//!
//! let config = RealtimeConfig { endpoint: "ws://127.0.0.1:9/v1".into(), ..Default::default() };
//! let remote = Realtime::new(config, None)?;
//! let demo = DemoCtc::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/demo-ko")))?;
//! let chain = SttChain::new(vec![
//!     SttMember::new(Arc::new(remote)).with_limit(Duration::from_secs(2)),
//!     SttMember::new(Arc::new(demo)),
//! ], ChainConfig::default())?;
//! let mut session = chain.session(&SttOptions::default())?;
//! session.accept(&[0; 8_000])?;
//! assert_eq!(session.finish()?.text, "");
//! assert_eq!(chain.states()[0].failures, 1);
//! # }
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

// With some engines left out, parts of what they share are unused.
#![cfg_attr(
    not(all(feature = "openai", feature = "realtime", feature = "rtzr", feature = "chain")),
    allow(dead_code, unused_imports)
)]

#[cfg(feature = "chain")]
pub mod chain;
#[cfg(any(feature = "_remote", feature = "chain"))]
mod config;
#[cfg(feature = "_remote")]
mod endpoint;
#[cfg(feature = "_remote")]
mod failure;
#[cfg(feature = "_live")]
mod live;
#[cfg(feature = "_remote")]
mod net;
#[cfg(feature = "openai")]
pub mod openai;
#[cfg(any(feature = "openai", feature = "realtime"))]
mod prompt;
#[cfg(feature = "realtime")]
pub mod realtime;
#[cfg(feature = "rtzr")]
pub mod rtzr;
#[cfg(feature = "openai")]
mod sound;

#[cfg(any(feature = "_remote", feature = "chain"))]
pub use config::ConfigError;
