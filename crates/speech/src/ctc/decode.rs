//! What decoding gives, and its simplest way: the most probable output of each step.

use super::tokens::{Composer, TokenKind, Tokens};

/// A decoded text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decoded {
    /// Its words.
    pub words: Vec<DecodedWord>,
    /// How probable its letters are on average (their geometric mean), 0 to 1; 1 when there are none.
    pub confidence: f32,
}

/// A word of it.
#[derive(Debug, Clone, PartialEq)]
pub struct DecodedWord {
    /// The word, in whole syllables.
    pub text: String,
    /// How probable its letters are on average, 0 to 1.
    pub confidence: f32,
    /// The step in which its first letter is most probable.
    pub step: u32,
}

impl Decoded {
    /// The words with spaces between them.
    pub fn text(&self) -> String {
        let words: Vec<_> = self.words.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }
}

/// A letter that was found: its token, the step, the logarithm of its probability.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    pub token: usize,
    pub step: u32,
    pub peak: f32,
}

/// Puts letters together to words.
pub(super) fn words(tokens: &Tokens, letters: impl IntoIterator<Item = Letter>) -> Decoded {
    let mut all = Mean::default();
    let mut word = Mean::default();
    let mut begin = None;
    let mut composer = Composer::default();
    let mut decoded = Decoded::default();
    let end = Letter {
        token: tokens.blank(),
        step: 0,
        peak: 0.0,
    };
    for letter in letters.into_iter().chain([end]) {
        if matches!(tokens.kind(letter.token), TokenKind::Space | TokenKind::Blank) {
            let (mean, step) = (std::mem::take(&mut word), begin.take());
            if !composer.is_empty() {
                decoded.words.push(DecodedWord {
                    text: composer.take(),
                    confidence: mean.confidence(),
                    step: step.unwrap_or_default(),
                });
            }
            composer = Composer::default();
        } else {
            begin.get_or_insert(letter.step);
            word.add(letter.peak);
            all.add(letter.peak);
            composer.push(tokens.letter(letter.token));
        }
    }
    decoded.confidence = all.confidence();
    decoded
}

#[derive(Default)]
struct Mean {
    sum: f32,
    count: u32,
}

impl Mean {
    fn add(&mut self, x: f32) {
        self.sum += x;
        self.count += 1;
    }

    fn confidence(&self) -> f32 {
        (self.sum / self.count.max(1) as f32).exp().clamp(0.0, 1.0)
    }
}

/// Greedy decoding: the best output of each step, repetitions and blanks left out.
#[derive(Debug, Clone)]
pub struct Greedy {
    last: usize,
    step: u32,
    letters: Vec<Letter>,
}

impl Greedy {
    /// At the beginning of an utterance.
    pub fn new(tokens: &Tokens) -> Self {
        Self {
            last: tokens.blank(),
            step: 0,
            letters: Vec::new(),
        }
    }

    /// Takes the log-probabilities of one step.
    pub fn push(&mut self, log_probabilities: &[f32], tokens: &Tokens) {
        let best = log_probabilities
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(b.1));
        let (token, &peak) = best.unwrap_or((tokens.blank(), &0.0));
        if token != self.last && token != tokens.blank() {
            let step = self.step;
            self.letters.push(Letter { token, step, peak });
        }
        self.last = token;
        self.step += 1;
    }

    /// The text so far.
    pub fn decoded(&self, tokens: &Tokens) -> Decoded {
        words(tokens, self.letters.iter().copied())
    }
}
