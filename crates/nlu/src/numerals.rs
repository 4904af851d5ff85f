//! Numbers as they are spoken: native (스물한), Sino-Korean (이십일), digits, and mixtures (3만 5천).

use crate::text::Line;
use crate::words::Words;

/// How a number was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Digits only.
    Digits,
    /// Sino-Korean, or digits with 십, 백, 천, 만.
    Sino,
    /// Native: 하나, 둘, 스물.
    Native,
    /// A native number as recognisers mishear it (내 명 for 네 명): only before a counter.
    Misheard,
    /// Two numbers at once: 서너, 대여섯. The value is the larger.
    Pair,
}

/// A number and where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// Its value.
    pub value: u64,
    /// Place after its last character.
    pub end: usize,
    /// How it was said.
    pub kind: Kind,
}

impl Number {
    /// Whether it takes native counters' numerals or digits (네 명, 4명).
    pub fn is_native(&self) -> bool {
        matches!(self.kind, Kind::Native | Kind::Misheard | Kind::Pair)
    }
}

const UNITS: Words<u64> = Words::new(&[
    ("너이", 4),
    ("서이", 3),
    ("한나", 1),
    ("다슷", 5),
    ("하나", 1),
    ("한", 1),
    ("둘", 2),
    ("두", 2),
    ("셋", 3),
    ("세", 3),
    ("석", 3),
    ("넷", 4),
    ("네", 4),
    ("넉", 4),
    ("다섯", 5),
    ("다서", 5),
    ("다썻", 5),
    ("여섯", 6),
    ("여서", 6),
    ("여썻", 6),
    ("일곱", 7),
    ("일고", 7),
    ("일굽", 7),
    ("여덟", 8),
    ("여덜", 8),
    ("여덥", 8),
    ("여덣", 8),
    ("아홉", 9),
    ("아옵", 9),
    ("아홈", 9),
    ("하난", 1),
    ("뚤", 2),
]);

const TENS: Words<u64> = Words::new(&[
    ("열", 10),
    ("스물", 20),
    ("스무", 20),
    ("서른", 30),
    ("마흔", 40),
    ("쉰", 50),
    ("예순", 60),
    ("일흔", 70),
    ("여든", 80),
    ("아흔", 90),
    ("수물", 20),
]);

/// Pairs with the larger number.
const PAIRS: Words<u64> = Words::new(&[
    ("대엿", 6),
    ("두엇", 2),
    ("한두", 2),
    ("하나둘", 2),
    ("두세", 3),
    ("두서너", 4),
    ("둘셋", 3),
    ("서너", 4),
    ("세네", 4),
    ("셋넷", 4),
    ("네다섯", 5),
    ("너댓", 5),
    ("네댓", 5),
    ("너더댓", 5),
    ("대여섯", 6),
    ("다섯여섯", 6),
    ("예닐곱", 7),
    ("여섯일곱", 7),
    ("일고여덟", 8),
    ("여덟아홉", 9),
]);

/// The Sino-Korean digit of a character.
pub fn sino_digit(c: char) -> Option<u64> {
    Some(match c {
        '영' | '공' | '빵' => 0,
        '일' => 1,
        '이' => 2,
        '삼' => 3,
        '사' => 4,
        '오' => 5,
        '육' | '륙' => 6,
        '칠' => 7,
        '팔' => 8,
        '구' => 9,
        _ => return None,
    })
}

fn small_unit(c: char) -> Option<u64> {
    match c {
        '십' => Some(10),
        '백' => Some(100),
        '천' => Some(1000),
        _ => None,
    }
}

fn large_unit(c: char) -> Option<u64> {
    match c {
        '만' => Some(10_000),
        '억' => Some(100_000_000),
        '조' => Some(1_000_000_000_000),
        _ => None,
    }
}

/// All numbers that begin at a place, added to a list, shorter ones first; what follows decides which is meant (이십일일 is
/// 21일).
pub fn numbers_at(line: &Line, i: usize, all: &mut Vec<Number>) {
    let from = all.len();
    native_at(line, i, all);
    sino_at(line, i, all);
    if let Some(new) = all.get_mut(from..).filter(|new| new.len() > 1) {
        new.sort_by_key(|n: &Number| n.end);
    }
}

/// Native numbers as recognisers mishear them.
const MISHEARD: Words<u64> = Words::new(&[("내", 4), ("새", 3), ("내서", 4), ("하", 1), ("도", 2)]);

fn each(words: &Words<u64>, line: &Line, i: usize, kind: Kind, plus: u64, all: &mut Vec<Number>) {
    if words.may(line.at(i)) {
        for &(word, value) in words.iter() {
            push(line.after(i, word), plus + value, kind, all);
        }
    }
}

fn native_at(line: &Line, i: usize, all: &mut Vec<Number>) {
    each(&PAIRS, line, i, Kind::Pair, 0, all);
    each(&UNITS, line, i, Kind::Native, 0, all);
    if TENS.may(line.at(i)) {
        for &(word, tens) in TENS.iter() {
            let Some(end) = line.after(i, word) else {
                continue;
            };
            push(Some(end), tens, Kind::Native, all);
            each(&UNITS, line, end, Kind::Native, tens, all);
            if word == "열" {
                each(&PAIRS, line, end, Kind::Pair, tens, all);
            }
        }
    }
    if line.gap(i) {
        each(&MISHEARD, line, i, Kind::Misheard, 0, all);
    }
}

