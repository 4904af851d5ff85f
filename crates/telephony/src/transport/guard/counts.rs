//! What the guard has done, for figures and for the log: numbers by reason, no addresses.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::config::Offence;

/// Why something was not listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Nothing but a keep-alive; not harmful, and nothing to work on.
    KeepAlive,
    /// No SIP.
    Junk,
    /// SIP without the headers that everybody sends, from a stranger.
    Incomplete,
    /// Longer than is taken.
    TooLong,
    /// A scanner by its own words.
    Scanner,
    /// A source that is banned.
    Banned,
    /// More than one stranger may send.
    StrangerRate,
    /// More than all strangers may send together.
    StrangersRate,
    /// Too many messages of strangers wait.
    StrangersWaiting,
    /// More than one known source may send.
    KnownRate,
    /// Too many messages of known sources wait.
    KnownWaiting,
    /// The system's buffer was full: nobody looked at them.
    System,
    /// A connection of a stranger beyond what strangers may open.
    Connection,
}

const REASONS: [(Reason, &str); 13] = [
    (Reason::KeepAlive, "keep_alive"),
    (Reason::Junk, "junk"),
    (Reason::Incomplete, "incomplete"),
    (Reason::TooLong, "too_long"),
    (Reason::Scanner, "scanner"),
    (Reason::Banned, "banned"),
    (Reason::StrangerRate, "stranger_rate"),
    (Reason::StrangersRate, "strangers_rate"),
    (Reason::StrangersWaiting, "strangers_waiting"),
    (Reason::KnownRate, "known_rate"),
    (Reason::KnownWaiting, "known_waiting"),
    (Reason::System, "system"),
    (Reason::Connection, "connection"),
];

const OFFENCES: [(Offence, &str); 5] = [
    (Offence::Scanner, "scanner"),
    (Offence::Credentials, "credentials"),
    (Offence::Refused, "refused"),
    (Offence::Unproved, "unproved"),
    (Offence::Malformed, "malformed"),
];

/// What the SIP side's own protection has done since the start; no addresses, no numbers of callers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuardFigures {
    /// Messages of known sources that the engine was given.
    pub known: u64,
    /// Messages of strangers that the engine was given.
    pub strangers: u64,
    /// What was not listened to, by reason: `keep_alive` (harmless), `junk`, `incomplete`, `too_long`, `scanner`, `banned`,
    /// `stranger_rate`, `strangers_rate`, `strangers_waiting`, `known_rate`, `known_waiting`, `system` (the system's buffer
    /// was full), `connection`.
    pub dropped: Vec<(&'static str, u64)>,
    /// Bans, by what brought them: `scanner`, `credentials`, `refused`, `unproved`, `malformed`.
    pub bans: Vec<(&'static str, u64)>,
    /// Sources that are banned now.
    pub banned: usize,
}

impl GuardFigures {
    /// How often something was not listened to for that reason.
    #[must_use]
    pub fn dropped(&self, reason: &str) -> u64 {
        self.dropped
            .iter()
            .find(|(r, _)| *r == reason)
            .map_or(0, |(_, n)| *n)
    }

    /// Everything that was not listened to and was no keep-alive.
    #[must_use]
    pub fn lost(&self) -> u64 {
        let real = self.dropped.iter().filter(|(r, _)| *r != "keep_alive");
        real.map(|(_, n)| n).sum()
    }
}

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    known: AtomicU64,
    strangers: AtomicU64,
    dropped: [AtomicU64; REASONS.len()],
    bans: [AtomicU64; OFFENCES.len()],
}

impl Counts {
    pub(crate) fn known(&self) {
        self.known.fetch_add(1, Relaxed);
    }

    pub(crate) fn stranger(&self) {
        self.strangers.fetch_add(1, Relaxed);
    }

    pub(crate) fn drop(&self, reason: Reason) {
        self.drop_many(reason, 1);
    }

    pub(crate) fn drop_many(&self, reason: Reason, count: u64) {
        let at = REASONS.iter().position(|(r, _)| *r == reason);
        if let Some(counter) = at.and_then(|at| self.dropped.get(at)) {
            counter.fetch_add(count, Relaxed);
        }
    }

    pub(crate) fn ban(&self, offence: Offence) {
        let at = OFFENCES.iter().position(|(o, _)| *o == offence);
        if let Some(counter) = at.and_then(|at| self.bans.get(at)) {
            counter.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn figures(&self, banned: usize) -> GuardFigures {
        let dropped = REASONS.iter().zip(&self.dropped);
        let bans = OFFENCES.iter().zip(&self.bans);
        GuardFigures {
            known: self.known.load(Relaxed),
            strangers: self.strangers.load(Relaxed),
            dropped: dropped.map(|((_, word), n)| (*word, n.load(Relaxed))).collect(),
            bans: bans.map(|((_, word), n)| (*word, n.load(Relaxed))).collect(),
            banned,
        }
    }
}

/// The word for an offence, for the log.
pub(crate) fn word(offence: Offence) -> &'static str {
    OFFENCES
        .iter()
        .find(|(o, _)| *o == offence)
        .map_or("", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_own_counter() {
        let counts = Counts::default();
        for (n, (reason, _)) in REASONS.iter().enumerate() {
            counts.drop_many(*reason, n as u64 + 1);
        }
        counts.ban(Offence::Refused);
        let figures = counts.figures(3);
        assert_eq!(
            (figures.dropped("keep_alive"), figures.dropped("connection")),
            (1, 13)
        );
        assert_eq!(figures.lost(), (2..=13).sum::<u64>());
        assert_eq!(figures.bans[2], ("refused", 1));
    }
}
