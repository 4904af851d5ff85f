//! Greeting, silence, what was not understood, interruption, good-bye.

use biseo_model::record::CallEnd;
use biseo_model::understanding::{Act, Awaiting, Slot};

use super::hear::begins;
use super::{Asked, Dialogue, Offer};
use crate::flow::StepKind;
use crate::io::{ActionResult, Input, Language, Output};
use crate::wording::Values;

/// So often in one call something may not be understood.
const MOST_LOST: u32 = 10;
/// The same is said so often in a row.
const MOST_REPEATS: u32 = 3;
/// So often a good-bye is taken back.
const MOST_RETURNS: u8 = 3;

impl Dialogue {
    pub(super) fn greet(&mut self) {
        if self.greet_called() {
            return;
        }
        let key = if self.opening.recorded {
            "call.greeting_recorded"
        } else {
            "call.greeting"
        };
        let prompt = self.prompt(key, &Values::from([("shop", self.shop_name())]));
        // The disclosure is heard to its end.
        self.speak(crate::io::Prompt {
            interruptible: false,
            ..prompt
        });
    }

    pub(super) fn shop_name(&self) -> String {
        let name = &self.profile.name;
        match self.language {
            Language::En => name.en.clone().unwrap_or_else(|| name.ko.clone()),
            Language::Ko => name.ko.clone(),
        }
    }

    /// Sound without words.
    pub(super) fn unclear(&mut self) {
        self.turn += 1;
        self.silences = 0;
        let asked = std::mem::take(&mut self.asked);
        self.not_understood(asked);
    }

    /// First asks again, then offers a message, then asks again, then gives up.
    pub(super) fn not_understood(&mut self, asked: Asked) {
        if self.in_danger() {
            return self.stay(); // Groans are no words, and no reason to hang up.
        }
        self.failures += 1;
        self.lost += 1;
        if self.lost > MOST_LOST {
            self.say("call.bye", &Values::new());
            return self.end(CallEnd::Biseo);
        }
        if self.waive_optional(&asked) || self.leave_note_open(&asked) {
            return self.advance();
        }
        if self.failures == 2 && self.take_own_number(&asked) {
            return self.advance();
        }
        let offering = asked.awaiting == Some(Awaiting::Offer);
        match self.failures {
            2 if !offering => {
                self.offer("call.lost_offer_message", &Values::new(), Offer::Message(None));
            }
            1..=4 => {
                self.say("call.unclear", &Values::new());
                self.ask_again(asked);
            }
            _ => {
                self.say("call.bye", &Values::new());
                self.end(CallEnd::Biseo);
            }
        }
    }

    /// A number that twice could not be understood: the one that the caller calls from will do, and is read back.
    fn take_own_number(&mut self, asked: &Asked) -> bool {
        let caller = self.opening.caller.clone();
        let sought = asked.awaiting == Some(Awaiting::Slot(Slot::Phone));
        match (self.stack.last_mut(), caller) {
            (Some(frame), Some(caller)) if sought && frame.finds().is_none() => {
                frame.slots.phone = Some(caller);
                true
            }
            _ => false,
        }
    }

    /// What need not be known is asked once.
    fn waive_optional(&mut self, asked: &Asked) -> bool {
        let Some(Awaiting::Slot(slot)) = asked.awaiting else {
            return false;
        };
        let Some(frame) = self.stack.last_mut() else {
            return false;
        };
        let optional =
            frame.flow.steps.iter().any(
                |s| matches!(s.kind, StepKind::Collect { slot: own, optional: true, .. } if own == slot),
            );
        if optional {
            frame.waived.push(slot);
        }
        optional
    }

    /// Asks what was asked before, a value in other words.
    pub(super) fn ask_again(&mut self, asked: Asked) {
        match (&asked.awaiting, asked.prompt.clone()) {
            (Some(Awaiting::Slot(_)), _) if !self.stack.is_empty() => {
                self.rephrase = true;
                self.advance();
                self.rephrase = false;
            }
            (_, Some(prompt)) if prompt.key != "call.go_on" => {
                self.speak(prompt);
                self.asked = asked;
            }
            (_, _) => self.ask("call.say_again", &Values::new(), None),
        }
    }

