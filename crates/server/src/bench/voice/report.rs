//! What came of the calls.

use std::collections::BTreeMap;

use serde::Serialize;

use super::selfish::Told;
use crate::simulate::load::report::quantile;
use crate::wording::Wording;

/// How the caller spoke over Biseo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bench) enum Kind {
    /// A sign of listening.
    Nod,
    /// A cough.
    Cough,
    /// An interruption.
    Interruption,
}

/// What became of Biseo's voice: milliseconds after the first packet of what was said over it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reaction {
    pub(super) kind: Kind,
    /// What was said over it.
    pub(super) label: String,
    /// Until it was lower; `None` if it was not.
    pub(super) ducked: Option<f64>,
    /// Until it was silent; `None` if it never was.
    pub(super) silent: Option<f64>,
    /// Whether it stayed so. A voice may hold its breath while somebody speaks on, and go on where it was.
    pub(super) stopped: bool,
    /// How long it was silent, as far as it was decided what it would do.
    pub(super) held: f64,
}

/// Milliseconds of a frame.
const FRAME_MS: f64 = 20.0;

impl Reaction {
    /// Nothing has come of it yet.
    pub(super) fn to(kind: Kind, label: &str) -> Self {
        Self {
            kind,
            label: label.into(),
            ducked: None,
            silent: None,
            stopped: false,
            held: 0.0,
        }
    }

    /// Biseo's next 20 ms, so long after the first packet of what was said over it: whether they are `lower` or `silent`, and
    /// whether by then it must have been `decided`.
    pub(super) fn take(&mut self, after: f64, lower: bool, silent: bool, decided: bool) {
        if lower {
            self.ducked = self.ducked.or(Some(after));
        }
        if silent {
            self.silent = self.silent.or(Some(after));
            self.stopped |= decided;
            self.held += if decided { 0.0 } else { FRAME_MS };
        }
    }
}

/// What came of one call.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    /// Utterances that should be answered.
    pub(super) asked: u32,
    /// Milliseconds until each was.
    pub(super) responses: Vec<f64>,
    /// How many were not.
    pub(super) unanswered: u32,
    /// Those of which Biseo did not wait the end.
    pub(super) cut_off: Vec<String>,
    /// What was said over Biseo's voice.
    pub(super) over: Vec<Reaction>,
    /// Why it ended too soon.
    pub(super) failure: Option<String>,
}

/// Median, 95 of 100, and longest, in milliseconds.
type Spread = [f64; 3];

/// What came of all calls.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Report {
    /// Calls at once, in each part.
    calls: u32,
    /// Calls that ended too soon.
    pub(super) failed: usize,
    /// Why, each reason once.
    reasons: Vec<String>,
    /// Replies.
    replies: usize,
    /// Utterances without one.
    unanswered: u32,
    /// Last packet of speech to the first packet of a reply.
    response_ms: Spread,
    /// Replies that began too soon, of all utterances.
    false_cut_offs: (usize, usize),
    /// Which these were, and how often.
    cut_off: BTreeMap<String, usize>,
    /// First packet of an interruption to a lower voice.
    ducked_ms: Spread,
    /// The same to silence.
    silent_ms: Spread,
    /// Interruptions that stopped the voice, of all.
    interruptions_stopped: (usize, usize),
    /// Nods that did, of all.
    nods_stopped: (usize, usize),
    /// Coughs that did, of all.
    coughs_stopped: (usize, usize),
    /// Silence in nods and coughs that did not stop the voice: of those that had any.
    held_ms: Spread,
    /// Those that had, of all that did not stop it.
    held: (usize, usize),
    /// What the voice took otherwise than it should, and how often.
    mistaken: BTreeMap<String, usize>,
    /// What was said over it, until it was lower and until it was silent.
    over: Vec<(String, Option<f64>, Option<f64>)>,
}

