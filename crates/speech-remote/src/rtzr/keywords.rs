//! The shop's words as RTZR takes them: as they sound, in Hangul and spaces only, at most 100 of at most 20 letters.

use biseo_speech::{Language, normalise::speakable};

const MOST: usize = 100;
const LONGEST: usize = 20;

/// The keywords, separated by commas.
pub(super) fn of(boost: &[String]) -> String {
    let mut found: Vec<String> = Vec::new();
    for phrase in boost {
        let spoken = speakable(phrase, Language::Korean);
        let word = spoken.split_whitespace().collect::<Vec<_>>().join(" ");
        let fits = (2..=LONGEST).contains(&word.chars().count()) && word.chars().all(hangul);
        if fits && !found.contains(&word) {
            found.push(word);
        }
        if found.len() == MOST {
            break;
        }
    }
    found.join(",")
}

/// A syllable (가 to 힣) or a space.
fn hangul(c: char) -> bool {
    matches!(c, '가'..='힣' | ' ')
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_are_given_as_they_sound_or_not_at_all() {
        let of = |words: &[&str]| super::of(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(of(&["궁중떡찜", "알밥,국", "궁중떡찜", "", "밥"]), "궁중떡찜");
        assert!(of(&["콜라 2병"]).contains("콜라"), "{}", of(&["콜라 2병"]));
        assert_eq!(of(&["가".repeat(21).as_str()]), "");
        let many: Vec<String> = ('가'..='힣').take(300).map(|c| format!("{c}나")).collect();
        assert_eq!(super::of(&many).split(',').count(), 100);
    }
}
