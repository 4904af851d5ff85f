//! Sellers, call back, messages, transfer, complaints.

use biseo_model::understanding::{Awaiting, Intent, Slot, Topic};

use super::{Clause, Wishes};
use crate::cues::{Concept, Tells};
use crate::reading::Reading;
use crate::things::{Thing, What};
use crate::vocabulary::Term;

pub(super) fn sales(reading: &Reading<'_>) -> bool {
    use Concept::{Booking, CallBack, Cancel, Change, Complaint, DoneBooking, Sales, TakeOut};
    let cues = reading
        .cues
        .iter()
        .filter(|c| c.tells == Tells::Concept(Sales) && (c.end - c.start >= 2))
        .count();
    let own = reading.says_any(&[Booking, Cancel, Change, DoneBooking, TakeOut, Complaint]);
    let needed = if reading.says(CallBack) { 2 } else { 1 };
    cues >= needed && !own && !reading.in_task()
}

/// Call back, message, transfer, complaint.
pub(super) fn speak_with(clause: &Clause<'_, '_>, wishes: &mut Wishes) {
    let span = clause.span;
    let no_word = ["문자가", "문자", "연락이", "메시지가", "톡이"].iter().any(|w| {
        (span.0..span.1).any(|i| {
            clause.reading.line.has(i, w) && clause.reading.line.has(i, "안")
                || clause.reading.line.ends(i, w) && clause.reading.line.has(i, "안 ")
        })
    });
    if clause.says(Concept::Complaint) && !no_word && !waits_politely(clause) && !answers(clause.reading) {
        wishes.add(Intent::Complain, span);
    }
    if clause.says(Concept::CallBack) {
        wishes.add(Intent::RequestCallback, span);
    } else if clause.says(Concept::Tell) && !clause.says(Concept::Find) && !clause.says(Concept::Repeat) {
        wishes.add(Intent::LeaveMessage, span);
    }
    if transfer(clause) {
        wishes.add(Intent::Transfer, span);
    }
    let told = wishes.has(Intent::LeaveMessage) || wishes.has(Intent::RequestCallback);
    if late(clause) && !told && !wishes.has(Intent::Complain) {
        wishes.add(Intent::LeaveMessage, span);
    }
}

/// 이십 분 정도 늦을 것 같아요: the shop is to know. 음식이 왜 이렇게 늦어요 is none, 한 시간 늦춰 주세요 neither.
fn late(clause: &Clause<'_, '_>) -> bool {
    const LATE: [&str; 10] = [
        "늦을 것",
        "늦을 거",
        "늦을 듯",
        "늦겠",
        "늦어요",
        "늦을게",
        "늦게 도착",
        "늦는다고",
        "늦습니다",
        "늦네요",
    ];
    const OTHERS: [&str; 8] = [
        "왜",
        "배달",
        "음식",
        "너무",
        "이나",
        "언제",
        "이렇게",
        "조금 더 늦",
    ];
    const ENGLISH: [&str; 4] = ["running late", "be late", "minutes late", "running behind"];
    let line = clause.reading.line;
    let (start, end) = clause.span;
    let says = |words: &[&str]| (start..end).any(|i| words.iter().any(|w| line.has(i, w)));
    if clause.reading.in_task() || line.question || !clause.kind.bookings {
        return false;
    }
    if !line.is_korean() {
        return says(&ENGLISH) && !clause.says(Concept::QStrong);
    }
    let how_long = clause.thing(|w| matches!(w, What::Duration(_)));
    let will = says(&["늦을 것 같", "늦을 거 같", "늦겠", "늦을 듯"]);
    says(&LATE) && (how_long || will) && !says(&OTHERS)
}

