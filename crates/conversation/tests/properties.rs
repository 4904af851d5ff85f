//! Whatever is understood: no panic, nothing stored unconfirmed, no price that is not in the profile, and silence ends it.

mod script;

use std::sync::atomic::{AtomicUsize, Ordering};

use biseo_conversation::{Action, Dialogue, Input, Language, Opening, Output};
use biseo_model::hint::{Choice, Hint, PhonePart, PhonePlace};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::CallEnd;
use biseo_model::understanding::{Act, Awaiting, Filled, Intent, Slot, Topic, Understanding, Value};
use biseo_rehearse::MemoryShop;
use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use proptest::prelude::*;

const SHOPS: [&str; 5] = ["haengbok", "byeol", "sotong", "gugu", "maeum"];
const NOW: DateTime = date(2026, 11, 24).at(10, 12, 0, 0);

fn intent() -> impl Strategy<Value = Intent> {
    use Intent::*;
    prop::sample::select(vec![
        Book,
        ChangeBooking,
        CancelBooking,
        FindBooking,
        Order,
        ChangeOrder,
        CancelOrder,
        Ask,
        LeaveMessage,
        RequestCallback,
        Transfer,
        Complain,
        SalesPitch,
        Chitchat,
    ])
}

fn act() -> impl Strategy<Value = Act> {
    use Act::*;
    prop::sample::select(vec![
        Greet,
        Affirm,
        Affirm,
        Affirm,
        Deny,
        Correct,
        Stop,
        Wait,
        Repeat,
        Unsure,
        Thank,
        Goodbye,
        Backchannel,
    ])
}

fn topic() -> impl Strategy<Value = Topic> {
    use Topic::*;
    prop::sample::select(vec![
        Hours,
        Location,
        Parking,
        Price,
        Menu,
        Wifi,
        Pets,
        Delivery,
        Payment,
        Staff,
        Duration,
        Capacity,
        Availability,
        Screening,
        Programs,
        Wait,
        Other,
    ])
}

fn value() -> impl Strategy<Value = Value> {
    let name = |names: &'static [&'static str]| prop::sample::select(names).prop_map(str::to_string);
    prop_oneof![
        (-3i32..90).prop_map(|d| Value::Date(NOW.date().checked_add(d.days()).unwrap())),
        (0i8..24, prop::sample::select(vec![0i8, 10, 15, 30])).prop_map(|(h, m)| Value::Time {
            at: jiff::civil::time(h, m, 0, 0),
            sure: true
        }),
        (0u32..40).prop_map(Value::PartySize),
        name(&["김민수", "Ann Lee", "{when}", ""]).prop_map(Value::Name),
        Just(Value::ThisNumber),
        Just(Value::Phone(PhoneNumber::parse("01099998888").unwrap())),
        name(&["커트", "펌", "초진", "없는 것"]).prop_map(Value::Service),
        name(&["지은", "민호", "박 원장", "아무개"]).prop_map(Value::Staff),
        (
            name(&["김치찌개", "양념", "없는 것"]),
            prop::option::of(0u32..200)
        )
            .prop_map(|(name, quantity)| Value::MenuItem { name, quantity }),
        (0u32..9).prop_map(Value::Quantity),
        Just(Value::PickupTime(jiff::civil::time(19, 0, 0, 0))),
        name(&["7", "전화 주세요", "가게 앞 차 빼 주세요"]).prop_map(Value::Message),
        name(&["0729", "9999"]).prop_map(Value::BookingRef),
        topic().prop_map(Value::Topic),
        name(&["nurses", "사회복지팀", "없는 팀"]).prop_map(Value::Queue),
    ]
}

