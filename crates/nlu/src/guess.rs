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

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // Written by this crate's build script in the same build.
    Table::from_bytes(include_bytes!(concat!(env!("OUT_DIR"), "/labels.bin"))).unwrap_or_default()
});

/// Reads the table, so that the first caller need not wait for it.
pub fn prepare() {
    LazyLock::force(&TABLE);
}

/// The probabilities, by label.
#[derive(Debug, Clone)]
pub struct Guess {
    scores: [f32; biseo_classifier::LABELS],
    topics: [(Topic, f32); 20],
}

impl Guess {
    /// Scores what was read.
    pub fn new(reading: &Reading<'_>) -> Self {
        Self::of(reading, 0, usize::MAX)
    }

    /// Scores a span of what was read, as if nothing else had been said. Words by which somebody only begins to speak tell nothing: of two
    /// syllables without meaning the table would make a no, and a no to "anything else?" ends the call.
    pub fn of(reading: &Reading<'_>, start: usize, end: usize) -> Self {
        if only_begins(reading, start, end) {
            return Self {
                scores: [0.0; biseo_classifier::LABELS],
                topics: Topic::ALL.map(|t| (t, 0.0)),
            };
        }
        let row = Row::new(context(reading.context.awaiting), pieces(reading, start, end));
        let scores = TABLE.score(&row);
        let mut topics = Topic::ALL.map(|t| (t, 0.0));
        for (nth, (_, p)) in topics.iter_mut().enumerate() {
            *p = scores[FIRST_TOPIC + nth];
        }
        topics.sort_by(|a, b| b.1.total_cmp(&a.1));
        Self { scores, topics }
    }

    /// One that is wholly sure of an act, for tests.
    #[cfg(test)]
    pub fn sure_of(act: Act) -> Self {
        let mut scores = [0.0; biseo_classifier::LABELS];
        act_place(act).into_iter().for_each(|place| scores[place] = 1.0);
        Self {
            scores,
            topics: Topic::ALL.map(|t| (t, 0.0)),
        }
    }

    /// Of an intent; of a question, the likeliest topic's.
    pub fn intent(&self, intent: Intent) -> f32 {
        intent_place(intent).map_or(self.topics[0].1, |place| self.scores[place])
    }

    /// Of danger to life.
    pub fn emergency(&self) -> f32 {
        self.scores[EMERGENCY]
    }

    /// The topics, likeliest first.
    pub fn topics(&self) -> &[(Topic, f32); 20] {
        &self.topics
    }

    /// Of an act; 0 for those that the classifier does not know.
    pub fn act(&self, act: Act) -> f32 {
        act_place(act).map_or(0.0, |place| self.scores[place])
    }

    /// The likeliest labels, for a person who asks why.
    pub fn shown(&self) -> String {
        let mut all: Vec<(&str, f32)> = LABELS.iter().copied().zip(self.scores).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        let top = all.iter().take(4).map(|(label, p)| format!("{label} {p:.2}"));
        top.collect::<Vec<_>>().join(", ")
    }
}

/// Words by which people begin, or gain time, before they have said anything.
pub(crate) const BEGINNINGS: [&str; 31] = [
    "음",
    "으음",
    "어",
    "아",
    "저",
    "그",
    "저기",
    "저기요",
    "거기",
    "그게",
    "그거",
    "그건",
    "그냥",
    "혹시",
    "제가",
    "저희",
    "저희가",
    "저는",
    "우리",
    "근데",
    "그런데",
    "그리고",
    "그럼",
    "그러면",
    "그러니까",
    "그니까",
    "이제",
    "뭐",
    "막",
    "그래서",
    "um",
];

/// Whether nothing else stands in a span.
fn only_begins(reading: &Reading<'_>, start: usize, end: usize) -> bool {
    let (line, end) = (&reading.line, end.min(reading.line.len()));
    let mut at = start;
    while at < end {
        let to = line.word_end(at).min(end);
        let word: String = (at..to).map(|i| line.at(i)).collect();
        if to <= at || !BEGINNINGS.contains(&word.as_str()) {
            return false;
        }
        at = to;
    }
    start < end
}

