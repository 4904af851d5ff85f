//! A simulated line: two uplinks, a trunk and a resolver behind each; faults are done to the first.
#![allow(dead_code)]

use biseo_line::evidence::{
    By, Calls, Host, Link, Names, Path, Place, Reach, Refusal, Refused, Routes, Window,
};
use biseo_line::{Change, Doctor, Label, Lookout, ResolverAt, Site, Tempo, TrunkAt, UplinkAt};

/// What is wrong with the first uplink, its carrier or its trunk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    Flood {
        asked: bool,
    },
    Withdrawn,
    Loop,
    Blackhole,
    Leak,
    Loss(f64),
    AccessLoss(f64),
    Hang,
    DeadMachine,
    DeadProgram,
    Rejecting(u16),
    NamesHang,
    NamesFailing,
    UplinkDown,
    Mute,
    Overloaded,
    OtherParty,
    /// Routes vanish, and clients ask the resolvers again and again.
    RoutesAndStorm,
    /// Much or everything is lost for a moment: ordinary.
    Burst,
    /// Much comes in, the first hop is slow, little is lost: ordinary.
    Download,
}

pub fn site() -> Site {
    let pair = [("wan0", "kt", "02"), ("wan1", "sk", "051")];
    Site {
        uplinks: pair.map(|(name, ..)| UplinkAt { name: name.into() }).into(),
        trunks: pair
            .map(|(u, t, r)| TrunkAt {
                name: t.into(),
                uplink: u.into(),
                region: r.into(),
            })
            .into(),
        resolvers: pair
            .map(|(u, ..)| ResolverAt {
                name: format!("dns-{u}"),
                uplink: u.into(),
            })
            .into(),
    }
}

/// What goes on beside the fault, if any, and is ordinary.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside {
    /// A burst of loss, also while something is downloaded.
    pub burst: bool,
    /// These resolvers take long, and now and then too long.
    pub names_slow: [bool; 2],
    /// This machine has no time for a moment.
    pub busy: bool,
    /// This share of the paths goes over another router: a carrier shares its load out.
    pub other_router: f64,
}

pub struct Sim {
    pub random: fastrand::Rng,
    pub at_ms: i64,
    pub beside: Beside,
    /// The fault, and since when.
    pub fault: Option<(Fault, i64)>,
    /// How often is asked: at the quick tempo as the program does; at the laboratory's if there is none.
    pub tempo: Option<Tempo>,
    windows: u64,
    base_ms: f64,
    pps: f64,
    usual_loss: f64,
}

impl Sim {
    pub fn new(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let (base_ms, pps) = (1.0 + random.f64() * 8.0, 20.0 + random.f64() * 200.0);
        let usual_loss = random.f64() * 0.004;
        Self {
            random,
            at_ms: 0,
            beside: Beside::default(),
            fault: None,
            tempo: None,
            windows: 0,
            base_ms,
            pps,
            usual_loss,
        }
    }

    pub fn begin(&mut self, fault: Fault) {
        self.fault = Some((fault, self.at_ms));
    }

    /// The fault on the first uplink, if it lasts for `ms`.
    fn is(&self, faults: &[Fault], ms: i64) -> bool {
        self.fault
            .is_some_and(|(f, since)| faults.contains(&f) && self.at_ms - since > ms)
    }

    fn has(&self, fault: Fault) -> bool {
        self.is(&[fault], 0)
    }

    fn flood(&self) -> bool {
        matches!(self.fault, Some((Fault::Flood { .. }, _)))
    }

    /// Whether something is asked in this window that is asked every `quick` windows at the quick pace and every `calm` at the calm one.
    fn asks(&self, quick: u64, calm: u64) -> bool {
        match self.tempo {
            Some(Tempo::Calm) => self.windows.is_multiple_of(calm),
            _ => self.windows.is_multiple_of(quick),
        }
    }

    /// Pings in a window: the laboratory's twenty a second, the program's ten, or one every second window.
    fn pings(&self) -> u32 {
        match self.tempo {
            None => 10,
            Some(Tempo::Quick) => 5,
            Some(Tempo::Calm) => u32::from(self.windows.is_multiple_of(2)),
        }
    }

