//! The engine with a clock of its own: when which message goes out.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::{Command, Engine, LEG_EVENTS, Output};
use crate::call::{EndCause, LegEvent, OutgoingCall};
use crate::config::{Proto, SipConfig};
use crate::resolve::Target;
use crate::stack::SipEvent;
use crate::transport::{Flow, Packet};
use crate::trunk::Trunk;

const CALL: u64 = 1;
const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";

/// An engine with two trunks on which nothing is real but the messages. The second one may have another place, which counts as trunk 2.
struct Rig {
    engine: Engine,
    begin: Instant,
    leg: mpsc::Receiver<LegEvent>,
    _events: mpsc::Receiver<SipEvent>,
    _orders: mpsc::UnboundedReceiver<Command>,
}

fn place(trunk: u8) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, trunk + 1], 5060))
}

impl Rig {
    /// A call by both trunks has just been placed.
    fn new() -> Self {
        Self::with(&[1])
    }

    /// The same; the second trunk has these places.
    fn with(second: &[u8]) -> Self {
        let trunk = |n: u8| {
            let mut trunk = Trunk::by_address(&n.to_string(), vec![]);
            trunk.server = Some(place(n).to_string());
            trunk.priority = n.into();
            trunk
        };
        let cfg = SipConfig {
            trunks: vec![trunk(0), trunk(1)],
            ..SipConfig::default()
        };
        let bound = vec![(Proto::Udp, SocketAddr::from(([0, 0, 0, 0], 5060)))];
        let (events, told) = mpsc::channel(64);
        let (orders, given) = mpsc::unbounded_channel();
        let (leg, heard) = mpsc::channel(LEG_EVENTS);
        let begin = Instant::now();
        let mut rig = Self {
            engine: Engine::new(cfg, bound, begin, events, orders),
            begin,
            leg: heard,
            _events: told,
            _orders: given,
        };
        let target = |n: u8| Target {
            proto: Proto::Udp,
            addr: place(n),
        };
        let call = OutgoingCall {
            to: "0212345678".into(),
            sdp: SDP.into(),
            ..OutgoingCall::default()
        };
        let command = Command::CallByTrunks {
            leg: CALL,
            call: Box::new(call),
            trunks: vec![
                (0, vec![target(0)]),
                (1, second.iter().copied().map(target).collect()),
            ],
            events: leg,
        };
        rig.engine.command(begin, command);
        rig
    }

    /// Places another call by both trunks.
    fn dial(&mut self, ms: u64, leg: u64) -> mpsc::Receiver<LegEvent> {
        let (events, heard) = mpsc::channel(LEG_EVENTS);
        let target = |n: u8| Target {
            proto: Proto::Udp,
            addr: place(n),
        };
        let command = Command::CallByTrunks {
            leg,
            call: Box::new(OutgoingCall {
                to: "0212345678".into(),
                sdp: SDP.into(),
                ..OutgoingCall::default()
            }),
            trunks: vec![(0, vec![target(0)]), (1, vec![target(1)])],
            events,
        };
        self.engine
            .command(self.begin + Duration::from_millis(ms), command);
        heard
    }

    /// What is sent until that ms, with the ms at which it is: (ms, trunk, first word, whole).
    fn until(&mut self, ms: u64) -> Vec<(u64, u8, String, String)> {
        let mut all = Vec::new();
        let mut now = self.engine.now;
        loop {
            for output in self.engine.outputs() {
                let Output::Send(flow, bytes) = output else {
                    continue;
                };
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let word = text.split(' ').next().unwrap_or("").to_owned();
                let trunk = (0..3)
                    .find(|n| flow.remote == place(*n))
                    .expect("a trunk's place");
                let at = now.duration_since(self.begin).as_millis() as u64;
                all.push((at, trunk, word, text));
            }
            let end = self.begin + Duration::from_millis(ms);
            match self.engine.next_wake().filter(|at| *at <= end) {
                Some(at) => now = at.max(now),
                None => return all,
            }
            self.engine.wake(now);
        }
    }

    /// A trunk answers a request.
    fn answer(&mut self, ms: u64, trunk: u8, request: &str, status: &str, body: &str) {
        let header = |name: &str| {
            let line = request.lines().find(|l| l.starts_with(&format!("{name}: ")));
            line.unwrap_or_else(|| panic!("no {name}: {request}")).to_owned()
        };
        let tag = if status.starts_with("100") { "" } else { ";tag=t" };
        let kind = if body.is_empty() {
            ""
        } else {
            "Content-Type: application/sdp\r\n"
        };
        let text = format!(
            "SIP/2.0 {status}\r\n{}\r\n{}\r\n{}{tag}\r\n{}\r\n{}\r\nContact: <sip:t@{}>\r\n{kind}Content-Length: {}\r\n\r\n{body}",
            header("Via"),
            header("From"),
            header("To"),
            header("Call-ID"),
            header("CSeq"),
            place(trunk),
            body.len()
        );
        let flow = Flow {
            proto: Proto::Udp,
            local: SocketAddr::from(([0, 0, 0, 0], 5060)),
            remote: place(trunk),
            conn: 0,
        };
        let packet = Packet {
            flow,
            bytes: text.into_bytes(),
            broken: false,
            stranger: false,
        };
        self.engine
            .packet(self.begin + Duration::from_millis(ms), &packet);
    }
}

