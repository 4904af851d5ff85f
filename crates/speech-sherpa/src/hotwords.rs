//! The shop's words, as the library takes them.

/// Words of the shop at most, and letters of one.
const MOST_WORDS: usize = 200;
const MOST_LETTERS: usize = 40;

/// The library takes words with strokes between them, and a colon as the beginning of a word's weight.
pub(crate) fn hotwords(words: &[String]) -> String {
    let plain = |word: &String| -> String {
        let letters = word.chars().filter(|c| c.is_alphanumeric() || *c == ' ');
        letters.take(MOST_LETTERS).collect::<String>().trim().to_owned()
    };
    let words: Vec<_> = words
        .iter()
        .map(plain)
        .filter(|w| !w.is_empty())
        .take(MOST_WORDS)
        .collect();
    words.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cannot_command_the_library() {
        let words = ["궁중떡찜", "a:9.9/b", "  ", "커트 (남성)", &"가".repeat(99)].map(String::from);
        assert_eq!(
            hotwords(&words),
            format!("궁중떡찜/a99b/커트 남성/{}", "가".repeat(MOST_LETTERS))
        );
    }
}
