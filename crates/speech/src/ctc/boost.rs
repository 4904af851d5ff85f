//! The shop's words, preferred while a text is being found: an Aho–Corasick automaton over letters.

use std::collections::VecDeque;

use super::tokens::{TokenKind, Tokens};

/// Phrases beyond this many, and letters of a phrase beyond this many, are left out.
const MAX_PHRASES: usize = 4_000;
const MAX_LETTERS: usize = 96;
/// A phrase with fewer letters stands in too many other words.
const MIN_LETTERS: usize = 4;
const ROOT: u32 = 0;

#[derive(Debug, Clone, Default)]
struct Node {
    children: Vec<(u8, u32)>,
    /// The node of the longest other phrase's beginning that ends this node's letters.
    fall: u32,
    depth: u16,
    /// The letters of the longest whole phrase that begins this node's letters: their bonus is kept.
    kept: u16,
}

/// Where in the phrases a text stands. Spaces do not count.
#[derive(Debug, Clone)]
pub struct Boost {
    nodes: Vec<Node>,
}

impl Boost {
    /// Prefers phrases. Only their Korean letters count; write numbers as they are spoken
    /// ([`crate::normalise::speakable`]).
    pub fn new<'a>(phrases: impl IntoIterator<Item = &'a str>, tokens: &Tokens) -> Self {
        let mut made = Self {
            nodes: vec![Node::default()],
        };
        for phrase in phrases.into_iter().take(MAX_PHRASES) {
            let mut letters = tokens.spell(phrase);
            letters.retain(|&letter| tokens.kind(letter) != TokenKind::Space);
            if (MIN_LETTERS..=MAX_LETTERS).contains(&letters.len()) {
                made.insert(&letters);
            }
        }
        made.link();
        made
    }

    /// The state before the first letter.
    pub fn start(&self) -> u32 {
        ROOT
    }

    /// Takes the next letter (no space): the new state, and by how many letters more, or fewer, than before the text
    /// now agrees with a phrase. What a phrase that breaks off was given is taken back; what a whole one was given is kept.
    pub fn next(&self, state: u32, letter: usize) -> (u32, f32) {
        if let Some(child) = self.child(state, letter) {
            return (child, 1.0);
        }
        let taken_back = self.end(state);
        let mut at = state;
        while at != ROOT {
            at = self.nodes[at as usize].fall;
            if let Some(child) = self.child(at, letter) {
                return (child, taken_back + f32::from(self.nodes[child as usize].depth));
            }
        }
        (ROOT, taken_back)
    }

    /// The letters (none or fewer) to take back when the text ends here.
    pub fn end(&self, state: u32) -> f32 {
        let node = &self.nodes[state as usize];
        -f32::from(node.depth - node.kept)
    }

    fn child(&self, node: u32, letter: usize) -> Option<u32> {
        let children = &self.nodes[node as usize].children;
        let at = children.iter().find(|(c, _)| usize::from(*c) == letter);
        at.map(|&(_, child)| child)
    }

    fn insert(&mut self, letters: &[usize]) {
        let mut at = ROOT;
        for (n, &letter) in letters.iter().enumerate() {
            at = self.child(at, letter).unwrap_or_else(|| {
                let new = self.nodes.len() as u32;
                self.nodes.push(Node {
                    depth: n as u16 + 1,
                    ..Node::default()
                });
                self.nodes[at as usize].children.push((letter as u8, new));
                new
            });
        }
        let end = &mut self.nodes[at as usize];
        end.kept = end.depth;
    }

    fn link(&mut self) {
        let mut queue = VecDeque::from([ROOT]);
        while let Some(at) = queue.pop_front() {
            for (letter, child) in self.nodes[at as usize].children.clone() {
                let fall = self.fall(at, letter);
                let kept = self.nodes[at as usize].kept;
                let node = &mut self.nodes[child as usize];
                node.fall = fall;
                node.kept = node.kept.max(kept);
                queue.push_back(child);
            }
        }
    }

    fn fall(&self, parent: u32, letter: u8) -> u32 {
        let mut at = parent;
        while at != ROOT {
            at = self.nodes[at as usize].fall;
            if let Some(found) = self.child(at, usize::from(letter)) {
                return found;
            }
        }
        ROOT
    }
}

#[cfg(test)]
mod tests {
    use super::super::tokens::korean;
    use super::*;

    /// The letters of bonus that a text has at its end.
    fn total(boost: &Boost, text: &str) -> f32 {
        let tokens = korean();
        let mut state = boost.start();
        let mut sum = 0.0;
        for letter in tokens.spell(text) {
            if tokens.kind(letter) != TokenKind::Space {
                let (next, gain) = boost.next(state, letter);
                (state, sum) = (next, sum + gain);
            }
        }
        sum + boost.end(state)
    }

    #[test]
    fn whole_phrases_keep_their_bonus_and_broken_ones_give_it_back() {
        let boost = Boost::new(["김치찌개", "김치전골", "찌개백반", "물"], &korean());
        let table = [
            ("김치찌개", 9.0),
            ("김치 찌개", 9.0),
            ("김치찌개 주세요", 9.0),
            ("저기 김치전골하고 김치찌개요", 11.0 + 9.0),
            ("김치찌", 0.0),
            ("김치볶음밥", 0.0),
            ("김김치찌개", 9.0),
            ("김치찌개백반", 9.0 + 10.0),
            ("물", 0.0),
            ("", 0.0),
        ];
        for (text, letters) in table {
            assert_eq!(total(&boost, text), letters, "{text}");
        }
    }

    #[test]
    fn a_phrase_that_begins_another_is_kept_when_the_other_breaks_off() {
        let boost = Boost::new(["김치", "김치찌개"], &korean());
        assert_eq!(total(&boost, "김치찌게"), 5.0);
        assert_eq!(total(&boost, "김치찌개"), 9.0);
    }

    #[test]
    fn nothing_to_prefer_gives_nothing() {
        let boost = Boost::new(["", "A", "!!"], &korean());
        assert_eq!(total(&boost, "김치찌개"), 0.0);
    }
}
