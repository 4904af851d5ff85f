//! A turn of the caller's, from its first speech on.

use biseo_model::understanding::Awaiting;

use super::config::TurnConfig;
use super::ending::{Ending, Grasp};
use super::nod::Meant;

/// Characters of a turn's text that are kept, the last ones.
const KEPT: usize = 2_000;

/// An open turn.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    /// Its first speech.
    pub(super) begun: u64,
    /// The end of its last speech.
    pub(super) last: u64,
    /// Speech in it, in milliseconds.
    pub(super) speech: u64,
    text: String,
    /// How the text ends.
    pub(super) ending: Ending,
    meant: Meant,
    /// The model's probability that it is complete, of this pause.
    pub(super) completeness: Option<f32>,
    /// Whether the model was asked in this pause.
    pub(super) asked: bool,
    /// Whether a reply is being decided beforehand.
    pub(super) speculating: bool,
}

/// What speech over Biseo's voice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Not clear before then, unless something happens.
    Open(u64),
    /// The caller wants the floor.
    Interruption,
    /// A sign of listening, a cough, a noise.
    Nothing,
    /// An answer to what Biseo is about to have said: it is heard when that is over.
    Answer,
}

impl Turn {
    pub(super) fn begin(begun: u64, last: u64, speech: u64) -> Self {
        Self {
            begun,
            last,
            speech,
            text: String::new(),
            ending: Ending::Nothing,
            meant: Meant::Nothing,
            completeness: None,
            asked: false,
            speculating: false,
        }
    }

    /// More speech. `true` if what was decided beforehand is of no use any more.
    pub(super) fn go_on(&mut self, until: u64, speech: u64) -> bool {
        self.last = self.last.max(until);
        self.speech = self.speech.saturating_add(speech);
        (self.completeness, self.asked) = (None, false);
        std::mem::take(&mut self.speculating)
    }

    /// Other text. `true` if what was decided beforehand is of no use any more.
    pub(super) fn read(&mut self, text: &str, grasp: Grasp, awaiting: Option<Awaiting>) -> bool {
        self.ending = Ending::of(text, grasp, awaiting);
        self.meant = Meant::of(text);
        let skip = text.chars().count().saturating_sub(KEPT);
        let kept: String = text.chars().skip(skip).collect();
        let changed = kept != self.text;
        self.text = kept;
        changed && std::mem::take(&mut self.speculating)
    }

    /// Whether a reply to it is worth deciding: it has text that does not call for more.
    pub(super) fn worth_deciding(&self) -> bool {
        !matches!(self.ending, Ending::Nothing | Ending::More | Ending::Digits)
    }

    /// Whether it was a noise, all in all.
    pub(super) fn is_noise(&self, config: &TurnConfig) -> bool {
        self.text.trim().is_empty() && self.speech < config.noise
    }

    /// What it is over Biseo's voice that will end at `until`.
    pub(super) fn verdict(&self, config: &TurnConfig, now: u64, until: u64) -> Verdict {
        let silent_text = self.text.trim().is_empty();
        let (long, within) = match silent_text {
            true => (config.takes_floor_after, config.judge_within),
            false => (config.nods_take_floor_after, config.nod_within),
        };
        let begins = match self.meant {
            Meant::Perhaps => self.speech >= config.word_after,
            Meant::Breath => self.speech >= config.breath_after,
            Meant::Words | Meant::Nothing => false,
        };
        if self.meant == Meant::Words || begins || self.speech >= long {
            return Verdict::Interruption;
        }
        let due = self.last.saturating_add(within.max(config.pause + 1));
        match due > now {
            true => Verdict::Open(due),
            false if !silent_text && self.begun.saturating_add(config.answers_before_end) >= until => {
                Verdict::Answer
            }
            false => Verdict::Nothing,
        }
    }
}
