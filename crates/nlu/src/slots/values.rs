//! Each thing that was heard as a value, where it is one.

use biseo_model::shop::{BookingRules, ShopProfile};
use biseo_model::understanding::{Awaiting, Intent, Slot, Topic, Value};
use jiff::civil::Date;

use super::Draft;
use crate::anchors::{self, Anchor};
use crate::cues::Concept;
use crate::hours;
use crate::intents::Wishes;
use crate::reading::Reading;
use crate::things::{Thing, What};
use crate::times::Part;
use crate::vocabulary::Term;

/// Each thing as a value, where it is one.
pub(super) fn values(reading: &Reading<'_>, shop: &ShopProfile, wishes: &Wishes) -> Vec<Draft> {
    let sure_day = reading
        .things
        .iter()
        .any(|t| matches!(&t.what, What::Day(d) if !d.vague));
    let date = reading.things.iter().find_map(|t| match &t.what {
        What::Day(d) if !d.vague => Some(d.date),
        _ => None,
    });
    let complains = wishes.has(Intent::Complain);
    let mut all = anchored(reading, shop, wishes, date);
    let told: Vec<_> = wishes
        .clauses(Intent::RequestCallback)
        .chain(wishes.clauses(Intent::LeaveMessage))
        .collect();
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
            // 그분 월요일 쉬시지: no wish to come then.
            What::Day(_) if !wishes.has(Intent::Ask) && rests(reading, thing) => None,
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
    all.sort_by_key(|d| d.start);
    all
}

/// 문 열자마자 갈게요, 지금 바로 가도 돼요?: a time that the shop's hours or the clock give; 한 시간 뒤에 두 명이요 is today.
fn anchored(reading: &Reading<'_>, shop: &ShopProfile, wishes: &Wishes, date: Option<Date>) -> Vec<Draft> {
    let told = [
        Intent::LeaveMessage,
        Intent::RequestCallback,
        Intent::Order,
        Intent::ChangeOrder,
    ]
    .iter()
    .any(|i| wishes.has(*i));
    let clock = reading.any_thing(0, usize::MAX, |w| matches!(w, What::Clock(_)));
    let now = reading.context.now;
    let draft = |value, start, end| Draft {
        value,
        start,
        end,
        was: false,
    };
    if told || shop.booking.is_none() || reading.asked(Slot::PickupTime) {
        return Vec::new();
    }
    let later = reading.things.iter().find_map(|t| match t.what {
        What::Later(at) if !past_talk(reading, t) => Some((at.date(), t)),
        _ => None,
    });
    if let (Some((day, t)), None) = (later, date) {
        return vec![draft(Value::Date(day), t.start, t.end)];
    }
    let waits = wishes.topics.iter().any(|(t, _)| *t == Topic::Wait);
    let Some((anchor, start, end)) = anchors::find(reading.line).filter(|_| !clock && !waits) else {
        return Vec::new();
    };
    let time = anchors::time(anchor, shop, date, now.time());
    let time = time.map(|at| draft(Value::Time { at, sure: true }, start, end));
    let today = (anchor == Anchor::Now && date.is_none()).then(|| draft(Value::Date(now.date()), start, end));
    today.into_iter().chain(time).collect()
}

pub(super) fn rests(reading: &Reading<'_>, thing: &Thing) -> bool {
    let line = reading.line;
    let at = line
        .after_any(thing.end, &["에는", "은", "는", "에"])
        .unwrap_or(thing.end);
    ["쉬시", "쉬는", "쉬니", "쉬지", "휴무"]
        .iter()
        .any(|w| line.has(at, w))
}

/// 하나도 못 들었어요 counts nothing; 원장님이 두 분이시죠 counts others.
fn none_or_there(reading: &Reading<'_>, thing: &Thing) -> bool {
    let line = reading.line;
    let none = line.has(thing.end, "도 못") || line.has(thing.end, "도 안") || line.has(thing.end, "도 없");
    let there = line.ends(thing.end, "분") && (line.has(thing.end, "이시") || line.has(thing.end, "이신"));
    none || there
}

fn vague_counts(wishes: &Wishes) -> bool {
    wishes.has(Intent::Ask) && !wishes.has(Intent::Book)
}

