//! The stack as the server sees it: start it, take events from it, place calls with it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::call::{Leg, LegControl, OutgoingCall};
use crate::config::{Proto, SipConfig};
use crate::driver::{Driver, expected, note};
use crate::engine::{Command, Engine, LEG_EVENTS};
use crate::error::SipError;
pub use crate::events::{OptionsReply, RefusedCall, SipEvent, TrunkReport};
use crate::msg::Uri;
use crate::pull::{PullState, Pulled};
use crate::registrar::Binding;
use crate::resolve::{Resolver, Server, Target};
use crate::transport::guard::{Guard, GuardFigures};
use crate::transport::{Flow, Names, Transport, local_ip_towards};
use crate::trunk::Trunk;

/// Events that may wait to be read by the server.
const EVENTS: usize = 1024;
/// How long a call waits for the names of all its trunks, once one is known.
const NAMES: Duration = Duration::from_millis(500);

/// A running SIP stack. Cheap to clone; it stops with [`SipStack::shutdown`] or when the last clone is dropped.
#[derive(Clone)]
pub struct SipStack {
    inner: Arc<Inner>,
}

struct Inner {
    commands: mpsc::UnboundedSender<Command>,
    bound: Vec<(Proto, SocketAddr)>,
    /// Those from which calls can be placed: TLS needs no listener for that.
    ways: Vec<(Proto, SocketAddr)>,
    names: Names,
    resolver: Resolver,
    guard: Arc<Guard>,
    config: SipConfig,
    next_leg: AtomicU64,
    task: Mutex<Option<JoinHandle<()>>>,
    alive: AliveGuard,
}

/// Ends the engine's task when the last handle is gone, after it has said good-bye to every call.
struct AliveGuard(mpsc::UnboundedSender<Command>);

impl Drop for AliveGuard {
    fn drop(&mut self) {
        let _ = self.0.send(Command::Shutdown);
    }
}

impl SipStack {
    /// Binds the sockets and starts.
    ///
    /// # Errors
    /// [`SipError::Bind`] says which address could not be had and what to do about it, [`SipError::Tls`] which file.
    pub async fn start(config: SipConfig) -> Result<(Self, mpsc::Receiver<SipEvent>), SipError> {
        if config.listen.is_empty() {
            return Err(SipError::NoListen);
        }
        let (transport, packets) = Transport::bind(&config).await?;
        let guard = Arc::clone(transport.guard());
        let (bound, names) = (transport.bound().to_vec(), transport.names());
        let ways = ways(&bound);
        let resolver = Resolver::new(&config.name_servers);
        let (event_tx, event_rx) = mpsc::channel(EVENTS);
        let (command_tx, command_rx) = mpsc::unbounded_channel();
        let engine = Engine::new(
            config.clone(),
            ways.clone(),
            Instant::now(),
            event_tx,
            command_tx.clone(),
        );
        let driver = Driver {
            engine,
            transport,
            packets,
            commands: command_rx,
            sender: command_tx.clone(),
            names: names.clone(),
            resolver: resolver.clone(),
        };
        let task = Mutex::new(Some(tokio::spawn(driver.run())));
        let alive = AliveGuard(command_tx.clone());
        let inner = Inner {
            commands: command_tx,
            bound,
            ways,
            names: names.clone(),
            resolver,
            guard,
            config,
            next_leg: AtomicU64::new(1),
            task,
            alive,
        };
        Ok((
            Self {
                inner: Arc::new(inner),
            },
            event_rx,
        ))
    }

    /// The addresses in use, with the ports the system gave.
    #[must_use]
    pub fn bound(&self) -> &[(Proto, SocketAddr)] {
        &self.inner.bound
    }

    /// What its own protection has done since the start.
    #[must_use]
    pub fn guard(&self) -> GuardFigures {
        self.inner.guard.figures()
    }

    /// Our address on the way to a peer (or the advertised one): for media of outgoing calls.
    #[must_use]
    pub fn media_ip(&self, remote: IpAddr) -> Option<IpAddr> {
        let advertised = self
            .inner
            .config
            .advertised
            .filter(|a| a.is_ipv4() == remote.is_ipv4());
        advertised.or_else(|| local_ip_towards(remote))
    }

