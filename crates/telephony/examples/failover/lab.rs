//! Two carriers in processes of their own, a house registered at both, and rounds in which one carrier is killed at a random instant.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::time::{Duration, Instant};

use biseo_telephony::config::{Credentials, Listen, Proto, SipConfig};
use biseo_telephony::trunk::{Registration, Trunk};
use biseo_telephony::{IncomingCall, Leg, LegEvent, OutgoingCall, SipEvent, SipStack};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::mpsc;

use super::carrier::{CUSTOMER, PASSWORD, SDP};

/// Nothing takes longer unless it is broken.
const PATIENCE: Duration = Duration::from_secs(30);
/// A call is lost that is not answered within this: nobody listens to nothing for longer.
const LOST: Duration = Duration::from_secs(12);
/// An answered call must stand for so long.
const STANDS: Duration = Duration::from_millis(300);

/// How a carrier is started, given its address.
pub type Start = fn(SocketAddr) -> Command;

/// Numbers that look random and come again (splitmix64).
#[derive(Clone)]
pub struct Lots(pub u64);

impl Lots {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound.max(1)
    }
}

struct Carrier {
    at: SocketAddr,
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Carrier {
    async fn start(start: Start, at: SocketAddr) -> Self {
        let mut command = start(at);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().expect("a carrier starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut this = Self { at, child, lines };
        this.line("ready").await;
        this
    }

    /// Waits for a line; others are passed over. Gives when it came.
    async fn line(&mut self, wanted: &str) -> Instant {
        let wait = async {
            loop {
                let line = self.lines.next_line().await.ok().flatten();
                match line {
                    Some(line) if line.ends_with(wanted) => return Instant::now(),
                    Some(_) => {}
                    None => std::future::pending().await,
                }
            }
        };
        let got = tokio::time::timeout(PATIENCE, wait).await;
        got.unwrap_or_else(|_| panic!("a carrier says no {wanted}"))
    }

    /// Forgets the lines of a round that is over.
    async fn forget(&mut self) {
        let soon = Duration::from_millis(5);
        while let Ok(Ok(Some(_))) = tokio::time::timeout(soon, self.lines.next_line()).await {}
    }

    fn trunk(&self, id: &str, priority: u16) -> Trunk {
        let mut trunk = Trunk::by_address(id, vec![]);
        trunk.server = Some(self.at.to_string());
        trunk.priority = priority;
        trunk.ping = Some(Duration::from_secs(5));
        trunk
    }
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was answered by the carrier that was killed, before that.
    Before,
    /// It was answered by the other one.
    Saved,
    /// Nobody answered, or it did not stand.
    Lost,
}

/// One call.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    pub fate: Fate,
    /// The call had rung when the carrier was killed.
    pub rang: bool,
    /// From the call, or the death of its carrier if that came later, to the INVITE by the other one.
    pub alternate: Option<Duration>,
}

/// Which way calls go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Outgoing,
    Inbound,
}

/// A pair of carriers with addresses of their own.
pub struct Lane {
    start: Start,
    net: [u8; 2],
    lots: Lots,
    first: Carrier,
    second: Carrier,
}

impl Lane {
    /// `net` are the second and third octets of its addresses in 127/8.
    pub async fn new(start: Start, net: [u8; 2], lots: Lots) -> Self {
        let at = |last| SocketAddr::from((Ipv4Addr::new(127, net[0], net[1], last), 5060));
        Self {
            start,
            net,
            lots,
            first: Carrier::start(start, at(1)).await,
            second: Carrier::start(start, at(2)).await,
        }
    }

    fn listen(&self, last: u8) -> Vec<Listen> {
        let addr = SocketAddr::from((Ipv4Addr::new(127, self.net[0], self.net[1], last), 0));
        let proto = Proto::Udp;
        vec![Listen { proto, addr }]
    }

    /// The shop: registered at both, with nothing known against either.
    async fn house(&self) -> (SipStack, mpsc::Receiver<SipEvent>) {
        let registered = |mut trunk: Trunk| {
            trunk.credentials = Some(Credentials {
                user: CUSTOMER.into(),
                password: PASSWORD.into(),
            });
            trunk.register = Some(Registration {
                user: CUSTOMER.into(),
                domain: None,
                expires: 600,
            });
            trunk
        };
        let trunks = vec![
            registered(self.first.trunk("first", 1)),
            registered(self.second.trunk("second", 2)),
        ];
        let config = SipConfig {
            listen: self.listen(3),
            trunks,
            ..SipConfig::default()
        };
        let (house, mut events) = SipStack::start(config).await.expect("the house starts");
        let mut standing = 0;
        while standing < 2 {
            let event = tokio::time::timeout(PATIENCE, events.recv()).await;
            let event = event.expect("both register").expect("the house runs");
            standing += usize::from(matches!(event, SipEvent::Registered { .. }));
        }
        (house, events)
    }

    /// The telephone network, which reaches the shop by either carrier.
    async fn network(&self) -> (SipStack, mpsc::Receiver<SipEvent>) {
        let config = SipConfig {
            listen: self.listen(4),
            trunks: vec![self.first.trunk("first", 1), self.second.trunk("second", 2)],
            ..SipConfig::default()
        };
        let (network, events) = SipStack::start(config).await.expect("the network starts");
        // A network does not begin with this call: it knows that both answer OPTIONS.
        let known = async {
            while network
                .trunks()
                .await
                .is_ok_and(|all| all.iter().any(|t| t.passive))
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, known).await.expect("both answer");
        (network, events)
    }

