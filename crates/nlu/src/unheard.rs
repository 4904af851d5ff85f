//! Cues that the lexicon found in words that mean something else: 세 |사람이에요, 아기 의자 |하나요, 이만| 원, 유모|차 가져가요.

use biseo_model::understanding::Topic;

use crate::anchors;
use crate::cues::{Concept, Cue, Tells};
use crate::reading::Reading;
use crate::text::Line;
use crate::things::{Thing, What};
use crate::vocabulary::Term;

/// Drops what was not meant.
pub fn drop(reading: &mut Reading<'_>) {
    let line = reading.line;
    let things = &reading.things;
    let anchored = anchors::find(line).is_some();
    reading.cues.retain(|cue| {
        let other = counted(line, things, cue) || elsewhere(line, cue) || guest_is_there(line, cue);
        let crossed = matches!(cue.tells, Tells::Topic(_)) && crosses_day(things, cue);
        let other = other || crossed;
        let hours = anchored && cue.tells == Tells::Topic(Topic::Hours);
        !other && !hours
    });
}

/// 예약 금|요일: the end of the cue is the beginning of a day.
fn crosses_day(things: &[Thing], cue: &Cue) -> bool {
    things.iter().any(|t| {
        let value = matches!(t.what, What::Day(_) | What::Clock(_) | What::People(_));
        value && cue.start < t.start && t.start < cue.end && cue.end < t.end
    })
}

/// The end of a number with its ending looks like a question: 아이 하나요, 세 사람이에요.
fn counted(line: &Line, things: &[Thing], cue: &Cue) -> bool {
    let asks = matches!(
        cue.tells,
        Tells::Concept(Concept::Q | Concept::QStrong | Concept::Chitchat)
    );
    let item_before = |at: usize| {
        let item = things
            .iter()
            .any(|t| t.end == at && matches!(t.what, What::Term(Term::Item(_))));
        item || line.ends(at, "의자")
    };
    // 하나요: the question's ending 나요 begins within the number as well.
    let number = |t: &Thing| match t.what {
        What::People(_) => true,
        What::Pieces(_) => item_before(t.start),
        _ => false,
    };
    asks && (things
        .iter()
        .any(|t| number(t) && t.start <= cue.start && cue.start < t.end)
        || line.has(cue.start.saturating_sub(1), "하나요") && item_before(cue.start.saturating_sub(1))
        || line.has(cue.start, "하나요") && item_before(cue.start))
}

/// 이만 원, 유모차 가져가요, 아무래도.
fn elsewhere(line: &Line, cue: &Cue) -> bool {
    const NUMBERS: [&str; 12] = [
        "원", "오", "천", "삼", "사", "육", "칠", "팔", "구", "번", "큼", "한",
    ];
    let follows = |words: &[&str]| words.iter().any(|w| line.has(cue.end, w));
    match cue.tells {
        Tells::Concept(Concept::Bye) => line.has(cue.start, "이만") && follows(&NUMBERS),
        // 예약은 안 바꿔도 되고요
        Tells::Concept(Concept::Change | Concept::Cancel) => {
            line.ends(cue.start, "안") && (line.has(cue.end, "도") || line.has(cue.end + 1, "도"))
        }
        // 아 맞다 주차는 어떻게 해요
        Tells::Concept(Concept::Yes) => line.has(cue.start, "맞다") && line.ends(cue.start, "아"),
        // 한번 더 생각해 볼게요
        Tells::Concept(Concept::Repeat) => follows(&["생각", "고민", "알아보", "확인하고", "상의"]),
        Tells::Concept(Concept::Any) => line.has(cue.start, "아무") && follows(&["래도", "튼", "도"]),
        // 아무 데나요, 언제나요: any, and no question.
        Tells::Concept(Concept::Q | Concept::QStrong) if line.has(cue.start, "나요") => {
            ["아무데", "아무때", "아무", "누구", "언제", "어디"]
                .iter()
                .any(|w| line.ends(cue.start, w))
        }
        // 유모차 가져가요 tells; only a question mark would make it a question.
        Tells::Concept(Concept::Q) => {
            let brings = ["가져", "가지고", "데리고", "데려", "끌고", "들고"]
                .iter()
                .any(|w| line.ends(cue.start, w));
            line.has(cue.start, "가요") && brings && !line.question
        }
        // 창가 없으면 아무 데나요: a wish with a way out.
        Tells::Topic(Topic::Other) => {
            follows(&["없으면", "가 없으면", "자리 없으면", "자리가 없으면", "안 되면"])
        }
        Tells::Topic(Topic::Parking) => line.at(cue.start) == '차' && line.ends(cue.start, "유모"),
        _ => false,
    }
}

/// 휠체어 타신 분이 계세요: tells of a guest, asks for nobody and takes no leave.
fn guest_is_there(line: &Line, cue: &Cue) -> bool {
    let there = matches!(
        cue.tells,
        Tells::Concept(Concept::Bye | Concept::FetchPerson) if line.has(cue.start, "계")
    );
    let guest = [
        "분이",
        "분도",
        "분들이",
        "어르신이",
        "어른이",
        "부모님이",
        "어머니가",
        "할머니가",
    ];
    there && !line.question && guest.iter().any(|w| line.ends(cue.start, w))
}

/// How many characters neither a value nor a cue explains.
pub fn unread(reading: &Reading<'_>) -> usize {
    unread_in(reading, 0, usize::MAX)
}

/// The same of a span.
pub fn unread_in(reading: &Reading<'_>, start: usize, end: usize) -> usize {
    let read = |i: usize| {
        reading.things.iter().any(|t| t.start <= i && i < t.end)
            || reading.cues.iter().any(|c| c.start <= i && i < c.end)
    };
    (start..end.min(reading.line.len())).filter(|i| !read(*i)).count()
}
