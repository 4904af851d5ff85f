//! The box's side: probes by each uplink, and what is known of their fate and of the heartbeats'. Pure.
//!
//! A probe's fate is known once a heartbeat (by whichever uplink) shows it, or does not show it although it is older than the patience. If no
//! heartbeat comes it stays unknown; the beacon's sums tell afterwards how many came.

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use biseo_line::evidence::{Beacon, Later};

use super::MOST_UPLINKS;
use super::secret::Secret;
use super::seen::came;
use super::wire::{Cookie, Count, Kind, Message, Octets};

/// After so long without a word from the beacon a probe's fate is unknown, ms.
const GIVE_UP_MS: i64 = 3_000;
/// Heartbeats that are missing at once are single losses up to so many.
const MOST_MISSING: u32 = 64;
/// Heartbeats that may overtake each other, or be slower by one uplink than by another.
const UNDER_WAY: u32 = 4;

/// Sent, and how many of them came.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    sent: u32,
    got: u32,
}

impl Tally {
    fn add(&mut self, came: bool) {
        self.sent = self.sent.saturating_add(1);
        self.got = self.got.saturating_add(u32::from(came));
    }
}

/// When the beacon told of an uplink before.
#[derive(Debug, Clone, Copy)]
enum Word {
    /// Never.
    First,
    /// Just now.
    Next(i64),
    /// After a silence that began then.
    After(i64),
}

/// An uplink.
#[derive(Debug, Default)]
struct Way {
    cookie: Cookie,
    /// Of the last probe.
    sequence: u32,
    /// Probes whose fate is not known yet, with when they were sent.
    waiting: BTreeMap<u32, i64>,
    there: Tally,
    unknown: u32,
    /// Probes whose fate was given up since the beacon was heard of this uplink last.
    dark: u32,
    /// Probes that were counted here as having come.
    counted: u32,
    /// The most that the beacon has told …
    sum: u32,
    /// … and by how many it is ahead of that (what came before it was believed, or too late).
    ahead: i64,
    /// The highest heartbeat of which is known that it was sent.
    announced: u32,
    /// Heartbeats that were sent and have not come, with since when that is known.
    missing: BTreeMap<u32, i64>,
    back: Tally,
    /// When the beacon told of this uplink last, by whichever.
    told_ms: Option<i64>,
    later: Option<Later>,
}

/// A box as its beacon knows it.
pub(crate) struct Guest {
    key: hmac::Key,
    id: u64,
    epoch: u64,
    patience_ms: i64,
    ways: Vec<Way>,
}

impl Guest {
    /// A box with so many uplinks (at most [`MOST_UPLINKS`]) and a number that nobody else has.
    pub(crate) fn new(secret: &Secret, id: u64, uplinks: usize, patience_ms: i64) -> Self {
        let ways = (0..uplinks.min(MOST_UPLINKS)).map(|_| Way::default());
        Self {
            key: secret.key().clone(),
            id,
            epoch: 0,
            patience_ms,
            ways: ways.collect(),
        }
    }

    /// The next probe by that uplink.
    pub(crate) fn probe(&mut self, uplink: usize, now_ms: i64, pace_ms: u32) -> Option<Octets> {
        let way = self.ways.get_mut(uplink)?;
        way.sequence = way.sequence.saturating_add(1);
        way.waiting.insert(way.sequence, now_ms);
        let message = Message {
            kind: Kind::Probe,
            uplink: u8::try_from(uplink).ok()?,
            pace_ms: u16::try_from(pace_ms).unwrap_or(u16::MAX),
            guest: self.id,
            epoch: self.epoch,
            sequence: way.sequence,
            cookie: way.cookie,
            counts: [Count::default(); MOST_UPLINKS],
        };
        Some(message.encode(&self.key))
    }

    /// The last probe by that uplink did not leave this machine.
    pub(crate) fn unsent(&mut self, uplink: usize) {
        if let Some(way) = self.ways.get_mut(uplink) {
            way.waiting.remove(&way.sequence);
        }
    }

    /// Takes what came by that uplink.
    pub(crate) fn hear(&mut self, uplink: usize, now_ms: i64, octets: &[u8]) {
        let Some(message) = Message::decode(&self.key, octets) else {
            return;
        };
        if message.guest != self.id || usize::from(message.uplink) != uplink || uplink >= self.ways.len() {
            return;
        }
        match message.kind {
            Kind::Probe => {}
            Kind::Challenge => self.challenged(uplink, &message),
            Kind::Heartbeat if message.epoch == self.epoch => self.told(uplink, now_ms, &message),
            Kind::Heartbeat => {}
        }
    }

    /// Believed only in answer to a probe that was just sent, so that no old one can be played again.
    fn challenged(&mut self, uplink: usize, challenge: &Message) {
        if !self.ways[uplink].waiting.contains_key(&challenge.sequence) {
            return;
        }
        if challenge.epoch != self.epoch {
            self.epoch = challenge.epoch;
            self.ways.iter_mut().for_each(Way::begin_anew);
        }
        self.ways[uplink].cookie = challenge.cookie;
    }

