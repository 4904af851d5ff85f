//! What a turn was made of, for a shop owner who asks why this was said. Notes are taken in the turn; they become words,
//! from `flows/trace.*.toml`, only when somebody asks.

use std::fmt::Debug;
use std::sync::Arc;

use biseo_model::hint::Hint;
use biseo_model::understanding::{Filled, Slot, Understanding, Value};
use jiff::civil::DateTime;

use super::{Dialogue, Waiting};
use crate::flow::{Flow, StepKind};
use crate::io::{ActionResult, Input, Language, Output};
use crate::wording::{Values, Wording};

/// So many checked times are told.
const MOST_TIMES: usize = 3;

/// Something noted of a turn.
#[derive(Debug, Clone)]
pub(super) enum Note {
    /// What was understood, and the recogniser's confidence.
    Heard(Box<Understanding>, f32),
    Unclear,
    Silence,
    Began(Arc<Flow>),
    Resumed(Arc<Flow>),
    Dropped(Arc<Flow>),
    Finished(Arc<Flow>),
    /// Times that were held against the store, the wished one first, and whether each was free.
    Checked(Vec<(DateTime, bool)>),
    Found(usize),
    /// An answer was noted in the caller's words.
    Noted(String),
    /// What became of another action: the wording's key.
    Did(&'static str),
    Missing(Vec<Slot>),
    Said(String),
}

/// The flows under way, by what tells them apart.
pub(super) type Under = Vec<(u32, Arc<Flow>)>;

impl Dialogue {
    /// The last turn in words that a shop owner can read: what was understood, what began or was dropped, what is still
    /// missing, what was checked and found, and why this was said. Wording: `flows/trace.*.toml`.
    ///
    /// A turn begins with what the caller does and goes on over the actions that follow, until the next one.
    pub fn trace(&self, language: Language) -> Vec<String> {
        let wording = self.flows.wording(language);
        let mut lines: Vec<String> = Vec::new();
        for note in &self.notes {
            let line = self.line(note, wording);
            if !line.is_empty() && !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }

    /// Notes what comes in; gives what was under way before it.
    pub(super) fn note_input(&mut self, input: &Input) -> Under {
        let goes_on = self.waiting.is_some() || matches!(input, Input::Done(_) | Input::Interrupted { .. });
        if !goes_on {
            self.notes.clear();
        }
        let note = match input {
            Input::Heard {
                understanding,
                confidence,
                ..
            } => Some(Note::Heard(Box::new(understanding.clone()), *confidence)),
            Input::Unclear => Some(Note::Unclear),
            Input::Silence => Some(Note::Silence),
            Input::Done(result) => self.outcome(result),
            Input::Started | Input::Interrupted { .. } | Input::CallerHungUp => None,
        };
        self.notes.extend(note);
        self.under_way()
    }

    fn under_way(&self) -> Under {
        self.stack.iter().map(|f| (f.key, f.flow.clone())).collect()
    }

    fn outcome(&self, result: &ActionResult) -> Option<Note> {
        Some(match (&self.waiting, result) {
            (Some(Waiting::Check { options, .. }), ActionResult::Available(free)) => {
                let times = options.iter().map(|o| o.at).zip(free.iter().copied());
                Note::Checked(times.take(MOST_TIMES).collect())
            }
            (_, ActionResult::Found(found)) => Note::Found(found.len()),
            (_, ActionResult::FoundOrders(found)) => Note::Found(found.len()),
            (_, ActionResult::Full) => Note::Did("did_full"),
            (_, ActionResult::Failed) => Note::Did("did_failed"),
            (_, ActionResult::NotReached) => Note::Did("did_not_reached"),
            (_, ActionResult::Transferred) => Note::Did("did_transferred"),
            (_, ActionResult::Cancelled(false)) => Note::Did("did_nothing"),
            (_, ActionResult::Cancelled(true)) => Note::Did("did_cancelled"),
            (_, ActionResult::Booked(_) | ActionResult::Ordered | ActionResult::MessageLeft) => {
                Note::Did("did_stored")
            }
            (_, ActionResult::Available(_)) => return None,
        })
    }

    /// Notes what the reply made of it.
    pub(super) fn note_reply(&mut self, before: &Under, reply: &[Output]) {
        let after = self.under_way();
        let said = |key: &str| reply.iter().any(|o| matches!(o, Output::Say(p) if p.key == key));
        let within = |all: &Under, key: u32| all.iter().any(|(k, _)| *k == key);
        for (_, flow) in before.iter().filter(|(key, _)| !within(&after, *key)) {
            let finished = said(&format!("{}.done", flow.name));
            let note = if finished { Note::Finished } else { Note::Dropped };
            self.notes.push(note(flow.clone()));
        }
        for (_, flow) in after.iter().filter(|(key, _)| !within(before, *key)) {
            self.notes.push(Note::Began(flow.clone()));
        }
        if let Some((key, flow)) = after.last() {
            let stood = within(before, *key);
            let uncovered = before.last().is_some_and(|(k, _)| k != key);
            let answered = reply.iter().any(|o| matches!(o, Output::Answered { .. }));
            if stood && (uncovered || answered) {
                self.notes.push(Note::Resumed(flow.clone()));
            }
        }
        self.notes.retain(|n| !matches!(n, Note::Missing(_)));
        let missing = if self.over { Vec::new() } else { self.missing() };
        if !missing.is_empty() {
            self.notes.push(Note::Missing(missing));
        }
        for output in reply {
            if let Output::Say(prompt) = output {
                self.notes.push(Note::Said(prompt.key.clone()));
            }
        }
    }

    /// What the topmost flow still has to ask for.
    pub(super) fn missing(&self) -> Vec<Slot> {
        let Some(frame) = self.stack.last() else {
            return Vec::new();
        };
        let place = self.place();
        let steps = frame.flow.steps.iter();
        let steps = steps.filter(|s| s.when.is_none_or(|w| w == place));
        let open = steps.filter_map(|s| match s.kind {
            StepKind::Collect { slot, optional, .. } => {
                let done = frame.slots.has(slot) || (optional && frame.waived.contains(&slot));
                (!done).then_some(slot)
            }
            _ => None,
        });
        open.collect()
    }

    fn line(&self, note: &Note, wording: &Wording) -> String {
        let plain = |key: &str| wording.sentence(&format!("trace.{key}"), 0, &Values::new());
        let with = |key: &str, name, value| {
            wording.sentence(&format!("trace.{key}"), 0, &Values::from([(name, value)]))
        };
        match note {
            Note::Heard(u, confidence) => self.heard_line(u, *confidence, wording),
            Note::Unclear => plain("unclear"),
            Note::Silence => plain("silence"),
            Note::Began(flow) => with("began", "flow", title(flow, wording)),
            Note::Resumed(flow) => with("resumed", "flow", title(flow, wording)),
            Note::Dropped(flow) => with("dropped", "flow", title(flow, wording)),
            Note::Finished(flow) => with("finished", "flow", title(flow, wording)),
            Note::Checked(times) => self.checked_line(times, wording),
            Note::Noted(text) => with("noted", "value", text.clone()),
            Note::Found(0) => plain("found_none"),
            Note::Found(n) => with("found", "n", n.to_string()),
            Note::Did(key) => plain(key),
            Note::Missing(slots) => {
                let names: Vec<String> = slots.iter().map(|s| word("slot", s, wording)).collect();
                with("missing", "list", names.join(wording.say.comma()))
            }
            Note::Said(key) => reason(key, wording),
        }
    }

    fn heard_line(&self, u: &Understanding, confidence: f32, wording: &Wording) -> String {
        if u.is_empty() {
            // Words may do without a meaning: an answer that is noted, a message, a flow's own words.
            let lost = |n: &Note| matches!(n, Note::Said(key) if matches!(key.as_str(), "call.unclear" | "call.lost_offer_message" | "call.say_again"));
            let key = if self.notes.iter().any(lost) {
                "trace.not_understood"
            } else {
                ""
            };
            return wording.sentence(key, 0, &Values::new());
        }
        let intents = u.intents.iter().map(|i| word("intent", i, wording));
        let acts = u.acts.iter().map(|a| word("act", a, wording));
        let first = u.slots.iter().map(|f| {
            let key = if f.was { "trace.value_was" } else { "trace.value" };
            self.value_words(f, key, wording)
        });
        let second = u
            .fallbacks
            .iter()
            .flatten()
            .map(|f| self.value_words(f, "trace.value_else", wording));
        let out = u
            .excluded
            .iter()
            .map(|f| self.value_words(f, "trace.value_out", wording));
        let beside = u
            .hints
            .iter()
            .map(|h| wording.sentence(hint_key(h), 0, &Values::new()));
        let values = first.chain(second).chain(out).chain(beside);
        let danger = u.emergency.then(|| word("act", &"Emergency", wording));
        let parts: Vec<String> = danger
            .into_iter()
            .chain(intents)
            .chain(acts)
            .chain(values)
            .collect();
        let list = parts.join(wording.say.comma());
        let percent = super::sure(confidence) * 100.0;
        let sure = (percent < 100.0).then(|| format!("{percent:.0}"));
        let values = Values::from([("list", list), ("sure", sure.unwrap_or_default())]);
        wording.sentence("trace.understood", 0, &values)
    }

    fn value_words(&self, filled: &Filled, key: &str, wording: &Wording) -> String {
        let values = Values::from([
            ("name", word("slot", &filled.value.slot(), wording)),
            ("value", self.said_words(&filled.value, wording)),
        ]);
        wording.sentence(key, 0, &values)
    }

    /// A value in words.
    pub(super) fn said_words(&self, value: &Value, wording: &Wording) -> String {
        let say = &wording.say;
        match value {
            Value::Date(date) => say.day(self.now, *date),
            Value::Time { at, .. } | Value::PickupTime(at) => say.time(*at),
            Value::PartySize(n) => say.party(*n),
            Value::Phone(number) => number.grouped(),
            Value::ThisNumber => wording.sentence("trace.this_number", 0, &Values::new()),
            Value::Topic(topic) => word("topic", topic, wording),
            Value::Quantity(n) => n.to_string(),
            Value::MenuItem {
                name,
                quantity: Some(quantity),
            } => say.item(&crate::io::Item {
                name: name.clone(),
                quantity: *quantity,
            }),
            Value::MenuItem { name, .. } => name.clone(),
            Value::Name(text)
            | Value::Service(text)
            | Value::Staff(text)
            | Value::Address(text)
            | Value::Message(text)
            | Value::BookingRef(text)
            | Value::Queue(text) => text.clone(),
        }
    }

    fn checked_line(&self, times: &[(DateTime, bool)], wording: &Wording) -> String {
        let told = times.iter().map(|(at, free)| {
            let key = if *free { "trace.free" } else { "trace.taken" };
            let when = wording.say.when(self.now, *at);
            wording.sentence(key, 0, &Values::from([("when", when)]))
        });
        let list = told.collect::<Vec<_>>().join(wording.say.comma());
        wording.sentence("trace.checked", 0, &Values::from([("list", list)]))
    }
}

/// The wording's key for something said beside the values.
fn hint_key(hint: &Hint) -> &'static str {
    match hint {
        Hint::Between { .. } => "trace.hint_between",
        Hint::Days { .. } => "trace.hint_days",
        Hint::Any { .. } => "trace.hint_any",
        Hint::LaterDays { .. } | Hint::LaterMinutes { .. } => "trace.hint_later",
        Hint::MorePeople { .. } => "trace.hint_more_people",
        Hint::PhonePart(_) => "trace.hint_phone_part",
        Hint::Choice { .. } => "trace.hint_choice",
        Hint::Usual => "trace.hint_usual",
        Hint::Request { .. } => "trace.hint_request",
        Hint::Without { .. } => "trace.hint_without",
    }
}

/// A flow's name for people: its sentence `title`, or else the file's name.
pub(super) fn title(flow: &Flow, wording: &Wording) -> String {
    let title = wording.sentence(&format!("{}.title", flow.name), 0, &Values::new());
    if title.is_empty() {
        flow.name.clone()
    } else {
        title
    }
}

/// The word for a thing of the understanding: `trace.<kind>_<name in snake case>`.
fn word(kind: &str, thing: &dyn Debug, wording: &Wording) -> String {
    let mut key = format!("trace.{kind}");
    for c in format!("{thing:?}").chars().filter(|c| c.is_ascii_alphanumeric()) {
        if c.is_ascii_uppercase() {
            key.push('_');
        }
        key.push(c.to_ascii_lowercase());
    }
    wording.sentence(&key, 0, &Values::new())
}

/// Why a sentence was said: by its own key, by its name, or by the kind of sentence that it is. Empty if it needs no reason.
fn reason(key: &str, wording: &Wording) -> String {
    let (flow, name) = key.split_once('.').unwrap_or(("", key));
    let kind = match name.split('_').next().unwrap_or_default() {
        _ if matches!(flow, "fact" | "answer") => "answer",
        kind => kind,
    };
    let own = format!("trace.why_{flow}_{name}");
    let keys = [own, format!("trace.why_{name}"), format!("trace.why_{kind}")];
    let found = keys.iter().find(|k| wording.has(k));
    found
        .map(|k| wording.sentence(k, 0, &Values::new()))
        .unwrap_or_default()
}
