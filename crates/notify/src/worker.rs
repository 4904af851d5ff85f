//! Sending: what is due in the outbox is claimed, written as a letter, given to its channel, and settled.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use biseo_store::{Delivery, Lease, Settled, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use crate::Notifier;
use crate::backoff::Backoff;
use crate::channels::{Channels, Outcome, Parcel, Trail};
use crate::letter::{Content, write};
use crate::notifier::hex;
use crate::rules::ChannelKind;

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Called at each step with the delivery's id; for tests that end the process there.
type Watch = Arc<dyn Fn(Step, &str) + Send + Sync>;

/// A step of a delivery, as tests of crashes want it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing is claimed yet.
    BeforeClaim,
    /// The lease is in the database.
    Claimed,
    /// The letter is written, nothing has been sent.
    BeforeSend,
    /// The channel has said what became of it, the database does not know.
    BeforeSettle,
    /// The database knows.
    Settled,
}

/// How much is done at once, and how long it may take.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Deliveries at once.
    pub at_once: u32,
    /// A channel has this long for one delivery.
    pub patience: Duration,
    /// A lease lasts so long; longer than `patience`, so that nobody takes over what is still being sent.
    pub lease: Duration,
    /// The outbox is looked at after this time even if nothing was told here: another program may write to it.
    pub look: Duration,
    /// When what failed is tried again.
    pub backoff: Backoff,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            at_once: 8,
            patience: Duration::from_secs(60),
            lease: Duration::from_secs(180),
            look: Duration::from_secs(30),
            backoff: Backoff::default(),
        }
    }
}

/// Sends what is due. Any number may work on one outbox.
pub struct Worker {
    notifier: Notifier,
    channels: Arc<Channels>,
    clock: Clock,
    pace: Pace,
    chance: Mutex<fastrand::Rng>,
    watch: Option<Watch>,
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker on the notifier's outbox. `seed` makes the waiting times between tries; two workers have different ones.
    #[must_use]
    pub fn new(notifier: Notifier, channels: Channels, clock: Clock, pace: Pace, seed: u64) -> Arc<Self> {
        Self::watched(notifier, channels, (clock, pace, seed), None)
    }

    /// The same, with a function that is called at each step.
    #[doc(hidden)]
    #[must_use]
    pub fn watched(
        notifier: Notifier,
        channels: Channels,
        (clock, pace, seed): (Clock, Pace, u64),
        watch: Option<Watch>,
    ) -> Arc<Self> {
        let chance = Mutex::new(fastrand::Rng::with_seed(seed));
        Arc::new(Self {
            notifier,
            channels: Arc::new(channels),
            clock,
            pace,
            chance,
            watch,
        })
    }