    /// Places a call. Host names are looked up here (RFC 3263).
    ///
    /// By trunks ([`OutgoingCall::trunks`]) the call begins with the one that priority, weight and health put first. The next one is tried as
    /// soon as a trunk cannot carry the call (no way there, no answer, 5xx), when it shows no sign of life for
    /// [`crate::config::Timers::hedge`], or when it falls silent while it rings; never after an answer of the callee (486, 603, 404 and the
    /// like). Once one rings the others are cancelled, and two are never up. All this is one leg. Trunks that have asked to be left alone (503
    /// with Retry-After, RFC 7339) are not tried, unless the call is [`OutgoingCall::urgent`]; where none is left the call ends with 503 and
    /// the time that is left.
    ///
    /// ```no_run
    /// # async fn place(stack: &biseo_telephony::SipStack, offer: String) -> Result<(), biseo_telephony::SipError> {
    /// use biseo_telephony::OutgoingCall;
    ///
    /// let call = OutgoingCall {
    ///     to: "0212345678".into(),
    ///     trunks: vec!["kt".into(), "lg".into()],
    ///     sdp: offer,
    ///     ..OutgoingCall::default()
    /// };
    /// let mut leg = stack.call(call).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// An address that is none, cannot be resolved, or that no socket of ours reaches; of trunks, if that is so of all.
    pub async fn call(&self, mut call: OutgoingCall) -> Result<Leg, SipError> {
        let (events, receiver) = mpsc::channel(LEG_EVENTS);
        let by_trunks = call.flow.is_none() && (call.trunk.is_some() || !call.trunks.is_empty());
        let ways = if by_trunks {
            Ways::Trunks(self.trunks_of(&call).await?)
        } else {
            Ways::One(self.route(&mut call).await?)
        };
        let id = self.inner.next_leg.fetch_add(2, Ordering::Relaxed);
        let control = LegControl {
            id,
            commands: self.inner.commands.clone(),
        };
        let call = Box::new(call);
        let command = match ways {
            Ways::One(flow) => Command::Call {
                leg: id,
                call,
                flow,
                events,
            },
            Ways::Trunks(trunks) => Command::CallByTrunks {
                leg: id,
                call,
                trunks,
                events,
            },
        };
        self.inner.commands.send(command).map_err(|_| SipError::Stopped)?;
        Ok(Leg::new(control, receiver))
    }

