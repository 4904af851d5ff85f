//! The recent past of one target asked in one way, and what is normal for it.

use std::collections::VecDeque;

use crate::detect::LossSum;
use crate::evidence::{MOST, Reach, Refusal, Refused};
use crate::normal::{Chance, Level};

/// How far back a series remembers, ms.
const MEMORY_MS: i64 = 6_000;

/// One window of one series.
#[derive(Debug, Clone)]
struct Point {
    at_ms: i64,
    tried: u32,
    answered: u32,
    rtt_us: Option<u32>,
    refused: Vec<Refused>,
    codes: Vec<(u16, u32)>,
}

/// What a span of a series adds up to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    pub tried: u32,
    pub answered: u32,
}

impl Sum {
    pub fn lost(self) -> u32 {
        self.tried.saturating_sub(self.answered)
    }

    pub fn loss(self) -> f64 {
        f64::from(self.lost()) / f64::from(self.tried.max(1))
    }
}

/// A series.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    points: VecDeque<Point>,
    rtt: Level,
    usual_loss: Chance,
    sums: [LossSum; 2],
    last_answer_ms: Option<i64>,
    answers: u64,
    /// Errors from the window of the last answer on.
    laments: VecDeque<(i64, Refused)>,
}

impl Series {
    pub fn new() -> Self {
        // A heavy loss is found fast, a light one surely.
        let sums = [LossSum::new(0.25, 9.0), LossSum::new(0.10, 14.0)];
        let (rtt, usual_loss) = (Level::default(), Chance::default());
        Self {
            points: VecDeque::new(),
            rtt,
            usual_loss,
            sums,
            last_answer_ms: None,
            answers: 0,
            laments: VecDeque::new(),
        }
    }

    /// Takes a window's counts. `crowded`: the first hop is slow, so that more loss is ordinary.
    pub fn take(&mut self, at_ms: i64, reach: &Reach, crowded: bool) {
        let answered = reach.answered.min(reach.tried);
        if answered > 0 {
            self.last_answer_ms = Some(at_ms);
            self.answers += u64::from(answered);
            self.laments.clear();
        }
        self.lament(at_ms, reach);
        let usual = (self.usual_loss.loss() * 2.0)
            .clamp(0.02, 0.5)
            .max(if crowded { 0.08 } else { 0.0 });
        for sum in &mut self.sums {
            sum.add(at_ms, reach.tried, reach.tried - answered, usual);
        }
        let refused = reach.refused.iter().take(MOST).cloned().collect();
        let codes = reach.codes.iter().take(MOST).copied().collect();
        self.points.push_back(Point {
            at_ms,
            tried: reach.tried,
            answered,
            rtt_us: reach.rtt_us,
            refused,
            codes,
        });
        self.forget(at_ms);
    }

    fn lament(&mut self, at_ms: i64, reach: &Reach) {
        let new = reach.refused.iter().filter(|r| r.n > 0).take(MOST).cloned();
        self.laments.extend(new.map(|r| (at_ms, r)));
        while self.laments.len() > MOST {
            self.laments.pop_front();
        }
    }

    fn forget(&mut self, now_ms: i64) {
        while self.points.front().is_some_and(|p| p.at_ms <= now_ms - MEMORY_MS) || self.points.len() > 64 {
            self.points.pop_front();
        }
    }

    /// Learns its newest window as normal, if that is the one that ended at `now_ms`.
    pub fn learn(&mut self, now_ms: i64) {
        if let Some(point) = self.points.back().filter(|p| p.at_ms == now_ms) {
            if !self.sums.iter().any(LossSum::doubts) {
                self.usual_loss.learn(point.tried, point.tried - point.answered);
            }
            if let Some(rtt) = point.rtt_us {
                self.rtt.learn(f64::from(rtt) / 1e3);
            }
        }
    }

