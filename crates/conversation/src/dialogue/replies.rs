//! Answers to what was asked: yes, no, or the words asked for.

use biseo_model::hint::Hint;
use biseo_model::phone::PhoneNumber;
use biseo_model::understanding::{Act, Awaiting, Intent, Slot, Understanding, Value};

use super::choices::is_of;
use super::closing;
use super::frame::{Alternative, Frame};
use super::hear::{Effect, begins};
use super::slots::cut;
use super::{Asked, Dialogue, Offer};
use crate::wording::Values;

impl Dialogue {
    pub(super) fn answered_confirm(
        &mut self,
        asked: &Asked,
        text: &str,
        u: &Understanding,
        effect: &mut Effect,
    ) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let unsure = u.has(Act::Deny) || u.has(Act::Stop);
        let same =
            !unsure && agrees(frame, u, self.opening.caller.as_ref()) && closing::begins_with_yes(text);
        let values = !same && (u.slots.iter().any(|f| !f.was && frame.uses(f.value.slot())) || amends(u));
        if values || u.wants(Intent::ChangeBooking) {
            return; // A correction: `absorb` takes it, and it is read back anew.
        }
        // After a no, "what should I change?" stands in the read-back's place; a yes to that confirms nothing.
        let fixing = asked.prompt.as_ref().is_some_and(|p| p.key == "call.fix");
        // "네 취소해 주세요" to "shall I cancel it?" is a yes; beside anything else that is read back it is none.
        // A question about it ("네 맞아요 취소는 언제까지 돼요?") cancels nothing.
        let cancel = closing::says_cancel(text) && !u.wants(Intent::Ask);
        let undoes = cancel && !frame.changes() && !u.has(Act::Deny);
        let yes = undoes
            || same
            || !cancel && (u.has(Act::Affirm) || (u.has(Act::Backchannel) && !u.has(Act::Deny)));
        let no = !yes && (cancel || u.has(Act::Stop) || u.has(Act::Deny));
        if yes && !no {
            if !self.cut && !fixing && !asked.stale {
                frame.confirmed = Some(frame.slots.clone());
            }
            self.cut = false;
            effect.understood = true; // Unless it is confirmed now, `advance` reads it back once more.
        } else if no && (u.has(Act::Stop) || cancel && u.has(Act::Affirm) || fixing) {
            self.drop_top();
            effect.understood = true;
        } else if no && u.intents.is_empty() {
            self.refused_read_back();
            effect.complete = true;
        }
    }

    /// A bare no to what was read back: what is wrong with it? What cannot be changed is dropped.
    pub(super) fn refused_read_back(&mut self) {
        if self.stack.last().is_some_and(Frame::changes) {
            self.ask("call.fix", &Values::new(), Some(Awaiting::Confirm));
        } else {
            self.drop_top();
            self.advance();
        }
    }

    pub(super) fn answered_alternative(&mut self, u: &Understanding, effect: &mut Effect) {
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        let said: Vec<&Value> = u.slots.iter().filter(|f| !f.was).map(|f| &f.value).collect();
        let other = said
            .iter()
            .any(|v| matches!(v.slot(), Slot::Date | Slot::Time | Slot::Staff));
        let first = frame.alternatives.first();
        let excluded = first.is_some_and(|a| u.excluded.iter().any(|f| is_of(&f.value, a)));
        let no = excluded || u.has(Act::Deny) || u.has(Act::Stop) || u.has(Act::Goodbye);
        let named = other && frame.alternatives.first().is_some_and(|a| names(&said, a));
        if !no && (u.has(Act::Affirm) || named) {
            self.take_alternative(); // What is said beside it is taken by `absorb`, over it.
            effect.understood = true;
        } else if other {
            frame.alternatives.clear();
        } else if u.has(Act::Stop) || u.has(Act::Goodbye) {
            self.drop_top();
            effect.understood = true;
        } else if no && u.intents.is_empty() {
            self.take_choices(u);
            self.next_alternative();
            effect.understood = true;
            effect.complete = self.settled();
            self.failures = 0;
        }
    }

    pub(super) fn answered_offer(
        &mut self,
        asked: &Asked,
        text: &str,
        u: &Understanding,
        effect: &mut Effect,
    ) {
        // "네 물어봐 주세요 얼마인지요": the question again, after a yes to have it passed on.
        let again = closing::begins_with_yes(text)
            && u.intents.iter().all(|i| *i == Intent::Ask)
            && matches!(asked.offer, Some(Offer::Message(Some(_))));
        let message = u.wants(Intent::LeaveMessage) || u.wants(Intent::RequestCallback) || again;
        if u.intents.iter().copied().any(begins) && !message {
            return;
        }
        let yes = u.has(Act::Affirm) || message;
        if yes && !u.has(Act::Deny) {
            let text = match &asked.offer {
                Some(Offer::Message(text)) => text.clone(),
                _ => None,
            };
            self.begin_message(text);
            effect.understood = true;
            effect.message = again;
        } else if u.has(Act::Deny) || u.has(Act::Stop) || u.has(Act::Goodbye) || u.has(Act::Thank) {
            effect.understood = true;
            if asked.offer == Some(Offer::SalesMessage) {
                self.say("call.sales_bye", &Values::new());
                self.end(biseo_model::record::CallEnd::Biseo);
                effect.complete = true;
            } else if self.stack.is_empty() {
                self.say("call.understood", &Values::new());
            }
        }
    }

    pub(super) fn answered_anything_else(&mut self, text: &str, u: &Understanding, effect: &mut Effect) {
        if u.intents.iter().copied().any(begins) || u.slots.iter().any(|f| !f.was) {
            return;
        }
        let no = [Act::Deny, Act::Stop, Act::Goodbye, Act::Thank];
        let parting = u.has(Act::Affirm) && closing::parts(text);
        if parting || no.into_iter().any(|act| u.has(act)) {
            self.bye();
            effect.complete = true;
        } else if u.has(Act::Affirm) || u.has(Act::Backchannel) {
            self.ask("call.go_on", &Values::new(), None);
            effect.complete = true;
        }
    }

    pub(super) fn answered_slot(&mut self, slot: Slot, text: &str, u: &Understanding, effect: &mut Effect) {
        let given = u.value(slot).is_some();
        if self.leaving {
            return;
        }
        match slot {
            Slot::Message if !given => {
                effect.message = self.take_message(text, u);
                effect.understood |= effect.message;
            }
            Slot::Phone if !given && u.slots.is_empty() => self.this_number(u, effect),
            Slot::Staff if !given && (u.has(Act::Unsure) || u.has(Act::Deny)) => {
                self.waive(slot);
                effect.understood = true;
            }
            Slot::Staff if !given && u.has(Act::Affirm) && u.intents.is_empty() => self.ask_whom(effect),
            Slot::Name if !given => effect.understood |= self.take_name(text, u),
            _ => {}
        }
    }

    /// "네" to "anyone in particular?": whom, then? A second one leaves it open.
    pub(super) fn ask_whom(&mut self, effect: &mut Effect) {
        let first = self.stack.last().is_some_and(|f| f.times_asked(Slot::Staff) < 2);
        effect.understood = true;
        if first {
            self.rephrase = true;
            self.advance();
            self.rephrase = false;
            effect.complete = true;
        } else {
            self.waive(Slot::Staff);
        }
    }

    /// Whatever is said where a message was asked for is the message.
    pub(super) fn take_message(&mut self, text: &str, u: &Understanding) -> bool {
        let other = [
            Act::Stop,
            Act::Goodbye,
            Act::Unsure,
            Act::Deny,
            Act::Wait,
            Act::Repeat,
        ];
        let content = text.chars().filter(|c| c.is_alphanumeric()).count();
        if content < 2 || other.into_iter().any(|act| u.has(act)) {
            return false;
        }
        let Some(frame) = self.stack.last_mut() else {
            return false;
        };
        frame.slots.message = Some(cut(text, 500));
        true
    }

    /// A yes to "this number?".
    pub(super) fn this_number(&mut self, u: &Understanding, effect: &mut Effect) {
        let Some(caller) = self.opening.caller.clone() else {
            return;
        };
        let Some(frame) = self.stack.last_mut() else {
            return;
        };
        if frame.finds().is_some() {
            // "No other number": what was looked up is all there is.
            if u.has(Act::Deny) || u.has(Act::Affirm) || u.has(Act::Unsure) {
                frame.was.phone = Some(caller);
                effect.understood = true;
            }
        } else if u.has(Act::Deny) && u.intents.is_empty() {
            frame.waived.push(Slot::Phone);
            let key = format!("{}.ask_phone", frame.flow.name);
            self.ask(&key, &Values::new(), Some(Awaiting::Slot(Slot::Phone)));
            effect.complete = true;
        } else if (u.has(Act::Affirm) || u.has(Act::Unsure)) && !frame.waived.contains(&Slot::Phone) {
            frame.slots.phone = Some(caller.clone());
            self.known_phone = Some(caller);
            effect.understood = true;
        }
    }

    /// On the second asking, a short answer is taken for the name as it is: it is read back.
    pub(super) fn take_name(&mut self, text: &str, u: &Understanding) -> bool {
        let Some(frame) = self.stack.last_mut() else {
            return false;
        };
        let plain = u.intents.is_empty() && u.acts.is_empty() && u.slots.is_empty();
        let name = bare_name(text);
        let fits = (2..=12).contains(&name.chars().count()) && name.split_whitespace().count() <= 2;
        let taken = plain
            && fits
            && frame.times_asked(Slot::Name) >= 2
            && name.chars().all(|c| c.is_alphabetic() || c == ' ');
        if taken {
            let before = frame.slots.clone();
            frame.slots.name = Some(name.to_string());
            self.ground(self.stack.len() - 1, Slot::Name, &before);
        }
        taken
    }

    pub(super) fn waive(&mut self, slot: Slot) {
        if let Some(frame) = self.stack.last_mut() {
            frame.waived.push(slot);
        }
    }
}

