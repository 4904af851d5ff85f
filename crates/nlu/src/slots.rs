//! Values in their roles: what is wished, what was, what is taken back.

use std::collections::BTreeSet;

use biseo_model::shop::{BookingRules, ShopProfile};
use biseo_model::understanding::{Awaiting, Filled, Intent, Slot, Value};
use jiff::civil::Date;

use crate::cues::{Concept, Tells};
use crate::hours;
use crate::intents::Wishes;
use crate::reading::Reading;
use crate::things::{Thing, What};
use crate::times::Part;
use crate::vocabulary::{Term, Vocabulary};

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
    let mut drafts = values(reading, shop, wishes);
    let corrected = contrast(reading, &mut drafts);
    same_week(reading, &mut drafts);
    earlier(reading, wishes, &mut drafts);
    quantities(reading, &mut drafts);
    merge_people(reading, &mut drafts);
    let only = combine_services(reading, vocabulary, &mut drafts);
    left_out(reading, wishes, &mut drafts);
    dedupe(&mut drafts);
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

/// Each thing as a value, where it is one.
fn values(reading: &Reading<'_>, shop: &ShopProfile, wishes: &Wishes) -> Vec<Draft> {
    let sure_day = reading
        .things
        .iter()
        .any(|t| matches!(&t.what, What::Day(d) if !d.vague));
    let date = reading.things.iter().find_map(|t| match &t.what {
        What::Day(d) if !d.vague => Some(d.date),
        _ => None,
    });
    let complains = wishes.has(Intent::Complain);
    let told: Vec<_> = wishes
        .clauses(Intent::RequestCallback)
        .chain(wishes.clauses(Intent::LeaveMessage))
        .collect();
    let mut all = Vec::new();
    for thing in &reading.things {
        let in_message = told.iter().any(|(s, e)| *s <= thing.start && thing.start < *e);
        let loose = matches!(
            thing.what,
            What::Term(Term::Queue(_)) | What::Name(_) | What::Phone(..) | What::ThisNumber
        );
        if (in_message || complains && !wishes.has(Intent::Book)) && !loose {
            continue;
        }
        let value = match &thing.what {
            What::Day(d) if d.vague && sure_day => None,
            What::Day(d) if d.vague && !vague_counts(wishes) => None,
            What::Day(d) => Some(Value::Date(d.date)),
            What::Past(d) if reading.line.has(thing.end, "로") => Some(Value::Date(*d)),
            other => value(reading, shop, wishes, other, date, thing),
        };
        if let Some(value) = value {
            all.push(Draft {
                value,
                start: thing.start,
                end: thing.end,
                was: false,
            });
        }
    }
    all
}

fn vague_counts(wishes: &Wishes) -> bool {
    wishes.has(Intent::Ask) && !wishes.has(Intent::Book)
}

fn value(
    reading: &Reading<'_>,
    shop: &ShopProfile,
    wishes: &Wishes,
    what: &What,
    date: Option<Date>,
    thing: &Thing,
) -> Option<Value> {
    match what {
        What::Clock(clock) => {
            let asks_hours = wishes
                .topics
                .iter()
                .any(|(_, (s, e))| *s < thing.end + 6 && thing.start < e + 6)
                && wishes
                    .topics
                    .iter()
                    .any(|(t, _)| *t == biseo_model::understanding::Topic::Hours)
                && bound(reading, wishes, thing);
            if asks_hours {
                return None;
            }
            let mut clock = *clock;
            clock.part = clock.part.or_else(|| loose_part(reading));
            let (at, sure) = hours::resolve(shop, &clock, date, reading.context.now)?;
            Some(time_value(reading, wishes, at, sure))
        }
        What::Later(at) if !past_talk(reading, thing) => Some(time_value(reading, wishes, at.time(), true)),
        What::People(n) if !relative(reading, thing) => Some(Value::PartySize(*n)),
        What::Pieces(n) if heads(reading, shop, wishes, thing) => Some(Value::PartySize(*n)),
        What::Pieces(n) => pieces(reading, *n, thing),
        What::Term(Term::Item(name)) => Some(Value::MenuItem {
            name: name.clone(),
            quantity: None,
        }),
        What::Term(Term::Service(name)) => Some(Value::Service(name.clone())),
        What::Term(Term::Staff(name)) => Some(Value::Staff(name.clone())),
        What::Term(Term::Queue(name))
            if wishes.has(Intent::Transfer)
                || wishes.has(Intent::RequestCallback)
                || wishes.has(Intent::LeaveMessage)
                || reading.asked(Slot::Queue) =>
        {
            Some(Value::Queue(name.clone()))
        }
        What::Phone(phone, _) => Some(Value::Phone(phone.clone())),
        What::ThisNumber => Some(Value::ThisNumber),
        What::Reference(digits) => Some(Value::BookingRef(digits.clone())),
        What::Name(name) => Some(Value::Name(name.clone())),
        _ => None,
    }
}