impl Report {
    /// Of the calls of both parts.
    pub(super) fn of(calls: u32, outcomes: &[Outcome]) -> Self {
        let mut reasons: Vec<String> = outcomes.iter().filter_map(|o| o.failure.clone()).collect();
        let failed = reasons.len();
        reasons.sort();
        reasons.dedup();
        let over: Vec<Reaction> = outcomes.iter().flat_map(|o| o.over.clone()).collect();
        let interruptions: Vec<&Reaction> = of_kind(&over, Kind::Interruption).collect();
        let cut_off = counted(outcomes.iter().flat_map(|o| o.cut_off.clone()));
        let count = |n: fn(&Outcome) -> u32| outcomes.iter().map(n).sum::<u32>();
        Self {
            calls,
            failed,
            reasons,
            replies: outcomes.iter().map(|o| o.responses.len()).sum(),
            unanswered: count(|o| o.unanswered),
            response_ms: spread(outcomes.iter().flat_map(|o| o.responses.clone())),
            false_cut_offs: (cut_off.values().sum(), count(|o| o.asked) as usize),
            cut_off,
            ducked_ms: spread(interruptions.iter().filter_map(|o| o.ducked)),
            silent_ms: spread(
                interruptions
                    .iter()
                    .filter(|o| o.stopped)
                    .filter_map(|o| o.silent),
            ),
            interruptions_stopped: stopped(&over, Kind::Interruption),
            nods_stopped: stopped(&over, Kind::Nod),
            coughs_stopped: stopped(&over, Kind::Cough),
            held_ms: spread(gone_on(&over).map(|o| o.held).filter(|h| *h > 0.0)),
            held: (
                gone_on(&over).filter(|o| o.held > 0.0).count(),
                gone_on(&over).count(),
            ),
            mistaken: mistaken(&over),
            over: over
                .iter()
                .map(|o| (o.label.clone(), o.ducked, o.silent))
                .collect(),
        }
    }

    /// Prints it.
    pub(super) fn print(&self, json: bool, wording: &Wording) {
        if json {
            crate::out::line!("{}", serde_json::to_string(self).unwrap_or_default());
            return;
        }
        let say = |key: &str, a: String, b: String| crate::out::line!("{}", wording.say(key, &a, &b));
        let times = |spread: Spread| spread.map(|ms| format!("{ms:.0}")).join(" / ");
        let share = |(part, all): (usize, usize)| format!("{part}/{all}");
        say("calls", self.calls.to_string(), self.failed.to_string());
        say("answers", self.replies.to_string(), self.unanswered.to_string());
        for (key, shown) in [
            ("response", times(self.response_ms)),
            ("cut_offs", share(self.false_cut_offs)),
            ("ducked", times(self.ducked_ms)),
            ("silent", times(self.silent_ms)),
            ("interruptions", share(self.interruptions_stopped)),
            ("nods", share(self.nods_stopped)),
            ("coughs", share(self.coughs_stopped)),
            ("held", share(self.held)),
            ("held_ms", times(self.held_ms)),
        ] {
            say(key, shown, String::new());
        }
        for (label, times) in &self.cut_off {
            say("cut_off", label.clone(), times.to_string());
        }
        for (label, times) in &self.mistaken {
            say("mistaken", label.clone(), times.to_string());
        }
        self.reasons.iter().for_each(|why| crate::out::line!("✗ {why}"));
    }
}

/// What came of calls from speakerphones.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct SelfReport {
    /// Calls at once.
    calls: u32,
    /// Calls that ended too soon.
    pub(super) failed: usize,
    /// How loud Biseo's voice came back, dB.
    echo_db: i8,
    /// Sentences that Biseo was to say.
    sentences: usize,
    /// Replies that it broke off, though nobody broke in.
    cut_short: usize,
    /// Turns that it took somebody to have had, and those that somebody had.
    turns: (usize, usize),
    /// Replies.
    replies: usize,
    /// Utterances without one.
    unanswered: u32,
    /// Last speech to the first packet of a reply.
    response_ms: Spread,
}

impl SelfReport {
    /// Of the calls, and what Biseo told of them.
    pub(super) fn of(calls: u32, echo_db: i8, outcomes: &[Outcome], told: &Told) -> Self {
        let count = |n: fn(&Outcome) -> u32| outcomes.iter().map(n).sum::<u32>();
        Self {
            calls,
            failed: outcomes.iter().filter(|o| o.failure.is_some()).count(),
            echo_db,
            sentences: told.sentences,
            cut_short: told.cut_short,
            turns: (told.taken, count(|o| o.asked) as usize),
            replies: outcomes.iter().map(|o| o.responses.len()).sum(),
            unanswered: count(|o| o.unanswered),
            response_ms: spread(outcomes.iter().flat_map(|o| o.responses.clone())),
        }
    }

