//! The user agent without sockets: messages, orders and the time go in; octets and events come out. One task owns it,
//! so there are no locks; everything it keeps is bounded by [`crate::config::Limits`].

pub(crate) mod admission;
mod bindings;
mod client;
mod hedge;
mod inbound;
mod indialog;
mod invite;
mod leg;
mod lost;
mod moves;
mod offers;
mod outgoing;
mod ping;
mod provisional;
mod pull;
mod register;
mod server;
mod session;
#[cfg(test)]
mod tests;
mod timers;
mod trunks;
mod turn;
mod wary;
mod watch;

use std::collections::HashMap;
use std::hash::RandomState;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot, watch as latest};

use crate::auth::Nonces;
use crate::call::{LegEvent, OutgoingCall};
use crate::config::{Offence, Proto, SipConfig};
use crate::msg::bracketed;
use crate::pull::{PullEnd, PullState};
use crate::random::Ids;
use crate::registrar::{Binding, Registrar};
use crate::resolve::Target;
use crate::stack::{OptionsReply, SipEvent, TrunkReport};
use crate::transport::guard::{Notice, Scanners, Way};
use crate::transport::{Flow, Packet, local_ip_towards};
use crate::wire::{Verdict, check};
use admission::{Admission, Lines};
use client::ClientTx;
use hedge::Group;
pub(crate) use invite::LEG_EVENTS;
use leg::LegState;
use register::Registering;
use server::ServerTx;
use timers::{Due, TimerQueue};
use trunks::TrunkState;

/// Orders from the server's side.
#[derive(Debug)]
pub(crate) enum Command {
    Provisional {
        leg: u64,
        code: u16,
        sdp: Option<String>,
    },
    Answer {
        leg: u64,
        sdp: String,
    },
    Reject {
        leg: u64,
        code: u16,
        reason: Option<String>,
        retry_after: Option<u32>,
    },
    Hangup {
        leg: u64,
    },
    Reinvite {
        leg: u64,
        sdp: String,
    },
    AcceptOffer {
        leg: u64,
        key: String,
        sdp: String,
    },
    RejectOffer {
        leg: u64,
        key: String,
        code: u16,
    },
    Call {
        leg: u64,
        call: Box<OutgoingCall>,
        flow: Flow,
        events: mpsc::Sender<LegEvent>,
    },
    CallByTrunks {
        leg: u64,
        call: Box<OutgoingCall>,
        trunks: Vec<(usize, Vec<Target>)>,
        events: mpsc::Sender<LegEvent>,
    },
    Trunks {
        reply: oneshot::Sender<Vec<TrunkReport>>,
    },
    Options {
        flow: Flow,
        uri: String,
        reply: oneshot::Sender<OptionsReply>,
    },
    Bindings {
        account: String,
        reply: oneshot::Sender<Vec<Binding>>,
    },
    Resolved {
        trunk: usize,
        targets: Vec<Target>,
        good_for: Option<Duration>,
    },
    Pull {
        id: u64,
        trunk: usize,
        time: Duration,
        told: latest::Sender<PullState>,
    },
    PutBack {
        id: u64,
        forget: bool,
    },
    Shutdown,
}

/// What the engine wants done.
#[derive(Debug)]
pub(crate) enum Output {
    Send(Flow, Vec<u8>),
    Close(u64),
    /// Closes all connections with a peer: they are from an address that we do not have any more.
    Forget(IpAddr),
    Tell(Notice),
    Resolve {
        trunk: usize,
        of: Box<crate::trunk::Trunk>,
    },
}

/// The user agent.
pub(crate) struct Engine {
    cfg: SipConfig,
    bound: Vec<(Proto, SocketAddr)>,
    ids: Ids,
    start: Instant,
    now: Instant,
    outputs: Vec<Output>,
    timers: TimerQueue,
    server_txs: HashMap<String, ServerTx>,
    /// Call-ID, From tag and CSeq of INVITEs in work, to know a merged request (RFC 3261 §8.2.2.2).
    merged: HashMap<String, String>,
    client_txs: HashMap<String, ClientTx>,
    legs: HashMap<u64, LegState>,
    dialogs: HashMap<String, u64>,
    admission: Admission,
    scanners: Scanners,
    lines: Lines,
    /// Nobody known sent what is worked on.
    stranger: bool,
    /// Makes tags of strangers' requests, the same again for the same request.
    tags: RandomState,
    nonces: Nonces,
    registrar: Registrar,
    registering: Vec<Option<Registering>>,
    trunks: Vec<TrunkState>,
    pulled: Option<pull::Pull>,
    groups: HashMap<u64, Group>,
    local_ips: HashMap<IpAddr, IpAddr>,
    /// Our address towards peers, as it was when it was looked at last.
    seen_ips: HashMap<IpAddr, IpAddr>,
    next_leg: u64,
    events: mpsc::Sender<SipEvent>,
    commands: mpsc::UnboundedSender<Command>,
    closing: bool,
}

