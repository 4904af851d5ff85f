//! Lines about persons: whom to call, what was promised, what was asked, what went badly.

use super::{MOST_QUOTE, Pen, clip, clock, plain};
use crate::facts::{Action, BadCall, Deadline, Promise, Reason, Vow};
use crate::input::NIGHT_ENDS;
use crate::page::Line;
use crate::story::Trouble;
use crate::unanswered::Question;

/// So many messages of one caller are quoted.
const MOST_QUOTES: usize = 4;

impl Pen<'_> {
    pub(super) fn action(&self, action: &Action) -> Line {
        let reason = |r: &Reason| match r {
            Reason::Trouble(trouble) => self.words.say(&format!("owed_{}", key(*trouble)), &[]),
            Reason::Message(_) => self.words.say("owed_message", &[]),
            Reason::Order(items) => self
                .words
                .say("owed_order", &[("items", &clip(items, MOST_QUOTE))]),
        };
        let mut reasons: Vec<String> = action.reasons.iter().map(reason).collect();
        reasons.dedup();
        Line {
            lead: self.who(action.name.as_deref(), action.call.as_ref()),
            text: plain(reasons.join(" · ")),
            quote: self.quotes(action),
            due: Some(self.due(action.deadline)),
            call: action.call.clone(),
            grave: action.deadline == Deadline::Now,
            sources: action.sources.clone(),
        }
    }

    /// What the messages say, each once. Beyond a few, how many more there are; all are behind the links.
    fn quotes(&self, action: &Action) -> Option<String> {
        let said = action.reasons.iter().filter_map(|r| match r {
            Reason::Message(text) => Some(clip(text, MOST_QUOTE)),
            _ => None,
        });
        let mut said: Vec<String> = said.collect();
        let more = said.len().saturating_sub(MOST_QUOTES);
        said.truncate(MOST_QUOTES);
        if more > 0 {
            said.push(self.words.say("more_messages", &[("n", &more.to_string())]));
        }
        (!said.is_empty()).then(|| said.join(" / "))
    }

    fn due(&self, deadline: Deadline) -> String {
        let Deadline::By(at) = deadline else {
            return self.words.say("due_now", &[]);
        };
        let time = clock(at.time());
        let (today, tomorrow) = (self.facts.today, self.facts.tomorrow.date);
        let key = match () {
            () if at.date() == today || at < tomorrow.to_datetime(NIGHT_ENDS) => "due_today",
            () if at.date() == tomorrow => "due_tomorrow",
            () => "due_day",
        };
        self.words
            .say(key, &[("time", &time), ("date", &self.words.date(at.date()))])
    }

    pub(super) fn promise(&self, promise: &Promise) -> Line {
        let (text, quote) = match &promise.vow {
            Vow::Unrecorded(said) => (self.words.say("vow_unrecorded", &[]), Some(said)),
            Vow::PassOn(said) => (self.words.say("vow_pass_on", &[]), Some(said)),
            Vow::Request(at, said) => {
                let (date, time) = (self.words.date(at.date()), clock(at.time()));
                let when = [("date", date.as_str()), ("time", &time)];
                (self.words.say("vow_request", &when), Some(said))
            }
            Vow::CallBacks(n) => (self.words.say("vow_call_backs", &[("n", &n.to_string())]), None),
        };
        let known = !matches!(promise.vow, Vow::CallBacks(_));
        Line {
            lead: if known {
                self.who(promise.name.as_deref(), promise.phone.as_ref())
            } else {
                String::new()
            },
            text: plain(text),
            quote: quote.map(|q| clip(q, MOST_QUOTE)),
            grave: matches!(promise.vow, Vow::Unrecorded(_)),
            sources: promise.sources.clone(),
            ..Line::default()
        }
    }

    pub(super) fn question(&self, question: &Question) -> Line {
        let times = self
            .words
            .say("unanswered_line", &[("n", &question.times.to_string())]);
        let topic = question.topic.unwrap_or(biseo_model::understanding::Topic::Other);
        Line {
            lead: self.words.topic(topic).to_string(),
            text: plain(if question.times > 1 { times } else { String::new() }),
            quote: Some(clip(&question.words, MOST_QUOTE)),
            sources: question.sources.clone(),
            ..Line::default()
        }
    }

    pub(super) fn bad_call(&self, bad: &BadCall) -> Line {
        let repeats = bad.repeats.to_string();
        let what = |t: &Trouble| self.words.say(&format!("bad_{}", key(*t)), &[("n", &repeats)]);
        let troubles: Vec<String> = bad.troubles.iter().map(what).collect();
        let who = self.who(None, bad.caller.as_ref());
        Line {
            lead: self.moment(bad.at),
            text: plain(format!("{who} · {}", troubles.join(" · "))),
            quote: bad.last_words.as_deref().map(|w| clip(w, MOST_QUOTE)),
            grave: bad.troubles.contains(&Trouble::Emergency),
            sources: bad.sources.clone(),
            ..Line::default()
        }
    }
}

fn key(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Emergency => "emergency",
        Trouble::NoPerson => "no_person",
        Trouble::Complaint => "complaint",
        Trouble::Failed => "failed",
        Trouble::Unfinished => "unfinished",
        Trouble::HungUp => "hung_up",
        Trouble::Repeated => "repeated",
        Trouble::Silent => "silent",
        Trouble::RangOff => "rang_off",
    }
}