    /// Works until `shutdown` is ready; then what is being sent has `pace.patience` to end. What is left then, a lease brings back.
    pub async fn run(self: Arc<Self>, shutdown: impl Future<Output = ()>) {
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let round = self.round();
            tokio::pin!(round);
            let done = tokio::select! {
                done = &mut round => done,
                () = &mut shutdown => {
                    let _ = tokio::time::timeout(self.pace.patience, round).await;
                    return;
                }
            };
            let rest = match done {
                Ok(0) => self.rest().await,
                Ok(_) => Duration::ZERO,
                Err(e) => {
                    tracing::warn!("the outbox cannot be worked on: {e}");
                    Duration::from_secs(5).min(self.pace.look)
                }
            };
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                () = self.notifier.wake.notified() => {}
                () = &mut shutdown => return,
            }
        }
    }

    /// Gathers what is due, sends as much as is done at once, and returns how many deliveries that were.
    ///
    /// # Errors
    /// [`StoreError`] if the outbox cannot be read; what failed with one delivery is that delivery's.
    pub async fn round(self: &Arc<Self>) -> Result<usize, StoreError> {
        self.step(Step::BeforeClaim, "");
        let now = (self.clock)();
        let store = self.notifier.store();
        store.gather_notices(now).await?;
        let holder = self.token();
        let until = later(now, self.pace.lease);
        let claimed = store
            .claim_deliveries(&holder, (now, until), self.pace.at_once)
            .await?;
        let count = claimed.len();
        let mut sending = JoinSet::new();
        for delivery in claimed {
            self.step(Step::Claimed, &delivery.id);
            let (worker, holder) = (self.clone(), holder.clone());
            sending.spawn(async move { worker.deliver(delivery, holder).await });
        }
        while let Some(sent) = sending.join_next().await {
            if let Err(e) = sent {
                // Its lease brings it back.
                tracing::error!("a delivery came to grief: {e}");
            }
        }
        Ok(count)
    }

    /// Until something is due, but not longer than `look`.
    async fn rest(&self) -> Duration {
        let due = self.notifier.store().outbox_due().await.ok().flatten();
        let now = (self.clock)();
        let wait = due.map_or(self.pace.look, |due| {
            Duration::try_from(due.duration_since(now)).unwrap_or(Duration::ZERO)
        });
        // Another worker may have claimed what is due; no hurry to find that out.
        wait.clamp(Duration::from_millis(50), self.pace.look)
    }

    async fn deliver(&self, delivery: Delivery, holder: String) {
        let lease = Lease {
            shop: delivery.shop.clone(),
            delivery: delivery.id.clone(),
            holder,
        };
        let outcome = match tokio::time::timeout(self.pace.patience, self.send(&delivery, &lease)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(e)) => Outcome::again(format!("the store: {e}")),
            Err(_) => Outcome::again("no answer in time; whether it arrived is not known"),
        };
        self.step(Step::BeforeSettle, &delivery.id);
        let settled = self.settled(&delivery, outcome);
        tell(&delivery, &settled);
        let store = self.notifier.store();
        match store.settle(&lease, &settled, (self.clock)()).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!("delivery {}: somebody else has taken it over", delivery.id),
            Err(e) => tracing::warn!("delivery {}: what became of it was not stored: {e}", delivery.id),
        }
        self.step(Step::Settled, &delivery.id);
    }

    async fn send(&self, delivery: &Delivery, lease: &Lease) -> Result<Outcome, StoreError> {
        let store = self.notifier.store();
        let Some(house) = self.notifier.house(&delivery.shop) else {
            return Ok(Outcome::again("the shop is not there at present"));
        };
        let channel =
            ChannelKind::named(&delivery.channel).and_then(|kind| self.channels.of(&delivery.shop, kind));
        let Some(channel) = channel else {
            return Ok(Outcome::again(format!("{} is not set up", delivery.channel)));
        };
        let now = (self.clock)();
        let letter = write(&self.contents(store, delivery).await?, &house.sender, now);
        let parcel = Parcel {
            id: delivery.id.clone(),
            shop: delivery.shop.clone(),
            reader: delivery.reader.clone(),
            address: delivery.address.clone(),
            letter,
            made: delivery.made,
            now,
            tries: delivery.tries,
            trail: delivery.trail.clone(),
        };
        self.step(Step::BeforeSend, &delivery.id);
        let trail = StoreTrail { store, lease };
        Ok(channel.send(&parcel, &trail).await)
    }

    async fn contents(&self, store: &Store, delivery: &Delivery) -> Result<Vec<Content>, StoreError> {
        let notices = store.notices_of(&delivery.shop, &delivery.id).await?;
        let read = |n: biseo_store::StoredNotice| {
            serde_json::from_value(n.content).map_err(|e| StoreError::Corrupt(format!("notice: {e}")))
        };
        notices.into_iter().map(read).collect()
    }

    fn settled(&self, delivery: &Delivery, outcome: Outcome) -> Settled {
        match outcome {
            Outcome::Sent => Settled::Sent,
            Outcome::Never { fault } => Settled::GivenUp { fault },
            Outcome::Again { after, fault } => {
                let now = (self.clock)();
                let age = Duration::try_from(now.duration_since(delivery.made)).unwrap_or_default();
                if age >= self.pace.backoff.give_up {
                    return Settled::GivenUp { fault };
                }
                let chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner).f64();
                let wait = self.pace.backoff.wait(delivery.tries, chance, after);
                Settled::Again {
                    due: later(now, wait),
                    fault,
                }
            }
        }
    }

    /// Another string for each claim. It guards no secret.
    fn token(&self) -> String {
        let mut octets = [0; 12];
        if aws_lc_rs::rand::fill(&mut octets).is_err() {
            self.chance
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .fill(&mut octets);
        }
        hex(&octets)
    }

    fn step(&self, step: Step, delivery: &str) {
        if let Some(watch) = &self.watch {
            watch(step, delivery);
        }
    }
}

/// Without addresses and words: those are personal.
fn tell(delivery: &Delivery, settled: &Settled) {
    let (shop, channel, id) = (&delivery.shop, &delivery.channel, &delivery.id);
    match settled {
        Settled::Sent => tracing::debug!("shop {shop}: {channel} {id} is sent"),
        Settled::Again { due, fault } => {
            tracing::info!("shop {shop}: {channel} {id} failed ({fault}); again at {due}");
        }
        Settled::GivenUp { fault } => tracing::warn!("shop {shop}: {channel} {id} is given up: {fault}"),
    }
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| now.checked_add(by).ok())
        .unwrap_or(Timestamp::MAX)
}

struct StoreTrail<'a> {
    store: &'a Store,
    lease: &'a Lease,
}

impl Trail for StoreTrail<'_> {
    fn write<'a>(&'a self, trail: &'a str) -> crate::channels::Sending<'a, bool> {
        Box::pin(async move { self.store.trail(self.lease, trail).await.unwrap_or(false) })
    }
}
