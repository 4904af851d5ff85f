//! The search against its definition: a beam without bounds must find the exact sum over all ways for every text.

use std::collections::HashMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::beam::BeamSearch;
use super::boost::Boost;
use super::recipe::{BeamConfig, Recipe};
use super::tokens::{TokenKind, Tokens, korean};

/// Blank, space, ᄀ, ᅡ, ᆨ.
fn alphabet() -> Arc<Tokens> {
    Arc::new(Tokens::parse("<blk> 0\n<sp> 1\nᄀ 2\nᅡ 3\nᆨ 4\n").expect("it is well formed"))
}

fn unbounded() -> BeamConfig {
    BeamConfig {
        width: usize::MAX,
        margin: f32::INFINITY,
        floor: f32::NEG_INFINITY,
        lm_weight: 0.0,
        letter_bonus: 0.0,
        word_bonus: 0.0,
        boost_bonus: 0.0,
        moved_cost: f32::INFINITY,
    }
}

fn search(tokens: &Arc<Tokens>, config: BeamConfig) -> BeamSearch {
    let none = Arc::new(Boost::new([], tokens));
    BeamSearch::new(Arc::new(Recipe::new(tokens.clone(), None, config)), none)
}

fn normalise(mut step: Vec<f32>) -> Vec<f32> {
    let sum: f32 = step.iter().sum();
    step.iter_mut().for_each(|p| *p = (*p / sum).ln());
    step
}

/// The text that a way through the outputs spells: repetitions first, then blanks left out. `None` when it is no text.
fn collapse(way: &[usize], tokens: &Tokens) -> Option<Vec<usize>> {
    let mut text: Vec<usize> = Vec::new();
    let mut last = tokens.blank();
    for &token in way {
        if token != last && token != tokens.blank() {
            let before = text.last().map(|&t| tokens.kind(t));
            if !tokens.kind(token).may_follow(before) {
                return None;
            }
            text.push(token);
        }
        last = token;
    }
    Some(text)
}

/// The probability of every text, over all ways there are.
fn by_definition(steps: &[Vec<f32>], tokens: &Tokens) -> HashMap<Vec<usize>, f64> {
    let mut found = HashMap::new();
    let ways = tokens.len().pow(steps.len() as u32);
    for number in 0..ways {
        let digit = |n: usize| number / tokens.len().pow(n as u32) % tokens.len();
        let way: Vec<usize> = (0..steps.len()).map(digit).collect();
        let sum: f64 = way.iter().zip(steps).map(|(&t, step)| f64::from(step[t])).sum();
        if let Some(text) = collapse(&way, tokens) {
            *found.entry(text).or_insert(0.0) += sum.exp();
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(biseo_testkit::cases(48)))]
    #[test]
    fn an_unbounded_search_is_exact(
        steps in prop::collection::vec(prop::collection::vec(0.01f32..1.0, 5), 1..7)
    ) {
        let tokens = alphabet();
        let steps: Vec<_> = steps.into_iter().map(normalise).collect();
        let expected = by_definition(&steps, &tokens);
        let mut search = search(&tokens, unbounded());
        steps.iter().for_each(|step| search.push(step));
        let found = search.all();
        prop_assert_eq!(found.len(), expected.len());
        for (text, score) in &found {
            let (found, expected) = (f64::from(*score).exp(), expected[text]);
            prop_assert!((found - expected).abs() < 1e-4 * expected.max(1e-3), "{text:?}: {found}, {expected}");
        }
        let best = expected.values().copied().fold(0.0, f64::max);
        prop_assert!((expected[&found[0].0] - best).abs() < 1e-5, "the best is not first");
    }

    #[test]
    fn anything_may_come_from_a_network(
        steps in prop::collection::vec(prop::collection::vec(any::<f32>(), 0..80), 0..20)
    ) {
        let tokens = Arc::new(korean());
        let mut search = search(&tokens, BeamConfig::default());
        for step in &steps {
            search.push(step);
            search.best();
        }
        search.finish();
    }
}

/// A step in which one token has nearly all of the probability.
fn sure(tokens: &Tokens, token: usize) -> Vec<f32> {
    normalise(
        (0..tokens.len())
            .map(|t| if t == token { 1.0 } else { 1e-5 })
            .collect(),
    )
}

/// Steps that spell a text: each letter once, with blanks between.
fn spelled(tokens: &Tokens, text: &str) -> Vec<Vec<f32>> {
    let letters = tokens.spell(text).into_iter();
    letters
        .flat_map(|t| [sure(tokens, t), sure(tokens, tokens.blank())])
        .collect()
}

