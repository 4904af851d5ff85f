//! Bookings: new, changed, cancelled, looked up.

use biseo_model::understanding::{Intent, Topic};

use super::speak::transfer;
use super::{Clause, Wishes};
use crate::cues::{Concept, Tells};
use crate::relative;
use crate::things::{Thing, What};
use crate::vocabulary::Term;

/// Bookings: new, changed, cancelled, looked up.
pub(super) fn bookings(clause: &Clause<'_, '_>, wishes: &mut Wishes) {
    use Concept::{Booking, Cancel, DoneBooking, Find, NotWish};
    let span = clause.span;
    if clause.says(NotWish) && changes(clause) {
        wishes.add(Intent::ChangeBooking, span);
    }
    // 포장 시켜 놓은 거 있는데 취소 되나요: the order is named in another clause.
    let placed = clause.kind.menu
        && clause.reading.says(Concept::DoneOrder)
        && !clause.reading.says_any(&[Booking, DoneBooking]);
    let rule = clause.asks(Topic::Cancellation) && !clause.says(DoneBooking) && !placed;
    if let Some(start) = books_after(clause) {
        wishes.add(Intent::Book, (start, span.1));
    }
    if clause.says(NotWish) || rule {
        return;
    }
    let order = clause.kind.menu && clause.about_order() && !clause.any(&[Booking, DoneBooking]);
    if placed && (clause.says(Cancel) || clause.asks(Topic::Cancellation)) && !clause.reading.in_task() {
        if !wishes.has(Intent::CancelOrder) {
            wishes.add(Intent::CancelOrder, span);
        }
        return;
    }
    let cancels = clause.says(Cancel) || clause.asks(Topic::Cancellation) || takes_out(clause);
    if cancels && !order && !clause.says(Concept::Tell) && !clause.reading.in_task() {
        wishes.add(Intent::CancelBooking, span);
        return;
    }
    let ordered =
        clause.kind.menu && clause.reading.says(Concept::DoneOrder) && !clause.reading.says(Booking);
    if changes(clause) && (ordered || clause.kind.menu && !clause.kind.bookings) {
        if !wishes.has(Intent::ChangeOrder) {
            wishes.add(Intent::ChangeOrder, span);
        }
        return;
    }
    if changes(clause) && !order {
        wishes.add(Intent::ChangeBooking, span);
        if clause.says(Find) && clause.says(Booking) {
            wishes
                .intents
                .insert(wishes.intents.len() - 1, (Intent::FindBooking, span));
        }
        return;
    }
    if clause.says(Find)
        && (clause.any(&[Booking, DoneBooking]) || clause.reading.any_thing(0, span.1, |_| false))
        && !clause.reading.in_task()
    {
        wishes.add(Intent::FindBooking, span);
        return;
    }
    if books(clause) {
        wishes.add(Intent::Book, span);
    }
}

/// 내일 예약은 빼 주세요, 그중에 일요일 것만 빼 주세요: a booking is taken out, not one of its guests or services.
fn takes_out(clause: &Clause<'_, '_>) -> bool {
    const WHICH: [&str; 9] = [
        "예약",
        "예약은",
        "예약을",
        "예약만",
        "예약 좀",
        "것만",
        "거만",
        "것은",
        "건",
    ];
    let reading = clause.reading;
    let said = reading.says_any(&[Concept::Booking, Concept::DoneBooking]);
    let part = clause.thing(|w| matches!(w, What::People(_) | What::Term(Term::Service(_) | Term::Item(_))));
    let out = reading.within(Concept::Remove, clause.span.0, clause.span.1);
    out.is_some_and(|c| WHICH.iter().any(|w| reading.line.ends(c.start, w))) && said && !part
}

