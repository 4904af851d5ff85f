//! The recent past of what is no probe: interfaces, paths, resolvers, calls, this machine.

use std::collections::VecDeque;

use crate::detect::RiseSum;
use crate::evidence::{Host, Link, Names, Path};
use crate::normal::{Level, Quantile};

/// Keeps the newest few.
pub(super) fn push<T>(ring: &mut VecDeque<T>, item: T, most: usize) {
    ring.push_back(item);
    while ring.len() > most {
        ring.pop_front();
    }
}

/// A rate and what is usual of it.
#[derive(Debug, Clone)]
pub(crate) struct Rate {
    rise: RiseSum,
    recent: VecDeque<f64>,
    level: Level,
    high: Quantile,
    middle: Quantile,
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            rise: RiseSum::new(4.0, 16.0),
            recent: VecDeque::new(),
            level: Level::default(),
            high: Quantile::new(0.98),
            middle: Quantile::new(0.5),
        }
    }
}

impl Rate {
    fn take(&mut self, at_ms: i64, value: f64) {
        let value = if value.is_finite() { value.max(0.0) } else { 0.0 };
        if self.level.known() {
            self.rise
                .add(at_ms, value, self.level.mean(), self.level.deviation());
        }
        push(&mut self.recent, value, 3);
    }

    /// Since when it is above what is usual, if it is.
    pub fn risen(&self) -> Option<i64> {
        self.rise.alarm()
    }

    /// Learns the newest value; the median only if the line is not full.
    fn learn(&mut self, crowded: bool) {
        if let Some(value) = self.recent.back() {
            self.level.learn(*value);
            self.high.learn(*value);
            if !crowded {
                self.middle.learn(*value);
            }
        }
    }

    /// The median of the last three windows.
    pub fn now(&self) -> Option<f64> {
        let mut all: Vec<f64> = self.recent.iter().copied().collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied()
    }

    /// Now and usual, if it is `times` what is usual, above what is highest by custom, and above `floor`.
    pub fn surge(&self, times: f64, floor: f64) -> Option<(f64, f64)> {
        let (now, usual) = (self.now()?, self.level.mean());
        let limit = (times * usual).max(1.5 * self.high.value()).max(floor);
        (self.level.known() && now > limit).then_some((now, usual))
    }

    /// By how much it is above `times` its median of times at which the line was not full.
    pub fn excess(&self, times: f64) -> f64 {
        (self.now().unwrap_or(0.0) - times * self.middle.value()).max(0.0)
    }

    /// Now and usual, if it is less than half of what is usual.
    pub fn fallen(&self) -> Option<(f64, f64)> {
        let (now, usual) = (self.now()?, self.level.mean());
        (self.level.known() && usual > 2.0 && now < usual / 2.0).then_some((now, usual))
    }
}

/// An uplink's interface.
#[derive(Debug, Clone, Default)]
pub(crate) struct LinkPast {
    pub down_since_ms: Option<i64>,
    pub rx: Rate,
    pub tx: Rate,
    pub unasked: Option<f64>,
    pub at_ms: Option<i64>,
}

impl LinkPast {
    pub fn take(&mut self, at_ms: i64, link: &Link) {
        self.at_ms = Some(at_ms);
        self.down_since_ms = if link.up {
            None
        } else {
            self.down_since_ms.or(Some(at_ms))
        };
        self.rx.take(at_ms, link.rx_pps);
        self.tx.take(at_ms, link.tx_pps);
        self.unasked = link.unasked_pps.filter(|pps| pps.is_finite());
    }

    pub fn learn(&mut self, crowded: bool) {
        self.rx.learn(crowded);
        self.tx.learn(crowded);
    }
}

/// The path to a trunk.
#[derive(Debug, Clone, Default)]
pub(crate) struct PathPast {
    usual: Option<Path>,
    /// Further routers that are as usual, hop by hop: a carrier shares its load out over several.
    beside: Vec<Vec<String>>,
    /// Whole paths since there is a usual one, up to [`FIRST`].
    whole: u32,
    recent: VecDeque<(i64, Path)>,
    other_since_ms: Option<i64>,
}

/// How far a path differs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Differs {
    Hop { hop: usize, now: String, usual: String },
    Length { now: usize, usual: usize },
}

/// For how long another path must be gone by before it is the usual one, ms.
const ACCEPT_MS: i64 = 10 * 60_000;
/// Whatever router is on the first so many whole paths is usual there.
const FIRST: u32 = 10;
/// Routers beside the usual one that are remembered of a hop.
const MOST_BESIDE: usize = 7;

