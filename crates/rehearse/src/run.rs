//! A whole call in text.

use std::sync::Arc;

use biseo_conversation::{Dialogue, Input, Opening, Output};
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Context, Understanding};
use jiff::ToSpan;

use crate::caller::{Caller, Says};
use crate::judge::{Outcome, judge};
use crate::memory::MemoryShop;
use crate::scenario::Scenario;

/// More exchanges than this no call has; a dialogue that goes on is broken.
const MOST_EXCHANGES: usize = 200;

/// One line of the transcript.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// The caller spoke, and it was understood so. `None`: silence.
    Caller(Option<(String, Understanding)>),
    /// Biseo spoke.
    Biseo(String),
    /// Biseo did something, and what came of it.
    Did(String),
}

/// A call that was played.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// What failed; empty if it passed.
    pub failures: Vec<String>,
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
    mut understand: impl FnMut(&str, &Context) -> Understanding,
) -> Result<Rehearsal, String> {
    let mut now = scenario.now()?;
    let mut shop = MemoryShop::new(profile.clone(), now);
    shop.give(&scenario.given.bookings, &scenario.given.orders)?;
    let opening = Opening {
        language: scenario.lang,
        caller: scenario.caller.number.clone(),
        recorded: true,
        ..Opening::default()
    };
    let mut dialogue = Dialogue::new(profile, opening);
    let mut caller = Caller::new(scenario.clone());
    let mut transcript = Vec::new();
    let mut input = Input::Started;
    let mut said = String::new();
    for _ in 0..MOST_EXCHANGES {
        let (heard, action) = play(dialogue.handle(now, input), &mut transcript);
        said.push_str(&heard);
        said.push('\n');
        now = now.saturating_add(5.seconds());
        if dialogue.is_over() {
            break;
        }
        if let Some(action) = action {
            let result = shop.perform(&action);
            transcript.push(Line::Did(format!("{} → {}", brief(&action), brief(&result))));
            input = Input::Done(result);
            continue;
        }
        let awaiting = dialogue.awaiting();
        input = match caller.hears(&heard, awaiting) {
            Says::Words(text) => {
                let understanding = understand(&text, &Context { now, awaiting });
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
    let outcome = Outcome {
        bookings: shop.bookings,
        orders: shop.orders,
        messages: shop.messages,
        answered: dialogue.summary().answered.clone(),
        transferred: shop.transferred,
        said,
        turns: caller.turns(),
    };
    Ok(Rehearsal {
        failures: judge(scenario, &outcome),
        transcript,
        outcome,
    })
}

/// What is said, in one line, and what is to be done.
fn play(outputs: Vec<Output>, transcript: &mut Vec<Line>) -> (String, Option<biseo_conversation::Action>) {
    let mut said: Vec<String> = Vec::new();
    let mut action = None;
    for output in outputs {
        match output {
            Output::Say(prompt) => said.push(prompt.text),
            Output::Do(what) => action = Some(what),
            Output::Answered { .. } | Output::Listen(_) | Output::HangUp { .. } => {}
        }
    }
    let said = said.join(" ");
    if !said.is_empty() {
        transcript.push(Line::Biseo(said.clone()));
    }
    (said, action)
}

/// The beginning of a value's debug form.
fn brief(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    let short: String = text.chars().take(160).collect();
    if short.len() < text.len() {
        short + "…"
    } else {
        short
    }
}
