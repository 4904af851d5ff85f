//! What a day came to: numbers and items without words, each with the records on which it stands.

use std::collections::{BTreeMap, BTreeSet};

use biseo_model::ids::{BookingId, CallId, MessageId, OrderId};
use biseo_model::phone::PhoneNumber;
use biseo_model::record::{Booking, BookingState};
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::book::Book;
use crate::input::{Blocked, Clock, Day, DayError, News, Outage};
use crate::signs::{Sign, Signs};
use crate::story::{Story, Trouble};
use crate::tomorrow::Tomorrow;
use crate::unanswered::Question;
use crate::{promises, tomorrow, tonight, unanswered};

/// A record on which a line stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A call.
    Call(CallId),
    /// A turn of a call, by its number.
    Turn(CallId, u32),
    /// A booking.
    Booking(BookingId),
    /// An order.
    Order(OrderId),
    /// A message.
    Message(MessageId),
    /// An outage, by its place in [`Day::outages`].
    Outage(usize),
    /// A blocked call, by its place in [`Day::blocked`].
    Blocked(usize),
    /// A page of the news, by its address.
    Page(String),
}

/// The day's numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glance {
    /// Calls that came, without those that were blocked.
    pub calls: usize,
    /// Of these, those that Biseo handled alone.
    pub by_biseo: usize,
    /// Those that were handed over to a person.
    pub by_person: usize,
    /// Those that were over before they were answered.
    pub unanswered: usize,
    /// Bookings made in the span that still stand.
    pub bookings: usize,
    /// Persons of these bookings.
    pub guests: u64,
    /// Bookings made in the span and given up again.
    pub cancelled: usize,
    /// Orders placed in the span that still stand.
    pub orders: usize,
    /// Their sum in won.
    pub won: u64,
    /// Messages.
    pub messages: usize,
    /// Calls that came while the shop was closed.
    pub after_hours: usize,
    /// Standing bookings and orders of these calls: won back.
    pub won_back: usize,
    /// Calls that were not let in.
    pub blocked: usize,
}

/// Why somebody is to be called, or something done, tonight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A call in which something went wrong.
    Trouble(Trouble),
    /// A message, with its words.
    Message(String),
    /// An order that waits to be fetched or brought.
    Order(String),
}

/// By when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deadline {
    /// At once.
    Now,
    /// By this time of the shop's clock.
    By(DateTime),
}

/// Something to be done tonight. One for each person to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// By when.
    pub deadline: Deadline,
    /// Whom to call; `None` if the number is not known, or nobody is to be called.
    pub call: Option<PhoneNumber>,
    /// Who it is, if the name was told.
    pub name: Option<String>,
    /// Why, gravest first; at least one.
    pub reasons: Vec<Reason>,
    /// The records.
    pub sources: BTreeSet<Source>,
}

/// Something promised in the shop's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vow {
    /// A promise that no record backs: the sentence.
    Unrecorded(String),
    /// Words that are to be passed on.
    PassOn(String),
    /// A wish on a booking that was taken down: when, and the wish.
    Request(DateTime, String),
    /// So many call-backs, which stand under [`Facts::tonight`].
    CallBacks(usize),
}

/// A promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// What.
    pub vow: Vow,
    /// To whom, if the name is known.
    pub name: Option<String>,
    /// The number, if known.
    pub phone: Option<PhoneNumber>,
    /// The records.
    pub sources: BTreeSet<Source>,
}

/// A call that went badly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCall {
    /// When it came.
    pub at: DateTime,
    /// The caller's number.
    pub caller: Option<PhoneNumber>,
    /// What went wrong, worst first; at least one.
    pub troubles: Vec<Trouble>,
    /// The caller's last words, if any.
    pub last_words: Option<String>,
    /// How often the caller was asked to say it again.
    pub repeats: usize,
    /// The records.
    pub sources: BTreeSet<Source>,
}

/// All facts of a digest.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The shop's clock at the digest's end.
    pub now: DateTime,
    /// The day that is told. In the night it is the one before [`Facts::now`]'s.
    pub today: Date,
    /// The numbers.
    pub glance: Glance,
    /// What cannot wait, most urgent first.
    pub tonight: Vec<Action>,
    /// What was promised in the shop's name.
    pub promises: Vec<Promise>,
    /// The next day.
    pub tomorrow: Tomorrow,
    /// What could not be answered, most often asked first.
    pub unanswered: Vec<Question>,
    /// Calls that went badly, worst first. None is ever left out.
    pub badly: Vec<BadCall>,
    /// Outages: beginning and end on the shop's clock, place in the list, words.
    pub line: Vec<(DateTime, Option<DateTime>, usize, String)>,
    /// Numbers that were blocked, how often each came, and the places in the list.
    pub blocked: Vec<(Option<PhoneNumber>, Vec<usize>)>,
    /// Calls that wanted to sell something: ended politely by Biseo.
    pub sales: BTreeSet<Source>,
    /// The news.
    pub news: Vec<News>,
}

