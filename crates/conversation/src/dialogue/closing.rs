//! Short answers whose words matter beside the yes: "네 알겠습니다" after "anything else?", "네 취소해 주세요" to a read-back.

/// Words that say yes at the beginning of an answer.
const YES: [&str; 24] = [
    "네네",
    "네에",
    "네",
    "예예",
    "예",
    "넵",
    "넹",
    "응",
    "어",
    "잉",
    "그래요",
    "그래",
    "그럼요",
    "맞아요",
    "좋아요",
    "yes",
    "yeah",
    "yep",
    "yup",
    "sure",
    "okay",
    "ok",
    "right",
    "correct",
];

/// After a yes: there is more to come.
const MORE: [&str; 30] = [
    "있",
    "하나",
    "한 가지",
    "한가지",
    "또",
    "더 ",
    "부탁",
    "궁금",
    "여쭤",
    "물어",
    "그리고",
    "그런데",
    "근데",
    "저기",
    "혹시",
    "잠깐",
    "잠시",
    "도와",
    "문의",
    "please",
    "more",
    "another",
    "also",
    "there is",
    "there's",
    "question",
    "i have",
    "i do",
    "actually",
    "and ",
];

/// What is left of an answer after the yes that it begins with; `None` if it begins with none.
fn after_yes(text: &str) -> Option<&str> {
    let mut rest = text.trim();
    let mut any = false;
    while let Some(after) = YES.iter().find_map(|w| without(rest, w)) {
        (rest, any) = (after, true);
    }
    any.then_some(rest)
}

/// The text after a word, if it begins with the whole word.
fn without<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let head = text.get(..word.len())?;
    let rest = &text[word.len()..];
    let whole = rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
    (head.eq_ignore_ascii_case(word) && whole)
        .then(|| rest.trim_start_matches(|c: char| !c.is_alphanumeric()))
}

/// Whether an answer begins with a yes.
pub(super) fn begins_with_yes(text: &str) -> bool {
    after_yes(text).is_some()
}

/// "네 알겠습니다", "네 이따 갈게요" to "anything else?": heard, and that is all. A bare "네" or one with a word of more wants
/// to go on.
pub(super) fn parts(text: &str) -> bool {
    let lower = text.to_lowercase();
    let Some(rest) = after_yes(&lower) else {
        return false;
    };
    !rest.is_empty() && !MORE.iter().any(|w| rest.contains(w)) && !rest.ends_with('?')
}

/// Whether the word for cancelling is said, and not denied.
pub(super) fn says_cancel(text: &str) -> bool {
    let lower = text.to_lowercase();
    let denied = [
        "취소 말",
        "취소하지",
        "취소 아니",
        "취소가 아니",
        "취소는 아니",
        "취소 안",
        "not cancel",
        "n't cancel",
    ];
    (lower.contains("취소") || lower.contains("cancel")) && !denied.iter().any(|w| lower.contains(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_yes_with_something_after_it_parts() {
        for text in [
            "네 알겠습니다",
            "네, 이따 갈게요",
            "네네 새해 복 많이 받으세요",
            "okay see you then",
            "예 죄송합니다",
        ] {
            assert!(parts(text), "{text}");
        }
        for text in [
            "네",
            "네네",
            "네 하나 더 있어요",
            "네 여쭤볼 게 있는데요",
            "yes",
            "yes please",
            "내일 가요",
            "",
        ] {
            assert!(!parts(text), "{text}");
        }
    }

    #[test]
    fn whole_words_only() {
        assert!(begins_with_yes("네 일요일 거만요"));
        assert!(!begins_with_yes("네시요"));
        assert!(!begins_with_yes("어제요"));
        assert!(!begins_with_yes("okra"));
    }

    #[test]
    fn cancel_unless_denied() {
        assert!(says_cancel("네 취소해 주세요"));
        assert!(!says_cancel("아니요 취소하지 말고요"));
        assert!(!says_cancel("네 맞아요"));
    }
}
