//! The prober's loop: asks in its pace, hears answers and errors, closes windows.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use biseo_line::Tempo;
use biseo_line::evidence::{By, Path, Place, Refusal, Window};
use nix::net::if_::if_nametoindex;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::asked::{Asked, Due};
use crate::beacon::Talk;
use crate::counted::Counted;
use crate::depth::Depth;
use crate::looks::Looks;
use crate::plan::{Pace, Plan, TrunkPlan};
use crate::socket::Ping;
use crate::tally::{Fate, Key, Tally};
use crate::{dns, sip};

/// Whether pings may be sent by this program.
///
/// # Errors
/// What the system says, if neither kind of socket for pings may be opened: the group is not in `net.ipv4.ping_group_range` and the
/// program lacks CAP_NET_RAW.
pub fn may_ping() -> io::Result<()> {
    Ping::open().map(drop)
}

/// Probes until `stop` is set, and gives each window to `each`, who tells how often to ask from then on. Windows are counted from the
/// call, ms. Where pings are not allowed ([`may_ping`]) all the rest is asked and counted, and so it is without the beacon if its secret cannot
/// be read ([`crate::beacon::Secret::read`]).
pub fn run(plan: &Plan, stop: &AtomicBool, mut each: impl FnMut(Window) -> Tempo) {
    let mut prober = Prober::new(plan);
    while !stop.load(Ordering::Relaxed) {
        prober.wait();
        prober.hear();
        prober.expire();
        prober.ask();
        if let Some(window) = prober.close() {
            prober.pace(each(window));
        }
    }
}

/// What a ping is for.
#[derive(Debug, Clone)]
enum Purpose {
    Reach(Key),
    /// The trunk's place in the plan, the hop.
    Path(usize, usize),
}

/// A path that is being followed.
#[derive(Debug)]
struct Trace {
    began: Instant,
    hops: Vec<Option<String>>,
    reached: Option<usize>,
}

struct Prober<'a> {
    plan: &'a Plan,
    /// `None` where pings are not allowed.
    ping: Option<Ping>,
    pace: Pace,
    tempo: Tempo,
    sequence: u16,
    pings: BTreeMap<u16, (Instant, Purpose)>,
    targets: Vec<(Key, SocketAddr)>,
    traces: Vec<Option<Trace>>,
    looks: Looks,
    depths: Vec<Depth>,
    options: Vec<Asked>,
    resolvers: Vec<Asked>,
    beacon: Option<Talk>,
    tag: u32,
    tally: Tally,
    paths: Vec<Path>,
    due: [Due; 5],
    began: Instant,
    late_us: u32,
    before: Counted,
}

/// Where a ping goes. An address of IPv6 that holds on its link alone needs the link named (RFC 4007 §6).
fn on_link(at: IpAddr, interface: &str) -> SocketAddr {
    match at {
        IpAddr::V6(at) if at.is_unicast_link_local() => {
            SocketAddrV6::new(at, 0, 0, if_nametoindex(interface).unwrap_or(0)).into()
        }
        at => SocketAddr::new(at, 0),
    }
}

fn targets(plan: &Plan) -> Vec<(Key, SocketAddr)> {
    let near = plan.uplinks.iter().flat_map(|u| {
        let all = [
            (Place::Gateway, u.gateway),
            (Place::Access, u.access),
            (Place::Carrier, u.carrier),
        ];
        all.into_iter().filter_map(|(place, at)| {
            at.map(|at| ((place, u.name.clone(), By::Icmp), on_link(at, &u.interface)))
        })
    });
    let trunks = plan
        .trunks
        .iter()
        .map(|t| ((Place::Trunk, t.name.clone(), By::Icmp), t.address));
    near.chain(trunks).collect()
}

fn micros(since: Instant, now: Instant) -> u32 {
    u32::try_from(now.duration_since(since).as_micros()).unwrap_or(u32::MAX)
}

