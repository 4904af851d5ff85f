//! What an utterance does: it answers what was asked, fills values, starts flows and asks questions of its own.

use biseo_model::understanding::{Act, Awaiting, Intent, Slot, Understanding};

use super::{Asked, Dialogue, MOST_TURNS};
use crate::wording::Values;

/// Intents that begin something, so that "no" or "yes" beside them is not all that was said.
pub(super) fn begins(intent: Intent) -> bool {
    !matches!(intent, Intent::Chitchat)
}

/// What an utterance has done so far.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Effect {
    /// Something of it was understood.
    pub understood: bool,
    /// It is the text of a message: what it speaks of is not for Biseo to do.
    pub message: bool,
    /// Nothing more of it is to be looked at; the reply is complete.
    pub complete: bool,
}

impl Dialogue {
    pub(super) fn hear(&mut self, text: &str, u: &Understanding) {
        self.turn += 1;
        self.silences = 0;
        self.this_week = super::hints::names_near_day(text);
        if self.asked.awaiting != Some(Awaiting::Slot(Slot::Name)) {
            self.follow_language(text);
        }
        if self.turn > MOST_TURNS && !self.in_danger() {
            self.say("call.bye_long", &Values::new());
            return self.end(biseo_model::record::CallEnd::Biseo);
        }
        if self.danger(text, u) {
            return;
        }
        if u.emergency {
            return self.emergency();
        }
        let asked = std::mem::take(&mut self.asked);
        if u.intents.is_empty() && u.slots.is_empty() && self.paused(&asked, u) {
            return;
        }
        self.repeats = 0;
        let offered = match asked.awaiting {
            Some(Awaiting::Alternative) => self.stack.last().and_then(|f| f.alternatives.first()),
            _ => None,
        };
        let moved = offered.and_then(|a| super::weekday::of_offer(text, u, a.at.date()));
        self.interpret(asked, text, moved.as_ref().unwrap_or(u));
    }

    /// "Pardon?" and "one moment": nothing changes.
    fn paused(&mut self, asked: &Asked, u: &Understanding) -> bool {
        if u.has(Act::Repeat) {
            self.repeat(asked.clone());
        } else if u.has(Act::Wait) {
            self.say("call.wait", &Values::new());
            self.asked = Asked {
                patient: true,
                ..asked.clone()
            };
        } else {
            return false;
        }
        true
    }

    fn interpret(&mut self, asked: Asked, text: &str, u: &Understanding) {
        let mut effect = Effect::default();
        self.leaving |= u.has(Act::Goodbye) && !u.intents.iter().copied().any(begins);
        self.answered(&asked, text, u, &mut effect);
        if effect.complete || self.over {
            return;
        }
        if !effect.message {
            // What one of an owner's own words names is what is meant, whatever else it sounds like.
            let named = self.begin_by_words(text, &mut effect);
            effect.understood |= !named && self.begin(&asked, u);
            effect.understood |= self.absorb(&asked, u);
            effect.understood |= if named {
                self.facts_beside(u)
            } else {
                self.questions(&asked, text, u)
            };
            effect.understood |= self.persons(text, u);
        }
        if self.settled() {
            self.failures = 0;
            return;
        }
        effect.understood |= self.manners(&asked, u);
        if self.over || self.settled() {
            return;
        }
        if effect.understood {
            self.failures = 0;
            self.resume(asked);
        } else if self.leaving {
            self.bye();
        } else {
            self.not_understood(asked);
        }
    }

    /// Goes on where the conversation was.
    fn resume(&mut self, asked: Asked) {
        // What was offered is offered again after a digression.
        let open = asked.awaiting == Some(Awaiting::Alternative)
            && self.stack.last().is_some_and(|f| !f.alternatives.is_empty());
        match asked.prompt.clone() {
            Some(prompt) if open && !self.reply.is_empty() => {
                self.speak(prompt);
                self.asked = asked;
            }
            _ => self.advance(),
        }
    }

    /// Yes, no, or the words that were asked for.
    fn answered(&mut self, asked: &Asked, text: &str, u: &Understanding, effect: &mut Effect) {
        match asked.awaiting {
            Some(Awaiting::Confirm) if !asked.grounding.is_empty() => {
                self.answered_ground(asked, u, effect);
            }
            Some(Awaiting::Confirm) => self.answered_confirm(asked, text, u, effect),
            Some(Awaiting::Alternative) => self.answered_alternative(u, effect),
            Some(Awaiting::Offer) => self.answered_offer(asked, text, u, effect),
            Some(Awaiting::AnythingElse) => self.answered_anything_else(text, u, effect),
            Some(Awaiting::Slot(_)) if asked.note.is_some() => {
                let name = asked.note.clone().unwrap_or_default();
                self.answered_note(asked, &name, text, u, effect);
            }
            Some(Awaiting::Slot(slot)) => {
                self.answered_usual(asked, u, effect);
                self.answered_slot(slot, text, u, effect);
            }
            None => {}
        }
        let bare = !u.intents.iter().copied().any(begins);
        if !effect.complete && !effect.understood && u.has(Act::Stop) && bare {
            self.drop_top();
            effect.understood = true;
        }
    }

    pub(super) fn drop_top(&mut self) {
        if self.stack.pop().is_some() {
            self.say("call.dropped", &Values::new());
        }
    }

    /// Greeting, thanks and small talk, if nothing else came of the utterance.
    fn manners(&mut self, asked: &Asked, u: &Understanding) -> bool {
        if u.wants(Intent::Chitchat) && u.slots.is_empty() {
            self.say("call.chitchat", &Values::new());
            return true;
        }
        if u.has(Act::Goodbye) {
            self.bye();
            return true;
        }
        if u.has(Act::Thank) && self.reply.is_empty() {
            self.say("call.welcome", &Values::new());
            return true;
        }
        let idle = self.stack.is_empty() && self.reply.is_empty() && asked.awaiting.is_none();
        let hello = u.has(Act::Greet) || u.has(Act::Backchannel) || u.has(Act::Affirm);
        if hello && idle && u.intents.is_empty() {
            self.ask("call.go_on", &Values::new(), None);
            return true;
        }
        // "여보세요?" where a value was asked for: the question simply comes again.
        (u.has(Act::Greet) || u.has(Act::Backchannel)) && !self.stack.is_empty() && u.intents.is_empty()
    }

    pub(super) fn next_key(&mut self) -> u32 {
        self.keys += 1;
        self.keys
    }
}
