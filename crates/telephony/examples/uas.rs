//! A callee for trying things out: answers every call with a description and changes as asked, and prints what happens.
//!
//! `cargo run --example uas -- 127.0.0.1:5070`; a dialled number `486` is busy, `ring` rings first, `late` offers in 183.

use biseo_telephony::config::{Listen, Proto, SipConfig};
use biseo_telephony::sdp::{Codec, Direction, LocalCaps, LocalSrtp, Origin, Sdp, answer, offer};
use biseo_telephony::{IncomingCall, LegEvent, SipEvent, SipStack};

fn caps(call: &IncomingCall, origin: Origin) -> LocalCaps {
    LocalCaps {
        codecs: vec![Codec::Opus, Codec::G722, Codec::Pcma, Codec::Pcmu],
        addr: call.info.local_ip,
        port: 40_000,
        dtmf: true,
        ptime_ms: 20,
        rtcp_mux: true,
        srtp: LocalSrtp::off(),
        ice: None,
        direction: Direction::SendRecv,
        origin,
    }
}

fn describe(offered: Option<&Sdp>, caps: &LocalCaps) -> Option<String> {
    match offered {
        Some(sdp) => answer(sdp, caps).ok().map(|(a, _)| a.text),
        None => Some(offer(caps)),
    }
}

async fn serve(mut call: IncomingCall) {
    let mut caps = caps(&call, Origin::new(call.leg.id().to_string().parse().unwrap_or(1)));
    match (
        call.info.dialled.number.as_str(),
        describe(call.info.offer.as_ref(), &caps),
    ) {
        ("486", _) => return call.leg.reject(486, None, None),
        (_, None) => return call.leg.reject(488, None, None),
        ("ring", _) => call.leg.ringing(),
        ("early", Some(text)) => {
            call.leg.ringing();
            call.leg.progress(text.clone());
            call.leg.answer(text);
        }
        (_, Some(text)) => call.leg.answer(text),
    }
    loop {
        match call.leg.next_event().await {
            LegEvent::Reoffer(change) => {
                caps.origin = caps.origin.next();
                match describe(change.sdp.as_ref(), &caps) {
                    Some(text) => change.accept(text),
                    None => change.reject(488),
                }
            }
            LegEvent::Ended(end) => return println!("ended {end:?}"),
            other => println!("{other:?}"),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_env_filter("debug").init();
    let addr = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:5070".to_owned())
        .parse()?;
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
    let (stack, mut events) = SipStack::start(SipConfig {
        listen,
        open: true,
        ..SipConfig::default()
    })
    .await?;
    println!("listening on {:?}", stack.bound());
    while let Some(event) = events.recv().await {
        match event {
            SipEvent::IncomingCall(call) => drop(tokio::spawn(serve(*call))),
            other => println!("{other:?}"),
        }
    }
    Ok(())
}
