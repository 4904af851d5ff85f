//! What an utterance asks of the dialogue, as a list of commands: the form in which command-driven dialogue stacks speak
//! (Rasa's CALM), with the words that each rests on.
//!
//! The dialogue itself takes the [`Understanding`]; the list is for people and programs who want to see what was made of an
//! utterance and why.

use biseo_model::hint::Hint;
use biseo_model::understanding::{Act, Awaiting, Filled, Intent, Topic, Understanding, Value};
use serde::Serialize;

use crate::cues::{Concept, Tells};
use crate::intents::Wishes;
use crate::reading::Reading;

/// What a command does.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Does {
    /// Begin a flow, or go back to it.
    StartFlow {
        /// What the caller wants.
        intent: Intent,
    },
    /// Answer a question.
    Ask {
        /// What about.
        topic: Topic,
    },
    /// Take a value.
    SetSlot(Value),
    /// Take a value in the place of one that was said before.
    Correct(Value),
    /// A value that is taken back, or that tells which booking is meant.
    Was(Value),
    /// A second choice, if the first cannot be had; counted from 1.
    Prefer {
        /// Its place in the caller's order.
        rank: usize,
        /// The value in which it differs.
        value: Value,
    },
    /// This will not do.
    Exclude(Value),
    /// What was said beside the values.
    Hint(Hint),
    /// Drop what is being done.
    Cancel,
    /// Yes.
    Affirm,
    /// No.
    Deny,
    /// Another act: a greeting, "one moment", "pardon?", thanks.
    Act {
        /// Which.
        act: Act,
    },
    /// Danger to life.
    Emergency,
}

/// One command.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Command {
    /// What is to be done.
    #[serde(flatten)]
    pub does: Does,
    /// First character of the words that it rests on, counted in characters of the utterance.
    pub start: usize,
    /// The character after the last one.
    pub end: usize,
    /// How sure it is, 0 to 1.
    pub confidence: f32,
    /// The words that it rests on, with what they were taken for.
    pub reason: String,
}

/// The commands of an utterance, flows first, then questions and values in the order said, then acts.
pub(crate) fn of(reading: &Reading<'_>, wishes: &Wishes, u: &Understanding) -> Vec<Command> {
    let list = List { reading, u };
    if u.emergency {
        return vec![list.command(Does::Emergency, (0, reading.line.len()))];
    }
    let flows = wishes
        .intents
        .iter()
        .filter(|(intent, _)| *intent != Intent::Ask && u.wants(*intent))
        .map(|(intent, clause)| list.command(Does::StartFlow { intent: *intent }, *clause));
    let values = u.slots.iter().map(|f| list.value(f));
    let second = u.fallbacks.iter().enumerate().flat_map(|(at, choice)| {
        let rank = at + 1;
        let prefer = move |value: Value| Does::Prefer { rank, value };
        choice.iter().map(move |f| (prefer(f.value.clone()), f))
    });
    let out = u.excluded.iter().map(|f| (Does::Exclude(f.value.clone()), f));
    let beside = u
        .hints
        .iter()
        .map(|h| list.command(Does::Hint(h.clone()), (0, reading.line.len())));
    let acts = u
        .acts
        .iter()
        .filter(|a| **a != Act::Correct)
        .map(|act| list.act(*act));
    flows
        .chain(values)
        .chain(second.chain(out).map(|(does, f)| list.at(does, f)))
        .chain(beside)
        .chain(acts)
        .collect()
}

struct List<'a> {
    reading: &'a Reading<'a>,
    u: &'a Understanding,
}

impl List<'_> {
    fn value(&self, filled: &Filled) -> Command {
        let value = filled.value.clone();
        let asked = self.reading.context.awaiting == Some(Awaiting::Slot(value.slot()));
        let does = match value {
            Value::Topic(topic) => Does::Ask { topic },
            value if filled.was => Does::Was(value),
            value if self.u.has(Act::Correct) && !asked => Does::Correct(value),
            value => Does::SetSlot(value),
        };
        self.at(does, filled)
    }

    fn act(&self, act: Act) -> Command {
        let (does, concept) = match act {
            Act::Stop => (Does::Cancel, Concept::Stop),
            Act::Affirm => (Does::Affirm, Concept::Yes),
            Act::Deny => (Does::Deny, Concept::No),
            Act::Wait => (Does::Act { act }, Concept::Wait),
            Act::Repeat => (Does::Act { act }, Concept::Repeat),
            Act::Unsure => (Does::Act { act }, Concept::Unsure),
            Act::Thank => (Does::Act { act }, Concept::Thank),
            Act::Goodbye => (Does::Act { act }, Concept::Bye),
            Act::Greet => (Does::Act { act }, Concept::Greet),
            Act::Correct | Act::Backchannel => (Does::Act { act }, Concept::Repair),
        };
        let cue = self.reading.within(concept, 0, usize::MAX);
        let span = cue.map_or((0, self.reading.line.len()), |c| (c.start, c.end));
        self.command(does, span)
    }

    /// A command that rests on a span of the compact text.
    fn command(&self, does: Does, (start, end): (usize, usize)) -> Command {
        let (from, to) = self.reading.line.span(start, end);
        Command {
            does,
            start: from,
            end: to,
            confidence: self.u.confidence,
            reason: self.reason(start, end),
        }
    }

    fn at(&self, does: Does, filled: &Filled) -> Command {
        let original = &self.reading.line.original;
        let words = original.get(filled.start..filled.end).unwrap_or_default();
        let guessed = matches!(filled.value, Value::Time { sure: false, .. });
        Command {
            does,
            start: filled.start,
            end: filled.end,
            confidence: if guessed {
                self.u.confidence.min(0.8)
            } else {
                self.u.confidence
            },
            reason: words.iter().collect(),
        }
    }

    /// The cues within a span: `예약 (Booking), 싶어요 (Want)`.
    fn reason(&self, start: usize, end: usize) -> String {
        let within = |c: &&crate::cues::Cue| start <= c.start && c.end <= end;
        let cues = self.reading.cues.iter().filter(within);
        let named = cues.map(|c| {
            let words = self.reading.line.words(c.start, c.end);
            match c.tells {
                Tells::Concept(concept) => format!("{words} ({concept:?})"),
                Tells::Topic(topic) => format!("{words} ({topic:?})"),
            }
        });
        let all: Vec<String> = named.collect();
        if all.is_empty() {
            self.reading.line.words(start, end)
        } else {
            all.join(", ")
        }
    }
}
