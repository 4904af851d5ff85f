//! The letter model by a small file made here by hand, and by files that are spoiled.

use proptest::prelude::*;

use super::lm::NgramLm;

const LETTERS: [char; 4] = ['\0', ' ', 'ᄀ', 'ᅡ'];
const G: u8 = 2;
const A: u8 = 3;

/// A node of the trie: letter, probability, back-off weight, children.
struct Node(u8, f32, f32, Vec<Node>);

fn leaf(letter: u8, probability: f32) -> Node {
    Node(letter, probability, 1.0, Vec::new())
}

/// Letters are even by themselves; after ᄀ comes ᅡ half of the time, and after 가 the end nearly always.
fn example() -> Node {
    let after_ga = vec![leaf(0, 0.9)];
    let after_g = vec![Node(A, 0.5, 0.1 / 0.75, after_ga)];
    let letters = vec![
        leaf(0, 0.25),
        leaf(1, 0.25),
        Node(G, 0.25, 0.5 / 0.75, after_g),
        leaf(A, 0.25),
    ];
    Node(0, 1.0, 1.0, letters)
}

/// The file of a trie: every probability and weight has a place of its own in the code books.
fn file(root: Node) -> Vec<u8> {
    let mut row = vec![root];
    let (mut columns, mut p_book, mut w_book) = ([const { Vec::new() }; 4], Vec::new(), Vec::new());
    while !row.is_empty() {
        let mut below = Vec::new();
        for Node(letter, probability, weight, children) in row {
            let values = [
                letter,
                p_book.len() as u8,
                w_book.len() as u8,
                children.len() as u8,
            ];
            columns
                .iter_mut()
                .zip(values)
                .for_each(|(column, value)| column.push(value));
            p_book.push(probability.ln());
            w_book.push(weight.ln());
            below.extend(children);
        }
        row = below;
    }
    p_book.resize(256, 0.0);
    w_book.resize(256, 0.0);
    let mut bytes = b"BISEOLM1".to_vec();
    bytes.extend([3, LETTERS.len() as u8, 0, 0]);
    bytes.extend((columns[0].len() as u32).to_le_bytes());
    bytes.extend(LETTERS.iter().flat_map(|&c| u32::from(c).to_le_bytes()));
    bytes.extend(p_book.iter().chain(&w_book).flat_map(|x: &f32| x.to_le_bytes()));
    bytes.extend(columns.concat());
    bytes
}

/// The probability of a text's last letter, after those before.
fn probability(lm: &NgramLm, start: bool, text: &[u8]) -> f32 {
    let mut state = lm.start();
    if !start {
        // A letter without longer n-grams leaves no history.
        state = lm.next(state, 1).0;
    }
    let mut last = 0.0;
    for &letter in text {
        (state, last) = lm.next(state, letter);
    }
    last.exp()
}

#[test]
fn probabilities_are_those_of_the_file() {
    let lm = NgramLm::parse(&file(example())).expect("it is well formed");
    assert_eq!(
        (lm.order(), lm.ngrams(), lm.letter('ᅡ'), lm.letter('x')),
        (3, 6, Some(A), None)
    );
    let table: [(&[u8], f32); 6] = [
        (&[G], 0.25),
        (&[G, A], 0.5),
        (&[G, A, 0], 0.9),
        (&[G, A, G], 0.1 / 0.75 * 0.25),
        (&[G, G], 0.5 / 0.75 * 0.25),
        (&[A, A], 0.25),
    ];
    for (text, expected) in table {
        for start in [true, false] {
            let found = probability(&lm, start, text);
            assert!((found - expected).abs() < 1e-6, "{text:?}: {found}");
        }
    }
    let ga = lm.next(lm.next(lm.start(), G).0, A).0;
    assert!((lm.end(ga).exp() - 0.9).abs() < 1e-6);
}

#[test]
fn an_unknown_letter_is_impossible() {
    let lm = NgramLm::parse(&file(example())).expect("it is well formed");
    assert_eq!(lm.next(lm.start(), 77).1, f32::NEG_INFINITY);
}

/// All letters' probabilities together, after a text.
fn sum(lm: &NgramLm, text: &[u8]) -> f32 {
    let state = text
        .iter()
        .fold(lm.start(), |state, &letter| lm.next(state, letter).0);
    (0..lm.letters().len() as u8)
        .map(|letter| lm.next(state, letter).1.exp())
        .sum()
}

proptest! {
    #[test]
    fn after_any_text_all_letters_add_up_to_one(text in prop::collection::vec(1u8..4, 0..12)) {
        let lm = NgramLm::parse(&file(example())).expect("it is well formed");
        prop_assert!((sum(&lm, &text) - 1.0).abs() < 1e-5);
    }

    /// A changed file is refused, or it is a model like any other: it ends, and panics nowhere.
    #[test]
    fn spoiled_files_do_no_harm(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        length in any::<prop::sample::Index>(),
        cut in any::<bool>(),
        text in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let mut bytes = file(example());
        let (head, tail) = (36, bytes.len() - 28);
        for (at, value) in changes {
            // Where the structure is, not the code books.
            let at = at.index(head + 28);
            bytes[if at < head { at } else { tail + at - head }] = value;
        }
        if cut {
            bytes.truncate(length.index(bytes.len()));
        }
        if let Ok(lm) = NgramLm::parse(&bytes) {
            let mut state = lm.start();
            for &letter in &text {
                state = lm.next(state, letter).0;
                lm.end(state);
            }
        }
    }

    #[test]
    fn any_octets_may_be_given(bytes in prop::collection::vec(any::<u8>(), 0..4_000)) {
        let _ = NgramLm::parse(&bytes);
        let _ = NgramLm::parse(&[b"BISEOLM1".as_slice(), &bytes].concat());
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let whole = file(example());
    let changed = |at: usize, value: u8| {
        let mut bytes = whole.clone();
        bytes[at] = value;
        bytes
    };
    let nodes = whole.len() - 28;
    let table = [
        ("no magic", changed(0, b'X')),
        ("order 0", changed(8, 0)),
        ("order 2 with trigrams", changed(8, 2)),
        ("a letter too many", changed(9, 5)),
        ("more nodes than octets", changed(13, 1)),
        ("a letter that is no code point", changed(18, 0xFF)),
        ("a number that is none", changed(35, 0x7F)),
        ("letters out of order", changed(nodes + 1, 9)),
        ("a child too many", changed(nodes + 21, 5)),
        ("an octet too many", [&whole[..], &[0]].concat()),
        ("an octet too few", whole[..whole.len() - 1].to_vec()),
    ];
    for (name, bytes) in table {
        assert!(NgramLm::parse(&bytes).is_err(), "{name}");
    }
}
