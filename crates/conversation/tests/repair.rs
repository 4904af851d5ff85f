//! Every flow, at every question that it asks, against every repair.

mod script;

use biseo_conversation::{Action, Dialogue, Input, Opening, Output};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::CallEnd;
use biseo_model::understanding::{Awaiting, Slot, Topic, Understanding};
use biseo_rehearse::MemoryShop;
use jiff::civil::{DateTime, date};
use script::meaning_of;
use serde_json::json;

const NOW: DateTime = date(2026, 11, 24).at(18, 12, 0, 0);
const SAY: &str = "네";

/// A flow's utterances, one after another; after each of them something is asked.
const FLOWS: [(&str, &str, &[&str]); 8] = [
    (
        "book a table",
        "haengbok",
        &[
            "book",
            "/ date 2026-11-25",
            "/ time 19:00",
            "/ party_size 4",
            "/ name 김민수",
            "/ this_number",
        ],
    ),
    (
        "book a person",
        "byeol",
        &[
            "book",
            "/ service 커트",
            "/ date 2026-11-26",
            "/ time 15:00",
            "/ staff 지은",
            "/ name 김민수",
            "/ this_number",
        ],
    ),
    ("change", "haengbok", &["change_booking", "/ time 18:00"]),
    ("cancel", "haengbok", &["cancel_booking"]),
    (
        "message",
        "haengbok",
        &["leave_message", "/ message 우산을 두고 왔어요", "/ name 김민수"],
    ),
    (
        "order",
        "gugu",
        &[
            "order",
            "/ menu_item 양념",
            "/ quantity 1",
            "/ pickup_time 20:00",
            "/ name 김민수",
            "/ this_number",
        ],
    ),
    (
        "full",
        "haengbok",
        &["book / date 2026-11-28, time 19:00, party_size 10"],
    ),
    ("closed", "haengbok", &["book / date 2026-11-30"]),
];

struct Call {
    dialogue: Dialogue,
    shop: MemoryShop,
    stored: bool,
}

impl Call {
    /// A call that has got as far as the `steps`-th question of a flow.
    fn at(shop: &str, utterances: &[&str]) -> Self {
        let profile = script::profile(shop);
        let caller = PhoneNumber::parse("01012345678").ok();
        let mut books = MemoryShop::new(profile.clone(), NOW);
        if shop == "haengbok" {
            let own = json!({"date": "2026-11-27", "time": "19:00", "party_size": 2, "name": "김민수", "phone": "01012345678"});
            let room = json!({"date": "2026-11-28", "time": "18:30", "party_size": 9, "name": "이영희", "phone": "01087654321"});
            books.give(&[own, room], &[]).unwrap();
        }
        let mut call = Self {
            dialogue: Dialogue::new(
                profile,
                Opening {
                    caller,
                    ..Opening::default()
                },
            ),
            shop: books,
            stored: false,
        };
        call.feed(Input::Started);
        for words in utterances {
            call.hear(words);
        }
        call
    }

    fn hear(&mut self, meaning: &str) -> Vec<Output> {
        self.understood(meaning_of(meaning))
    }

    fn understood(&mut self, understanding: Understanding) -> Vec<Output> {
        self.feed(Input::heard(SAY, understanding))
    }

    fn feed(&mut self, input: Input) -> Vec<Output> {
        let mut all = self.dialogue.handle(NOW, input);
        while let Some(Output::Do(action)) = all.last() {
            let asks = matches!(
                action,
                Action::Check { .. } | Action::FindBookings { .. } | Action::FindOrders { .. }
            );
            self.stored |= !asks;
            let result = self.shop.perform(&action.clone());
            all.pop();
            all.extend(self.dialogue.handle(NOW, Input::Done(result)));
        }
        all
    }
}

