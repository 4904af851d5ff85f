//! Sending: what is due in the outbox is claimed, written as a letter, given to its channel, and settled.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use biseo_store::{Delivery, Lease, Settled, StoreError};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use crate::backoff::Backoff;
use crate::caller::{CALLER, allowed, booking_of, still};
use crate::channels::{Channels, Outcome};
use crate::letter::Content;
use crate::notifier::{House, hex};
use crate::rules::{ChannelKind, after_quiet};
use crate::{Event, Fact, Notifier};

/// Tries begun after which a delivery whose program never comes to its end with it is given up.
const MOST_TRIES: u32 = 50;
/// How often, a second apart, the store is asked to take down what became of a delivery; well within a lease.
const SETTLE_TRIES: u32 = 30;

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
    /// Of them, of one shop: a shop whose peers are dead holds up no other.
    pub of_one_shop: u32,
    /// A channel has this long for one delivery.
    pub patience: Duration,
    /// A lease lasts so long, and twice `patience` at least, so that nobody takes over what is still being sent.
    pub lease: Duration,
    /// The outbox is looked at after this time even if nothing was told here: another program may write to it.
    pub look: Duration,
    /// When what failed is tried again.
    pub backoff: Backoff,
    /// What was sent or given up is forgotten after so long, with the names and words in it.
    pub keep: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            at_once: 8,
            of_one_shop: 4,
            patience: Duration::from_secs(60),
            lease: Duration::from_secs(180),
            look: Duration::from_secs(30),
            backoff: Backoff::default(),
            keep: Duration::from_secs(30 * 24 * 3600),
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
        let mut sending = JoinSet::new();
        let mut forgotten = Timestamp::MIN;
        loop {
            forgotten = self.forget(forgotten).await;
            let rest = match self.fill(&mut sending).await {
                Ok(0) => self.rest().await,
                Ok(_) => Duration::ZERO,
                Err(e) => {
                    tracing::warn!("the outbox cannot be worked on: {e}");
                    Duration::from_secs(5).min(self.pace.look)
                }
            };
            tokio::select! {
                Some(ended) = sending.join_next() => grief(ended),
                // With no room left only an end makes some.
                () = tokio::time::sleep(rest), if self.room(&sending) > 0 => {}
                () = self.notifier.wake.notified(), if self.room(&sending) > 0 => {}
                () = &mut shutdown => break,
            }
        }
        let _ = tokio::time::timeout(self.pace.patience, finish(&mut sending)).await;
    }

    /// Gathers what is due, sends as much as is done at once, and returns how many deliveries that were.
    ///
    /// # Errors
    /// [`StoreError`] if the outbox cannot be read; what failed with one delivery is that delivery's.
    pub async fn round(self: &Arc<Self>) -> Result<usize, StoreError> {
        let mut sending = JoinSet::new();
        let claimed = self.fill(&mut sending).await?;
        finish(&mut sending).await;
        Ok(claimed)
    }

    fn room(&self, sending: &JoinSet<()>) -> u32 {
        let busy = u32::try_from(sending.len()).unwrap_or(u32::MAX);
        self.pace.at_once.saturating_sub(busy)
    }

    /// Gathers and begins to send what there is room for. Returns how many that are.
    async fn fill(self: &Arc<Self>, sending: &mut JoinSet<()>) -> Result<usize, StoreError> {
        self.step(Step::BeforeClaim, "");
        let now = (self.clock)();
        let store = self.notifier.store();
        // What one shop cannot be helped with keeps the others from nothing.
        let gathered = store.gather_notices(now).await;
        let holder = self.token();
        let until = later(now, self.pace.lease.max(self.pace.patience * 2));
        let most = (self.room(sending), self.pace.of_one_shop);
        let claimed = store.claim_deliveries(&holder, (now, until), most).await?;
        let count = claimed.len();
        for delivery in claimed {
            self.step(Step::Claimed, &delivery.id);
            let (worker, holder) = (self.clone(), holder.clone());
            sending.spawn(async move { worker.deliver(delivery, holder).await });
        }
        gathered.map(|_| count)
    }

    /// Once an hour, forgets what was settled long ago. Returns when that was done last.
    async fn forget(&self, last: Timestamp) -> Timestamp {
        let now = (self.clock)();
        if now < later(last, Duration::from_secs(3600)) {
            return last;
        }
        let before = SignedDuration::try_from(self.pace.keep)
            .ok()
            .and_then(|keep| now.checked_sub(keep).ok());
        if let Err(e) = self
            .notifier
            .store()
            .forget_all_deliveries(before.unwrap_or(Timestamp::MIN))
            .await
        {
            tracing::warn!("old deliveries cannot be forgotten: {e}");
        }
        now
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
        let house = self.notifier.house(&delivery.shop);
        let settled = match self.not_yet(&delivery, house.as_deref()).await {
            Some(settled) => settled,
            None => {
                let outcome = self.outcome(&delivery, house.as_deref()).await;
                if matches!(outcome, Outcome::NoCredit { .. }) {
                    self.tell_broke(&delivery, house.as_deref()).await;
                }
                self.step(Step::BeforeSettle, &delivery.id);
                self.settled(&delivery, house.as_deref(), outcome)
            }
        };
        tell(&delivery, &settled);
        self.settle(&lease, &settled).await;
        self.step(Step::Settled, &delivery.id);
    }

    /// What is to become of a delivery without a try: it waits for the end of a quiet time, or every try of a day and more came to
    /// grief with its program.
    async fn not_yet(&self, delivery: &Delivery, house: Option<&House>) -> Option<Settled> {
        let now = (self.clock)();
        let due = match house {
            Some(house) if delivery.reader == CALLER => self.caller_due(delivery, house, now).await,
            Some(house) => quiet_over(delivery, house, now),
            None => now,
        };
        if due > now {
            return Some(Settled::PutOff { due });
        }
        // One that is tried in the usual way is given up after its last try, not before one.
        let doomed =
            delivery.tries > MOST_TRIES && self.pace.backoff.is_over(self.age(delivery), delivery.tries);
        doomed.then(|| Settled::GivenUp {
            fault: "no try came to an end".into(),
        })
    }

    /// Callers are left alone at night; an answer to a call is one while the call has just ended. What cannot be read is no answer.
    async fn caller_due(&self, delivery: &Delivery, house: &House, now: Timestamp) -> Timestamp {
        let answered = match delivery.urgent {
            true => self.notifier.contents(delivery).await.ok(),
            false => None,
        };
        let last = answered.and_then(|contents| contents.iter().map(|c| c.at).max());
        allowed(now, last, house.zone())
    }

    /// Somebody has to pay: told to the shop's readers, once a day, by another channel than the one that does not go.
    async fn tell_broke(&self, delivery: &Delivery, house: Option<&House>) {
        let now = (self.clock)();
        let zone = house.map_or(TimeZone::UTC, |house| house.zone().clone());
        let day = zone.to_datetime(now).date();
        let event = Event::new(
            &delivery.shop,
            &format!("credit_gone:{day}"),
            now,
            Fact::CreditGone,
        );
        let broken = ChannelKind::named(&delivery.channel);
        match self.notifier.tell_but(&event, broken).await {
            Ok(new) if new > 0 => tracing::warn!(
                "shop {}: the account for {} is empty",
                delivery.shop,
                delivery.channel
            ),
            Ok(_) => {}
            Err(e) => tracing::warn!(
                "shop {}: that an account is empty cannot be told: {e}",
                delivery.shop
            ),
        }
    }

    async fn outcome(&self, delivery: &Delivery, house: Option<&House>) -> Outcome {
        match tokio::time::timeout(self.pace.patience, self.send(delivery, house)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(e)) => Outcome::again(format!("the store: {e}")),
            Err(_) => Outcome::again("no answer in time; whether it arrived is not known"),
        }
    }

    /// Writes down what became of it. A store that does not take it now is asked again: what was sent would be sent once more.
    async fn settle(&self, lease: &Lease, settled: &Settled) {
        for _ in 0..SETTLE_TRIES {
            match self.notifier.store().settle(lease, settled, (self.clock)()).await {
                Ok(true) => return,
                Ok(false) => {
                    return tracing::warn!("delivery {}: somebody else has taken it over", lease.delivery);
                }
                Err(e) => tracing::warn!(
                    "delivery {}: what became of it is not stored yet: {e}",
                    lease.delivery
                ),
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        tracing::error!("delivery {}: what became of it is lost", lease.delivery);
    }

    async fn send(&self, delivery: &Delivery, house: Option<&House>) -> Result<Outcome, StoreError> {
        let Some(house) = house else {
            return Ok(Outcome::again("the shop is not there at present"));
        };
        let channel =
            ChannelKind::named(&delivery.channel).and_then(|kind| self.channels.of(&delivery.shop, kind));
        let Some(channel) = channel else {
            return Ok(Outcome::again(format!("{} is not set up", delivery.channel)));
        };
        let contents = self.notifier.contents(delivery).await?;
        if contents.is_empty() {
            return Ok(Outcome::never("there is nothing in it"));
        }
        let now = (self.clock)();
        let contents = match delivery.reader == CALLER {
            true => self.still(contents, house, now).await?,
            false => contents,
        };
        if contents.is_empty() {
            return Ok(Outcome::never("it is not wanted any more, or too late"));
        }
        let parcel = self.notifier.parcel(delivery, house, (&contents, now)).await?;
        self.step(Step::BeforeSend, &delivery.id);
        Ok(channel.send(&parcel).await)
    }

    /// What a caller is still to be told, with bookings as they stand now.
    async fn still(
        &self,
        contents: Vec<Content>,
        house: &House,
        now: Timestamp,
    ) -> Result<Vec<Content>, StoreError> {
        let here = house.zone().to_datetime(now);
        let mut told = Vec::new();
        for content in contents {
            let stands = match booking_of(&content.fact) {
                Some(booking) => self.notifier.store().booking(&booking.shop, &booking.id).await?,
                None => None,
            };
            if house.notices.callers.covers(content.fact.kind()) {
                told.extend(still(content, stands, here));
            }
        }
        Ok(told)
    }

    fn settled(&self, delivery: &Delivery, house: Option<&House>, outcome: Outcome) -> Settled {
        match outcome {
            Outcome::Sent => Settled::Sent,
            Outcome::Answered { status } => Settled::Answered { status },
            Outcome::Never { fault } => Settled::GivenUp { fault },
            Outcome::Again { fault, .. } | Outcome::NoCredit { fault, .. }
                if self.pace.backoff.is_over(self.age(delivery), delivery.tries) =>
            {
                Settled::GivenUp { fault }
            }
            Outcome::NoCredit { after, fault } => {
                let outcome = Outcome::Again {
                    after: Some(after),
                    fault,
                };
                self.settled(delivery, house, outcome)
            }
            Outcome::Again { after, fault } => {
                let chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner).f64();
                let wait = self.pace.backoff.wait(delivery.tries, chance, after);
                let due = later((self.clock)(), wait);
                Settled::Again {
                    due: house.map_or(due, |house| quiet_over(delivery, house, due)),
                    fault,
                }
            }
        }
    }

    fn age(&self, delivery: &Delivery) -> Duration {
        let age = (self.clock)().duration_since(delivery.made);
        Duration::try_from(age).unwrap_or_default()
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

/// The first time from `at` on at which the reader is not to be left alone; urgent ones do not wait, and neither does what is for
/// a reader that is no more.
fn quiet_over(delivery: &Delivery, house: &House, at: Timestamp) -> Timestamp {
    let reader = house.notices.reader.iter().find(|r| r.id == delivery.reader);
    match reader {
        Some(reader) if !delivery.urgent => after_quiet(reader, at, house.zone()),
        _ => at,
    }
}

fn grief(ended: Result<(), tokio::task::JoinError>) {
    if let Err(e) = ended {
        // Its lease brings it back.
        tracing::error!("a delivery came to grief: {e}");
    }
}

async fn finish(sending: &mut JoinSet<()>) {
    while let Some(ended) = sending.join_next().await {
        grief(ended);
    }
}

/// Without addresses and words: those are personal.
fn tell(delivery: &Delivery, settled: &Settled) {
    let (shop, channel, id) = (&delivery.shop, &delivery.channel, &delivery.id);
    match settled {
        Settled::PutOff { due } => tracing::debug!("shop {shop}: {channel} {id} waits until {due}"),
        Settled::Sent | Settled::Answered { .. } => tracing::debug!("shop {shop}: {channel} {id} is sent"),
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
