//! A simulated day at a restaurant: the records as the server writes them, and beside them what really happened.

use biseo_digest::{Blocked, Call, Day, Language, Outage, Signs, Wording};
use biseo_model::ids::{BookingId, CallId, MessageId, OrderId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::*;
use biseo_model::shop::ShopProfile;
use biseo_model::understanding::{Act, Filled, Intent, Topic, Understanding, Value};
use jiff::Timestamp;
use jiff::civil::{Date, Time, date, time};

/// What a caller wants and how it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plot {
    Books,
    Orders,
    AskedAndTold,
    Unknown,
    WantsCallBack,
    LeavesWord,
    HangsUp,
    NoPerson,
    Person,
    CutOff,
    Complains,
    Emergency,
    RepeatedThenBooks,
    Silent,
    Sells,
    RingsOff,
    HangsUpThenBooks,
}

/// How often each happens in a hundred calls, roughly.
const PLOTS: [(Plot, u32); 17] = [
    (Plot::Books, 24),
    (Plot::Orders, 12),
    (Plot::AskedAndTold, 16),
    (Plot::Unknown, 7),
    (Plot::WantsCallBack, 6),
    (Plot::LeavesWord, 4),
    (Plot::HangsUp, 6),
    (Plot::NoPerson, 4),
    (Plot::Person, 4),
    (Plot::CutOff, 2),
    (Plot::Complains, 2),
    (Plot::Emergency, 1),
    (Plot::RepeatedThenBooks, 3),
    (Plot::Silent, 2),
    (Plot::Sells, 4),
    (Plot::RingsOff, 2),
    (Plot::HangsUpThenBooks, 2),
];

/// What really happened: known to the author of the day, not read from its records.
#[derive(Debug, Default)]
pub struct Truth {
    /// Who must be called tonight.
    pub owed: Vec<PhoneNumber>,
    /// Calls that went badly.
    pub badly: Vec<CallId>,
    /// Questions without an answer.
    pub unknown: usize,
}

/// A day's records.
pub struct Sim {
    pub shop: ShopProfile,
    pub from: Timestamp,
    pub now: Timestamp,
    pub calls: Vec<Call>,
    pub bookings: Vec<Booking>,
    pub orders: Vec<Order>,
    pub messages: Vec<Message>,
    pub outages: Vec<Outage>,
    pub blocked: Vec<Blocked>,
    pub truth: Truth,
    rng: fastrand::Rng,
    n: u32,
}

pub const TODAY: Date = date(2026, 11, 26);
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

/// The signs of the flows' own wording.
pub fn signs(words: &Wording) -> Signs {
    let files = [
        ("answer.ko.toml", include_str!("../../../../flows/answer.ko.toml")),
        ("call.ko.toml", include_str!("../../../../flows/call.ko.toml")),
        (
            "message.ko.toml",
            include_str!("../../../../flows/message.ko.toml"),
        ),
    ];
    Signs::read(files, words.promises()).unwrap()
}

pub fn korean() -> Wording {
    Wording::of(Language::Ko)
}

fn seoul(date: Date, at: Time) -> Timestamp {
    date.to_datetime(at).in_tz("Asia/Seoul").unwrap().timestamp()
}

impl Sim {
    /// A day of so many calls, up to 20:30 of a Thursday.
    pub fn new(seed: u64, calls: u32) -> Self {
        let text = include_str!("../../../../shops/haengbok.toml");
        let mut sim = Self {
            shop: ShopProfile::from_toml(text).unwrap(),
            from: seoul(TODAY, time(0, 0, 0, 0)),
            now: seoul(TODAY, time(20, 30, 0, 0)),
            calls: Vec::new(),
            bookings: Vec::new(),
            orders: Vec::new(),
            messages: Vec::new(),
            outages: Vec::new(),
            blocked: Vec::new(),
            truth: Truth::default(),
            rng: fastrand::Rng::with_seed(seed),
            n: 0,
        };
        for _ in 0..calls {
            let plot = sim.draw();
            sim.play(plot);
        }
        for _ in 0..sim.rng.u32(0..4) {
            let at = sim.moment();
            let number = PhoneNumber::parse(["070-8000-0001", "070-8000-0002"][sim.rng.usize(0..2)]).unwrap();
            sim.blocked.push(Blocked {
                at,
                number: sim.rng.bool().then_some(number),
            });
        }
        if sim.rng.bool() {
            let from = sim.moment();
            let until = from + jiff::SignedDuration::from_mins(7);
            sim.outages.push(Outage {
                from,
                until: Some(until),
                what: "인터넷 회선이 끊겼습니다".into(),
            });
        }
        sim
    }

