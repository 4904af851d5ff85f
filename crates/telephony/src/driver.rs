//! The task behind a stack: between sockets, clock and engine.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::engine::{Command, Engine, Output};
use crate::resolve::{Resolver, Server, Target};
use crate::transport::{Inbox, Names, Peer, Transport};
use crate::trunk::Trunk;

/// How long the end of calls is waited for at shutdown.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The task that owns the engine: reads sockets, orders and the clock, writes sockets.
pub(crate) struct Driver {
    pub(crate) engine: Engine,
    pub(crate) transport: Transport,
    pub(crate) packets: Inbox,
    pub(crate) commands: mpsc::UnboundedReceiver<Command>,
    pub(crate) sender: mpsc::UnboundedSender<Command>,
    pub(crate) names: Names,
    pub(crate) resolver: Resolver,
}

impl Driver {
    pub(crate) async fn run(mut self) {
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
                Output::Forget(remote) => self.transport.forget(remote),
                Output::Tell(notice) => self.transport.guard().notice(Instant::now(), notice),
                Output::Resolve { trunk, of } => self.resolve(trunk, &of),
            }
        }
    }

    /// Looks a trunk's server up, beside everything else.
    fn resolve(&self, trunk: usize, of: &Trunk) {
        let text = of.server.as_deref().unwrap_or_default();
        let Some(server) = Server::read(text, of.proto, of.any_proto) else {
            return;
        };
        let peer = expected(server.host.clone(), Some((trunk, of)));
        let (sender, names, resolver) = (self.sender.clone(), self.names.clone(), self.resolver.clone());
        tokio::spawn(async move {
            let found = resolver.find(&server).await;
            note(&names, &found.targets, &peer);
            let _ = sender.send(Command::Resolved {
                trunk,
                targets: found.targets,
                good_for: found.good_for,
            });
        });
    }
}

/// Notes by which name places were found.
pub(crate) fn note(names: &Names, targets: &[Target], peer: &Peer) {
    let addrs: Vec<SocketAddr> = targets.iter().map(|t| t.addr).collect();
    names.note(&addrs, peer);
}

/// Whose certificate a server must show.
pub(crate) fn expected(host: String, trunk: Option<(usize, &Trunk)>) -> Peer {
    let named = trunk.and_then(|(_, t)| t.certificate_name.clone());
    Peer {
        name: named.unwrap_or(host),
        trunk: trunk.map(|(n, _)| n),
    }
}