pub(super) fn changes(clause: &Clause<'_, '_>) -> bool {
    if clause.says(Concept::Tell) {
        return false;
    }
    use Concept::{Booking, Change, DoneBooking};
    let (start, end) = clause.span;
    let denied = clause
        .reading
        .within(Concept::NotWish, start, end)
        .map_or(start, |c| c.end);
    let moves = clause.reading.within(Change, denied, end).is_some()
        || swaps(clause)
        || pushes(clause)
        || heads_change(clause)
        || made_then_else(clause)
        || adds(clause)
        || sooner(clause);
    if !moves || clause.reading.in_task() || clause.says(Concept::CallBack) {
        return false;
    }
    let line = clause.reading.line;
    let aspect = [
        "시간",
        "날짜",
        "인원",
        "요일",
        "예약",
        "자리",
        "좌석",
        "명",
        "디자이너",
        "선생님",
        "time",
        "date",
        "it",
        "party",
    ]
    .iter()
    .any(|w| (clause.span.0..clause.span.1).any(|i| line.has(i, w)));
    let value = clause.thing(|w| {
        matches!(
            w,
            What::Day(_)
                | What::Clock(_)
                | What::People(_)
                | What::Duration(_)
                | What::Later(_)
                | What::Term(Term::Service(_) | Term::Staff(_))
        )
    });
    let value = value || relative::anaphor(clause.reading).is_some();
    let known = clause.any(&[Booking, DoneBooking]) || clause.reading.says(DoneBooking);
    (known || aspect || value) && !transfer(clause)
}

/// 여섯 시 거 빼고 여덟 시로 넣어 주세요: one value in the place of another.
fn swaps(clause: &Clause<'_, '_>) -> bool {
    let line = clause.reading.line;
    let value = |w: &What| matches!(w, What::Day(_) | What::Clock(_) | What::People(_));
    let all = clause.reading.things.iter().filter(|t| value(&t.what));
    let out = |end: usize| {
        line.after_any(end, &["거", "꺼", "것", "건", "걸"])
            .is_some_and(|at| {
                let at = line.after_any(at, &["는", "은", "를"]).unwrap_or(at);
                ["빼고", "빼시고", "지우고", "없애고", "말고"]
                    .iter()
                    .any(|w| line.has(at, w))
            })
    };
    let to = |end: usize| line.after_any(end, &["로", "으로"]).is_some();
    let ends: Vec<usize> = all.map(|t| t.end).collect();
    // 네 명에서 여섯 명이 됐어요
    let people = |t: &&Thing| matches!(t.what, What::People(_));
    let grown = clause.reading.things.windows(2).any(|w| {
        let from = people(&&w[0]) && people(&&w[1]) && line.has(w[0].end, "에서");
        from && line
            .after_any(w[1].end, &["이 됐", "이 돼", "이 되", "으로", "로"])
            .is_some()
    });
    grown || ends.iter().any(|e| out(*e)) && ends.iter().any(|e| to(*e))
}

/// "bring my appointment forward", "push it back": the verb's second half comes later.
fn pushes(clause: &Clause<'_, '_>) -> bool {
    const VERBS: [&str; 8] = [
        "push", "bring", "move", "put", "pushed", "moved", "brought", "shift",
    ];
    const WAYS: [&str; 7] = ["back", "forward", "up", "earlier", "later", "ahead", "out"];
    let line = clause.reading.line;
    let word = |i: usize, words: &[&str]| {
        line.gap(i)
            && words
                .iter()
                .any(|w| line.after(i, w).is_some_and(|end| line.gap(end)))
    };
    let (start, end) = clause.span;
    !line.is_korean()
        && (start..end)
            .find(|i| word(*i, &VERBS))
            .is_some_and(|verb| (verb..end.min(verb + 30)).any(|i| word(i, &WAYS)))
}

/// A question of facts; whether there is room is asked to book it: 되는 시간에 커트 넣어 주세요.
fn asks_facts(clause: &Clause<'_, '_>) -> bool {
    let (start, end) = clause.span;
    clause
        .reading
        .topics(start, end)
        .any(|(t, _)| t != Topic::Availability)
}

/// 커트하려는 게 아니라 염색하려고요, 변경이 아니라 새로 하나 더 잡고 싶어요.
fn books_after(clause: &Clause<'_, '_>) -> Option<usize> {
    let reading = clause.reading;
    let not = reading.within(Concept::NotWish, clause.span.0, clause.span.1)?;
    let (start, end) = (not.end, clause.span.1);
    let service = reading.any_thing(start, end, |w| matches!(w, What::Term(Term::Service(_))));
    let word = ["잡고 싶", "잡으려", "잡을", "새로", "예약하"]
        .iter()
        .any(|w| (start..end).any(|i| reading.line.has(i, w)));
    let wants = reading.within(Concept::Want, start, end).is_some();
    let books = wants && (service || word) && clause.kind.bookings && !reading.in_task();
    books.then_some(start)
}

