//! The document that all forms of the digest are made of.

use std::collections::BTreeSet;

use biseo_model::phone::PhoneNumber;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::facts::Source;
use crate::time;
use crate::wording::Language;

/// Where things are found. Addresses without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// The page itself; it does not change any more.
    pub page: String,
    /// The page with nothing folded.
    pub all: String,
    /// The console, under which records have `/calls/ID`, `/bookings/ID`, `/orders/ID` and `/messages/ID`.
    pub console: String,
    /// What follows a record's path, such as `?shop=ID`: whoever sees several shops is shown the right one.
    #[serde(default)]
    pub query: String,
}

impl Links {
    /// The addresses of a line's records, each once.
    pub(crate) fn of_all(&self, sources: &BTreeSet<Source>) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for address in sources.iter().filter_map(|s| self.of(s)) {
            if !all.contains(&address) {
                all.push(address);
            }
        }
        all
    }

    /// A record's address; `None` for a page of the news whose address is no `http` or `https`, and for records where there is no
    /// console.
    pub fn of(&self, source: &Source) -> Option<String> {
        let path = match source {
            Source::Call(id) | Source::Turn(id, _) => format!("/calls/{id}"),
            Source::Booking(id) => format!("/bookings/{id}"),
            Source::Order(id) => format!("/orders/{id}"),
            Source::Message(id) => format!("/messages/{id}"),
            Source::Outage(_) => "/line".to_string(),
            Source::Blocked(_) => "/callers".to_string(),
            Source::Page(address) => return web(address),
        };
        let turn = match source {
            Source::Turn(_, number) => format!("#turn-{number}"),
            _ => String::new(),
        };
        let Self { console, query, .. } = self;
        (!console.is_empty()).then(|| format!("{console}{path}{query}{turn}"))
    }
}

/// An address that may be followed from a page; `None` for any other.
pub(crate) fn web(address: &str) -> Option<String> {
    let known = ["https://", "http://"]
        .iter()
        .any(|scheme| address.starts_with(scheme));
    let plain = !address.chars().any(|c| c.is_control() || c.is_whitespace());
    (known && plain).then(|| address.to_string())
}

/// A number of the glance card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// What is counted.
    pub label: String,
    /// The number with its unit.
    pub value: String,
    /// More of it; may be empty.
    pub note: String,
}

/// The parts of a page, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names say it.
pub enum SectionKind {
    Tonight,
    Promises,
    Tomorrow,
    Unanswered,
    Badly,
    Line,
    Blocked,
    News,
}

impl SectionKind {
    /// The name as an anchor and a class.
    pub fn id(self) -> &'static str {
        match self {
            Self::Tonight => "tonight",
            Self::Promises => "promises",
            Self::Tomorrow => "tomorrow",
            Self::Unanswered => "unanswered",
            Self::Badly => "badly",
            Self::Line => "line",
            Self::Blocked => "blocked",
            Self::News => "news",
        }
    }
}

/// A piece of a line's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The words.
    pub text: String,
    /// Where they stand, if somewhere else.
    pub link: Option<String>,
}

/// One line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When, who: what the eye looks for. May be empty.
    pub lead: String,
    /// The text.
    pub text: Vec<Span>,
    /// Words of the caller, shown as such.
    pub quote: Option<String>,
    /// By when.
    pub due: Option<String>,
    /// Whom to call.
    pub call: Option<PhoneNumber>,
    /// It is of the gravest kind.
    pub grave: bool,
    /// The records on which it stands; never empty.
    pub sources: BTreeSet<Source>,
}

impl Line {
    /// Whether it stands on one of these records, or tells this number.
    fn is_of(&self, gone: &BTreeSet<Source>, phone: &PhoneNumber) -> bool {
        let is_gone = |source: &Source| match source {
            Source::Turn(call, _) => gone.contains(&Source::Call(call.clone())),
            other => gone.contains(other),
        };
        let grouped = phone.grouped();
        let spans = self.text.iter().map(|span| &span.text);
        let mut words = spans.chain([&self.lead]).chain(&self.quote);
        self.sources.iter().any(is_gone)
            || self.call.as_ref() == Some(phone)
            || words.any(|text| text.contains(&grouped) || text.contains(phone.as_str()))
    }

    /// Milliseconds that it takes to read.
    pub(crate) fn millis(&self) -> u64 {
        let number = self.call.as_ref().map_or(0, |c| time::millis(&c.grouped()));
        time::millis(&self.lead)
            + self.text.iter().map(|s| time::millis(&s.text)).sum::<u64>()
            + self.quote.as_deref().map_or(0, time::millis)
            + self.due.as_deref().map_or(0, time::millis)
            + number
    }
}

/// One part of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Which.
    pub kind: SectionKind,
    /// Its title.
    pub title: String,
    /// A sentence under the title; may be empty.
    pub note: String,
    /// The lines that are shown, the most important first.
    pub lines: Vec<Line>,
    /// How many more there are.
    pub folded: usize,
    /// What is said of those, and where they are found.
    pub more: Option<(String, String)>,
}

/// A digest as a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The language.
    pub language: Language,
    /// Its title.
    pub title: String,
    /// The subject of a mail.
    pub subject: String,
    /// The day that is told.
    pub span: String,
    /// The numbers.
    pub cards: Vec<Card>,
    /// The parts.
    pub sections: Vec<Section>,
    /// How long it takes to read, in words.
    pub reading: String,
    /// The same in seconds; [`MOST_SECONDS`](crate::MOST_SECONDS) at most unless nothing was folded by wish.
    pub seconds: u32,
    /// When it was made.
    pub made: Timestamp,
    /// Where things are found.
    pub links: Links,
    /// Labels: of a link to a record, of a button that calls, of the letter sizes, and the letter itself.
    pub labels: Labels,
}

impl Page {
    /// Takes out what it tells of these records or of this number; whether it told any. Its numbers stay: they name nobody.
    pub fn forget(&mut self, gone: &BTreeSet<Source>, phone: &PhoneNumber) -> bool {
        let told = |line: &Line| line.is_of(gone, phone);
        let any = self.sections.iter().any(|s| s.lines.iter().any(told));
        for section in &mut self.sections {
            section.lines.retain(|line| !told(line));
        }
        self.sections.retain(|s| !s.lines.is_empty() || s.folded > 0);
        any
    }
}

/// Words of buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// Of a link to a record.
    pub sources: String,
    /// Of a button that calls.
    pub call: String,
    /// Of the choice of letter sizes.
    pub size: String,
    /// The letter that shows a size.
    pub size_letter: String,
}
