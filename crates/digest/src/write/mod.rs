//! Facts put into words: the document.

mod cards;
mod people;
mod reading;
mod tomorrow;
mod watch;

use biseo_model::phone::PhoneNumber;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};

use crate::facts::Facts;
use crate::page::{Labels, Line, Links, Page, Section, SectionKind, Span};
use crate::wording::Wording;

/// What a caller said is cut after so many letters; the whole is behind the link.
const MOST_QUOTE: usize = 70;
/// A name is cut after so many.
const MOST_NAME: usize = 24;

impl Page {
    /// Writes facts down. `fold`: lines beyond what can be read in [`MOST_SECONDS`](crate::MOST_SECONDS) are folded; without
    /// it, the page tells all.
    pub fn write(
        facts: &Facts,
        shop: &str,
        made: Timestamp,
        words: &Wording,
        links: &Links,
        fold: bool,
    ) -> Self {
        let shop = clip(shop, MOST_NAME);
        let pen = Pen { words, facts };
        let (today, date) = (words.date(facts.today), words.date(facts.now.date()));
        let time = clock(facts.now.time());
        let label = |key: &str| words.say(key, &[]);
        let open = facts.tonight.len().to_string();
        let mut page = Self {
            language: words.language(),
            title: words.say("title", &[("shop", &shop)]),
            subject: words.say("subject", &[("shop", &shop), ("date", &today), ("n", &open)]),
            span: words.say("span", &[("date", &date), ("time", &time)]),
            cards: pen.cards(),
            sections: pen.sections(),
            reading: String::new(),
            seconds: 0,
            made,
            links: links.clone(),
            labels: Labels {
                sources: label("sources"),
                call: label("call"),
                size: label("size"),
                size_letter: label("size_letter"),
            },
        };
        if fold {
            page.fold(words);
        }
        page.measure(words);
        page
    }
}

struct Pen<'a> {
    words: &'a Wording,
    facts: &'a Facts,
}

impl Pen<'_> {
    fn sections(&self) -> Vec<Section> {
        let f = self.facts;
        let mut all = vec![
            self.section(
                SectionKind::Tonight,
                f.tonight.iter().map(|a| self.action(a)).collect(),
            ),
            self.section(
                SectionKind::Promises,
                f.promises.iter().map(|p| self.promise(p)).collect(),
            ),
            self.tomorrow(),
            self.section(
                SectionKind::Unanswered,
                f.unanswered.iter().map(|q| self.question(q)).collect(),
            ),
            self.section(
                SectionKind::Badly,
                f.badly.iter().map(|b| self.bad_call(b)).collect(),
            ),
            self.section(SectionKind::Line, self.line()),
            self.section(SectionKind::Blocked, self.blocked()),
        ];
        if !f.news.is_empty() {
            all.push(self.section(SectionKind::News, f.news.iter().map(watch::story).collect()));
        }
        all
    }

    /// A section that is empty says so.
    fn section(&self, kind: SectionKind, lines: Vec<Line>) -> Section {
        let note = match (kind, lines.is_empty()) {
            (SectionKind::News, _) => String::new(),
            (_, true) => self.words.say(&format!("{}_none", kind.id()), &[]),
            (SectionKind::Unanswered, false) => self.words.say("unanswered_hint", &[]),
            (_, false) => String::new(),
        };
        Section {
            kind,
            title: self.words.say(kind.id(), &[]),
            note,
            lines,
            folded: 0,
            more: None,
        }
    }

    /// A moment by the clock, with its date if that is another day's.
    fn moment(&self, at: DateTime) -> String {
        let time = clock(at.time());
        if [self.facts.today, self.facts.now.date()].contains(&at.date()) {
            return time;
        }
        let date = self.words.date(at.date());
        self.words.say("moment", &[("date", &date), ("time", &time)])
    }

    fn who(&self, name: Option<&str>, number: Option<&PhoneNumber>) -> String {
        match (name, number) {
            (Some(name), _) => self.words.say("person", &[("name", &clip(name, MOST_NAME))]),
            (None, Some(number)) => number.grouped(),
            (None, None) => self.words.say("unknown_caller", &[]),
        }
    }
}

fn plain(text: String) -> Vec<Span> {
    if text.is_empty() {
        Vec::new()
    } else {
        vec![Span { text, link: None }]
    }
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// At most so many letters, on one line.
fn clip(text: &str, most: usize) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= most {
        return flat;
    }
    flat.chars().take(most - 1).chain(['…']).collect()
}