impl<'a> Prober<'a> {
    fn new(plan: &'a Plan) -> Self {
        let now = Instant::now();
        Self {
            plan,
            ping: Ping::open().ok(),
            pace: plan.at(Tempo::Quick),
            tempo: Tempo::Quick,
            sequence: fastrand::u16(..),
            pings: BTreeMap::new(),
            targets: targets(plan),
            traces: plan.trunks.iter().map(|_| None).collect(),
            looks: Looks::new(plan.trunks.len()),
            depths: vec![Depth::default(); plan.trunks.len()],
            options: plan.trunks.iter().map(|t| Asked::new(t.address)).collect(),
            resolvers: plan.resolvers.iter().map(|r| Asked::new(r.address)).collect(),
            beacon: plan
                .beacon
                .as_ref()
                .and_then(|b| Talk::new(b, &plan.uplinks, plan.pace.patience_ms).ok()),
            tag: fastrand::u32(..),
            tally: Tally::default(),
            paths: vec![],
            due: [Due(now); 5],
            began: now,
            late_us: 0,
            before: Counted::read(plan),
        }
    }

    /// Goes on at that tempo. What is to be asked more often is asked at once.
    fn pace(&mut self, tempo: Tempo) {
        if std::mem::replace(&mut self.tempo, tempo) == tempo {
            return;
        }
        self.pace = self.plan.at(tempo);
        if tempo == Tempo::Quick {
            self.due = [Due(Instant::now()); 5];
            self.looks.at_once();
        }
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(u64::from(self.pace.patience_ms))
    }

