//! Utterance cases judged whole (tests/data/README.md tells where each file is from). The floors only rise.

mod common;

use std::collections::BTreeMap;

use biseo_rehearse::{Case, judge_understanding};

#[test]
fn development_utterances() {
    judge(include_str!("data/utterances.jsonl"), 168);
}

#[test]
fn further_utterances() {
    judge(include_str!("data/further.jsonl"), 209);
}

/// Nothing was written by looking at these: what is right of them is what to expect of strangers' words.
#[test]
fn unseen_utterances() {
    judge(include_str!("data/unseen.jsonl"), 154);
}

/// 132 of the 160 were right at first sight; what was seen by them was mended.
#[test]
fn blind_utterances() {
    judge(include_str!("data/blind.jsonl"), 158);
}

/// The same by another one, after that: 105 of the 120 were right at first sight.
#[test]
fn strangers_utterances() {
    judge(include_str!("data/strangers.jsonl"), 120);
}

/// The same by a third one: 88 of the 100 were right at first sight.
#[test]
fn newcomers_utterances() {
    judge(include_str!("data/newcomers.jsonl"), 97);
}

fn judge(text: &str, floor: usize) {
    let shops = common::shops();
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut right, mut total, mut parts) = (0, 0, [0; 3]);
    for case in Case::read_lines(text).unwrap() {
        let context = case.context().unwrap();
        let u = shops[case.shop.as_str()].understand(&case.text, &context);
        let faults = judge_understanding(&case.expect, &u);
        for (n, part) in [&faults.intents, &faults.acts, &faults.slots].iter().enumerate() {
            parts[n] += usize::from(part.is_empty());
        }
        let kind = kinds.entry(case.kind).or_default();
        kind.1 += 1;
        total += 1;
        if faults.none() {
            right += 1;
            kind.0 += 1;
        } else {
            let asked = case.awaiting.unwrap_or_default();
            println!("{} [{asked}] {}\n   {faults:?}", case.id, case.text);
        }
    }
    println!("exact {right}/{total}; intents, acts, slots {parts:?}; {kinds:?}");
    assert!(
        right >= floor,
        "{right} of {total} are right, at least {floor} must be"
    );
}
