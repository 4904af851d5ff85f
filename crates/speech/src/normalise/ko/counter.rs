//! Numbers with what they count: persons, things, money, minutes, litres; and ranges of them.

use super::number::{mixed, native, read, sino};
use super::tables::{
    AGE_AFTER, COUNTERS, PERSONS_AFTER, PERSONS_BEFORE, TIMES_AFTER, TIMES_BEFORE, UNITS, Way,
};
use crate::normalise::scan::{Here, Number, Said};

/// Signs of money before a figure.
const MONEY: [(char, &str); 4] = [('₩', "원"), ('$', "달러"), ('€', "유로"), ('¥', "엔")];
/// "2~3명": two neighbours in one word.
const NEIGHBOURS: [&str; 10] = [
    "",
    "한두",
    "두세",
    "서너",
    "네다섯",
    "대여섯",
    "예닐곱",
    "일고여덟",
    "여덟아홉",
    "아홉열",
];

/// What stands after a number: how to say the number, the counter's name, its length with the space before it.
#[derive(Debug, Clone)]
struct Counter {
    way: Way,
    name: &'static str,
    length: usize,
}

/// An amount without its counter.
enum Amount {
    Number(Number),
    Mixed(String, usize),
}

impl Amount {
    fn at(here: &Here) -> Option<Self> {
        let mixed = mixed(here).map(|(words, length)| Amount::Mixed(words, length));
        mixed.or_else(|| here.number().map(Amount::Number))
    }

    fn length(&self) -> usize {
        match self {
            Amount::Number(number) => number.length,
            Amount::Mixed(_, length) => *length,
        }
    }

    fn value(&self) -> Option<u64> {
        match self {
            Amount::Number(number) => number.value(),
            Amount::Mixed(..) => None,
        }
    }

    fn sino(&self) -> String {
        match self {
            Amount::Number(number) => read(number),
            Amount::Mixed(words, _) => words.clone(),
        }
    }

    fn with(&self, counter: &Counter) -> String {
        let native = match (counter.way, self.value()) {
            (Way::Native(limit), Some(value)) if value <= limit => native(value),
            _ => None,
        };
        if counter.name == "번째" && self.value() == Some(1) {
            return "첫 번째".into();
        }
        let gap = if counter.way == Way::Joined { "" } else { " " };
        format!("{}{gap}{}", native.unwrap_or_else(|| self.sino()), counter.name)
    }
}

/// The counter that stands right after an amount that began at `here` and is `length` long.
fn counter_after(here: &Here, length: usize, value: Option<u64>) -> Option<Counter> {
    let after = here.skip(length);
    unit(&after).or_else(|| {
        let gap = after.spaces();
        let close = after.skip(gap);
        // "3 명" is a counter too, but "3 대전" is not: after a space the word must end or go on with a particle.
        let (name, way) = COUNTERS.iter().find(|(name, _)| close.word(name).is_some())?;
        let word = name.chars().count();
        let next = close.char(word);
        let apart = gap == 0
            || (gap == 1
                && next.is_none_or(|c| {
                    !is_hangul(c) || "이에의으은는을를가도만과와로요입부까정씩당".contains(c)
                }));
        apart.then(|| Counter {
            way: refine(here, name, *way, &close.skip(word), value),
            name,
            length: gap + word,
        })
    })
}

fn unit(after: &Here) -> Option<Counter> {
    let gap = after.spaces().min(1);
    let close = after.skip(gap);
    let (sign, name) = UNITS.iter().find(|(sign, _)| {
        let next = close.word(sign).and_then(|length| close.char(length));
        close.word(sign).is_some() && !next.is_some_and(|c| c.is_ascii_alphanumeric())
    })?;
    let way = if *name == "시간" {
        Way::Native(20)
    } else {
        Way::Sino
    };
    Some(Counter {
        way,
        name,
        length: gap + sign.chars().count(),
    })
}

