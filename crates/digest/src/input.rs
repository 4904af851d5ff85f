//! What a digest is made of: a shop's records of a span of time, as the store gives them.

use biseo_model::ids::ShopId;
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, CallRecord, Message, Order, TurnRecord};
use biseo_model::shop::{DayHours, Hours, OpenOn, ShopProfile};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// A call with its turns, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The call.
    pub record: CallRecord,
    /// Its turns by number.
    pub turns: Vec<TurnRecord>,
}

/// A span in which the line was out of order, as whoever watches it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// When it began.
    pub from: Timestamp,
    /// When it was over; `None` if it goes on.
    pub until: Option<Timestamp>,
    /// What was out of order, in words for the owner.
    pub what: String,
}

/// A call that was not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// When it came.
    pub at: Timestamp,
    /// The number, if it was shown.
    pub number: Option<PhoneNumber>,
}

/// A story of the news that the reader follows, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Its headline.
    pub title: String,
    /// Sentences, each with the address of the page in which it stands and that page's name.
    pub sentences: Vec<Quoted>,
}

/// Whether a word can be a topic of the news, of which a reader wants to be told nothing: 2 to 20 letters and digits, spaces around them aside.
///
/// ```
/// assert!(biseo_digest::is_topic(" 축구 ") && !biseo_digest::is_topic("프로 축구"));
/// ```
#[must_use]
pub fn is_topic(word: &str) -> bool {
    let word = word.trim();
    (2..=20).contains(&word.chars().count()) && word.chars().all(char::is_alphanumeric)
}

/// A sentence and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The sentence.
    pub text: String,
    /// The page, `http` or `https`; any other address is shown without a link.
    pub link: String,
    /// Who wrote it.
    pub source: String,
}

/// When a night is over, if the shop has closed by then: before this hour, the day before goes on.
pub(crate) const NIGHT_ENDS: Time = Time::constant(5, 0, 0, 0);

/// All that one digest tells of. Records outside of the span are left out by [`compile`](crate::compile).
#[derive(Debug, Clone)]
pub struct Day<'a> {
    /// The shop.
    pub shop: &'a ShopProfile,
    /// Records from this instant on …
    pub from: Timestamp,
    /// … to this one, which is also the digest's "now". Calls that came at this instant belong to the next digest.
    pub now: Timestamp,
    /// Calls that began in the span, in any order.
    pub calls: Vec<Call>,
    /// Bookings that were made in the span, cancelled ones too.
    pub bookings: Vec<Booking>,
    /// Bookings of the [next day](next_date), cancelled ones too.
    pub tomorrow: Vec<Booking>,
    /// Orders that were placed in the span or are for the day, the night after it or the next day, each once, cancelled ones too.
    pub orders: Vec<Order>,
    /// Messages that were left in the span.
    pub messages: Vec<Message>,
    /// When the line was out of order: what lies in the span, if only in part, is told.
    pub outages: Vec<Outage>,
    /// Calls that were not let in.
    pub blocked: Vec<Blocked>,
    /// What the reader follows; may be empty.
    pub news: Vec<News>,
}

/// Why no digest can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// A record of another shop is among them. Nothing of it is told.
    #[error("a record of another shop is among those of {0}")]
    OtherShop(ShopId),
    /// The profile's zone is unknown.
    #[error("{0:?} is not a time zone")]
    Zone(String),
    /// The span is empty or beyond the calendar.
    #[error("the digest's span of time is none")]
    Span,
}

/// The shop's clock.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    zone: TimeZone,
    pub(crate) now: DateTime,
    /// The business day: at two in the morning, the day before.
    pub(crate) today: Date,
    pub(crate) tomorrow: Date,
}

/// The date that a digest made at an instant tells as tomorrow. In the night it is the date that has begun, for the day that is
/// told is the one before: until 05:00, or until the shop closes if that is later.
///
/// # Errors
/// [`DayError`] if the shop's zone is unknown or the date beyond the calendar.
pub fn next_date(shop: &ShopProfile, now: Timestamp) -> Result<Date, DayError> {
    Clock::of(shop, now).map(|clock| clock.tomorrow)
}

/// The day to which a moment belongs, by the shop's clock.
pub(crate) fn business_day(hours: &Hours, at: DateTime) -> Date {
    let Ok(yesterday) = at.date().yesterday() else {
        return at.date();
    };
    let open = |h: DayHours| h.close <= h.open && at.time() < h.close;
    let still_open = matches!(hours.open_on(yesterday), OpenOn::Open(h) if open(h));
    if at.time() < NIGHT_ENDS || still_open {
        yesterday
    } else {
        at.date()
    }
}

impl Clock {
    pub(crate) fn of(shop: &ShopProfile, now: Timestamp) -> Result<Self, DayError> {
        let zone = TimeZone::get(&shop.zone).map_err(|_| DayError::Zone(shop.zone.clone()))?;
        let now = zone.to_datetime(now);
        let today = business_day(&shop.hours, now);
        let tomorrow = today.tomorrow().map_err(|_| DayError::Span)?;
        Ok(Self {
            zone,
            now,
            today,
            tomorrow,
        })
    }

    /// An instant on the shop's clock.
    pub(crate) fn local(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at)
    }
}

impl Day<'_> {
    /// Refuses what is not this shop's, whoever mixed it in.
    pub(crate) fn check(&self) -> Result<(), DayError> {
        let shop = &self.shop.id;
        let own = self.calls.iter().all(|c| c.record.shop == *shop)
            && self
                .bookings
                .iter()
                .chain(&self.tomorrow)
                .all(|b| b.shop == *shop)
            && self.orders.iter().all(|o| o.shop == *shop)
            && self.messages.iter().all(|m| m.shop == *shop)
            && self
                .calls
                .iter()
                .all(|c| c.turns.iter().all(|t| t.call == c.record.id));
        if !own {
            return Err(DayError::OtherShop(shop.clone()));
        }
        if self.from >= self.now {
            return Err(DayError::Span);
        }
        Ok(())
    }

    /// Whether an instant lies in the span.
    pub(crate) fn within(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.now
    }

    /// Whether an outage lies in the span, if only in part.
    pub(crate) fn touches(&self, outage: &Outage) -> bool {
        outage.from < self.now && outage.until.is_none_or(|until| until > self.from)
    }
}