pub(super) fn value(
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
                && wishes.topics.iter().any(|(t, _)| *t == Topic::Hours)
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
        What::People(_) if none_or_there(reading, thing) => None,
        What::People(n) if !relative(reading, thing) => Some(Value::PartySize(*n)),
        What::Pieces(n) if heads(reading, shop, wishes, thing) => Some(Value::PartySize(*n)),
        What::Pieces(n) => pieces(reading, *n, thing),
        What::Term(Term::Item(name)) => Some(Value::MenuItem {
            name: name.clone(),
            quantity: None,
        }),
        What::Term(Term::Service(_)) if asks_of(reading, wishes, thing) => None,
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

/// 검진 전날 저녁은 먹어도 되나요: the service is what the question is about, and nothing else is wished.
fn asks_of(reading: &Reading<'_>, wishes: &Wishes, thing: &Thing) -> bool {
    let only = wishes.intents.iter().all(|(i, _)| *i == Intent::Ask) && !reading.in_task();
    let about = |(topic, (s, e)): &(Topic, (usize, usize))| {
        *topic == Topic::Screening && *s < thing.end && thing.start < *e
    };
    let by_name =
        matches!(&thing.what, What::Term(Term::Service(name)) if reading.line.has(thing.start, name));
    only && !by_name && wishes.topics.iter().any(about)
}

/// 아홉 시까지, 열 시부터: a bound, not a wish.
pub(super) fn bound(reading: &Reading<'_>, wishes: &Wishes, thing: &Thing) -> bool {
    ["까지", "부터", "에 문", "에 열", "에 닫", "에 끝"]
        .iter()
        .any(|w| reading.line.has(thing.end, w))
        || !reading.line.is_korean()
            && (!wishes.has(Intent::Book)
                || ["until", "till"]
                    .iter()
                    .any(|w| reading.line.ends(thing.start, w)))
}

pub(super) fn time_value(reading: &Reading<'_>, wishes: &Wishes, at: jiff::civil::Time, sure: bool) -> Value {
    let order = (wishes.has(Intent::Order) || wishes.has(Intent::ChangeOrder)) && !wishes.has(Intent::Book);
    if reading.asked(Slot::PickupTime) || order {
        Value::PickupTime(at)
    } else {
        Value::Time { at, sure }
    }
}

/// The part of the day said apart from the hour: 점심때요 열두 시.
pub(super) fn loose_part(reading: &Reading<'_>) -> Option<Part> {
    let mut parts = reading.things.iter().filter_map(|t| match t.what {
        What::Part(part) => Some(part),
        _ => None,
    });
    let first = parts.next()?;
    parts.next().is_none().then_some(first)
}

pub(super) fn past_talk(reading: &Reading<'_>, thing: &Thing) -> bool {
    reading.line.has(thing.end, "에 시킨") || reading.line.has(thing.end, "에 주문한")
}

/// 두 명 더, 한 명 추가, 한 명 빠졌어요: relative to what the shop knows.
pub(super) fn relative(reading: &Reading<'_>, thing: &Thing) -> bool {
    [
        "더", "추가", "이 더", "빠", "이 빠", "못", "이 못", "늘", "이 늘", "줄", "이 줄",
    ]
    .iter()
    .any(|w| reading.line.has(thing.end, w))
}

/// 예약 토요일 여섯 시 넷: where a table is booked and no dish is named, a bare number counts heads.
pub(super) fn heads(reading: &Reading<'_>, shop: &ShopProfile, wishes: &Wishes, thing: &Thing) -> bool {
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
pub(super) fn pieces(reading: &Reading<'_>, n: u32, thing: &Thing) -> Option<Value> {
    let item = reading
        .things
        .iter()
        .any(|t| matches!(t.what, What::Term(Term::Item(_))));
    // 아 두 마리요, said where an address was asked for, is no address.
    let told = ["마리", "인분", "병", "그릇", "판"]
        .iter()
        .any(|w| reading.line.ends(thing.end, w));
    let asked = match reading.context.awaiting {
        Some(Awaiting::Slot(Slot::Quantity | Slot::MenuItem)) => true,
        // 두 마리 말고 세 마리로 해 주세요
        Some(Awaiting::Confirm) => {
            let unit = ["개", "잔", "세트"]
                .iter()
                .any(|w| reading.line.ends(thing.end, w));
            told || unit && reading.says(Concept::Instead)
        }
        Some(Awaiting::Slot(Slot::Address | Slot::PickupTime | Slot::Phone | Slot::Name)) => told,
        _ => false,
    };
    let unit = ["만 더", "만 물", "만 여", "만 확"]
        .iter()
        .any(|w| reading.line.has(thing.end, w));
    ((item || asked) && !unit).then_some(Value::Quantity(n))
}
