//! Acts that the rules did not hear.

use biseo_model::understanding::{Act, Awaiting};

use super::{LIKELY, SURE};
use crate::acts::Facts;
use crate::cues::Concept;
use crate::guess::Guess;
use crate::intents::Wishes;
use crate::reading::Reading;

/// Mends the acts: where the rules heard none and nothing else was said.
pub fn acts(
    reading: &Reading<'_>,
    wishes: &Wishes,
    facts: Facts,
    guess: &Guess,
    mut acts: Vec<Act>,
) -> Vec<Act> {
    if !acts.is_empty() || facts.filled || !wishes.intents.is_empty() {
        return acts;
    }
    const ALL: [Act; 9] = [
        Act::Affirm,
        Act::Deny,
        Act::Stop,
        Act::Wait,
        Act::Repeat,
        Act::Unsure,
        Act::Greet,
        Act::Thank,
        Act::Goodbye,
    ];
    let best = ALL
        .iter()
        .copied()
        .max_by(|a, b| guess.act(*a).total_cmp(&guess.act(*b)));
    let least = match (best, reading.context.awaiting) {
        // A yes to what was read back books it: it must be said in words that mean yes, and is never guessed.
        (Some(Act::Affirm), Some(Awaiting::Confirm)) => return acts,
        // These end the call, or what is being done.
        (Some(Act::Goodbye | Act::Stop), _) => SURE,
        // 뿌리만요: an answer in words that are not known is no yes and no "one moment".
        (Some(Act::Unsure | Act::Repeat), Some(Awaiting::Slot(_))) => LIKELY,
        (_, Some(Awaiting::Slot(_))) => SURE,
        _ => LIKELY,
    };
    let quiet = !reading.says(Concept::Any);
    acts.extend(best.filter(|act| quiet && guess.act(*act) >= least));
    acts
}

#[cfg(test)]
mod tests {
    use biseo_model::shop::ShopProfile;
    use biseo_model::understanding::Context;

    use super::*;
    use crate::text::Line;
    use crate::vocabulary::Vocabulary;

    /// What is made of words that no rule knows, if the classifier is wholly sure of an act.
    fn guessed(act: Act, awaiting: Awaiting) -> Vec<Act> {
        let shop = ShopProfile::from_toml(include_str!("../../../../shops/haengbok.toml")).unwrap();
        let context = Context {
            now: "2026-11-25T10:00:00".parse().unwrap(),
            awaiting: Some(awaiting),
        };
        let line = Line::new("거시기 거 뭐시냐");
        let reading = Reading::new(&line, &Vocabulary::new(&shop), &context);
        acts(
            &reading,
            &Wishes::default(),
            Facts::default(),
            &Guess::sure_of(act),
            Vec::new(),
        )
    }

    #[test]
    fn a_yes_to_a_read_back_is_never_guessed() {
        assert_eq!(guessed(Act::Affirm, Awaiting::Confirm), []);
        assert_eq!(guessed(Act::Affirm, Awaiting::Alternative), [Act::Affirm]);
        assert_eq!(guessed(Act::Deny, Awaiting::Confirm), [Act::Deny]);
    }
}
