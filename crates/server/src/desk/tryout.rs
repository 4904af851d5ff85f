//! The shop tried out by its owner, in text: the very dialogue of calls over books in memory.

use std::sync::Arc;

use biseo_api::views::{FlowStepView, FlowView, SentenceView, Tried, TriedTurn};
use biseo_api::{Converses, Fault, Said, Understood, Unsayable};
use biseo_conversation::{Input, Language, Opening, Outline, OutlineStep, Sentence, Why};
use biseo_model::shop::{OwnWords, ShopProfile};
use biseo_model::understanding::{Act, Context, Filled, Understanding, Value};
use biseo_nlu::Nlu;
use biseo_rehearse::{Line, TextCall, awaiting};
use jiff::civil::DateTime;

use crate::house::House;

/// Converses as the calls of this house do.
pub(super) struct Counter(pub(super) Arc<House>);

impl Converses for Counter {
    fn converse(&self, shop: Arc<ShopProfile>, now: DateTime, said: &[String]) -> Tried {
        let Some(nlu) = self.0.nlu(&shop.id) else {
            return Tried::default();
        };
        let opening = Opening {
            language: Language::Ko,
            recorded: self.0.config.call.record && shop.record,
            ..Opening::default()
        };
        let mut call = TextCall::with_flows(shop, now, opening, self.0.flows.current());
        let greeting = call.take(Input::Started);
        let mut turns = vec![turn(&call, "", &greeting)];
        for text in said {
            if call.dialogue().is_over() {
                break;
            }
            let lines = call.take(input(&call, &nlu, text));
            turns.push(turn(&call, text, &lines));
        }
        let shop = call.shop();
        Tried {
            turns,
            over: call.dialogue().is_over(),
            bookings: shop.bookings.len(),
            orders: shop.orders.len(),
            messages: shop.messages.len(),
        }
    }

    fn sentences(&self) -> Vec<SentenceView> {
        self.0
            .flows
            .current()
            .sentences()
            .into_iter()
            .map(sentence)
            .collect()
    }

    fn flows(&self, shop: &ShopProfile) -> Vec<FlowView> {
        let outlines = self.0.flows.current().outlines(shop);
        outlines.into_iter().map(flow).collect()
    }

    fn unsayable(&self, own: &OwnWords) -> Vec<Unsayable> {
        self.0
            .flows
            .current()
            .unsayable(own)
            .into_iter()
            .map(unsayable)
            .collect()
    }

    fn understands(&self, shop: &ShopProfile, said: &Said<'_>) -> Option<Understood> {
        let nlu = self.0.nlu(&shop.id)?;
        Some(understood(&nlu, said))
    }
}

/// What a shop's understanding makes of words where they were said.
pub(super) fn understood(nlu: &Nlu, said: &Said<'_>) -> Understood {
    let context = Context {
        now: said.now,
        awaiting: said.awaiting.and_then(|name| awaiting(name).ok()),
    };
    meanings(&nlu.understand(said.text, &context))
}

fn sentence(usual: Sentence) -> SentenceView {
    SentenceView {
        flow: usual.flow,
        key: usual.key,
        ko: usual.ko,
        en: usual.en,
        places: usual.places,
        needed: usual.needed,
        own: None,
    }
}

fn flow(outline: Outline) -> FlowView {
    let step = |step: OutlineStep| FlowStepView {
        does: step.does.into(),
        what: step.what,
        together: step.together,
        optional: step.optional,
    };
    FlowView {
        name: outline.name,
        intents: outline.intents,
        words: outline.words,
        check_in: outline.check_in,
        serves: outline.serves,
        steps: outline.steps.into_iter().map(step).collect(),
    }
}

fn unsayable(wrong: biseo_conversation::Unsayable) -> Unsayable {
    let (why, place) = match wrong.why {
        Why::Unknown => (Fault::Unknown, None),
        Why::Form => (Fault::Form, None),
        Why::NoSuchPlace(place) => (Fault::UnknownPlace, Some(place)),
        Why::PlaceMissing(place) => (Fault::MissingPlace, Some(place)),
        Why::Undisclosed => (Fault::Undisclosed, None),
    };
    Unsayable {
        flow: wrong.flow,
        key: wrong.key,
        language: match wrong.language {
            Language::Ko => "ko",
            Language::En => "en",
        },
        why,
        place,
    }
}

/// What an understanding says was meant.
fn meanings(understanding: &Understanding) -> Understood {
    let named = |value: serde_json::Value| value.as_str().map(str::to_string);
    let intents = understanding.intents.iter();
    let intents = intents.filter_map(|intent| named(serde_json::to_value(intent).ok()?));
    let acts = understanding.acts.iter().filter_map(|act| match act {
        Act::Affirm => Some("yes".to_string()),
        Act::Deny => Some("no".to_string()),
        _ => None,
    });
    let topic = |filled: &Filled| match filled.value {
        Value::Topic(topic) => Some(topic.key().to_string()),
        _ => None,
    };
    Understood {
        meant: intents.chain(acts).collect(),
        topics: understanding.slots.iter().filter_map(topic).collect(),
    }
}

fn input(call: &TextCall, nlu: &Nlu, text: &str) -> Input {
    match text.is_empty() {
        true => Input::Silence,
        false => Input::heard(text, nlu.understand(text, &call.context())),
    }
}

fn turn(call: &TextCall, heard: &str, lines: &[Line]) -> TriedTurn {
    let said = lines.iter().filter_map(|line| match line {
        Line::Biseo(words) => Some(words.as_str()),
        Line::Caller(_) | Line::Did { .. } => None,
    });
    let dialogue = call.dialogue();
    TriedTurn {
        heard: heard.into(),
        said: said.collect::<Vec<_>>().join(" "),
        why: dialogue.trace(dialogue.language()),
    }
}
