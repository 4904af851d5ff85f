//! A reply made ready while it is not yet certain that the caller has finished.
//!
//! The reply is decided by a copy of the dialogue, which is thrown away: nothing is carried out, nothing is stored or held and
//! nothing is said. What the copy wants to know, the store is only asked. Only the sound of the reply's first sentence is kept,
//! by the mouth. When the turn is over it is understood and decided anew, in fractions of a millisecond, and the sentence, if it
//! is still the first, is spoken at once.

use std::time::Duration;

use biseo_conversation::{Action, Input, Output, Prompt};
use biseo_model::understanding::Context;

use super::super::think;
use super::Talk;
use crate::voice::MouthOrder;

/// So long the store is waited for: what comes meanwhile waits too.
const PATIENCE: Duration = Duration::from_millis(20);
/// Things that may be looked up for one reply.
const MOST_LOOKS: usize = 2;

impl Talk {
    /// Makes the first sentence of the reply to `text` ready.
    pub(super) async fn make_ready(&mut self, text: &str) {
        if self.reply.is_some() || self.thinking.is_some() || text.trim().is_empty() {
            return;
        }
        let first = tokio::time::timeout(PATIENCE, self.first_prompt(text)).await;
        let sentence = first
            .ok()
            .flatten()
            .and_then(|p| self.sentences(&p).into_iter().next());
        if let Some(sentence) = sentence {
            self.mouth.tell(MouthOrder::Prepare(sentence));
        }
    }

    /// What the reply to `text` would begin with; `None` if that depends on something that would have to be done.
    async fn first_prompt(&mut self, text: &str) -> Option<Prompt> {
        let now = self.house.clock.shop_time(&self.zone);
        let context = Context {
            now,
            awaiting: self.dialogue.awaiting(),
        };
        let understanding = self.reader.understand(text, &context);
        let help = self.house.help(&self.shop.id);
        if think::asks(help.as_ref(), text, &context, &understanding) {
            // A language model would decide, and is not asked in vain.
            return None;
        }
        let mut dialogue = self.dialogue.clone();
        let mut outputs = dialogue.handle(now, Input::heard(text, understanding));
        for _ in 0..=MOST_LOOKS {
            let action = match first_of(outputs) {
                First::Says(prompt) => return Some(prompt),
                First::Does(action) => action,
                First::Nothing => return None,
            };
            let found = self.hands.look(now, &action).await?;
            outputs = dialogue.handle(now, Input::Done(found));
        }
        None
    }
}

/// What a reply begins with.
enum First {
    Says(Prompt),
    Does(Action),
    Nothing,
}

fn first_of(outputs: Vec<Output>) -> First {
    outputs
        .into_iter()
        .find_map(|output| match output {
            Output::Say(prompt) => Some(First::Says(prompt)),
            Output::Do(action) => Some(First::Does(action)),
            _ => None,
        })
        .unwrap_or(First::Nothing)
}
