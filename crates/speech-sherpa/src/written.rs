//! From the library's text and tokens to a [`Transcript`].

use biseo_speech::{SAMPLE_RATE, Transcript, Word};
use unicode_normalization::UnicodeNormalization;

/// Characters of a text at most; a network that stammers is cut short.
const MOST: usize = 4_000;

/// A transcript of what the library tells: text and tokens with their times in seconds, if it has them. Letters are put together
/// to syllables (NFC); words are told only if they make up the text.
pub(crate) fn transcript(text: &str, tokens: &[String], times: &[f32]) -> Transcript {
    let text = tidy(text);
    let words = if tokens.len() == times.len() {
        words(tokens, times)
    } else {
        Vec::new()
    };
    let fits = words
        .iter()
        .map(|w| w.text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
        == text;
    Transcript {
        words: if fits { words } else { Vec::new() },
        text,
        confidence: None,
    }
}

/// One space between words, whole syllables, nothing that is not shown.
fn tidy(text: &str) -> String {
    let shown = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let whole: String = shown.nfc().take(MOST).collect();
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words by the spaces in the tokens; `▁` is a space too.
fn words(tokens: &[String], times: &[f32]) -> Vec<Word> {
    let mut found: Vec<(String, f32)> = Vec::new();
    let mut inside = false;
    for (token, &time) in tokens.iter().zip(times) {
        for letter in token.chars() {
            if letter.is_whitespace() || letter == '▁' {
                inside = false;
            } else if inside {
                if let Some((word, _)) = found.last_mut() {
                    word.push(letter);
                }
            } else {
                found.push((letter.to_string(), time));
                inside = true;
            }
        }
    }
    found
        .into_iter()
        .map(|(word, time)| self::word(&word, time))
        .collect()
}

fn word(text: &str, seconds: f32) -> Word {
    let start = f64::from(seconds.clamp(0.0, 3_600.0)) * f64::from(SAMPLE_RATE);
    Word {
        text: tidy(text),
        confidence: None,
        start: Some(start as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(list: &[&str]) -> (Vec<String>, Vec<f32>) {
        let tokens = list.iter().map(|t| (*t).to_string()).collect();
        (tokens, (0..list.len()).map(|n| n as f32 * 0.25).collect())
    }

    #[test]
    fn letters_become_syllables_and_words_have_their_place() {
        let (tokens, times) = tokens(&["ᄂ", "ᅦ", " ", "ᄀ", "ᅡ", "ᆫ"]);
        let found = transcript(&tokens.concat(), &tokens, &times);
        assert_eq!(found.text, "네 간");
        let words: Vec<_> = found.words.iter().map(|w| (w.text.as_str(), w.start)).collect();
        assert_eq!(words, [("네", Some(0)), ("간", Some(6_000))]);
    }

    #[test]
    fn pieces_of_words_are_put_together() {
        let (tokens, times) = tokens(&[" 안녕", "하세요", "▁예약"]);
        let found = transcript(" 안녕하세요 예약", &tokens, &times);
        assert_eq!(found.words.len(), 2);
        assert_eq!(found.words[1].start, Some(4_000));
    }

    #[test]
    fn words_that_are_not_the_text_are_left_out() {
        let (tokens, times) = tokens(&["7", "시"]);
        let found = transcript("일곱 시", &tokens, &times);
        assert_eq!((found.text.as_str(), found.words.len()), ("일곱 시", 0));
        assert!(transcript("가", &tokens, &[]).words.is_empty());
    }

    #[test]
    fn a_text_without_end_is_cut() {
        assert_eq!(
            transcript(&"가".repeat(9_000), &[], &[]).text.chars().count(),
            MOST
        );
        assert_eq!(transcript("a\u{0}b\n", &[], &[]).text, "a b");
    }
}
