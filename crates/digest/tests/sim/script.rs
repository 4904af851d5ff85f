//! What is said in a call of each plot.

use biseo_model::understanding::{Act, Filled, Intent, Topic, Understanding, Value};

use super::plot::Plot;
use super::records::Matter;
use super::voice::Voice;

/// What was heard, what it means, what Biseo says.
pub type Exchange = (String, Understanding, String);

/// Keys of what Biseo says, beside what it answers.
type Line = (&'static str, Understanding, &'static [&'static str]);

/// A call after its greeting.
pub fn exchanges(plot: Plot, matter: &Matter, voice: &Voice, turn: u32) -> Vec<Exchange> {
    let values = voice.values(matter);
    let said = |(heard, meaning, keys): Line| (heard.to_string(), meaning, voice.say(keys, turn, &values));
    lines(plot, turn).into_iter().map(said).collect()
}

fn lines(plot: Plot, turn: u32) -> Vec<Line> {
    match plot {
        Plot::Books
        | Plot::Orders
        | Plot::Cancels
        | Plot::Moves
        | Plot::AddsWish
        | Plot::RepeatedThenBooks => deeds(plot),
        Plot::CancelsOrder | Plot::ChangesOrder => deeds(plot),
        Plot::AskedAndTold | Plot::Unknown | Plot::Sells => questions(plot, turn),
        Plot::WantsCallBack | Plot::LeavesWord | Plot::ChangesMind => messages(plot),
        Plot::NoPerson | Plot::Person | Plot::HangsUpAfterPromise => persons(plot),
        Plot::ChecksIn | Plot::ChecksInSilent => check_ins(plot),
        Plot::TooLong | Plot::LeavesUnbooked => ended(plot),
        Plot::StoreFails | Plot::StoreFailsThenMessage | Plot::MessageFails => failing(plot),
        _ => badly(plot),
    }
}

fn thanks() -> Line {
    (
        "네, 감사합니다.",
        means(&[], &[Act::Thank, Act::Goodbye]),
        &["call.bye"],
    )
}

fn no_more() -> Line {
    (
        "됐어요, 끊을게요.",
        means(&[], &[Act::Deny, Act::Goodbye]),
        &["call.bye"],
    )
}

fn yes(said: &'static [&'static str]) -> Line {
    ("네, 맞아요.", means(&[], &[Act::Affirm]), said)
}

fn wants(heard: &'static str, intent: Intent, said: &'static [&'static str]) -> Line {
    (heard, means(&[intent], &[]), said)
}

/// What is no wish of the shop.
fn words(heard: &'static str, said: &'static [&'static str]) -> Line {
    (heard, means(&[], &[]), said)
}

/// Something is done. Who gives up or moves something hangs up without taking leave.
fn deeds(plot: Plot) -> Vec<Line> {
    match plot {
        Plot::Books => vec![
            wants("내일 일곱 시에 네 명이요.", Intent::Book, &["book.confirm"]),
            yes(&["book.done", "call.anything_else"]),
            thanks(),
        ],
        Plot::RepeatedThenBooks => vec![
            ("음 그게", means(&[], &[]), &["call.unclear", "call.say_again"]),
            ("으음", means(&[], &[]), &["call.unclear", "book.ask_date_again"]),
            wants("내일 두 명이요.", Intent::Book, &["book.confirm"]),
            yes(&["book.done"]),
            thanks(),
        ],
        Plot::Orders => vec![
            wants("김치찌개 포장이요.", Intent::Order, &["order.confirm"]),
            yes(&["order.done"]),
            thanks(),
        ],
        Plot::Cancels => vec![
            wants("예약 취소하려고요.", Intent::CancelBooking, &["cancel.confirm"]),
            yes(&["cancel.done", "call.anything_else"]),
        ],
        Plot::Moves => vec![
            wants(
                "예약을 옮기고 싶은데요.",
                Intent::ChangeBooking,
                &["change.confirm"],
            ),
            yes(&["change.done", "call.anything_else"]),
        ],
        Plot::AddsWish => vec![
            wants(
                "예약에 하나 더 부탁하려고요.",
                Intent::ChangeBooking,
                &["change.confirm_request"],
            ),
            yes(&["change.done_request", "call.anything_else"]),
        ],
        Plot::CancelsOrder => vec![
            wants("주문 취소할게요.", Intent::CancelOrder, &["cancel_order.confirm"]),
            yes(&["cancel_order.done"]),
        ],
        _ => vec![
            wants("주문 바꿀게요.", Intent::ChangeOrder, &["change_order.confirm"]),
            yes(&["change_order.done"]),
        ],
    }
}

fn questions(plot: Plot, turn: u32) -> Vec<Line> {
    let topic = if turn.is_multiple_of(2) {
        Topic::Other
    } else {
        Topic::Wait
    };
    let asked = [
        "혹시 아기 의자 있나요?",
        "생일 케이크 가져가도 되나요?",
        "지금 가면 얼마나 기다려요?",
    ];
    match plot {
        Plot::AskedAndTold => {
            vec![(
                "몇 명까지 돼요?",
                asks(Topic::Capacity),
                &["answer.capacity_party", "call.anything_else"],
            )]
        }
        Plot::Unknown => vec![
            (asked[turn as usize % 3], asks(topic), &["answer.unknown_offer"]),
            no_more(),
        ],
        _ => vec![
            (
                "홍보 대행사인데요.",
                means(&[Intent::SalesPitch], &[]),
                &["call.sales"],
            ),
            ("아니요.", means(&[], &[Act::Deny]), &["call.sales_bye"]),
        ],
    }
}

fn messages(plot: Plot) -> Vec<Line> {
    let (heard, intent) = match plot {
        Plot::WantsCallBack => ("사장님 전화 좀 부탁드려요.", Intent::RequestCallback),
        _ => ("단체석 고맙다고 전해 주세요.", Intent::LeaveMessage),
    };
    let begun: Line = (heard, means(&[intent], &[]), &["message.confirm"]);
    match plot {
        Plot::ChangesMind => vec![begun, no_more()],
        _ => vec![begun, yes(&["message.done", "call.anything_else"]), thanks()],
    }
}

fn persons(plot: Plot) -> Vec<Line> {
    let wants: Line = (
        "사람 좀 바꿔 주세요.",
        means(&[Intent::Transfer], &[]),
        &["call.transfer"],
    );
    match plot {
        Plot::Person => vec![wants],
        Plot::NoPerson => vec![wants, ("", means(&[], &[]), &["call.not_reached"]), no_more()],
        _ => vec![
            wants,
            (
                "",
                means(&[], &[]),
                &["call.not_reached_message", "message.ask_name"],
            ),
        ],
    }
}

fn check_ins(plot: Plot) -> Vec<Line> {
    match plot {
        Plot::ChecksIn => vec![
            words("잘 잤어.", &["checkin.ask_meals"]),
            words("먹었지.", &["checkin.done"]),
        ],
        _ => vec![
            words("", &["call.silence_1", "checkin.ask_sleep"]),
            words("", &["call.silence_2"]),
            words("", &["checkin.no_answer"]),
        ],
    }
}

/// Biseo ends the call with the wish left undone.
fn ended(plot: Plot) -> Vec<Line> {
    let begun = wants("내일 일곱 시에 예약이요.", Intent::Book, &["book.ask_party_size"]);
    let leave = means(&[], &[Act::Deny, Act::Goodbye]);
    match plot {
        Plot::TooLong => vec![begun, words("글쎄요, 몇이더라.", &["call.bye_long"])],
        _ => vec![
            begun,
            ("다음에 할게요, 끊을게요.", leave, &["call.bye_unfinished"]),
        ],
    }
}

/// What was confirmed cannot be stored.
fn failing(plot: Plot) -> Vec<Line> {
    let books = wants("내일 일곱 시에 네 명이요.", Intent::Book, &["book.confirm"]);
    let leaves = wants(
        "전화 달라고 전해 주세요.",
        Intent::LeaveMessage,
        &["message.confirm"],
    );
    match plot {
        Plot::StoreFails => vec![books, yes(&["call.failed"]), no_more()],
        Plot::StoreFailsThenMessage => vec![
            books,
            yes(&["call.failed"]),
            yes(&["message.confirm"]),
            yes(&["message.done", "call.anything_else"]),
            thanks(),
        ],
        _ => vec![leaves, yes(&["call.failed_message"]), no_more()],
    }
}

fn badly(plot: Plot) -> Vec<Line> {
    let books: Understanding = means(&[Intent::Book], &[]);
    match plot {
        Plot::HangsUp | Plot::HangsUpThenBooks => vec![("예약하려고요.", books, &["book.ask_date_and_time"])],
        Plot::HangsUpThenCancels => {
            vec![(
                "예약 취소요.",
                means(&[Intent::CancelBooking], &[]),
                &["cancel.ask_phone"],
            )]
        }
        Plot::HangsUpAtReadBack => vec![("내일 일곱 시에 네 명이요.", books, &["book.confirm"])],
        Plot::CutOff => vec![("내일 예약이요.", books, &["book.ask_party_size"])],
        Plot::Complains => vec![
            (
                "어제 음식이 너무 짰어요.",
                means(&[Intent::Complain], &[]),
                &["call.complaint", "call.complaint_offer"],
            ),
            no_more(),
        ],
        Plot::Emergency => {
            let danger = Understanding {
                emergency: true,
                ..means(&[], &[])
            };
            vec![("손님이 쓰러졌어요!", danger, &["call.emergency"])]
        }
        Plot::Silent => vec![
            ("", means(&[], &[]), &["call.silence_1"]),
            ("", means(&[], &[]), &["call.silence_2"]),
            ("", means(&[], &[]), &["call.silence_bye"]),
        ],
        _ => Vec::new(),
    }
}

pub fn means(intents: &[Intent], acts: &[Act]) -> Understanding {
    Understanding {
        intents: intents.to_vec(),
        acts: acts.to_vec(),
        confidence: 0.9,
        ..Understanding::default()
    }
}

fn asks(topic: Topic) -> Understanding {
    let value = Value::Topic(topic);
    Understanding {
        slots: vec![Filled {
            value,
            start: 0,
            end: 1,
            was: false,
        }],
        ..means(&[Intent::Ask], &[])
    }
}
