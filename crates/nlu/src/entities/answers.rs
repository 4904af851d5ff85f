//! Yes and no, in words and in signs.

use super::value::Draft;
use super::{Entity, EntityKind};
use crate::scan::Scan;
use crate::text::Line;

/// Longer words first.
const WORDS: [(&str, bool); 46] = [
    ("그렇습니다", true),
    ("그렇고말고요", true),
    ("그럼요", true),
    ("그래요", true),
    ("그래", true),
    ("그렇지", true),
    ("맞습니다", true),
    ("맞아요", true),
    ("맞아", true),
    ("좋습니다", true),
    ("좋아요", true),
    ("좋아", true),
    ("좋지", true),
    ("당연하지", true),
    ("당연하죠", true),
    ("물론이죠", true),
    ("물론이지", true),
    ("물론", true),
    ("오케이", true),
    ("동의해요", true),
    ("동의합니다", true),
    ("네네", true),
    ("네", true),
    ("넵", true),
    ("예", true),
    ("응", true),
    ("ok", true),
    ("yes", true),
    ("맞다", true),
    ("그렇다", true),
    ("좋다", true),
    ("틀렸어요", false),
    ("틀렸어", false),
    ("싫어", false),
    ("싫다", false),
    ("안 돼요", false),
    ("안 돼", false),
    ("아니다", false),
    ("아닙니다", false),
    ("아니에요", false),
    ("아니요", false),
    ("아니오", false),
    ("아뇨", false),
    ("아니", false),
    ("싫어요", false),
    ("no", false),
];

/// An answer at a place: a word by itself that begins a sentence or a part of one.
pub(super) fn answer(scan: &Scan<'_>, i: usize) -> Option<Draft> {
    if !scan.line.stop(i) {
        return None;
    }
    let (value, end) = WORDS
        .iter()
        .find_map(|&(w, v)| Some((v, scan.line.after(i, w)?)).filter(|(_, e)| scan.line.gap(*e)))?;
    // 네 명 counts.
    let counts = scan.line.at(i) == '네' && end == i + 1 && crate::counts::people_at(scan, i).is_some();
    (!counts).then(|| Draft::new(EntityKind::Boolean, value.to_string(), end))
}

/// 👍 and 👎, which no reader of words sees.
pub(super) fn signs(line: &Line) -> Vec<Entity> {
    let value = |c: char| match c {
        '👍' | '👌' | '🆗' | '⭕' => Some(true),
        '👎' | '✋' | '🖐' | '❌' => Some(false),
        _ => None,
    };
    let found = line
        .original
        .iter()
        .enumerate()
        .filter_map(|(at, c)| Some((at, value(*c)?)));
    found
        .map(|(start, value)| Entity {
            start,
            end: start + 1,
            kind: EntityKind::Boolean,
            value: value.to_string(),
        })
        .collect()
}
