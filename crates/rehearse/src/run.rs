//! A whole call in text.

use std::sync::Arc;

use biseo_conversation::{Flows, Input, Opening};
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Context, Understanding};

use crate::caller::{Caller, Says};
use crate::failure::Failure;
use crate::judge::{Outcome, judge};
use crate::scenario::Scenario;
use crate::textcall::TextCall;

/// More exchanges than this no call has; a dialogue that goes on is broken.
const MOST_EXCHANGES: usize = 200;

/// One line of the transcript.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// The caller spoke, and it was understood so. `None`: silence.
    Caller(Option<(String, Understanding)>),
    /// Biseo spoke.
    Biseo(String),
    /// Biseo did something.
    Did {
        /// What, in the program's own words, cut short.
        action: String,
        /// What came of it.
        result: String,
    },
}

/// A call that was played.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// What failed; empty if it passed.
    pub failures: Vec<Failure>,
    /// How it went.
    pub transcript: Vec<Line>,
    /// What came of it.
    pub outcome: Outcome,
}

/// Plays a scenario in text. `understand` is given each utterance with its context.
///
/// # Errors
/// What is wrong with the scenario itself.
pub fn rehearse(
    scenario: &Scenario,
    profile: Arc<ShopProfile>,
    understand: impl FnMut(&str, &Context) -> Understanding,
) -> Result<Rehearsal, String> {
    rehearse_by(Flows::built_in(), scenario, profile, understand)
}

/// The same by these flows.
///
/// # Errors
/// What is wrong with the scenario itself.
pub fn rehearse_by(
    flows: Arc<Flows>,
    scenario: &Scenario,
    profile: Arc<ShopProfile>,
    mut understand: impl FnMut(&str, &Context) -> Understanding,
) -> Result<Rehearsal, String> {
    let opening = Opening {
        language: scenario.lang,
        caller: scenario.caller.number.clone(),
        recorded: true,
        ..Opening::default()
    };
    let mut call = TextCall::with_flows(profile, scenario.now()?, opening, flows);
    call.shop_mut()
        .give(&scenario.given.bookings, &scenario.given.orders)?;
    let mut caller = Caller::new(scenario.clone());
    let mut transcript = Vec::new();
    let mut input = Input::Started;
    for _ in 0..MOST_EXCHANGES {
        let lines = call.take(input);
        let heard = words(&lines);
        transcript.extend(lines);
        if call.dialogue().is_over() {
            break;
        }
        let context = call.context();
        input = match caller.hears(&heard, context.awaiting) {
            Says::Words(text) => {
                let understanding = understand(&text, &context);
                transcript.push(Line::Caller(Some((text.clone(), understanding.clone()))));
                Input::heard(text, understanding)
            }
            Says::Nothing => {
                transcript.push(Line::Caller(None));
                Input::Silence
            }
            Says::HangsUp => break,
        };
    }
    let outcome = call.outcome(words(&transcript), caller.turns());
    Ok(Rehearsal {
        failures: judge(scenario, &outcome),
        transcript,
        outcome,
    })
}

/// What Biseo says in these lines.
fn words(lines: &[Line]) -> String {
    let said = lines.iter().filter_map(|line| match line {
        Line::Biseo(words) => Some(words.as_str()),
        _ => None,
    });
    said.collect::<Vec<_>>().join("\n")
}
