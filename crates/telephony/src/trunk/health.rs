//! How a trunk is doing: a state machine fed by real calls, registrations and pings (OPTIONS). Pure: time is an input.
//!
//! ```text
//!            a strike                    three strikes
//!   Up ─────────────────► Suspect ─────────────────────────► Down ◄──────────── a strike
//!   ▲ ◄─────────────────     │ ▲                               │                   │
//!   │  a call, two pings,    └─┘ strikes                       │ its rest is over, │
//!   │  or a quiet minute                                       ▼ or it answers     │
//!   └──────────────── three points of good ───────────────── Probing ──────────────┘
//! ```
//! Over all of them but Down lies *Overloaded*: a 503 with Retry-After closes the trunk for that long.
//!
//! Calls and pings are counted apart. Whoever answers OPTIONS and loses every call is down for calls, and only a call can show that it is
//! not any more; whoever never answers OPTIONS while calls succeed is judged by calls alone.

use std::time::{Duration, Instant};

use super::evidence::{By, Evidence, Says, by, says};
use super::overload::Shedding;

/// How a trunk is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Nothing speaks against it.
    Up,
    /// Something failed lately.
    Suspect,
    /// It seems to be back; not believed yet.
    Probing,
    /// It has asked to be left alone for a while (503 with Retry-After).
    Overloaded,
    /// It has failed again and again.
    Down,
}

impl State {
    /// One word for logs and figures.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Suspect => "suspect",
            Self::Probing => "probing",
            Self::Overloaded => "overloaded",
            Self::Down => "down",
        }
    }

    /// All of them, the best first.
    pub const ALL: [Self; 5] = [
        Self::Up,
        Self::Suspect,
        Self::Probing,
        Self::Overloaded,
        Self::Down,
    ];
}

/// A change of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it was.
    pub from: State,
    /// What it is now.
    pub to: State,
}

/// The bounds of the state machine.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Strikes that take it down. One alone never does (2 at least).
    pub down_after: u8,
    /// Points of good that bring it back: a ping has one, a call or registration two.
    pub up_after: u8,
    /// The first pause before a trunk that is down is tried again; doubled each time it fails again.
    pub rest: Duration,
    /// The longest such pause.
    pub longest_rest: Duration,
    /// What calls have shown is forgotten after so long without another strike, unless it is down.
    pub forget: Duration,
    /// The longest time that a Retry-After may close a trunk: the other side's clock is not ours.
    pub longest_closed: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            down_after: 3,
            up_after: 3,
            rest: Duration::from_secs(5),
            longest_rest: Duration::from_secs(120),
            forget: Duration::from_secs(60),
            longest_closed: Duration::from_secs(300),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Base {
    Up,
    Suspect,
    Down { until: Instant },
    Probing { good: u8, trial: Option<Instant> },
}

/// Strikes of one kind of evidence.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    strikes: u8,
    good: u8,
}

impl Tally {
    fn strike(&mut self, n: u8) {
        self.strikes = self.strikes.saturating_add(n);
        self.good = 0;
    }

    /// Two points in a row wipe the strikes out.
    fn good(&mut self, n: u8) {
        self.good = self.good.saturating_add(n);
        if self.good >= 2 {
            *self = Self::default();
        }
    }
}

/// How long a call that tries a trunk out keeps others from doing so.
const TRIAL: Duration = Duration::from_secs(4);

/// The state of one trunk.
///
/// ```
/// use std::time::{Duration, Instant};
/// use biseo_telephony::trunk::{By, Evidence, Health, Policy, State};
///
/// let begin = Instant::now();
/// let mut trunk = Health::new(Policy::default(), begin);
/// trunk.take(begin, Evidence::Silent(By::Call));
/// assert_eq!(trunk.state(begin), State::Suspect);
/// trunk.take(begin, Evidence::Silent(By::Call));
/// assert_eq!(trunk.state(begin), State::Down);
/// // After its rest one call may try it, and it takes more than one success to be believed.
/// let later = begin + Duration::from_secs(6);
/// trunk.tick(later);
/// assert_eq!(trunk.state(later), State::Probing);
/// ```
#[derive(Clone, Debug)]
pub struct Health {
    policy: Policy,
    base: Base,
    calls: Tally,
    pings: Tally,
    /// It has answered OPTIONS, and since then no call went through while it did not.
    answers_pings: bool,
    /// What last changed.
    since: Instant,
    last_strike: Instant,
    rest: Duration,
    closed_until: Option<Instant>,
    /// What it told of its load by RFC 7339.
    pub(crate) shedding: Shedding,
}

impl Health {
    /// A trunk of which nothing is known: it is believed to be well.
    #[must_use]
    pub fn new(policy: Policy, now: Instant) -> Self {
        Self {
            policy,
            base: Base::Up,
            calls: Tally::default(),
            pings: Tally::default(),
            answers_pings: false,
            since: now,
            last_strike: now,
            rest: policy.rest,
            closed_until: None,
            shedding: Shedding::default(),
        }
    }

    /// The state at a time.
    #[must_use]
    pub fn state(&self, now: Instant) -> State {
        match self.base {
            Base::Down { .. } => State::Down,
            _ if self.closed(now).is_some() => State::Overloaded,
            Base::Up => State::Up,
            Base::Suspect => State::Suspect,
            Base::Probing { .. } => State::Probing,
        }
    }

