//! The engine: its threads, and the opening of sessions.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use crate::call::Call;
use crate::clerk::{Clerk, Job};
use crate::lateness::{Lateness, Pacing};
use crate::pacer::{Order, Pacer};
use crate::ports::Ports;
use crate::precedence::{self, Precedence};
use crate::retire::Retire;
use crate::session::{self, MediaSession};
use crate::wire::{Law, Wire};
use crate::{MediaConfig, MediaError, SessionConfig};

/// Calls that one pacer has before the next gets any: by G.711 they take it a tenth of its time, by Opus two fifths (bench/README.md).
const FEW: usize = 64;

/// One pacer, seen from outside.
struct Post {
    orders: mpsc::Sender<Order>,
    calls: AtomicUsize,
}

/// What sessions share with the engine.
pub(crate) struct House {
    posts: Vec<Post>,
    jobs: mpsc::Sender<Job>,
    ports: Ports,
    lateness: Arc<Lateness>,
    retire: Retire,
    ids: AtomicU64,
    precedence: Precedence,
}

impl House {
    /// Tells a pacer; `false` if it has stopped.
    pub(crate) fn order(&self, post: usize, order: Order) -> bool {
        self.posts[post].orders.send(order).is_ok()
    }

    /// Tells the clerk; `false` if it has stopped.
    pub(crate) fn job(&self, job: Job) -> bool {
        self.jobs.send(job).is_ok()
    }

    /// A session of this pacer has gone.
    pub(crate) fn leave(&self, post: usize) {
        self.posts[post].calls.fetch_sub(1, Ordering::Relaxed);
    }

    /// The pacer that is to have one more call: the first that has few, since two that are half idle wake twice as often as one; else
    /// the one with the fewest.
    fn enter(&self) -> usize {
        let calls = |n: &usize| self.posts[*n].calls.load(Ordering::Relaxed);
        let few = (0..self.posts.len()).find(|n| calls(n) < FEW);
        let post = few
            .or_else(|| (0..self.posts.len()).min_by_key(calls))
            .unwrap_or(0);
        self.posts[post].calls.fetch_add(1, Ordering::Relaxed);
        post
    }
}

/// Carries the sound of all calls of this process. Dropping it ends them all and waits until recordings are closed.
pub struct MediaEngine {
    house: Arc<House>,
    pacers: Mutex<Vec<JoinHandle<()>>>,
    clerk: Option<JoinHandle<()>>,
}

impl MediaEngine {
    /// Starts the threads.
    ///
    /// # Errors
    /// [`MediaError::Thread`] or [`MediaError::Random`] if the system gives none.
    pub fn start(config: MediaConfig) -> Result<Self, MediaError> {
        let wanted = match config.threads {
            0 => thread::available_parallelism().map_or(1, usize::from),
            n => n,
        };
        let retire = Retire::new();
        let lateness = Arc::new(Lateness::new());
        let (jobs, clerk) = start_clerk(retire.clone())?;
        let start = Start {
            realtime: config.realtime,
            lateness: &lateness,
            retire: &retire,
        };
        let (posts, pacers, precedence) = start.pacers(wanted)?;
        let house = Arc::new(House {
            posts,
            jobs,
            ports: Ports::new(config.ports, session::random_u32()?),
            lateness,
            retire,
            ids: AtomicU64::new(1),
            precedence,
        });
        Ok(Self {
            house,
            pacers: Mutex::new(pacers),
            clerk: Some(clerk),
        })
    }

    /// Opens a session: its RTP and RTCP ports are bound from now on, so that SDP can name them.
    ///
    /// # Errors
    /// [`MediaError::PortsExhausted`] if no pair is free, [`MediaError::LocalAddress`] if the address is not this
    /// machine's, [`MediaError::Socket`], [`MediaError::Random`], [`MediaError::Stopped`].
    pub fn open(&self, config: SessionConfig) -> Result<MediaSession, MediaError> {
        let sockets = self.house.ports.open(config.local_ip)?;
        let id = self.house.ids.fetch_add(1, Ordering::Relaxed);
        let parts = session::Parts::new(id, &config, sockets, self.house.retire.clone())?;
        self.enter(id, parts)
    }