/// Legs that the server numbers (outgoing) are odd, legs that the engine numbers are even.
const LEG_STEP: u64 = 2;
/// How long a nonce of ours is good.
const NONCE_LIFETIME: Duration = Duration::from_secs(300);
/// Bindings and dialogs are looked through this often.
const SWEEP: Duration = Duration::from_secs(10);
/// Addresses whose local counterpart is remembered.
const MAX_LOCAL_IPS: usize = 4096;

impl Engine {
    pub(crate) fn new(
        cfg: SipConfig,
        bound: Vec<(Proto, SocketAddr)>,
        now: Instant,
        events: mpsc::Sender<SipEvent>,
        commands: mpsc::UnboundedSender<Command>,
    ) -> Self {
        let mut timers = TimerQueue::default();
        timers.set(now + SWEEP, Due::Sweep);
        let trunks = cfg.trunks.len();
        let mut engine = Self {
            bound,
            ids: Ids::default(),
            start: now,
            now,
            outputs: Vec::new(),
            timers,
            server_txs: HashMap::new(),
            merged: HashMap::new(),
            client_txs: HashMap::new(),
            legs: HashMap::new(),
            dialogs: HashMap::new(),
            admission: Admission::new(&cfg.limits),
            scanners: Scanners::new(&cfg.guard.scanners),
            lines: Lines::default(),
            stranger: false,
            tags: RandomState::new(),
            nonces: Nonces::new(&cfg.domain, crate::random::bytes(), NONCE_LIFETIME, &cfg.digests),
            registrar: Registrar::new(cfg.limits.max_contacts),
            registering: Vec::new(),
            trunks: (0..trunks).map(|_| TrunkState::new(now)).collect(),
            pulled: None,
            groups: HashMap::new(),
            local_ips: HashMap::new(),
            seen_ips: HashMap::new(),
            next_leg: LEG_STEP,
            events,
            commands,
            closing: false,
            cfg,
        };
        if engine.roams() {
            engine.timers.set(now + moves::LOOK, Due::Moves);
        }
        engine.start_registrations();
        engine
    }

    /// When to call [`Engine::wake`] at the latest.
    pub(crate) fn next_wake(&self) -> Option<Instant> {
        self.timers.next_at()
    }

    /// What is to be done now.
    pub(crate) fn outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    /// Nothing is left that waits for an answer: the stack may stop.
    pub(crate) fn is_quiet(&self) -> bool {
        self.legs.is_empty() && self.client_txs.values().all(ClientTx::is_done)
    }

    /// The time has come.
    pub(crate) fn wake(&mut self, now: Instant) {
        self.now = now;
        while let Some(due) = self.timers.pop(now) {
            match due {
                Due::ServerResend(key) => self.server_resend(&key),
                Due::ServerEnd(key) => self.server_end(&key),
                Due::ClientResend(key) => self.client_resend(&key),
                Due::ClientEnd(key) => self.client_end(&key),
                Due::Leg(id, timer) => self.leg_timer(id, timer),
                Due::Register(trunk) => self.register_due(trunk),
                Due::Hedge(call) => self.hedge_due(call),
                Due::Watch(trunk) => self.watch_due(trunk),
                Due::Health(trunk) => self.health_due(trunk),
                Due::Ping(trunk) => self.ping_trunk(trunk),
                Due::PingLate(trunk, number) => self.ping_late(trunk, number),
                Due::Resolve(trunk) => self.ask_address(trunk),
                Due::PutBack => self.put_back(None, false),
                Due::Moves => self.look_for_moves(),
                Due::Sweep => self.sweep(),
            }
        }
    }

    fn sweep(&mut self) {
        self.timers.set(self.now + SWEEP, Due::Sweep);
        self.name_familiar();
        for account in self.registrar.expire(self.now) {
            self.emit(SipEvent::Unbound { account });
        }
    }

    /// Octets have arrived.
    pub(crate) fn packet(&mut self, now: Instant, packet: &Packet) {
        self.now = now;
        self.stranger = packet.stranger;
        let (flow, framed) = (packet.flow, packet.flow.proto.is_stream());
        if packet.broken && packet.bytes.is_empty() {
            return self.unreachable(flow);
        }
        self.heard_from(flow.remote.ip());
        match check(&packet.bytes, framed) {
            Verdict::Request(_) if packet.broken => {}
            Verdict::Request(r) => self.request(*r, flow),
            Verdict::Response(r) => self.response(*r),
            Verdict::Answer(mut resp, via) => {
                self.offence(flow, Offence::Malformed);
                if self.admission.stranger(now, flow.remote.ip()) {
                    let back = server::way_back(flow, via.as_ref());
                    if let Some(via) = via {
                        server::stamp(&mut resp.headers, &via, flow.remote);
                    }
                    self.outputs.push(Output::Send(back, resp.to_bytes()));
                }
            }
            Verdict::Ignore(why) => tracing::debug!(why, "message dropped"),
            Verdict::KeepAlive => {}
        }
        if packet.broken {
            self.outputs.push(Output::Close(flow.conn));
        }
    }

