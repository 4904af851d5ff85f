//! Values that are taken back by the way they are said: 처음엔 넷이었는데 다섯이요, 커트라고 했는데 펌으로 하셨네요.

use biseo_model::understanding::{Awaiting, Slot, Value};

use super::{Draft, group, same};
use crate::reading::Reading;

/// After a value: it was meant before.
const BEFORE: [&str; 34] = [
    "이었는데",
    "였는데",
    "라고 했는데",
    "이라고 했는데",
    "라고 했었",
    "라 했는데",
    "이라 했는데",
    "라 캤는데",
    "이라 캤는데",
    "라 혔는디",
    "이라 혔는디",
    "라고 말씀드렸",
    "라고 말씀을 드렸",
    "이라고 말씀",
    "인 줄 알았",
    "로 했는데",
    "으로 했는데",
    "로 했었",
    "한테 했는데",
    "하려고 했는데",
    "하려고 했었",
    "하려다",
    "시키려다",
    "시키려고 했",
    "시킬라 그랬",
    "할라 그랬",
    "할까 했는데",
    "할까 하다",
    "갖고는",
    "가지고는",
    "로는 모자",
    "는 모자",
    "로 예약했는데",
    "면 될까",
];
/// After a value that the assistant read back: it is not what the caller said.
const MISHEARD: [&str; 14] = [
    "로 하셨",
    "로 적으셨",
    "로 들으셨",
    "로 돼 있",
    "로 돼있",
    "로 되어",
    "로 나오",
    "로 알아들",
    "로 알고",
    "예요 왜",
    "을 시킨 적",
    "를 시킨 적",
    "은 시킨 적",
    "는 시킨 적",
];

/// Marks what is taken back, and tells whether anything was.
pub(super) fn retracted(reading: &Reading<'_>, drafts: &mut [Draft]) -> bool {
    let mut corrected = false;
    for i in 0..drafts.len() {
        if drafts[i].was {
            continue;
        }
        let slot = group(&drafts[i].value);
        let rival = |d: &Draft| !d.was && group(&d.value) == slot && !same(&d.value, &drafts[i].value);
        let Some(j) = (0..drafts.len()).find(|j| *j != i && rival(&drafts[*j])) else {
            continue;
        };
        let later = j > i || drafts[i + 1..].iter().any(rival);
        let confirm = reading.context.awaiting == Some(Awaiting::Confirm);
        let misheard = confirm && misheard(reading, &drafts[i]);
        let replaced =
            later && (meant_before(reading, &drafts[i]) && !rival_misheard(reading, drafts, i, confirm));
        let decided = reading.asked(slot) && j == i + 1 && decided(reading, &drafts[i], &drafts[j]);
        if misheard || replaced || decided || later && set_aside(reading, &drafts[i], slot) {
            let value = drafts[i].value.clone();
            for d in drafts.iter_mut().filter(|d| same(&d.value, &value)) {
                d.was = true;
            }
            corrected = true;
        }
    }
    corrected
}

fn follows(reading: &Reading<'_>, end: usize, words: &[&str]) -> bool {
    let line = reading.line;
    // 펌 좀 하려고 했는데: a word or two may stand between.
    (end..end + 3).any(|i| (i == end || line.gap(i)) && words.iter().any(|w| line.has(i, w)))
}

fn meant_before(reading: &Reading<'_>, d: &Draft) -> bool {
    follows(reading, d.end, &BEFORE)
}

/// 왜 일곱 시예요, 펌으로 하셨네요.
fn misheard(reading: &Reading<'_>, d: &Draft) -> bool {
    let line = reading.line;
    let end = line.after(d.end, "으").unwrap_or(d.end);
    let why = line.ends(d.start, "왜");
    why || MISHEARD.iter().any(|w| line.has(end, w) || line.has(d.end, w))
}

fn rival_misheard(reading: &Reading<'_>, drafts: &[Draft], i: usize, confirm: bool) -> bool {
    let slot = group(&drafts[i].value);
    let mut rivals = drafts[i + 1..].iter().filter(|d| group(&d.value) == slot);
    confirm && rivals.any(|d| misheard(reading, d))
}

/// 내일은 좀 그렇고 모레가 낫겠네요: of two answers to one question, the first with the particle of a topic is set aside.
fn set_aside(reading: &Reading<'_>, d: &Draft, slot: Slot) -> bool {
    let line = reading.line;
    let topic = ["은", "는", "에는"]
        .iter()
        .any(|p| line.after(d.end, p).is_some_and(|end| line.gap(end)));
    (reading.asked(slot) || reading.in_task())
        && topic
        && matches!(d.value, Value::Date(_) | Value::Time { .. } | Value::Staff(_))
}

/// 여섯 시쯤 음 여섯 시 반으로 할게요: the second with 로 할게요, and nothing between that keeps both.
fn decided(reading: &Reading<'_>, first: &Draft, second: &Draft) -> bool {
    const BOTH: [&str; 10] = [
        "아니면",
        "또는",
        "이나",
        "나",
        "안 되면",
        "되면",
        "든지",
        "에서",
        "부터",
        "혹은",
    ];
    let line = reading.line;
    let both = (first.end..second.start).any(|i| BOTH.iter().any(|w| line.has(i, w)));
    let to = line.after_any(second.end, &["으로", "로"]);
    let ends = to.is_some_and(|at| ["할", "해", "하", "요"].iter().any(|w| line.has(at, w)));
    ends && !both
        && matches!(
            first.value,
            Value::Date(_) | Value::Time { .. } | Value::PartySize(_)
        )
}

/// Of several numbers of pieces in answer to "how many?" the last one counts.
pub(super) fn last_quantity(reading: &Reading<'_>, drafts: &mut [Draft]) {
    let bare = |d: &Draft| matches!(d.value, Value::Quantity(_)) && !d.was;
    let item = drafts.iter().any(|d| matches!(d.value, Value::MenuItem { .. }));
    let Some(last) = drafts
        .iter()
        .rposition(bare)
        .filter(|_| reading.asked(Slot::Quantity) && !item)
    else {
        return;
    };
    for d in drafts[..last].iter_mut().filter(|d| bare(d)) {
        d.was = true;
    }
}

/// 내일이 제사라서 그다음 날로 할게요: the day after the one that was said.
pub(super) fn day_beside(reading: &Reading<'_>, drafts: &mut [Draft]) {
    let Some((days, at)) = crate::relative::anaphor_at(reading) else {
        return;
    };
    let mut dates = drafts
        .iter_mut()
        .filter(|d| matches!(d.value, Value::Date(_)) && d.end <= at);
    let (Some(draft), None) = (dates.next(), dates.next()) else {
        return;
    };
    if let Value::Date(date) = draft.value
        && let Ok(moved) = date.checked_add(jiff::Span::new().days(days))
    {
        draft.value = Value::Date(moved);
    }
}
