//! What was watched: the line, blocked calls, the news.

use std::collections::BTreeSet;

use biseo_model::phone::PhoneNumber;
use jiff::civil::DateTime;

use super::{MOST_NAME, MOST_QUOTE, Pen, clip, plain};
use crate::facts::Source;
use crate::input::News;
use crate::page::{Line, Span};

impl Pen<'_> {
    pub(super) fn line(&self) -> Vec<Line> {
        let told = |(from, until, place, what): &(DateTime, Option<DateTime>, usize, String)| {
            let (from, until) = (self.moment(*from), until.map(|u| self.moment(u)));
            let key = if until.is_some() { "line_span" } else { "line_open" };
            Line {
                lead: self.words.say(
                    key,
                    &[("from", &from), ("until", until.as_deref().unwrap_or_default())],
                ),
                text: plain(clip(what, MOST_QUOTE)),
                grave: until.is_none(),
                sources: BTreeSet::from([Source::Outage(*place)]),
                ..Line::default()
            }
        };
        self.facts.line.iter().map(told).collect()
    }

    pub(super) fn blocked(&self) -> Vec<Line> {
        let hidden = || self.words.say("blocked_hidden", &[]);
        let told = |(number, calls): &(Option<PhoneNumber>, Vec<usize>)| Line {
            lead: number.as_ref().map_or_else(hidden, PhoneNumber::grouped),
            text: plain(self.words.say("blocked_line", &[("n", &calls.len().to_string())])),
            sources: calls.iter().map(|n| Source::Blocked(*n)).collect(),
            ..Line::default()
        };
        let sales = (!self.facts.sales.is_empty()).then(|| Line {
            text: plain(
                self.words
                    .say("blocked_sales", &[("n", &self.facts.sales.len().to_string())]),
            ),
            sources: self.facts.sales.clone(),
            ..Line::default()
        });
        sales
            .into_iter()
            .chain(self.facts.blocked.iter().map(told))
            .collect()
    }
}

/// The name of a source stands after the last of its sentences.
pub(super) fn story(news: &News) -> Line {
    let mut text = Vec::new();
    for same in news.sentences.chunk_by(|a, b| a.source == b.source) {
        text.extend(same.iter().map(|q| Span {
            text: q.text.clone(),
            link: Some(q.link.clone()),
        }));
        text.extend(plain(clip(&same[0].source, MOST_NAME)));
    }
    let pages = news.sentences.iter().map(|q| Source::Page(q.link.clone()));
    Line {
        lead: clip(&news.title, MOST_QUOTE),
        text,
        sources: pages.collect(),
        ..Line::default()
    }
}
