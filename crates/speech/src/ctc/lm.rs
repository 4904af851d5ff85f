//! A letter n-gram model with back-off, read from the file that `training/demo-ko/lm.py` writes.
//!
//! The file holds a trie of n-grams, breadth first. All numbers are little-endian:
//!
//! | octets | what |
//! | --- | --- |
//! | 8 | `BISEOLM1` |
//! | 1, 1, 2 | order (longest n-gram), number of letters S, zero |
//! | 4 | number of nodes N |
//! | 4 S | the letters' code points; letter 0 (U+0000) is the end of a sentence, and its beginning when it is history |
//! | 4 × 256, 4 × 256 | code books of natural log-probabilities and back-off weights (32-bit floats) |
//! | N, N, N, N | of each node: its letter, its log-probability, its back-off weight (both by code book), its number of children |
//!
//! Node 0 is the root. A node's children lie side by side, ordered by letter, and after those of the nodes before it; the
//! root has all letters as children, so that every text has a probability.

use std::path::Path;

use crate::{Result, SpeechError};

const MAGIC: &[u8; 8] = b"BISEOLM1";
const HEAD: usize = 16;
const CODES: usize = 256;
const MAX_ORDER: u8 = 16;
const MAX_NODES: usize = 4_000_000;
const ROOT: u32 = 0;
/// The letter that begins and ends sentences.
const EDGE: u8 = 0;

/// A history: the longest known n-gram that ends a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LmState(u32);

#[derive(Debug, Clone, Copy)]
struct Node {
    letter: u8,
    probability: u8,
    back_off: u8,
    children: u8,
    first_child: u32,
    /// The node of this n-gram without its first letter, or without more of them where that is not in the file.
    shorter: u32,
}

/// The model. About 12 octets in memory for each n-gram; shared by all calls.
pub struct NgramLm {
    letters: Vec<char>,
    probabilities: Vec<f32>,
    back_offs: Vec<f32>,
    nodes: Vec<Node>,
    order: u8,
}

impl NgramLm {
    /// Reads a model file.
    ///
    /// # Errors
    /// [`SpeechError::Model`] when it cannot be read or is none.
    pub fn load(path: &Path) -> Result<Self> {
        let fail = |detail: String| SpeechError::Model {
            path: path.to_owned(),
            detail,
        };
        let bytes = std::fs::read(path).map_err(|e| fail(e.to_string()))?;
        Self::parse(&bytes).map_err(|e| fail(e.to_owned()))
    }

    /// Reads a model from memory. Any octets may be given: what is taken is sound.
    ///
    /// # Errors
    /// What is wrong.
    pub fn parse(bytes: &[u8]) -> std::result::Result<Self, &'static str> {
        let (order, letters, nodes, mut rest) = head(bytes)?;
        let mut take = |length: usize| {
            let part = rest.split_off(..length);
            part.ok_or("the file is too short")
        };
        let letters = read_letters(take(4 * letters)?)?;
        let probabilities = read_codes(take(4 * CODES)?)?;
        let back_offs = read_codes(take(4 * CODES)?)?;
        let columns = [take(nodes)?, take(nodes)?, take(nodes)?, take(nodes)?];
        if !rest.is_empty() {
            return Err("the file is too long");
        }
        if probabilities.iter().any(|&p| p > 0.0) {
            return Err("a probability is larger than one");
        }
        let mut model = Self {
            nodes: read_nodes(columns, letters.len())?,
            letters,
            probabilities,
            back_offs,
            order,
        };
        model.link()?;
        Ok(model)
    }

    /// The longest n-gram it knows.
    pub fn order(&self) -> usize {
        usize::from(self.order)
    }

    /// How many n-grams it holds.
    pub fn ngrams(&self) -> usize {
        self.nodes.len() - 1
    }

    /// The model's number for a letter.
    pub fn letter(&self, letter: char) -> Option<u8> {
        let at = self.letters.iter().skip(1).position(|&c| c == letter)?;
        u8::try_from(at + 1).ok()
    }

    /// The letters, by number; number 0 is the end.
    pub fn letters(&self) -> &[char] {
        &self.letters
    }

    /// The history at the beginning of a sentence.
    pub fn start(&self) -> LmState {
        LmState(self.child(ROOT, EDGE).unwrap_or(ROOT))
    }

    /// The natural logarithm of a letter's probability after a history, and the history after it. A letter that the
    /// model does not have is impossible.
    pub fn next(&self, state: LmState, letter: u8) -> (LmState, f32) {
        let mut at = state.0;
        let mut sum = 0.0;
        loop {
            if let Some(child) = self.child(at, letter) {
                let node = self.nodes[child as usize];
                sum += self.probabilities[usize::from(node.probability)];
                let history = if node.children == 0 { node.shorter } else { child };
                return (LmState(history), sum);
            }
            if at == ROOT {
                return (LmState(ROOT), f32::NEG_INFINITY);
            }
            let node = self.nodes[at as usize];
            sum += self.back_offs[usize::from(node.back_off)];
            at = node.shorter;
        }
    }

    /// The natural logarithm of the probability that the sentence ends here.
    pub fn end(&self, state: LmState) -> f32 {
        self.next(state, EDGE).1
    }

    fn child(&self, node: u32, letter: u8) -> Option<u32> {
        let node = self.nodes[node as usize];
        let first = node.first_child as usize;
        let children = &self.nodes[first..first + usize::from(node.children)];
        let at = children
            .binary_search_by_key(&letter, |child| child.letter)
            .ok()?;
        Some((first + at) as u32)
    }

    /// Finds each node's shorter n-gram, from the shortest on, and checks the depth on the way.
    fn link(&mut self) -> std::result::Result<(), &'static str> {
        let mut depths = vec![0u8; self.nodes.len()];
        for parent in 0..self.nodes.len() as u32 {
            let node = self.nodes[parent as usize];
            let depth = depths[parent as usize] + 1;
            if node.children > 0 && depth > self.order {
                return Err("an n-gram is longer than the order");
            }
            for child in node.first_child..node.first_child + u32::from(node.children) {
                depths[child as usize] = depth;
                let letter = self.nodes[child as usize].letter;
                self.nodes[child as usize].shorter = self.shorter(parent, letter);
            }
        }
        Ok(())
    }

    fn shorter(&self, parent: u32, letter: u8) -> u32 {
        let mut at = parent;
        while at != ROOT {
            at = self.nodes[at as usize].shorter;
            if let Some(found) = self.child(at, letter) {
                return found;
            }
        }
        ROOT
    }
}

