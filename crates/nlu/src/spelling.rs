//! Names spelled with other words: 김재현인데 어이 제요; 민들레 할 때 민 자, 수박 할 때 수요; and names with a title for a given name:
//! 김 과장이요.

use crate::jamo::{self, Syllable};
use crate::names::Name;
use crate::text::Line;

/// Vowels that sound alike, as `jamo` numbers them: ㅐ and ㅔ.
const AE: u8 = 2;
const E: u8 = 6;

/// A name of which one syllable is told apart afterwards: 아이 재 is 재, 어이 제 is 제.
pub fn told_apart(line: &Line, name: &Name) -> Option<Name> {
    let (vowel, at) = (name.end..line.len()).filter(|i| line.gap(*i)).find_map(|i| {
        let ae = line.after(i, "아이").map(|at| (AE, at));
        ae.or_else(|| line.after(i, "어이").map(|at| (E, at)))
    })?;
    let spelled = jamo::split(line.at(at));
    if !spelled.is_hangul() || !matches!(spelled.vowel, AE | E) {
        return None;
    }
    let alike = |c: char| {
        let s = jamo::split(c);
        s.onset == spelled.onset && s.coda == spelled.coda && matches!(s.vowel, AE | E)
    };
    let nth = name.name.chars().position(alike)?;
    let right = jamo::join(Syllable { vowel, ..spelled })?;
    let told = name.name.chars().enumerate();
    Some(Name {
        name: told.map(|(n, c)| if n == nth { right } else { c }).collect(),
        ..name.clone()
    })
}

/// 민들레 할 때 민 자 수박 할 때 수요: each syllable with a word that has it.
pub fn by_words(line: &Line) -> Option<Name> {
    let mut name = String::new();
    let (mut start, mut end) = (None, 0);
    for i in 0..line.len() {
        let Some(at) = line
            .after_any(i, &["할 때", "할때", "하는", "라고 할 때"])
            .filter(|_| line.gap(i))
        else {
            continue;
        };
        let syllable = line.at(at);
        let from = word_before(line, i);
        let in_word = (from..i).any(|k| line.at(k) == syllable);
        if in_word && jamo::split(syllable).is_hangul() {
            name.push(syllable);
            start = start.or(Some(from));
            end = at + 1;
        }
    }
    let end = line.after(end, "자").unwrap_or(end);
    let fits = (2..=4).contains(&name.chars().count());
    fits.then_some(Name {
        name,
        start: start?,
        end,
        after: end,
    })
}

/// 강감찬 장군 할 때 강이요 강민수: where the one syllable that was spelled ends.
pub fn after_one(line: &Line) -> Option<usize> {
    let i = (1..line.len()).find(|i| line.gap(*i) && line.has(*i, "할 때"))?;
    let at = i + 2;
    let told = (0..i).any(|k| line.at(k) == line.at(at));
    let end = line
        .after_any(at + 1, &["이요", "이고", "자", "요"])
        .unwrap_or(at + 1);
    (told && line.gap(end) && end < line.len()).then_some(end)
}

/// Where the word before a place begins.
fn word_before(line: &Line, i: usize) -> usize {
    (0..i).rev().find(|k| line.gap(*k)).unwrap_or(0)
}

/// 삼성전자 김 과장이요: a surname with a title; the company before it is not the name.
pub fn titled(line: &Line, surname: impl Fn(usize) -> Option<usize>) -> Option<Name> {
    const TITLES: [&str; 17] = [
        "과장", "부장", "차장", "대리", "팀장", "실장", "이사", "상무", "전무", "대표", "사장", "주임",
        "사원", "계장", "소장", "교수", "선생",
    ];
    const ENDINGS: [&str; 9] = [
        "이요",
        "입니다",
        "이에요",
        "예요",
        "님",
        "으로",
        "라고",
        "인데",
        "요",
    ];
    (0..line.len()).filter(|i| line.gap(*i)).find_map(|i| {
        let end = surname(i)?;
        let after = line.after_any(end, &TITLES)?;
        let said = line.gap(after) || ENDINGS.iter().any(|e| line.has(after, e));
        said.then(|| Name {
            name: format!("{} {}", line.words(i, end), line.words(end, after)),
            start: i,
            end: after,
            after,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_syllable_is_told_apart() {
        let name = Name {
            name: "김재현".into(),
            start: 0,
            end: 3,
            after: 5,
        };
        let right = |text: &str| told_apart(&Line::new(text), &name).map(|n| n.name);
        assert_eq!(right("김재현인데 어이 제요").as_deref(), Some("김제현"));
        assert_eq!(right("김재현이고 아이 재예요").as_deref(), Some("김재현"));
        assert_eq!(right("김재현이요 아이 셋이요"), None);
    }

    #[test]
    fn syllables_stand_in_the_words_that_tell_them() {
        let name = |text: &str| by_words(&Line::new(text)).map(|n| n.name);
        assert_eq!(name("하늘 할 때 하 나무 할 때 나요").as_deref(), Some("하나"));
        assert_eq!(name("예약할 때 어떻게 하나요"), None);
    }
}
