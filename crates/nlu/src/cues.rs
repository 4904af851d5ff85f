//! The concepts that cue phrases stand for, and where they were heard.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use biseo_model::understanding::Topic;
use serde::Deserialize;

use crate::lexicon::{CUES, Found, Lexicon};
use crate::text::Line;

/// A concept of `data/cues.toml`, by the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The names say it; data/cues.toml shows the phrases.
pub enum Concept {
    Booking,
    Seat,
    Room,
    OrderNoun,
    TakeOut,
    Deliver,
    Person,
    PhoneNoun,
    OwnerTo,
    Visit,
    Want,
    Possible,
    Have,
    SellOrder,
    Give,
    DoneBooking,
    DoneOrder,
    Change,
    Add,
    Remove,
    Cancel,
    Find,
    FetchPerson,
    CallBack,
    Tell,
    Complaint,
    Sales,
    Chitchat,
    NotWish,
    Already,
    RuleIf,
    Q,
    QStrong,
    Emergency,
    Yes,
    Fine,
    No,
    Enough,
    Stop,
    Wait,
    Repeat,
    Unsure,
    Thank,
    Bye,
    Greet,
    Any,
    Instead,
    Repair,
    Postpone,
    Restate,
    ReplaceVerb,
}

/// What a cue tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tells {
    /// A concept.
    Concept(Concept),
    /// A topic that is asked about.
    Topic(Topic),
}

/// A cue that was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cue {
    /// What it tells.
    pub tells: Tells,
    /// First place.
    pub start: usize,
    /// Place after the last.
    pub end: usize,
    /// How far from the phrase it was heard, in half jamo.
    pub cost: u8,
}

#[derive(Debug, Default, Deserialize)]
struct Data {
    concept: BTreeMap<Concept, Vec<String>>,
    topic: BTreeMap<String, Vec<String>>,
}

struct Table {
    lexicon: Lexicon,
    /// What each phrase tells; one phrase may stand in several lists.
    tells: Vec<Vec<Tells>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(include_str!("../data/cues.toml")));

impl Table {
    fn new(text: &str) -> Self {
        let data: Data = toml::from_str(text).unwrap_or_default();
        let mut phrases: BTreeMap<&str, Vec<Tells>> = BTreeMap::new();
        for (concept, words) in &data.concept {
            for word in words {
                phrases.entry(word).or_default().push(Tells::Concept(*concept));
            }
        }
        for (name, words) in &data.topic {
            let Ok(topic) = toml::Value::String(name.clone()).try_into::<Topic>() else {
                continue;
            };
            for word in words {
                phrases.entry(word).or_default().push(Tells::Topic(topic));
            }
        }
        let mut lexicon = Lexicon::new(CUES);
        let mut tells = Vec::new();
        for (id, (phrase, what)) in (0..).zip(phrases) {
            lexicon.add(phrase, id);
            tells.push(what);
        }
        Self { lexicon, tells }
    }
}

/// What must be heard well: an alarm, a question's ending, yes and no.
fn is_touchy(tells: Tells) -> bool {
    use Concept::{
        Bye, Chitchat, Complaint, Emergency, Enough, Fine, Greet, No, Q, QStrong, Repeat, Stop, Wait, Yes,
    };
    matches!(
        tells,
        Tells::Concept(
            Emergency
                | Q
                | QStrong
                | Yes
                | No
                | Enough
                | Fine
                | Stop
                | Chitchat
                | Repeat
                | Wait
                | Bye
                | Complaint
                | Greet
        )
    )
}

/// What never hides and is never hidden: endings that go with everything.
fn is_light(tells: Tells) -> bool {
    use Concept::{Have, Possible, Q, QStrong, ReplaceVerb, Want};
    matches!(
        tells,
        Tells::Concept(Q | QStrong | Want | Have | Possible | ReplaceVerb)
    )
}

fn all_tell(found: &Found, is: impl Fn(Tells) -> bool) -> bool {
    TABLE.tells[usize::from(found.id)].iter().all(|t| is(*t))
}

/// Whether `b` is no cue because `a` was heard: `a` is a longer topic, or a longer phrase of the same concept, or was
/// heard exactly where `b` was not, or begins the word of which `b` takes the end and part of an ending (예약|도, 약도).
fn hides(line: &Line, a: &Found, b: &Found) -> bool {
    if !a.overlaps(b) || a.id == b.id && a == b {
        return false;
    }
    let covers = a.start <= b.start && b.end <= a.end && a.len() > b.len() && a.cost <= b.cost;
    let topic = all_tell(a, |t| matches!(t, Tells::Topic(_)));
    let same = TABLE.tells[usize::from(a.id)] == TABLE.tells[usize::from(b.id)];
    let light = all_tell(a, is_light);
    let exact = a.cost == 0 && b.cost > 0 && a.len() >= 2 && !light;
    let crossed = a.cost == 0
        && a.len() >= 2
        && !light
        && a.crosses(b)
        && b.len() <= a.len()
        && line.gap(a.start)
        && !line.gap(b.start)
        && a.start < b.start;
    let heavy = !all_tell(b, is_light);
    (covers && (topic && heavy || same)) || exact || (crossed && heavy)
}

/// The cues of an utterance, in order.
pub fn cues(line: &Line) -> Vec<Cue> {
    let found = TABLE.lexicon.everywhere(line);
    let mut all: Vec<Cue> = found
        .iter()
        .filter(|b| !found.iter().any(|a| hides(line, a, b)))
        .flat_map(|found| {
            TABLE.tells[usize::from(found.id)].iter().map(|tells| Cue {
                tells: *tells,
                start: found.start,
                end: found.end,
                cost: found.cost,
            })
        })
        .collect();
    // An alarm and a question's ending must be heard well.
    all.retain(|c| c.cost == 0 || !is_touchy(c.tells) || c.cost == 1 && c.end - c.start >= 4);
    all.retain(|c| c.cost <= 1 || !matches!(c.tells, Tells::Topic(_)) || c.end - c.start >= 6);
    all.retain(|c| c.cost == 0 || c.end - c.start > 2 || !line.gap(c.start + 1));
    // 바꿀게|요 금|요일: a short topic from the end of one word into the next is none.
    all.retain(|c| {
        let blank = (c.start + 1..c.end).any(|i| line.gap(i));
        let across = !line.gap(c.start) && blank && c.end - c.start <= 3;
        !(across && matches!(c.tells, Tells::Topic(_)))
    });
    all.sort_by_key(|c| (c.start, c.end));
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_can_be_read() {
        let data: Data = toml::from_str(include_str!("../data/cues.toml")).unwrap();
        assert!(data.concept.len() > 40);
        for topic in data.topic.keys() {
            assert!(
                toml::Value::String(topic.clone()).try_into::<Topic>().is_ok(),
                "{topic}"
            );
        }
        assert!(TABLE.tells.len() > 1000);
    }
}