    /// Opens a session whose frames are carried by somebody else: no port is bound (the configuration's address is not
    /// used), and the stream is set up at once.
    ///
    /// # Errors
    /// [`MediaError::Random`], [`MediaError::Stopped`].
    pub fn open_wired(&self, config: SessionConfig, law: Law) -> Result<(MediaSession, Wire), MediaError> {
        let id = self.house.ids.fetch_add(1, Ordering::Relaxed);
        let (parts, wire) = session::Parts::wired(id, &config, law, self.house.retire.clone())?;
        let session = self.enter(id, parts)?;
        session.configure(law.negotiation())?;
        Ok((session, wire))
    }

    fn enter(&self, id: u64, parts: session::Parts) -> Result<MediaSession, MediaError> {
        let post = self.house.enter();
        if !self
            .house
            .order(post, Order::Add(Box::new(Call::new(parts.call))))
        {
            self.house.leave(post);
            return Err(MediaError::Stopped);
        }
        Ok(MediaSession::new(id, post, Arc::clone(&self.house), parts.front))
    }

    /// How punctually frames were sent, over all calls.
    #[must_use]
    pub fn pacing(&self) -> Pacing {
        self.house.lateness.snapshot()
    }

    /// How far the pacers go before other threads: worth a warning at the start if it is not real-time.
    #[must_use]
    pub fn precedence(&self) -> Precedence {
        self.house.precedence
    }

    /// Counts punctuality anew.
    pub fn reset_pacing(&self) {
        self.house.lateness.reset();
    }

    /// Sessions open.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.house
            .posts
            .iter()
            .map(|post| post.calls.load(Ordering::Relaxed))
            .sum()
    }
}

impl Drop for MediaEngine {
    fn drop(&mut self) {
        for post in &self.house.posts {
            // A pacer that has stopped needs no order to.
            let _ = post.orders.send(Order::Stop);
        }
        let mut pacers = self.pacers.lock().unwrap_or_else(PoisonError::into_inner);
        pacers.drain(..).for_each(|pacer| join(pacer, "pacer"));
        self.house.job(Job::Stop);
        if let Some(clerk) = self.clerk.take() {
            join(clerk, "clerk");
        }
    }
}

fn join(thread: JoinHandle<()>, what: &str) {
    if thread.join().is_err() {
        tracing::error!("the media {what} had panicked");
    }
}

fn start_clerk(retire: Retire) -> Result<(mpsc::Sender<Job>, JoinHandle<()>), MediaError> {
    let (jobs, inbox) = mpsc::channel();
    let clerk = Clerk::new(inbox, retire);
    let thread = thread::Builder::new()
        .name("media-clerk".into())
        .spawn(move || clerk.run());
    Ok((jobs, thread.map_err(MediaError::Thread)?))
}

type Posts = (Vec<Post>, Vec<JoinHandle<()>>, Precedence);

/// What pacers start with.
struct Start<'a> {
    realtime: bool,
    lateness: &'a Arc<Lateness>,
    retire: &'a Retire,
}

impl Start<'_> {
    /// Starts pacers and waits until each knows its precedence; the least of them counts.
    fn pacers(&self, count: usize) -> Result<Posts, MediaError> {
        let (tell, told) = mpsc::channel();
        let (mut posts, mut threads) = (Vec::new(), Vec::new());
        for n in 0..count.max(1) {
            let (orders, inbox) = mpsc::channel();
            let pacer = Pacer::new(inbox, Arc::clone(self.lateness), self.retire.clone());
            let (tell, realtime) = (tell.clone(), self.realtime);
            let work = move || {
                // Nobody listens if the engine could not be started; the pacer then ends at once.
                let _ = tell.send(precedence::take(realtime));
                pacer.run();
            };
            threads.push(
                thread::Builder::new()
                    .name(format!("media-{n}"))
                    .spawn(work)
                    .map_err(MediaError::Thread)?,
            );
            posts.push(Post {
                orders,
                calls: AtomicUsize::new(0),
            });
        }
        drop(tell);
        Ok((
            posts,
            threads,
            told.iter()
                .take(count.max(1))
                .min()
                .unwrap_or(Precedence::Ordinary),
        ))
    }
}
