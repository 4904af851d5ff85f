//! What the caller has said or typed, and what it means.

use std::time::Instant;

use biseo_conversation::Input;
use biseo_llm::helper::Thought;
use biseo_model::record::Latency;
use biseo_model::understanding::{Awaiting, Context};

use super::super::keys::Way;
use super::super::reply::ms;
use super::super::think::Thinking;
use super::say::listening;
use super::{Cause, Talk};
use crate::voice::HeardTurn;

impl Talk {
    pub(super) async fn turn(&mut self, heard: HeardTurn) {
        let began = Instant::now();
        let latency = Latency {
            end_of_turn_ms: Some(ms(heard.decided.saturating_duration_since(heard.spoke_until))),
            stt_ms: Some(ms(heard.stt)),
            ..Latency::default()
        };
        if heard.text.trim().is_empty() {
            let cause = Cause {
                latency,
                spoken_to: Some(heard.spoke_until),
                ..Cause::unasked()
            };
            return self.react(Input::Unclear, cause).await;
        }
        let text = self.without_secrets(&heard.text, heard.spoke_until);
        // A recogniser that does not tell is taken at its word.
        let words = (text, heard.confidence.unwrap_or(1.0));
        self.understand(words, latency, Some(heard.spoke_until), began)
            .await;
    }

    async fn understand(
        &mut self,
        (text, confidence): (String, f32),
        latency: Latency,
        spoken_to: Option<Instant>,
        began: Instant,
    ) {
        let context = Context {
            now: self.house.clock.shop_time(&self.zone),
            awaiting: self.dialogue.awaiting(),
        };
        let understanding = self.reader.understand(&text, &context);
        let cause = Cause {
            heard: text.clone(),
            understood: with_question(serde_json::to_value(&understanding), context.awaiting),
            latency: Latency {
                nlu_ms: Some(ms(began.elapsed())),
                ..latency
            },
            spoken_to,
            since: began,
            before: String::new(),
            tone: false,
        };
        let help = self.house.help(&self.shop.id);
        match Thinking::begin(
            help,
            &self.shop,
            context,
            &understanding,
            (text, cause),
            confidence,
        ) {
            Ok(thinking) => self.thinking = Some(thinking),
            Err((text, cause)) => {
                let input = Input::Heard {
                    text,
                    understanding,
                    confidence,
                };
                self.react(input, cause).await;
            }
        }
    }

    /// A language model has answered, or has not in its time: what the utterance means in the end.
    pub(super) async fn thought(&mut self, thought: Thought) {
        let Some(thinking) = self.thinking.take() else {
            return;
        };
        let Thinking {
            text,
            mut cause,
            filler,
            confidence,
            ..
        } = thinking;
        if let Some(why) = &thought.report.failed {
            tracing::warn!("the language model was of no help: {why}");
        }
        let asked = cause.understood.get_mut("awaiting").map(serde_json::Value::take);
        cause.understood = record(&thought);
        if let Some(asked) = asked {
            cause.understood["awaiting"] = asked;
        }
        cause.latency.nlu_ms = Some(ms(cause.since.elapsed()));
        cause.before = filler.map(|f| f.text).unwrap_or_default();
        if let Some(key) = &thought.fact {
            self.dialogue.found_fact(key);
        }
        let input = Input::Heard {
            text,
            understanding: thought.understanding,
            confidence,
        };
        self.react(input, cause).await;
    }

    pub(super) async fn key(&mut self, key: char, way: Way) {
        if self.pad.is_some() {
            if self.keys.heeds(way) {
                self.pad_key(key).await;
            }
            return;
        }
        self.keys.press(key, way, Instant::now());
        // Whoever types is not silent.
        if let Some(listen) = &self.listen {
            self.ear.tell(listening(listen));
        }
    }

    pub(super) async fn typed(&mut self) {
        if let Some(number) = self.keys.take() {
            self.cut().await;
            let now = Instant::now();
            let number = self.without_secrets(&number, now);
            self.understand((number, 1.0), Latency::default(), None, now)
                .await;
        }
    }
}

/// What was understood, with what had been asked, by its name in cases of understanding.
fn with_question(
    understood: serde_json::Result<serde_json::Value>,
    awaiting: Option<Awaiting>,
) -> serde_json::Value {
    let mut understood = understood.unwrap_or_default();
    let asked = match awaiting {
        Some(Awaiting::Slot(slot)) => serde_json::to_value(slot),
        other => serde_json::to_value(other),
    };
    if let (Ok(asked), Some(fields)) = (asked, understood.as_object_mut())
        && !asked.is_null()
    {
        fields.insert("awaiting".into(), asked);
    }
    understood
}

/// What a turn's record holds of a meaning that a language model was asked for: the meaning, and how it came about.
fn record(thought: &Thought) -> serde_json::Value {
    let mut understood = serde_json::to_value(&thought.understanding).unwrap_or_default();
    if let Some(fields) = understood.as_object_mut() {
        fields.insert(
            "llm".into(),
            serde_json::to_value(&thought.report).unwrap_or_default(),
        );
        if let Some(key) = &thought.fact {
            fields.insert("fact".into(), key.as_str().into());
        }
    }
    understood
}