/// 다 식어도 되니까 여섯 시요: who gives the value that was asked for complains of nothing.
fn answers(reading: &Reading<'_>) -> bool {
    let fits = |w: &What| match w {
        What::Day(_) => reading.asked(Slot::Date),
        What::Clock(_) => reading.asked(Slot::Time) || reading.asked(Slot::PickupTime),
        What::People(_) => reading.asked(Slot::PartySize),
        What::Pieces(_) => reading.asked(Slot::Quantity) || reading.asked(Slot::PartySize),
        What::Term(Term::Item(_)) => reading.asked(Slot::MenuItem),
        What::Term(Term::Service(_)) => reading.asked(Slot::Service),
        What::Term(Term::Staff(_)) => reading.asked(Slot::Staff),
        What::Phone(..) => reading.asked(Slot::Phone),
        What::Name(_) => reading.asked(Slot::Name),
        _ => false,
    };
    // 여덟 시면 너무 늦는데, of a time that was offered.
    let offered = matches!(
        reading.context.awaiting,
        Some(Awaiting::Alternative | Awaiting::Confirm | Awaiting::Offer)
    );
    let when = |w: &What| matches!(w, What::Day(_) | What::Clock(_));
    reading.any_thing(0, usize::MAX, fits) || offered && reading.any_thing(0, usize::MAX, when)
}

pub(super) fn waits_politely(clause: &Clause<'_, '_>) -> bool {
    clause.asks(Topic::Wait) || (clause.asks(Topic::Cancellation) && !clause.says(Concept::Complaint))
}

/// A person or a department, and close after it a word for connecting: 사장님 좀 바꿔 주세요, 요양팀 연결.
pub(super) fn transfer(clause: &Clause<'_, '_>) -> bool {
    let reading = clause.reading;
    if clause.says(Concept::CallBack) || clause.says(Concept::Tell) {
        return false;
    }
    let whole = (clause.span.0, clause.span.1);
    let fetches: Vec<_> = reading
        .cues
        .iter()
        .filter(|c| c.tells == Tells::Concept(Concept::FetchPerson) && (whole.0..whole.1).contains(&c.start))
        .collect();
    let persons = reading
        .cues
        .iter()
        .filter(|c| c.tells == Tells::Concept(Concept::Person))
        .map(|c| (c.start, c.end));
    let named = reading.things.iter().filter_map(|t| match t.what {
        What::Term(Term::Queue(_) | Term::Staff(_)) => Some((t.start, t.end)),
        _ => None,
    });
    if reading.things.iter().any(|t| please(clause, t)) {
        return true;
    }
    let mut called = persons.chain(named);
    let english = !reading.line.is_korean();
    called.any(|(start, end)| {
        fetches.iter().any(|f| {
            if english {
                return f.start < end + 20 && start < f.end + 25;
            }
            f.start >= end
                && f.start <= end + 9
                && between_is_bare(reading, end, f.start)
                && !presence(reading, end, f.start)
        })
    })
}

/// 간호사실 좀 부탁드려요: a department, and please.
fn please(clause: &Clause<'_, '_>, thing: &Thing) -> bool {
    let line = clause.reading.line;
    let at = line
        .after_any(thing.end, &["으로", "로", "을", "를"])
        .unwrap_or(thing.end);
    let at = line.after(at, "좀").unwrap_or(at);
    let here = (clause.span.0..clause.span.1).contains(&thing.start);
    here && matches!(thing.what, What::Term(Term::Queue(_))) && line.has(at, "부탁")
}

/// Nothing of substance stands between the person and the verb, and no 로 (지은 쌤으로 바꿔 주세요 is a change).
pub(super) fn between_is_bare(reading: &Reading<'_>, from: usize, to: usize) -> bool {
    let value = reading.things.iter().any(|t| t.start >= from && t.end <= to);
    let booking = reading.cues.iter().any(|c| {
        c.start >= from
            && c.end <= to
            && matches!(
                c.tells,
                Tells::Concept(Concept::Booking | Concept::OrderNoun | Concept::Room | Concept::Seat)
            )
    });
    // 지은 쌤으로 바꿔 주세요 is a change; 요양팀으로 돌려 주세요 is none.
    let swaps = ["바꿔", "바꾸", "바까"].iter().any(|w| reading.line.has(to, w));
    let changed =
        swaps && (from..to).any(|i| reading.line.has(i, "로") && (reading.line.gap(i + 1) || i + 1 == to));
    !value && !booking && !changed
}

/// 있어요 right after a person asks after him (a question), unless he is the owner.
pub(super) fn presence(reading: &Reading<'_>, end: usize, fetch: usize) -> bool {
    reading.line.has(fetch, "있어요") && !(reading.line.ends(end, "사장") || reading.line.has(end, "님"))
}
