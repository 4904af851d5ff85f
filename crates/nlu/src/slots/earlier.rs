//! What tells of a booking or an order as it is, not as it shall be.

use biseo_model::understanding::{Intent, Slot, Value};

use super::{Draft, group};
use crate::cues::{Concept, Tells};
use crate::intents::Wishes;
use crate::reading::Reading;
use crate::things::What;

/// Marks what tells of the booking as it is, where one is changed or cancelled besides another wish.
pub(super) fn earlier(reading: &Reading<'_>, wishes: &Wishes, drafts: &mut [Draft]) {
    for i in 0..drafts.len() {
        let from = from_to(reading, drafts, i);
        drafts[i].was |= from;
    }
    if wishes.has(Intent::ChangeBooking) {
        old_values(reading, drafts);
    }
    if wishes.has(Intent::ChangeOrder) {
        swapped_item(reading, drafts);
    }
    let other = wishes.has(Intent::Book);
    if other {
        let cancelled: Vec<_> = wishes.clauses(Intent::CancelBooking).collect();
        for d in drafts.iter_mut() {
            d.was |= cancelled.iter().any(|(s, e)| *s <= d.start && d.start < *e);
        }
    }
}

/// 후라이드를 양념으로: the first item was.
pub(super) fn swapped_item(reading: &Reading<'_>, drafts: &mut [Draft]) {
    let item = |d: &Draft| matches!(d.value, Value::MenuItem { .. });
    let line = reading.line;
    let new = drafts
        .iter()
        .any(|d| item(d) && line.after_any(d.end, &["으로", "로"]).is_some());
    // 후라이드 시킨 사람인데요 그거 양념으로
    let made = reading
        .cues
        .iter()
        .filter(|c| {
            [Concept::DoneOrder, Concept::DoneBooking]
                .iter()
                .any(|done| c.tells == Tells::Concept(*done))
        })
        .map(|c| c.start)
        .max();
    for d in drafts.iter_mut().filter(|d| new && item(d)) {
        let swapped = line.after_any(d.end, &["를", "을"]).is_some();
        let ordered = made.is_some_and(|at| d.end <= at) && line.after_any(d.end, &["으로", "로"]).is_none();
        d.was |= swapped || ordered;
    }
}

/// 네 명에서 여섯 명으로: the first was.
pub(super) fn from_to(reading: &Reading<'_>, drafts: &[Draft], i: usize) -> bool {
    let line = reading.line;
    let from = line.has(drafts[i].start, "from") || line.ends(drafts[i].start, "from");
    let english = !line.is_korean() && from;
    if english {
        return drafts
            .iter()
            .skip(i + 1)
            .any(|d| group(&d.value) == group(&drafts[i].value));
    }
    let Some(at) = reading.line.after(drafts[i].end, "에서") else {
        return false;
    };
    drafts.iter().skip(i + 1).any(|d| {
        let near = d.start <= at + 6 && group(&d.value) == group(&drafts[i].value);
        let to = ["으로", "로", "이 됐", "이 돼", "이 되"];
        near && reading.line.after_any(d.end, &to).is_some()
    })
}

/// Words for having made a booking.
const MADE: [&str; 10] = [
    "하기로",
    "가기로",
    "잡아 놓",
    "잡아 놨",
    "잡아 둔",
    "잡은",
    "예약한",
    "예약했",
    "예약해 둔",
    "예약된",
];
/// After a value: so the booking stands.
const KEPT: [&str; 12] = [
    "로 돼 있",
    "로 되어",
    "로 예약",
    "에 예약",
    "로 했",
    "로 잡아 놓",
    "로 잡아 놨",
    "로 잡아 둔",
    "로 잡은",
    "로 잡혀",
    "로 해 놓",
    "로 해 놨",
];

/// The place after a part of the day that stands here: 내일 저녁 거는.
fn part_after(reading: &Reading<'_>, end: usize) -> usize {
    let part = reading
        .things
        .iter()
        .find(|t| t.start == end && matches!(t.what, What::Part(_)));
    part.map_or(end, |t| t.end)
}

/// Before 예약, 거 or 로 돼 있 a value is of the booking as it is, unless it is said with 로.
pub(super) fn old_values(reading: &Reading<'_>, drafts: &mut [Draft]) {
    let line = reading.line;
    let cue = |concept: Concept| {
        let mut cues = reading.cues.iter();
        cues.find(|c| c.tells == Tells::Concept(concept)).map(|c| c.start)
    };
    let noun = cue(Concept::DoneBooking)
        .into_iter()
        .chain(cue(Concept::Booking))
        .min();
    // 토요일에 커트하기로 한 사람인데요: all before it is of the booking as it is.
    let done = reading
        .cues
        .iter()
        .filter(|c| c.tells == Tells::Concept(Concept::DoneBooking))
        .filter(|c| MADE.iter().any(|w| line.has(c.start, w)))
        .map(|c| c.start)
        .max();
    let kept = |end: usize| {
        let end = line.after(end, "으").unwrap_or(end);
        KEPT.iter().any(|w| line.has(end, w))
    };
    let is_new = |end: usize| line.after_any(end, &["으로", "로", "님으로"]).is_some() && !kept(end);
    let slots: Vec<(Slot, bool)> = drafts
        .iter()
        .map(|d| (group(&d.value), is_new(d.end) && !d.was))
        .collect();
    for i in 0..drafts.len() {
        let d = &drafts[i];
        if is_new(d.end)
            || matches!(
                d.value,
                Value::Name(_) | Value::Phone(_) | Value::ThisNumber | Value::BookingRef(_)
            )
        {
            continue;
        }
        // 네 명만 갈게요 여섯 명으로 예약했었거든요: of another clause.
        let near = |n: usize| {
            let clause = reading.clauses.iter().find(|c| c.0 <= d.start && d.start < c.1);
            d.start < n && n <= d.end + 14 && clause.is_none_or(|c| n < c.1)
        };
        let before_noun = noun.is_some_and(near) && !line.has(d.end, "로");
        let end = part_after(reading, d.end);
        let thing = ["거", "꺼", "건", "것", "걸"].iter().any(|w| line.has(end, w));
        let made = done.is_some_and(|n| d.start < n) && !line.has(d.end, "만");
        let replaced = slots
            .iter()
            .enumerate()
            .any(|(j, (s, new))| j != i && *new && *s == slots[i].0);
        // 토요일에 민호 쌤으로 돼 있는 걸: with what the booking has, all before it.
        let clause = reading.clauses.iter().find(|c| c.0 <= d.start && d.start < c.1);
        let with_kept = drafts[i + 1..]
            .iter()
            .any(|k| kept(k.end) && clause.is_some_and(|c| k.start < c.1));
        if before_noun || made || thing || replaced || with_kept || kept(d.end) {
            drafts[i].was = true;
        }
    }
    for i in 1..drafts.len() {
        // 내일 일곱 시를 여덟 시로: the day goes with the hour that was.
        let day =
            matches!(drafts[i - 1].value, Value::Date(_)) && matches!(drafts[i].value, Value::Time { .. });
        let close = drafts[i].start <= drafts[i - 1].end + 1;
        drafts[i - 1].was |= day && close && drafts[i].was;
    }
}
