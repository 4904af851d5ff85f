//! Values in their roles: what is wished, what was, what is taken back.

mod contrast;
mod earlier;
mod merge;
mod pieces;
mod retract;
mod values;

use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Filled, Intent, Slot, Value};

use crate::intents::Wishes;
use crate::reading::Reading;
use crate::vocabulary::Vocabulary;

/// A value on its way to a slot.
#[derive(Debug, Clone)]
struct Draft {
    value: Value,
    start: usize,
    end: usize,
    was: bool,
}

/// The slots, and whether a value was replaced within the utterance.
pub fn slots(
    reading: &Reading<'_>,
    shop: &ShopProfile,
    vocabulary: &Vocabulary,
    wishes: &Wishes,
) -> (Vec<Filled>, bool) {
    if wishes.has(Intent::SalesPitch) || wishes.has(Intent::Chitchat) {
        return (Vec::new(), false);
    }
    let mut drafts = values::values(reading, shop, wishes);
    // 일곱 시로 예약했는데 여덟 시로 늦출 수 있을까요: what is to be changed, and no slip of the tongue.
    let retracted = retract::retracted(reading, &mut drafts);
    let changes = wishes.has(Intent::ChangeBooking) && !reading.in_task();
    let corrected = contrast::contrast(reading, &mut drafts)
        | contrast::declined(reading, &mut drafts)
        | (retracted && !changes);
    retract::last_quantity(reading, &mut drafts);
    retract::day_beside(reading, &mut drafts);
    earlier::earlier(reading, wishes, &mut drafts);
    contrast::same_week(reading, &mut drafts);
    pieces::quantities(reading, wishes, &mut drafts);
    merge::weekday_beside(reading, &mut drafts);
    merge::merge_people(reading, &mut drafts);
    let only = merge::combine_services(reading, vocabulary, &mut drafts);
    if reading.asked(Slot::Name) && drafts.iter().any(|d| matches!(d.value, Value::Name(_))) {
        // 김 씨예요 is no 김치찌개.
        drafts.retain(|d| !matches!(d.value, Value::MenuItem { quantity: None, .. }));
    }
    merge::left_out(reading, wishes, &mut drafts);
    merge::dedupe(&mut drafts);
    let filled = drafts.into_iter().map(|d| filled(reading, d)).collect();
    (filled, corrected | only)
}

fn filled(reading: &Reading<'_>, d: Draft) -> Filled {
    let (start, end) = reading.line.span(d.start, d.end);
    Filled {
        value: d.value,
        start,
        end,
        was: d.was,
    }
}

/// Slots that take each other's place: a number of pieces and of an item are one.
fn group(value: &Value) -> Slot {
    value.slot()
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Time { at: a, .. }, Value::Time { at: b, .. }) => a == b,
        _ => a == b,
    }
}