    pub fn window(&mut self) -> Window {
        self.at_ms += 500;
        self.windows += 1;
        let mut window = Window {
            at_ms: self.at_ms,
            span_ms: 500,
            ..Window::default()
        };
        for (i, (uplink, trunk)) in [("wan0", "kt"), ("wan1", "sk")].into_iter().enumerate() {
            self.side(&mut window, i == 0, uplink, trunk);
        }
        let busy = self.has(Fault::Overloaded);
        let (delay, late) = if busy {
            (0.7, 90_000)
        } else if self.beside.busy {
            (0.3 + self.random.f64() * 0.5, self.random.u32(30_000..150_000))
        } else {
            (self.random.f64() * 0.05, self.random.u32(100..4_000))
        };
        window.host = Some(Host {
            run_delay: delay,
            late_us: late,
            ..Host::default()
        });
        window
    }

    fn side(&mut self, window: &mut Window, hit: bool, uplink: &str, trunk: &str) {
        let gone = hit && self.is(&[Fault::UplinkDown, Fault::Mute], 0);
        let burst = if hit && (self.has(Fault::Burst) || self.beside.burst) {
            0.3 + self.random.f64() * 0.7
        } else {
            0.0
        };
        let near = self.near_loss(hit);
        let near = if gone { 1.0 } else { near.max(burst) };
        let slow = self.slow(hit);
        let pings = self.pings();
        let gateway = self.probes(Place::Gateway, uplink, pings, near, self.base_ms, slow);
        window.reach.push(gateway);
        let beyond = if hit { self.beyond_loss(near) } else { near };
        let reach = self.trunk(hit, trunk, beyond, slow);
        window.reach.extend(reach);
        window.links.push(self.link(hit, uplink, gone));
        if self.asks(2, 60) {
            window.paths.push(self.path(hit, trunk, beyond));
        }
        if self.asks(1, 10) {
            window.names.push(self.names(hit, uplink, beyond));
        }
        window.reach.retain(|r| r.tried > 0);
        let bad = u32::from(hit && self.has(Fault::OtherParty));
        window.calls.push(Calls {
            trunk: trunk.into(),
            media_good: 2 - bad,
            media_bad: bad,
            ..Calls::default()
        });
        if hit && self.has(Fault::RoutesAndStorm) {
            window.routes = Some(Routes {
                added: 0,
                removed: 0,
                without: vec![],
            });
        }
    }

    fn near_loss(&self, hit: bool) -> f64 {
        match self.fault {
            Some((Fault::Flood { .. }, _)) if hit => 0.5,
            Some((Fault::AccessLoss(p), _)) if hit => p,
            Some((Fault::Download, _)) if hit => 0.02,
            Some((Fault::RoutesAndStorm, since)) if hit && self.at_ms - since > 4_000 => 0.3,
            _ => self.usual_loss,
        }
    }

    fn beyond_loss(&self, near: f64) -> f64 {
        match self.fault {
            Some((
                Fault::Withdrawn
                | Fault::Loop
                | Fault::Blackhole
                | Fault::DeadMachine
                | Fault::RoutesAndStorm,
                _,
            )) => 1.0,
            Some((Fault::Loss(p), _)) => p,
            _ => near,
        }
    }

    /// What is added to round trips, ms.
    fn slow(&mut self, hit: bool) -> f64 {
        let jitter = self.random.f64().powi(4) * 3.0;
        let more = match self.fault {
            Some((Fault::Flood { .. }, _)) if hit => 80.0,
            Some((Fault::RoutesAndStorm, since)) if hit && self.at_ms - since > 4_000 => 30.0,
            Some((Fault::Download, _)) if hit => 5.0 + self.random.f64() * 60.0,
            Some((Fault::Overloaded, _)) => 20.0,
            _ => 0.0,
        };
        let busy = if self.beside.busy {
            self.random.f64() * 40.0
        } else {
            0.0
        };
        more + jitter + busy
    }

    fn probes(&mut self, place: Place, name: &str, tried: u32, loss: f64, base: f64, slow: f64) -> Reach {
        let answered = u32::try_from((0..tried).filter(|_| self.random.f64() >= loss).count()).unwrap();
        let rtt = ((base + slow + self.random.f64() * 0.5) * 1e3) as u32;
        let rtt_us = (answered > 0).then_some(rtt);
        Reach {
            place,
            name: name.into(),
            by: By::Icmp,
            tried,
            answered,
            rtt_us,
            refused: vec![],
            codes: vec![],
        }
    }

