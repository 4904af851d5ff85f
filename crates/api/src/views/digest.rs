//! The evening digest.

use biseo_digest::{Card, Line, Page, Section};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A digest as the store keeps it: cut to what is read in two minutes, and whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digests {
    /// Cut.
    pub short: Page,
    /// Whole.
    pub whole: Page,
}

/// A digest in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestEntry {
    /// The day that it tells.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Its most important words.
    pub subject: String,
    /// How long it takes to read, in seconds.
    pub seconds: u32,
}

/// The latest digests, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestList {
    /// The digests.
    pub items: Vec<DigestEntry>,
}

/// A digest in the reader's words: it is a page that was written, not data.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestView {
    /// The day that it tells.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Its title.
    pub title: String,
    /// The day in words.
    pub span: String,
    /// How long it takes to read, in words.
    pub reading: String,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
    /// Numbers at a glance.
    pub cards: Vec<DigestCard>,
    /// The parts.
    pub sections: Vec<DigestSection>,
}

/// A number at a glance.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestCard {
    /// What is counted.
    pub label: String,
    /// The number with its unit.
    pub value: String,
    /// More of it; may be empty.
    pub note: String,
}

/// A part.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestSection {
    /// `tonight`, `promises`, `tomorrow`, `unanswered`, `badly`, `line`, `blocked`, `news`.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// A sentence under it; may be empty.
    pub note: String,
    /// What is told, the most important first.
    pub lines: Vec<DigestLine>,
    /// How many more there are in the whole digest.
    pub folded: usize,
}

/// A line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestLine {
    /// When, who; may be empty.
    pub lead: String,
    /// The text.
    pub text: Vec<DigestSpan>,
    /// The caller's own words.
    pub quote: Option<String>,
    /// By when it is due, in words.
    pub due: Option<String>,
    /// Whom to call.
    pub call: Option<String>,
    /// It is of the gravest kind.
    pub grave: bool,
    /// The records on which it stands, as paths of the console or addresses of pages.
    pub sources: Vec<String>,
}

/// A piece of a line's text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DigestSpan {
    /// The words.
    pub text: String,
    /// The page in which they stand, if it is somebody else's.
    pub link: Option<String>,
}

impl DigestView {
    /// Of a page that was written for a day.
    #[must_use]
    pub fn of(date: Date, page: Page) -> Self {
        let Page {
            title,
            span,
            reading,
            made,
            cards,
            sections,
            links,
            ..
        } = page;
        // Told by paths within the console, whatever its address was then.
        let links = biseo_digest::Links {
            console: HERE.into(),
            query: String::new(),
            ..links
        };
        let part = |s: Section| DigestSection {
            kind: s.kind.id().into(),
            title: s.title,
            note: s.note,
            lines: s.lines.into_iter().map(|l| line(l, &links)).collect(),
            folded: s.folded,
        };
        Self {
            date,
            title,
            span,
            reading,
            made,
            cards: cards.into_iter().map(DigestCard::from).collect(),
            sections: sections.into_iter().map(part).collect(),
        }
    }
}

impl From<Card> for DigestCard {
    fn from(card: Card) -> Self {
        Self {
            label: card.label,
            value: card.value,
            note: card.note,
        }
    }
}

/// Stands for the console's own address, of which no page of the news can be.
const HERE: &str = "console:";

fn line(line: Line, links: &biseo_digest::Links) -> DigestLine {
    let sources = line.sources.iter().filter_map(|s| links.of(s));
    let own = |address: String| match address.strip_prefix(HERE) {
        Some(path) => path.to_string(),
        None => address,
    };
    let mut sources: Vec<String> = sources.map(own).collect();
    sources.dedup();
    let span = |s: biseo_digest::Span| DigestSpan {
        text: s.text,
        link: s.link,
    };
    DigestLine {
        lead: line.lead,
        text: line.text.into_iter().map(span).collect(),
        quote: line.quote,
        due: line.due,
        call: line.call.map(|number| number.as_str().to_string()),
        grave: line.grave,
        sources,
    }
}
