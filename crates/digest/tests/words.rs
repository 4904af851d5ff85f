//! Every sentence of the flows: which of them give the shop's word.

#[allow(dead_code)]
mod sim;

use biseo_conversation::{Flows, Language, Values};
use sim::signs;

/// A value for every place of the flows' sentences.
fn values() -> Values {
    let names = [
        "when", "date", "time", "party", "services", "staff", "name", "phone", "requests", "message", "was",
        "list", "items", "won", "pickup", "to", "notes", "early", "danger", "answer", "shop",
    ];
    names.into_iter().map(|name| (name, "하나".to_string())).collect()
}

/// Each sentence with its key, in all its variants.
fn sentences(language: Language) -> Vec<(String, String)> {
    let flows = Flows::built_in();
    let wording = flows.wording(language);
    let keys = wording
        .keys()
        .flat_map(|(key, _)| (0..4).map(move |turn| (key.to_string(), turn)));
    let said = keys.map(|(key, turn)| {
        let text = wording.sentence(&key, turn, &values());
        (key, text)
    });
    said.collect()
}

#[test]
fn what_is_read_back_gives_no_word_wherever_the_caller_breaks_in() {
    let signs = signs();
    for (key, text) in [Language::Ko, Language::En].into_iter().flat_map(sentences) {
        if !key.ends_with(".confirm") {
            continue;
        }
        for (end, _) in text.char_indices().chain([(text.len(), ' ')]) {
            assert_eq!(signs.gives_word(&text[..end]), None, "{key}: {}", &text[..end]);
        }
    }
}

#[test]
fn these_sentences_give_the_shops_word() {
    let signs = signs();
    for language in [Language::Ko, Language::En] {
        let all = sentences(language).into_iter();
        let mut keys: Vec<String> = all
            .filter(|(_, text)| signs.gives_word(text).is_some())
            .map(|(key, _)| key)
            .collect();
        keys.dedup();
        // What a check-in promises is stored before it is promised.
        let expected = ["call.not_reached_message", "checkin.done", "message.done"];
        assert_eq!(keys, expected);
    }
}
