//! The conversation by keys, where nothing that is said can be understood or nothing that we say has sound.

use std::time::{Duration, Instant};

use biseo_conversation::Prompt;
use biseo_conversation::keypad::{Keypad, KeypadInput, KeypadOpening, KeypadOutput, KeypadReason};
use biseo_model::secret::masked;

use super::super::reply::Then;
use super::{Cause, MOST_ACTIONS, Talk};
use crate::line::Sense;
use crate::voice::{EarOrder, HeardTurn, MouthOrder};

/// Turns that the recogniser failed in, in a row, after which it is taken to be dead.
const MOST_DEAF: u32 = 2;
/// A caller who has not begun to speak after the tone for so long says nothing.
const FIRST_WORD: Duration = Duration::from_secs(6);
/// A message is over after so long a silence.
const LAST_WORD: Duration = Duration::from_secs(3);

impl Talk {
    /// Begins the conversation: by voice, unless it is known that nobody would be understood.
    pub(super) async fn open(&mut self) {
        match self.house.engines.stt.is_down() {
            true => self.by_keys(KeypadReason::Deaf).await,
            false => {
                self.react(biseo_conversation::Input::Started, Cause::unasked())
                    .await
            }
        }
    }

    /// Whether the recogniser is taken to be dead after this turn.
    pub(super) fn is_deaf(&mut self, turn: &HeardTurn) -> bool {
        if !turn.failed {
            self.deaf = 0;
            if !turn.text.is_empty() {
                self.house.line.senses.back(&self.house, Sense::Hearing);
            }
            return false;
        }
        self.deaf += 1;
        self.deaf >= MOST_DEAF || self.house.engines.stt.is_down()
    }

    /// Goes on by keys, until the call's end.
    pub(super) async fn by_keys(&mut self, reason: KeypadReason) {
        if self.pad.is_some() || self.parting.is_some() {
            return;
        }
        let sense = match reason {
            KeypadReason::Deaf => Sense::Hearing,
            KeypadReason::Mute => Sense::Voice,
        };
        self.house.line.senses.lost(&self.house, sense);
        self.hush();
        self.thinking = None;
        let opening = KeypadOpening {
            language: self.dialogue.language(),
            caller: self.record.caller.clone(),
            name: self.known_name.clone(),
            recorded: self.record.recording.is_some(),
            greeted: self.next_turn > 0 && reason == KeypadReason::Deaf,
            told: match reason {
                KeypadReason::Deaf => self.dialogue.told_of().to_vec(),
                // Nothing that was said was heard.
                KeypadReason::Mute => Vec::new(),
            },
            reason,
        };
        let flows = self.house.flows.current();
        self.pad = Some(Keypad::new(self.shop.clone(), flows, opening));
        self.pad(KeypadInput::Started).await;
    }

    /// Ends what is being said at once.
    fn hush(&mut self) {
        let Some(mut reply) = self.reply.take() else {
            return;
        };
        self.mouth.tell(MouthOrder::Stop);
        self.sound.session.speaker().cut(reply.mark);
        reply.break_off(self.spoken(reply.mark));
        self.notes.amend(&reply.turn);
        self.ear.tell(EarOrder::Played);
    }

    /// A reply is over that gave no sound at all.
    pub(super) async fn unheard(&mut self) {
        let Some(mut reply) = self.reply.take() else {
            return;
        };
        reply.turn.said.clear();
        self.notes.amend(&reply.turn);
        self.ear.tell(EarOrder::Played);
        match (reply.then, &self.pad) {
            (Then::HangUp(end), _) => self.end = Some(end),
            (_, Some(_)) => self.pad(KeypadInput::Mute).await,
            (_, None) => self.by_keys(KeypadReason::Mute).await,
        }
    }

    /// A key was pressed while keys are asked for. It ends what is being said.
    pub(super) async fn pad_key(&mut self, key: char) {
        if !self.pad.as_ref().is_some_and(Keypad::takes_keys) {
            return;
        }
        self.hush();
        self.pad(KeypadInput::Key(key)).await;
    }

