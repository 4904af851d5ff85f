//! A call in text: a dialogue and a shop's books in memory, and whoever types.

use std::sync::Arc;

use biseo_conversation::{Action, Dialogue, Flows, Input, Opening, Output};
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::Context;
use jiff::ToSpan;
use jiff::civil::DateTime;

use crate::judge::Outcome;
use crate::memory::MemoryShop;
use crate::run::Line;

/// More actions in a row no flow asks for; a guard against a fault in one.
const MOST_ACTIONS: usize = 20;

/// A call under way.
#[derive(Debug, Clone)]
pub struct TextCall {
    dialogue: Dialogue,
    shop: MemoryShop,
    now: DateTime,
}

impl TextCall {
    /// A call that begins at the shop's time `now`: give [`Input::Started`].
    pub fn new(profile: Arc<ShopProfile>, now: DateTime, opening: Opening) -> Self {
        Self::with_flows(profile, now, opening, Flows::built_in())
    }

    /// The same by these flows.
    pub fn with_flows(profile: Arc<ShopProfile>, now: DateTime, opening: Opening, flows: Arc<Flows>) -> Self {
        Self {
            shop: MemoryShop::new(profile.clone(), now),
            dialogue: Dialogue::with_flows(profile, opening, flows),
            now,
        }
    }

    /// The shop's books.
    pub fn shop(&self) -> &MemoryShop {
        &self.shop
    }

    /// The shop's books, to enter what is there before the call.
    pub fn shop_mut(&mut self) -> &mut MemoryShop {
        &mut self.shop
    }

    /// The conversation.
    pub fn dialogue(&self) -> &Dialogue {
        &self.dialogue
    }

    /// What the caller's next words are to be understood against.
    pub fn context(&self) -> Context {
        Context {
            now: self.now,
            awaiting: self.dialogue.awaiting(),
        }
    }

    /// What has come of it so far; what was said and how often the caller spoke is known to whoever led the call.
    pub fn outcome(&self, said: String, turns: u32) -> Outcome {
        Outcome {
            bookings: self.shop.bookings.clone(),
            orders: self.shop.orders.clone(),
            messages: self.shop.messages.clone(),
            answered: self.dialogue.summary().answered.clone(),
            transferred: self.shop.transferred.clone(),
            said,
            turns,
        }
    }

    /// Takes what happened, does whatever the dialogue asks for, and tells what was said and done until the caller's turn.
    pub fn take(&mut self, input: Input) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut input = input;
        for _ in 0..MOST_ACTIONS {
            let action = said(self.dialogue.handle(self.now, input), &mut lines);
            // An exchange takes a few seconds on the telephone too.
            self.now = self.now.saturating_add(5.seconds());
            let Some(action) = action else { break };
            let result = self.shop.perform(&action);
            lines.push(Line::Did {
                action: brief(&action),
                result: brief(&result),
            });
            input = Input::Done(result);
        }
        lines
    }
}

/// Adds what is said, in one line; gives what is to be done.
fn said(outputs: Vec<Output>, lines: &mut Vec<Line>) -> Option<Action> {
    let mut words: Vec<String> = Vec::new();
    let mut action = None;
    for output in outputs {
        match output {
            Output::Say(prompt) => words.push(prompt.text),
            Output::Do(what) => action = Some(what),
            Output::Answered { .. } | Output::Listen(_) | Output::HangUp { .. } => {}
        }
    }
    if !words.is_empty() {
        lines.push(Line::Biseo(words.join(" ")));
    }
    action
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
