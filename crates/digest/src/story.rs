//! What a call came to, read from its turns.

use biseo_model::record::{CallEnd, CallRecord, TurnRecord};
use biseo_model::understanding::{Act, Intent, Understanding};
use jiff::civil::DateTime;

use crate::input::Call;
use crate::signs::{Sign, Signs};

/// So many questions asked again make a call that went badly.
pub(crate) const MANY_REPEATS: usize = 2;

/// A call and what it came to.
#[derive(Debug, Clone)]
pub(crate) struct Story<'a> {
    pub(crate) call: &'a CallRecord,
    pub(crate) turns: &'a [TurnRecord],
    /// When it came, on the shop's clock.
    pub(crate) at: DateTime,
    meanings: Vec<Understanding>,
    signs: &'a Signs,
}

/// How a call ended, for the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// Danger to somebody's life was heard.
    Emergency,
    /// A person was asked for and none was reached.
    NoPerson,
    /// A complaint.
    Complaint,
    /// The line or the program failed in mid-call.
    Failed,
    /// Biseo ended the call with the caller's wish left undone, or something could not be done or stored.
    Unfinished,
    /// The caller hung up before anything was done.
    HungUp,
    /// The caller was asked to say it again, more than once.
    Repeated,
    /// The caller said nothing.
    Silent,
    /// It was over before it was answered.
    RangOff,
}

impl<'a> Story<'a> {
    pub(crate) fn read(call: &'a Call, at: DateTime, signs: &'a Signs) -> Self {
        let meanings = call.turns.iter().map(|t| meaning(&t.understood)).collect();
        Self {
            call: &call.record,
            turns: &call.turns,
            at,
            meanings,
            signs,
        }
    }

    pub(crate) fn answered(&self) -> bool {
        self.call.answered.is_some()
    }

    pub(crate) fn under_way(&self) -> bool {
        self.call.end.is_none()
    }

    /// The turns that show something.
    pub(crate) fn showing(&self, sign: Sign) -> impl Iterator<Item = &'a TurnRecord> + '_ {
        self.turns.iter().filter(move |t| self.signs.shows(t, sign))
    }

    pub(crate) fn wanted(&self, intent: Intent) -> bool {
        self.meanings.iter().any(|m| m.wants(intent))
    }

    /// The turns with their meanings.
    pub(crate) fn exchanges(&self) -> impl Iterator<Item = (&'a TurnRecord, &Understanding)> + '_ {
        self.turns.iter().zip(&self.meanings)
    }

    /// The sentence in which the shop's word is given in a turn.
    pub(crate) fn word_given(&self, turn: &'a TurnRecord) -> Option<&'a str> {
        self.signs.gives_word(&turn.said)
    }

    /// Whether a message of the call is what somebody answered whom Biseo asked after.
    pub(crate) fn reports(&self, message: &str) -> bool {
        self.showing(Sign::CheckIn).next().is_some() && self.signs.says(message, Sign::Report)
    }

    /// What went wrong, worst first; empty for a call that went well. A call under way is not judged.
    pub(crate) fn troubles(&self, done: bool) -> Vec<Trouble> {
        if self.under_way() {
            return Vec::new();
        }
        // Whoever cries for help and hangs up has gone to help.
        let emergency = self.meanings.iter().any(|m| m.emergency);
        let left = !emergency && !done && self.answered();
        let checks = [
            (Trouble::Emergency, emergency),
            (Trouble::NoPerson, self.no_person()),
            (Trouble::Complaint, self.wanted(Intent::Complain)),
            (Trouble::Failed, self.failed()),
            (Trouble::Unfinished, self.refused() || (left && self.unfinished())),
            (Trouble::HungUp, left && self.hung_up()),
            (
                Trouble::Repeated,
                self.showing(Sign::Unclear).count() >= MANY_REPEATS,
            ),
            (Trouble::Silent, self.call.end == Some(CallEnd::Silence)),
            (Trouble::RangOff, !self.answered()),
        ];
        checks
            .into_iter()
            .filter_map(|(trouble, is)| is.then_some(trouble))
            .collect()
    }

    fn no_person(&self) -> bool {
        let reached = self.call.end == Some(CallEnd::Transferred);
        !reached && (self.wanted(Intent::Transfer) || self.showing(Sign::NotReached).next().is_some())
    }

    fn failed(&self) -> bool {
        matches!(self.call.end, Some(CallEnd::Failed | CallEnd::Interrupted))
    }

    /// Something could not be done or stored.
    fn refused(&self) -> bool {
        self.showing(Sign::Failed).next().is_some()
    }

    /// Biseo ended the call, and said that the wish was left undone.
    fn unfinished(&self) -> bool {
        self.showing(Sign::Unfinished).next().is_some() && self.call.end != Some(CallEnd::Silence)
    }

    /// Ended by the caller with a question open, or without a word: no good-bye was said.
    fn hung_up(&self) -> bool {
        self.call.end == Some(CallEnd::Caller) && !self.parted() && !self.unfinished()
    }

    /// Whether the two took leave of each other, or nothing was left open.
    fn parted(&self) -> bool {
        let Some(last) = self.turns.last() else {
            return false;
        };
        let words = self.meanings.iter().rev().take(2);
        let leave = |m: &Understanding| m.has(Act::Goodbye) || m.has(Act::Thank);
        let said_bye = self.signs.shows(last, Sign::Bye);
        let nothing_said = self.turns.iter().all(|t| t.heard.is_empty());
        !nothing_said && (said_bye || words.into_iter().any(leave) || self.answered_last())
    }

    /// The last exchange answered a question of the caller's.
    fn answered_last(&self) -> bool {
        let Some((turn, meaning)) = self.exchanges().last() else {
            return false;
        };
        let asked = meaning.wants(Intent::Ask) && meaning.intents.len() == 1;
        asked && !self.signs.shows(turn, Sign::Unknown) && !self.signs.shows(turn, Sign::Unclear)
    }
}

/// The meaning that a turn's record holds; none if it is of a form that is not known.
fn meaning(understood: &serde_json::Value) -> Understanding {
    serde_json::from_value(understood.clone()).unwrap_or_default()
}