    fn trunk(&mut self, hit: bool, trunk: &str, loss: f64, slow: f64) -> [Reach; 2] {
        let base = self.base_ms + 9.0;
        let mut icmp = self.probes(Place::Trunk, trunk, self.pings(), loss, base, slow);
        let silent = hit && self.is(&[Fault::Hang, Fault::DeadProgram], 0);
        let asked = match self.tempo {
            None => 2,
            Some(_) => u32::from(self.asks(1, 10)),
        };
        let mut options = self.probes(
            Place::Trunk,
            trunk,
            asked,
            if silent { 1.0 } else { loss },
            base,
            slow,
        );
        options.by = By::Options;
        let status = match self.fault {
            Some((Fault::Rejecting(status), _)) if hit => status,
            _ => 200,
        };
        options.codes = vec![(status, options.answered)];
        if hit {
            let error = self.error();
            icmp.refused.extend(error);
            if self.has(Fault::DeadProgram) && options.tried > 0 {
                options.refused.push(Refused {
                    by: Some("10.3.0.2".into()),
                    why: Refusal::Port,
                    n: 1,
                });
            }
        }
        [icmp, options]
    }

    /// Errors come about once a second, the first within it; a dead machine's router needs three seconds.
    fn error(&self) -> Option<Refused> {
        let (why, by, after) = match self.fault?.0 {
            Fault::Withdrawn | Fault::RoutesAndStorm => (Refusal::Net, "10.1.0.1", 400),
            Fault::Loop => (Refusal::TtlExceeded, "10.1.0.1", 400),
            Fault::DeadMachine => (Refusal::Host, "10.2.0.1", 3_000),
            _ => return None,
        };
        let told = self.windows.is_multiple_of(2) && self.at_ms - self.fault?.1 > after;
        told.then(|| Refused {
            by: Some(by.into()),
            why,
            n: 1,
        })
    }

    fn link(&mut self, hit: bool, uplink: &str, gone: bool) -> Link {
        let noise = 0.6 + self.random.f64() * 0.8;
        let usual = self.pps * noise;
        let storm = hit && self.is(&[Fault::RoutesAndStorm], 4_000);
        let rx = match self.fault {
            Some((Fault::Flood { .. }, _)) if hit => 20_000.0,
            Some((Fault::Download, _)) if hit => 3_000.0,
            Some((Fault::RoutesAndStorm, _)) if storm => usual * 8.0 + 300.0,
            Some((Fault::Withdrawn | Fault::Loop | Fault::Blackhole | Fault::RoutesAndStorm, _)) if hit => {
                usual * 0.3
            }
            _ if gone => 0.0,
            _ => usual,
        };
        let acknowledged = if hit && self.has(Fault::Download) {
            rx / 8.0
        } else {
            0.0
        };
        let tx = if storm {
            self.pps * 20.0 + 500.0
        } else {
            usual + acknowledged
        };
        let unasked = match self.fault {
            Some((Fault::Flood { asked: false }, _)) if hit => rx * 0.9,
            _ => 0.0,
        };
        let up = !(hit && self.has(Fault::UplinkDown));
        let (rx_bps, tx_bps) = (rx * 200.0, tx * 200.0);
        let link = Link {
            uplink: uplink.into(),
            up,
            rx_pps: rx,
            tx_pps: tx,
            rx_bps,
            tx_bps,
            errors: 0,
            drops: 0,
            queue: None,
            unasked_pps: None,
        };
        Link {
            unasked_pps: Some(unasked),
            ..link
        }
    }

    fn path(&mut self, hit: bool, trunk: &str, loss: f64) -> Path {
        let mut hops: Vec<Option<String>> = ["10.0.0.1", "10.1.0.1", "10.2.0.1", "10.3.0.2"]
            .map(|h| Some(h.to_string()))
            .into();
        if self.beside.other_router > 0.0 && self.random.f64() < self.beside.other_router {
            hops[1] = Some("10.1.0.2".into());
        }
        let mut reached = self.random.f64() >= loss;
        let fault = self.fault.filter(|_| hit).map(|(f, _)| f);
        match fault {
            Some(Fault::Blackhole | Fault::Withdrawn | Fault::RoutesAndStorm) => hops.truncate(1),
            Some(Fault::UplinkDown | Fault::Mute) => hops.clear(),
            Some(Fault::Loop) => hops = [1, 2, 1, 2, 1, 2].map(|n| Some(format!("10.{n}.0.1"))).into(),
            Some(Fault::Leak) => hops.insert(2, Some("10.9.0.1".into())),
            _ => {}
        }
        if matches!(
            fault,
            Some(Fault::Blackhole | Fault::Withdrawn | Fault::Loop | Fault::UplinkDown | Fault::Mute)
        ) {
            reached = false;
        }
        if !reached && hops.len() == 4 {
            hops.pop();
        }
        // Routers answer about once a second, so that a hop may be missing.
        let missing = self.random.usize(..12);
        if missing + 1 < hops.len() {
            hops[missing] = None;
        }
        Path {
            trunk: trunk.into(),
            hops,
            reached,
        }
    }

