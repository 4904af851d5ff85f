//! Values of which one takes back another: 여섯 시 말고 일곱 시요.

use biseo_model::understanding::{Awaiting, Value};

use super::{Draft, group, same};
use crate::cues::{Concept, Tells};
use crate::reading::Reading;
use crate::things::What;

/// Finds values of one slot of which one takes back another; the taken back is marked.
pub(super) fn contrast(reading: &Reading<'_>, drafts: &mut [Draft]) -> bool {
    let mut corrected = false;
    for i in 0..drafts.len() {
        if drafts[i].was {
            continue;
        }
        let slot = group(&drafts[i].value);
        let other = drafts
            .iter()
            .enumerate()
            .any(|(j, d)| j != i && !d.was && group(&d.value) == slot);
        if !other && !matches!(drafts[i].value, Value::Phone(_)) {
            continue;
        }
        if instead_after(reading, drafts[i].end) || not_before(reading, drafts[i].start) {
            drafts[i].was = true;
            corrected = true;
            continue;
        }
        let next = (i + 1..drafts.len()).find(|j| group(&drafts[*j].value) == slot);
        if let Some(j) = next {
            let repaired = repair_between(reading, drafts[i].end, drafts[j].start);
            let differs = !same(&drafts[i].value, &drafts[j].value);
            if repaired && differs {
                drafts[i].was = true;
                corrected = true;
            }
        }
    }
    // 커트요 아 아니다 커트 말고 클리닉으로
    let named = |d: &Draft| d.was && matches!(d.value, Value::Service(_) | Value::Staff(_));
    let taken: Vec<usize> = (0..drafts.len()).filter(|i| named(&drafts[*i])).collect();
    for i in taken {
        let value = drafts[i].value.clone();
        let before = drafts[..i].iter_mut();
        before
            .filter(|d| same(&d.value, &value))
            .for_each(|d| d.was = true);
    }
    for thing in &reading.things {
        corrected |= matches!(thing.what, What::Phone(_, true));
    }
    // 이번 주 말고 다음 주 토요일: a stretch is replaced by a day.
    let stretch = reading.things.iter().any(|t| {
        let later = drafts
            .iter()
            .any(|d| d.start >= t.end && matches!(d.value, Value::Date(_)));
        matches!(t.what, What::Stretch) && later && instead_after(reading, t.end)
    });
    corrected | stretch | name_contrast(reading, drafts)
}

/// 아홉 시는 좀 그런데요, 염색은 안 할게요: said of a value alone. Whether something that was told before is taken off.
pub(super) fn declined(reading: &Reading<'_>, drafts: &mut [Draft]) -> bool {
    const HARD: [&str; 18] = [
        "늦",
        "이르",
        "일러",
        "이른",
        "그런데요",
        "그런데",
        "그렇",
        "애매",
        "어렵",
        "어려",
        "힘들",
        "곤란",
        "부담",
        "무리",
        "빠듯",
        "안 되",
        "안 돼",
        "안 될",
    ];
    const OFF: [&str; 8] = [
        "안 할",
        "안 하",
        "빼",
        "필요 없",
        "필요없",
        "됐어요",
        "됐고",
        "취소",
    ];
    let line = reading.line;
    let offered = matches!(
        reading.context.awaiting,
        Some(Awaiting::Alternative | Awaiting::Offer)
    );
    if line.question || !reading.in_task() {
        return false;
    }
    let mut taken = false;
    for d in drafts.iter_mut().filter(|d| !d.was) {
        let at = line
            .after_any(
                d.end,
                &["에는", "으로는", "로는", "은", "는", "도", "을", "를", "면"],
            )
            .unwrap_or(d.end);
        let at = line.after_any(at, &["좀", "조금", "너무"]).unwrap_or(at);
        let says = |words: &[&str]| words.iter().any(|w| line.has(at, w));
        let thing = matches!(d.value, Value::Service(_) | Value::MenuItem { .. });
        let when = matches!(
            d.value,
            Value::Date(_) | Value::Time { .. } | Value::PickupTime(_)
        );
        let off = thing && !offered && says(&OFF);
        d.was = off || when && offered && says(&HARD);
        taken |= off;
    }
    taken
}

