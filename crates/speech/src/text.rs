//! Splits text into sentences while it is still coming, so that the first can be spoken before the last is written.

/// A sentence without an end is broken at a comma or a space when it has this many characters.
const LONG: usize = 160;
/// Words whose full stop ends no sentence.
const ABBREVIATIONS: [&str; 16] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "no", "vs", "etc", "e.g", "i.e", "a.m", "p.m", "tel", "approx",
    "inc",
];

/// Splits Korean and English text into sentences.
///
/// ```
/// use biseo_speech::text::SentenceSplitter;
/// let mut splitter = SentenceSplitter::default();
/// assert!(splitter.push("네, 행복식당").is_empty());
/// assert_eq!(splitter.push("입니다. 콜라는 1.25L"), ["네, 행복식당입니다."]);
/// assert_eq!(splitter.finish().as_deref(), Some("콜라는 1.25L"));
/// ```
#[derive(Debug, Default)]
pub struct SentenceSplitter {
    pending: String,
}

impl SentenceSplitter {
    /// Takes more text and returns the sentences that are certain to be complete, trimmed, none empty. A sentence is
    /// certain when something follows it: "3." may go on as "3.5".
    pub fn push(&mut self, text: &str) -> Vec<String> {
        self.pending.push_str(text);
        let mut sentences = Vec::new();
        while let Some(end) = boundary(&self.pending) {
            let rest = self.pending.split_off(end);
            let sentence = std::mem::replace(&mut self.pending, rest);
            sentences.extend(trimmed(&sentence));
        }
        sentences
    }

    /// The text is over: what is left, if anything.
    pub fn finish(&mut self) -> Option<String> {
        trimmed(&std::mem::take(&mut self.pending))
    }
}

/// Splits a whole text.
pub fn sentences(text: &str) -> Vec<String> {
    let mut splitter = SentenceSplitter::default();
    let mut all = splitter.push(text);
    all.extend(splitter.finish());
    all
}

fn trimmed(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The octet after the first complete sentence.
fn boundary(text: &str) -> Option<usize> {
    let sentence = text.char_indices().find_map(|(at, c)| match c {
        '\n' => Some(at + 1),
        '.' | '?' | '!' | '…' | '。' | '？' | '！' => end_after(text, at, c),
        _ => None,
    });
    let limit = text.char_indices().nth(LONG).map(|(at, _)| at);
    match (sentence, limit) {
        (Some(end), Some(limit)) if end > limit => Some(soft_break(text, limit)),
        (None, Some(limit)) => Some(soft_break(text, limit)),
        (end, _) => end,
    }
}

/// Where the sentence ends if the mark at `at` ends it: after further marks and closing quotes, before a space.
fn end_after(text: &str, at: usize, mark: char) -> Option<usize> {
    let after = &text[at + mark.len_utf8()..];
    let closing = |c: char| ".?!…。？！\"')]”’」』）".contains(c);
    let rest = after.trim_start_matches(closing);
    let end = text.len() - rest.len();
    let wide = matches!(mark, '。' | '？' | '！');
    let complete = rest.starts_with(char::is_whitespace) || (wide && !rest.is_empty());
    (complete && !(mark == '.' && is_abbreviation(&text[..at]))).then_some(end)
}

fn is_abbreviation(before: &str) -> bool {
    let word = before
        .rsplit(|c: char| c.is_whitespace() || c == '(')
        .next()
        .unwrap_or_default();
    let numbered = !word.is_empty() && word.len() <= 2 && word.chars().all(|c| c.is_ascii_digit());
    let initial = word.len() == 1 && word.chars().all(|c| c.is_ascii_uppercase());
    // "2. 주차" numbers a list, "J. Kim" is a name.
    numbered || initial || ABBREVIATIONS.contains(&word.to_ascii_lowercase().as_str())
}

/// The last comma before `limit`, or the last space, or `limit` itself.
fn soft_break(text: &str, limit: usize) -> usize {
    let head = &text[..limit];
    let after = |found: Option<(usize, &str)>| {
        found
            .map(|(at, mark)| at + mark.len())
            .filter(|&end| end > limit / 3)
    };
    let comma = after(head.rmatch_indices([',', '、', ';']).next());
    let space = || after(head.rmatch_indices(char::is_whitespace).next());
    comma.or_else(space).unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tables() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            ("  \n ", &[]),
            ("네.", &["네."]),
            (
                "네. 알겠습니다. 감사합니다!",
                &["네.", "알겠습니다.", "감사합니다!"],
            ),
            (
                "몇 분이세요? 오늘 저녁 7시요.",
                &["몇 분이세요?", "오늘 저녁 7시요."],
            ),
            (
                "콜라 1.25L는 2,500원입니다. 더 필요하세요?",
                &["콜라 1.25L는 2,500원입니다.", "더 필요하세요?"],
            ),
            (
                "Dr. Kim is in at 9 a.m. on Monday. OK?",
                &["Dr. Kim is in at 9 a.m. on Monday.", "OK?"],
            ),
            ("1. 주차 2. 예약", &["1. 주차 2. 예약"]),
            (
                "정말요?! \"네.\" 그럼요…  좋아요",
                &["정말요?!", "\"네.\"", "그럼요…", "좋아요"],
            ),
            ("첫 줄\n둘째 줄", &["첫 줄", "둘째 줄"]),
            ("좋습니다。다음。", &["좋습니다。", "다음。"]),
            ("www.example.com 입니다.", &["www.example.com 입니다."]),
        ];
        for (text, expected) in cases {
            assert_eq!(&sentences(text), expected, "{text}");
        }
    }

    #[test]
    fn an_endless_sentence_is_broken_at_a_comma() {
        let text = "가나다라 ".repeat(20) + "마바사, " + &"아자차카 ".repeat(60);
        let parts = sentences(&text);
        assert!(parts[0].ends_with("마바사,"), "{parts:?}");
        assert!(parts.iter().all(|p| p.chars().count() <= LONG));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_pieces_make_no_difference(text in "[가-힣a-z0-9 .,?!\"\n…]{0,400}", cut in 1usize..20) {
            let solid = |parts: &[String]| parts.concat().chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let whole = sentences(&text);
            let mut splitter = SentenceSplitter::default();
            let characters: Vec<char> = text.chars().collect();
            let mut pieces: Vec<String> = characters.chunks(cut).flat_map(|c| splitter.push(&c.iter().collect::<String>())).collect();
            pieces.extend(splitter.finish());
            prop_assert_eq!(solid(&whole), solid(&[text]));
            prop_assert_eq!(solid(&pieces), solid(&whole));
        }

        #[test]
        fn any_text_is_taken(text in any::<String>()) {
            prop_assert!(sentences(&text).iter().all(|s| !s.trim().is_empty()));
        }
    }
}
