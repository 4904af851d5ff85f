//! A spoken message: what was said between two moments of the call's recording.

use biseo_model::phone::PhoneNumber;
use biseo_model::record::CallEnd;

use super::{Keypad, KeypadOutput, LONGEST_MESSAGE_MS, Step, Waiting, entry};
use crate::io::{Action, ActionResult};

/// A message that is hung up after less than this was never spoken.
const SHORTEST_MS: u64 = 1_500;

/// Where the message lies.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Spoken {
    /// From and to, in milliseconds of the recording.
    part: Option<(u64, u64)>,
    /// Whether a voice was heard in it.
    heard: bool,
    /// Whether the caller was asked a second time.
    again: bool,
    /// When the recording began.
    base: u64,
}

impl Spoken {
    pub(super) fn recorded_from(&mut self, at: u64) {
        self.base = at;
    }
}

impl Keypad {
    pub(super) fn ask_message(&mut self) {
        self.spoken.heard = false;
        self.enter(Step::Record(None));
        self.say("keypad.record");
        self.out.push(KeypadOutput::Tone);
    }

    /// The tone was heard.
    pub(super) fn begin_record(&mut self) {
        self.step = Step::Record(Some(self.at));
        self.silence = Some(self.at + LONGEST_MESSAGE_MS);
    }

    pub(super) fn spoke(&mut self) {
        if self.is_recording() {
            self.spoken.heard = true;
        }
    }

    pub(super) fn quiet(&mut self) {
        match self.step {
            Step::Record(Some(_)) if self.spoken.heard => self.recorded_all(),
            Step::Record(Some(_)) => self.nothing_heard(),
            _ => {}
        }
    }

    fn nothing_heard(&mut self) {
        self.say("keypad.nothing_heard");
        if std::mem::replace(&mut self.spoken.again, true) {
            self.say("keypad.goodbye");
            return self.good_bye(CallEnd::Silence);
        }
        self.ask_message();
    }

    /// The message is spoken.
    pub(super) fn recorded_all(&mut self) {
        let Step::Record(Some(from)) = self.step else {
            return;
        };
        self.spoken.part = Some((from, self.at));
        match self.opening.caller.clone() {
            Some(caller) => self.leave(Some(caller)),
            None => self.ask(Step::CallBack, "keypad.ask_phone_or_not"),
        }
    }

    pub(super) fn call_back(&mut self, digits: &str) {
        match (entry::phone(digits), digits) {
            (Some(phone), _) => self.leave(Some(phone)),
            (None, "") => self.leave(None),
            (None, _) if self.misses + 1 >= super::MOST_MISSES => self.leave(None),
            (None, _) => self.missed("keypad.not_a_number"),
        }
    }

    fn leave(&mut self, call_back: Option<PhoneNumber>) {
        self.enter(Step::CallBack);
        let action = self.left(call_back);
        self.act(Waiting::Message, action);
    }

    fn left(&mut self, call_back: Option<PhoneNumber>) -> Action {
        let (from, to) = self.spoken.part.unwrap_or_default();
        let [from, to] = [from, to].map(|at| at.saturating_sub(self.spoken.base));
        let text = match self.opening.recorded {
            true => self.text_with("keypad.message_text", &[("from", clock(from)), ("to", clock(to))]),
            false => self.text("keypad.message_text_lost"),
        };
        self.summary.messages.push(text.clone());
        Action::LeaveMessage {
            key: self.next_key(),
            text,
            name: self.opening.name.clone(),
            call_back,
        }
    }

    pub(super) fn message_kept(&mut self, result: &ActionResult) {
        self.say(match result {
            ActionResult::MessageLeft => "keypad.message_done",
            _ => "keypad.message_failed",
        });
        self.say("keypad.goodbye");
        self.good_bye(CallEnd::Biseo);
    }

    /// What was spoken until now is a message.
    pub(super) fn hung_up(&mut self) {
        let from = match self.step {
            Step::Record(Some(from)) => Some(from),
            Step::CallBack if self.waiting.is_none() => self.spoken.part.map(|(from, _)| from),
            _ => None,
        };
        let long = |from: &u64| self.at.saturating_sub(*from) >= SHORTEST_MS;
        if let Some(from) = from.filter(|from| self.spoken.heard || long(from)) {
            let to = self.spoken.part.map_or(self.at, |(_, to)| to);
            self.spoken.part = Some((from, to));
            let caller = self.opening.caller.clone();
            let action = self.left(caller);
            self.out.push(KeypadOutput::Do(action));
        }
        self.enter(Step::Over);
    }
}

/// "0:07", "12:30": a moment of the recording.
fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