    fn names(&mut self, hit: bool, uplink: &str, loss: f64) -> Names {
        let dead = (hit && loss >= 1.0 && !self.has(Fault::DeadMachine)) || self.has(Fault::NamesHang);
        let loss = if dead {
            1.0
        } else if self.has(Fault::DeadMachine) {
            0.0
        } else {
            loss
        };
        let asked = if self.tempo.is_some() { 1 } else { 2 };
        let slow = self.beside.names_slow[usize::from(!hit)];
        let (loss, more) = if slow {
            (loss.max(0.3), 200.0 + self.random.f64() * 1_300.0)
        } else {
            (loss, 0.0)
        };
        let reply = self.probes(Place::Gateway, uplink, asked, loss, 15.0, more);
        let failing = self.has(Fault::NamesFailing);
        let (answered, failed) = if failing {
            (0, reply.answered)
        } else {
            (reply.answered, 0)
        };
        Names {
            resolver: format!("dns-{uplink}"),
            asked,
            answered,
            failed,
            rtt_us: reply.rtt_us,
        }
    }
}

/// What a fault should be called.
pub fn right(fault: Fault) -> Option<Label> {
    Some(match fault {
        Fault::Flood { .. } => Label::TrafficFlood,
        Fault::Withdrawn | Fault::RoutesAndStorm => Label::RoutingWithdrawn,
        Fault::Loop => Label::RoutingLoop,
        Fault::Blackhole => Label::BlackholeOrReturnLost,
        Fault::Leak => Label::PathChanged,
        Fault::Loss(_) | Fault::AccessLoss(_) => Label::RandomLoss,
        Fault::Hang => Label::TrunkHang,
        Fault::DeadMachine | Fault::DeadProgram => Label::TrunkDead,
        Fault::Rejecting(_) => Label::TrunkRejecting,
        Fault::NamesHang => Label::NamesHang,
        Fault::NamesFailing => Label::NamesFailing,
        Fault::UplinkDown => Label::UplinkDown,
        Fault::Mute => Label::GatewayMute,
        Fault::Overloaded => Label::HostOverloaded,
        Fault::OtherParty => Label::OtherPartyMedia,
        Fault::Burst | Fault::Download => return None,
    })
}

/// A line with its doctor, asked in the pace in which the program asks.
pub struct Paced {
    pub sim: Sim,
    pub doctor: Doctor,
    pub lookout: Lookout,
    /// Windows at the quick pace.
    pub quick: u64,
    /// All windows.
    pub all: u64,
}

impl Paced {
    pub fn new(seed: u64) -> Self {
        let mut sim = Sim::new(seed);
        sim.tempo = Some(Tempo::Quick);
        Self {
            sim,
            doctor: Doctor::new(site()),
            lookout: Lookout::default(),
            quick: 0,
            all: 0,
        }
    }

    pub fn window(&mut self) -> Vec<Change> {
        let window = self.sim.window();
        let changes = self.doctor.handle(&window);
        let tempo = self.lookout.next(&window, &self.doctor);
        self.all += 1;
        self.quick += u64::from(tempo == Tempo::Quick);
        self.sim.tempo = Some(tempo);
        changes
    }
}

/// Plays `quiet` windows, then `n` with the fault; the changes of the latter.
pub fn play(sim: &mut Sim, doctor: &mut Doctor, quiet: usize, fault: Fault, n: usize) -> Vec<Change> {
    for _ in 0..quiet {
        let changes = doctor.handle(&sim.window());
        assert!(changes.is_empty(), "before the fault: {changes:?}");
    }
    sim.begin(fault);
    (0..n).flat_map(|_| doctor.handle(&sim.window())).collect()
}
