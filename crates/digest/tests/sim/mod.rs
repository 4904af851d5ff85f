//! A simulated day at a restaurant: the records as the server writes them, and beside them what really happened.

mod plot;
mod records;
mod script;
mod voice;

use biseo_digest::{Blocked, Call, Day, Language, Outage, Trouble};
use biseo_model::ids::CallId;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, Message, Order};
use biseo_model::shop::ShopProfile;
use jiff::Timestamp;
use jiff::civil::{Date, Time, date, time};

use plot::PLOTS;

pub use plot::Plot;
pub use voice::{Voice, signs};

/// What really happened: known to the author of the day, not read from its records.
#[derive(Debug, Default)]
pub struct Truth {
    /// Who must be called tonight.
    pub owed: Vec<PhoneNumber>,
    /// Calls that went badly, and what is worst in each.
    pub badly: Vec<(CallId, Trouble)>,
    /// Calls in which something was promised and nothing was stored.
    pub unkept: Vec<CallId>,
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
    /// Bookings and orders of days before, as they stand now.
    pub earlier: Vec<Booking>,
    pub earlier_orders: Vec<Order>,
    pub messages: Vec<Message>,
    pub outages: Vec<Outage>,
    pub blocked: Vec<Blocked>,
    pub truth: Truth,
    voice: Voice,
    /// Writes what is for the shop only.
    writer: Voice,
    rng: fastrand::Rng,
    n: u32,
}

pub const TODAY: Date = date(2026, 11, 26);
/// An instant by the clock of Seoul.
pub fn seoul(date: Date, at: Time) -> Timestamp {
    date.to_datetime(at).in_tz("Asia/Seoul").unwrap().timestamp()
}

impl Sim {
    /// A day of so many calls, up to 20:30 of a Thursday.
    pub fn new(seed: u64, calls: u32) -> Self {
        Self::spoken(Language::Ko, seed, calls)
    }

    /// The same in a language.
    pub fn spoken(language: Language, seed: u64, calls: u32) -> Self {
        let evening = TODAY.to_datetime(time(20, 30, 0, 0));
        let text = include_str!("../../../../shops/haengbok.toml");
        let mut sim = Self {
            shop: ShopProfile::from_toml(text).unwrap(),
            from: seoul(TODAY, time(0, 0, 0, 0)),
            now: seoul(TODAY, time(20, 30, 0, 0)),
            calls: Vec::new(),
            bookings: Vec::new(),
            orders: Vec::new(),
            earlier: Vec::new(),
            earlier_orders: Vec::new(),
            messages: Vec::new(),
            outages: Vec::new(),
            blocked: Vec::new(),
            truth: Truth::default(),
            voice: Voice::new(language, evening),
            writer: Voice::new(Language::Ko, evening),
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
                .chain(&self.earlier)
                .filter(|b| b.date == tomorrow)
                .cloned()
                .collect(),
            orders: self.orders.iter().chain(&self.earlier_orders).cloned().collect(),
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
        let id = self.one(plot, &number, at);
        if let Some(again) = plot.again() {
            self.one(again, &number, at + jiff::SignedDuration::from_mins(9));
        }
        self.truth.unknown += usize::from(plot == Plot::Unknown);
        if plot.owed() {
            self.truth.owed.push(number);
        }
        if plot == Plot::HangsUpAfterPromise {
            self.truth.unkept.push(id.clone());
        }
        self.truth
            .badly
            .extend(plot.trouble().map(|trouble| (id, trouble)));
    }
}