    pub fn day(&self) -> Day<'_> {
        let tomorrow = TODAY.tomorrow().unwrap();
        Day {
            shop: &self.shop,
            from: self.from,
            now: self.now,
            calls: self.calls.clone(),
            bookings: self.bookings.clone(),
            tomorrow: self
                .bookings
                .iter()
                .filter(|b| b.date == tomorrow)
                .cloned()
                .collect(),
            orders: self.orders.clone(),
            messages: self.messages.clone(),
            outages: self.outages.clone(),
            blocked: self.blocked.clone(),
            news: Vec::new(),
        }
    }

    fn draw(&mut self) -> Plot {
        let mut at = self.rng.u32(0..PLOTS.iter().map(|p| p.1).sum());
        for (plot, share) in PLOTS {
            if at < share {
                return plot;
            }
            at -= share;
        }
        Plot::Books
    }

    fn moment(&mut self) -> Timestamp {
        let span = self.now.as_second() - self.from.as_second();
        Timestamp::from_second(self.from.as_second() + self.rng.i64(0..span - 1200)).unwrap()
    }

    fn id(&mut self, kind: &str) -> String {
        self.n += 1;
        format!("{kind}{}", self.n)
    }

    /// Each caller has a number of their own.
    fn number(&mut self) -> PhoneNumber {
        self.n += 1;
        PhoneNumber::parse(&format!("010{:08}", 20_000_000 + self.n)).unwrap()
    }

    /// One caller's call or calls, and the truth of it.
    pub fn play(&mut self, plot: Plot) {
        let (number, at) = (self.number(), self.moment());
        let id = self.call(&number, at, plot);
        match plot {
            Plot::Books | Plot::RepeatedThenBooks => self.book(&number, at, &id),
            Plot::Orders => self.order(&number, at, &id),
            Plot::WantsCallBack => self.message(&number, at, &id, true),
            Plot::LeavesWord => self.message(&number, at, &id, false),
            Plot::HangsUpThenBooks => {
                let later = at + jiff::SignedDuration::from_mins(9);
                let again = self.call(&number, later, Plot::Books);
                self.book(&number, later, &again);
            }
            Plot::Unknown => self.truth.unknown += 1,
            _ => {}
        }
        let owed = [
            Plot::WantsCallBack,
            Plot::HangsUp,
            Plot::NoPerson,
            Plot::CutOff,
            Plot::Complains,
            Plot::Emergency,
        ];
        if owed.contains(&plot) {
            self.truth.owed.push(number);
        }
        let badly = [
            Plot::HangsUp,
            Plot::NoPerson,
            Plot::CutOff,
            Plot::Complains,
            Plot::Emergency,
            Plot::RepeatedThenBooks,
            Plot::Silent,
            Plot::RingsOff,
            Plot::HangsUpThenBooks,
        ];
        if badly.contains(&plot) {
            self.truth.badly.push(id);
        }
    }

    fn call(&mut self, number: &PhoneNumber, at: Timestamp, plot: Plot) -> CallId {
        let id = CallId::new(self.id("c")).unwrap();
        let end = match plot {
            Plot::CutOff => CallEnd::Failed,
            Plot::Person => CallEnd::Transferred,
            Plot::Silent => CallEnd::Silence,
            Plot::Sells => CallEnd::Biseo,
            _ => CallEnd::Caller,
        };
        let record = CallRecord {
            id: id.clone(),
            shop: self.shop.id.clone(),
            caller: Some(number.clone()),
            dialled: None,
            forwarded: Some(ForwardReason::NoAnswer),
            started: at,
            answered: (plot != Plot::RingsOff).then_some(at),
            ended: Some(at + jiff::SignedDuration::from_secs(90)),
            end: Some(end),
            recording: None,
        };
        let turns = self.turns(&id, at, plot);
        self.calls.push(Call { record, turns });
        id
    }

    fn turns(&mut self, id: &CallId, at: Timestamp, plot: Plot) -> Vec<TurnRecord> {
        if plot == Plot::RingsOff {
            return Vec::new();
        }
        let greeting = (
            "".into(),
            Understanding::default(),
            "안녕하세요, 행복식당입니다. AI 비서가 전화를 받고 있어요. 무엇을 도와드릴까요?".into(),
        );
        let said = std::iter::once(greeting).chain(self.exchange(plot));
        let turn = |(n, (heard, understood, said)): (usize, (String, Understanding, String))| TurnRecord {
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

    fn exchange(&mut self, plot: Plot) -> Vec<(String, Understanding, String)> {
        let thanks = (
            "네, 감사합니다.",
            means(&[], &[Act::Thank, Act::Goodbye]),
            "전화 주셔서 감사합니다. 좋은 하루 되세요.",
        );
        let ask = |topic| Understanding {
            slots: vec![Filled {
                value: Value::Topic(topic),
                start: 0,
                end: 1,
                was: false,
            }],
            ..means(&[Intent::Ask], &[])
        };
        let lines = match plot {
            Plot::Books => vec![
                (
                    "내일 일곱 시에 네 명이요.",
                    means(&[Intent::Book], &[]),
                    "내일 저녁 7시에 4명, 맞으세요?",
                ),
                (
                    "네, 맞아요.",
                    means(&[], &[Act::Affirm]),
                    "예약되었습니다. 더 필요하신 것 있으세요?",
                ),
                thanks,
            ],
            Plot::RepeatedThenBooks => vec![
                (
                    "음 그게",
                    means(&[], &[]),
                    "죄송해요, 잘 못 들었어요. 다시 한번 말씀해 주시겠어요?",
                ),
                ("으음", means(&[], &[]), "죄송해요, 잘 안 들렸어요."),
                ("내일 두 명이요.", means(&[Intent::Book], &[]), "예약되었습니다."),
                thanks,
            ],
            Plot::Orders => vec![
                (
                    "김치찌개 포장이요.",
                    means(&[Intent::Order], &[]),
                    "주문을 넣었어요.",
                ),
                thanks,
            ],
            Plot::AskedAndTold => vec![(
                "주차 돼요?",
                ask(Topic::Parking),
                "건물 뒤에 6대까지 주차하실 수 있어요. 더 필요하신 것 있으세요?",
            )],
            Plot::Unknown => {
                let topic = if self.rng.bool() {
                    Topic::Other
                } else {
                    Topic::Wait
                };
                let words = [
                    "혹시 아기 의자 있나요?",
                    "생일 케이크 가져가도 되나요?",
                    "지금 가면 얼마나 기다려요?",
                ][self.rng.usize(0..3)];
                vec![
                    (
                        words,
                        ask(topic),
                        "그건 제가 가진 정보에 없어요. 사장님께 메모로 남겨 드릴까요?",
                    ),
                    thanks,
                ]
            }
            Plot::WantsCallBack => vec![
                (
                    "사장님 전화 좀 부탁드려요.",
                    means(&[Intent::RequestCallback], &[]),
                    "네, 사장님께 전해 드릴게요.",
                ),
                thanks,
            ],
            Plot::LeavesWord => vec![
                (
                    "단체석 고맙다고 전해 주세요.",
                    means(&[Intent::LeaveMessage], &[]),
                    "네, 메모를 남겨 드렸어요.",
                ),
                thanks,
            ],
            Plot::HangsUp | Plot::HangsUpThenBooks => {
                vec![(
                    "예약하려고요.",
                    means(&[Intent::Book], &[]),
                    "네, 며칠로 잡아 드릴까요?",
                )]
            }
            Plot::NoPerson => vec![
                (
                    "사람 좀 바꿔 주세요.",
                    means(&[Intent::Transfer], &[]),
                    "네, 연결해 드릴게요. 잠시만 기다려 주세요.",
                ),
                (
                    "",
                    means(&[], &[]),
                    "지금은 전화를 받지 못하고 계세요. 메모를 남겨 드릴까요?",
                ),
                (
                    "됐어요.",
                    means(&[], &[Act::Deny, Act::Goodbye]),
                    "감사합니다. 안녕히 계세요.",
                ),
            ],
            Plot::Person => vec![(
                "사장님 바꿔 주세요.",
                means(&[Intent::Transfer], &[]),
                "네, 바로 연결해 드릴게요. 잠시만요.",
            )],
            Plot::CutOff => vec![("내일 예약이요.", means(&[Intent::Book], &[]), "몇 분이세요?")],
            Plot::Complains => vec![
                (
                    "어제 음식이 너무 짰어요.",
                    means(&[Intent::Complain], &[]),
                    "불편을 드려 정말 죄송합니다. 사장님께 바로 전해 드릴까요?",
                ),
                (
                    "됐어요, 끊을게요.",
                    means(&[], &[Act::Deny, Act::Goodbye]),
                    "전화 주셔서 감사합니다. 좋은 하루 되세요.",
                ),
            ],
            Plot::Emergency => vec![(
                "손님이 쓰러졌어요!",
                Understanding {
                    emergency: true,
                    ..means(&[], &[])
                },
                "위급하시면 지금 바로 119에 전화하세요.",
            )],
            Plot::Silent => vec![
                ("", means(&[], &[]), "여보세요, 듣고 계세요?"),
                (
                    "",
                    means(&[], &[]),
                    "말씀이 들리지 않아 전화를 끊을게요. 다시 전화 주세요.",
                ),
            ],
            Plot::Sells => vec![
                (
                    "홍보 대행사인데요.",
                    means(&[Intent::SalesPitch], &[]),
                    "말씀은 감사하지만 광고나 영업 전화는 받지 않고 있어요. 메모만 남겨 드릴까요?",
                ),
                ("아니요.", means(&[], &[Act::Deny]), "네, 전화 주셔서 감사합니다."),
            ],
            Plot::RingsOff => Vec::new(),
        };
        lines
            .into_iter()
            .map(|(heard, meaning, said)| (heard.to_string(), meaning, said.to_string()))
            .collect()
    }

    fn book(&mut self, number: &PhoneNumber, made: Timestamp, call: &CallId) {
        let days = self.rng.i64(1..4);
        let wishes: &[&str] = [
            &[][..],
            &[][..],
            &["창가 자리"][..],
            &["아기 의자 하나", "땅콩 알레르기"][..],
        ][self.rng.usize(0..4)];
        let booking = Booking {
            id: BookingId::new(self.id("b")).unwrap(),
            shop: self.shop.id.clone(),
            call: Some(call.clone()),
            date: TODAY + jiff::Span::new().days(days),
            time: Time::constant(17, 0, 0, 0) + jiff::Span::new().minutes(30 * self.rng.i64(0..8)),
            minutes: 120,
            party_size: self.rng.u32(1..9),
            name: NAMES[self.rng.usize(0..NAMES.len())].into(),
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
        };
        self.bookings.push(booking);
    }

    fn order(&mut self, number: &PhoneNumber, made: Timestamp, call: &CallId) {
        let quantity = self.rng.u32(1..4);
        let order = Order {
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
            name: NAMES[self.rng.usize(0..NAMES.len())].into(),
            phone: number.clone(),
            state: if self.rng.u32(0..10) == 0 {
                OrderState::Cancelled
            } else {
                OrderState::Open
            },
            made,
        };
        self.orders.push(order);
    }

    fn message(&mut self, number: &PhoneNumber, at: Timestamp, call: &CallId, back: bool) {
        let message = Message {
            id: MessageId::new(self.id("m")).unwrap(),
            shop: self.shop.id.clone(),
            call: Some(call.clone()),
            name: self
                .rng
                .bool()
                .then(|| NAMES[self.rng.usize(0..NAMES.len())].to_string()),
            text: if back {
                "전화 부탁드립니다."
            } else {
                "단체석 고마웠습니다."
            }
            .into(),
            call_back: back.then(|| number.clone()),
            at,
        };
        self.messages.push(message);
    }
}

fn means(intents: &[Intent], acts: &[Act]) -> Understanding {
    Understanding {
        intents: intents.to_vec(),
        acts: acts.to_vec(),
        confidence: 0.9,
        ..Understanding::default()
    }
}
