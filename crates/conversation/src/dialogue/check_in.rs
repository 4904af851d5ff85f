//! Calls that Biseo makes to ask after somebody: who is called is greeted by name, what is answered is noted, danger is told at
//! once to people, and nobody who may be in danger is hung up on.

use biseo_model::record::CallEnd;
use biseo_model::understanding::Understanding;

use super::frame::Frame;
use super::notes::holds_any;
use super::{Destination, Dialogue, Waiting};
use crate::io::{Action, Output, Prompt};
use crate::wording::Values;

/// Nothing at all was heard for so many waits after danger: the line is dead.
const MOST_SILENCES: u32 = 30;

impl Dialogue {
    /// Greets whom we have called, and asks the first question. `false` if this is no such call.
    pub(super) fn greet_called(&mut self) -> bool {
        let Some(called) = self.opening.check_in.clone() else {
            return false;
        };
        let shop = self.profile.id.as_str();
        let Some(flow) = self.flows.check_in(shop).cloned() else {
            return false;
        };
        let mut frame = Frame::new(flow, self.next_key());
        frame.slots.name = Some(called.name);
        frame.slots.phone = self.opening.caller.clone();
        self.stack.push(frame);
        let recorded = if self.opening.recorded { "_recorded" } else { "" };
        self.say_whole(&format!("greeting{recorded}"));
        self.advance();
        true
    }

    /// A sentence of the topmost flow that is heard to its end.
    fn say_whole(&mut self, key: &str) {
        let Some(frame) = self.stack.last() else { return };
        let key = format!("{}.{key}", frame.flow.name);
        let mut values = self.frame_values();
        values.insert("shop", self.shop_name());
        let prompt = self.prompt(&key, &values);
        self.speak(Prompt {
            interruptible: false,
            ..prompt
        });
    }

    /// Whether somebody in danger is on the line: people have been told.
    pub(super) fn in_danger(&self) -> bool {
        self.stack.last().is_some_and(|f| f.danger.is_some())
    }

    /// Danger in what was said: people are told at once, and the line is kept. Later words are listened to.
    pub(super) fn danger(&mut self, text: &str, u: &Understanding) -> bool {
        if self.in_danger() {
            self.stay();
            return true;
        }
        let Some(frame) = self.stack.last_mut() else {
            return false;
        };
        let heard = |d: &crate::flow::Danger| u.emergency || holds_any(text, &d.words, &d.except);
        if !frame.flow.danger.as_ref().is_some_and(heard) {
            return false;
        }
        frame.danger = Some(super::slots::cut(text, 300));
        self.summary.emergency = true;
        self.asked = super::Asked::default();
        self.say_whole("danger");
        self.alert("danger_text", false);
        true
    }

    fn alert(&mut self, key: &str, ends: bool) {
        let Some(frame) = self.stack.last() else { return };
        let text_key = format!("{}.{key}", frame.flow.name);
        let values = self.frame_values();
        let wording = self.flows.wording(crate::io::Language::Ko);
        let action = Action::Alert {
            key: frame.key,
            text: wording.sentence(&text_key, 0, &values),
            name: frame.slots.name.clone(),
            call_back: frame.slots.phone.clone(),
        };
        self.act(Waiting::Alert { ends }, action);
    }

    /// What became of an alert.
    pub(super) fn alerted(&mut self, stored: bool, ends: bool) {
        if ends {
            return self.end(CallEnd::Silence);
        }
        self.say_whole(if stored { "danger_told" } else { "danger_failed" });
        let danger = self.stack.last().and_then(|f| f.flow.danger.as_ref());
        match danger.and_then(|d| d.queue.clone()) {
            Some(queue) => {
                let to = Destination::Queue(queue);
                let waiting = Waiting::Transfer {
                    to: to.clone(),
                    message: None,
                    emergency: true,
                };
                self.act(waiting, Action::Transfer { to });
            }
            None => self.stay(),
        }
    }

    /// Stays on the line.
    pub(super) fn stay(&mut self) {
        let Some(frame) = self.stack.last() else { return };
        let key = format!("{}.danger_stay", frame.flow.name);
        let values = self.frame_values();
        self.ask(&key, &values, None);
    }

    /// Nobody answers: after danger the line is kept; a call of ours ends with an alert. `false` if it is an ordinary call.
    pub(super) fn silent_called(&mut self) -> bool {
        if self.in_danger() {
            if self.silences < MOST_SILENCES {
                self.stay();
            } else {
                self.end(CallEnd::Silence);
            }
            return true;
        }
        let ours = self.stack.last().is_some_and(|f| f.flow.check_in);
        if !ours || self.silences < 3 {
            return false;
        }
        self.say_whole("no_answer");
        self.alert("no_answer_text", true);
        true
    }

    /// Who was called has hung up: what was answered so far is kept.
    pub(super) fn hung_up(&mut self) -> Vec<Output> {
        self.over = true;
        let Some(frame) = self.stack.last_mut() else {
            return Vec::new();
        };
        if !frame.flow.check_in || frame.answers.is_empty() || frame.done {
            return Vec::new();
        }
        frame.early = true;
        let Some(frame) = self.stack.last() else {
            return Vec::new();
        };
        let text = self.message_text(frame).unwrap_or_default();
        let (key, name, call_back) = (frame.key, frame.slots.name.clone(), frame.slots.phone.clone());
        self.summary.messages.push(text.clone());
        vec![Output::Do(Action::LeaveMessage {
            key,
            text,
            name,
            call_back,
        })]
    }

    /// Why the questions were not all asked, in words.
    pub(super) fn early_words(&self, frame: &Frame) -> String {
        let wording = self.flows.wording(crate::io::Language::Ko);
        let key = format!("{}.early", frame.flow.name);
        match frame.early {
            true => wording.sentence(&key, 0, &Values::new()),
            false => String::new(),
        }
    }
}
