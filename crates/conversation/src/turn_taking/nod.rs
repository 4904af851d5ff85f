//! Signs of listening, and what over Biseo's voice is more than one.

use std::sync::LazyLock;

use biseo_model::hangul::{SILENT, Syllable, carried, join, split};

use super::ending::words;

/// Words of listening; an utterance of nothing else is one, in whatever order.
const NODS: [&str; 30] = [
    "네",
    "네네",
    "네네네",
    "네에",
    "예",
    "예예",
    "넵",
    "넹",
    "응",
    "음",
    "흠",
    "어",
    "아",
    "오",
    "아하",
    "아네",
    "아예",
    "그래요",
    "그렇구나",
    "그렇군요",
    "그쵸",
    "그죠",
    "맞아요",
    "uhhuh",
    "uh",
    "huh",
    "mhm",
    "mmhmm",
    "yeah",
    "okay",
];
/// How they sound: looked at with each piece of text, of each call.
static NOD_SOUNDS: LazyLock<[String; 30]> = LazyLock::new(|| NODS.map(sound));
/// Words of one syllable that are meant for Biseo.
const SHORT: [&str; 5] = ["왜", "뭐", "no", "hey", "hi"];

/// How much of what the caller says over Biseo's voice is meant for Biseo, by its text so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Meant {
    /// Nothing, or only signs of listening.
    #[default]
    Nothing,
    /// One syllable that sounds like a cough or a breath (코, 흐): that is what it is, or a word begins.
    Breath,
    /// One syllable that no sign of listening begins with: a word begins.
    Perhaps,
    /// Words.
    Words,
}

impl Meant {
    /// By a text.
    pub(super) fn of(text: &str) -> Self {
        let words = words(text);
        if words.is_empty() || nods(&words) {
            return Self::Nothing;
        }
        let whole = words.concat();
        match whole.chars().count() > 1 || SHORT.contains(&whole.as_str()) {
            true => Self::Words,
            false if begins_nod(&whole) => Self::Nothing,
            false if breathes(&whole) => Self::Breath,
            false => Self::Perhaps,
        }
    }
}

/// Whether all of it is signs of listening: as it is written, or as it sounds, since a recogniser writes 안에 for 아 네.
pub(super) fn nods(words: &[String]) -> bool {
    let is_nod = |word: &str| {
        let sound = || sound(word);
        hums(word) || NODS.contains(&word) || NOD_SOUNDS.contains(&sound())
    };
    words.iter().all(|w| is_nod(w)) || is_nod(&words.concat())
}

/// Whether it is a hum: one syllable of breath or nothing, an open vowel and a nasal or nothing (음, 응, 흠, 은, 엄), however a
/// recogniser writes it.
fn hums(word: &str) -> bool {
    const INITIALS: [u32; 3] = [6, SILENT, 18];
    const OPEN: [u32; 4] = [0, 4, 8, 18];
    const NASALS: [u32; 4] = [0, 4, 16, 21];
    let mut characters = word.chars();
    let (Some(c), None) = (characters.next(), characters.next()) else {
        return false;
    };
    split(c)
        .is_some_and(|s| INITIALS.contains(&s.initial) && OPEN.contains(&s.vowel) && NASALS.contains(&s.last))
}

/// Whether it begins with much breath: ㅋ, ㅌ, ㅍ, ㅎ.
fn breathes(text: &str) -> bool {
    let first = text.chars().next().and_then(split);
    first.is_some_and(|s| (15..=18).contains(&s.initial))
}

fn begins_nod(text: &str) -> bool {
    let begun = sound(text);
    NOD_SOUNDS.iter().any(|nod| nod.starts_with(&begun))
}

/// A text by its sound: consonants carried over to the next syllable, and the vowels told apart by spelling only (ㅐ and ㅔ, ㅒ and
/// ㅖ) as one. Characters other than Hangul stay.
fn sound(text: &str) -> String {
    let mut out: Vec<Result<Syllable, char>> = Vec::new();
    for c in text.chars() {
        let Some(mut s) = split(c) else {
            out.push(Err(c));
            continue;
        };
        if let Some(Ok(before)) = out.last_mut().filter(|_| s.initial == SILENT)
            && let Some(initial) = carried(before.last)
        {
            (before.last, s.initial) = (0, initial);
        }
        // ㅐ 1 as ㅔ 5, ㅒ 3 as ㅖ 7.
        if s.vowel == 1 || s.vowel == 3 {
            s.vowel += 4;
        }
        out.push(Ok(s));
    }
    let written = |s: Result<Syllable, char>| s.map_or_else(Some, join);
    out.into_iter().filter_map(written).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_for_biseo() {
        for (text, meant) in [
            ("네 네", Meant::Nothing),
            ("내", Meant::Nothing),
            ("안에", Meant::Nothing),
            ("음 그렇구나", Meant::Nothing),
            ("그", Meant::Nothing),
            ("ye", Meant::Words),
            ("y", Meant::Nothing),
            ("", Meant::Nothing),
            ("은", Meant::Nothing),
            ("흠 음", Meant::Nothing),
            ("은행", Meant::Words),
            ("코", Meant::Breath),
            ("혹", Meant::Breath),
            ("혹시", Meant::Words),
            ("잠", Meant::Perhaps),
            ("여", Meant::Perhaps),
            ("아니", Meant::Words),
            ("잠깐만요", Meant::Words),
            ("네 근데 주차는요", Meant::Words),
            ("왜", Meant::Words),
            ("wait", Meant::Words),
            ("yeah but", Meant::Words),
        ] {
            assert_eq!(Meant::of(text), meant, "{text}");
        }
    }

    #[test]
    fn sounds() {
        for (text, sounds) in [
            ("안에", "아네"),
            ("맞아요", "마자요"),
            ("내", "네"),
            ("앉아", "앉아"),
            ("a네", "a네"),
            ("응", "응"),
        ] {
            assert_eq!(sound(text), sounds);
        }
    }
}
