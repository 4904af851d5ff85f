//! Many phrases looked for at once, by syllable and with a recogniser's slips: a trie whose walk carries a cost.

use std::sync::OnceLock;

use crate::jamo::Sound;
use crate::text::{Cell, Line};

/// How much mishearing a phrase forgives, by its length in syllables (0 to 5 and more), in half jamo.
#[derive(Debug, Clone, Copy)]
pub struct Budget(pub [u8; 6]);

/// For cue phrases: a short one must be heard as it is.
pub const CUES: Budget = Budget([0, 0, 1, 1, 2, 3]);
/// For the shop's own words, of which there are few.
pub const SHOP_WORDS: Budget = Budget([0, 0, 2, 3, 4, 5]);

/// A phrase found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The phrase's number.
    pub id: u16,
    /// First place in the compact text.
    pub start: usize,
    /// Place after the last.
    pub end: usize,
    /// How far it is from the phrase, in half jamo.
    pub cost: u8,
}

impl Found {
    /// Its length in characters.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether the two share a character.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether the two share characters and neither holds the other.
    pub fn crosses(&self, other: &Self) -> bool {
        let holds = |a: &Self, b: &Self| a.start <= b.start && b.end <= a.end;
        self.overlaps(other) && !holds(self, other) && !holds(other, self)
    }
}

#[derive(Debug, Clone, Copy)]
struct Leaf {
    id: u16,
    budget: u8,
    /// Must begin a word.
    opens: bool,
    /// Must end a word.
    closes: bool,
}

#[derive(Debug, Clone, Default)]
struct Node {
    /// The first way down; most nodes have no other, and it lies here at hand.
    first: Option<Child>,
    more: Vec<Child>,
    leaves: Vec<Leaf>,
}

impl Node {
    fn ways(&self) -> impl Iterator<Item = &Child> {
        self.first.iter().chain(&self.more)
    }
}

/// A way down: the character, where it leads, and the largest budget of what lies there and below.
#[derive(Debug, Clone, Copy)]
struct Child {
    sound: Sound,
    node: u32,
    slack: u8,
    vowel: u8,
    onset: u8,
}

/// The phrases.
///
/// In a phrase blanks do not count; `^` at its beginning wants the beginning of a word there, `$` at its end the end of
/// one, `=` before all of it forgives nothing. Latin phrases always begin and end a word.
#[derive(Debug, Clone)]
pub struct Lexicon {
    nodes: Vec<Node>,
    budget: Budget,
    /// Made when the first text is read.
    roots: OnceLock<Roots>,
}

/// The ways from the root by what they sound like.
#[derive(Debug, Clone)]
struct Roots {
    /// Those that forgive half a jamo at most, by vowel and onset: whatever is that near sounds like it in both.
    near: Vec<Vec<Child>>,
    /// The others by the vowel, and by the onset: two syllables that share neither are too far apart.
    by_vowel: Vec<Vec<Child>>,
    by_onset: Vec<Vec<Child>>,
}

/// Numbers of classes, that of other characters included.
const VOWELS: usize = 23;
const ONSETS: usize = 21;

impl Roots {
    fn new(root: &Node) -> Self {
        let mut all = Self {
            near: vec![Vec::new(); VOWELS * ONSETS],
            by_vowel: vec![Vec::new(); VOWELS],
            by_onset: vec![Vec::new(); ONSETS],
        };
        for child in root.ways() {
            let (vowel, onset) = (usize::from(child.vowel), usize::from(child.onset));
            if child.slack <= 1 {
                all.near[vowel * ONSETS + onset].push(*child);
            } else {
                all.by_vowel[vowel].push(*child);
                all.by_onset[onset].push(*child);
            }
        }
        all
    }
}

impl Lexicon {
    /// An empty one.
    pub fn new(budget: Budget) -> Self {
        Self {
            nodes: vec![Node::default()],
            budget,
            roots: OnceLock::new(),
        }
    }

    /// Adds a phrase under a number.
    pub fn add(&mut self, phrase: &str, id: u16) {
        let (exact, rest) = flag(phrase, '=');
        let (opens, rest) = flag(rest, '^');
        let closes = rest.ends_with('$');
        let line = Line::new(rest.trim_end_matches('$'));
        let Some(first) = line.cells.first() else {
            return;
        };
        let latin = !first.syllable.is_hangul();
        let budget = if exact || latin {
            0
        } else {
            self.budget.0[line.len().min(5)]
        };
        let end = line
            .cells
            .iter()
            .fold(0, |node, cell| self.child(node, cell, budget));
        self.nodes[end].leaves.push(Leaf {
            id,
            budget,
            opens: opens || latin,
            closes: closes || (latin && line.cells.last().is_some_and(|c| !c.syllable.is_hangul())),
        });
    }

