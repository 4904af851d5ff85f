//! What a search weighs how, and what all calls' searches share.

use std::sync::Arc;

use super::liaison::Liaison;
use super::lm::NgramLm;
use super::tokens::Tokens;

/// How wide to search and what to weigh how. Logarithms are natural.
#[derive(Debug, Clone, PartialEq)]
pub struct BeamConfig {
    /// Beginnings of the text that are followed at once.
    pub width: usize,
    /// A beginning that is this much less probable than the best is dropped.
    pub margin: f32,
    /// A letter whose log-probability in a step is below this is not tried there.
    pub floor: f32,
    /// Weight of the language model's log-probability.
    pub lm_weight: f32,
    /// Bonus for each letter; balances the language model's liking for short texts.
    pub letter_bonus: f32,
    /// Bonus for each space.
    pub word_bonus: f32,
    /// Bonus for each letter of the shop's words.
    pub boost_bonus: f32,
    /// What it costs to let a final begin the next syllable, or the other way round; infinite: not tried.
    pub moved_cost: f32,
}

impl Default for BeamConfig {
    fn default() -> Self {
        Self {
            width: 64,
            margin: 14.0,
            floor: -9.0,
            lm_weight: 0.85,
            letter_bonus: 1.3,
            word_bonus: 0.0,
            boost_bonus: 1.0,
            moved_cost: 2.0,
        }
    }
}

/// What all calls' searches share.
pub struct Recipe {
    pub(super) tokens: Arc<Tokens>,
    pub(super) lm: Option<Arc<NgramLm>>,
    /// The language model's number for each token.
    pub(super) lm_letters: Vec<Option<u8>>,
    pub(super) liaison: Liaison,
    pub(super) config: BeamConfig,
}

impl Recipe {
    /// Without a language model, only the network and the shop's words decide.
    pub fn new(tokens: Arc<Tokens>, lm: Option<Arc<NgramLm>>, config: BeamConfig) -> Self {
        let letter = |t| lm.as_ref().and_then(|lm| lm.letter(tokens.letter(t)));
        let lm_letters = (0..tokens.len()).map(letter).collect();
        Self {
            lm_letters,
            liaison: Liaison::new(&tokens),
            tokens,
            lm,
            config,
        }
    }

    /// The alphabet.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }
}
