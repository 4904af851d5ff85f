//! Flows as files: the folder `flows` that comes with Biseo, and a shop owner's own files over it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::flow::{Check, Find, Flow, Flows, StepKind};
use crate::io::Language;
use crate::wording::Wording;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../flows/", $name)))),*]
    };
}

/// The files that come with Biseo.
const BUILT_IN: &[(&str, &str)] = &files![
    "book.toml",
    "change.toml",
    "cancel.toml",
    "find.toml",
    "message.toml",
    "order.toml",
    "change_order.toml",
    "cancel_order.toml",
    "checkin.toml",
    "checkin.ko.toml",
    "checkin.en.toml",
    "call.ko.toml",
    "call.en.toml",
    "answer.ko.toml",
    "answer.en.toml",
    "book.ko.toml",
    "book.en.toml",
    "change.ko.toml",
    "change.en.toml",
    "cancel.ko.toml",
    "cancel.en.toml",
    "find.ko.toml",
    "find.en.toml",
    "message.ko.toml",
    "message.en.toml",
    "order.ko.toml",
    "order.en.toml",
    "change_order.ko.toml",
    "change_order.en.toml",
    "cancel_order.ko.toml",
    "cancel_order.en.toml",
    "incident.ko.toml",
    "incident.en.toml",
    "keypad.ko.toml",
    "keypad.en.toml",
    "ground.ko.toml",
    "ground.en.toml",
    "trace.ko.toml",
    "trace.en.toml",
    "say.ko.toml",
    "say.en.toml",
];

/// What is wrong with a file of flows or wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError {
    /// The file's name.
    pub file: String,
    /// The line, from 1, if it can be told.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub why: String,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.file, self.why),
            None => write!(f, "{}: {}", self.file, self.why),
        }
    }
}

impl std::error::Error for FileError {}

/// What a file is, by its name.
enum Kind<'a> {
    Flow(&'a str),
    Wording(Language, &'a str),
}

fn kind(file: &str) -> Option<Kind<'_>> {
    let stem = file.strip_suffix(".toml")?;
    let named = |name: &str| {
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        !name.is_empty() && name.len() <= 64 && name.bytes().all(good)
    };
    let (name, kind) = match stem.split_once('.') {
        None => (stem, Kind::Flow(stem)),
        Some((name, "ko")) => (name, Kind::Wording(Language::Ko, name)),
        Some((name, "en")) => (name, Kind::Wording(Language::En, name)),
        Some(_) => return None,
    };
    named(name).then_some(kind)
}

/// The files that come with Biseo: (name, text) each.
#[must_use]
pub fn built_in_files() -> &'static [(&'static str, &'static str)] {
    BUILT_IN
}

impl Flows {
    /// The flows that come with Biseo.
    ///
    /// # Panics
    /// Never in a build whose tests passed: the files are part of the program.
    pub fn built_in() -> Arc<Self> {
        static FLOWS: OnceLock<Arc<Flows>> = OnceLock::new();
        let read = || Arc::new(Self::from_files(&[]).expect("the built-in flows are tested"));
        FLOWS.get_or_init(read).clone()
    }

    /// The flows that come with Biseo with an owner's files over them: (name, text) each, `book.toml` or `book.ko.toml`. A
    /// file called as one of Biseo's replaces it; of wording only the sentences that it holds, so that one sentence can be
    /// changed alone. A new flow needs its Korean sentences; without English ones it speaks Korean.
    ///
    /// # Errors
    /// The first file that is wrong, the line and what is wrong there.
    pub fn from_files(own: &[(&str, &str)]) -> Result<Self, FileError> {
        for (file, text) in own {
            check(file, text)?;
        }
        let mut flows: BTreeMap<&str, &str> = BTreeMap::new();
        let mut words = [Vec::new(), Vec::new()];
        for (file, text) in BUILT_IN.iter().chain(own) {
            match kind(file) {
                Some(Kind::Flow(name)) => drop(flows.insert(name, text)),
                Some(Kind::Wording(Language::Ko, name)) => words[0].push((name, *text)),
                Some(Kind::Wording(Language::En, name)) => words[1].push((name, *text)),
                None => {}
            }
        }
        let flows: Vec<(&str, &str)> = flows.into_iter().collect();
        let read = Self::read(&flows, &words[0], &words[1]).map_err(|why| FileError {
            file: "flows".into(),
            line: None,
            why,
        })?;
        read.whole()?;
        Ok(read)
    }

