//! A reply made ready while it is not yet certain that the caller has finished.
//!
//! The reply is decided by a copy of the dialogue, which is thrown away: nothing is carried out, nothing is stored and nothing
//! is said. Only the sound of its first sentence is kept, by the mouth. When the turn is over it is understood and decided
//! anew, in fractions of a millisecond, and the sentence, if it is still the first, is spoken at once.

use biseo_conversation::{Input, Output};
use biseo_model::understanding::Context;

use super::super::think;
use super::Talk;
use crate::voice::MouthOrder;

impl Talk {
    /// Makes the first sentence of the reply to `text` ready.
    pub(super) fn make_ready(&mut self, text: &str) {
        if self.reply.is_some() || self.thinking.is_some() || text.trim().is_empty() {
            return;
        }
        let now = self.house.clock.shop_time(&self.zone);
        let context = Context {
            now,
            awaiting: self.dialogue.awaiting(),
        };
        let understanding = self.nlu.understand(text, &context);
        let help = self.house.help(&self.shop.id);
        if think::asks(help.as_ref(), text, &context, &understanding) {
            // A language model would decide, and is not asked in vain.
            return;
        }
        let outputs = self
            .dialogue
            .clone()
            .handle(now, Input::heard(text, understanding));
        let first = outputs.iter().find_map(|output| match output {
            Output::Say(prompt) => Some(self.sentences(prompt)),
            _ => None,
        });
        if let Some(sentence) = first.and_then(|s| s.into_iter().next()) {
            self.mouth.tell(MouthOrder::Prepare(sentence));
        }
    }
}
