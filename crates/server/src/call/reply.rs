//! One reply of Biseo's: what is being said, how far it has come, and what follows.

use std::time::{Duration, Instant};

use biseo_conversation::{Listen, Prompt};
use biseo_model::record::{CallEnd, TurnRecord};
use biseo_speech::text::sentences;

use crate::voice::Protection;

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

/// How far the caller cannot break in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guard {
    Open,
    /// Up to the end of this sentence: a disclosure, a legal notice.
    Sentence(usize),
    Whole,
}

/// A reply under way.
#[derive(Debug)]
pub(super) struct Reply {
    /// Its mark at mouth and media engine.
    pub(super) mark: u64,
    /// Its record.
    pub(super) turn: TurnRecord,
    /// What was said before it while its answer was sought; empty if nothing.
    before: String,
    /// Its whole text.
    text: String,
    guard: Guard,
    /// What follows.
    pub(super) then: Then,
    /// When the packet with the caller's last speech had come in; `None` for what is said unasked.
    spoken_to: Option<Instant>,
    /// When the first sound was handed to the pacer.
    pub(super) handed: Option<Instant>,
    /// When the first packet went out.
    pub(super) sounded: Option<Instant>,
    /// Where its sentences lie in the text, in characters.
    spans: Vec<(usize, usize)>,
    /// Where they end in the sound, in samples, as far as that is known.
    ends: Vec<usize>,
}

/// Characters spoken in a second, about, when a sentence's length is not known yet.
const CHARACTERS_PER_SECOND: usize = 7;
/// Sound that was sent and is still on its way and in the caller's jitter buffer: about 60 ms.
const ON_ITS_WAY: usize = 480;
/// So much later than by its sound's length a protected sentence is taken to be heard.
const MARGIN: Duration = Duration::from_millis(60);

impl Reply {
    /// What is about to be said, in prompts, under a mark.
    pub(super) fn new(mark: u64, prompts: &[Prompt], then: Then, turn: TurnRecord) -> Self {
        let text = Self::text_of(prompts);
        Self {
            mark,
            guard: guard(prompts, &then),
            spans: spans(&text, prompts),
            text,
            turn,
            before: String::new(),
            then,
            spoken_to: None,
            handed: None,
            sounded: None,
            ends: Vec::new(),
        }
    }

    /// After what was said while its answer was sought; the caller's last speech had come in by `spoken_to`.
    pub(super) fn after(self, before: String, spoken_to: Option<Instant>) -> Self {
        Self {
            before,
            spoken_to,
            ..self
        }
    }

    /// The text of prompts in a row.
    pub(super) fn text_of(prompts: &[Prompt]) -> String {
        let texts: Vec<&str> = prompts.iter().map(|p| p.text.as_str()).collect();
        texts.join(" ")
    }

    /// The next sentence's sound ends after so many samples of the whole.
    pub(super) fn sentence_ends(&mut self, samples: usize) {
        self.ends.push(samples);
    }

    /// How far the caller is kept from breaking in, as far as is known.
    pub(super) fn protection(&self) -> Protection {
        match self.guard {
            Guard::Open => Protection::Open,
            Guard::Whole => Protection::Whole,
            Guard::Sentence(n) => match (self.sounded.or(self.handed), self.ends.get(n)) {
                (Some(since), Some(samples)) => Protection::Until(since + length(*samples) + MARGIN),
                _ => Protection::Whole,
            },
        }
    }

    /// Whether the caller may break in now.
    pub(super) fn may_be_cut(&self, now: Instant) -> bool {
        match self.protection() {
            Protection::Open => true,
            Protection::Until(until) => until <= now,
            Protection::Whole => false,
        }
    }

    /// When the caller may break in, if that depends on time.
    pub(super) fn free_at(&self) -> Option<Instant> {
        match self.protection() {
            Protection::Until(until) => Some(until),
            Protection::Open | Protection::Whole => None,
        }
    }

