//! Telephone numbers digit by digit: 공일공에 일이삼사에 오육칠팔이요, 010-1234-5678, "oh one oh, double two…".

use biseo_model::phone::PhoneNumber;

use crate::numerals::sino_digit;
use crate::text::Line;
use crate::words::Words;

/// A run of spoken digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digits {
    /// The digits, repairs applied.
    pub digits: String,
    /// First place.
    pub start: usize,
    /// Place after the last digit.
    pub end: usize,
    /// Whether a group was taken back.
    pub corrected: bool,
}

impl Digits {
    /// The number, if the digits are one.
    pub fn phone(&self) -> Option<PhoneNumber> {
        let trunk = self.digits.starts_with('0') && (9..=12).contains(&self.digits.len());
        let service = self.digits.starts_with('1') && self.digits.len() == 8;
        (trunk || service)
            .then(|| PhoneNumber::parse(&self.digits).ok())
            .flatten()
    }
}

const NATIVE: Words<char> = Words::new(&[
    ("하나", '1'),
    ("둘", '2'),
    ("셋", '3'),
    ("넷", '4'),
    ("다섯", '5'),
    ("여섯", '6'),
    ("일곱", '7'),
    ("여덟", '8'),
    ("아홉", '9'),
]);

const ENGLISH: [(&str, char); 14] = [
    ("zero", '0'),
    ("oh", '0'),
    ("o", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("to", '2'),
    ("for", '4'),
];

/// The groups read so far.
#[derive(Default)]
struct Groups {
    groups: Vec<String>,
    fresh: bool,
    corrected: bool,
    /// The digit-word that came last was 이, which may be the copula.
    copula: bool,
}

impl Groups {
    fn push(&mut self, digit: char) {
        if self.fresh || self.groups.is_empty() {
            self.groups.push(String::new());
            self.fresh = false;
        }
        if let Some(group) = self.groups.last_mut() {
            group.push(digit);
        }
    }

    fn take_back(&mut self) {
        self.groups.pop();
        (self.fresh, self.corrected) = (true, true);
    }

    /// Digits without pauses fall into the usual groups of three, four and four.
    fn full(&self) -> bool {
        let size = if self.groups.len() == 1 { 3 } else { 4 };
        self.groups.last().is_some_and(|g| g.len() >= size)
    }

    fn len(&self) -> usize {
        self.groups.iter().map(String::len).sum()
    }

    /// 이 at the end is the copula if it makes the number too long.
    fn drop_copula(&mut self) -> bool {
        let mobile = self.groups.first().is_some_and(|g| g.starts_with("01")) && self.len() == 12;
        let long = self.groups.len() > 1 && self.groups.last().is_some_and(|g| g.len() == 5);
        let dropped = self.copula && (mobile || long);
        if dropped {
            self.groups.last_mut().map(String::pop);
        }
        dropped
    }
}

/// The longest run of digits that begins at a place; at least three digits.
pub fn digits_at(line: &Line, i: usize) -> Option<Digits> {
    let mut groups = Groups::default();
    let (mut at, mut end) = (i, i);
    while let Some((digit, times, after)) = digit_word(line, at) {
        groups.copula = line.at(at) == '이';
        for _ in 0..times {
            groups.push(digit);
        }
        end = after;
        at = between(line, after, &mut groups);
    }
    if groups.len() < 3 {
        return None;
    }
    if groups.drop_copula() {
        end -= 1;
    }
    Some(Digits {
        digits: groups.groups.concat(),
        start: i,
        end,
        corrected: groups.corrected,
    })
}

/// What may stand between two digits: a separator begins a new group, a repair takes the last one back.
fn between(line: &Line, i: usize, groups: &mut Groups) -> usize {
    const REPAIR: [&str; 30] = [
        "에 아 아니요",
        "에 아니요",
        "에 아 아니다",
        "요 아니요",
        "아 아니요",
        "아 아니에요",
        "아 아니다",
        "아니 아니",
        "no wait",
        "wait no",
        "wait",
        "actually",
        "아이고 틀렸다",
        "아 틀렸다",
        "틀렸다",
        "아이고",
        "아니지",
        "아 잘못",
        "요 아니",
        "이요 아니",
        "에 아니",
        "아 아니",
        "아니다",
        "아니요",
        "아니",
        "아 참",
        "no sorry",
        "sorry",
        "no",
        "i mean",
    ];
    const SEPARATOR: [&str; 18] = [
        "and then",
        "then",
        "그리고",
        "이고",
        "다시",
        "대시",
        "다음에",
        "그다음",
        "에요",
        "에",
        "의",
        "국에",
        "국의",
        "국",
        "번에",
        "-",
        "하고",
        "요",
    ];
    if let Some(after) = line
        .after_any(i, &REPAIR)
        .filter(|a| digit_word(line, *a).is_some())
    {
        groups.take_back();
        return after;
    }
    let after = line
        .after_any(i, &SEPARATOR)
        .filter(|a| digit_word(line, *a).is_some());
    if let Some(after) = after {
        groups.fresh = true;
        return after;
    }
    let hangul = line.cells.get(i).is_some_and(|c| c.syllable.is_hangul());
    groups.fresh |= line.gap(i) && hangul || line.stop(i) || (!hangul && groups.full());
    i
}

/// A digit's word, how often it counts (double two), and where it ends.
fn digit_word(line: &Line, i: usize) -> Option<(char, usize, usize)> {
    let c = line.at(i);
    if c.is_ascii_digit() {
        return Some((c, 1, i + 1));
    }
    if let Some(d) = sino_digit(c).and_then(|d| char::from_digit(u32::try_from(d).ok()?, 10)) {
        return Some((d, 1, i + 1));
    }
    let native = NATIVE.at(line, i).map(|(d, end)| (d, 1, end));
    native.or_else(|| english(line, i))
}

fn english(line: &Line, i: usize) -> Option<(char, usize, usize)> {
    if !line.gap(i) || !line.at(i).is_ascii_alphabetic() {
        return None;
    }
    let word = |i: usize| {
        ENGLISH.iter().find_map(|&(word, d)| {
            let end = line.after(i, word)?;
            line.gap(end).then_some((d, end))
        })
    };
    for (times, n) in [("double", 2), ("triple", 3)] {
        if let Some((d, end)) = line.after(i, times).and_then(word) {
            return Some((d, n, end));
        }
    }
    word(i).map(|(d, end)| (d, 1, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_any_grouping() {
        let table = [
            ("공일공 일이삼사 오육칠팔이요", "01012345678"),
            ("공일공에 팔칠이삼에 둘둘공공이요", "01087232200"),
            ("공일공일이삼사오육칠팔이요", "01012345678"),
            ("010-2207-6060", "01022076060"),
            ("공일공 칠칠칠에 아니 칠칠칠팔에 구영일이예요", "01077789012"),
            ("공사이 팔이일에 사사오공이요", "0428214450"),
            ("공하나공에 삼육 아니 삼오칠구에 사사이하나여", "01035794421"),
            ("oh one oh, double five one two, triple three four", "01055123334"),
            (
                "zero one zero, five five one two, sorry, five five two one, nine eight seven six",
                "01055219876",
            ),
        ];
        for (text, digits) in table {
            let line = Line::new(text);
            let found = digits_at(&line, 0).and_then(|d| d.phone());
            assert_eq!(
                found.map(|n| n.as_str().to_string()).as_deref(),
                Some(digits),
                "{text}"
            );
        }
    }
}
