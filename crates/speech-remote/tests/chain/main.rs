//! A chain loses no turn: services that die, hang or refuse in the middle of a sentence, and what their breakers do.

mod odd;
#[path = "../service/mod.rs"]
mod service;
mod services;
mod voices;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use biseo_speech::{SpeechToText, SttOptions, SttSession};
use biseo_speech_remote::chain::Clock;
use secrecy::SecretString;

/// Longer than anything takes here.
const LONG: Duration = Duration::from_secs(60);

fn key() -> SecretString {
    SecretString::from("sk-test")
}

fn session(engine: &dyn SpeechToText) -> Box<dyn SttSession> {
    engine.session(&SttOptions::default()).unwrap()
}

/// A clock that a test sets.
fn clock() -> (Clock, Arc<Mutex<Instant>>) {
    let now = Arc::new(Mutex::new(Instant::now()));
    let theirs = now.clone();
    (Arc::new(move || *theirs.lock().unwrap()), now)
}
