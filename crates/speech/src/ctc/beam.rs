//! Prefix-beam search, step by step: the text whose ways through the network's outputs are the most probable together,
//! weighed with a language model and the shop's words (Hannun et al. 2014, arXiv:1408.2873).

use std::sync::Arc;

use super::boost::Boost;
use super::decode::{Decoded, Letter, words};
use super::prefix::{Node, NodeId, Prefixes, ROOT};
use super::recipe::Recipe;
use super::tokens::TokenKind;

/// One beginning of the text and the probability of all ways to it.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    node: NodeId,
    /// Log-probability of the ways that end in a blank, and of those that end in the last letter.
    blank: f32,
    letter: f32,
    /// Both, and the bonus.
    score: f32,
}

impl Candidate {
    fn total(&self) -> f32 {
        log_add(self.blank, self.letter)
    }
}

/// The search of one call.
pub struct BeamSearch {
    recipe: Arc<Recipe>,
    boost: Arc<Boost>,
    prefixes: Prefixes,
    beam: Vec<Candidate>,
    next: Vec<Candidate>,
    /// The letters that are tried in this step.
    likely: Vec<(u8, f32)>,
    /// This step's log-probability of each token.
    heard: Vec<f32>,
    step: u32,
}

impl BeamSearch {
    /// At the beginning of an utterance.
    pub fn new(recipe: Arc<Recipe>, boost: Arc<Boost>) -> Self {
        let root = root(&recipe, &boost);
        let mut made = Self {
            prefixes: Prefixes::new(root),
            recipe,
            boost,
            beam: Vec::new(),
            next: Vec::new(),
            likely: Vec::new(),
            heard: Vec::new(),
            step: 0,
        };
        made.reset();
        made
    }

    /// Begins a new utterance.
    pub fn reset(&mut self) {
        self.prefixes.clear(root(&self.recipe, &self.boost));
        self.step = 0;
        self.beam.clear();
        self.beam.push(Candidate {
            node: ROOT,
            blank: 0.0,
            letter: f32::NEG_INFINITY,
            score: 0.0,
        });
    }

    /// Takes the log-probabilities of one step, one for each token. Values that are no numbers count as impossible.
    pub fn push(&mut self, log_probabilities: &[f32]) {
        self.step += 1;
        let recipe = self.recipe.clone();
        self.listen(log_probabilities, &recipe);
        self.next.clear();
        for n in 0..self.beam.len() {
            let from = self.beam[n];
            let last = self.prefixes.get(from.node).token;
            let again = from.letter + self.heard[usize::from(last)];
            let passed = from.total() + self.pass(&recipe, last);
            self.add(from.node, passed, again);
            self.extend(&recipe, from, last);
        }
        self.prune();
    }

    /// What this step says of each token, and the letters worth trying.
    fn listen(&mut self, log_probabilities: &[f32], recipe: &Recipe) {
        let (blank, config) = (recipe.tokens.blank(), &recipe.config);
        let at = |token: usize| {
            let given = log_probabilities.get(token).copied();
            given.map_or(IMPOSSIBLE, |p| p.clamp(IMPOSSIBLE, 0.0).max(IMPOSSIBLE))
        };
        self.heard.clear();
        self.heard.extend((0..recipe.tokens.len()).map(at));
        let letters = self.heard.iter().enumerate();
        let likely = letters.filter(|&(token, &p)| token != blank && p > config.floor);
        self.likely.clear();
        self.likely.extend(likely.map(|(token, &p)| (token as u8, p)));
    }

    /// How probable it is that this step adds nothing after a token: the blank, and after an initial the silent one.
    fn pass(&self, recipe: &Recipe, last: u8) -> f32 {
        let blank = self.heard[recipe.tokens.blank()];
        let silent = recipe.liaison.silent().filter(|&silent| {
            silent != last
                && recipe.config.moved_cost.is_finite()
                && recipe.tokens.kind(last.into()) == TokenKind::Initial
        });
        silent.map_or(blank, |silent| {
            log_add(blank, self.heard[usize::from(silent)] - recipe.config.moved_cost)
        })
    }

    /// Tries every likely letter after a beginning, and the other ways to write its sound.
    fn extend(&mut self, recipe: &Recipe, from: Candidate, last: u8) {
        let moving =
            recipe.config.moved_cost.is_finite() && recipe.tokens.kind(last.into()) == TokenKind::Vowel;
        for n in 0..self.likely.len() {
            let (token, probability) = self.likely[n];
            // The same letter twice needs a blank between.
            let ways = if token == last { from.blank } else { from.total() };
            self.spell(recipe, from.node, &[Some(token)], probability, ways + probability);
            let kind = recipe.tokens.kind(token.into());
            let other = probability - recipe.config.moved_cost;
            if moving && other > recipe.config.floor {
                for spelling in recipe.liaison.spellings(token, kind) {
                    self.spell(recipe, from.node, &spelling, other, from.total() + other);
                }
            }
        }
    }

    /// Adds letters to a beginning, if text may go on so.
    fn spell(&mut self, recipe: &Recipe, from: NodeId, letters: &[Option<u8>], probability: f32, ways: f32) {
        let mut node = from;
        for &token in letters.iter().flatten() {
            let before = recipe.tokens.kind(self.prefixes.get(node).token.into());
            let before = Some(before).filter(|&kind| kind != TokenKind::Blank);
            if !recipe.tokens.kind(token.into()).may_follow(before) {
                return;
            }
            if ways > f32::NEG_INFINITY {
                node = self.child(node, token, probability, ways);
            }
        }
        if node != from {
            self.add(node, f32::NEG_INFINITY, ways);
        }
    }