    /// The server gives an order.
    pub(crate) fn command(&mut self, now: Instant, command: Command) {
        self.now = now;
        match command {
            Command::Provisional { leg, code, sdp } => self.provisional(leg, code, sdp),
            Command::Answer { leg, sdp } => self.answer(leg, sdp),
            Command::Reject {
                leg,
                code,
                reason,
                retry_after,
            } => self.reject(leg, code, reason.as_deref(), retry_after),
            Command::Hangup { leg } => self.hangup(self.meant(leg)),
            Command::Reinvite { leg, sdp } => self.reinvite(self.meant(leg), sdp),
            Command::AcceptOffer { leg, key, sdp } => self.accept_offer(leg, &key, sdp),
            Command::RejectOffer { leg, key, code } => self.reject_offer(leg, &key, code),
            Command::Call {
                leg,
                call,
                flow,
                events,
            } => self.place(leg, *call, flow, events),
            Command::CallByTrunks {
                leg,
                call,
                trunks,
                events,
            } => self.place_by_trunks(leg, *call, trunks, events),
            Command::Trunks { reply } => {
                let _ = reply.send(self.trunk_reports());
            }
            Command::Options { flow, uri, reply } => self.ping(flow, &uri, reply),
            Command::Bindings { account, reply } => {
                let _ = reply.send(self.registrar.bindings(&account, self.now));
            }
            Command::Resolved {
                trunk,
                targets,
                good_for,
            } => self.resolved(trunk, targets, good_for),
            Command::Pull {
                id,
                trunk,
                time,
                told,
            } => self.pull(id, trunk, time, told),
            Command::PutBack { id, forget } => self.put_back(Some(id), forget),
            Command::Shutdown => self.shutdown(),
        }
    }

    fn shutdown(&mut self) {
        self.end_pull(PullEnd::Stopped);
        self.closing = true;
        let legs: Vec<u64> = self.legs.keys().copied().collect();
        for leg in legs {
            self.end_by_stack(leg, crate::call::EndCause::Shutdown);
        }
        self.unregister_all();
    }

    /// An event for the server; one that does not read loses events, not the stack.
    fn emit(&self, event: SipEvent) {
        if self.events.try_send(event).is_err() {
            tracing::warn!("the server does not read SIP events; one was lost");
        }
    }

    /// Our address towards a peer, for Contact, Via and media.
    fn local_ip(&mut self, flow: Flow) -> IpAddr {
        if let Some(ip) = self
            .cfg
            .advertised
            .filter(|a| a.is_ipv4() == flow.remote.is_ipv4())
        {
            return ip;
        }
        if !flow.local.ip().is_unspecified() {
            return flow.local.ip();
        }
        let remote = flow.remote.ip();
        if self.local_ips.len() >= MAX_LOCAL_IPS {
            self.local_ips.clear();
        }
        *self
            .local_ips
            .entry(remote)
            .or_insert_with(|| local_ip_towards(remote).unwrap_or(flow.local.ip()))
    }

    /// `host:port` of ours towards a peer.
    fn host_port(&mut self, flow: Flow) -> String {
        let ip = self.local_ip(flow);
        format!("{}:{}", bracketed(&ip.to_string()), flow.local.port())
    }

    /// The Contact value that reaches us. A dialog that began with a `sips:` address stays with such (RFC 3261 §12.1.1).
    fn contact(&mut self, flow: Flow, sips: bool) -> String {
        let scheme = if sips { "sips" } else { "sip" };
        let transport = match flow.proto {
            Proto::Tcp => ";transport=tcp",
            Proto::Tls if !sips => ";transport=tls",
            Proto::Udp | Proto::Tls => "",
        };
        format!("<{scheme}:biseo@{}{transport}>", self.host_port(flow))
    }

    /// The socket of ours that reaches an address.
    fn socket_for(&self, proto: Proto, remote: SocketAddr) -> Option<SocketAddr> {
        let fits = |(p, a): &&(Proto, SocketAddr)| *p == proto && a.is_ipv4() == remote.is_ipv4();
        self.bound.iter().find(fits).map(|(_, a)| *a)
    }
}

/// Whether an address is a `sips:` one.
fn is_sips(uri: &str) -> bool {
    uri.get(..5).is_some_and(|s| s.eq_ignore_ascii_case("sips:"))
}
