//! In which language a call was held, by what is kept of it.

use biseo_conversation::Language;
use biseo_model::record::TurnRecord;

/// The language of what was said to the caller last. Whoever was told nothing is written to in Korean, as callers are greeted.
pub(crate) fn language(turns: &[TurnRecord]) -> Language {
    let said = turns.iter().rev().map(|turn| in_letters(&turn.said));
    said.flatten().next().unwrap_or_default()
}

/// By most of its letters: an English sentence may hold a Korean name, a Korean one a Latin word. Numbers alone tell nothing.
fn in_letters(said: &str) -> Option<Language> {
    let latin = said.chars().filter(char::is_ascii_alphabetic).count();
    // A syllable is about as much as two letters.
    let hangul = 2 * said.chars().filter(|c| ('가'..='힣').contains(c)).count();
    match latin > hangul {
        _ if latin + hangul == 0 => None,
        true => Some(Language::En),
        false => Some(Language::Ko),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use biseo_model::ids::CallId;
    use biseo_model::record::Latency;

    fn turns(said: &[&str]) -> Vec<TurnRecord> {
        let turn = |said: &&str| TurnRecord {
            call: CallId::new("c1").unwrap(),
            number: 1,
            at: jiff::Timestamp::UNIX_EPOCH,
            heard: String::new(),
            understood: serde_json::Value::Null,
            said: (*said).into(),
            latency: Latency::default(),
        };
        said.iter().map(turn).collect()
    }

    #[test]
    fn it_is_that_of_what_was_said_last() {
        for (said, expected) in [
            (&[][..], Language::Ko),
            (&["네, 예약되었어요. AI 비서였습니다."], Language::Ko),
            (&["안녕하세요", "It is booked for 김민수 at 19:00."], Language::En),
            (&["Good morning", "네, 한국어로 말씀드릴게요."], Language::Ko),
            (&["Your booking stands.", "", "19:00"], Language::En),
        ] {
            assert_eq!(language(&turns(said)), expected, "{said:?}");
        }
    }
}