    /// Every step has its Korean sentences: without one the caller would hear nothing.
    fn whole(&self) -> Result<(), FileError> {
        let wording = self.wording(Language::Ko);
        for flow in self.all() {
            let missing = flow.sentences().into_iter();
            let missing: Vec<String> = missing
                .filter(|key| !wording.has(&format!("{}.{key}", flow.name)))
                .collect();
            if !missing.is_empty() {
                return Err(FileError {
                    file: format!("{}.ko.toml", flow.name),
                    line: None,
                    why: format!("write these sentences: {}", missing.join(", ")),
                });
            }
        }
        Ok(())
    }
}

impl Flow {
    /// The keys of the sentences that its steps say, without the flow's name.
    pub fn sentences(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.steps.iter().flat_map(|s| needed(&s.kind)).collect();
        if self.check_in {
            keys.extend(CHECK_IN.map(str::to_string));
        }
        if self.danger.is_some() {
            keys.extend(DANGER.map(str::to_string));
        }
        keys.sort();
        keys.dedup();
        keys
    }
}

/// What a call of ours says besides its questions.
const CHECK_IN: [&str; 6] = [
    "greeting",
    "greeting_recorded",
    "message_text",
    "early",
    "no_answer",
    "no_answer_text",
];
/// What is said and told of danger.
const DANGER: [&str; 5] = [
    "danger",
    "danger_text",
    "danger_told",
    "danger_failed",
    "danger_stay",
];

fn needed(kind: &StepKind) -> Vec<String> {
    let keys = |names: &[&str]| names.iter().map(|n| (*n).to_string()).collect();
    match kind {
        StepKind::Collect { slot, together, .. } => {
            let name = crate::dialogue::slot_key(*slot);
            let both = together.map(|o| format!("ask_{name}_and_{}", crate::dialogue::slot_key(o)));
            let this = (name == "phone").then(|| "ask_phone_this".to_string());
            let own = [format!("ask_{name}"), format!("ask_{name}_again")];
            own.into_iter().chain(both).chain(this).collect()
        }
        StepKind::Ask { name, .. } => keys(&[
            &format!("ask_{name}"),
            &format!("ask_{name}_again"),
            &format!("note_{name}"),
        ]),
        StepKind::Find { what, all } => {
            let asks = ["ask_phone", "ask_phone_again", "ask_name", "ask_name_again"];
            let which = (*what == Find::Booking && !all).then_some("ask_which");
            let lost = ["not_found", "not_found_offer"];
            keys(&asks.into_iter().chain(lost).chain(which).collect::<Vec<_>>())
        }
        StepKind::Confirm(key) | StepKind::Tell(key) => keys(&[key]),
        StepKind::Do(_) => keys(&["done"]),
        StepKind::Check(Check::Day | Check::Bookable | Check::Change | Check::Items) => Vec::new(),
    }
}

/// Reads one file by itself, so that what is wrong is told with its place.
fn check(file: &str, text: &str) -> Result<(), FileError> {
    let fault = |line: Option<usize>, why: String| FileError {
        file: file.to_string(),
        line,
        why,
    };
    let toml = |e: toml::de::Error| {
        fault(
            e.span().map(|s| line_of(text, s.start)),
            e.message().trim().to_string(),
        )
    };
    match kind(file) {
        None => Err(fault(
            None,
            "call a flow name.toml and its sentences name.ko.toml and name.en.toml, in small letters".into(),
        )),
        Some(Kind::Flow(name)) => {
            toml::from_str::<Flow>(text).map_err(toml)?;
            let read = Flow::read(name, text);
            let own = format!("{name}: ");
            read.map(drop)
                .map_err(|why| fault(deed_line(text), why.trim_start_matches(&own).to_string()))
        }
        Some(Kind::Wording(_, "say")) => toml::from_str::<crate::wording::Say>(text)
            .map(drop)
            .map_err(toml),
        Some(Kind::Wording(..)) => {
            Wording::check(text).map_err(|(at, why)| fault(at.map(|at| line_of(text, at)), why))
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    before.iter().filter(|b| **b == b'\n').count() + 1
}

/// The line of the first deed: what is wrong with a flow as a whole is that it does something unconfirmed.
fn deed_line(text: &str) -> Option<usize> {
    let deed = |line: &str| {
        line.trim_start()
            .strip_prefix("do")
            .is_some_and(|l| l.trim_start().starts_with('='))
    };
    text.lines().position(deed).map(|n| n + 1)
}