type Sent = (u64, u8, String, String);

/// When the INVITEs of a trunk went out.
fn invites(all: &[Sent], trunk: u8) -> Vec<u64> {
    let of = |s: &&Sent| s.1 == trunk && s.2 == "INVITE";
    all.iter().filter(of).map(|s| s.0).collect()
}

#[test]
fn the_second_invite_goes_when_the_hedge_is_over_and_not_before() {
    let mut rig = Rig::new();
    let all = rig.until(1_199);
    assert_eq!((invites(&all, 0), invites(&all, 1)), (vec![0, 500], vec![]));
    let all = rig.until(1_300);
    assert_eq!(invites(&all, 1), [1_200]);
}

#[test]
fn after_a_100_it_takes_longer_while_the_trunk_lives() {
    let mut rig = Rig::new();
    let invite = rig.until(0).remove(0).3;
    rig.answer(10, 0, &invite, "100 Trying", "");
    let (mut at, mut second) = (10, Vec::new());
    while second.is_empty() && at < 20_000 {
        at += 50;
        for (ms, trunk, word, text) in rig.until(at) {
            if word == "OPTIONS" {
                rig.answer(ms.max(at), 0, &text, "200 OK", "");
            }
            if (trunk, word.as_str()) == (1, "INVITE") {
                second.push(ms);
            }
        }
    }
    assert_eq!(second, [12_010]);
}

#[test]
fn a_trunk_that_dies_while_it_rings_is_left_after_the_hedge() {
    let mut rig = Rig::new();
    let invite = rig.until(0).remove(0).3;
    rig.answer(10, 0, &invite, "180 Ringing", "");
    // A ping is answered, so that silence means something from then on.
    let ping = rig
        .until(700)
        .into_iter()
        .find(|s| s.2 == "OPTIONS")
        .expect("a ping");
    assert_eq!(ping.0, 610);
    rig.answer(700, 0, &ping.3, "405 Method Not Allowed", "");
    let all = rig.until(3_000);
    let asked: Vec<u64> = all.iter().filter(|s| s.2 == "OPTIONS").map(|s| s.0).collect();
    assert_eq!(asked.first(), Some(&1_300));
    assert!(asked.iter().filter(|ms| **ms < 1_900).count() >= 3, "{asked:?}");
    assert_eq!(invites(&all, 1).first(), Some(&1_900));
}

/// When the INVITE of the first try came again after it rang.
fn again(all: &[Sent]) -> Vec<u64> {
    invites(all, 0).into_iter().filter(|ms| *ms > 10).collect()
}

#[test]
fn a_trunk_that_answers_no_options_is_left_as_soon() {
    let mut rig = Rig::new();
    let invite = rig.until(0).remove(0).3;
    rig.answer(10, 0, &invite, "180 Ringing", "");
    let all = rig.until(3_000);
    assert_eq!(again(&all), [610, 810, 1_010]);
    assert_eq!(invites(&all, 1).first(), Some(&1_210));
}

#[test]
fn and_may_ring_as_long_as_it_likes_while_it_answers_what_is_repeated() {
    let mut rig = Rig::new();
    let invite = rig.until(0).remove(0).3;
    rig.answer(10, 0, &invite, "180 Ringing", "");
    for at in (50..30_000).step_by(50) {
        let all = rig.until(at);
        assert_eq!(invites(&all, 1), Vec::<u64>::new());
        if !again(&all).is_empty() {
            rig.answer(at, 0, &invite, "180 Ringing", "");
        }
    }
}

#[test]
fn one_that_spoke_on_after_it_was_given_up_has_longer_from_then_on() {
    let mut rig = Rig::new();
    let invite = rig.until(0).remove(0).3;
    rig.answer(10, 0, &invite, "180 Ringing", "");
    assert_eq!(invites(&rig.until(1_300), 1), [1_210]);
    // It lives, and only did not answer what was repeated.
    rig.answer(1_400, 0, &invite, "200 OK", SDP);
    let _heard = rig.dial(70_000, 3);
    let sent = rig.until(70_000);
    let invite = sent.into_iter().rfind(|s| (s.1, s.2.as_str()) == (0, "INVITE"));
    let invite = invite.expect("it is tried first again").3;
    rig.answer(70_010, 0, &invite, "180 Ringing", "");
    assert_eq!(invites(&rig.until(74_000), 1), [73_610]);
}

