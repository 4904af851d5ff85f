//! Items and their numbers: 후라이드 두 마리하고 콜라 하나요.

use biseo_model::understanding::{Intent, Value};

use super::Draft;
use crate::intents::Wishes;
use crate::reading::Reading;

/// Gives items their numbers: the one right after, or right before.
pub(super) fn quantities(reading: &Reading<'_>, wishes: &Wishes, drafts: &mut Vec<Draft>) {
    if !drafts.iter().any(is_item) {
        return;
    }
    if wishes.has(Intent::Order) && !wishes.has(Intent::Book) {
        // 애들이 넷이라 두 마리는 시켜야겠네: who will eat is no party.
        drafts.retain(|d| !matches!(d.value, Value::PartySize(_)));
    }
    sum_of_all(reading, drafts);
    for i in 0..drafts.len() {
        let Value::Quantity(n) = drafts[i].value else {
            continue;
        };
        // 소주 한 병에 얼마예요: the price of one, no order of one.
        let priced = n == 1 && follows(reading, &drafts[i], &["에 얼마", "당", "에 몇"]);
        let was = drafts[i].was || priced;
        each(reading, drafts, i, n);
        if let (Some(j), false) = (target(reading, drafts, i), was) {
            give(drafts, j, i, n);
            with_addition(reading, drafts, j, n);
        }
    }
    drafts.retain(|d| !matches!(d.value, Value::Quantity(_)));
    let asks = wishes.has(Intent::Ask) && wishes.intents.iter().all(|(i, _)| *i == Intent::Ask);
    if !asks {
        additions(drafts);
    }
}

fn is_item(d: &Draft) -> bool {
    matches!(d.value, Value::MenuItem { .. })
}

fn follows(reading: &Reading<'_>, d: &Draft, words: &[&str]) -> bool {
    words.iter().any(|w| reading.line.has(d.end, w))
}

/// The item that a number belongs to: the one before it; the one after it in English, in 하나는 양념, and where none is before.
fn target(reading: &Reading<'_>, drafts: &[Draft], i: usize) -> Option<usize> {
    let before = (0..i).rev().find(|j| is_item(&drafts[*j]));
    let after = (i + 1..drafts.len()).find(|j| is_item(&drafts[*j]));
    let one_of = follows(reading, &drafts[i], &["는 ", "은 "]) && drafts[i].end < reading.line.len();
    let next = after.filter(|j| {
        let between = &drafts[i + 1..*j];
        !between.iter().any(|d| matches!(d.value, Value::Quantity(_)))
    });
    if one_of && next.is_some() && reading.line.gap(drafts[i].end + 1) {
        return next;
    }
    if reading.line.is_korean() {
        before.or(next)
    } else {
        after.or(before)
    }
}

fn give(drafts: &mut [Draft], item: usize, number: usize, n: u32) {
    let end = drafts[number].end;
    let draft = &mut drafts[item];
    if let Value::MenuItem { quantity, .. } = &mut draft.value {
        *quantity = Some(n);
    }
    draft.end = draft.end.max(end).max(draft.start + 1);
}

/// 후라이드 순살로 두 개: the number is of the chicken as well as of its way.
fn with_addition(reading: &Reading<'_>, drafts: &mut [Draft], j: usize, n: u32) {
    let way =
        is_addition(&drafts[j]) && (drafts[j].start..drafts[j].end).any(|i| reading.line.has(i, "살로"));
    let Some(before) = j.checked_sub(1).filter(|_| way) else {
        return;
    };
    if let Value::MenuItem { quantity, .. } = &mut drafts[before].value {
        quantity.get_or_insert(n);
    }
}

/// 양념 하나 후라이드 하나 이렇게 두 마리요: the sum is no number of an item. 두 마리요 양념이랑 후라이드: one of each.
fn sum_of_all(reading: &Reading<'_>, drafts: &mut Vec<Draft>) {
    const SUMS: [&str; 8] = [
        "이렇게",
        "해서",
        "모두",
        "총",
        "다해서",
        "합해서",
        "전부",
        "합쳐서",
    ];
    let numbers: Vec<(usize, u32)> = drafts
        .iter()
        .enumerate()
        .filter_map(|(i, d)| match d.value {
            Value::Quantity(n) if !d.was => Some((i, n)),
            _ => None,
        })
        .collect();
    let items = drafts.iter().filter(|d| is_item(d)).count();
    if let [others @ .., (last, n)] = &numbers[..]
        && others.len() > 1
        && others.iter().map(|(_, n)| n).sum::<u32>() == *n
        && SUMS.iter().any(|w| reading.line.ends(drafts[*last].start, w))
    {
        drafts.remove(*last);
    } else if let [(0, n)] = numbers[..]
        && items > 1
        && usize::try_from(n) == Ok(items)
    {
        for d in drafts.iter_mut() {
            if let Value::MenuItem { quantity, .. } = &mut d.value {
                quantity.get_or_insert(1);
            }
        }
        drafts.remove(0);
    }
}

fn is_addition(d: &Draft) -> bool {
    matches!(&d.value, Value::MenuItem { name, .. } if name.ends_with("추가"))
}

/// 김치찌개랑 된장찌개 하나씩: one of each item before it.
fn each(reading: &Reading<'_>, drafts: &mut [Draft], i: usize, n: u32) {
    if !reading.line.has(drafts[i].end, "씩") {
        return;
    }
    for draft in &mut drafts[..i] {
        if let Value::MenuItem { quantity, .. } = &mut draft.value {
            quantity.get_or_insert(n);
        }
    }
}

/// 순살 후라이드 하나: an addition said before its item goes with it, once if no number was said.
fn additions(drafts: &mut [Draft]) {
    for i in 0..drafts.len() {
        if !is_addition(&drafts[i]) {
            continue;
        }
        let Value::MenuItem { quantity, .. } = &mut drafts[i].value else {
            continue;
        };
        let bare = quantity.is_none();
        quantity.get_or_insert(1);
        let item_next = drafts
            .get(i + 1)
            .is_some_and(|d| matches!(d.value, Value::MenuItem { .. }) && !is_addition(d));
        if bare && item_next {
            drafts.swap(i, i + 1);
        }
    }
}
