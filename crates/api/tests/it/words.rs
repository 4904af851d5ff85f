//! What is said to callers, by the flows that come with Biseo: the program's own joins them in the same way.

use biseo_api::views::SentenceView;
use biseo_api::{Fault, Unsayable};
use biseo_conversation::{Flows, Language, Why};
use biseo_model::shop::OwnWords;

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