/// Where the labels stand; a test holds it against their names.
const EMERGENCY: usize = 13;
const FIRST_TOPIC: usize = 14;
const FIRST_ACT: usize = FIRST_TOPIC + Topic::ALL.len();

fn intent_place(intent: Intent) -> Option<usize> {
    Some(match intent {
        Intent::Book => 0,
        Intent::ChangeBooking => 1,
        Intent::CancelBooking => 2,
        Intent::FindBooking => 3,
        Intent::Order => 4,
        Intent::ChangeOrder => 5,
        Intent::CancelOrder => 6,
        Intent::LeaveMessage => 7,
        Intent::RequestCallback => 8,
        Intent::Transfer => 9,
        Intent::Complain => 10,
        Intent::SalesPitch => 11,
        Intent::Chitchat => 12,
        Intent::Ask => return None,
    })
}

fn act_place(act: Act) -> Option<usize> {
    let nth = match act {
        Act::Greet => 0,
        Act::Affirm => 1,
        Act::Deny => 2,
        Act::Stop => 3,
        Act::Wait => 4,
        Act::Repeat => 5,
        Act::Unsure => 6,
        Act::Thank => 7,
        Act::Goodbye => 8,
        Act::Correct | Act::Backchannel => return None,
    };
    Some(FIRST_ACT + nth)
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
fn pieces(reading: &Reading<'_>, start: usize, end: usize) -> Vec<Piece> {
    parts(reading, start, end)
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
    for part in parts(reading, 0, usize::MAX) {
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

/// Places of characters of a span, and its values by name.
fn parts(reading: &Reading<'_>, start: usize, end: usize) -> Vec<Result<usize, &'static str>> {
    let end = end.min(reading.line.len());
    let mut all = Vec::with_capacity(reading.line.len());
    let mut at = start;
    let here = reading.things.iter().filter(|t| t.start >= start && t.end <= end);
    for thing in here {
        let Some(name) = value(&thing.what).filter(|_| thing.start >= at) else {
            continue;
        };
        all.extend((at..thing.start).map(Ok));
        all.push(Err(name));
        at = thing.end;
    }
    all.extend((at..end).map(Ok));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_where_they_are_looked_for() {
        for (place, label) in LABELS.iter().enumerate() {
            let json = serde_json::Value::from(*label);
            if let Some(topic) = label.strip_prefix("ask:") {
                assert_eq!(Topic::ALL[place - FIRST_TOPIC].key(), topic);
            } else if *label == "emergency" {
                assert_eq!(place, EMERGENCY);
            } else if let Ok(intent) = serde_json::from_value::<Intent>(json.clone()) {
                assert_eq!(intent_place(intent), Some(place), "{label}");
            } else {
                let act: Act = serde_json::from_value(json).unwrap();
                assert_eq!(act_place(act), Some(place), "{label}");
            }
        }
    }

    #[test]
    fn a_beginning_is_no_answer() {
        let shop = include_str!("../../../shops/haengbok.toml");
        let shop = biseo_model::shop::ShopProfile::from_toml(shop).unwrap();
        let nlu = crate::Nlu::new(&shop);
        for awaiting in [None, Some(Awaiting::AnythingElse), Some(Awaiting::Offer)] {
            let context = biseo_model::understanding::Context {
                now: "2026-11-24T10:12:00".parse().unwrap(),
                awaiting,
            };
            for text in ["그", "그게", "근데", "음 그", "아 저기", "저희가", "혹시"] {
                let understood = nlu.understand(text, &context);
                let nothing = understood.acts.is_empty() && understood.intents.is_empty();
                assert!(nothing, "{text} {awaiting:?}: {understood:?}");
            }
            let no = nlu.understand("그건 됐어요", &context);
            assert!(!no.acts.is_empty() || awaiting.is_none(), "{no:?}");
        }
    }

    #[test]
    fn the_table_is_there_and_of_these_labels() {
        assert_eq!(TABLE.labels(), LABELS.len());
    }
}