    fn since(&self, from_ms: i64) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(move |p| p.at_ms > from_ms)
    }

    /// What was tried and answered after `from_ms`.
    pub fn sum(&self, from_ms: i64) -> Sum {
        self.since(from_ms).fold(Sum::default(), |sum, p| Sum {
            tried: sum.tried.saturating_add(p.tried),
            answered: sum.answered.saturating_add(p.answered),
        })
    }

    /// Whether it has ever answered here: who never does is no witness.
    pub fn witness(&self) -> bool {
        self.answers >= 3
    }

    /// For how long it has said nothing, ms, if nothing came for `span_ms` and enough was asked meanwhile.
    pub fn silent(&self, now_ms: i64, span_ms: i64, least: u32) -> Option<i64> {
        let last = self.last_answer_ms?;
        let quiet = now_ms - last;
        (self.witness() && quiet >= span_ms && self.sum(last).tried >= least).then_some(quiet)
    }

    /// Whether at most a few probes of the last `span_ms` were lost, and something was answered.
    pub fn well(&self, now_ms: i64, span_ms: i64) -> bool {
        let sum = self.sum(now_ms - span_ms);
        sum.answered > 0 && sum.loss() < 0.25
    }

    /// Median of the windows' median round trips of the last `span_ms`, ms.
    pub fn rtt(&self, now_ms: i64, span_ms: i64) -> Option<f64> {
        let mut all: Vec<u32> = self.since(now_ms - span_ms).filter_map(|p| p.rtt_us).collect();
        all.sort_unstable();
        all.get(all.len() / 2).map(|us| f64::from(*us) / 1e3)
    }

    /// The usual round trip, ms, once known.
    pub fn usual_rtt(&self) -> Option<(f64, f64)> {
        self.rtt.known().then(|| (self.rtt.mean(), self.rtt.deviation()))
    }

    /// Whether the round trip is far above its usual, with now and usual.
    pub fn slow(&self, now_ms: i64, span_ms: i64) -> Option<(f64, f64)> {
        let (usual, deviation) = self.usual_rtt()?;
        let now = self.rtt(now_ms, span_ms)?;
        (now > usual + (8.0 * deviation).max(4.0)).then_some((now, usual))
    }

    /// Since when losses go on beyond what is usual. A burst of up to a second and a half is ordinary, with a stray loss after it as well:
    /// five of the last eight windows must have had some, and two of the last three.
    pub fn lossy(&self, now_ms: i64) -> Option<i64> {
        let since = self.sums.iter().filter_map(LossSum::alarm).min()?;
        let answered = self.since(now_ms - 1_500).any(|p| p.answered > 0);
        (self.loses_on(now_ms) && answered).then_some(since)
    }

    /// Whether losses go on and are no burst: in five of the last eight windows, and in two of the last three.
    pub fn loses_on(&self, now_ms: i64) -> bool {
        let bad = |from: i64| self.since(from).filter(|p| p.answered < p.tried).count();
        bad(now_ms - 4_000) >= 5 && bad(now_ms - 1_500) >= 2
    }

    /// The usual loss, 0 to 1.
    pub fn usual_loss(&self) -> f64 {
        self.usual_loss.loss()
    }

    /// Forgets what its sums have gathered, once a fault is over.
    pub fn settle(&mut self) {
        self.sums.iter_mut().for_each(LossSum::reset);
    }

    /// Errors of a kind that other machines sent since `from_ms`: how many, and who sent the newest.
    pub fn refusals(&self, from_ms: i64, why: impl Fn(Refusal) -> bool) -> Option<(u32, String)> {
        let mut found: Option<(u32, String)> = None;
        for refused in self
            .since(from_ms)
            .flat_map(|p| &p.refused)
            .filter(|r| r.n > 0 && why(r.why))
        {
            let Some(by) = &refused.by else { continue };
            let n = found.map_or(0, |(n, _)| n).saturating_add(refused.n);
            found = Some((n, by.clone()));
        }
        found
    }

    /// Errors of a kind that other machines sent from the window at `from_ms` on, and after which no answer came: how many, and who sent the
    /// newest. Kept as long as nothing is answered: a router under steady pings says twice that it has no way and then no more (Linux
    /// takes the price of such an error twice from what it saves up, `ip_error` and `icmp_send`).
    pub fn laments(&self, from_ms: i64, why: impl Fn(Refusal) -> bool) -> Option<(u32, String)> {
        let said = self.laments.iter().filter(|(at, r)| *at >= from_ms && why(r.why));
        let mut named = said.filter_map(|(_, r)| Some((r.n, r.by.as_ref()?)));
        let first = named.next()?;
        let (n, by) = named.fold(first, |(n, _), (more, by)| (n.saturating_add(more), by));
        Some((n, by.clone()))
    }

    /// How often this machine itself found no way since `from_ms`.
    pub fn own_refusals(&self, from_ms: i64) -> u32 {
        let own = self
            .since(from_ms)
            .flat_map(|p| &p.refused)
            .filter(|r| r.by.is_none() && r.why == Refusal::Net);
        own.fold(0, |sum, r| sum.saturating_add(r.n))
    }

    /// Status codes of the last `span_ms`, added up.
    pub fn codes(&self, now_ms: i64, span_ms: i64) -> Vec<(u16, u32)> {
        let mut out: Vec<(u16, u32)> = Vec::new();
        for (code, n) in self.since(now_ms - span_ms).flat_map(|p| &p.codes) {
            match out.iter_mut().find(|(c, _)| c == code) {
                Some((_, sum)) => *sum = sum.saturating_add(*n),
                None => out.push((*code, *n)),
            }
        }
        out
    }

    /// When it last answered.
    pub fn last_answer_ms(&self) -> Option<i64> {
        self.last_answer_ms
    }
}
