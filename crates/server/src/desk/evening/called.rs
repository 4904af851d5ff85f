//! A day of 200 simulated calls: callers with a goal phone the shop in text, the dialogue of real calls answers, its actions are carried
//! out by the hands of real calls in a real database, and what is stored there afterwards is the truth that the digest is held against.

use std::collections::BTreeSet;
use std::sync::Arc;

use biseo_conversation::{Dialogue, Flows, Input, Opening, Output};
use biseo_digest::{Reason, Source};
use biseo_model::ids::{BookingId, CallId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState, CallEnd, CallRecord, Latency, TurnRecord};
use biseo_model::understanding::Context;
use biseo_nlu::Nlu;
use biseo_rehearse::{Caller, Says, Scenario, fitting};
use biseo_store::Store;
use jiff::ToSpan;
use serde_json::json;

use super::*;
use crate::call::actions::Hands;
use crate::clock::Clock;
use crate::live::Live;
use crate::records::Records;

/// The evening at which the digest is written, a Tuesday.
const EVENING: &str = "2026-11-24T20:30:00+09:00";
const CALLS: usize = 200;
/// More exchanges no caller needs.
const MOST: usize = 30;

/// What a caller wants, and how the truth of it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plot {
    /// Something is to be stored: a booking, an order, or that one is given up or changed.
    Deed,
    /// Nothing is to be stored.
    Asks,
    /// To be called back; stored as a message.
    CallBack,
    /// A complaint, or a person who cannot be reached.
    Grave,
}

struct Day {
    store: Store,
    shop: Arc<ShopProfile>,
    nlu: Nlu,
    rng: fastrand::Rng,
    /// Who must be called, by what is stored and by who broke off with nothing stored.
    owed: BTreeSet<PhoneNumber>,
    broken_off: usize,
}

/// A caller by what is said first.
fn scenario(kind: &str, opens: &str, number: &PhoneNumber, knows: serde_json::Value) -> Scenario {
    serde_json::from_value(json!({
        "id": kind, "kind": kind, "shop": "haengbok", "now": "2026-11-24T12:00:00+09:00", "opens": opens,
        "caller": {"number": number.as_str()}, "knows": knows, "confirms": "네 맞아요",
        "accepts": {"alternative": "네 그걸로 해 주세요", "offer": "아니요 괜찮아요"},
        "closes": "아니요 됐어요 감사합니다", "expect": {},
    }))
    .unwrap()
}

impl Day {
    async fn new(folder: &tempfile::TempDir, seed: u64) -> Self {
        let text = include_str!("../../../../../shops/haengbok.toml");
        let shop = ShopProfile::from_toml(text).unwrap();
        Self {
            store: Store::open(folder.path().join("biseo.db")).await.unwrap(),
            nlu: Nlu::new(&shop),
            shop: Arc::new(shop),
            rng: fastrand::Rng::with_seed(seed),
            owed: BTreeSet::new(),
            broken_off: 0,
        }
    }

