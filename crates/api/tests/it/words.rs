//! What is said to callers, by the flows that come with Biseo: the program's own joins them in the same way.

use biseo_api::views::{FlowStepView, FlowView, SentenceView};
use biseo_api::{Fault, Unsayable};
use biseo_conversation::{Flows, Language, Outline, OutlineStep, Why};
use biseo_model::shop::{OwnWords, ShopProfile};

pub fn sentences() -> Vec<SentenceView> {
    let view = |s: biseo_conversation::Sentence| SentenceView {
        flow: s.flow,
        key: s.key,
        ko: s.ko,
        en: s.en,
        places: s.places,
        needed: s.needed,
        own: None,
    };
    Flows::built_in().sentences().into_iter().map(view).collect()
}

pub fn flows(shop: &ShopProfile) -> Vec<FlowView> {
    let step = |step: OutlineStep| FlowStepView {
        does: step.does.into(),
        what: step.what,
        together: step.together,
        optional: step.optional,
    };
    let flow = |outline: Outline| FlowView {
        name: outline.name,
        intents: outline.intents,
        words: outline.words,
        check_in: outline.check_in,
        serves: outline.serves,
        steps: outline.steps.into_iter().map(step).collect(),
    };
    Flows::built_in().outlines(shop).into_iter().map(flow).collect()
}

pub fn unsayable(own: &OwnWords) -> Vec<Unsayable> {
    Flows::built_in().unsayable(own).into_iter().map(wrong).collect()
}

fn wrong(wrong: biseo_conversation::Unsayable) -> Unsayable {
    let (why, place) = match wrong.why {
        Why::Unknown => (Fault::Unknown, None),
        Why::Form => (Fault::Form, None),
        Why::NoSuchPlace(place) => (Fault::UnknownPlace, Some(place)),
        Why::PlaceMissing(place) => (Fault::MissingPlace, Some(place)),
        Why::Undisclosed => (Fault::Undisclosed, None),
    };
    let language = if wrong.language == Language::Ko {
        "ko"
    } else {
        "en"
    };
    Unsayable {
        flow: wrong.flow,
        key: wrong.key,
        language,
        why,
        place,
    }
}