fn push(end: Option<usize>, value: u64, kind: Kind, all: &mut Vec<Number>) {
    if let Some(end) = end {
        all.push(Number { value, end, kind });
    }
}

/// The state of reading a Sino-Korean number from left to right.
#[derive(Clone, Copy)]
struct Sino {
    total: u64,
    section: u64,
    digit: Option<u64>,
    small: u64,
    large: u64,
    digits_only: bool,
}

impl Sino {
    fn value(&self) -> u64 {
        self.total
            .saturating_add(self.section)
            .saturating_add(self.digit.unwrap_or(0))
    }

    /// Takes one character; false if the number ends before it.
    fn take(&mut self, c: char) -> bool {
        if let Some(d) = sino_digit(c).filter(|d| *d > 0) {
            return self.take_digit(d);
        }
        if let Some(unit) = small_unit(c).filter(|u| *u < self.small) {
            self.section = self
                .section
                .saturating_add(self.digit.take().unwrap_or(1).saturating_mul(unit));
            self.small = unit;
            return true;
        }
        let Some(unit) = large_unit(c).filter(|u| *u < self.large) else {
            return false;
        };
        let below = self.section.saturating_add(self.digit.take().unwrap_or(0)).max(1);
        self.total = self.total.saturating_add(below.saturating_mul(unit));
        (self.section, self.small, self.large) = (0, 10_000, unit);
        true
    }

    fn take_digit(&mut self, d: u64) -> bool {
        let free = self.digit.is_none() && self.small > 1;
        if free {
            self.digit = Some(d);
        }
        free
    }
}

fn sino_at(line: &Line, i: usize, all: &mut Vec<Number>) {
    let mut at = i;
    let mut sino = Sino {
        total: 0,
        section: 0,
        digit: None,
        small: 10_000,
        large: u64::MAX,
        digits_only: true,
    };
    if sino_digit(line.at(i)) == Some(0) {
        push(Some(i + 1), 0, Kind::Sino, all);
        return;
    }
    while at < line.len() {
        let c = line.at(at);
        if c.is_ascii_digit() {
            let (value, end) = digit_run(line, at);
            if !sino.take_digit(value) {
                break;
            }
            at = end;
        } else if sino.take(c) {
            sino.digits_only = false;
            at += 1;
        } else {
            break;
        }
        if c == '백' {
            hundreds_native(line, at, sino.value(), all);
        }
        let kind = if sino.digits_only {
            Kind::Digits
        } else {
            Kind::Sino
        };
        push(Some(at), sino.value(), kind, all);
    }
}

/// 백스물다섯: hundreds are Sino-Korean, what follows may be native.
fn hundreds_native(line: &Line, i: usize, hundreds: u64, all: &mut Vec<Number>) {
    let mut rest = Vec::new();
    native_at(line, i, &mut rest);
    let native = rest
        .into_iter()
        // 백둘, 백하나; but 백두산 and 백세 are other words.
        .filter(|n| {
            n.kind == Kind::Native && (n.value >= 10 || n.end > i + 1 || "둘셋넷".contains(line.at(i)))
        });
    all.extend(native.map(|n| Number {
        value: n.value.saturating_add(hundreds),
        ..n
    }));
}

/// A run of digits with thousands' commas; a blank ends it.
pub fn digit_run(line: &Line, i: usize) -> (u64, usize) {
    let (mut value, mut at) = (0_u64, i);
    loop {
        let c = line.at(at);
        if let Some(d) = c.to_digit(10) {
            value = value.saturating_mul(10).saturating_add(u64::from(d));
        } else if c != ',' || !(1..=3).all(|k| line.at(at + k).is_ascii_digit()) {
            return (value, at);
        }
        at += 1;
        if line.gap(at) {
            return (value, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Option<u64> {
        let line = Line::new(text);
        let mut all = Vec::new();
        numbers_at(&line, 0, &mut all);
        all.iter()
            .rev()
            .find(|n| n.end == line.len() && n.kind != Kind::Misheard)
            .map(|n| n.value)
    }

    #[test]
    fn numbers_of_every_make() {
        let table = [
            ("스물한", 21),
            ("이십 일", 21),
            ("3만 5천", 35_000),
            ("삼만오천", 35_000),
            ("만 이천", 12_000),
            ("3,500", 3500),
            ("천구백일", 1901),
            ("3백21", 321),
            ("열 두", 12),
            ("서른셋", 33),
            ("삼십이억삼천오백육십구만팔천백이십", 3_235_698_120),
            ("대여섯", 6),
            ("공", 0),
            ("백", 100),
            ("여덜", 8),
        ];
        for (text, value) in table {
            assert_eq!(whole(text), Some(value), "{text}");
        }
        assert_eq!(whole("일일"), None);
        assert_eq!(whole("사장님"), None);
    }
}
