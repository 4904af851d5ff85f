//! Merging what belongs together, dropping what is not meant.

use biseo_model::understanding::{Intent, Slot, Topic};

use super::Wishes;
use crate::cues::Concept;
use crate::reading::Reading;
use crate::things::What;

/// 바꿔 달라는 게 아니고요, 봉사하겠단 건 아니고: what stands before is not wished.
pub(super) fn not_meant(reading: &Reading<'_>, wishes: &mut Wishes) {
    const NOUNS: [&str; 14] = [
        "말이",
        "얘기가",
        "소리가",
        "뜻이",
        "뜻은",
        "게",
        "건",
        "거",
        "거는",
        "것은",
        "것이",
        "소리는",
        "말은",
        "얘기는",
    ];
    const BEFORE: [&str; 9] = ["한", "는", "단", "란", "던", "려는", "라는", "달라는", "다는"];
    let line = reading.line;
    let Some(end) = (1..line.len()).find(|i| {
        line.gap(*i)
            && BEFORE.iter().any(|w| line.ends(*i, w))
            && NOUNS.iter().any(|n| {
                line.after(*i, n)
                    .is_some_and(|e| line.has(e, "아니") || line.has(e, "아닌"))
            })
    }) else {
        return;
    };
    wishes.meant_from = end;
    let from = reading
        .clauses
        .iter()
        .map(|c| c.0)
        .filter(|s| *s <= end)
        .max()
        .unwrap_or(0);
    // 불만이 있어서 전화한 건 아니고: the reason is not meant either.
    let reason = reading
        .clauses
        .iter()
        .find(|c| c.1 == from && ["서", "려고", "러", "라고"].iter().any(|w| line.ends(from, w)));
    let from = reason.map_or(from, |c| c.0);
    let past = |(s, _): (usize, usize)| (from..end).contains(&s);
    wishes.topics.retain(|(_, place)| !past(*place));
    let asks = !wishes.topics.is_empty();
    wishes
        .intents
        .retain(|(i, clause)| !past(*clause) || *i == Intent::Ask && asks);
    if wishes.intents.is_empty() && asks {
        wishes.add(Intent::Ask, (end, line.len()));
    }
}

/// Merges what belongs together: cancelled and booked anew is changed; a question about what is being booked is no wish.
pub(super) fn settle(reading: &Reading<'_>, wishes: &mut Wishes) {
    let again = ["다시 잡", "다시 예약", "다시 해", "다시 넣", "로 다시", "대신"]
        .iter()
        .any(|w| (0..reading.line.len()).any(|i| reading.line.has(i, w)));
    if wishes.has(Intent::CancelBooking) && again {
        wishes
            .intents
            .retain(|(i, _)| *i != Intent::CancelBooking && *i != Intent::Book);
        wishes.add(Intent::ChangeBooking, (0, reading.line.len()));
    }
    if wishes.has(Intent::CancelBooking) && moved(reading) {
        wishes.intents.retain(|(i, _)| *i != Intent::CancelBooking);
        wishes.add(Intent::ChangeBooking, (0, reading.line.len()));
    }
    if wishes.has(Intent::Complain) && !reading.says_any(&[Concept::Want, Concept::Possible]) {
        // 이럴 거면 예약을 왜 받아요
        wishes.intents.retain(|(i, _)| *i != Intent::Book);
    }
    if wishes.has(Intent::Complain) {
        // 아까 포장해 간 치킨이 안 익었어요: of an order that was.
        let wanted = |(s, e): (usize, usize)| {
            reading.within(Concept::SellOrder, s, e).is_some()
                || reading.any_thing(s, e, |w| matches!(w, What::Pieces(_)))
        };
        wishes.intents.retain(|(i, c)| *i != Intent::Order || wanted(*c));
    }
    if made_before(reading) {
        wishes.intents.retain(|(i, _)| *i != Intent::Book);
        wishes.topics.clear();
        wishes.intents.retain(|(i, _)| *i != Intent::Ask);
        if !wishes.has(Intent::FindBooking) {
            wishes.add(Intent::FindBooking, (0, reading.line.len()));
        }
    }
    // 예약이 됐는지 확인 부탁드려요: only what has a day, a time or guests is booked besides.
    let new = |(s, e): (usize, usize)| {
        reading.within(Concept::Want, s, e).is_some()
            && reading.any_thing(s, e, |w| {
                matches!(w, What::Day(_) | What::Clock(_) | What::People(_))
            })
    };
    let (changes, finds) = (wishes.has(Intent::ChangeBooking), wishes.has(Intent::FindBooking));
    wishes
        .intents
        .retain(|(i, c)| *i != Intent::Book || !changes && (!finds || new(*c)));
    if wishes.has(Intent::CancelBooking) {
        let wanted = |(s, e): (usize, usize)| {
            reading.within(Concept::Want, s, e).is_some()
                && reading.any_thing(s, e, |w| matches!(w, What::Day(_) | What::Clock(_)))
        };
        wishes.intents.retain(|(i, c)| *i != Intent::Book || wanted(*c));
    }
    if wishes.has(Intent::ChangeOrder) || wishes.has(Intent::CancelOrder) {
        wishes.intents.retain(|(i, _)| *i != Intent::Order);
    }
    let number = reading.any_thing(0, usize::MAX, |w| matches!(w, What::Phone(..) | What::ThisNumber));
    if number && reading.asked(Slot::Phone) {
        // "Call me on this number" answers the question for it.
        wishes
            .intents
            .retain(|(i, _)| !matches!(i, Intent::RequestCallback | Intent::LeaveMessage));
    }
    if wishes.has(Intent::RequestCallback) {
        wishes.intents.retain(|(i, _)| *i != Intent::LeaveMessage);
    }
    if wishes.has(Intent::LeaveMessage) && !reading.says_any(&[Concept::Booking, Concept::DoneBooking]) {
        // 배추가 늦게 들어간다고 전해 주세요
        wishes.intents.retain(|(i, _)| *i != Intent::ChangeBooking);
    }
    if wishes.has(Intent::LeaveMessage) {
        let mut told: Vec<_> = wishes.clauses(Intent::LeaveMessage).collect();
        if !reading.line.is_korean() {
            // "tell the owner that Mr. Park stopped by": all that follows is told.
            told.iter_mut().for_each(|(_, end)| *end = reading.line.len());
        }
        wishes
            .topics
            .retain(|(t, (s, _))| *t != Topic::Other && !told.iter().any(|(a, b)| a <= s && s < b));
    }
    let place_asked = wishes.topics.iter().any(|(t, _)| *t == Topic::Availability);
    let all_told = [is_people as fn(&What) -> bool, is_when]
        .iter()
        .all(|is| reading.any_thing(0, usize::MAX, is));
    if place_asked && all_told && !wishes.has(Intent::Book) && !reading.in_task() {
        // With day or hour and party said, asking for a free table is asking for the table.
        wishes.add(Intent::Book, (0, reading.line.len()));
    }
    weak_topics(reading, wishes);
}

