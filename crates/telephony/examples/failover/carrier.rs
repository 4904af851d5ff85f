//! A carrier's trunk server: a process of its own that is killed. It rings and answers calls of its customer (`out-RING-ANSWER`, times in
//! ms), and brings calls to where its customer is registered (`in`).

use std::io::Read;
use std::net::SocketAddr;
use std::time::Duration;

use biseo_telephony::config::{Account, Listen, Proto, SipConfig};
use biseo_telephony::{IncomingCall, LegEvent, OutgoingCall, SipEvent, SipStack};

pub const CUSTOMER: &str = "shop";
pub const PASSWORD: &str = "lab";
pub const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";

/// Serves until its standard input ends, which it does with whoever started it.
pub async fn serve(at: SocketAddr) {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let account = Account {
        name: CUSTOMER.into(),
        password: PASSWORD.into(),
    };
    let config = SipConfig {
        listen: vec![Listen {
            proto: Proto::Udp,
            addr: at,
        }],
        domain: at.ip().to_string(),
        accounts: vec![account],
        open: true,
        ..SipConfig::default()
    };
    let (stack, mut events) = SipStack::start(config).await.expect("the address is free");
    println!("ready");
    while let Some(event) = events.recv().await {
        if let SipEvent::IncomingCall(call) = event {
            println!("invite");
            tokio::spawn(carry(stack.clone(), *call));
        }
    }
}

async fn carry(stack: SipStack, call: IncomingCall) {
    let dialled = call.info.dialled.number.clone();
    let times: Vec<u64> = dialled
        .split('-')
        .skip(1)
        .filter_map(|t| t.parse().ok())
        .collect();
    match times.as_slice() {
        [ring, answer] => callee(call, *ring, *answer).await,
        _ => relay(&stack, call).await,
    }
}

async fn callee(mut call: IncomingCall, ring: u64, answer: u64) {
    let control = call.leg.control();
    let picks_up = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(ring)).await;
        control.ringing();
        tokio::time::sleep(Duration::from_millis(answer.saturating_sub(ring))).await;
        control.answer(SDP);
    });
    while !matches!(call.leg.next_event().await, LegEvent::Ended(_)) {}
    picks_up.abort();
}

/// Both halves of a call to the customer.
async fn relay(stack: &SipStack, mut call: IncomingCall) {
    let bound = stack.bindings(CUSTOMER).await.unwrap_or_default();
    let Some(binding) = bound.into_iter().next() else {
        return call.leg.reject(480, None, None);
    };
    let onward = OutgoingCall {
        to: binding.contact,
        flow: Some(binding.flow),
        sdp: SDP.into(),
        ..OutgoingCall::default()
    };
    let Ok(mut to) = stack.call(onward).await else {
        return call.leg.reject(503, None, None);
    };
    loop {
        tokio::select! {
            event = to.next_event() => match event {
                LegEvent::Ringing { .. } => call.leg.ringing(),
                LegEvent::Answered { .. } => call.leg.answer(SDP),
                LegEvent::Ended(_) => return,
                _ => {}
            },
            event = call.leg.next_event() => if let LegEvent::Ended(_) = event { return },
        }
    }
}