impl PathPast {
    pub fn take(&mut self, at_ms: i64, path: &Path) {
        let mut path = path.clone();
        path.hops.truncate(64);
        if self.differs(&path).is_none() {
            self.other_since_ms = None;
            if path.reached {
                self.alternates();
            }
        } else if path.reached {
            let since = *self.other_since_ms.get_or_insert(at_ms);
            if at_ms - since > ACCEPT_MS {
                self.usual = Some(path.clone());
                self.beside.clear();
                self.whole = 0;
            }
        }
        if path.reached && self.usual.is_some() {
            self.whole = self.whole.saturating_add(1);
        }
        push(&mut self.recent, (at_ms, path), 4);
    }

    /// Learns the newest path as usual: the first whole one, then its missing hops.
    pub fn learn(&mut self) {
        let Some((_, path)) = self.recent.back() else {
            return;
        };
        match &mut self.usual {
            None if path.reached => self.usual = Some(path.clone()),
            Some(usual) if path.reached && usual.hops.len() == path.hops.len() => {
                for (known, now) in usual.hops.iter_mut().zip(&path.hops) {
                    *known = known.take().or_else(|| now.clone());
                }
                if self.whole < FIRST {
                    let path = path.clone();
                    self.share(&path);
                }
            }
            _ => {}
        }
    }

    /// The path is the usual one again. One or two others between usual ones are no change: their routers share the load.
    fn alternates(&mut self) {
        let whole = self.recent.iter().rev().filter(|(_, path)| path.reached);
        let differ = whole.take_while(|(_, path)| self.differs(path).is_some());
        let others: Vec<Path> = differ.map(|(_, path)| path.clone()).collect();
        if others.len() <= 2 {
            others.iter().for_each(|path| self.share(path));
        }
    }

    /// What is on this path is as usual.
    fn share(&mut self, path: &Path) {
        self.beside
            .resize_with(path.hops.len().max(self.beside.len()), Vec::new);
        for (known, hop) in self.beside.iter_mut().zip(&path.hops) {
            if let Some(hop) = hop.as_ref().filter(|h| !known.contains(h))
                && known.len() < MOST_BESIDE
            {
                known.push(hop.clone());
            }
        }
    }

    fn differs(&self, path: &Path) -> Option<Differs> {
        let usual = self.usual.as_ref()?;
        let pairs = usual.hops.iter().zip(&path.hops).enumerate();
        for (i, (was, is)) in pairs {
            if let (Some(was), Some(is)) = (was, is)
                && was != is
                && !self.beside.get(i).is_some_and(|known| known.contains(is))
            {
                return Some(Differs::Hop {
                    hop: i + 1,
                    now: is.clone(),
                    usual: was.clone(),
                });
            }
        }
        let (now, usual) = (path.hops.len(), usual.hops.len());
        // A longer one may only be the usual one whose last answer but one was lost.
        (path.reached && now < usual).then_some(Differs::Length { now, usual })
    }

    /// How the last two paths, both followed lately and whole, differ from the usual one.
    pub fn changed(&self, now_ms: i64) -> Option<(Differs, i64)> {
        let mut last = self
            .recent
            .iter()
            .rev()
            .filter(|(at, path)| path.reached && now_ms - at < 8_000);
        let (newest, before) = (last.next()?, last.next()?);
        self.differs(&before.1)?;
        Some((self.differs(&newest.1)?, self.other_since_ms.unwrap_or(before.0)))
    }

    /// Whether the newest path is whole and another one than usual.
    pub fn is_other(&self) -> bool {
        let newest = self.recent.back();
        newest.is_some_and(|(_, path)| path.reached && self.differs(path).is_some())
    }

    /// Number of hops to the trunk by custom.
    pub fn length(&self) -> Option<usize> {
        self.usual.as_ref().map(|path| path.hops.len())
    }

    /// The last router before the trunk by custom.
    pub fn last_router(&self) -> Option<&str> {
        let hops = &self.usual.as_ref()?.hops;
        hops.get(hops.len().checked_sub(2)?)?.as_deref()
    }

    /// The deepest router that answered after `from_ms` (the trunk itself not counted), and on how many paths that stands.
    pub fn deepest(&self, from_ms: i64) -> Option<(usize, usize)> {
        let after: Vec<&Path> = self
            .recent
            .iter()
            .filter(|(at, _)| *at >= from_ms)
            .map(|(_, p)| p)
            .collect();
        let deepest = after
            .iter()
            .map(|p| p.hops.iter().rposition(Option::is_some).map_or(0, |i| i + 1))
            .max()?;
        Some((deepest, after.len()))
    }

    /// A router that stands twice on a path after `from_ms`, with another one between or not.
    pub fn twice(&self, from_ms: i64) -> Option<String> {
        let after = self
            .recent
            .iter()
            .filter(|(at, path)| *at >= from_ms && !path.reached);
        after.map(|(_, path)| &path.hops).find_map(|hops| repeated(hops))
    }
}