/// 오전에 못 가게 됐어요 오후 세 시로 부탁드려요: who cannot come but names another time moves the booking.
fn moved(reading: &Reading<'_>) -> bool {
    const CANCELS: [&str; 5] = ["취소", "캔슬", "없던", "지워", "cancel"];
    let line = reading.line;
    let cancels = (0..line.len()).any(|i| CANCELS.iter().any(|w| line.has(i, w)));
    let to = reading.things.iter().any(|t| {
        let when = matches!(t.what, What::Day(_) | What::Clock(_));
        let at = line.after_any(t.end, &["으로", "로"]);
        when && at.is_some_and(|at| reading.within(Concept::Want, at, at + 3).is_some())
    });
    to && !cancels
}

/// 예약이 무슨 요일 몇 시였죠: what was booked, asked in the past tense.
fn made_before(reading: &Reading<'_>) -> bool {
    const PAST: [&str; 12] = [
        "이었죠",
        "였죠",
        "이었지요",
        "였지요",
        "이었나요",
        "였나요",
        "이었더라",
        "였더라",
        "이었어요",
        "였어요",
        "했죠",
        "했더라",
    ];
    let line = reading.line;
    let told = reading.any_thing(0, usize::MAX, |w| matches!(w, What::Clock(_) | What::People(_)));
    let asks = reading.clauses.iter().any(|(start, end)| {
        let past = PAST.iter().any(|w| line.ends(*end, w));
        past && reading.within(Concept::Booking, *start, *end).is_some()
            && ["몇", "언제", "며칠", "무슨 요일", "누구", "어느"]
                .iter()
                .any(|w| (*start..*end).any(|i| line.has(i, w)))
    });
    asks && !told && !reading.in_task()
}

pub(super) fn is_people(what: &What) -> bool {
    matches!(what, What::People(_))
}

pub(super) fn is_when(what: &What) -> bool {
    matches!(what, What::Clock(_) | What::Day(_))
}

/// "Other" gives way to a topic with facts, availability to a booking, and so on.
pub(super) fn weak_topics(reading: &Reading<'_>, wishes: &mut Wishes) {
    let heard: Vec<Topic> = wishes.topics.iter().map(|(t, _)| *t).collect();
    let books = wishes.has(Intent::Book);
    let said_other = reading.topics(0, usize::MAX).any(|(t, _)| t == Topic::Other);
    let can = reading.says(Concept::Possible);
    let finds = wishes.has(Intent::FindBooking);
    // 된장찌개 둘 포장 되죠 orders.
    let ordered =
        wishes.has(Intent::Order) && reading.any_thing(0, usize::MAX, |w| matches!(w, What::Pieces(_)));
    let gives_way = |t: Topic| match t {
        // 오늘 되나요, beside what is to be done, asks for that.
        Topic::Other => heard.iter().any(|o| *o != Topic::Other) || books && !said_other && can,
        Topic::Availability => books,
        Topic::Pickup => ordered,
        // 저 내일 몇 시에 가면 되죠 예약했는데: asks for the booking.
        Topic::Hours if finds => !reading.topics(0, usize::MAX).any(|(t, _)| t == Topic::Hours),
        Topic::Price => heard.contains(&Topic::Delivery),
        Topic::Hours => heard.contains(&Topic::Screening),
        // 역에서 걸어서 얼마나 걸려요 asks where it is.
        Topic::Duration => heard.contains(&Topic::Location),
        Topic::Menu => heard.contains(&Topic::Programs),
        _ => false,
    };
    wishes.topics.retain(|(t, _)| !gives_way(*t));
    if wishes.topics.is_empty() {
        wishes.intents.retain(|(i, _)| *i != Intent::Ask);
    }
}