fn hint() -> impl Strategy<Value = Hint> {
    let time = || prop::option::of((0i8..24).prop_map(|h| jiff::civil::time(h, 0, 0, 0)));
    let day = || (1i8..29).prop_map(|d| date(2026, 12, d));
    let slot = prop::sample::select(vec![Slot::Date, Slot::Time, Slot::Staff, Slot::Name]);
    let which = prop::sample::select(vec![
        Choice::Nth(1),
        Choice::Nth(9),
        Choice::Last,
        Choice::Earliest,
    ]);
    let place = prop::option::of(prop::sample::select(vec![PhonePlace::First, PhonePlace::Last]));
    prop_oneof![
        (time(), time()).prop_map(|(from, to)| Hint::Between { from, to }),
        (day(), day()).prop_map(|(a, b)| Hint::Days {
            from: a.min(b),
            to: a.max(b)
        }),
        slot.prop_map(|of| Hint::Any { of }),
        (-40i32..40).prop_map(|days| Hint::LaterDays { days }),
        (-1440i32..1440).prop_map(|minutes| Hint::LaterMinutes { minutes }),
        (-9i32..9).prop_map(|people| Hint::MorePeople { people }),
        ("[0-9]{2,8}", place).prop_map(|(digits, place)| Hint::PhonePart(PhonePart { digits, place })),
        which.prop_map(|which| Hint::Choice { which }),
        Just(Hint::Usual),
        Just(Hint::Request {
            words: "창가 자리".into()
        }),
        Just(Hint::Without {
            words: "창가".into()
        }),
    ]
}

fn understanding() -> impl Strategy<Value = Understanding> {
    let filled = || {
        (value(), prop::bool::weighted(0.15)).prop_map(|(value, was)| Filled {
            value,
            start: 0,
            end: 0,
            was,
        })
    };
    (
        prop::collection::vec(intent(), 0..3),
        prop::collection::vec(act(), 0..3),
        prop::collection::vec(filled(), 0..5),
        prop::collection::vec(prop::collection::vec(filled(), 0..3), 0..2),
        prop::collection::vec(filled(), 0..2),
        prop::collection::vec(hint(), 0..2),
        prop::bool::weighted(0.01),
    )
        .prop_map(
            |(intents, acts, slots, fallbacks, excluded, hints, emergency)| Understanding {
                intents,
                acts,
                slots,
                fallbacks,
                excluded,
                hints,
                emergency,
                confidence: 0.5,
            },
        )
}

/// What the caller does.
#[derive(Debug, Clone)]
enum Said {
    /// Says anything.
    Anything(Understanding),
    /// Answers what was asked, or wants something if nothing was.
    Answer(Intent),
    /// Makes a noise.
    Noise,
}

/// Mostly what the dialogue waits for, so that it gets somewhere.
fn input() -> impl Strategy<Value = Said> {
    prop_oneof![
        6 => understanding().prop_map(Said::Anything),
        10 => intent().prop_map(Said::Answer),
        1 => Just(Said::Noise),
    ]
}

/// A plain answer to what was asked.
fn answer(awaiting: Option<Awaiting>, else_wants: Intent) -> Understanding {
    let value = match awaiting {
        None | Some(Awaiting::AnythingElse) => {
            return Understanding {
                intents: vec![else_wants],
                ..Understanding::default()
            };
        }
        Some(Awaiting::Slot(slot)) => match slot {
            Slot::Date => Value::Date(NOW.date().checked_add(2.days()).unwrap()),
            Slot::Time | Slot::BookingRef => Value::Time {
                at: jiff::civil::time(12, 0, 0, 0),
                sure: true,
            },
            Slot::PartySize => Value::PartySize(4),
            Slot::Name => Value::Name("김민수".into()),
            Slot::Phone => Value::Phone(PhoneNumber::parse("01055556666").unwrap()),
            Slot::Service => Value::Service("커트".into()),
            Slot::Staff => Value::Staff("민호".into()),
            Slot::MenuItem => Value::MenuItem {
                name: "양념".into(),
                quantity: None,
            },
            Slot::Quantity => Value::Quantity(2),
            Slot::PickupTime => Value::PickupTime(jiff::civil::time(20, 0, 0, 0)),
            _ => Value::Message("전화 주세요".into()),
        },
        Some(_) => {
            return Understanding {
                acts: vec![Act::Affirm],
                ..Understanding::default()
            };
        }
    };
    let filled = Filled {
        value,
        start: 0,
        end: 0,
        was: false,
    };
    Understanding {
        slots: vec![filled],
        ..Understanding::default()
    }
}

struct Call {
    dialogue: Dialogue,
    shop: MemoryShop,
    /// The read-backs that the caller said yes to.
    affirmed: Vec<String>,
    said: Vec<(String, String)>,
}