    /// The node of a beginning with one letter more.
    fn child(&mut self, parent: NodeId, token: u8, peak: f32, ways: f32) -> NodeId {
        let frame = self.step - 1;
        if let Some(child) = self.prefixes.child(parent, token) {
            let node = self.prefixes.get_mut(child);
            if ways > node.ways {
                (node.frame, node.peak, node.ways) = (frame, peak, ways);
            }
            return child;
        }
        let mut node = self.advance(self.prefixes.get(parent), token);
        (node.frame, node.peak, node.ways) = (frame, peak, ways);
        self.prefixes.add(parent, node)
    }

    /// Language model and shop's words after one letter more.
    fn advance(&self, parent: &Node, token: u8) -> Node {
        let recipe = &self.recipe;
        let config = &recipe.config;
        let mut node = parent.clone();
        (node.token, node.seen) = (token, 0);
        let token = usize::from(token);
        let letter = recipe.lm_letters[token];
        if let (Some(lm), Some(letter)) = (&recipe.lm, letter) {
            let (state, probability) = lm.next(node.lm, letter);
            node.lm = state;
            node.bonus += config.lm_weight * probability;
        }
        if recipe.tokens.kind(token) == TokenKind::Space {
            node.bonus += config.word_bonus;
        } else {
            let (state, letters) = self.boost.next(node.boost, token);
            node.boost = state;
            node.bonus += config.boost_bonus * letters + config.letter_bonus;
        }
        node
    }

    /// Adds ways to a beginning.
    fn add(&mut self, id: NodeId, blank: f32, letter: f32) {
        let node = self.prefixes.get_mut(id);
        if node.seen == self.step {
            let found = &mut self.next[node.slot as usize];
            found.blank = log_add(found.blank, blank);
            found.letter = log_add(found.letter, letter);
            return;
        }
        (node.seen, node.slot) = (self.step, self.next.len() as u32);
        self.next.push(Candidate {
            node: id,
            blank,
            letter,
            score: 0.0,
        });
    }

    /// Keeps the best.
    fn prune(&mut self) {
        for candidate in &mut self.next {
            candidate.score = candidate.total() + self.prefixes.get(candidate.node).bonus;
        }
        self.next.sort_by(|a, b| b.score.total_cmp(&a.score));
        let worst = self.next.first().map_or(0.0, |best| best.score) - self.recipe.config.margin;
        self.next.truncate(self.recipe.config.width.max(1));
        self.next.retain(|candidate| candidate.score >= worst);
        std::mem::swap(&mut self.beam, &mut self.next);
        if self.prefixes.is_crowded() {
            let beam = self.beam.iter_mut();
            self.prefixes.keep(beam.map(|candidate| &mut candidate.node));
        }
    }

    /// The best text so far; a consonant that waits for its vowel is left out.
    pub fn best(&self) -> Decoded {
        self.decoded(self.beam.first().map_or(ROOT, |best| best.node))
    }

    /// The best text, now that nothing follows.
    pub fn finish(&self) -> Decoded {
        let best = self.beam.iter().max_by(|a, b| {
            let (a, b) = (self.final_score(a), self.final_score(b));
            a.total_cmp(&b)
        });
        self.decoded(best.map_or(ROOT, |best| best.node))
    }

    fn final_score(&self, candidate: &Candidate) -> f32 {
        let node = self.prefixes.get(candidate.node);
        if candidate.node == ROOT {
            return candidate.score;
        }
        let end = self.recipe.lm.as_ref().map_or(0.0, |lm| lm.end(node.lm));
        let broken = match self.recipe.tokens.kind(node.token.into()) {
            TokenKind::Initial => UNFINISHED,
            _ => 0.0,
        };
        candidate.score
            + self.recipe.config.lm_weight * end
            + self.recipe.config.boost_bonus * self.boost.end(node.boost)
            + broken
    }

    /// All texts that are followed, by their tokens, with their scores; the best first.
    #[cfg(test)]
    pub(super) fn all(&self) -> Vec<(Vec<usize>, f32)> {
        let text = |candidate: &Candidate| {
            let path = self.prefixes.path(candidate.node).into_iter();
            (path.map(|node| node.token.into()).collect(), candidate.score)
        };
        self.beam.iter().map(text).collect()
    }

    fn decoded(&self, node: NodeId) -> Decoded {
        let letters = self.prefixes.path(node).into_iter().map(|node| Letter {
            token: node.token.into(),
            step: node.frame,
            peak: node.peak,
        });
        words(&self.recipe.tokens, letters)
    }
}

/// A probability that stands for none, but can still be reckoned with.
const IMPOSSIBLE: f32 = -1e4;
/// What a text costs that ends within a syllable.
const UNFINISHED: f32 = -100.0;

fn root(recipe: &Recipe, boost: &Boost) -> Node {
    let lm = recipe.lm.as_ref().map_or_else(Default::default, |lm| lm.start());
    Node::root(recipe.tokens.blank() as u8, lm, boost.start())
}

/// The logarithm of the sum of two numbers given by their logarithms.
fn log_add(a: f32, b: f32) -> f32 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    if low == f32::NEG_INFINITY {
        high
    } else {
        high + (low - high).exp().ln_1p()
    }
}