/// Whether all values that were said are those that were read back: "네 일요일 거만요".
fn agrees(frame: &Frame, u: &Understanding, caller: Option<&PhoneNumber>) -> bool {
    let said: Vec<&Value> = u.slots.iter().filter(|f| !f.was).map(|f| &f.value).collect();
    let all = frame.all();
    !said.is_empty() && u.excluded.is_empty() && said.iter().all(|v| all.holds(v, caller))
}

/// Whether something said beside the values changes what was read back.
fn amends(u: &Understanding) -> bool {
    let changes = |hint: &Hint| match hint {
        Hint::PhonePart(part) => part.place.is_some(),
        Hint::Between { .. } | Hint::Days { .. } | Hint::Any { .. } | Hint::Choice { .. } | Hint::Usual => {
            false
        }
        Hint::LaterDays { .. } | Hint::LaterMinutes { .. } | Hint::MorePeople { .. } => true,
        Hint::Request { .. } | Hint::Without { .. } => true,
    };
    u.hints.iter().any(changes) || !u.excluded.is_empty()
}

/// A name without the words around it, where the understanding found none.
pub(super) fn bare_name(text: &str) -> &str {
    const BEFORE: [&str; 7] = [
        "제 이름은",
        "이름은",
        "저는",
        "어 ",
        "my name is ",
        "it's ",
        "I'm ",
    ];
    const AFTER: [&str; 9] = [
        "이라고 합니다",
        "라고 합니다",
        "입니다",
        "이고요",
        "고요",
        "이에요",
        "예요",
        "이요",
        "요",
    ];
    let text = text.trim().trim_end_matches(|c: char| c.is_ascii_punctuation());
    let text = BEFORE
        .iter()
        .find_map(|b| text.strip_prefix(b))
        .unwrap_or(text)
        .trim();
    AFTER
        .iter()
        .find_map(|e| text.strip_suffix(e))
        .unwrap_or(text)
        .trim()
}

/// Whether the values said are those of what was offered; where only a day was offered, any time names it too.
fn names(said: &[&Value], offered: &Alternative) -> bool {
    said.iter().all(|value| match value {
        Value::Date(date) => *date == offered.at.date(),
        Value::Time { at, .. } => offered.wish.is_none() || *at == offered.at.time(),
        Value::Staff(name) => offered.staff.as_ref() == Some(name),
        _ => true,
    })
}