    /// A call, and the death of the carrier that carries it.
    pub async fn round(&mut self, way: Way) -> Round {
        let ring = 50 + self.lots.below(600);
        let answer = ring + 100 + self.lots.below(1500);
        let death = Duration::from_millis(self.lots.below(answer + 100));
        let (house, house_events) = self.house().await;
        let round = match way {
            Way::Outgoing => {
                let to = format!("out-{ring}-{answer}");
                self.call(&house, house_events, &to, death).await
            }
            Way::Inbound => {
                let shop = tokio::spawn(shop(house_events, ring, answer));
                let (network, events) = self.network().await;
                let round = self.call(&network, events, "in", death).await;
                tokio::spawn(async move { network.shutdown().await });
                shop.abort();
                round
            }
        };
        tokio::spawn(async move { house.shutdown().await });
        self.second.forget().await;
        self.first = Carrier::start(self.start, self.first.at).await;
        round
    }

    async fn call(
        &mut self,
        by: &SipStack,
        events: mpsc::Receiver<SipEvent>,
        to: &str,
        death: Duration,
    ) -> Round {
        let call = OutgoingCall {
            to: to.into(),
            trunks: vec!["first".into(), "second".into()],
            sdp: SDP.into(),
            ..OutgoingCall::default()
        };
        let begun = Instant::now();
        let leg = by.call(call).await.expect("a way");
        let talk = tokio::spawn(answered(leg));
        tokio::time::sleep_until((begun + death).into()).await;
        let killed = Instant::now();
        self.first.child.start_kill().expect("it is killed");
        let _ = self.first.child.wait().await;
        let (mut second, mut talk) = (Box::pin(self.second.line("invite")), talk);
        let mut invited: Option<Instant> = None;
        let talk = loop {
            tokio::select! {
                at = &mut second, if invited.is_none() => invited = Some(at),
                end = &mut talk => break end.expect("it ends"),
            }
        };
        let by_second = by_whom(events);
        let fate = match (talk.stood, by_second) {
            (true, Some(second)) if second => Fate::Saved,
            (true, _) => Fate::Before,
            // Its carrier was killed while it stood: a live call, not a set-up.
            (false, _) if talk.answered.is_some_and(|at| at <= killed) => Fate::Before,
            (false, _) => Fate::Lost,
        };
        Round {
            fate,
            rang: talk.rang.is_some_and(|at| at <= killed),
            alternate: invited.map(|at| at.saturating_duration_since(killed.max(begun))),
        }
    }
}

/// The carrier by which a call was answered: whether the second one.
fn by_whom(mut events: mpsc::Receiver<SipEvent>) -> Option<bool> {
    let mut by = None;
    while let Ok(event) = events.try_recv() {
        if let SipEvent::Attempt { trunk, code: 200 } = event {
            by = Some(trunk == "second");
        }
    }
    by
}

struct Talk {
    rang: Option<Instant>,
    answered: Option<Instant>,
    stood: bool,
}

/// Waits for the answer, and whether the call stands then.
async fn answered(mut leg: Leg) -> Talk {
    let mut talk = Talk {
        rang: None,
        answered: None,
        stood: false,
    };
    let up = async {
        loop {
            match leg.next_event().await {
                LegEvent::Ringing { .. } => talk.rang = talk.rang.or(Some(Instant::now())),
                LegEvent::Answered { .. } => return true,
                LegEvent::Ended(_) => return false,
                _ => {}
            }
        }
    };
    if !tokio::time::timeout(LOST, up).await.unwrap_or(false) {
        return talk;
    }
    talk.answered = Some(Instant::now());
    let ends = async { while !matches!(leg.next_event().await, LegEvent::Ended(_)) {} };
    talk.stood = tokio::time::timeout(STANDS, ends).await.is_err();
    talk
}

/// The shop answers whatever comes.
async fn shop(mut events: mpsc::Receiver<SipEvent>, ring: u64, answer: u64) {
    while let Some(event) = events.recv().await {
        if let SipEvent::IncomingCall(call) = event {
            tokio::spawn(pick_up(*call, ring, answer));
        }
    }
}

async fn pick_up(mut call: IncomingCall, ring: u64, answer: u64) {
    let control = call.leg.control();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(ring)).await;
        control.ringing();
        tokio::time::sleep(Duration::from_millis(answer - ring)).await;
        control.answer(SDP);
    });
    while !matches!(call.leg.next_event().await, LegEvent::Ended(_)) {}
}

/// Rounds on several lanes at once.
pub async fn rounds(start: Start, way: Way, count: usize, lanes: u8, base: u8, seed: u64) -> Vec<Round> {
    let mut running = tokio::task::JoinSet::new();
    for lane in 0..lanes {
        let share = count / usize::from(lanes) + usize::from(usize::from(lane) < count % usize::from(lanes));
        let lots = Lots(seed ^ (u64::from(lane) << 32));
        running.spawn(async move {
            let mut lane = Lane::new(start, [base, lane], lots).await;
            let mut done = Vec::new();
            for _ in 0..share {
                done.push(lane.round(way).await);
            }
            done
        });
    }
    running.join_all().await.into_iter().flatten().collect()
}