impl Call {
    fn new(shop: &str, caller: bool) -> Self {
        let profile = script::profile(shop);
        let caller = caller.then(|| PhoneNumber::parse("01012345678").unwrap());
        Self {
            dialogue: Dialogue::new(
                profile.clone(),
                Opening {
                    language: Language::Ko,
                    caller,
                    recorded: true,
                    ..Opening::default()
                },
            ),
            shop: MemoryShop::new(profile, NOW),
            affirmed: Vec::new(),
            said: Vec::new(),
        }
    }

    /// Feeds an input and does what comes of it. Every reply ends in exactly one way.
    fn feed(&mut self, input: Input) {
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let reply = self.dialogue.handle(NOW, input);
            let ends = |o: &Output| matches!(o, Output::Do(_) | Output::Listen(_) | Output::HangUp { .. });
            assert_eq!(reply.iter().filter(|o| ends(o)).count(), 1, "{reply:?}");
            assert!(reply.last().is_some_and(ends), "{reply:?}");
            for output in reply {
                match output {
                    Output::Say(p) => {
                        assert!(!p.text.trim().is_empty(), "{}", p.key);
                        self.said.push((p.key, p.text));
                    }
                    Output::Do(action) => next = Some(Input::Done(self.perform(&action))),
                    _ => {}
                }
            }
        }
    }

    fn perform(&mut self, action: &Action) -> biseo_conversation::ActionResult {
        assert!(
            self.may(action),
            "stored unconfirmed: {action:?}, confirmed {:?}",
            self.affirmed
        );
        self.shop.perform(action)
    }

    /// Whether what is stored was read back as it is stored, and the caller said yes.
    fn may(&self, action: &Action) -> bool {
        let read = |parts: &[&str]| {
            self.affirmed
                .iter()
                .any(|text| parts.iter().all(|p| text.contains(p)))
        };
        match action {
            Action::Book(b) => read(&[&b.name, &b.phone.grouped()]),
            Action::LeaveMessage { text, call_back, .. } => {
                read(&[text, &call_back.as_ref().map(|p| p.grouped()).unwrap_or_default()])
            }
            Action::PlaceOrder(o) => o.items.iter().all(|i| read(&[&i.name, &i.quantity.to_string()])),
            Action::MoveBooking { .. }
            | Action::CancelBooking { .. }
            | Action::ChangeOrder { .. }
            | Action::CancelOrder { .. } => !self.affirmed.is_empty(),
            _ => true,
        }
    }

    fn turn(&mut self, said: Said, confidence: f32) {
        let understood = match said {
            Said::Anything(understanding) => Some(understanding),
            Said::Answer(intent) => Some(answer(self.dialogue.awaiting(), intent)),
            Said::Noise => None,
        };
        let asked = self.dialogue.awaiting() == Some(Awaiting::Confirm);
        let yes = understood
            .as_ref()
            .is_some_and(|u| u.has(Act::Affirm) || u.has(Act::Backchannel));
        if asked && yes {
            // "네, 기다릴게요" may have been said since; "말씀이 안 들려요" may be what the yes is meant for.
            let telling = |key: &str| {
                key.ends_with(".confirm") || matches!(key, "call.fix" | "call.silence_2" | "ground.explicit")
            };
            let last = self.said.iter().rev().find(|(key, _)| telling(key));
            self.affirmed.extend(last.map(|(_, text)| text.clone()));
        }
        self.feed(match understood {
            Some(understanding) => Input::Heard {
                text: "말".into(),
                understanding,
                confidence,
            },
            None => Input::Unclear,
        });
    }
}

/// Amounts of money in a text.
fn amounts(text: &str) -> Vec<u64> {
    text.split_whitespace()
        .filter_map(|w| w.find('원').map(|at| &w[..at]))
        .filter_map(|w| w.replace(',', "").parse().ok())
        .collect()
}

/// What all calls together stored: a property of nothing is none.
static STORED: AtomicUsize = AtomicUsize::new(0);