    /// Waits for an answer, at most a tick; how much later it wakes is how late the machine is.
    fn wait(&mut self) {
        let begin = Instant::now();
        let sockets = self
            .options
            .iter()
            .chain(&self.resolvers)
            .filter_map(|a| a.socket.as_ref());
        let mut fds: Vec<PollFd<'_>> = sockets
            .map(|s| PollFd::new(s.as_fd(), PollFlags::POLLIN))
            .collect();
        let pings = self.ping.iter().flat_map(Ping::fds);
        fds.extend(pings.map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
        let beacon = self.beacon.iter().flat_map(Talk::fds);
        fds.extend(beacon.map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
        let tick = u8::try_from(self.pace.tick_ms.max(1)).unwrap_or(u8::MAX);
        let _ = poll(&mut fds, PollTimeout::from(tick));
        let late = micros(begin, Instant::now()).saturating_sub(u32::from(tick) * 1_000);
        self.late_us = self.late_us.max(late);
    }

    fn hear(&mut self) {
        let now = Instant::now();
        let (answers, errors) = match &self.ping {
            Some(ping) => (ping.answers(), ping.errors()),
            None => (vec![], vec![]),
        };
        for sequence in answers {
            if let Some((sent, purpose)) = self.pings.remove(&sequence) {
                self.answered(&purpose, micros(sent, now));
            }
        }
        for (sequence, error) in errors {
            if let Some((_, purpose)) = self.pings.remove(&sequence) {
                self.refused(&purpose, error.by, error.why);
                self.notice(&purpose, now);
            }
        }
        self.hear_options(now);
        self.hear_names(now);
        let now_ms = self.ms(now);
        if let Some(beacon) = &mut self.beacon {
            beacon.hear(now_ms);
        }
    }

    /// A time on the windows' clock.
    fn ms(&self, now: Instant) -> i64 {
        i64::try_from(now.duration_since(self.began).as_millis()).unwrap_or(i64::MAX)
    }

    fn answered(&mut self, purpose: &Purpose, us: u32) {
        match purpose {
            Purpose::Reach(key) => self.tally.add(key, Fate::Answered(us, None)),
            Purpose::Path(trunk, hop) => {
                let address = self.plan.trunks[*trunk].address.ip().to_string();
                if let Some(trace) = &mut self.traces[*trunk]
                    && let Some(at) = trace.hops.get_mut(*hop)
                {
                    *at = Some(address);
                    trace.reached = Some(trace.reached.map_or(*hop, |r| r.min(*hop)));
                }
            }
        }
    }

    fn refused(&mut self, purpose: &Purpose, by: Option<IpAddr>, why: Refusal) {
        let by = by.map(|a| a.to_string());
        match purpose {
            Purpose::Reach(key) => self.tally.add(key, Fate::Refused(by, why)),
            Purpose::Path(trunk, hop) if why == Refusal::TtlExceeded => {
                let trace = self.traces[*trunk].as_mut();
                if let Some(at) = trace.and_then(|t| t.hops.get_mut(*hop)) {
                    *at = by;
                }
            }
            // Routers are sparing with errors: one that a path's probe got is as good as one to a ping.
            Purpose::Path(trunk, _) if by.is_some() => {
                let key = (Place::Trunk, self.plan.trunks[*trunk].name.clone(), By::Icmp);
                self.tally.refuse(&key, by, why);
            }
            Purpose::Path(..) => {}
        }
    }

    /// A ping to a trunk had no answer: its path is looked at sooner.
    fn notice(&mut self, purpose: &Purpose, now: Instant) {
        if matches!(purpose, Purpose::Reach((Place::Trunk, ..))) {
            self.looks.odd(now);
        }
    }

    fn hear_options(&mut self, now: Instant) {
        for (asked, trunk) in self.options.iter_mut().zip(&self.plan.trunks) {
            let key = options_key(trunk);
            for octets in asked.heard() {
                let reply = sip::answer(&octets, self.tag);
                if let Some((status, sent)) = reply.and_then(|(s, n)| Some((s, asked.waiting.remove(&n)?))) {
                    self.tally
                        .add(&key, Fate::Answered(micros(sent, now), Some(status)));
                }
            }
            for error in asked.errors() {
                // The queue is in order of sending, and so is what waits.
                if asked.waiting.pop_first().is_some() {
                    self.tally
                        .add(&key, Fate::Refused(error.by.map(|a| a.to_string()), error.why));
                }
            }
        }
    }

    fn hear_names(&mut self, now: Instant) {
        for asked in &mut self.resolvers {
            let name = asked.to.to_string();
            for octets in asked.heard() {
                let reply = dns::answer(&octets);
                if let Some((code, sent)) =
                    reply.and_then(|(id, c)| Some((c, asked.waiting.remove(&u32::from(id))?)))
                {
                    self.tally.name(&name, Some((code, micros(sent, now))));
                }
            }
            for _ in asked.errors() {
                if asked.waiting.pop_first().is_some() {
                    self.tally.name(&name, None);
                }
            }
        }
    }

    fn expire(&mut self) {
        let now = Instant::now();
        let Some(before) = now.checked_sub(self.patience()) else {
            return;
        };
        let old: Vec<u16> = self
            .pings
            .iter()
            .filter(|(_, (sent, _))| *sent < before)
            .map(|(n, _)| *n)
            .collect();
        for sequence in old {
            if let Some((_, purpose)) = self.pings.remove(&sequence) {
                self.notice(&purpose, now);
                if let Purpose::Reach(key) = purpose {
                    self.tally.add(&key, Fate::Lost);
                }
            }
        }
        for (asked, trunk) in self.options.iter_mut().zip(&self.plan.trunks) {
            (0..asked.expired(before)).for_each(|_| self.tally.add(&options_key(trunk), Fate::Lost));
        }
        for asked in &mut self.resolvers {
            let name = asked.to.to_string();
            (0..asked.expired(before)).for_each(|_| self.tally.name(&name, None));
        }
        for (at, (trace, trunk)) in self.traces.iter_mut().zip(&self.plan.trunks).enumerate() {
            let over = trace.take_if(|t| t.began < before);
            if let Some(path) = over.map(|t| followed(t, &trunk.name)) {
                self.looks.seen(at, &path, now);
                self.depths[at].seen(&path);
                self.paths.push(path);
            }
        }
    }

    fn ask(&mut self) {
        let (now, pace) = (Instant::now(), self.pace);
        if self.due[0].is(now, pace.ping_ms) {
            for (key, to) in self.targets.clone() {
                self.send(to, None, Purpose::Reach(key));
            }
        }
        if self.looks.due(now, pace.path_ms) {
            self.follow(now);
        }
        if self.due[2].is(now, pace.options_ms) {
            self.ask_options(now);
        }
        if self.due[3].is(now, pace.names_ms) {
            self.ask_names(now);
        }
        let now_ms = self.ms(now);
        if let Some(beacon) = &mut self.beacon
            && self.due[4].is(now, pace.beacon_ms)
        {
            beacon.ask(now_ms, pace.beacon_ms);
        }
    }

    fn send(&mut self, to: SocketAddr, hops: Option<i32>, purpose: Purpose) {
        let Some(ping) = &self.ping else { return };
        self.sequence = self.sequence.wrapping_add(1);
        // An old error is reported by the next send: it is no fate of this one.
        let sent = ping
            .send(to, self.sequence, hops)
            .or_else(|_| ping.send(to, self.sequence, hops));
        match sent {
            Ok(()) => drop(self.pings.insert(self.sequence, (Instant::now(), purpose))),
            Err(e) if e.kind() == ErrorKind::NetworkUnreachable => self.refused(&purpose, None, Refusal::Net),
            Err(_) => self.refused(&purpose, None, Refusal::Host),
        }
    }

    /// All hops of all paths at once, as many as they have: a path that is followed hop by hop takes seconds where hops are silent.
    fn follow(&mut self, now: Instant) {
        for trunk in 0..self.plan.trunks.len() {
            if self.traces[trunk].is_some() || self.ping.is_none() {
                continue;
            }
            let hops = self.depths[trunk].hops(self.looks.is_odd(now));
            self.traces[trunk] = Some(Trace {
                began: now,
                hops: vec![None; hops],
                reached: None,
            });
            let to = self.plan.trunks[trunk].address;
            for hop in 0..hops {
                self.send(to, i32::try_from(hop + 1).ok(), Purpose::Path(trunk, hop));
            }
        }
    }

    fn ask_options(&mut self, now: Instant) {
        for (asked, trunk) in self
            .options
            .iter_mut()
            .zip(&self.plan.trunks)
            .filter(|(_, t)| t.options)
        {
            asked.number += 1;
            let from = asked.socket().and_then(|s| s.local_addr().ok());
            let Some(from) = from else {
                self.tally
                    .add(&options_key(trunk), Fate::Refused(None, Refusal::Net));
                continue;
            };
            let text = sip::options(asked.number, self.tag, from, asked.to);
            if asked.send(text.as_bytes()) {
                asked.waiting.insert(asked.number, now);
            } else {
                self.tally
                    .add(&options_key(trunk), Fate::Refused(None, Refusal::Host));
            }
        }
    }

    fn ask_names(&mut self, now: Instant) {
        for (asked, resolver) in self.resolvers.iter_mut().zip(&self.plan.resolvers) {
            let id = fastrand::u16(..);
            let Some(octets) = dns::question(id, &resolver.ask) else {
                continue;
            };
            if asked.send(&octets) {
                asked.waiting.insert(u32::from(id), now);
            } else {
                self.tally.name(&asked.to.to_string(), None);
            }
        }
    }

    fn close(&mut self) -> Option<Window> {
        let now = Instant::now();
        let span = now.duration_since(self.before.at);
        if span < Duration::from_millis(u64::from(self.pace.window_ms)) {
            return None;
        }
        let counted = Counted::read(self.plan);
        let (reach, names) = self.tally.take();
        let mut window = Window {
            reach,
            names,
            paths: std::mem::take(&mut self.paths),
            beacons: self.beacon.as_mut().map(Talk::take).unwrap_or_default(),
            ..Window::default()
        };
        window.at_ms = self.ms(now);
        window.span_ms = u32::try_from(span.as_millis()).unwrap_or(u32::MAX);
        window.links = self.before.links(&counted, self.plan, span.as_secs_f64());
        window.host = Some(self.before.host(&counted, span, self.late_us));
        window.routes = self.before.routes(&counted, self.plan);
        self.late_us = 0;
        self.before = counted;
        Some(window)
    }
}

fn options_key(trunk: &TrunkPlan) -> Key {
    (Place::Trunk, trunk.name.clone(), By::Options)
}

/// A path as evidence: up to the trunk, or to the last that answered.
fn followed(trace: Trace, trunk: &str) -> Path {
    let mut hops = trace.hops;
    let length = match trace.reached {
        Some(hop) => hop + 1,
        None => hops.iter().rposition(Option::is_some).map_or(0, |i| i + 1),
    };
    hops.truncate(length);
    Path {
        trunk: trunk.to_string(),
        hops,
        reached: trace.reached.is_some(),
    }
}
