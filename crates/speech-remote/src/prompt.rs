//! The shop's words as a service takes them.

/// Words that are given at most, and octets: they are read anew for each utterance, and paid for.
const MOST_WORDS: usize = 60;
const MOST_OCTETS: usize = 1_000;

/// The first of the words, each once.
pub(crate) fn words(boost: &[String]) -> Vec<&str> {
    let mut given: Vec<&str> = Vec::new();
    let mut octets = 0;
    for word in boost.iter().map(|w| w.trim()) {
        let odd = word.is_empty() || word.chars().any(char::is_control);
        if odd || given.contains(&word) || octets + word.len() > MOST_OCTETS {
            continue;
        }
        if given.len() == MOST_WORDS {
            break;
        }
        octets += word.len();
        given.push(word);
    }
    given
}

#[cfg(test)]
mod tests {
    #[test]
    fn few_words_are_given_and_each_once() {
        let of = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        let found = of(&["궁중떡찜", " 알밥 ", "궁중떡찜", "", "a\nb"]);
        assert_eq!(super::words(&found), ["궁중떡찜", "알밥"]);
        let many: Vec<String> = (0..500).map(|n| format!("메뉴{n}")).collect();
        assert_eq!(super::words(&many).len(), super::MOST_WORDS);
        assert!(super::words(&["가".repeat(400)]).is_empty());
    }
}