fn said(outputs: &[Output]) -> String {
    let texts = outputs.iter().filter_map(|o| match o {
        Output::Say(p) => Some(p.text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join(" ")
}

fn hangs_up(outputs: &[Output]) -> Option<CallEnd> {
    match outputs.last() {
        Some(Output::HangUp { reason }) => Some(*reason),
        _ => None,
    }
}

/// Runs a check at every question of every flow; `call` has just heard the reply.
fn everywhere(check: impl Fn(&str, &mut Call, Awaiting)) {
    for (name, shop, utterances) in FLOWS {
        for upto in 1..=utterances.len() {
            let mut call = Call::at(shop, &utterances[..upto]);
            let place = format!("{name}, question {upto}");
            let asked = call
                .dialogue
                .awaiting()
                .unwrap_or_else(|| panic!("{place}: nothing is asked"));
            check(&place, &mut call, asked);
            assert!(!call.stored, "{place}: something was stored");
        }
    }
}

#[test]
fn each_question_is_of_its_kind() {
    let asked = |shop, utterances: &[&str]| -> Vec<Awaiting> {
        let upto = 1..=utterances.len();
        upto.map(|n| Call::at(shop, &utterances[..n]).dialogue.awaiting().unwrap())
            .collect()
    };
    let slots = |slots: &[Slot]| slots.iter().copied().map(Awaiting::Slot).collect::<Vec<_>>();
    use Slot::*;
    let mut table = slots(&[Date, Time, PartySize, Name, Phone]);
    table.push(Awaiting::Confirm);
    assert_eq!(asked(FLOWS[0].1, FLOWS[0].2), table);
    let mut person = slots(&[Service, Date, Time, Staff, Name, Phone]);
    person.push(Awaiting::Confirm);
    assert_eq!(asked(FLOWS[1].1, FLOWS[1].2), person);
    assert_eq!(
        asked(FLOWS[2].1, FLOWS[2].2),
        [Awaiting::Slot(Time), Awaiting::Confirm]
    );
    assert_eq!(asked(FLOWS[3].1, FLOWS[3].2), [Awaiting::Confirm]);
    let mut message = slots(&[Message, Name]);
    message.push(Awaiting::Confirm);
    assert_eq!(asked(FLOWS[4].1, FLOWS[4].2), message);
    let mut order = slots(&[MenuItem, Quantity, PickupTime, Name, Phone]);
    order.push(Awaiting::Confirm);
    assert_eq!(asked(FLOWS[5].1, FLOWS[5].2), order);
    assert_eq!(asked(FLOWS[6].1, FLOWS[6].2), [Awaiting::Alternative]);
    assert_eq!(asked(FLOWS[7].1, FLOWS[7].2), [Awaiting::Alternative]);
}

#[test]
fn pardon_says_it_again() {
    for (name, shop, utterances) in FLOWS {
        let mut call = Call::at(shop, &utterances[..utterances.len() - 1]);
        let reply = call.hear(utterances[utterances.len() - 1]);
        let asked = call.dialogue.awaiting();
        // What was said after the store had answered is what is repeated.
        let again = said(&call.hear("repeat"));
        assert!(
            said(&reply).ends_with(&again) && !again.is_empty(),
            "{name}: {again}"
        );
        assert_eq!(call.dialogue.awaiting(), asked, "{name}");
    }
}

#[test]
fn one_moment_waits() {
    everywhere(|place, call, asked| {
        let reply = call.hear("wait");
        let Some(Output::Listen(listen)) = reply.last() else {
            panic!("{place}")
        };
        assert!(listen.silence_after_ms >= 30_000, "{place}");
        assert_eq!(listen.awaiting, Some(asked), "{place}");
    });
}

#[test]
fn once_lost_asks_again_and_twice_lost_offers_a_message() {
    everywhere(|place, call, asked| {
        let optional = matches!(asked, Awaiting::Slot(Slot::Staff | Slot::PickupTime));
        // A number that is not understood twice is the caller's own.
        if asked == Awaiting::Slot(Slot::Phone) {
            call.feed(Input::Unclear);
            let reply = call.feed(Input::Unclear);
            assert_eq!(call.dialogue.awaiting(), Some(Awaiting::Confirm), "{place}");
            assert!(said(&reply).contains("010-1234-5678"), "{place}");
            return;
        }
        let reply = call.feed(Input::Unclear);
        assert!(said(&reply).contains('?'), "{place}: {}", said(&reply));
        if !optional {
            assert_eq!(call.dialogue.awaiting(), Some(asked), "{place}");
            call.feed(Input::Unclear);
            assert_eq!(call.dialogue.awaiting(), Some(Awaiting::Offer), "{place}");
            call.hear("affirm");
            let next = call.dialogue.awaiting();
            assert!(
                matches!(
                    next,
                    Some(Awaiting::Slot(Slot::Message | Slot::Name)) | Some(Awaiting::Confirm)
                ),
                "{place}: {next:?}"
            );
        }
    });
}

#[test]
fn silence_asks_twice_and_then_says_good_bye() {
    everywhere(|place, call, asked| {
        for _ in 0..2 {
            let reply = call.feed(Input::Silence);
            assert!(!said(&reply).is_empty(), "{place}");
            assert_eq!(call.dialogue.awaiting(), Some(asked), "{place}");
        }
        assert_eq!(
            hangs_up(&call.feed(Input::Silence)),
            Some(CallEnd::Silence),
            "{place}"
        );
    });
}

#[test]
fn stop_drops_it() {
    everywhere(|place, call, _| {
        call.hear("stop");
        assert_eq!(call.dialogue.awaiting(), Some(Awaiting::AnythingElse), "{place}");
        assert_eq!(hangs_up(&call.hear("deny")), Some(CallEnd::Biseo), "{place}");
    });
}

#[test]
fn good_bye_ends_it() {
    everywhere(|place, call, _| {
        assert_eq!(hangs_up(&call.hear("goodbye")), Some(CallEnd::Biseo), "{place}");
    });
}

#[test]
fn a_question_is_answered_and_the_conversation_returns() {
    everywhere(|place, call, asked| {
        // Where a message is asked for, whatever is said is the message.
        if asked == Awaiting::Slot(Slot::Message) {
            return;
        }
        let reply = call.hear("ask / topic hours");
        assert!(
            reply.contains(&Output::Answered { topic: Topic::Hours }),
            "{place}"
        );
        assert_eq!(call.dialogue.awaiting(), Some(asked), "{place}: {}", said(&reply));
    });
}

#[test]
fn a_person_is_fetched_from_anywhere() {
    everywhere(|place, call, _| {
        let mut call = Call {
            stored: false,
            ..std::mem::replace(call, Call::at("haengbok", &[]))
        };
        call.hear("transfer");
        assert!(
            call.dialogue.is_over() && call.shop.transferred.is_some(),
            "{place}"
        );
    });
}

#[test]
fn danger_to_life_comes_first() {
    everywhere(|place, call, _| {
        let mut call = Call {
            stored: false,
            ..std::mem::replace(call, Call::at("haengbok", &[]))
        };
        let reply = call.hear("emergency");
        assert!(said(&reply).contains("119"), "{place}");
        let Some(Output::Say(first)) = reply.first() else {
            panic!("{place}")
        };
        assert!(!first.interruptible, "{place}");
    });
}

/// Whatever is asked again and again without a word that helps, the call ends.
#[test]
fn a_circle_is_left() {
    for unhelpful in ["unsure", "deny", "ask / topic hours", "chitchat"] {
        let mut call = Call::at("haengbok", &["book"]);
        let ended = (0..40).any(|_| hangs_up(&call.hear(unhelpful)).is_some());
        assert!(ended, "{unhelpful}");
    }
}

#[test]
fn a_good_bye_is_taken_back_by_a_question_and_by_nothing_less() {
    const ASKS: &str = "ask / topic parking";
    let mut call = Call::at("haengbok", &[ASKS]);
    assert_eq!(hangs_up(&call.hear("deny")), Some(CallEnd::Biseo));
    for polite in [
        "thank goodbye",
        "affirm",
        "/ date 2026-11-25",
        "goodbye / date 2026-11-25",
        "greet",
        "chitchat",
    ] {
        assert_eq!(call.hear(polite), [], "{polite}");
        assert!(call.dialogue.is_over(), "{polite}");
    }
    for asks in ["ask / topic hours", "wait", "book"] {
        let more = call.hear(asks);
        assert!(
            !said(&more).is_empty() && !call.dialogue.is_over(),
            "{asks}: {more:?}"
        );
        assert!(matches!(more.last(), Some(Output::Listen(_))), "{asks}: {more:?}");
        assert_eq!(hangs_up(&call.hear("goodbye")), Some(CallEnd::Biseo), "{asks}");
    }
    // Not for ever.
    assert_eq!(call.hear(ASKS), []);
}

#[test]
fn a_call_that_biseo_gives_up_stays_given_up() {
    let mut call = Call::at("haengbok", &["ask / topic parking"]);
    for _ in 0..10 {
        if hangs_up(&call.feed(Input::Unclear)).is_some() {
            break;
        }
    }
    assert!(call.dialogue.is_over());
    assert_eq!(call.hear("ask / topic hours"), []);
}
