//! Two seconds of a flood: every genuine call is answered, and nothing grows past its bound. How fast is not judged here
//! (`biseo bench flood`, example `flood`).

mod common;

use std::net::SocketAddr;
use std::time::Duration;

use biseo_telephony::config::{Account, Listen, Proto, SecretString, SipConfig};
use biseo_telephony::flood::{Genuine, Storm, TRUNK};
use biseo_telephony::trunk::Trunk;
use biseo_telephony::{GuardFigures, SipEvent};
use common::{Phone, config, description};
use tokio::sync::mpsc;

/// A callee of the genuine trunk, closed to everybody else.
fn guarded() -> SipConfig {
    SipConfig {
        open: false,
        trunks: vec![Trunk::by_address(
            "carrier",
            vec![TRUNK.parse().expect("a network")],
        )],
        accounts: vec![Account {
            name: "owner".into(),
            password: SecretString::from("secret"),
        }],
        ..config()
    }
}

/// Answers what comes.
async fn callee(mut events: mpsc::Receiver<SipEvent>) {
    while let Some(event) = events.recv().await {
        if let SipEvent::IncomingCall(call) = event {
            assert_eq!(
                call.info.trunk.as_deref(),
                Some("carrier"),
                "nobody else gets through"
            );
            call.leg.answer(description(&call));
            tokio::spawn(async move {
                let mut leg = call.leg;
                common::end(&mut leg).await;
            });
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn genuine_calls_are_answered_in_a_flood() {
    let phone = Phone::new(guarded()).await;
    let (stack, to) = (phone.stack.clone(), phone.addr(Proto::Udp));
    let answering = tokio::spawn(callee(phone.events));
    let SocketAddr::V4(v4) = to else { panic!("v4") };
    let storm = Storm {
        target: v4,
        rate: 5000,
        time: Duration::from_secs(2),
        seed: 80,
    };
    let storm = tokio::task::spawn_blocking(move || storm.blow());
    let genuine = Genuine::start([127, 77, 0, 1].into()).await.expect("starts");
    let short = Duration::from_millis(20);
    let calls = genuine
        .place(&format!("sip:0212345678@{to}"), 20, Duration::from_secs(2), short)
        .await;
    let sent = storm.await.expect("ends").expect("sent");
    assert_eq!(calls.answered.len(), calls.placed);
    assert!(
        calls.placed >= 20 && sent >= 1000,
        "{} calls, {sent} junk",
        calls.placed
    );
    bounded(&stack.guard());
    genuine.stop().await;
    stack.shutdown().await;
    answering.abort();
}

/// Strangers got no more than is theirs, and most of the junk was seen for what it is.
fn bounded(figures: &GuardFigures) {
    let rules = SipConfig::default().guard;
    // Seconds of the flood, and a long time for a slow machine.
    assert!(
        figures.strangers as f64 <= rules.strangers_per_second * 30.0,
        "{figures:?}"
    );
    for reason in ["junk", "incomplete", "scanner", "banned"] {
        assert!(figures.dropped(reason) > 0, "{reason}: {figures:?}");
    }
    assert_eq!(
        figures.dropped("known_rate") + figures.dropped("known_waiting"),
        0,
        "{figures:?}"
    );
    assert!(figures.banned > 0 && figures.banned <= rules.bans, "{figures:?}");
}

/// A telephone whose password is right is heard although its address was banned for scanning (by whoever forged it), by TCP.
#[tokio::test]
async fn a_banned_address_comes_in_by_tcp_and_is_forgiven() {
    let phone = Phone::new(guarded()).await;
    let udp = phone.addr(Proto::Udp);
    let scan = "OPTIONS sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1;rport\r\nFrom: <sip:a@b>;tag=1\r\n\
                To: <sip:x@y>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nUser-Agent: friendly-scanner\r\n\r\n";
    let forger = tokio::net::UdpSocket::bind("127.0.0.1:0")
        .await
        .expect("a socket");
    forger.send_to(scan.as_bytes(), udp).await.expect("sent");
    while phone.stack.guard().banned == 0 {
        tokio::task::yield_now().await;
    }
    let listen = vec![Listen {
        proto: Proto::Tcp,
        addr: ([127, 0, 0, 1], 0).into(),
    }];
    let mut trunk = Trunk::by_address("shop", vec![]);
    trunk.server = Some(phone.addr(Proto::Tcp).to_string());
    trunk.proto = Proto::Tcp;
    trunk.credentials = Some(biseo_telephony::config::Credentials {
        user: "owner".into(),
        password: SecretString::from("secret"),
    });
    trunk.register = Some(biseo_telephony::trunk::Registration {
        user: "owner".into(),
        domain: None,
        expires: 120,
    });
    let mut softphone = Phone::new(SipConfig {
        listen,
        trunks: vec![trunk],
        ..config()
    })
    .await;
    assert!(matches!(softphone.event().await, SipEvent::Registered { .. }));
    assert_eq!(phone.stack.guard().banned, 0, "forgiven");
}

/// Whoever scans by TCP has lost the stream, and cannot open another for a while.
#[tokio::test]
async fn a_scanner_by_tcp_is_shut_out() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let phone = Phone::new(guarded()).await;
    let to = phone.addr(Proto::Tcp);
    let scan = "OPTIONS sip:x@y SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n\
                To: <sip:x@y>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nUser-Agent: sipcli\r\nContent-Length: 0\r\n\r\n";
    for _ in 0..2 {
        let mut stream = tokio::net::TcpStream::connect(to).await.expect("connects");
        // The second one is closed at once, so that this may fail.
        let _ = stream.write_all(scan.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(common::PATIENCE, stream.read_to_end(&mut answer))
            .await
            .expect("closed");
        assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    }
    let figures = phone.stack.guard();
    assert_eq!((figures.dropped("scanner"), figures.banned), (1, 1));
    assert!(figures.dropped("banned") >= 1);
}

fn register(branch: &str) -> String {
    format!(
        "REGISTER sip:biseo SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK{branch};rport\r\nFrom: <sip:owner@biseo>;tag=1\r\n\
         To: <sip:owner@biseo>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nContact: <sip:owner@127.0.0.1>\r\n\r\n"
    )
}

/// Sends a message from an address of loopback; gives a header of the answer, which must have that status.
async fn asked(from: [u8; 4], to: SocketAddr, message: &str, status: &str, header: &str) -> String {
    let socket = tokio::net::UdpSocket::bind(SocketAddr::from((from, 0)))
        .await
        .expect("a socket");
    socket.send_to(message.as_bytes(), to).await.expect("sent");
    let mut buffer = [0; 4096];
    let read = tokio::time::timeout(common::PATIENCE, socket.recv(&mut buffer));
    let n = read.await.expect("an answer").expect("reads");
    let text = String::from_utf8_lossy(&buffer[..n]).into_owned();
    assert!(text.starts_with(&format!("SIP/2.0 {status} ")), "{text}");
    let value = text.lines().find_map(|l| l.strip_prefix(&format!("{header}: ")));
    value.expect(header).to_owned()
}

/// Of a stranger's challenged request nothing is kept: the repeated one is answered anew, with the same tag (RFC 3261 §8.2.7).
#[tokio::test]
async fn strangers_are_answered_without_state() {
    let phone = Phone::new(guarded()).await;
    let (to, here) = (phone.addr(Proto::Udp), [127, 0, 0, 1]);
    let first = asked(here, to, &register("a"), "401", "To").await;
    let again = asked(here, to, &register("a"), "401", "To").await;
    let other = asked(here, to, &register("b"), "401", "To").await;
    assert_eq!(first, again);
    assert_ne!(first, other);
    let nonce = asked(here, to, &register("a"), "401", "WWW-Authenticate").await;
    assert_ne!(
        nonce,
        asked(here, to, &register("a"), "401", "WWW-Authenticate").await
    );
}

/// Where there is no room, a trunk is told to come back; strangers hear nothing.
#[tokio::test]
async fn who_is_known_is_told_that_there_is_no_room() {
    let mut config = guarded();
    config.limits.max_transactions = 0;
    let phone = Phone::new(config).await;
    let to = phone.addr(Proto::Udp);
    let stranger = tokio::net::UdpSocket::bind("127.0.0.1:0")
        .await
        .expect("a socket");
    stranger
        .send_to(register("a").as_bytes(), to)
        .await
        .expect("sent");
    let answer = asked([127, 77, 0, 1], to, &register("b"), "503", "Retry-After").await;
    assert_eq!(answer, "5");
    while phone.stack.guard().strangers == 0 {
        tokio::task::yield_now().await;
    }
    // By now the engine has seen the stranger's, unless this machine is very slow.
    asked([127, 77, 0, 1], to, &register("c"), "503", "Retry-After").await;
    assert!(stranger.try_recv(&mut [0; 10]).is_err());
}

async fn connect(from: [u8; 4], to: SocketAddr) -> tokio::net::TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from((from, 0))).expect("binds");
    socket.connect(to).await.expect("connects")
}

async fn closed(stream: &mut tokio::net::TcpStream) -> bool {
    use tokio::io::AsyncReadExt;
    let mut buffer = [0; 100];
    let read = tokio::time::timeout(common::PATIENCE, stream.read(&mut buffer));
    matches!(read.await.expect("an end"), Ok(0) | Err(_))
}

/// Strangers have their share of connections and no more, and silent ones are closed; a trunk finds room.
#[tokio::test]
async fn strangers_leave_room_for_connections() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut config = guarded();
    config.limits.max_connections = 4;
    config.guard.stranger_connections = 3;
    config.guard.stranger_idle = Duration::from_millis(400);
    let phone = Phone::new(config).await;
    let to = phone.addr(Proto::Tcp);
    let mut strangers = Vec::new();
    for _ in 0..10 {
        strangers.push(connect([127, 0, 0, 1], to).await);
    }
    while phone.stack.guard().dropped("connection") < 7 {
        tokio::task::yield_now().await;
    }
    let mut trunk = connect([127, 77, 0, 1], to).await;
    let ping = "OPTIONS sip:x@y SIP/2.0\r\nVia: SIP/2.0/TCP 127.77.0.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n\
                To: <sip:x@y>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
    trunk.write_all(ping.as_bytes()).await.expect("written");
    let mut begin = [0; 12];
    trunk.read_exact(&mut begin).await.expect("an answer");
    assert_eq!(&begin, b"SIP/2.0 200 ");
    for stranger in &mut strangers {
        assert!(closed(stranger).await, "silent strangers are closed");
    }
}