    fn told(&mut self, uplink: usize, now_ms: i64, heartbeat: &Message) {
        let way = &self.ways[uplink];
        let new = heartbeat.sequence > way.announced || way.missing.contains_key(&heartbeat.sequence);
        if !new {
            return;
        }
        let patience_ms = self.patience_ms;
        for (i, (way, count)) in self.ways.iter_mut().zip(&heartbeat.counts).enumerate() {
            let direct = (i == uplink).then_some(heartbeat.sequence);
            // Of an uplink that the beacon does not know yet it can tell nothing.
            if direct.is_some() || count.highest > 0 {
                way.told(now_ms, count, direct, patience_ms);
            }
        }
    }

    /// Gives up what was waited for too long.
    pub(crate) fn expire(&mut self, now_ms: i64) {
        let patience_ms = self.patience_ms;
        for way in &mut self.ways {
            way.expire(now_ms, patience_ms);
        }
    }

    /// What became known since the last time, by uplink; those of which nothing did are left out.
    pub(crate) fn take(&mut self) -> Vec<(usize, Beacon)> {
        let all = self.ways.iter_mut().map(Way::take).enumerate();
        all.filter_map(|(i, known)| Some((i, known?))).collect()
    }
}

impl Way {
    /// The beacon counts from nothing: it, or its memory of this box, is new.
    fn begin_anew(&mut self) {
        *self = Self {
            sequence: self.sequence,
            unknown: self.unknown,
            there: self.there,
            back: self.back,
            ..Self::default()
        };
    }

    /// The beacon tells of this uplink: by a heartbeat that came on it (`direct`), or on another.
    fn told(&mut self, now_ms: i64, count: &Count, direct: Option<u32>, patience_ms: i64) {
        let word = match self.told_ms {
            None => Word::First,
            Some(at) if now_ms - at > GIVE_UP_MS => Word::After(at),
            Some(at) => Word::Next(at),
        };
        self.heartbeats(now_ms, count.sent, direct, word);
        self.probes(now_ms, count, patience_ms, word);
        self.told_ms = Some(now_ms);
    }

    /// Which heartbeats are known to have been sent.
    fn heartbeats(&mut self, now_ms: i64, sent: u32, direct: Option<u32>, word: Word) {
        let (sent, before) = (sent.max(direct.unwrap_or(0)), self.announced);
        self.announced = before.max(sent);
        if let Some(k) = direct {
            self.missing.remove(&k);
            self.back.add(true);
        }
        let new = sent.saturating_sub(before);
        // What was sent before the first word is nobody's loss. What was sent in a silence is told as such, but the newest may be under way.
        let waits = match word {
            Word::First => 0,
            Word::Next(_) if new <= MOST_MISSING => new,
            Word::Next(_) | Word::After(_) => new.min(UNDER_WAY),
        };
        let others = (0..waits).map(|n| sent - n).filter(|k| direct != Some(*k));
        self.missing.extend(others.map(|k| (k, now_ms)));
        if let (Word::Next(at) | Word::After(at), true) = (word, new > waits) {
            let later = self.later(at);
            later.return_sent = later.return_sent.saturating_add(new - waits);
        }
    }

    fn probes(&mut self, now_ms: i64, count: &Count, patience_ms: i64, word: Word) {
        let (there, counted) = (&mut self.there, &mut self.counted);
        self.waiting.retain(|sequence, sent_ms| {
            let here = came(count.highest, count.mask, *sequence);
            let known = here || *sent_ms + patience_ms <= now_ms;
            if known {
                there.add(here);
                *counted = counted.saturating_add(u32::from(here));
            }
            !known
        });
        // A heartbeat may overtake an older one.
        self.sum = self.sum.max(count.got);
        let mut more = i64::from(self.sum) - i64::from(self.counted);
        let dark = std::mem::take(&mut self.dark);
        if let (Word::Next(at) | Word::After(at), true) = (word, dark > 0) {
            let came = (more - self.ahead).clamp(0, i64::from(dark));
            more -= came;
            let came = u32::try_from(came).unwrap_or(0);
            self.counted = self.counted.saturating_add(came);
            let later = self.later(at);
            later.forward_sent = later.forward_sent.saturating_add(dark);
            later.forward_got = later.forward_got.saturating_add(came);
        }
        self.ahead = more;
    }

    /// What became known too late to be of now, of the time from then on.
    fn later(&mut self, since_ms: i64) -> &mut Later {
        self.later.get_or_insert(Later {
            since_ms,
            ..Later::default()
        })
    }

    fn expire(&mut self, now_ms: i64, patience_ms: i64) {
        let back = &mut self.back;
        self.missing.retain(|_, since_ms| {
            let waits = *since_ms + patience_ms > now_ms;
            if !waits {
                back.add(false);
            }
            waits
        });
        let all = self.waiting.len();
        self.waiting.retain(|_, sent_ms| *sent_ms + GIVE_UP_MS > now_ms);
        let gone = u32::try_from(all - self.waiting.len()).unwrap_or(u32::MAX);
        self.unknown = self.unknown.saturating_add(gone);
        if self.told_ms.is_some() {
            self.dark = self.dark.saturating_add(gone);
        }
    }

    fn take(&mut self) -> Option<Beacon> {
        let (there, back) = (std::mem::take(&mut self.there), std::mem::take(&mut self.back));
        let (unknown, later) = (std::mem::take(&mut self.unknown), self.later.take());
        (there.sent + back.sent + unknown > 0 || later.is_some()).then(|| Beacon {
            uplink: String::new(),
            forward_sent: there.sent,
            forward_got: there.got,
            forward_unknown: unknown,
            return_sent: back.sent,
            return_got: back.got,
            later,
            unbound: false,
        })
    }
}