/// Order, number of letters, number of nodes, and what follows.
fn head(bytes: &[u8]) -> std::result::Result<(u8, usize, usize, &[u8]), &'static str> {
    let (head, rest) = bytes.split_at_checked(HEAD).ok_or("the file is too short")?;
    if &head[..8] != MAGIC {
        return Err("no letter n-gram model of version 1");
    }
    let (order, letters) = (head[8], usize::from(head[9]));
    let nodes = u32::from_le_bytes([head[12], head[13], head[14], head[15]]) as usize;
    if !(1..=MAX_ORDER).contains(&order) || letters < 2 || !(letters..=MAX_NODES).contains(&nodes) {
        return Err("order, letters or number of n-grams are out of range");
    }
    Ok((order, letters, nodes, rest))
}

fn read_letters(bytes: &[u8]) -> std::result::Result<Vec<char>, &'static str> {
    let codes = bytes.as_chunks::<4>().0.iter().copied().map(u32::from_le_bytes);
    codes
        .map(|code| char::from_u32(code).ok_or("a letter is no code point"))
        .collect()
}

fn read_codes(bytes: &[u8]) -> std::result::Result<Vec<f32>, &'static str> {
    let numbers = bytes.as_chunks::<4>().0.iter().copied().map(f32::from_le_bytes);
    let sound = |x: f32| (x.is_finite() && x.abs() < 1e4).then_some(x);
    numbers
        .map(|x| sound(x).ok_or("a code book holds no usable number"))
        .collect()
}

fn read_nodes(
    [letter, probability, back_off, children]: [&[u8]; 4],
    letters: usize,
) -> std::result::Result<Vec<Node>, &'static str> {
    let mut nodes = Vec::with_capacity(letter.len());
    let mut first_child = 1usize;
    for n in 0..letter.len() {
        nodes.push(Node {
            letter: letter[n],
            probability: probability[n],
            back_off: back_off[n],
            children: children[n],
            first_child: first_child as u32,
            shorter: ROOT,
        });
        let end = first_child + usize::from(children[n]);
        // A node's children come after it, so nothing can be its own history.
        if end > letter.len() || (children[n] > 0 && first_child <= n) {
            return Err("the trie is not whole");
        }
        let row = &letter[first_child..end];
        if !row.is_sorted_by(|a, b| a < b) || row.last().is_some_and(|&last| usize::from(last) >= letters) {
            return Err("the trie is out of order");
        }
        first_child = end;
    }
    let root = nodes.first().map_or(0, |root| usize::from(root.children));
    if first_child != letter.len() || root != letters {
        return Err("the trie is not whole");
    }
    Ok(nodes)
}
