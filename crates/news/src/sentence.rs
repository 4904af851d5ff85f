//! Sentences of Korean and English, as they stand.

/// What stands before a full stop that ends no sentence.
const SHORT: [&str; 34] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "no", "vs", "inc", "ltd", "co", "corp", "jr", "sr", "jan", "feb",
    "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "e.g", "i.e", "a.m", "p.m", "u.s",
    "u.n", "fig", "approx",
];
/// Those after which a sentence may well end, if the next word begins a new one.
const MAY_END: [&str; 7] = ["a.m", "p.m", "u.s", "u.n", "inc", "ltd", "co"];

/// Splits a paragraph into its sentences, verbatim. A sentence ends at `.`, `!`, `?`, `…` or `。` and the quotes and brackets behind it,
/// if a space or the end follows; not within a quotation, a number or an abbreviation, and not before a Korean particle (`"…다."고`).
///
/// ```
/// let s = biseo_news::sentence::split("박 씨는 \"한숨 돌렸다. 다행이다.\"라고 말했다. 값은 3.5% 내렸다.");
/// assert_eq!(s, ["박 씨는 \"한숨 돌렸다. 다행이다.\"라고 말했다.", "값은 3.5% 내렸다."]);
/// ```
pub fn split(paragraph: &str) -> Vec<&str> {
    let chars: Vec<(usize, char)> = paragraph.char_indices().collect();
    let mut out = Vec::new();
    let (mut from, mut i, mut open) = (0, 0, Quotes::default());
    while i < chars.len() {
        open.see(chars[i].1);
        if is_end(chars[i].1) {
            let after = closing(&chars, i + 1, &mut open);
            let end = chars.get(after).map_or(paragraph.len(), |c| c.0);
            if ends(&chars, i, after) && !open.within() {
                out.push(paragraph[from..end].trim());
                from = end;
                open = Quotes::default();
            }
            i = after;
        } else {
            i += 1;
        }
    }
    out.push(paragraph[from..].trim());
    out.retain(|s| !s.is_empty());
    out
}

fn is_end(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。')
}

/// Quotations that are open. A quotation that is never closed must not swallow the rest: it is only believed for [`Quotes::FAR`] letters.
#[derive(Default)]
struct Quotes {
    straight: Option<usize>,
    curly: Option<usize>,
    at: usize,
}

impl Quotes {
    const FAR: usize = 220;

    fn see(&mut self, c: char) {
        self.at += 1;
        match c {
            '"' => self.straight = self.straight.is_none().then_some(self.at),
            '“' | '「' | '『' => self.curly = Some(self.at),
            '”' | '」' | '』' => self.curly = None,
            _ => {}
        }
    }

    fn within(&self) -> bool {
        let open = |from: Option<usize>| from.is_some_and(|f| self.at - f < Self::FAR);
        open(self.straight) || open(self.curly)
    }
}

/// Where what belongs to the end is over: further stops, closing quotes and brackets.
fn closing(chars: &[(usize, char)], mut i: usize, open: &mut Quotes) -> usize {
    while let Some((_, c)) = chars.get(i) {
        let quote = *c == '"' && open.straight.is_some();
        if !(quote || is_end(*c) || matches!(c, '”' | '’' | '\'' | ')' | '」' | '』' | ']')) {
            break;
        }
        open.see(*c);
        i += 1;
    }
    i
}

/// Whether a stop at `at`, with all that belongs to it ending before `after`, ends a sentence.
fn ends(chars: &[(usize, char)], at: usize, after: usize) -> bool {
    let Some((_, next)) = chars.get(after) else {
        return true;
    };
    if !next.is_whitespace() {
        // "다.그는": the space was forgotten.
        let before = at.checked_sub(1).map(|b| chars[b].1);
        return after == at + 1
            && matches!(before, Some('다' | '요'))
            && matches!(next, '가'..='힣')
            && !is_particle(chars, after);
    }
    chars[at].1 != '.' || after > at + 1 || !abbreviated(chars, at)
}

/// `"…했다."고`, `다."라고` begin with a particle behind the quote: no new sentence. Here only letters without a space are judged.
fn is_particle(chars: &[(usize, char)], from: usize) -> bool {
    matches!(chars.get(from), Some((_, '고' | '라' | '며' | '는' | '이')))
}

/// Whether the stop at `at` is that of an abbreviation, an initial, or a number at a line's beginning ("1. …", "2026. 11. 30.").
fn abbreviated(chars: &[(usize, char)], at: usize) -> bool {
    let start = (0..at)
        .rev()
        .find(|i| chars[*i].1.is_whitespace() || matches!(chars[*i].1, '(' | '"' | '“'))
        .map_or(0, |i| i + 1);
    let word: String = chars[start..at]
        .iter()
        .map(|c| c.1.to_ascii_lowercase())
        .collect();
    let next = chars[at + 1..].iter().map(|c| c.1).find(|c| !c.is_whitespace());
    let digits = !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
    if digits {
        // An ordinal or a date goes on with a number or, at the start, with anything.
        return start == 0 || next.is_some_and(|c| c.is_ascii_digit() || c == '(');
    }
    let initial = word.chars().count() == 1 && chars[at - 1].1.is_ascii_uppercase();
    if MAY_END.contains(&word.as_str()) {
        return !next.is_some_and(char::is_uppercase);
    }
    initial || SHORT.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sentences_end_where_readers_end_them() {
        for (paragraph, parts) in [
            ("값이 올랐다. 더 오른다.", 2),
            ("값이 올랐다.그래서 줄었다.", 2),
            ("\"줄인다.\"고 했다. 그는 웃었다.", 2),
            ("그는 “줄인다. 더 줄인다.”라고 했다. 끝이다.", 2),
            ("문을 닫습니다! 언제까지요? 모릅니다…", 3),
            ("3.5% 올라 1,200.50원이 됐다. 끝.", 2),
            ("2026. 11. 30.(월)까지 받는다. 늦으면 안 된다.", 2),
            ("1. 신청서를 낸다.", 1),
            ("Mr. Park and Dr. J. Kim met at 7 p.m. on Dec. 4. They left.", 2),
            ("It ends at 6 p.m. Taxis wait.", 2),
            ("Costs rose 4.2 percent, e.g. rent. \"We cope,\" he said.", 2),
            ("한 줄도 없이 끝나는 글", 1),
            ("", 0),
        ] {
            assert_eq!(
                split(paragraph).len(),
                parts,
                "{paragraph}: {:?}",
                split(paragraph)
            );
        }
    }

    #[test]
    fn a_quotation_that_never_ends_swallows_no_more_than_some_lines() {
        let text = format!("\"말했다. {}", "또 말했다. ".repeat(200));
        assert!(split(&text).len() > 100);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_added(text in "[가-나a-c0-9 .!?\"“”()다요]{0,200}") {
            let squeeze = |s: &str| s.split_whitespace().collect::<String>();
            prop_assert_eq!(squeeze(&split(&text).join(" ")), squeeze(&text));
            for part in split(&text) {
                prop_assert!(text.contains(part));
            }
        }
    }
}