/// 다음 주 수요일 아니 목요일: the weekday lies in the week of the day that it replaces.
pub(super) fn same_week(reading: &Reading<'_>, drafts: &mut [Draft]) {
    for i in 1..drafts.len() {
        let bare = reading
            .things
            .iter()
            .any(|t| t.start == drafts[i].start && matches!(&t.what, What::Day(d) if d.weekday));
        let taken_back = drafts[..i].iter().rev().find_map(|d| match d.value {
            Value::Date(date) if d.was => Some(date),
            _ => None,
        });
        let (Some(old), Value::Date(new), true) = (taken_back, &drafts[i].value, bare && !drafts[i].was)
        else {
            continue;
        };
        let days = i64::from(new.weekday().to_monday_zero_offset())
            - i64::from(old.weekday().to_monday_zero_offset());
        let moved = old.checked_add(jiff::Span::new().days(days)).ok();
        if let Some(date) = moved.filter(|d| *d >= reading.context.now.date()) {
            drafts[i].value = Value::Date(date);
        }
    }
}

/// 김민수가 아니라 김민서예요 leaves one name; the contrast is a correction all the same.
pub(super) fn name_contrast(reading: &Reading<'_>, drafts: &[Draft]) -> bool {
    let name = drafts.iter().find(|d| matches!(d.value, Value::Name(_)));
    name.is_some_and(|n| {
        reading.cues.iter().any(|c| {
            c.tells == Tells::Concept(Concept::Instead) && c.start < n.start && reading.line.is_korean()
        })
    })
}

/// 말고, 아니라, 아니고 after a value.
pub(super) fn instead_after(reading: &Reading<'_>, end: usize) -> bool {
    let at = ["이", "가", "은", "는", "요"]
        .iter()
        .find_map(|p| reading.line.after(end, p))
        .unwrap_or(end);
    let said = |at: usize| {
        reading
            .cues
            .iter()
            .any(|c| c.start <= at && at < c.start + 2 && c.tells == Tells::Concept(Concept::Instead))
    };
    // 뻘겋게 버무린 거 말고: what is described is replaced.
    let line = reading.line;
    let described = (end..end + 7).any(|i| {
        (line.ends(i, "거") || line.ends(i, "것"))
            && said(i)
            && !reading.things.iter().any(|t| t.start >= end && t.start < i)
    });
    reading.line.is_korean() && (said(end) || said(at) || described)
}

/// "blow dry, not treatment".
pub(super) fn not_before(reading: &Reading<'_>, start: usize) -> bool {
    // "If not" leads to a second choice.
    let not = |c: &crate::cues::Cue| {
        c.end == start && c.tells == Tells::Concept(Concept::Instead) && !reading.line.ends(c.start, "if")
    };
    !reading.line.is_korean() && reading.cues.iter().any(not)
}

/// 아니, 아니다, 아 between two values.
pub(super) fn repair_between(reading: &Reading<'_>, from: usize, to: usize) -> bool {
    let cue = reading.cues.iter().any(|c| {
        c.start >= from
            && c.start < to
            && matches!(c.tells, Tells::Concept(Concept::Repair))
            && !reading.line.has(c.start, "아니면")
    });
    let not = !reading.line.is_korean()
        && reading.cues.iter().any(|c| {
            let not = matches!(c.tells, Tells::Concept(Concept::Instead));
            not && c.start >= from && c.end < to && !reading.line.ends(c.start, "if")
        });
    let ah = (from..to).any(|i| reading.line.gap(i) && reading.line.gap(i + 1) && reading.line.has(i, "아"));
    (cue || not || ah) && to.saturating_sub(from) <= 24
}