proptest! {
    #![proptest_config(ProptestConfig { cases: biseo_testkit::cases(800), failure_persistence: None, ..ProptestConfig::default() })]

    fn calls_of_any_kind(shop in 0usize..5, caller: bool, inputs in prop::collection::vec(input(), 1..40), quiet in prop::collection::vec(prop::bool::weighted(0.2), 40), sure in prop::collection::vec(prop::option::of(0f32..1.0), 40)) {
        let mut sure = sure.into_iter();
        let mut quiet = quiet.into_iter();
        let mut call = Call::new(SHOPS[shop], caller);
        call.feed(Input::Started);
        for understood in inputs {
            if call.dialogue.is_over() {
                break;
            }
            call.turn(understood, sure.next().flatten().unwrap_or(1.0));
            if quiet.next() == Some(true) && !call.dialogue.is_over() {
                call.feed(Input::Silence);
            }
        }
        // Silence ends any call, wherever it stands.
        for _ in 0..4 {
            if !call.dialogue.is_over() {
                call.feed(Input::Silence);
            }
        }
        prop_assert!(call.dialogue.is_over());
        prop_assert!(call.dialogue.handle(NOW, Input::Silence).is_empty());
        let profile = script::profile(SHOPS[shop]);
        let known: Vec<u64> = profile.menu.iter().map(|m| u64::from(m.won))
            .chain(profile.services.iter().filter_map(|s| s.won.map(u64::from)))
            .collect();
        for (key, text) in &call.said {
            if key.starts_with("answer.price") && key != "answer.price_total" {
                for won in amounts(text) {
                    prop_assert!(known.contains(&won), "{text}");
                }
            }
        }
        let summary = call.dialogue.summary();
        prop_assert_eq!(summary.messages.len(), call.shop.messages.len());
        let made = call.shop.bookings.iter().filter(|b| b.given.is_none() && !b.cancelled).count();
        prop_assert_eq!(summary.booked.len(), made);
        STORED.fetch_add(made + call.shop.orders.len() + call.shop.messages.len(), Ordering::Relaxed);
    }

    #[test]
    fn whatever_the_store_answers(answers in prop::collection::vec(0u8..8, 1..12)) {
        let mut call = Call::new("haengbok", true);
        call.feed(Input::Started);
        let said = Understanding {
            intents: vec![Intent::Book],
            slots: vec![
                Filled { value: Value::Date(NOW.date().tomorrow().unwrap()), start: 0, end: 0, was: false },
                Filled { value: Value::Time { at: jiff::civil::time(19, 0, 0, 0), sure: true }, start: 0, end: 0, was: false },
                Filled { value: Value::PartySize(4), start: 0, end: 0, was: false },
            ],
            ..Understanding::default()
        };
        let mut reply = call.dialogue.handle(NOW, Input::heard("예약", said));
        for answer in answers {
            use biseo_conversation::ActionResult as R;
            let result = match answer {
                0 => R::Available(vec![]),
                1 => R::Available(vec![true; 100]),
                2 => R::Full,
                3 => R::Found(vec![]),
                4 => R::Failed,
                5 => R::Transferred,
                6 => R::NotReached,
                _ => R::MessageLeft,
            };
            let waits = matches!(reply.last(), Some(Output::Do(_)));
            reply = call.dialogue.handle(NOW, if waits { Input::Done(result) } else { Input::Silence });
            if call.dialogue.is_over() {
                break;
            }
            let ended = matches!(reply.last(), Some(Output::Do(_) | Output::Listen(_) | Output::HangUp { .. }));
            prop_assert!(ended);
        }
    }
}

#[test]
fn a_store_that_never_answers_does_not_hold_the_call() {
    let mut call = Call::new("haengbok", true);
    call.feed(Input::Started);
    let understanding = Understanding {
        intents: vec![Intent::FindBooking],
        ..Understanding::default()
    };
    let reply = call
        .dialogue
        .handle(NOW, Input::heard("예약 확인", understanding));
    assert!(matches!(reply.last(), Some(Output::Do(_))));
    let mut last = Vec::new();
    for _ in 0..8 {
        last = call.dialogue.handle(NOW, Input::Silence);
        if call.dialogue.is_over() {
            break;
        }
    }
    assert_eq!(
        last.last(),
        Some(&Output::HangUp {
            reason: CallEnd::Silence
        })
    );
}

#[test]
fn whatever_is_understood() {
    calls_of_any_kind();
    assert!(
        STORED.load(Ordering::Relaxed) > 200,
        "hardly anything was stored: {STORED:?}"
    );
}