/// The first that stands twice.
fn repeated(hops: &[Option<String>]) -> Option<String> {
    let named: Vec<&String> = hops.iter().flatten().collect();
    let twice = named
        .iter()
        .enumerate()
        .find(|(i, name)| named[..*i].contains(name));
    twice.map(|(_, name)| (*name).clone())
}

/// A resolver.
#[derive(Debug, Clone, Default)]
pub(crate) struct NamesPast {
    recent: VecDeque<(i64, Names)>,
    last_answer_ms: Option<i64>,
    /// How long an answer usually takes, ms.
    rtt: Level,
}

/// An answer that takes so many times as long as usually, and so much longer, is slow.
const SLOW_TIMES: f64 = 4.0;
const SLOW_MS: f64 = 100.0;

impl NamesPast {
    pub fn take(&mut self, at_ms: i64, names: &Names) {
        if names.answered > 0 || names.failed > 0 {
            self.last_answer_ms = Some(at_ms);
        }
        push(&mut self.recent, (at_ms, names.clone()), 16);
    }

    /// Learns how long the newest answer took.
    pub fn learn(&mut self) {
        if let Some(us) = self.recent.back().and_then(|(_, n)| n.rtt_us) {
            self.rtt.learn(f64::from(us) / 1e3);
        }
    }

    /// How long an answer takes now and usually, ms, if it is slow: the quickest of the last three of some seconds.
    pub fn slow(&self, now_ms: i64) -> Option<(f64, f64)> {
        let recent = self.recent.iter().rev().filter(|(at, _)| *at > now_ms - 15_000);
        let last: Vec<f64> = recent
            .filter_map(|(_, n)| Some(f64::from(n.rtt_us?) / 1e3))
            .take(3)
            .collect();
        let (least, usual) = (last.iter().copied().fold(f64::MAX, f64::min), self.rtt.mean());
        let slow = least > SLOW_TIMES * usual && least > usual + SLOW_MS;
        (last.len() == 3 && self.rtt.known() && slow).then_some((least, usual))
    }

    /// Whether it has ever answered here.
    pub fn witness(&self) -> bool {
        self.last_answer_ms.is_some()
    }

    /// Since when it says nothing, if nothing came for `span_ms` and three questions were asked.
    pub fn silent(&self, now_ms: i64, span_ms: i64) -> Option<i64> {
        let last = self.last_answer_ms?;
        let asked = self
            .recent
            .iter()
            .filter(|(at, _)| *at > last)
            .fold(0_u32, |n, (_, x)| n.saturating_add(x.asked));
        (now_ms - last >= span_ms && asked >= 3).then_some(last)
    }

    /// Since when it mostly fails, if it does so in the last two seconds.
    pub fn failing(&self, now_ms: i64) -> Option<i64> {
        let recent = self.recent.iter().filter(|(at, _)| *at > now_ms - 2_000);
        let (mut bad, mut good, mut since) = (0_u32, 0_u32, None);
        for (at, names) in recent {
            bad = bad.saturating_add(names.failed);
            good = good.saturating_add(names.answered);
            since = since.or((names.failed > 0).then_some(*at));
        }
        since.filter(|_| bad >= 3 && bad >= good.saturating_mul(3))
    }

    /// Whether it answered within `span_ms`.
    pub fn heard(&self, now_ms: i64, span_ms: i64) -> bool {
        self.last_answer_ms.is_some_and(|at| now_ms - at < span_ms)
    }
}

/// Whether a SIP status says that calls are not taken. 4xx but 403 say something about the question, not about the server.
pub(crate) fn refusing(status: u16) -> bool {
    status == 403 || (500..=699).contains(&status)
}

/// This machine.
#[derive(Debug, Clone, Default)]
pub(crate) struct HostPast {
    pub recent: VecDeque<(i64, Host)>,
    late: Level,
    delay: Level,
}

impl HostPast {
    pub fn take(&mut self, at_ms: i64, host: &Host) {
        push(&mut self.recent, (at_ms, host.clone()), 4);
    }

    pub fn learn(&mut self) {
        if let Some((_, host)) = self.recent.back() {
            self.late.learn(f64::from(host.late_us) / 1e3);
            self.delay.learn(host.run_delay);
        }
    }

    /// How late the timer must be to mean something, ms.
    pub fn late_limit(&self) -> f64 {
        (6.0 * self.late.mean() + 6.0 * self.late.deviation()).clamp(30.0, 400.0)
    }

    /// How long one must wait for a CPU to mean something, in parts of the time.
    pub fn delay_limit(&self) -> f64 {
        (4.0 * self.delay.mean()).clamp(0.3, 0.8)
    }
}
