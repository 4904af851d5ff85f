//! Free words that are kept as they are: a message for the owner, an address.

use biseo_model::understanding::Intent;

use crate::cues::{Concept, Tells};
use crate::intents::Wishes;
use crate::reading::Reading;

/// The words to be passed on: between the addressee and 전해 주세요.
pub fn told(reading: &Reading<'_>) -> Option<(usize, usize)> {
    let line = reading.line;
    let tell = reading
        .cues
        .iter()
        .find(|c| c.tells == Tells::Concept(Concept::Tell))?;
    if !line.is_korean() {
        return english(reading, tell.end);
    }
    let Some(last) = last_words(reading, tell.end) else {
        return before(reading, tell.start);
    };
    before(reading, tell.start).or(Some(last))
}

/// 메모 하나만 부탁해요, 고기는 내일 갖다 드린다고: what is told comes last.
fn last_words(reading: &Reading<'_>, from: usize) -> Option<(usize, usize)> {
    let line = reading.line;
    let end = line.len();
    let quoted = ["다고", "라고", "다고요", "라고요", "자고"]
        .iter()
        .any(|w| line.ends(end, w));
    let start = reading.clauses.iter().map(|c| c.0).find(|s| *s >= from)?;
    (quoted && end > start + 4).then_some((start, end))
}

/// What ends with 다고 or 라고 before the word for telling.
fn before(reading: &Reading<'_>, tell: usize) -> Option<(usize, usize)> {
    let line = reading.line;
    // 왔다 갔다고 좀 해 줘요: the quotation's end is part of the word.
    let quote = (1..=tell + 2)
        .rev()
        .find(|i| {
            [
                "라고",
                "다고",
                "라고만",
                "다고만",
                "자고",
                "냐고",
                "라구",
                "다구",
                "라꼬",
                "다꼬",
            ]
            .iter()
            .any(|w| line.ends(*i, w))
        })
        .filter(|i| tell.saturating_sub(*i) <= 10);
    let end = quote?;
    let start = reading
        .cues
        .iter()
        .filter(|c| c.tells == Tells::Concept(Concept::OwnerTo) && c.end < end)
        .map(|c| c.end)
        .max()
        .or_else(|| addressee(reading, end))
        .unwrap_or(0);
    Some((start, end))
}

/// Who comes late tells it in the whole utterance, without asking that it be passed on.
pub fn late(reading: &Reading<'_>) -> Option<(usize, usize)> {
    let line = reading.line;
    let asked = reading.says(Concept::Tell);
    let late = (0..line.len()).any(|i| ["늦", "late", "running behind"].iter().any(|w| line.has(i, w)));
    (late && !asked).then_some((0, line.len()))
}

/// 지은 쌤한테, 요양팀에: the end of the addressee.
fn addressee(reading: &Reading<'_>, before: usize) -> Option<usize> {
    let line = reading.line;
    (1..before)
        .filter(|i| line.gap(*i) && ["한테", "에게", "께", "한테다"].iter().any(|w| line.ends(*i, w)))
        .min()
}

fn english(reading: &Reading<'_>, from: usize) -> Option<(usize, usize)> {
    let line = reading.line;
    let start = [
        "for the owner",
        "for him",
        "for her",
        "that",
        "to the owner",
        "the owner",
        "for you",
    ]
    .iter()
    .find_map(|w| line.after(from, w))
    .unwrap_or(from);
    let start = line.after_any(start, &["that", "saying"]).unwrap_or(start);
    // "Could you pass something on for me": what is to be told comes next.
    let end = ["please", "for me", "from me", "thanks", "thank you"]
        .iter()
        .filter(|w| line.ends(line.len(), w))
        .map(|w| line.len() - w.chars().filter(|c| *c != ' ').count())
        .min()
        .unwrap_or(line.len());
    (end > start + 3).then_some((start, end))
}

/// Whether an answer to "your message?" is one, not a question or a word about the call.
pub fn is_answer(reading: &Reading<'_>, wishes: &Wishes) -> bool {
    use Concept::{No, Repeat, Unsure, Wait, Yes};
    let short =
        reading.line.len() <= 6 && reading.says_any(&[No, Repeat, Unsure, Wait, Yes, Concept::Enough]);
    let other = wishes.intents.iter().any(|(i, _)| {
        !matches!(
            i,
            Intent::LeaveMessage
                | Intent::RequestCallback
                | Intent::Complain
                | Intent::SalesPitch
                | Intent::Chitchat
                | Intent::Ask
                | Intent::Book
                | Intent::Order
        )
    });
    !short && !other && !reading.says_any(&[Repeat, Wait])
}

/// An address as answered, without the ending.
pub fn address(reading: &Reading<'_>) -> Option<(usize, usize)> {
    let line = reading.line;
    if reading.says_any(&[Concept::Repeat, Concept::Wait, Concept::Unsure]) || line.len() < 3 {
        return None;
    }
    let end = [
        "이요",
        "이에요",
        "예요",
        "입니다",
        "요",
        "으로 와 주세요",
        "로 와 주세요",
        "로 해 주세요",
        "으로 해 주세요",
    ]
    .iter()
    .filter(|w| line.ends(line.len(), w))
    .map(|w| line.len() - w.chars().filter(|c| *c != ' ').count())
    .min()
    .unwrap_or(line.len());
    Some((0, end))
}
