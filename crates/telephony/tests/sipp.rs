//! sipp calls the stack (Debian package `sip-tester`): an independent implementation, with its own idea of the RFCs.

mod common;

use std::process::Stdio;

use biseo_telephony::auth::Algorithm;
use biseo_telephony::config::{Account, Proto, SecretString, SessionTimers, SipConfig, Timers};
use biseo_telephony::sdp::{Codec, LocalCaps, Sdp, answer, offer};
use biseo_telephony::{IncomingCall, LegEvent, SipEvent};
use common::{Phone, caps, config, next};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/sip");

fn ours() -> LocalCaps {
    LocalCaps {
        codecs: vec![Codec::Opus, Codec::G722, Codec::Pcma, Codec::Pcmu],
        ..caps(40_000)
    }
}

fn describe(offered: Option<&Sdp>, caps: &LocalCaps) -> String {
    offered.map_or_else(|| offer(caps), |o| answer(o, caps).expect("fits").0.text)
}

/// Answers as the dialled name says: `ring` only rings, `early` has early media, anything else is answered at once.
async fn serve(mut call: IncomingCall) {
    let mut caps = ours();
    let text = describe(call.info.offer.as_ref(), &caps);
    match call.info.dialled.number.as_str() {
        "ring" => call.leg.ringing(),
        "early" => {
            call.leg.ringing();
            call.leg.progress(text.clone());
            call.leg.answer(text);
        }
        _ => call.leg.answer(text),
    }
    loop {
        match next(&mut call.leg).await {
            LegEvent::Reoffer(change) => {
                caps.origin = caps.origin.next();
                let text = describe(change.sdp.as_ref(), &caps);
                change.accept(text);
            }
            LegEvent::Ended(_) => return,
            _ => {}
        }
    }
}

/// Runs sipp against a stack with this configuration; gives what it printed.
async fn sipp(config: SipConfig, args: &[&str]) -> String {
    let mut phone = Phone::new(config).await;
    let target = phone.addr(Proto::Udp).to_string();
    let server = tokio::spawn(async move {
        while let Some(event) = phone.events.recv().await {
            if let SipEvent::IncomingCall(call) = event {
                tokio::spawn(serve(*call));
            }
        }
    });
    let run = tokio::process::Command::new("sipp")
        .args(["-i", "127.0.0.1", "-nostdin", "-timeout", "40s", "-timeout_error"])
        .args(args)
        .arg(target)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("sipp is missing: apt-get install sip-tester");
    server.abort();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(run.status.success(), "sipp says:\n{text}");
    text
}

async fn scenario(name: &str, config: SipConfig) {
    sipp(config, &["-sf", &format!("{FOLDER}/{name}.xml"), "-m", "1"]).await;
}

/// Timers of the RFC, so that a retransmission is a fault and not haste.
fn patient() -> SipConfig {
    SipConfig {
        timers: Timers::default(),
        ..config()
    }
}

#[tokio::test]
async fn two_hundred_calls_at_twenty_a_second_without_retransmission() {
    let text = sipp(
        patient(),
        &["-sn", "uac", "-s", "x", "-m", "200", "-r", "20", "-d", "500"],
    )
    .await;
    let last = text.rsplit("Messages  Retrans").next().expect("statistics");
    let row = |start: &str| {
        last.lines()
            .find(|l| l.trim_start().starts_with(start))
            .map(str::to_owned)
    };
    for start in ["INVITE", "BYE", "200"] {
        let numbers: Vec<String> = row(start)
            .unwrap_or_default()
            .split_whitespace()
            .filter(|w| w.parse::<u32>().is_ok())
            .map(str::to_owned)
            .collect();
        let counts = numbers
            .iter()
            .skip_while(|n| *n != "200")
            .skip(usize::from(start == "200"))
            .collect::<Vec<_>>();
        assert!(
            counts.first().is_some_and(|n| *n == "200") && counts.get(1).is_some_and(|n| *n == "0"),
            "{start}: {row:?}",
            row = row(start)
        );
    }
}

#[tokio::test]
async fn basic_call_on_tcp() {
    let mut phone = Phone::new(patient()).await;
    let target = phone.addr(Proto::Tcp).to_string();
    let server = tokio::spawn(async move {
        while let Some(event) = phone.events.recv().await {
            if let SipEvent::IncomingCall(call) = event {
                tokio::spawn(serve(*call));
            }
        }
    });
    let run = tokio::process::Command::new("sipp")
        .args([
            "-i",
            "127.0.0.1",
            "-nostdin",
            "-timeout",
            "20s",
            "-timeout_error",
            "-t",
            "t1",
            "-sn",
            "uac",
            "-m",
            "3",
            &target,
        ])
        .stdin(Stdio::null())
        .output()
        .await
        .expect("sipp is missing: apt-get install sip-tester");
    server.abort();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[tokio::test]
async fn late_offer() {
    scenario("late_offer", patient()).await;
}

#[tokio::test]
async fn hold_and_resume() {
    scenario("hold_resume", patient()).await;
}

#[tokio::test]
async fn a_new_address() {
    scenario("new_address", patient()).await;
}

#[tokio::test]
async fn cancel() {
    scenario("cancel", patient()).await;
}

#[tokio::test]
async fn prack() {
    scenario("prack", patient()).await;
}

#[tokio::test]
async fn session_expiry() {
    let session = SessionTimers {
        expires: 2,
        min_se: 1,
        we_refresh: false,
    };
    scenario("session_expiry", SipConfig { session, ..patient() }).await;
}

#[tokio::test]
async fn interval_too_small() {
    let session = SessionTimers {
        expires: 10,
        min_se: 2,
        we_refresh: false,
    };
    scenario("interval_too_small", SipConfig { session, ..patient() }).await;
}

#[tokio::test]
async fn digest() {
    let accounts = vec![Account {
        name: "owner".into(),
        password: SecretString::from("secret"),
    }];
    scenario(
        "digest",
        SipConfig {
            accounts,
            digests: vec![Algorithm::Md5], // sipp reads one challenge and knows MD5 only
            open: false,
            ..patient()
        },
    )
    .await;
}
