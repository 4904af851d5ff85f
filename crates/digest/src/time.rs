//! How long a page takes to read, and what is folded so that it is read in two minutes.

use crate::page::{Section, SectionKind};

/// Nobody reads longer than this on the way home.
pub const MOST_SECONDS: u32 = 120;
/// One syllable of Korean, in milliseconds: 500 a minute. Assumed, as is the next; no reader was measured.
const SYLLABLE_MS: u64 = 120;
/// A word or number in other letters, in milliseconds: 240 a minute.
const WORD_MS: u64 = 250;

/// Milliseconds that a text takes.
pub(crate) fn millis(text: &str) -> u64 {
    let (mut total, mut in_word) = (0, false);
    for c in text.chars() {
        let syllable = matches!(c, '가'..='힣' | '\u{4e00}'..='\u{9fff}' | '\u{3040}'..='\u{30ff}');
        let letter = !syllable && c.is_alphanumeric();
        total += if syllable { SYLLABLE_MS } else { 0 };
        total += if letter && !in_word { WORD_MS } else { 0 };
        in_word = letter;
    }
    total
}

/// Seconds, rounded up.
///
/// ```
/// assert_eq!(biseo_digest::seconds("전화 3통"), 1);
/// assert_eq!(biseo_digest::seconds(""), 0);
/// ```
pub fn seconds(text: &str) -> u32 {
    u32::try_from(millis(text).div_ceil(1000)).unwrap_or(u32::MAX)
}

/// How soon a section's lines are folded: the weight times a line's place. What must be done goes last.
fn weight(kind: SectionKind) -> u32 {
    match kind {
        SectionKind::Tonight => 1,
        SectionKind::Tomorrow => 3,
        SectionKind::Promises | SectionKind::Badly | SectionKind::Line => 4,
        SectionKind::Unanswered => 6,
        SectionKind::News => 7,
        SectionKind::Blocked => 8,
    }
}

/// Keeps as many lines as can be read in so many milliseconds, the foremost of each section; the others are counted as folded.
/// Every section keeps its number of lines and folded ones together.
pub(crate) fn fold(sections: &mut [Section], budget: u64) {
    let mut order: Vec<(u32, usize)> = Vec::new();
    for (s, section) in sections.iter().enumerate() {
        let places = 0..u32::try_from(section.lines.len()).unwrap_or(u32::MAX);
        order.extend(places.map(|i| (weight(section.kind) * (i + 1), s)));
    }
    order.sort_unstable();
    let (mut left, mut keep, mut full) = (budget, vec![0; sections.len()], vec![false; sections.len()]);
    for (_, s) in order {
        let cost = sections[s].lines[keep[s]].millis();
        if full[s] || cost > left {
            full[s] = true;
            continue;
        }
        left -= cost;
        keep[s] += 1;
    }
    for (section, keep) in sections.iter_mut().zip(keep) {
        section.folded += section.lines.len() - keep;
        section.lines.truncate(keep);
    }
}