    fn child(&mut self, node: usize, cell: &Cell, budget: u8) -> usize {
        self.roots.take();
        let next = self.nodes.len();
        let parent = &mut self.nodes[node];
        let known = parent
            .first
            .iter_mut()
            .chain(&mut parent.more)
            .find(|c| c.sound == cell.sound);
        if let Some(known) = known {
            known.slack = known.slack.max(budget);
            return known.node as usize;
        }
        let class = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
        let entry = Child {
            sound: cell.sound,
            node: u32::try_from(next).unwrap_or(u32::MAX),
            slack: budget,
            vowel: class(cell.syllable.vowel_class()),
            onset: class(cell.syllable.onset_class()),
        };
        match parent.first {
            None => parent.first = Some(entry),
            Some(_) => parent.more.push(entry),
        }
        self.nodes.push(Node::default());
        next
    }

    /// All phrases that begin at a place, into `found`.
    pub fn at(&self, line: &Line, start: usize, found: &mut Vec<Found>) {
        self.walk(
            line,
            &mut Walk { start, found },
            Step {
                node: 0,
                at: start,
                cost: 0,
            },
        );
    }

    /// All phrases anywhere.
    pub fn everywhere(&self, line: &Line) -> Vec<Found> {
        let mut found = Vec::with_capacity(32);
        for start in 0..line.len() {
            self.at(line, start, &mut found);
        }
        found
    }

    /// All phrases anywhere; of those that lie within a better heard or longer one only the latter.
    pub fn all(&self, line: &Line) -> Vec<Found> {
        let mut found = self.everywhere(line);
        let hides = |a: &Found, b: &Found| {
            let covers = a.start <= b.start && b.end <= a.end;
            (covers && a.len() > b.len() && a.cost <= b.cost)
                || (a.overlaps(b) && a.cost < b.cost && a.len() >= b.len())
        };
        let copy = found.clone();
        found.retain(|b| !copy.iter().any(|a| hides(a, b)));
        found
    }

    fn walk(&self, line: &Line, walk: &mut Walk<'_>, step: Step) {
        let node = &self.nodes[step.node];
        for leaf in &node.leaves {
            let fits = step.cost <= leaf.budget
                && (!leaf.opens || line.gap(walk.start))
                && (!leaf.closes || line.gap(step.at));
            if fits {
                walk.found.push(Found {
                    id: leaf.id,
                    start: walk.start,
                    end: step.at,
                    cost: step.cost,
                });
            }
        }
        let Some(cell) = line.cells.get(step.at) else {
            return;
        };
        if step.node != 0 {
            for child in node.ways() {
                self.step(line, walk, step, cell, child);
            }
            return;
        }
        let (vowel, onset) = (cell.syllable.vowel_class(), cell.syllable.onset_class());
        let roots = self.roots.get_or_init(|| Roots::new(&self.nodes[0]));
        let other = roots.by_onset[onset]
            .iter()
            .filter(|c| usize::from(c.vowel) != vowel);
        let near = roots.near[vowel * ONSETS + onset].iter();
        for child in near.chain(&roots.by_vowel[vowel]).chain(other) {
            self.step(line, walk, step, cell, child);
        }
    }

    #[inline]
    fn step(&self, line: &Line, walk: &mut Walk<'_>, step: Step, cell: &Cell, child: &Child) {
        let cost = step.cost.saturating_add(cell.sound.cost(child.sound));
        if cost <= child.slack {
            let next = Step {
                node: child.node as usize,
                at: step.at + 1,
                cost,
            };
            self.walk(line, walk, next);
        }
    }
}

struct Walk<'a> {
    start: usize,
    found: &'a mut Vec<Found>,
}

#[derive(Clone, Copy)]
struct Step {
    node: usize,
    at: usize,
    cost: u8,
}

fn flag(phrase: &str, mark: char) -> (bool, &str) {
    phrase
        .strip_prefix(mark)
        .map_or((false, phrase), |rest| (true, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrases: &[&str], text: &str) -> Vec<(u16, u8)> {
        let mut lexicon = Lexicon::new(CUES);
        for (id, phrase) in (0..).zip(phrases) {
            lexicon.add(phrase, id);
        }
        lexicon
            .all(&Line::new(text))
            .iter()
            .map(|f| (f.id, f.cost))
            .collect()
    }

    #[test]
    fn blanks_do_not_count_and_slips_are_forgiven() {
        assert_eq!(found(&["제육볶음"], "제 육볶 음 하나"), [(0, 0)]);
        assert_eq!(found(&["제육볶음"], "제육뽁음 하나"), [(0, 2)]);
        assert_eq!(found(&["예약"], "에약이요"), [(0, 1)]);
        assert_eq!(found(&["=예약"], "에약이요"), []);
    }

    #[test]
    fn the_longer_phrase_hides_the_shorter() {
        assert_eq!(found(&["예약", "예약금"], "예약금 있어요"), [(1, 0)]);
    }

    #[test]
    fn words_where_words_are_wanted() {
        assert_eq!(found(&["^네$"], "네 명"), [(0, 0)]);
        assert_eq!(found(&["^네$"], "그러네"), []);
        assert_eq!(found(&["no"], "now"), []);
        assert_eq!(found(&["how much"], "so how much is it"), [(0, 0)]);
    }
}