#[test]
fn what_is_spelled_is_found_with_its_places() {
    let tokens = Arc::new(korean());
    let mut search = search(&tokens, BeamConfig::default());
    spelled(&tokens, "네 네 예약할게요")
        .iter()
        .for_each(|step| search.push(step));
    let found = search.finish();
    assert_eq!(found.text(), "네 네 예약할게요");
    let places: Vec<u32> = found.words.iter().map(|word| word.step).collect();
    assert_eq!(places, [0, 6, 12]);
    assert!(found.confidence > 0.99);
}

/// The tree is sorted out many times in a text this long, and nothing is lost.
#[test]
fn a_long_text_stays_whole() {
    let tokens = Arc::new(korean());
    let mut search = search(&tokens, BeamConfig::default());
    let text = "다음 주 금요일 저녁 일곱 시에 네 명 예약하고 싶은데요 ".repeat(60);
    for (n, step) in spelled(&tokens, &text).iter_mut().enumerate() {
        // Second thoughts that grow the tree.
        (0..12).for_each(|k| step[2 + (n * 7 + k * 5) % 67] += 6.0);
        search.push(step);
    }
    assert_eq!(search.finish().text(), text.trim_end());
}

#[test]
fn the_shops_words_win_close_calls_and_only_those() {
    let tokens = Arc::new(korean());
    let boost = Arc::new(Boost::new(["감자볶음밥"], &tokens));
    let config = BeamConfig {
        boost_bonus: 0.4,
        ..BeamConfig::default()
    };
    let recipe = Arc::new(Recipe::new(tokens.clone(), None, config));
    let mut search = BeamSearch::new(recipe, boost);
    let mut steps = spelled(&tokens, "검자볶음밥");
    let (spoken, wanted) = (tokens.spell("거")[1], tokens.spell("가")[1]);
    for (other, text) in [(0.3f32, "감자볶음밥"), (0.001, "검자볶음밥")] {
        steps[2][wanted] = other.ln();
        steps[2][spoken] = (1.0 - other).ln();
        search.reset();
        steps.iter().for_each(|step| search.push(step));
        assert_eq!(search.finish().text(), text, "at a probability of {other}");
    }
}

/// Each pair sounds the same: what one is spelled by can be read as the other, at the cost of moving, and no cheaper.
#[test]
fn finals_move_between_syllables() {
    let tokens = Arc::new(korean());
    for (heard, meant) in [("고시", "곳이"), ("곳이", "고시"), ("아지간", "아직 안")] {
        let mut search = search(&tokens, BeamConfig::default());
        spelled(&tokens, heard).iter().for_each(|step| search.push(step));
        let all = search.all();
        let score = |text: &str| {
            all.iter()
                .find(|(t, _)| *t == tokens.spell(text))
                .map(|(_, score)| *score)
        };
        let letters = |text: &str| text.chars().count() as f32 * 3.0;
        assert_eq!(all[0].0, tokens.spell(heard));
        let (heard_score, meant_score) = (score(heard), score(meant));
        assert!(
            meant_score.is_some_and(|score| score < heard_score.unwrap() + letters(meant)),
            "{heard}: {meant}"
        );
    }
}

#[test]
fn a_syllable_that_is_not_done_is_not_told() {
    let tokens = Arc::new(korean());
    let mut search = search(&tokens, BeamConfig::default());
    let steps = spelled(&tokens, "네 가");
    steps[..steps.len() - 2].iter().for_each(|step| search.push(step));
    assert_eq!(search.best().text(), "네");
    steps[steps.len() - 2..].iter().for_each(|step| search.push(step));
    assert_eq!(search.best().text(), "네 가");
}

#[test]
fn every_text_is_well_formed() {
    let kinds = [
        TokenKind::Space,
        TokenKind::Initial,
        TokenKind::Vowel,
        TokenKind::Final,
    ];
    let allowed = |before: Option<TokenKind>| kinds.map(|kind| kind.may_follow(before));
    assert_eq!(allowed(None), [false, true, false, false]);
    assert_eq!(allowed(Some(TokenKind::Space)), [false, true, false, false]);
    assert_eq!(allowed(Some(TokenKind::Initial)), [false, false, true, false]);
    assert_eq!(allowed(Some(TokenKind::Vowel)), [true, true, false, true]);
    assert_eq!(allowed(Some(TokenKind::Final)), [true, true, false, false]);
}