/// 아홉 시까지, 열 시부터: a bound, not a wish.
fn bound(reading: &Reading<'_>, wishes: &Wishes, thing: &Thing) -> bool {
    ["까지", "부터", "에 문", "에 열", "에 닫", "에 끝"]
        .iter()
        .any(|w| reading.line.has(thing.end, w))
        || !reading.line.is_korean()
            && (!wishes.has(Intent::Book)
                || ["until", "till"]
                    .iter()
                    .any(|w| reading.line.ends(thing.start, w)))
}

fn time_value(reading: &Reading<'_>, wishes: &Wishes, at: jiff::civil::Time, sure: bool) -> Value {
    let order = (wishes.has(Intent::Order) || wishes.has(Intent::ChangeOrder)) && !wishes.has(Intent::Book);
    if reading.asked(Slot::PickupTime) || order {
        Value::PickupTime(at)
    } else {
        Value::Time { at, sure }
    }
}

/// The part of the day said apart from the hour: 점심때요 열두 시.
fn loose_part(reading: &Reading<'_>) -> Option<Part> {
    let mut parts = reading.things.iter().filter_map(|t| match t.what {
        What::Part(part) => Some(part),
        _ => None,
    });
    let first = parts.next()?;
    parts.next().is_none().then_some(first)
}

fn past_talk(reading: &Reading<'_>, thing: &Thing) -> bool {
    reading.line.has(thing.end, "에 시킨") || reading.line.has(thing.end, "에 주문한")
}

/// 두 명 더, 한 명 추가, 한 명 빠졌어요: relative to what the shop knows.
fn relative(reading: &Reading<'_>, thing: &Thing) -> bool {
    [
        "더", "추가", "이 더", "빠", "이 빠", "못", "이 못", "늘", "이 늘", "줄", "이 줄",
    ]
    .iter()
    .any(|w| reading.line.has(thing.end, w))
}

/// 예약 토요일 여섯 시 넷: where a table is booked and no dish is named, a bare number counts heads.
fn heads(reading: &Reading<'_>, shop: &ShopProfile, wishes: &Wishes, thing: &Thing) -> bool {
    let tables = matches!(shop.booking, Some(BookingRules::Tables(_)));
    let item = reading.any_thing(0, usize::MAX, |w| {
        matches!(w, What::Term(Term::Item(_)) | What::People(_))
    });
    let last = reading.line.at(thing.end.saturating_sub(1));
    let native = matches!(last, '둘' | '셋' | '넷' | '섯' | '곱' | '덟' | '홉' | '열' | '나');
    let many = matches!(thing.what, What::Pieces(n) if n > 1);
    tables && many && wishes.has(Intent::Book) && !item && native
}

/// A number of pieces counts where pieces are spoken of.
fn pieces(reading: &Reading<'_>, n: u32, thing: &Thing) -> Option<Value> {
    let item = reading
        .things
        .iter()
        .any(|t| matches!(t.what, What::Term(Term::Item(_))));
    let asked = matches!(
        reading.context.awaiting,
        Some(Awaiting::Slot(Slot::Quantity | Slot::MenuItem))
    );
    let unit = ["만 더", "만 물", "만 여", "만 확"]
        .iter()
        .any(|w| reading.line.has(thing.end, w));
    ((item || asked) && !unit).then_some(Value::Quantity(n))
}