    /// All of a reply was heard.
    pub(super) async fn pad_said(&mut self) {
        self.pad(KeypadInput::Said).await;
        if self.is_taking_message() {
            self.hear_out(FIRST_WORD);
        }
    }

    /// A reply was cut off, though nobody was to break in.
    pub(super) async fn pad_stopped(&mut self) {
        self.hush();
        self.pad_said().await;
    }

    /// The caller has said something.
    pub(super) async fn pad_spoke(&mut self) {
        self.pad(KeypadInput::Spoke).await;
        if self.is_taking_message() {
            self.hear_out(LAST_WORD);
        }
    }

    /// The caller is silent: the end of a message, and nothing else by keys.
    pub(super) async fn pad_quiet(&mut self) {
        if self.is_taking_message() {
            self.pad(KeypadInput::Quiet).await;
        }
    }

    fn is_taking_message(&self) -> bool {
        self.pad.as_ref().is_some_and(Keypad::is_recording)
    }

    fn hear_out(&self, silence_after: Duration) {
        self.ear.tell(EarOrder::Listen {
            awaiting: None,
            silence_after,
            boost: Vec::new(),
        });
    }

    /// When keys are due, or missed. Nobody is waited for who holds the call.
    pub(super) fn pad_due(&self) -> Option<Instant> {
        let due = self.pad.as_ref()?.next_timeout().filter(|_| !self.held)?;
        self.answered.checked_add(Duration::from_millis(due))
    }

    fn since_answer(&self) -> u64 {
        u64::try_from(self.answered.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Tells the dialogue of keys what happened and does what it asks for.
    pub(super) async fn pad(&mut self, input: KeypadInput) {
        let Some(mut keypad) = self.pad.take() else {
            return;
        };
        let standing = &self.house.line.standing;
        // An account could be heard only where a voice works, and kept sentences hold none.
        keypad.out_of_order(standing.to_tell(&self.shop.id, None, self.house.clock.now()));
        let now = self.house.clock.shop_time(&self.zone);
        let mut outputs = keypad.handle(now, self.since_answer(), input);
        let typed = keypad.typed().to_string();
        let mut reply = Spoken::default();
        for _ in 0..MOST_ACTIONS {
            let Some(action) = reply.take(outputs) else { break };
            let result = self.hands.carry_out(now, action).await;
            outputs = keypad.handle(now, self.since_answer(), KeypadInput::Done(result));
        }
        if reply.tone {
            self.record_message(&mut keypad).await;
        }
        self.pad = Some(keypad);
        let cause = Cause {
            heard: masked(&typed).into_owned(),
            tone: reply.tone,
            ..Cause::unasked()
        };
        self.reply(reply.prompts, reply.then, cause);
    }

    /// A spoken message lies in the call's recording, which begins now if there is none.
    async fn record_message(&mut self, keypad: &mut Keypad) {
        if self.record.recording.is_some() {
            return;
        }
        self.record.recording = super::super::record_now(&self.house, &self.record, &self.sound);
        if self.record.recording.is_some() {
            keypad.recorded_from(self.since_answer());
            super::super::note_answer(self.house.records.clone(), self.record.clone()).await;
        }
    }
}

/// What comes of an input.
struct Spoken {
    prompts: Vec<Prompt>,
    tone: bool,
    then: Then,
}

impl Default for Spoken {
    fn default() -> Self {
        Self {
            prompts: Vec::new(),
            tone: false,
            then: Then::Nothing,
        }
    }
}

impl Spoken {
    /// Takes outputs; gives what is to be done.
    fn take(&mut self, outputs: Vec<KeypadOutput>) -> Option<biseo_conversation::Action> {
        let mut action = None;
        for output in outputs {
            match output {
                KeypadOutput::Say(prompt) => self.prompts.push(prompt),
                KeypadOutput::Do(wanted) => action = Some(wanted),
                KeypadOutput::Tone => self.tone = true,
                KeypadOutput::HangUp(end) => self.then = Then::HangUp(end),
            }
        }
        action
    }
}