    fn choose<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.rng.usize(0..from.len())]
    }

    /// The n-th caller and what is wanted.
    async fn caller(&mut self, n: usize, number: &PhoneNumber) -> (Plot, Scenario) {
        let day = self.choose(&["내일", "모레", "금요일", "토요일"]);
        let time = self.choose(&[
            "저녁 여섯 시",
            "저녁 일곱 시",
            "저녁 여덟 시",
            "열두 시",
            "오후 한 시",
        ]);
        let party = self.choose(&["두 명", "세 명", "네 명"]);
        let name = self.choose(&["김민수입니다", "박서준이요", "최민호예요"]);
        let knows = json!({
            "date": [format!("{day}이요")], "time": [format!("{time}요")], "party_size": [party], "name": [name],
            "phone": ["지금 이 번호로요"], "menu_item": ["김치찌개요"], "quantity": ["하나요"], "pickup_time": ["저녁 일곱 시요"],
            "booking_ref": ["내일 저녁 일곱 시요"], "message": ["가격표를 보내 주세요"],
        });
        let of = |kind: &str, opens: &str| scenario(kind, opens, number, knows.clone());
        match n % 10 {
            0..=2 => (
                Plot::Deed,
                of("book", &format!("{day} {time}에 {party} 예약하고 싶은데요")),
            ),
            3 => (Plot::Deed, of("order", "김치찌개 하나 포장 주문할게요")),
            4 => {
                self.stands(n, number).await;
                (Plot::Deed, of("cancel", "예약 취소하려고요"))
            }
            5 => (
                Plot::CallBack,
                of("call_back", "사장님한테 전화 좀 달라고 전해 주세요"),
            ),
            6 if n.is_multiple_of(20) => (
                Plot::Grave,
                of("complain", "어제 음식이 너무 짜고 직원이 불친절했어요"),
            ),
            6 => (Plot::Grave, of("person", "사람 좀 바꿔 주세요")),
            _ => {
                // Those of rehearsals, who want nothing stored, one after the other.
                let all = fitting(&self.shop, local());
                let asks = |s: &&Scenario| s.kind.starts_with("ask_") || s.kind == "unknown";
                let asking: Vec<&Scenario> = all.iter().filter(asks).collect();
                let mut one = asking[n / 10 % asking.len()].clone();
                one.caller.number = Some(number.clone());
                (Plot::Asks, one)
            }
        }
    }

    /// A booking of the caller's that was made some days ago.
    async fn stands(&self, n: usize, number: &PhoneNumber) {
        let booking = Booking {
            id: BookingId::new(format!("old{n}")).unwrap(),
            shop: self.shop.id.clone(),
            call: None,
            date: local().date().tomorrow().unwrap(),
            time: jiff::civil::time(19, 0, 0, 0),
            minutes: 120,
            party_size: 2,
            name: "이하은".into(),
            phone: number.clone(),
            resource: String::new(),
            services: Vec::new(),
            requests: Vec::new(),
            state: BookingState::Confirmed,
            made: evening() - 72.hours(),
        };
        // Of a table of its own, so that it stands in nobody's way.
        self.store
            .book(&booking, &[&format!("corner {n}")])
            .await
            .unwrap();
    }

    /// One call from its beginning to its end, with all its records; what is stored of it makes the truth.
    async fn call(&mut self, n: usize) {
        let number = PhoneNumber::parse(&format!("010{:08}", 31_000_000 + n)).unwrap();
        let (plot, scenario) = self.caller(n, &number).await;
        // From 11:30 on; the break is no matter to callers.
        let started = evening() - 540.minutes() + (n as i64 * 2).minutes();
        let id = CallId::new(format!("c{n}")).unwrap();
        let mut record = CallRecord {
            id: id.clone(),
            shop: self.shop.id.clone(),
            caller: Some(number.clone()),
            dialled: None,
            forwarded: None,
            started,
            answered: None,
            ended: None,
            end: None,
            recording: None,
        };
        self.store.begin_call(&record).await.unwrap();
        self.store.answer_call(&id, started, None).await.unwrap();
        record.answered = Some(started);
        // Some break off in the middle, before anything can be stored.
        let patience = match plot {
            Plot::Deed if n % 7 == 3 => 1,
            _ => MOST,
        };
        let end = self.talk(&record, scenario, patience).await;
        let over = started + 1.minutes();
        self.store.end_call(&id, over, end).await.unwrap();
        self.judge(plot, &id, &number, patience < MOST).await;
    }

    /// The conversation; every turn is stored as a call stores it.
    async fn talk(&self, record: &CallRecord, scenario: Scenario, patience: usize) -> CallEnd {
        let hands = Hands {
            records: Records::from(self.store.clone()),
            shop: self.shop.clone(),
            call: record.id.clone(),
            clock: Clock::starting_at(record.started),
            live: Live::new(),
        };
        let opening = Opening {
            caller: record.caller.clone(),
            recorded: true,
            ..Opening::default()
        };
        let now = zone().to_datetime(record.started);
        let mut dialogue = Dialogue::with_flows(self.shop.clone(), opening, Flows::built_in());
        let mut caller = Caller::new(scenario);
        let (mut input, mut heard, mut understood) = (Input::Started, String::new(), json!({}));
        for number in 0..=MOST as u32 {
            let said = react(&mut dialogue, &hands, now, input).await;
            let turn = TurnRecord {
                call: record.id.clone(),
                number,
                at: record.started,
                heard,
                understood,
                said: said.clone(),
                latency: Latency::default(),
            };
            self.store.add_turn(&turn).await.unwrap();
            if dialogue.is_over() {
                return CallEnd::Biseo;
            }
            let context = Context {
                now,
                awaiting: dialogue.awaiting(),
            };
            if number as usize >= patience {
                break;
            }
            match caller.hears(&said, context.awaiting) {
                Says::Words(text) => {
                    let meaning = self.nlu.understand(&text, &context);
                    understood = serde_json::to_value(&meaning).unwrap();
                    heard = text.clone();
                    input = Input::heard(text, meaning);
                }
                Says::Nothing => (input, heard, understood) = (Input::Silence, String::new(), json!({})),
                Says::HangsUp => break,
            }
        }
        CallEnd::Caller
    }

    /// Who must be called, by the store: whoever left a message to be called back, whoever wanted something done and broke off with nothing
    /// done, and whoever complained or reached nobody.
    async fn judge(&mut self, plot: Plot, call: &CallId, number: &PhoneNumber, broken_off: bool) {
        let shop = &self.shop.id;
        let messages = self.store.messages_in(shop, call).await.unwrap();
        self.owed
            .extend(messages.iter().filter_map(|m| m.message.call_back.clone()));
        let made = self.store.bookings_in(shop, call).await.unwrap().len()
            + self.store.orders_in(shop, call).await.unwrap().len()
            + messages.len();
        let given_up = self.store.latest_bookings_of(shop, number).await.unwrap();
        let given_up = given_up.iter().any(|b| b.state == BookingState::Cancelled);
        if broken_off && plot == Plot::Deed && made == 0 && !given_up {
            self.broken_off += 1;
            self.owed.insert(number.clone());
        }
        if plot == Plot::Grave {
            self.owed.insert(number.clone());
        }
    }
}

