//! What the caller wants of the shop, clause by clause.

mod bookings;
mod orders;
mod questions;
mod settle;
mod speak;
mod whole;

use biseo_model::understanding::{Intent, Topic};

use crate::cues::Concept;
use crate::reading::Reading;
use crate::things::What;
use crate::vocabulary::Term;

/// What kind of shop it is, for words that mean different things.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kind {
    /// Has a menu.
    pub menu: bool,
    /// Takes bookings.
    pub bookings: bool,
}

/// The wishes of an utterance.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// The intents with the clause of each, in order.
    pub intents: Vec<(Intent, (usize, usize))>,
    /// The topics with the place of the cue.
    pub topics: Vec<(Topic, (usize, usize))>,
    /// Where what is not meant ends: 예약하려는 건 아니고|.
    pub meant_from: usize,
}

impl Wishes {
    /// Whether an intent was found.
    pub fn has(&self, intent: Intent) -> bool {
        self.intents.iter().any(|(i, _)| *i == intent)
    }

    /// The clauses of an intent.
    pub fn clauses(&self, intent: Intent) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.intents
            .iter()
            .filter(move |(i, _)| *i == intent)
            .map(|(_, c)| *c)
    }

    /// Adds an intent of a clause.
    pub fn add(&mut self, intent: Intent, clause: (usize, usize)) {
        self.intents.push((intent, clause));
    }
}

/// What is settled once more when wishes have been added: topics that give way to others.
pub fn tidy(reading: &Reading<'_>, wishes: &mut Wishes) {
    settle::weak_topics(reading, wishes);
}

/// One clause with what was heard in it.
struct Clause<'r, 'a> {
    reading: &'r Reading<'a>,
    kind: Kind,
    span: (usize, usize),
}

impl Clause<'_, '_> {
    fn says(&self, concept: Concept) -> bool {
        self.reading.within(concept, self.span.0, self.span.1).is_some()
    }

    fn any(&self, concepts: &[Concept]) -> bool {
        concepts.iter().any(|c| self.says(*c))
    }

    fn thing(&self, is: impl Fn(&What) -> bool) -> bool {
        self.reading.any_thing(self.span.0, self.span.1, is)
    }

    fn has_item(&self) -> bool {
        self.thing(|w| matches!(w, What::Term(Term::Item(_))))
    }

    fn about_order(&self) -> bool {
        self.says(Concept::DoneOrder) || self.says(Concept::OrderNoun) || self.has_item()
    }

    fn asks(&self, topic: Topic) -> bool {
        self.reading
            .topics(self.span.0, self.span.1)
            .any(|(t, _)| t == topic)
    }

    fn asks_any(&self) -> bool {
        self.reading.topics(self.span.0, self.span.1).next().is_some()
    }
}

/// Finds the wishes.
pub fn wishes(reading: &Reading<'_>, kind: Kind) -> Wishes {
    let mut wishes = Wishes::default();
    if speak::sales(reading) {
        wishes.add(Intent::SalesPitch, (0, reading.line.len()));
        return wishes;
    }
    for &span in &reading.clauses {
        let clause = Clause { reading, kind, span };
        speak::speak_with(&clause, &mut wishes);
        orders::orders(&clause, &mut wishes);
        bookings::bookings(&clause, &mut wishes);
        questions::questions(&clause, &mut wishes);
    }
    whole::whole(reading, kind, &mut wishes);
    settle::settle(reading, &mut wishes);
    settle::not_meant(reading, &mut wishes);
    wishes
}
