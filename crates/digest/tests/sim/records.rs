//! The records that calls leave behind.

use biseo_digest::Call;
use biseo_model::ids::{BookingId, CallId, MessageId, OrderId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::*;
use biseo_model::understanding::Understanding;
use jiff::Timestamp;
use jiff::civil::Time;

use super::plot::Plot;
use super::script::{self, Exchange};
use super::{Sim, TODAY};

/// What a call is about: what comes of it, and the booking as it stood before.
#[derive(Debug, Default)]
pub struct Matter {
    pub was: Option<Booking>,
    pub booking: Option<Booking>,
    pub order: Option<Order>,
    pub message: Option<Message>,
}

const NAMES: [&str; 8] = [
    "김지수",
    "박서준",
    "이하은",
    "최민호",
    "정유나",
    "강도윤",
    "조은비",
    "윤태오",
];

impl Sim {
    /// One call and what it leaves behind.
    pub fn one(&mut self, plot: Plot, number: &PhoneNumber, at: Timestamp) -> CallId {
        let id = CallId::new(self.id("c")).unwrap();
        let matter = self.matter(plot, number, at, &id);
        self.call(plot, number, at, &id, &matter);
        self.keep(plot, matter);
        id
    }

    fn matter(&mut self, plot: Plot, number: &PhoneNumber, at: Timestamp, call: &CallId) -> Matter {
        let mut matter = Matter::default();
        match plot {
            Plot::Books
            | Plot::RepeatedThenBooks
            | Plot::HangsUpAtReadBack
            | Plot::AskedAndTold
            | Plot::StoreFails => {
                matter.booking = Some(self.booking(number, at, call, plot == Plot::HangsUpAtReadBack));
            }
            Plot::Cancels | Plot::Moves | Plot::AddsWish => {
                let (old, before) = self.before();
                let was = self.booking(number, before, &old, plot == Plot::AddsWish);
                let days = jiff::Span::new().days(self.rng.i64(0..2));
                let date = if plot == Plot::Moves {
                    was.date + days
                } else {
                    was.date
                };
                let time = if plot == Plot::Moves {
                    Time::constant(11, 30, 0, 0)
                } else {
                    was.time
                };
                let state = if plot == Plot::Cancels {
                    BookingState::Cancelled
                } else {
                    was.state
                };
                matter.booking = Some(Booking {
                    date,
                    time,
                    state,
                    ..was.clone()
                });
                matter.was = Some(was);
            }
            Plot::Orders => matter.order = Some(self.order(number, at, call)),
            Plot::CancelsOrder | Plot::ChangesOrder => {
                let (old, before) = self.before();
                let order = self.order(number, before, &old);
                let state = if plot == Plot::CancelsOrder {
                    OrderState::Cancelled
                } else {
                    OrderState::Open
                };
                matter.order = Some(Order { state, ..order });
            }
            Plot::WantsCallBack | Plot::StoreFailsThenMessage => {
                matter.message = Some(self.message(at, call, "전화 부탁드립니다.", Some(number)))
            }
            // Its words are a promise; they are the caller's.
            Plot::LeavesWord | Plot::ChangesMind | Plot::MessageFails => {
                let text = "사진은 제가 전해 드릴게요. I'll pass by tomorrow.";
                matter.message = Some(self.message(at, call, text, None));
            }
            Plot::ChecksIn | Plot::ChecksInSilent => {
                let name = Some(self.name());
                let message = self.message(at, call, "", Some(number));
                matter.message = Some(Message { name, ..message });
                self.report(plot, &mut matter);
            }
            _ => {}
        }
        matter
    }

    /// A check-in's report is written in Korean, whatever was spoken.
    fn report(&self, plot: Plot, matter: &mut Matter) {
        let key = if plot == Plot::ChecksIn {
            "checkin.message_text"
        } else {
            "checkin.no_answer_text"
        };
        let text = self.writer.say(&[key], 0, &self.writer.values(matter));
        matter.message.as_mut().unwrap().text = text;
    }

    fn keep(&mut self, plot: Plot, matter: Matter) {
        match plot {
            Plot::Books | Plot::RepeatedThenBooks => self.bookings.extend(matter.booking),
            Plot::Cancels | Plot::Moves | Plot::AddsWish => self.earlier.extend(matter.booking),
            Plot::Orders => self.orders.extend(matter.order),
            Plot::CancelsOrder | Plot::ChangesOrder => self.earlier_orders.extend(matter.order),
            Plot::ChangesMind | Plot::MessageFails => {}
            _ => self.messages.extend(matter.message),
        }
    }

    /// A call of a day before, with its time.
    fn before(&mut self) -> (CallId, Timestamp) {
        let days = jiff::SignedDuration::from_hours(24 * self.rng.i64(1..9));
        (CallId::new(self.id("old")).unwrap(), self.from - days)
    }

    fn call(&mut self, plot: Plot, number: &PhoneNumber, at: Timestamp, id: &CallId, matter: &Matter) {
        let record = CallRecord {
            id: id.clone(),
            shop: self.shop.id.clone(),
            caller: Some(number.clone()),
            dialled: None,
            forwarded: Some(ForwardReason::NoAnswer),
            started: at,
            answered: (plot != Plot::RingsOff).then_some(at),
            ended: Some(at + jiff::SignedDuration::from_secs(90)),
            end: Some(plot.end()),
            recording: None,
        };
        let turns = self.turns(plot, at, id, matter);
        self.calls.push(Call { record, turns });
    }

    fn turns(&mut self, plot: Plot, at: Timestamp, id: &CallId, matter: &Matter) -> Vec<TurnRecord> {
        if plot == Plot::RingsOff {
            return Vec::new();
        }
        let greeting = match plot {
            Plot::ChecksIn | Plot::ChecksInSilent => &["checkin.greeting", "checkin.ask_sleep"][..],
            _ => &["call.greeting"][..],
        };
        let greeting = self.voice.say(greeting, self.n, &self.voice.values(matter));
        let greeting = (String::new(), Understanding::default(), greeting);
        let said = std::iter::once(greeting).chain(script::exchanges(plot, matter, &self.voice, self.n));
        let turn = |(n, (heard, understood, said)): (usize, Exchange)| TurnRecord {
            call: id.clone(),
            number: n as u32,
            at: at + jiff::SignedDuration::from_secs(10 * n as i64),
            heard,
            understood: serde_json::to_value(understood).unwrap(),
            said,
            latency: Latency::default(),
        };
        said.enumerate().map(turn).collect()
    }

    fn name(&mut self) -> String {
        NAMES[self.rng.usize(0..NAMES.len())].into()
    }

    fn booking(&mut self, number: &PhoneNumber, made: Timestamp, call: &CallId, wishes: bool) -> Booking {
        let from = if wishes { 2 } else { 0 };
        let wishes: &[&str] = [
            &[][..],
            &[][..],
            &["창가 자리"][..],
            &["아기 의자 하나", "땅콩 알레르기"][..],
        ][self.rng.usize(from..4)];
        Booking {
            id: BookingId::new(self.id("b")).unwrap(),
            shop: self.shop.id.clone(),
            call: Some(call.clone()),
            date: TODAY + jiff::Span::new().days(self.rng.i64(1..4)),
            time: Time::constant(17, 0, 0, 0) + jiff::Span::new().minutes(30 * self.rng.i64(0..8)),
            minutes: 120,
            party_size: self.rng.u32(1..9),
            name: self.name(),
            phone: number.clone(),
            resource: format!("4인석-{}", self.rng.u32(1..7)),
            services: Vec::new(),
            requests: wishes.iter().map(|w| (*w).to_string()).collect(),
            state: if self.rng.u32(0..10) == 0 {
                BookingState::Cancelled
            } else {
                BookingState::Confirmed
            },
            made,
        }
    }

    fn order(&mut self, number: &PhoneNumber, made: Timestamp, call: &CallId) -> Order {
        let quantity = self.rng.u32(1..4);
        Order {
            id: OrderId::new(self.id("o")).unwrap(),
            shop: self.shop.id.clone(),
            call: Some(call.clone()),
            items: vec![OrderItem {
                name: "김치찌개".into(),
                quantity,
            }],
            won: u64::from(quantity) * 9000,
            date: TODAY,
            pickup: Some(Time::constant(11, 0, 0, 0) + jiff::Span::new().minutes(10 * self.rng.i64(0..60))),
            address: None,
            name: self.name(),
            phone: number.clone(),
            state: if self.rng.u32(0..10) == 0 {
                OrderState::Cancelled
            } else {
                OrderState::Open
            },
            made,
        }
    }

    fn message(&mut self, at: Timestamp, call: &CallId, text: &str, back: Option<&PhoneNumber>) -> Message {
        let name = self.name();
        Message {
            id: MessageId::new(self.id("m")).unwrap(),
            shop: self.shop.id.clone(),
            call: Some(call.clone()),
            name: self.rng.bool().then_some(name),
            text: text.into(),
            call_back: back.cloned(),
            at,
        }
    }
}
