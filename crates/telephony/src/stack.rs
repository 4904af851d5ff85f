//! The stack as the server sees it: start it, take events from it, place calls with it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::call::{IncomingCall, Leg, LegControl, OutgoingCall};
use crate::config::{Proto, SipConfig};
use crate::engine::{Command, Engine, LEG_EVENTS, Output};
use crate::error::SipError;
use crate::msg::Uri;
use crate::registrar::Binding;
use crate::transport::guard::{Guard, GuardFigures};
use crate::transport::{Flow, Inbox, Names, Peer, Transport, local_ip_towards};
use crate::trunk::Trunk;

/// What happens outside of legs.
#[derive(Debug)]
pub enum SipEvent {
    /// Somebody calls.
    IncomingCall(Box<IncomingCall>),
    /// A registration at a provider stands for so many seconds.
    Registered {
        /// The trunk.
        trunk: String,
        /// Seconds granted.
        expires: u32,
    },
    /// A registration at a provider failed; it is tried again.
    RegistrationFailed {
        /// The trunk.
        trunk: String,
        /// Status code; 408 for no answer, 0 when its name has no address.
        code: u16,
        /// When it is tried again.
        retry_in: Duration,
    },
    /// A softphone of this account has registered or refreshed.
    Bound {
        /// The account.
        account: String,
    },
    /// The last softphone of this account is gone.
    Unbound {
        /// The account.
        account: String,
    },
}

/// The answer to a ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionsReply {
    /// Status code; 408 for none. Any other means that somebody is there.
    pub code: u16,
    /// Time from the request to its answer.
    pub rtt: Duration,
}

/// Events that may wait to be read by the server.
const EVENTS: usize = 1024;
/// How long the end of calls is waited for at shutdown.
const LAST_WORDS: Duration = Duration::from_secs(2);

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
        };
        let task = Mutex::new(Some(tokio::spawn(driver.run())));
        let alive = AliveGuard(command_tx.clone());
        let inner = Inner {
            commands: command_tx,
            bound,
            ways,
            names: names.clone(),
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

    /// Places a call. Host names are looked up here.
    ///
    /// # Errors
    /// An address that is none, cannot be resolved, or that no socket of ours reaches.
    pub async fn call(&self, mut call: OutgoingCall) -> Result<Leg, SipError> {
        let flow = self.route(&mut call).await?;
        let id = self.inner.next_leg.fetch_add(2, Ordering::Relaxed);
        let (events, receiver) = mpsc::channel(LEG_EVENTS);
        let control = LegControl {
            id,
            commands: self.inner.commands.clone(),
        };
        let command = Command::Call {
            leg: id,
            call: Box::new(call),
            flow,
            events,
        };
        self.inner.commands.send(command).map_err(|_| SipError::Stopped)?;
        Ok(Leg::new(control, receiver))
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

    /// Completes the address of a call by its trunk, and finds the way there.
    async fn route(&self, call: &mut OutgoingCall) -> Result<Flow, SipError> {
        let trunk = match &call.trunk {
            Some(id) => Some(self.trunk(id)?),
            None => None,
        };
        let server = trunk.and_then(|(_, t)| t.server.clone());
        if let (Some(server), false) = (&server, call.to.contains(':')) {
            call.to = format!("sip:{}@{server}", call.to);
        }
        let bad = || SipError::Address(call.to.clone());
        let uri = Uri::parse(&call.to).ok_or_else(bad)?;
        if let Some(flow) = call.flow {
            return Ok(flow);
        }
        let sip = uri.sip().ok_or_else(bad)?;
        let proto = match (sip.proto(), trunk) {
            (Proto::Udp, Some((_, t))) => t.proto,
            (proto, _) => proto,
        };
        let port = sip.port.unwrap_or(proto.default_port());
        let host = match server {
            Some(server) => server,
            None if sip.host.contains(':') => format!("[{}]:{port}", sip.host),
            None => format!("{}:{port}", sip.host),
        };
        let (addrs, peer) = resolve(&host, proto.default_port()).await;
        self.inner.names.note(&addrs, &expected(peer, trunk));
        let first = *addrs.first().ok_or_else(|| SipError::Resolve(host.clone()))?;
        let usable = addrs.iter().find_map(|a| Some((*a, self.socket_for(proto, *a)?)));
        let (remote, local) = usable.ok_or(SipError::NoSocket(proto, first))?;
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

/// `host` or `host:port` to addresses, and the host alone.
async fn resolve(server: &str, default_port: u16) -> (Vec<SocketAddr>, String) {
    let Some((host, port)) = crate::msg::host_port(server) else {
        return (Vec::new(), String::new());
    };
    let found = tokio::net::lookup_host((host.as_str(), port.unwrap_or(default_port))).await;
    (found.map(Iterator::collect).unwrap_or_default(), host)
}

/// Whose certificate a server must show.
fn expected(host: String, trunk: Option<(usize, &Trunk)>) -> Peer {
    let named = trunk.and_then(|(_, t)| t.certificate_name.clone());
    Peer {
        name: named.unwrap_or(host),
        trunk: trunk.map(|(n, _)| n),
    }
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

/// The task that owns the engine: reads sockets, orders and the clock, writes sockets.
struct Driver {
    engine: Engine,
    transport: Transport,
    packets: Inbox,
    commands: mpsc::UnboundedReceiver<Command>,
    sender: mpsc::UnboundedSender<Command>,
    names: Names,
}

impl Driver {
    async fn run(mut self) {
        let mut deadline: Option<Instant> = None;
        loop {
            self.carry_out();
            if deadline.is_some_and(|end| self.engine.is_quiet() || Instant::now() >= end) {
                return;
            }
            let now = Instant::now();
            let wake = [self.engine.next_wake(), deadline].into_iter().flatten().min();
            if wake.is_some_and(|w| w <= now) {
                // Whatever else comes in, timers are kept.
                self.engine.wake(now);
                continue;
            }
            let wake = tokio::time::Instant::from_std(wake.unwrap_or(now + LAST_WORDS));
            tokio::select! {
                // Orders are few, and calls wait for them; of messages those of strangers come last.
                biased;
                Some(command) = self.commands.recv() => {
                    if matches!(command, Command::Shutdown) && deadline.is_none() {
                        deadline = Some(Instant::now() + LAST_WORDS);
                    }
                    self.engine.command(Instant::now(), command);
                }
                Some(packet) = self.packets.next() => self.engine.packet(Instant::now(), &packet),
                () = tokio::time::sleep_until(wake) => {}
            }
        }
    }

    fn carry_out(&mut self) {
        for output in self.engine.outputs() {
            match output {
                Output::Send(flow, bytes) => self.transport.send(flow, bytes),
                Output::Close(conn) => self.transport.close(conn),
                Output::Tell(notice) => self.transport.guard().notice(Instant::now(), notice),
                Output::Resolve { trunk, of } => {
                    let (sender, names) = (self.sender.clone(), self.names.clone());
                    tokio::spawn(async move {
                        let server = of.server.clone().unwrap_or_default();
                        let (addrs, host) = resolve(&server, of.proto.default_port()).await;
                        names.note(&addrs, &expected(host, Some((trunk, &of))));
                        let _ = sender.send(Command::Resolved { trunk, addrs });
                    });
                }
            }
        }
    }
}