/// The first trunk rang and seems to be gone, the second one says busy.
fn busy_elsewhere(mut rig: Rig) -> (Rig, String) {
    let invite = rig.until(0).remove(0).3;
    rig.answer(10, 0, &invite, "180 Ringing", "");
    let second = rig
        .until(1_300)
        .into_iter()
        .find(|s| (s.1, s.2.as_str()) == (1, "INVITE"));
    rig.answer(1_400, 1, &second.expect("it is tried").3, "486 Busy Here", "");
    assert_eq!(
        invites(&rig.until(1_400), 0),
        [1_400],
        "the first is asked once more"
    );
    (rig, invite)
}

fn ended(rig: &mut Rig) -> Option<EndCause> {
    std::iter::from_fn(|| rig.leg.try_recv().ok()).find_map(|e| match e {
        LegEvent::Ended(end) => Some(end.cause),
        _ => None,
    })
}

#[test]
fn busy_ends_the_call_if_the_first_trunk_is_gone() {
    for places in [&[1][..], &[1, 2]] {
        let (mut rig, _) = busy_elsewhere(Rig::with(places));
        let sent = rig.until(2_599);
        assert_eq!(ended(&mut rig), None);
        assert!(
            invites(&sent, 2).is_empty(),
            "the line is as busy by any other way"
        );
        rig.until(2_600);
        let cause = ended(&mut rig);
        assert!(
            matches!(cause, Some(EndCause::Rejected { code: 486, .. })),
            "{cause:?}"
        );
    }
}

#[test]
fn busy_is_our_own_doing_if_the_first_trunk_lives() {
    let (mut rig, invite) = busy_elsewhere(Rig::new());
    rig.answer(1_500, 0, &invite, "180 Ringing", "");
    assert!(!rig.engine.trunks[0].deaf, "it has answered what was repeated");
    rig.until(20_000);
    assert_eq!(ended(&mut rig), None);
    rig.answer(20_000, 0, &invite, "200 OK", SDP);
    let answered =
        std::iter::from_fn(|| rig.leg.try_recv().ok()).any(|e| matches!(e, LegEvent::Answered { .. }));
    assert!(answered);
}

#[test]
fn and_also_where_another_way_is_left() {
    let (mut rig, invite) = busy_elsewhere(Rig::with(&[1, 2]));
    rig.answer(1_500, 0, &invite, "180 Ringing", "");
    rig.until(2_000);
    assert_eq!(ended(&mut rig), None);
    rig.answer(2_000, 0, &invite, "200 OK", SDP);
    let answered =
        std::iter::from_fn(|| rig.leg.try_recv().ok()).any(|e| matches!(e, LegEvent::Answered { .. }));
    assert!(answered);
}

#[test]
fn retry_after_holds_to_its_end() {
    let mut rig = Rig::new();
    let invite = rig.until(0).remove(0).3;
    rig.answer(10, 0, &invite, "503 Full\r\nRetry-After: 20", "");
    let second = rig.until(20).into_iter().find(|s| s.1 == 1 && s.2 == "INVITE");
    rig.answer(30, 1, &second.expect("an INVITE").3, "200 OK", SDP);
    let mut next = |ms: u64, leg: u64| {
        rig.until(ms - 1);
        let _heard = rig.dial(ms, leg);
        let sent = rig.until(ms);
        let invite = sent.into_iter().find(|s| s.2 == "INVITE");
        invite.map(|s| s.1)
    };
    assert_eq!(next(20_000, 3), Some(1), "the first is left alone");
    assert_eq!(next(20_011, 5), Some(0), "and comes first again");
}

#[test]
fn a_call_that_is_up_hears_that_our_address_has_changed() {
    let mut rig = Rig::new();
    let invite = rig.until(0).remove(0).3;
    rig.answer(10, 0, &invite, "200 OK", SDP);
    assert!(matches!(rig.leg.try_recv(), Ok(LegEvent::Answered { .. })));
    let seen = |last: u8| -> HashMap<IpAddr, IpAddr> {
        HashMap::from([(place(0).ip(), IpAddr::from([198, 51, 100, last]))])
    };
    rig.engine.moved(seen(1));
    assert!(rig.leg.try_recv().is_err(), "it was not known before");
    rig.engine.moved(seen(1));
    assert!(rig.leg.try_recv().is_err(), "it is the same");
    rig.engine.moved(seen(2));
    let moved = rig.leg.try_recv();
    assert!(
        matches!(&moved, Ok(LegEvent::Moved { local_ip }) if *local_ip == IpAddr::from([198, 51, 100, 2])),
        "{moved:?}"
    );
    let forgets = |o: &Output| matches!(o, Output::Forget(ip) if *ip == place(0).ip());
    assert!(rig.engine.outputs().iter().any(forgets));
}
