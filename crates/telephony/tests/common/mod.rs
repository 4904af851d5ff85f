//! A stack on loopback, and a callee that answers.
#![allow(dead_code)] // each test file uses its part

pub mod raw;

use std::net::SocketAddr;
use std::time::Duration;

use biseo_telephony::config::{Listen, Proto, SipConfig, Timers};
use biseo_telephony::sdp::{Codec, Direction, LocalCaps, LocalSrtp, Origin, answer, offer};
use biseo_telephony::{EndCause, Ended, IncomingCall, Leg, LegEvent, OutgoingCall, SipEvent, SipStack};
use tokio::sync::mpsc;

/// Nothing here takes longer unless it is broken.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Open to everybody, on a port that the system chooses, UDP and TCP, with short timers.
pub fn config() -> SipConfig {
    let addr = SocketAddr::from(([127, 0, 0, 1], 0));
    let listen = vec![
        Listen {
            proto: Proto::Udp,
            addr,
        },
        Listen {
            proto: Proto::Tcp,
            addr,
        },
    ];
    let timers = Timers {
        t1: Duration::from_millis(40),
        t2: Duration::from_millis(160),
        ..Timers::default()
    };
    SipConfig {
        listen,
        timers,
        open: true,
        ..SipConfig::default()
    }
}

pub struct Phone {
    pub stack: SipStack,
    pub events: mpsc::Receiver<SipEvent>,
}

impl Phone {
    pub async fn new(config: SipConfig) -> Self {
        let (stack, events) = SipStack::start(config).await.expect("starts");
        Self { stack, events }
    }

    pub fn addr(&self, proto: Proto) -> SocketAddr {
        self.stack
            .bound()
            .iter()
            .find(|(p, _)| *p == proto)
            .expect("bound")
            .1
    }

    pub async fn event(&mut self) -> SipEvent {
        tokio::time::timeout(PATIENCE, self.events.recv())
            .await
            .expect("an event in time")
            .expect("the stack runs")
    }

    pub async fn incoming(&mut self) -> IncomingCall {
        loop {
            if let SipEvent::IncomingCall(call) = self.event().await {
                return *call;
            }
        }
    }

    pub async fn dial(&self, to: &str) -> Leg {
        let call = OutgoingCall {
            to: to.to_owned(),
            sdp: offer(&caps(41_000)),
            ..OutgoingCall::default()
        };
        self.stack.call(call).await.expect("a way")
    }
}

pub fn caps(port: u16) -> LocalCaps {
    LocalCaps {
        codecs: vec![Codec::Pcma, Codec::Pcmu],
        addr: [127, 0, 0, 1].into(),
        port,
        dtmf: true,
        ptime_ms: 20,
        rtcp_mux: false,
        srtp: LocalSrtp::off(),
        ice: None,
        direction: Direction::SendRecv,
        origin: Origin::new(1),
    }
}

/// Our description for a call: an answer to its offer, or an offer.
pub fn description(call: &IncomingCall) -> String {
    match &call.info.offer {
        Some(o) => answer(o, &caps(42_000)).expect("fits").0.text,
        None => offer(&caps(42_000)),
    }
}

pub async fn next(leg: &mut Leg) -> LegEvent {
    tokio::time::timeout(PATIENCE, leg.next_event())
        .await
        .expect("an event in time")
}

pub async fn end(leg: &mut Leg) -> Ended {
    loop {
        if let LegEvent::Ended(e) = next(leg).await {
            return e;
        }
    }
}

pub fn rejected(end: &Ended) -> u16 {
    match end.cause {
        EndCause::Rejected { code, .. } => code,
        _ => 0,
    }
}