/// Compiles a day.
///
/// # Errors
/// [`DayError`] if a record is another shop's, or the span or zone cannot be.
pub fn compile(day: &Day<'_>, signs: &Signs) -> Result<Facts, DayError> {
    day.check()?;
    let clock = Clock::of(day.shop, day.now)?;
    let calls = day.calls.iter().filter(|c| day.within(c.record.started));
    let mut stories: Vec<Story<'_>> = calls
        .map(|c| Story::read(c, clock.local(c.record.started), signs))
        .collect();
    stories.sort_by(|a, b| (a.call.started, &a.call.id).cmp(&(b.call.started, &b.call.id)));
    let book = Book {
        day,
        clock: &clock,
        stories,
    };
    Ok(Facts {
        now: clock.now,
        today: clock.today,
        glance: glance(&book),
        tonight: tonight::actions(&book),
        promises: promises::promises(&book),
        tomorrow: tomorrow::tomorrow(day, &clock),
        unanswered: unanswered::questions(&book),
        badly: badly(&book),
        line: line(&book),
        blocked: blocked(day),
        sales: sales(&book),
        news: day.news.clone(),
    })
}

fn glance(book: &Book<'_>) -> Glance {
    use biseo_model::record::CallEnd::Transferred;
    let person = |s: &&Story<'_>| s.answered() && s.call.end == Some(Transferred);
    let count = |which: &dyn Fn(&&Story<'_>) -> bool| book.stories.iter().filter(which).count();
    let closed: BTreeSet<&CallId> = after_hours(book).map(|s| &s.call.id).collect();
    let late = |call: &Option<CallId>| call.as_ref().is_some_and(|c| closed.contains(c));
    let messages = book.day.messages.iter().filter(|m| book.day.within(m.at));
    let cancelled = |b: &&Booking| book.day.within(b.made) && b.state == BookingState::Cancelled;
    Glance {
        calls: book.stories.len(),
        by_biseo: count(&|s| s.answered() && !person(s)),
        by_person: count(&person),
        unanswered: count(&|s| !s.answered()),
        bookings: book.bookings().count(),
        guests: book.bookings().map(|b| u64::from(b.party_size)).sum(),
        cancelled: book.day.bookings.iter().filter(cancelled).count(),
        orders: book.orders().count(),
        won: book.orders().fold(0, |sum, o| sum.saturating_add(o.won)),
        messages: messages.count(),
        after_hours: closed.len(),
        won_back: book.bookings().filter(|b| late(&b.call)).count()
            + book.orders().filter(|o| late(&o.call)).count(),
        blocked: turned_away(book.day).count(),
    }
}

/// Calls that came while the shop was closed, breaks included.
fn after_hours<'b, 'a>(book: &'b Book<'a>) -> impl Iterator<Item = &'b Story<'a>> {
    book.stories.iter().filter(|s| !book.day.shop.hours.is_open(s.at))
}

fn badly(book: &Book<'_>) -> Vec<BadCall> {
    let mut all: Vec<BadCall> = book.stories.iter().filter_map(|s| bad_call(book, s)).collect();
    all.sort_by(|a, b| (a.troubles[0], a.at).cmp(&(b.troubles[0], b.at)));
    all
}

fn bad_call(book: &Book<'_>, story: &Story<'_>) -> Option<BadCall> {
    let troubles = book.troubles(story);
    if troubles.is_empty() {
        return None;
    }
    let last = story.turns.iter().rev().find(|t| !t.heard.is_empty());
    let unclear = story.showing(Sign::Unclear);
    let turns = last
        .into_iter()
        .chain(unclear)
        .map(|t| Source::Turn(t.call.clone(), t.number));
    Some(BadCall {
        at: story.at,
        caller: story.call.caller.clone(),
        troubles,
        last_words: last.map(|t| t.heard.clone()),
        repeats: story.showing(Sign::Unclear).count(),
        sources: turns.chain([Source::Call(story.call.id.clone())]).collect(),
    })
}

/// An outage that was over after the digest's end goes on.
fn line(book: &Book<'_>) -> Vec<(DateTime, Option<DateTime>, usize, String)> {
    let outages = book.day.outages.iter().enumerate();
    let over = |o: &Outage| o.until.filter(|until| *until <= book.day.now);
    let told = |(n, o): (usize, &Outage)| {
        let until = over(o).map(|until| book.clock.local(until));
        (book.clock.local(o.from), until, n, o.what.clone())
    };
    let mut all: Vec<_> = outages.filter(|(_, o)| book.day.touches(o)).map(told).collect();
    all.sort();
    all
}

/// Calls of the span that were not let in, with their places in the list.
fn turned_away<'d>(day: &'d Day<'_>) -> impl Iterator<Item = (usize, &'d Blocked)> {
    let calls = day.blocked.iter().enumerate();
    calls.filter(|(_, call)| day.within(call.at))
}

fn blocked(day: &Day<'_>) -> Vec<(Option<PhoneNumber>, Vec<usize>)> {
    let mut by_number: BTreeMap<Option<PhoneNumber>, Vec<usize>> = BTreeMap::new();
    for (n, call) in turned_away(day) {
        by_number.entry(call.number.clone()).or_default().push(n);
    }
    let mut all: Vec<_> = by_number.into_iter().collect();
    all.sort_by_key(|(_, calls)| std::cmp::Reverse(calls.len()));
    all
}

fn sales(book: &Book<'_>) -> BTreeSet<Source> {
    let selling = |s: &&Story<'_>| s.wanted(biseo_model::understanding::Intent::SalesPitch);
    book.stories
        .iter()
        .filter(selling)
        .map(|s| Source::Call(s.call.id.clone()))
        .collect()
}