    /// Nobody spoke: asks twice, then ends the call.
    pub(super) fn silent(&mut self) {
        self.silences += 1;
        if self.silent_called() {
            return;
        }
        let asked = std::mem::take(&mut self.asked);
        match self.silences {
            1 => {
                self.say("call.silence_1", &Values::new());
                if let Some(prompt) = asked.prompt.clone() {
                    self.speak(prompt);
                }
                self.asked = asked;
            }
            2 => {
                self.say("call.silence_2", &Values::new());
                self.asked = Asked { stale: true, ..asked };
            }
            _ => {
                self.say("call.silence_bye", &Values::new());
                self.end(CallEnd::Silence);
            }
        }
        self.asked.patient = false;
    }

    /// An action that does not come back is given up after a while.
    pub(super) fn silent_while_waiting(&mut self) {
        self.silences += 1;
        if self.silences >= 2 {
            self.action_done(ActionResult::Failed);
        } else {
            self.say("call.busy", &Values::new());
        }
    }

    /// Says the last reply once more.
    pub(super) fn repeat(&mut self, asked: Asked) {
        self.repeats += 1;
        if self.repeats > MOST_REPEATS {
            return self.not_understood(asked);
        }
        let slow = self.stack.last().is_some_and(|f| f.flow.check_in);
        for prompt in self.last_said.clone() {
            self.speak(crate::io::Prompt { slow, ..prompt });
        }
        self.asked = asked;
    }

    pub(super) fn interrupted(&mut self, played_chars: usize) {
        let whole: usize = self.last_said.iter().map(|p| p.text.chars().count()).sum();
        self.cut = played_chars.saturating_mul(10) < whole.saturating_mul(6);
    }

    pub(super) fn bye(&mut self) {
        let unfinished = self
            .stack
            .iter()
            .any(|f| f.flow.name == "book" && !f.done && f.slots.at().is_some());
        let key = if unfinished {
            "call.bye_unfinished"
        } else {
            "call.bye"
        };
        self.stack.clear();
        self.say(key, &Values::new());
        self.end(CallEnd::Biseo);
        self.parted = true;
    }

    /// Whether the caller, who wished for nothing more, has something to ask after all ("아 잠깐만요, 주차 되나요?"). Good-byes,
    /// thanks and signs of listening are none.
    pub(super) fn returns(&mut self, input: &Input) -> bool {
        let Input::Heard { understanding: u, .. } = input else {
            return false;
        };
        let wishes = u.intents.iter().copied().any(begins) || u.has(Act::Wait) || u.emergency;
        if !self.parted || !wishes || self.returns == MOST_RETURNS {
            return false;
        }
        self.returns += 1;
        (self.over, self.parted, self.leaving) = (false, false, false);
        true
    }

    /// Speaks the caller's language from here on, if it is plainly the other one.
    pub(super) fn follow_language(&mut self, text: &str) {
        let hangul = text.chars().filter(|c| ('가'..='힣').contains(c)).count();
        let latin = text.chars().filter(char::is_ascii_alphabetic).count();
        let words = text.split_whitespace().count();
        if hangul == 0 && latin >= 6 && words >= 2 {
            self.language = Language::En;
        } else if hangul >= 3 && latin == 0 {
            self.language = Language::Ko;
        }
    }

    /// What was heard while an action was under way is taken up after it.
    pub(super) fn take_deferred(&mut self) {
        for input in std::mem::take(&mut self.deferred) {
            if self.over {
                return;
            }
            if self.waiting.is_some() {
                self.deferred.push(input);
                continue;
            }
            self.drop_question();
            self.take(input);
        }
    }

    /// A question of this reply that is overtaken by what the caller has said meanwhile is not spoken.
    fn drop_question(&mut self) {
        let Some(prompt) = &self.asked.prompt else { return };
        if self.reply.last() == Some(&Output::Say(prompt.clone())) {
            self.reply.pop();
        }
    }
}
