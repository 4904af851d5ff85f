//! What is said, and what follows.

use std::time::{Duration, Instant};

use biseo_conversation::{Language, Listen, Prompt};
use biseo_model::record::TurnRecord;
use biseo_model::secret::masked;

use super::super::reply::{Reply, Then, joined, ms};
use super::super::think::Filler;
use super::parting::Parting;
use super::{Cause, Talk};
use crate::house::voice;
use crate::voice::{EarOrder, MouthOrder, Protection, Sentence, Speech, TONE};
use crate::wording::Lang;

/// A reply whose end is not known yet is taken to last so long.
pub(super) const LONG: Duration = Duration::from_secs(120);
/// How fast what was not caught is repeated, of the usual speed.
const SLOW_PERCENT: u32 = 75;

impl Talk {
    pub(super) fn reply(&mut self, prompts: Vec<Prompt>, then: Then, mut cause: Cause) {
        cause.latency.decision_ms = Some(ms(cause.since.elapsed()) - cause.latency.nlu_ms.unwrap_or(0.0));
        let turn = TurnRecord {
            call: self.record.id.clone(),
            number: self.next_turn,
            at: self.house.clock.now(),
            heard: cause.heard,
            understood: self.traced(cause.understood),
            // A number may have been joined out of turns that hold a part of it each.
            said: masked(&joined(&cause.before, &Reply::text_of(&prompts))).into_owned(),
            latency: cause.latency,
        };
        let silent = prompts.is_empty() && !cause.tone;
        if silent && turn.heard.is_empty() && matches!(then, Then::Nothing) {
            return;
        }
        self.next_turn += 1;
        if silent && !cause.before.is_empty() {
            // Nothing follows the filler: the caller has the floor.
            self.ear.tell(EarOrder::Played);
        }
        if !silent {
            let after = (cause.spoken_to, cause.before, cause.tone);
            self.speak(&prompts, then, turn.clone(), after);
        } else {
            self.follow(then);
        }
        // Only now: the disk is not waited for, and the caller's answer is on its way.
        self.notes.turn(&turn);
    }

    /// What was understood, and under `trace` how the turn came about, in the operator's language.
    fn traced(&self, understood: serde_json::Value) -> serde_json::Value {
        let language = match self.house.config.lang {
            Lang::Ko => Language::Ko,
            Lang::En => Language::En,
        };
        let mut fields = match understood {
            serde_json::Value::Object(fields) => fields,
            _ => serde_json::Map::new(),
        };
        let trace = match &self.pad {
            Some(pad) => {
                fields.insert("keypad".into(), true.into());
                pad.trace(language)
            }
            None => self.dialogue.trace(language),
        };
        fields.insert("trace".into(), trace.into());
        fields.into()
    }

    fn speak(
        &mut self,
        prompts: &[Prompt],
        then: Then,
        turn: TurnRecord,
        (spoken_to, before, tone): (Option<Instant>, String, bool),
    ) {
        let mark = self.mark();
        let mut sentences: Vec<Sentence> = prompts.iter().flat_map(|p| self.sentences(p)).collect();
        sentences.extend(tone.then(|| (TONE.to_string(), biseo_speech::Voice::default())));
        self.mouth.tell(MouthOrder::Say(Speech { mark, sentences }));
        let reply = Reply::new(mark, prompts, then, turn).after(before, spoken_to);
        self.ear.tell(EarOrder::Playing {
            reply: reply.turn.number,
            mark,
            protection: reply.protection(),
            until: Instant::now() + LONG,
        });
        if let Then::Listen(listen) = &reply.then {
            self.listen_for(listen.clone());
        }
        self.reply = Some(reply);
    }

    /// A prompt as the mouth takes it.
    pub(super) fn sentences(&self, prompt: &Prompt) -> Vec<Sentence> {
        let voice = self.voice(prompt);
        let texts = biseo_speech::text::sentences(&prompt.text);
        texts.into_iter().map(|t| (t, voice.clone())).collect()
    }

    /// The caller has waited for a while.
    pub(super) fn fill(&mut self) {
        let (mark, prompt) = (self.mark(), self.dialogue.filler());
        let sentences = self.sentences(&prompt);
        self.mouth.tell(MouthOrder::Say(Speech { mark, sentences }));
        self.ear.tell(EarOrder::Playing {
            reply: self.next_turn,
            mark,
            protection: Protection::Whole,
            until: Instant::now() + LONG,
        });
        if let Some(thinking) = &mut self.thinking {
            thinking.filler = Some(Filler {
                mark,
                text: prompt.text,
                whole: false,
            });
        }
    }

    fn mark(&mut self) -> u64 {
        self.next_mark += 1;
        self.next_mark - 1
    }

    fn voice(&self, prompt: &Prompt) -> biseo_speech::Voice {
        let language = match prompt.language {
            Language::Ko => biseo_speech::Language::Korean,
            Language::En => biseo_speech::Language::English,
        };
        let mut percent = u32::from(self.shop.voice.speed_percent());
        if prompt.slow {
            percent = percent * SLOW_PERCENT / 100;
        }
        let speed = u32::from(self.house.config.speech.speed) * percent / 100;
        let speed = u16::try_from(speed).unwrap_or(u16::MAX).clamp(50, 200);
        voice(&self.house.config.speech, language).with_speed(speed)
    }

    /// All is said: what follows.
    pub(super) fn follow(&mut self, then: Then) {
        match then {
            Then::Listen(listen) => self.listen_for(listen),
            Then::HangUp(reason) => self.parting = Some(Parting::begin(Instant::now(), reason)),
            Then::Nothing => {}
        }
    }

    fn listen_for(&mut self, listen: Listen) {
        self.ear.tell(listening(&listen));
        self.listen = Some(listen);
    }
}

/// How the ear is to listen.
pub(super) fn listening(listen: &Listen) -> EarOrder {
    EarOrder::Listen {
        awaiting: listen.awaiting,
        silence_after: Duration::from_millis(listen.silence_after_ms),
        boost: listen.boost.clone(),
    }
}
