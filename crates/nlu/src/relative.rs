//! What is said relative to what is known: 두 명 더 와요, 그 다음 날은요?

use crate::reading::Reading;
use crate::things::{Thing, What};

/// Where it is said that more or fewer persons come.
pub fn people(reading: &Reading<'_>) -> Option<usize> {
    let found = reading.things.iter().find(|t| more(reading, t).is_some());
    found.map(|t| t.start)
}

/// 두 명 더 와요, 한 명 빠졌어요, 두 명이 못 오게 됐어요.
pub fn more(reading: &Reading<'_>, thing: &Thing) -> Option<i32> {
    const MORE: [&str; 3] = ["더", "추가", "늘"];
    const FEWER: [&str; 7] = ["빠", "못", "줄", "덜", "빼", "안 오", "안 가"];
    let What::People(n) = thing.what else {
        return None;
    };
    let n = i32::try_from(n).ok().filter(|n| (1..=1000).contains(n))?;
    let line = reading.line;
    let end = line
        .after_any(thing.end, &["이", "은", "만", "정도"])
        .unwrap_or(thing.end);
    let follows = |words: &[&str]| words.iter().any(|w| line.has(end, w) || line.has(thing.end, w));
    let people = match () {
        () if !line.is_korean() => english(reading, thing, n)?,
        // 더 올 수도 있는데: perhaps.
        () if (end..end + 8).any(|i| line.has(i, "수도")) => return None,
        () if follows(&MORE) => n,
        () if follows(&FEWER) => -n,
        () => return None,
    };
    Some(people)
}

/// "two more people", "one fewer".
fn english(reading: &Reading<'_>, thing: &Thing, n: i32) -> Option<i32> {
    let line = reading.line;
    let here = |words: &[&str]| {
        words.iter().any(|w| {
            line.has(thing.end, w) || (thing.start..thing.end).any(|i| line.gap(i) && line.has(i, w))
        })
    };
    match () {
        () if here(&["more", "extra"]) => Some(n),
        () if here(&["fewer", "less"]) => Some(-n),
        () => None,
    }
}

/// 그 다음 날, 전날: a day beside the one in focus.
pub fn anaphor(reading: &Reading<'_>) -> Option<i32> {
    anaphor_at(reading).map(|(days, _)| days)
}

/// The same with its place.
pub fn anaphor_at(reading: &Reading<'_>) -> Option<(i32, usize)> {
    const DAYS: [(&str, i32); 14] = [
        ("그다음다음날", 2),
        ("그다음날", 1),
        ("다음날", 1),
        ("담날", 1),
        ("이튿날", 1),
        ("하루뒤", 1),
        ("그전전날", -2),
        ("그전날", -1),
        ("전날", -1),
        ("하루전", -1),
        ("thedayafter", 1),
        ("thenextday", 1),
        ("thefollowingday", 1),
        ("thedaybefore", -1),
    ];
    let line = reading.line;
    let busy = |i: usize| {
        reading
            .things
            .iter()
            .any(|t| t.start <= i && i < t.end || t.end == i)
    };
    (0..line.len())
        .filter(|i| line.gap(*i) && !busy(*i))
        .find_map(|i| {
            let found = DAYS.iter().find(|(word, _)| line.has(i, word))?;
            Some((found.1, i))
        })
}
