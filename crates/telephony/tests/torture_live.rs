//! The torture messages of RFC 4475 thrown at a running stack: each gets its answer or silence, and after each one the
//! stack still answers.

mod common;

use biseo_telephony::config::{Account, Proto, SecretString, SipConfig};
use biseo_telephony::{IncomingCall, SipEvent};
use common::{PATIENCE, Phone, config, description};
use tokio::net::UdpSocket;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/torture");

/// The final status, 0 for silence. INVITEs that are sound are answered by the callee with 200, or 488 if their
/// description has nothing that fits.
const EXPECTED: [(&str, u16); 49] = [
    ("badaspec", 200),
    ("badbranch", 200),
    ("baddate", 200),
    ("baddn", 200),
    ("badinv01", 400),
    ("badvers", 505),
    ("bcast", 0),
    ("bext01", 420),
    ("bigcode", 0),
    ("clerr", 400),
    ("cparam01", 401),
    ("cparam02", 401),
    ("dblreq", 401),
    ("esc01", 200),
    ("esc02", 501),
    ("escnull", 401),
    ("escruri", 400),
    ("insuf", 400),
    ("intmeth", 501),
    ("inv2543", 200),
    ("invut", 415),
    ("longreq", 200),
    ("ltgtruri", 400),
    ("lwsdisp", 200),
    ("lwsruri", 400),
    ("lwsstart", 400),
    ("mcl01", 400),
    ("mismatch01", 400),
    ("mismatch02", 400),
    ("mpart01", 405),
    ("multi01", 400),
    ("ncl", 400),
    ("noreason", 0),
    ("novelsc", 416),
    ("quotbal", 400),
    ("regaut01", 401),
    ("regbadct", 401),
    ("regescrt", 401),
    ("scalar02", 400),
    ("scalarlg", 0),
    ("sdp01", 406),
    ("semiuri", 200),
    ("transports", 200),
    ("trws", 400),
    ("unkscm", 416),
    ("unksm2", 401),
    ("unreason", 0),
    ("wsinv", 481),
    ("zeromf", 200),
];

/// Adds `rport` to the first Via, so that the answer comes to our port and not to the one that the message names.
fn with_rport(message: &[u8]) -> Vec<u8> {
    let text: String = message.iter().map(|b| char::from(*b)).collect();
    let lower = text.to_ascii_lowercase();
    let via = lower
        .find("\nvia")
        .or_else(|| lower.find("\nv:"))
        .map_or(0, |at| at + 1);
    let at = text[via..].find([';', ',']).map(|p| via + p);
    let line_end = text[via..].find("\r\n").map_or(text.len(), |p| via + p);
    let at = at
        .filter(|a| *a < line_end || text[line_end + 2..].starts_with([' ', '\t']))
        .unwrap_or(line_end);
    let mut out = text;
    out.insert_str(at, ";rport");
    out.chars()
        .map(|c| u8::try_from(u32::from(c)).expect("an octet"))
        .collect()
}

/// The status of a response to `message`; those to our OPTIONS end the waiting.
async fn final_status(socket: &UdpSocket, probe: &str) -> u16 {
    let (mut buffer, mut status) = (vec![0; 65_535], 0);
    loop {
        let n = tokio::time::timeout(PATIENCE, socket.recv(&mut buffer))
            .await
            .expect("the stack answers")
            .expect("reads");
        let text = String::from_utf8_lossy(&buffer[..n]).into_owned();
        let code: u16 = text
            .split(' ')
            .nth(1)
            .and_then(|c| c.parse().ok())
            .expect("a response");
        if text.contains(probe) {
            return status;
        }
        if code >= 200 && status == 0 {
            status = code;
        }
    }
}

async fn callee(mut phone: Phone) {
    while let Some(event) = phone.events.recv().await {
        if let SipEvent::IncomingCall(call) = event {
            let call: IncomingCall = *call;
            call.leg.answer(description(&call));
            tokio::spawn(async move {
                let mut leg = call.leg;
                common::end(&mut leg).await;
            });
        }
    }
}

#[tokio::test]
async fn each_message_gets_its_answer_and_none_wedges_the_stack() {
    let mut limits = config().limits;
    limits.stranger_requests_per_second = 10_000.0;
    let accounts = vec![Account {
        name: "j.user".into(),
        password: SecretString::from("x"),
    }];
    let phone = Phone::new(SipConfig {
        accounts,
        limits,
        ..config()
    })
    .await;
    let addr = phone.addr(Proto::Udp);
    tokio::spawn(callee(phone));
    let mut found = Vec::new();
    for (i, (name, _)) in EXPECTED.iter().enumerate() {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        socket.connect(addr).await.expect("connects");
        let raw = std::fs::read(format!("{FOLDER}/{name}.dat")).expect("the message");
        socket.send(&with_rport(&raw)).await.expect("sent");
        // Long enough for the callee to answer, which runs in another task: ask a few times.
        let mut status = 0;
        for round in 0..20 {
            let probe = format!("probe-{i}-{round}");
            let options = format!(
                "OPTIONS sip:x@{addr} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK{probe}\r\n\
                 From: <sip:p@p>;tag=1\r\nTo: <sip:x@y>\r\nCall-ID: {probe}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
            );
            socket.send(options.as_bytes()).await.expect("sent");
            status = final_status(&socket, &probe).await;
            if status != 0 {
                break;
            }
        }
        found.push((*name, status));
    }
    assert_eq!(found, EXPECTED);
}