/// Finds values of one slot of which one takes back another; the taken back is marked.
fn contrast(reading: &Reading<'_>, drafts: &mut [Draft]) -> bool {
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

/// 다음 주 수요일 아니 목요일: the weekday lies in the week of the day that it replaces.
fn same_week(reading: &Reading<'_>, drafts: &mut [Draft]) {
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
fn name_contrast(reading: &Reading<'_>, drafts: &[Draft]) -> bool {
    let name = drafts.iter().find(|d| matches!(d.value, Value::Name(_)));
    name.is_some_and(|n| {
        reading.cues.iter().any(|c| {
            c.tells == Tells::Concept(Concept::Instead) && c.start < n.start && reading.line.is_korean()
        })
    })
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

/// 말고, 아니라, 아니고 after a value.
fn instead_after(reading: &Reading<'_>, end: usize) -> bool {
    let at = ["이", "가", "은", "는", "요"]
        .iter()
        .find_map(|p| reading.line.after(end, p))
        .unwrap_or(end);
    let said = |at: usize| {
        reading
            .cues
            .iter()
            .any(|c| c.start == at && c.tells == Tells::Concept(Concept::Instead))
    };
    reading.line.is_korean() && (said(end) || said(at))
}

/// "blow dry, not treatment".
fn not_before(reading: &Reading<'_>, start: usize) -> bool {
    // "If not" leads to a second choice.
    let not = |c: &crate::cues::Cue| {
        c.end == start && c.tells == Tells::Concept(Concept::Instead) && !reading.line.ends(c.start, "if")
    };
    !reading.line.is_korean() && reading.cues.iter().any(not)
}

/// 아니, 아니다, 아 between two values.
fn repair_between(reading: &Reading<'_>, from: usize, to: usize) -> bool {
    let cue = reading.cues.iter().any(|c| {
        c.start >= from
            && c.end <= to
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

/// Marks what tells of the booking as it is, where one is changed or cancelled besides another wish.
fn earlier(reading: &Reading<'_>, wishes: &Wishes, drafts: &mut [Draft]) {
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
fn swapped_item(reading: &Reading<'_>, drafts: &mut [Draft]) {
    let item = |d: &Draft| matches!(d.value, Value::MenuItem { .. });
    let line = reading.line;
    let new = drafts
        .iter()
        .any(|d| item(d) && line.after_any(d.end, &["으로", "로"]).is_some());
    for d in drafts.iter_mut().filter(|d| new && item(d)) {
        d.was |= line.after_any(d.end, &["를", "을"]).is_some();
    }
}

/// 네 명에서 여섯 명으로: the first was.
fn from_to(reading: &Reading<'_>, drafts: &[Draft], i: usize) -> bool {
    let english = !reading.line.is_korean() && reading.line.has(drafts[i].start, "from");
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
        near && reading.line.after_any(d.end, &["으로", "로"]).is_some()
    })
}

/// Before 예약, 거 or 로 돼 있 a value is of the booking as it is, unless it is said with 로.
fn old_values(reading: &Reading<'_>, drafts: &mut [Draft]) {
    let line = reading.line;
    let noun = reading
        .cues
        .iter()
        .find(|c| matches!(c.tells, Tells::Concept(Concept::DoneBooking | Concept::Booking)))
        .map(|c| c.start);
    let kept = |end: usize| {
        line.has(end, "로 돼 있")
            || line.has(end, "로 되어")
            || line.has(end, "로 예약")
            || line.has(end, "에 예약")
            || line.has(end, "로 했")
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
        let before_noun = noun.is_some_and(|n| d.start < n && n <= d.end + 14) && !line.has(d.end, "로");
        let thing = ["거", "꺼", "건", "것"].iter().any(|w| line.has(d.end, w));
        let replaced = slots
            .iter()
            .enumerate()
            .any(|(j, (s, new))| j != i && *new && *s == slots[i].0);
        if before_noun || thing || replaced || kept(d.end) {
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

/// Gives items their numbers: the one right after, or right before.
fn quantities(reading: &Reading<'_>, drafts: &mut Vec<Draft>) {
    if !drafts.iter().any(|d| matches!(d.value, Value::MenuItem { .. })) {
        return;
    }
    let korean = reading.line.is_korean();
    for i in 0..drafts.len() {
        let Value::Quantity(n) = drafts[i].value else {
            continue;
        };
        let was = drafts[i].was;
        each(reading, drafts, i, n);
        let is_item = |d: &Draft| matches!(d.value, Value::MenuItem { .. });
        let before = (0..i).rev().find(|j| is_item(&drafts[*j]));
        let after = (i + 1..drafts.len()).find(|j| is_item(&drafts[*j]));
        let target = if korean {
            before.or(after)
        } else {
            after.or(before)
        };
        if let (Some(j), false) = (target, was) {
            if let Value::MenuItem { quantity, .. } = &mut drafts[j].value {
                *quantity = Some(n);
            }
            drafts[j].end = drafts[j].end.max(drafts[i].end).max(drafts[j].start + 1);
        }
    }
    drafts.retain(|d| !matches!(d.value, Value::Quantity(_)));
    additions(drafts);
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
    let is_addition = |d: &Draft| matches!(&d.value, Value::MenuItem { name, .. } if name.ends_with("추가"));
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

/// 어른 둘 아이 하나: three.
fn merge_people(reading: &Reading<'_>, drafts: &mut Vec<Draft>) {
    let guests: Vec<usize> = (0..drafts.len())
        .filter(|i| {
            matches!(drafts[*i].value, Value::PartySize(_))
                && !drafts[*i].was
                && crate::counts::guest_before(&scan_of(reading), drafts[*i].start)
        })
        .collect();
    let all: Vec<usize> = (0..drafts.len())
        .filter(|i| matches!(drafts[*i].value, Value::PartySize(_)) && !drafts[*i].was)
        .collect();
    if guests.is_empty() || all.len() < 2 {
        return;
    }
    let sum = all.iter().map(|i| party(&drafts[*i].value)).sum();
    let (first, last) = (all[0], all[all.len() - 1]);
    drafts[first].value = Value::PartySize(sum);
    drafts[first].end = drafts[last].end;
    let gone: BTreeSet<usize> = all[1..].iter().copied().collect();
    let mut index = 0;
    drafts.retain(|_| {
        index += 1;
        !gone.contains(&(index - 1))
    });
}

fn scan_of<'a>(reading: &'a Reading<'_>) -> crate::scan::Scan<'a> {
    crate::scan::Scan::bare(reading.line, reading.context.now)
}

fn party(value: &Value) -> u32 {
    match value {
        Value::PartySize(n) => *n,
        _ => 0,
    }
}

/// 커트하고 파마하고 다요: one service that is both, if the shop has it.
fn combine_services(reading: &Reading<'_>, vocabulary: &Vocabulary, drafts: &mut Vec<Draft>) -> bool {
    let names: BTreeSet<String> = drafts
        .iter()
        .filter(|d| !d.was)
        .filter_map(|d| match &d.value {
            Value::Service(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    if only_last(reading, drafts) {
        return true;
    }
    let parts: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let Some(both) = vocabulary.combined(&parts).map(str::to_string) else {
        return false;
    };
    let mut first = true;
    drafts.retain_mut(|d| {
        if !matches!(d.value, Value::Service(_)) || d.was {
            return true;
        }
        let keep = first;
        first = false;
        d.value = Value::Service(both.clone());
        keep
    });
    false
}

/// 펌이라 했는데 그냥 커트만 할래요: the last one alone; the others were.
fn only_last(reading: &Reading<'_>, drafts: &mut [Draft]) -> bool {
    let service = |d: &Draft| matches!(d.value, Value::Service(_)) && !d.was;
    let Some(last) = drafts.iter().rposition(service) else {
        return false;
    };
    let others = drafts[..last].iter().any(service);
    let only = others && reading.line.has(drafts[last].end, "만") && reading.in_task();
    if only {
        for d in drafts[..last].iter_mut().filter(|d| service(d)) {
            d.was = true;
        }
    }
    only
}

/// 치즈볼은 빼고요 후라이드 둘: of an order, what is left out is not ordered.
fn left_out(reading: &Reading<'_>, wishes: &Wishes, drafts: &mut Vec<Draft>) {
    let items = drafts
        .iter()
        .filter(|d| matches!(d.value, Value::MenuItem { .. }))
        .count();
    if items < 2 || wishes.has(Intent::ChangeOrder) {
        return;
    }
    let line = reading.line;
    drafts.retain(|d| {
        let at = line.after_any(d.end, &["은", "는", "을", "를"]).unwrap_or(d.end);
        let out = ["빼고", "빼 주", "빼요", "됐고", "필요 없"]
            .iter()
            .any(|w| line.has(at, w));
        !(out && matches!(d.value, Value::MenuItem { .. }))
    });
}

/// One value said twice is one value.
fn dedupe(drafts: &mut Vec<Draft>) {
    let mut kept: Vec<Draft> = Vec::with_capacity(drafts.len());
    for d in drafts.drain(..) {
        let known = kept
            .iter_mut()
            .find(|k| k.was == d.was && (same(&k.value, &d.value) || same_item(&k.value, &d.value)));
        match known {
            Some(k) => {
                if let Value::MenuItem {
                    quantity: Some(_), ..
                } = d.value
                {
                    k.value = d.value;
                }
            }
            None => kept.push(d),
        }
    }
    *drafts = kept;
}

fn same_item(a: &Value, b: &Value) -> bool {
    matches!((a, b), (Value::MenuItem { name: a, .. }, Value::MenuItem { name: b, .. }) if a == b)
}