    /// How many characters of the text were heard, to the last whole word, when so many samples of it were sent.
    fn heard(&self, sent: usize) -> usize {
        let played = sent.saturating_sub(ON_ITS_WAY);
        let whole = self.ends.partition_point(|end| *end <= played);
        let Some((from, to)) = self.spans.get(whole).copied() else {
            return self.text.chars().count();
        };
        let begun = whole.checked_sub(1).map_or(0, |n| self.ends[n]);
        let (part, characters) = (played - begun, to - from);
        let heard = match self.ends.get(whole) {
            Some(end) => characters * part / (end - begun).max(1),
            None => part * CHARACTERS_PER_SECOND / 8000,
        };
        words_within(&self.text, from + heard.min(characters))
    }

    /// When it will be over, if there are so many samples in all.
    pub(super) fn ends(&self, samples: usize, now: Instant) -> Instant {
        self.sounded.or(self.handed).unwrap_or(now) + length(samples)
    }

    /// It ends here, after so many samples of it were sent: only what was heard is said. Returns how many characters that is.
    pub(super) fn break_off(&mut self, sent: usize) -> usize {
        let heard = self.heard(sent);
        let begun: String = self.text.chars().take(heard).collect();
        self.turn.said = joined(&self.before, &begun);
        heard
    }

    /// Notes what is known of the way to the first packet; `true` once all of it is. The two news of it come by different
    /// ways, in either order.
    pub(super) fn measure(&mut self) -> bool {
        let (Some(handed), Some(sounded)) = (self.handed, self.sounded) else {
            return false;
        };
        self.turn.latency.pacing_ms = Some(ms(sounded.saturating_duration_since(handed)));
        self.turn.latency.total_ms = self.since_speech(sounded);
        true
    }

    /// Milliseconds from the caller's last speech to `at`.
    pub(super) fn since_speech(&self, at: Instant) -> Option<f64> {
        self.spoken_to.map(|then| ms(at.saturating_duration_since(then)))
    }
}

/// Into a good-bye nobody breaks in: most callers say theirs at the same time. What is said meanwhile is heard after it.
fn guard(prompts: &[Prompt], then: &Then) -> Guard {
    if matches!(then, Then::HangUp(_)) {
        return Guard::Whole;
    }
    let Some(last) = prompts.iter().rposition(|p| !p.interruptible) else {
        return Guard::Open;
    };
    let count: usize = prompts[..=last].iter().map(|p| sentences(&p.text).len()).sum();
    count.checked_sub(1).map_or(Guard::Open, Guard::Sentence)
}

/// Where the sentences of prompts lie in their text.
fn spans(text: &str, prompts: &[Prompt]) -> Vec<(usize, usize)> {
    let mut from = 0;
    let find = |sentence: String| {
        let at = from + text[from..].find(&sentence)?;
        from = at + sentence.len();
        Some((text[..at].chars().count(), text[..from].chars().count()))
    };
    prompts
        .iter()
        .flat_map(|p| sentences(&p.text))
        .filter_map(find)
        .collect()
}

/// The end of the last word that lies wholly within so many characters.
fn words_within(text: &str, characters: usize) -> usize {
    let all: Vec<char> = text.chars().collect();
    let within = characters.min(all.len());
    if all.get(within).is_none_or(|c| c.is_whitespace()) {
        return within;
    }
    all[..within].iter().rposition(|c| c.is_whitespace()).unwrap_or(0)
}

/// How long so many samples last.
fn length(samples: usize) -> Duration {
    Duration::from_micros(u64::try_from(samples).unwrap_or(0).saturating_mul(125))
}

/// A filler and what follows it.
pub(super) fn joined(before: &str, text: &str) -> String {
    [before, text].join(" ").trim().to_string()
}

/// A span in milliseconds, to a tenth.
pub(super) fn ms(span: std::time::Duration) -> f64 {
    (span.as_secs_f64() * 10_000.0).round() / 10.0
}

#[cfg(test)]
mod tests;