    /// Prints it.
    pub(super) fn print(&self, json: bool, wording: &Wording) {
        if json {
            crate::out::line!("{}", serde_json::to_string(self).unwrap_or_default());
            return;
        }
        let say = |key: &str, a: String, b: String| crate::out::line!("{}", wording.say(key, &a, &b));
        say("calls", self.calls.to_string(), self.failed.to_string());
        say("answers", self.replies.to_string(), self.unanswered.to_string());
        let times = self.response_ms.map(|ms| format!("{ms:.0}")).join(" / ");
        say("response", times, String::new());
        let share = format!("{}/{}", self.cut_short, self.sentences);
        say("selfish", share, self.echo_db.to_string());
        say("turns", self.turns.0.to_string(), self.turns.1.to_string());
    }
}

fn of_kind(over: &[Reaction], kind: Kind) -> impl Iterator<Item = &Reaction> {
    over.iter().filter(move |o| o.kind == kind)
}

/// Nods and coughs over which the voice went on.
fn gone_on(over: &[Reaction]) -> impl Iterator<Item = &Reaction> {
    over.iter().filter(|o| o.kind != Kind::Interruption && !o.stopped)
}

fn mistaken(over: &[Reaction]) -> BTreeMap<String, usize> {
    let mistaken = over
        .iter()
        .filter(|o| o.stopped != (o.kind == Kind::Interruption));
    counted(mistaken.map(|o| o.label.clone()))
}

/// How often each comes.
fn counted(labels: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for label in labels {
        *all.entry(label).or_insert(0) += 1;
    }
    all
}

fn stopped(over: &[Reaction], kind: Kind) -> (usize, usize) {
    let stopped = of_kind(over, kind).filter(|o| o.stopped).count();
    (stopped, of_kind(over, kind).count())
}

fn spread(times: impl Iterator<Item = f64>) -> Spread {
    let mut sorted: Vec<f64> = times.collect();
    sorted.sort_by(f64::total_cmp);
    [50, 95, 100].map(|percent| quantile(&sorted, percent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_counted_for_itself() {
        let over = |kind, silent: Option<f64>| Reaction {
            kind,
            label: format!("{kind:?}"),
            ducked: Some(100.0),
            silent,
            stopped: silent.is_some(),
            held: 0.0,
        };
        let outcome = Outcome {
            asked: 3,
            responses: vec![400.0, 500.0],
            cut_off: vec!["네 … 위치가 어디예요?".into()],
            over: vec![
                over(Kind::Nod, None),
                over(Kind::Nod, Some(700.0)),
                over(Kind::Cough, None),
                over(Kind::Interruption, Some(240.0)),
            ],
            ..Outcome::default()
        };
        let report = Report::of(2, &[outcome.clone(), outcome]);
        assert_eq!(report.nods_stopped, (2, 4));
        assert_eq!(report.coughs_stopped, (0, 2));
        assert_eq!(report.interruptions_stopped, (2, 2));
        assert_eq!(report.silent_ms, [240.0; 3]);
        assert_eq!(report.mistaken, BTreeMap::from([("Nod".into(), 2)]));
        assert_eq!(report.false_cut_offs, (2, 6));
        assert_eq!(report.held, (0, 4));
        assert_eq!((report.replies, report.response_ms), (4, [400.0, 500.0, 500.0]));
    }

    #[test]
    fn a_voice_that_holds_its_breath_is_not_stopped() {
        let mut nod = Reaction::to(Kind::Nod, "네 네");
        for (n, (lower, silent)) in [
            (false, false),
            (true, false),
            (true, true),
            (true, true),
            (true, false),
        ]
        .into_iter()
        .enumerate()
        {
            nod.take(20.0 * n as f64, lower, silent, n > 3);
        }
        assert_eq!((nod.ducked, nod.silent, nod.held), (Some(20.0), Some(40.0), 40.0));
        assert!(!nod.stopped);
        nod.take(100.0, true, true, true);
        assert!(nod.stopped);
        assert_eq!(nod.held, 40.0);
    }
}