    /// How all trunks are doing.
    ///
    /// # Errors
    /// The stack has stopped.
    pub async fn trunks(&self) -> Result<Vec<TrunkReport>, SipError> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Trunks { reply };
        self.inner.commands.send(command).map_err(|_| SipError::Stopped)?;
        answer.await.map_err(|_| SipError::Stopped)
    }

    /// Treats a trunk as dead for so long, to see that calls go on without it: calls by it are refused (503), calls of ours take the others
    /// first, and it is reported as down. Calls under way and registrations stay.
    ///
    /// It does not begin if no other trunk is well, and ends at once when none is left, or when a caller whom it refused comes by it again. A
    /// call that comes by it while no other trunk is well is taken. Only one trunk is pulled at a time. Waits for nobody: what became of it
    /// is told by [`Pulled::state`], and [`Pulled`] must be kept as long as it is to last.
    ///
    /// # Errors
    /// There is no trunk of that name, or the stack has stopped.
    pub fn pull(&self, trunk: &str, time: Duration) -> Result<Pulled, SipError> {
        let (trunk, _) = self.trunk(trunk)?;
        let id = self.inner.next_leg.fetch_add(2, Ordering::Relaxed);
        let (told, receiver) = watch::channel(PullState::default());
        let command = Command::Pull {
            id,
            trunk,
            time,
            told,
        };
        self.inner.commands.send(command).map_err(|_| SipError::Stopped)?;
        Ok(Pulled::new(id, self.inner.commands.clone(), receiver))
    }

    /// Asks somebody whether they are there (OPTIONS).
    ///
    /// # Errors
    /// As [`SipStack::call`]. No answer is a reply with code 408.
    pub async fn options(&self, uri: &str) -> Result<OptionsReply, SipError> {
        let mut call = OutgoingCall {
            to: uri.to_owned(),
            ..OutgoingCall::default()
        };
        let flow = self.route(&mut call).await?;
        let (reply, answer) = oneshot::channel();
        self.inner
            .commands
            .send(Command::Options {
                flow,
                uri: call.to,
                reply,
            })
            .map_err(|_| SipError::Stopped)?;
        answer.await.map_err(|_| SipError::Stopped)
    }

    /// Where an account of ours can be reached, best first. Call with [`OutgoingCall::to`] = contact and
    /// [`OutgoingCall::flow`] = flow.
    ///
    /// # Errors
    /// The stack has stopped.
    pub async fn bindings(&self, account: &str) -> Result<Vec<Binding>, SipError> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Bindings {
            account: account.to_owned(),
            reply,
        };
        self.inner.commands.send(command).map_err(|_| SipError::Stopped)?;
        answer.await.map_err(|_| SipError::Stopped)
    }

    /// Ends every call with BYE, refuses new ones, takes registrations back, and stops: at most two seconds.
    pub async fn shutdown(&self) {
        let _ = self.inner.commands.send(Command::Shutdown);
        if let Some(task) = self.inner.task.lock().await.take() {
            let _ = task.await;
        }
    }

    /// The trunks of a call with the places where they can be reached. One whose name takes long is not waited for if another is known.
    async fn trunks_of(&self, call: &OutgoingCall) -> Result<Vec<(usize, Vec<Target>)>, SipError> {
        let mut looking = tokio::task::JoinSet::new();
        let mut last = String::new();
        for id in call.trunk.iter().chain(&call.trunks).take(MOST_TRUNKS) {
            let (number, trunk) = self.trunk(id)?;
            let server = trunk.server.clone().unwrap_or_default();
            last.clone_from(&server);
            let Some(server) = Server::read(&server, trunk.proto, trunk.any_proto) else {
                continue;
            };
            let (resolver, names) = (self.inner.resolver.clone(), self.inner.names.clone());
            let peer = expected(server.host.clone(), Some((number, trunk)));
            looking.spawn(async move {
                let targets = resolver.find(&server).await.targets;
                note(&names, &targets, &peer);
                (number, targets)
            });
        }
        let usable = |targets: &[Target]| targets.iter().any(|t| self.socket_for(t.proto, t.addr).is_some());
        let (mut found, mut first) = (Vec::new(), None);
        let mut until = None;
        while let Some(next) = next_by(&mut looking, until).await {
            first = first.or_else(|| next.1.first().copied());
            if usable(&next.1) {
                found.push(next);
                until = until.or_else(|| Some(tokio::time::Instant::now() + NAMES));
            }
        }
        match (found.is_empty(), first) {
            (false, _) => Ok(found),
            (true, Some(t)) => Err(SipError::NoSocket(t.proto, t.addr)),
            (true, None) => Err(SipError::Resolve(last)),
        }
    }

    /// Finds the way to the address of a call.
    async fn route(&self, call: &mut OutgoingCall) -> Result<Flow, SipError> {
        let bad = || SipError::Address(call.to.clone());
        let uri = Uri::parse(&call.to).ok_or_else(bad)?;
        if let Some(flow) = call.flow {
            return Ok(flow);
        }
        let sip = uri.sip().ok_or_else(bad)?;
        let proto = sip.proto();
        let server = Server {
            host: sip.host.clone(),
            port: sip.port,
            proto,
            any_proto: proto == Proto::Udp && sip.params.get("transport").is_none(),
        };
        let targets = self.inner.resolver.find(&server).await.targets;
        note(&self.inner.names, &targets, &expected(server.host.clone(), None));
        let first = *targets.first().ok_or(SipError::Resolve(server.host))?;
        let way = |t: &Target| Some((t.proto, t.addr, self.socket_for(t.proto, t.addr)?));
        let usable = targets.iter().find_map(way);
        let (proto, remote, local) = usable.ok_or(SipError::NoSocket(first.proto, first.addr))?;
        Ok(Flow {
            proto,
            local,
            remote,
            conn: 0,
        })
    }

    fn trunk(&self, id: &str) -> Result<(usize, &Trunk), SipError> {
        let mut all = self.inner.config.trunks.iter().enumerate();
        all.find(|(_, t)| t.id == id)
            .ok_or_else(|| SipError::Address(id.to_owned()))
    }

    fn socket_for(&self, proto: Proto, remote: SocketAddr) -> Option<SocketAddr> {
        let fits = |(p, a): &&(Proto, SocketAddr)| *p == proto && a.is_ipv4() == remote.is_ipv4();
        self.inner.ways.iter().find(fits).map(|(_, a)| *a)
    }
}

impl std::fmt::Debug for SipStack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let _ = &self.inner.alive;
        f.debug_struct("SipStack")
            .field("bound", &self.inner.bound)
            .finish()
    }
}

/// Trunks that one call may name.
const MOST_TRUNKS: usize = 16;

/// The ways of a call.
enum Ways {
    One(Flow),
    Trunks(Vec<(usize, Vec<Target>)>),
}

/// The next trunk whose name has been looked up, at most until then.
async fn next_by(
    looking: &mut tokio::task::JoinSet<(usize, Vec<Target>)>,
    until: Option<tokio::time::Instant>,
) -> Option<(usize, Vec<Target>)> {
    let next = looking.join_next();
    let next = match until {
        Some(until) => tokio::time::timeout_at(until, next).await.ok()?,
        None => next.await,
    };
    // A look-up that failed within is one that found nothing.
    next.map(|found| found.unwrap_or_default())
}

/// What calls can be placed from. TLS needs no socket of its own: without a listener, Via and Contact name the usual port,
/// and the other side answers by the connection that is there (RFC 5923).
fn ways(bound: &[(Proto, SocketAddr)]) -> Vec<(Proto, SocketAddr)> {
    let mut ways = bound.to_vec();
    if !bound.iter().any(|(p, _)| *p == Proto::Tls) {
        for v4 in [true, false] {
            let like = bound.iter().find(|(_, a)| a.is_ipv4() == v4);
            ways.extend(like.map(|(_, a)| (Proto::Tls, SocketAddr::new(a.ip(), Proto::Tls.default_port()))));
        }
    }
    ways
}
