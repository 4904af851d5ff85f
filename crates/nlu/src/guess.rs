//! What the classifier makes of an utterance: a probability for each intent, topic and act.
//!
//! It sees the words with the values taken out (`{date} {time}에 {people} 돼요`), so that it learns constructions and not
//! numbers. The rules decide first; see [`amend`](crate::amend) for where it is heard.

use std::sync::LazyLock;

use biseo_classifier::{Piece, Row, Table};
use biseo_model::understanding::{Act, Awaiting, Intent, Topic};

use crate::labels::{CONTEXTS, LABELS, VALUES};
use crate::reading::Reading;
use crate::things::What;
use crate::vocabulary::Term;

static TABLE: LazyLock<Option<Table>> =
    LazyLock::new(|| Table::from_bytes(include_bytes!(concat!(env!("OUT_DIR"), "/labels.bin"))).ok());

/// The probabilities, by label.
#[derive(Debug, Clone)]
pub struct Guess {
    scores: [f32; biseo_classifier::LABELS],
}

impl Guess {
    /// Scores what was read.
    pub fn new(reading: &Reading<'_>) -> Self {
        let row = Row::new(context(reading.context.awaiting), pieces(reading));
        let scores = TABLE.as_ref().map(|table| table.score(&row));
        Self {
            scores: scores.unwrap_or([0.0; biseo_classifier::LABELS]),
        }
    }

    fn of(&self, label: &str) -> f32 {
        let place = LABELS.iter().position(|l| *l == label);
        place.map_or(0.0, |i| self.scores[i])
    }

    /// Of an intent; of a question, the likeliest topic's.
    pub fn intent(&self, intent: Intent) -> f32 {
        match intent {
            Intent::Ask => self.topics().first().map_or(0.0, |(_, p)| *p),
            other => self.of(intent_label(other)),
        }
    }

    /// Of danger to life.
    pub fn emergency(&self) -> f32 {
        self.of("emergency")
    }

    /// The topics, likeliest first.
    pub fn topics(&self) -> Vec<(Topic, f32)> {
        let mut all: Vec<(Topic, f32)> = TOPICS
            .iter()
            .map(|t| {
                let place = LABELS
                    .iter()
                    .position(|l| l.strip_prefix("ask:") == Some(t.key()));
                (*t, place.map_or(0.0, |i| self.scores[i]))
            })
            .collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    }

    /// Of an act; 0 for those that the classifier does not know.
    pub fn act(&self, act: Act) -> f32 {
        self.of(match act {
            Act::Greet => "greet",
            Act::Affirm => "affirm",
            Act::Deny => "deny",
            Act::Stop => "stop",
            Act::Wait => "wait",
            Act::Repeat => "repeat",
            Act::Unsure => "unsure",
            Act::Thank => "thank",
            Act::Goodbye => "goodbye",
            Act::Correct | Act::Backchannel => return 0.0,
        })
    }

    /// The likeliest labels, for a person who asks why.
    pub fn shown(&self) -> String {
        let mut all: Vec<(&str, f32)> = LABELS.iter().copied().zip(self.scores).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        let top = all.iter().take(4).map(|(label, p)| format!("{label} {p:.2}"));
        top.collect::<Vec<_>>().join(", ")
    }
}

const TOPICS: [Topic; 20] = [
    Topic::Hours,
    Topic::Location,
    Topic::Parking,
    Topic::Price,
    Topic::Menu,
    Topic::Wifi,
    Topic::Pets,
    Topic::Delivery,
    Topic::Pickup,
    Topic::Payment,
    Topic::Staff,
    Topic::Duration,
    Topic::Cancellation,
    Topic::Capacity,
    Topic::Availability,
    Topic::Screening,
    Topic::Programs,
    Topic::Volunteer,
    Topic::Wait,
    Topic::Other,
];

fn intent_label(intent: Intent) -> &'static str {
    match intent {
        Intent::Book => "book",
        Intent::ChangeBooking => "change_booking",
        Intent::CancelBooking => "cancel_booking",
        Intent::FindBooking => "find_booking",
        Intent::Order => "order",
        Intent::ChangeOrder => "change_order",
        Intent::CancelOrder => "cancel_order",
        Intent::Ask => "ask",
        Intent::LeaveMessage => "leave_message",
        Intent::RequestCallback => "request_callback",
        Intent::Transfer => "transfer",
        Intent::Complain => "complain",
        Intent::SalesPitch => "sales_pitch",
        Intent::Chitchat => "chitchat",
    }
}

fn context(awaiting: Option<Awaiting>) -> u8 {
    let name = match awaiting {
        None => "-",
        Some(Awaiting::Slot(_)) => "slot",
        Some(Awaiting::Confirm) => "confirm",
        Some(Awaiting::Alternative) => "alternative",
        Some(Awaiting::Offer) => "offer",
        Some(Awaiting::AnythingElse) => "else",
    };
    let place = CONTEXTS.iter().position(|c| *c == name);
    place.and_then(|i| u8::try_from(i).ok()).unwrap_or(0)
}

/// The utterance with its values taken out.
fn pieces(reading: &Reading<'_>) -> Vec<Piece> {
    parts(reading)
        .into_iter()
        .map(|part| match part {
            Ok(place) => Piece::Char(reading.line.at(place)),
            Err(name) => {
                let kind = VALUES.iter().position(|v| *v == name);
                Piece::Value(kind.and_then(|k| u8::try_from(k).ok()).unwrap_or(0))
            }
        })
        .collect()
}

/// The utterance as the corpus writes it: `{date} {time}에 {people} 돼요`.
pub fn masked(reading: &Reading<'_>) -> String {
    let mut text = String::new();
    for part in parts(reading) {
        match part {
            Ok(place) => {
                if reading.line.gap(place) && !text.is_empty() {
                    text.push(' ');
                }
                text.push(reading.line.at(place));
            }
            Err(name) => {
                if !text.is_empty() {
                    text.push(' ');
                }
                text += &format!("{{{name}}}");
            }
        }
    }
    text
}

/// Places of characters, and values by name.
fn parts(reading: &Reading<'_>) -> Vec<Result<usize, &'static str>> {
    let mut all = Vec::with_capacity(reading.line.len());
    let mut at = 0;
    for thing in &reading.things {
        let Some(name) = value(&thing.what).filter(|_| thing.start >= at) else {
            continue;
        };
        all.extend((at..thing.start).map(Ok));
        all.push(Err(name));
        at = thing.end;
    }
    all.extend((at..reading.line.len()).map(Ok));
    all
}

fn value(what: &What) -> Option<&'static str> {
    Some(match what {
        What::Day(_) | What::Past(_) => "date",
        What::Clock(_) => "time",
        What::People(_) => "people",
        What::Pieces(_) => "count",
        What::Term(Term::Item(_)) => "item",
        What::Term(Term::Service(_)) => "service",
        What::Term(Term::Staff(_)) => "staff",
        What::Term(Term::Queue(_)) => "queue",
        What::Phone(..) => "phone",
        What::Name(_) => "name",
        What::Duration(_) | What::Later(_) => "duration",
        What::Stretch | What::Part(_) | What::ThisNumber | What::Reference(_) => return None,
    })
}
