//! One reply of Biseo's: what is being said, how far it has come, and what follows.

use std::time::Instant;

use biseo_conversation::{Listen, Prompt};
use biseo_model::record::{CallEnd, TurnRecord};

/// What follows when all is said.
#[derive(Debug, Clone)]
pub(super) enum Then {
    /// Wait for the caller.
    Listen(Listen),
    /// End the call.
    HangUp(CallEnd),
    /// Nothing.
    Nothing,
}

/// A reply under way.
#[derive(Debug)]
pub(super) struct Reply {
    /// Its mark at mouth and media engine; a new one after each resumption.
    pub(super) mark: u64,
    /// Its record.
    pub(super) turn: TurnRecord,
    /// Its whole text.
    pub(super) text: String,
    /// Whether the caller may break in.
    pub(super) interruptible: bool,
    /// What follows.
    pub(super) then: Then,
    /// When the packet with the caller's last speech had come in; `None` for what is said unasked.
    pub(super) spoken_to: Option<Instant>,
    /// When the first sound was handed to the pacer.
    pub(super) handed: Option<Instant>,
    /// Whether the first packet has gone out.
    pub(super) sounding: bool,
    /// Samples in all, once known.
    pub(super) samples: Option<usize>,
    /// Samples played under former marks.
    pub(super) played_before: usize,
    /// Paused; with the samples that had been played under this mark, once the media engine has told.
    pub(super) paused: Option<Option<usize>>,
    /// Whether it is to go on as soon as it is known where it stopped.
    pub(super) resume: bool,
}

/// Characters spoken in a second, about, when the whole length is not known yet.
const CHARACTERS_PER_SECOND: usize = 7;

impl Reply {
    /// The text of prompts in a row.
    pub(super) fn text_of(prompts: &[Prompt]) -> String {
        let texts: Vec<&str> = prompts.iter().map(|p| p.text.as_str()).collect();
        texts.join(" ")
    }

    /// About how many characters of the text were heard when so many samples of it had been played.
    pub(super) fn characters(&self, played: usize) -> usize {
        let (all, played) = (self.text.chars().count(), self.played_before + played);
        let heard = match self.samples {
            Some(samples) if samples > 0 => all.saturating_mul(played) / samples.max(played),
            _ => played * CHARACTERS_PER_SECOND / 8000,
        };
        heard.min(all)
    }

    /// Milliseconds from the caller's last speech to `at`.
    pub(super) fn since_speech(&self, at: Instant) -> Option<f64> {
        self.spoken_to.map(|then| ms(at.saturating_duration_since(then)))
    }
}

/// A span in milliseconds, to a tenth.
pub(super) fn ms(span: std::time::Duration) -> f64 {
    (span.as_secs_f64() * 10_000.0).round() / 10.0
}