    /// How long it still wants to be left alone.
    #[must_use]
    pub fn closed(&self, now: Instant) -> Option<Duration> {
        let left = self.closed_until?.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    /// Whether it answers OPTIONS, so that their silence means something.
    #[must_use]
    pub fn answers_pings(&self) -> bool {
        self.answers_pings
    }

    /// Whether it is judged by calls and registrations alone.
    #[must_use]
    pub fn is_passive(&self) -> bool {
        !self.answers_pings
    }

    /// Takes evidence; tells what changed.
    pub fn take(&mut self, now: Instant, evidence: Evidence) -> Option<Change> {
        let from = self.state(now);
        self.pass(now);
        if let Evidence::Busy(_, wait) = evidence {
            self.close(now, wait);
        }
        let by = by(evidence);
        match says(evidence) {
            Says::Good(n) => self.good(now, by, n),
            Says::Strike(n) => self.strike(now, by, n),
            Says::Nothing => {}
        }
        self.changed(from, now)
    }

    /// Lets time pass; tells what changed.
    pub fn tick(&mut self, now: Instant) -> Option<Change> {
        let from = self.seen();
        self.pass(now);
        self.changed(from, now)
    }

    /// When [`Health::tick`] has something to do next.
    #[must_use]
    pub fn next_at(&self) -> Option<Instant> {
        let base = match self.base {
            Base::Down { until } => Some(until),
            Base::Suspect => Some(self.last_strike + self.policy.forget),
            Base::Up | Base::Probing { .. } => None,
        };
        [base, self.closed_until].into_iter().flatten().min()
    }

    /// Whether one call may be sent there to see whether it is back: if only calls can tell, and none is on its way for that.
    #[must_use]
    pub fn wants_trial(&self, now: Instant) -> bool {
        let pings_tell = self.answers_pings && self.calls.strikes == 0;
        match self.base {
            Base::Probing { trial, .. } => !pings_tell && trial.is_none_or(|t| now >= t + TRIAL),
            _ => false,
        }
    }

    /// That call is on its way.
    pub fn tried(&mut self, now: Instant) {
        if let Base::Probing { trial, .. } = &mut self.base {
            *trial = Some(now);
        }
    }

    fn close(&mut self, now: Instant, wait: Duration) {
        let until = now + wait.min(self.policy.longest_closed);
        self.closed_until = Some(self.closed_until.map_or(until, |u| u.max(until)));
    }

    /// The state without a look at the clock: what was told last.
    fn seen(&self) -> State {
        match self.base {
            Base::Down { .. } => State::Down,
            _ if self.closed_until.is_some() => State::Overloaded,
            Base::Up => State::Up,
            Base::Suspect => State::Suspect,
            Base::Probing { .. } => State::Probing,
        }
    }

    fn pass(&mut self, now: Instant) {
        self.closed_until = self.closed_until.filter(|until| now < *until);
        match self.base {
            Base::Down { until } if now >= until => self.enter(now, Base::Probing { good: 0, trial: None }),
            Base::Suspect if now >= self.last_strike + self.policy.forget => {
                self.calls = Tally::default();
                self.pings = Tally::default();
                self.enter(now, Base::Up);
            }
            _ => {}
        }
    }

    fn enter(&mut self, now: Instant, base: Base) {
        self.base = base;
        self.since = now;
    }

    fn changed(&self, from: State, now: Instant) -> Option<Change> {
        let to = self.state(now);
        (from != to).then_some(Change { from, to })
    }

    fn good(&mut self, now: Instant, by: By, points: u8) {
        match by {
            By::Options => {
                self.answers_pings = true;
                self.pings.good(points);
            }
            By::Call | By::Registration => {
                // Calls pass while pings are not answered: from now on their silence says nothing.
                if self.pings.strikes >= self.policy.down_after {
                    self.answers_pings = false;
                    self.pings = Tally::default();
                }
                self.calls.good(points);
            }
        }
        match self.base {
            Base::Up => {}
            Base::Suspect if self.calls.strikes == 0 && self.pings.strikes == 0 => self.enter(now, Base::Up),
            Base::Suspect => {}
            Base::Down { .. } if by == By::Options && self.calls.strikes > 0 => {}
            Base::Down { .. } => self.recover(now, points),
            Base::Probing { .. } if by == By::Options && self.calls.strikes > 0 => {}
            Base::Probing { good, .. } => self.recover(now, good.saturating_add(points)),
        }
    }

    fn recover(&mut self, now: Instant, good: u8) {
        if good < self.policy.up_after {
            self.base = Base::Probing { good, trial: None };
            return;
        }
        self.calls = Tally::default();
        self.pings = Tally::default();
        self.enter(now, Base::Up);
    }

    fn strike(&mut self, now: Instant, by: By, n: u8) {
        if by == By::Options && !self.answers_pings {
            // It never answered one: this says nothing.
            return;
        }
        self.last_strike = now;
        match by {
            By::Options => self.pings.strike(n),
            By::Call | By::Registration => self.calls.strike(n),
        }
        match self.base {
            Base::Up => {
                // Whoever has stood for a while begins with a short rest again; whoever flaps does not.
                if now.saturating_duration_since(self.since) >= self.policy.forget {
                    self.rest = self.policy.rest;
                }
                self.enter(now, Base::Suspect);
                self.fall(now);
            }
            Base::Suspect => self.fall(now),
            Base::Probing { .. } => self.down(now),
            Base::Down { .. } => {}
        }
    }

    fn fall(&mut self, now: Instant) {
        let most = self.policy.down_after.max(2);
        let pings = if self.answers_pings { self.pings.strikes } else { 0 };
        if self.calls.strikes >= most || pings >= most {
            self.down(now);
        }
    }

    fn down(&mut self, now: Instant) {
        let until = now + self.rest;
        self.rest = (self.rest * 2).min(self.policy.longest_rest);
        self.enter(now, Base::Down { until });
    }
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;