/// Where the same counter is said in two ways, what stands around it decides.
fn refine(here: &Here, name: &str, way: Way, after: &Here, value: Option<u64>) -> Way {
    let follows =
        |words: &[&str]| after.skip(after.spaces()).one_of(words).is_some() || after.one_of(words).is_some();
    match name {
        "분" if value.is_some_and(|v| v <= 20)
            && (follows(PERSONS_AFTER) || here.follows(PERSONS_BEFORE)) =>
        {
            Way::Native(20)
        }
        "번" if here.follows(TIMES_BEFORE) || follows(TIMES_AFTER) => Way::Native(39),
        "대" if value.is_some_and(|v| v % 10 == 0) && follows(AGE_AFTER) => Way::Sino,
        "반" if value.is_some_and(|v| v > 30) => Way::Joined,
        _ => way,
    }
}

fn is_hangul(c: char) -> bool {
    ('가'..='힣').contains(&c)
}

/// A money sign, its length with the space after it, and what it is called.
fn money_sign(here: &Here) -> Option<(&'static str, usize)> {
    let (_, name) = MONEY.iter().find(|(sign, _)| here.char(0) == Some(*sign))?;
    Some((name, 1 + here.skip(1).spaces()))
}

/// "18,000원", "4명", "1.25L", "₩9,000", "3만 5천원".
pub(super) fn counted(here: &Here) -> Option<Said> {
    if let Some((name, sign)) = money_sign(here) {
        let amount = Amount::at(&here.skip(sign))?;
        let counter = Counter {
            way: Way::Sino,
            name,
            length: 0,
        };
        return Some(Said::new(sign + amount.length(), amount.with(&counter)));
    }
    let amount = Amount::at(here)?;
    let counter = counter_after(here, amount.length(), amount.value());
    match (counter, &amount) {
        (Some(counter), _) => Some(Said::new(amount.length() + counter.length, amount.with(&counter))),
        (None, Amount::Mixed(words, length)) => Some(Said::new(*length, words.clone())),
        (None, Amount::Number(_)) => None,
    }
}

/// "2~3명", "9,000~15,000원", "10분~15분", "5-7일".
pub(super) fn range(here: &Here) -> Option<Said> {
    let (first, last, until, counter, own) = ends(here)?;
    let start = own + until + last.length() + counter.length;
    if let (Some(a), Some(b), Way::Native(_)) = (first.value(), last.value(), counter.way)
        && b == a + 1
        && let Some(pair) = NEIGHBOURS.get(a as usize).filter(|pair| !pair.is_empty())
    {
        return Some(Said::new(start, format!("{pair} {}", counter.name)));
    }
    Some(Said::new(
        start,
        format!("{}에서 {}", first.with(&counter), last.with(&counter)),
    ))
}

/// The two ends, the length of the sign between, the counter, and the length of the first end with its own counter.
fn ends(here: &Here) -> Option<(Amount, Amount, usize, Counter, usize)> {
    let first = Amount::at(here)?;
    let mine = counter_after(here, first.length(), first.value());
    let own = first.length() + mine.as_ref().map_or(0, |c| c.length);
    let until = here.skip(own).until()?;
    let far = here.skip(own + until);
    let last = Amount::at(&far)?;
    let counter = counter_after(&far, last.length(), last.value())?;
    let alike = mine.is_none_or(|mine| mine.name == counter.name);
    alike.then_some((first, last, until, counter, own))
}

/// "1/2": "이분의 일".
pub(super) fn fraction(here: &Here) -> Option<Said> {
    let (upper, length) = here.small(99).filter(|_| here.number_starts())?;
    if here.char(length) != Some('/') {
        return None;
    }
    let (lower, more) = here.skip(length + 1).small(99).filter(|(v, _)| *v > 1)?;
    let words = format!("{}분의 {}", sino(lower.into()), sino(upper.into()));
    Some(Said::new(length + 1 + more, words))
}

/// "-5°C" is "영하 오 도", "-3" "마이너스 삼".
pub(super) fn negative(here: &Here) -> Option<Said> {
    if !here.is_minus() {
        return None;
    }
    let rest = here.skip(1);
    let number = rest.number()?;
    let said = counted(&rest).unwrap_or_else(|| Said::new(number.length, read(&number)));
    let cold = said.words.ends_with(" 도");
    Some(Said::new(
        1 + said.length,
        format!("{} {}", if cold { "영하" } else { "마이너스" }, said.words),
    ))
}
