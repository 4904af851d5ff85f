//! A sentence of a wording file, found again in what was said.

use std::ops::Range;

/// A sentence by its fixed parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// Those that are always said, in order. Between them anything may stand.
    fixed: Vec<String>,
    /// Those of parts in brackets after the last one, which may be left out.
    tail: Vec<String>,
}

/// So many letters of a sentence's fixed parts show that it was begun.
const LEAST_BEGUN: usize = 6;

impl Pattern {
    /// `None` for a sentence that has too little of its own to be known by.
    pub(super) fn of(sentence: &str) -> Option<Self> {
        let parts = parts(sentence);
        let own = |part: &(bool, &str)| !part.0 && !fixed(part.1).is_empty();
        let end = parts.iter().rposition(own)? + 1;
        let always = parts[..end].iter().filter(|(optional, _)| !optional);
        let pattern = Self {
            fixed: always.flat_map(|(_, text)| fixed(text)).collect(),
            tail: parts[end..].iter().flat_map(|(_, text)| fixed(text)).collect(),
        };
        let letters: usize = pattern.fixed.iter().map(|p| p.chars().count()).sum();
        (letters >= 4).then_some(pattern)
    }

    /// Where the sentence stands, from its first fixed part to its last.
    pub(super) fn find(&self, said: &str) -> Option<Range<usize>> {
        let next = |at: usize, piece: &String| said[at..].find(piece.as_str()).map(|n| at + n + piece.len());
        let fixed = self.fixed.iter().try_fold(0, next)?;
        let end = self
            .tail
            .iter()
            .fold(fixed, |at, piece| next(at, piece).unwrap_or(at));
        let before = |at: usize, piece: &String| said[..at].rfind(piece.as_str());
        let start = self.fixed.iter().rev().try_fold(fixed, before)?;
        Some(start..end)
    }

    /// Where the sentence stands, or where it begins if the text breaks off within it: callers break in, and a record holds
    /// what was said until then.
    pub(super) fn find_begun(&self, said: &str) -> Option<Range<usize>> {
        let whole = self.find(said);
        let (mut start, mut at, mut letters) = (None, 0, 0);
        for piece in self.fixed.iter().chain(&self.tail) {
            let Some(found) = said[at..].find(piece.as_str()) else {
                let cut = cut_at_end(piece, &said[at..]);
                let begun = (cut > 0 || whole.is_none()) && letters + cut >= LEAST_BEGUN;
                let start = whole.as_ref().map(|w| w.start).or(start);
                return start.filter(|_| begun).map(|start| start..said.len()).or(whole);
            };
            start.get_or_insert(at + found);
            at += found + piece.len();
            letters += piece.chars().count();
        }
        whole
    }
}

/// How many of a piece's first letters a text ends with.
fn cut_at_end(piece: &str, text: &str) -> usize {
    let text = text.trim_end();
    let ends = piece.char_indices().map(|(end, _)| end).rev();
    let cut = ends
        .into_iter()
        .find(|end| *end > 0 && text.ends_with(&piece[..*end]));
    cut.map_or(0, |end| piece[..end].chars().count())
}

/// A sentence's parts in order: whether each stands in brackets, so that it may be left out, and its text.
fn parts(sentence: &str) -> Vec<(bool, &str)> {
    let (mut parts, mut rest) = (Vec::new(), sentence);
    while let Some((before, after)) = rest.split_once('[') {
        let (inside, after) = after.split_once(']').unwrap_or((after, ""));
        parts.extend([(false, before), (true, inside)]);
        rest = after;
    }
    parts.push((false, rest));
    parts
}

/// What of a text stands outside of places for values. Mere punctuation is nothing to know a sentence by.
fn fixed(text: &str) -> Vec<String> {
    text.split('{')
        .map(|piece| piece.rsplit('}').next().unwrap_or_default().trim())
        .filter(|piece| piece.contains(char::is_alphanumeric))
        .map(str::to_string)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_stand_for_anything() {
        let p = Pattern::of("{name} 가격은 제가 가진 정보에 없어요.").unwrap();
        assert!(
            p.find("네. 파마 가격은 제가 가진 정보에 없어요. 더 필요하신 것 있으세요?")
                .is_some()
        );
        assert!(p.find("파마 가격은 50,000원이에요.").is_none());
        assert_eq!(Pattern::of("네."), None);
    }

    #[test]
    fn parts_in_brackets_may_be_left_out() {
        let p = Pattern::of(
            "{when}[ {staff}], {name} 님으로 해 드릴게요.[ {requests}도 전해 드릴게요.] 맞으세요?",
        )
        .unwrap();
        let whole = "네. 내일 7시 민호 님, 김지수 님으로 해 드릴게요. 창가도 전해 드릴게요. 맞으세요? 네.";
        let found = p.find(whole).unwrap();
        assert!(whole[found.clone()].starts_with("님으로 해") && whole[found].ends_with("맞으세요?"));
        assert!(p.find("내일 7시, 김지수 님으로 해 드릴게요. 맞으세요?").is_some());
        let p = Pattern::of("{to|으로/로} 바꿔 드릴까요?[ {requests}도 전해 드릴게요.]").unwrap();
        let whole = "7시로 바꿔 드릴까요? 창가도 전해 드릴게요.";
        assert_eq!(p.find(whole).map(|found| found.end), Some(whole.len()));
        assert_eq!(Pattern::of("[{from}부터 말씀해 주세요"), None);
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

        #[test]
        fn no_sentence_panics(sentence in "[\\[\\]{}a가. ]{0,16}", said in "[a가. ]{0,24}") {
            if let Some(pattern) = Pattern::of(&sentence) {
                for found in [pattern.find(&said), pattern.find_begun(&said)] {
                    proptest::prop_assert!(found.is_none_or(|at| said.get(at).is_some()));
                }
            }
        }
    }
}