/// 커트 예약에 펌도 추가할 수 있나요.
fn adds(clause: &Clause<'_, '_>) -> bool {
    let service = clause.thing(|w| matches!(w, What::Term(Term::Service(_))));
    clause.says(Concept::Add) && clause.says(Concept::DoneBooking) && service
}

/// "I have a reservation, can we come thirty minutes later".
fn sooner(clause: &Clause<'_, '_>) -> bool {
    let line = clause.reading.line;
    let moved = clause.reading.things.iter().any(|t| {
        let length = matches!(t.what, What::Duration(_)) && (clause.span.0..clause.span.1).contains(&t.start);
        length && ["later", "earlier"].iter().any(|w| line.has(t.end, w))
    });
    moved && !line.is_korean() && clause.reading.says(Concept::DoneBooking)
}

/// 두 시에 하기로 한 거 그냥 네 시로 해 주세요: a booking that stands, then another value with 로.
fn made_then_else(clause: &Clause<'_, '_>) -> bool {
    let reading = clause.reading;
    let line = reading.line;
    let Some(made) = reading.cues.iter().find(|c| {
        let done = c.tells == Tells::Concept(Concept::DoneBooking);
        done && [
            "하기로",
            "잡아 놓",
            "잡아 둔",
            "잡은",
            "예약한",
            "예약했",
            "예약해",
            "예약된",
        ]
        .iter()
        .any(|w| line.has(c.start, w))
    }) else {
        return false;
    };
    // 예약한 거 취소하고요 금요일로 새로 잡아 주세요: two wishes.
    if reading.within(Concept::Cancel, made.start, usize::MAX).is_some() {
        return false;
    }
    let new = reading.things.iter().any(|t| {
        let value = matches!(
            t.what,
            What::Day(_) | What::Clock(_) | What::People(_) | What::Term(_)
        );
        let instead = ["그냥", "대신"].iter().any(|w| line.ends(t.start, w)) && line.has(t.end, "만");
        let to = line.after_any(t.end, &["으로", "로", "님으로"]).is_some();
        value && t.start >= made.end && (to || instead)
    });
    let asks = clause.says(Concept::Want) || clause.says(Concept::Possible);
    new && asks && clause.span.1 > made.end
}

/// 두 명 더 와요, 한 명 빠졌어요: of a booking that stands, with no word of it.
fn heads_change(clause: &Clause<'_, '_>) -> bool {
    let (start, end) = clause.span;
    let shifted = relative::people(clause.reading).is_some_and(|at| (start..end).contains(&at));
    shifted && !clause.asks_any() && !clause.says(Concept::Have)
}

pub(super) fn books(clause: &Clause<'_, '_>) -> bool {
    use Concept::{Already, Booking, DoneBooking, Find, Have, Possible, Room, RuleIf, Seat, Tell, Want};
    let reading = clause.reading;
    if reading.in_task()
        || clause.any(&[Already, RuleIf, Tell])
        || clause.says(DoneBooking) && !clause.says(Want)
    {
        return false;
    }
    if clause.says(DoneBooking) && !(clause.thing(|w| matches!(w, What::Clock(_) | What::People(_)))) {
        return false;
    }
    // 예약은 이걸로 다 됐고요
    let done = clause.says(Concept::Enough) && !clause.any(&[Want, Possible]);
    if clause.says(Booking) && !clause.says(Find) && !done {
        return true;
    }
    let seats = clause.any(&[Seat, Room])
        && (clause.any(&[Want, Possible])
            || clause.says(Have) && clause.thing(|w| matches!(w, What::People(_))));
    let visit = clause.says(Concept::Visit)
        && clause.any(&[Want, Possible])
        && clause.kind.bookings
        && !clause.asks_any();
    let service = clause.thing(|w| matches!(w, What::Term(Term::Service(_))))
        && clause.any(&[Want])
        && !asks_facts(clause);
    // 금요일 여섯 시에 다섯 명으로 새로 잡아 주세요: all that a booking needs, and that it is wanted.
    let told = clause.kind.bookings
        && clause.says(Want)
        && !clause.asks_any()
        && clause.thing(|w| matches!(w, What::Day(_)))
        && clause.thing(|w| matches!(w, What::Clock(_)))
        && clause.thing(|w| matches!(w, What::People(_)));
    told || (seats && !clause.asks(Topic::Capacity) && !clause.asks(Topic::Availability)) || visit || service
}