/// Does what the dialogue asks for, and gives what it says until it listens.
async fn react(dialogue: &mut Dialogue, hands: &Hands, now: DateTime, input: Input) -> String {
    let (mut said, mut input) = (Vec::new(), Some(input));
    while let Some(next) = input.take() {
        for output in dialogue.handle(now, next) {
            match output {
                Output::Say(prompt) => said.push(prompt.text),
                Output::Do(action) => input = Some(Input::Done(hands.carry_out(now, action).await)),
                Output::Listen(_) | Output::Answered { .. } | Output::HangUp { .. } => {}
            }
        }
    }
    said.join(" ")
}

fn zone() -> TimeZone {
    TimeZone::get("Asia/Seoul").unwrap()
}

fn evening() -> Timestamp {
    EVENING.parse().unwrap()
}

fn local() -> DateTime {
    zone().to_datetime(evening())
}

#[tokio::test]
async fn of_200_simulated_calls_whoever_must_be_called_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut day = Day::new(&folder, 7).await;
    for n in 0..CALLS {
        day.call(n).await;
    }
    let span = Span {
        from: evening() - 24.hours(),
        until: evening(),
    };
    let records = day::day(&day.store, &day.shop, (span, local()), Language::Ko)
        .await
        .unwrap();
    let files = built_in_files().iter().copied();
    let signs = Signs::read(files, &promises()).unwrap();
    let facts = compile(&records, &signs).unwrap();
    let calls = facts.tonight.iter().filter(|action| {
        let order = |reason: &Reason| matches!(reason, Reason::Order(_));
        !action.reasons.iter().all(order)
    });
    let told: BTreeSet<PhoneNumber> = calls.filter_map(|action| action.call.clone()).collect();
    let met = told.intersection(&day.owed).count();
    let recall = met as f64 / day.owed.len() as f64;
    let missed: Vec<_> = day.owed.difference(&told).map(PhoneNumber::as_str).collect();
    let extra: Vec<_> = told.difference(&day.owed).map(PhoneNumber::as_str).collect();
    println!(
        "owed {}, told {met} (recall {:.1} %), broken off {}, told without need {}: {extra:?}; missed: {missed:?}",
        day.owed.len(),
        100.0 * recall,
        day.broken_off,
        extra.len()
    );
    assert!(
        day.owed.len() >= 40 && day.broken_off >= 8,
        "a day with little to tell"
    );
    assert!(recall >= 0.95, "{recall}");
    // Who was served is not to be called: that is no way to a good recall.
    assert!(extra.len() * 10 <= told.len(), "{extra:?}");
    // What stands in the cards is what is stored.
    assert_eq!(facts.glance.calls, CALLS);
    let made = day.store.bookings_made(&day.shop.id, span).await.unwrap();
    let standing = made.iter().filter(|b| b.state == BookingState::Confirmed).count();
    assert!(standing >= 30, "{standing}");
    assert_eq!(facts.glance.bookings, standing);
    let messages = day.store.messages_in_span(&day.shop.id, span).await.unwrap();
    assert_eq!(facts.glance.messages, messages.len());
    for bad in &facts.badly {
        assert!(bad.sources.iter().any(|s| matches!(s, Source::Call(_))));
    }
}
