//! Callers behind a router that translates addresses and who do not know it: Via, Contact and SDP name addresses that cannot be
//! reached. They are written here by hand, on a bare socket.

mod common;

use std::net::SocketAddr;
use std::time::Duration;

use biseo_telephony::config::{Proto, SipConfig};
use biseo_telephony::{EndCause, LegEvent};
use common::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

struct Hidden {
    socket: UdpSocket,
    to: SocketAddr,
}

impl Hidden {
    async fn new(to: SocketAddr) -> Self {
        let socket = UdpSocket::bind("127.0.9.1:0").await.unwrap();
        Self { socket, to }
    }

    async fn send(&self, text: &str) {
        self.socket.send_to(text.as_bytes(), self.to).await.unwrap();
    }

    /// The next message that begins so.
    async fn receive(&self, begin: &str) -> String {
        let mut octets = vec![0; 65_536];
        loop {
            let got = tokio::time::timeout(PATIENCE, self.socket.recv_from(&mut octets)).await;
            let (len, _) = got.unwrap_or_else(|_| panic!("no {begin}")).unwrap();
            let text = String::from_utf8_lossy(&octets[..len]).into_owned();
            if text.starts_with(begin) {
                return text;
            }
        }
    }
}

fn invite(via: &str, contact: &str, more: &str) -> String {
    let sdp =
        "v=0\r\no=- 1 1 IN IP4 10.1.2.3\r\ns=-\r\nc=IN IP4 10.1.2.3\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";
    format!(
        "INVITE sip:shop@biseo SIP/2.0\r\nVia: SIP/2.0/{via};branch=z9hG4bKnat{}\r\nMax-Forwards: 70\r\n\
         From: <sip:me@phone>;tag=a\r\nTo: <sip:shop@biseo>\r\nCall-ID: nat-{}\r\nCSeq: 1 INVITE\r\n\
         Contact: <sip:me@{contact}>\r\n{more}Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
        via.len(),
        via.len(),
        sdp.len()
    )
}

fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let line = message.lines().find(|l| l.starts_with(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name}: {message}"))
        .split_once(": ")
        .unwrap()
        .1
}

fn ack(invite: &str, ok: &str) -> String {
    format!(
        "ACK sip:shop@biseo SIP/2.0\r\nVia: SIP/2.0/UDP 10.1.2.3:5060;rport;branch=z9hG4bKack\r\nMax-Forwards: 70\r\n\
         From: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n",
        header(invite, "From"),
        header(ok, "To"),
        header(invite, "Call-ID")
    )
}

#[tokio::test]
async fn a_caller_who_lies_unawares_is_answered_and_called_back_where_it_is() {
    let mut shop = Phone::new(config()).await;
    let caller = Hidden::new(shop.addr(Proto::Udp)).await;
    let text = invite("UDP 10.1.2.3:5060;rport", "10.1.2.3:5060", "");
    caller.send(&text).await;
    let mut call = shop.incoming().await;
    assert!(call.info.behind_nat);
    assert_eq!(call.info.source, caller.socket.local_addr().unwrap());
    call.leg.answer(description(&call));
    let ok = caller.receive("SIP/2.0 200").await;
    let port = caller.socket.local_addr().unwrap().port();
    let via = header(&ok, "Via");
    assert!(
        via.contains("received=127.0.9.1") && via.contains(&format!("rport={port}")),
        "{via}"
    );
    caller.send(&ack(&text, &ok)).await;
    assert!(matches!(next(&mut call.leg).await, LegEvent::Acked));
    // Requests within the dialog go where it is, though they are addressed to where it says.
    call.leg.reinvite(description(&call));
    let again = caller.receive("INVITE ").await;
    assert!(
        again.starts_with("INVITE sip:me@10.1.2.3:5060 SIP/2.0"),
        "{again}"
    );
    call.leg.hangup();
    caller.receive("BYE sip:me@10.1.2.3:5060 SIP/2.0").await;
}

#[tokio::test]
async fn only_the_port_differs() {
    let mut shop = Phone::new(config()).await;
    let caller = Hidden::new(shop.addr(Proto::Udp)).await;
    let text = invite("UDP 127.0.9.1:5099;rport", "127.0.9.1:5099", "");
    caller.send(&text).await;
    let call = shop.incoming().await;
    assert!(call.info.behind_nat);
    call.leg.answer(description(&call));
    let ok = caller.receive("SIP/2.0 200").await;
    caller.send(&ack(&text, &ok)).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    call.leg.hangup();
    caller.receive("BYE ").await;
}

#[tokio::test]
async fn what_stands_behind_a_proxy_is_left_alone() {
    let mut shop = Phone::new(config()).await;
    let proxy = Hidden::new(shop.addr(Proto::Udp)).await;
    let phone = UdpSocket::bind("127.0.9.2:0").await.unwrap();
    let at = proxy.socket.local_addr().unwrap();
    let contact = phone.local_addr().unwrap().to_string();
    // The proxy's Via is true; without Record-Route it wants no more of the call.
    let text = invite(&format!("UDP {at};rport"), &contact, "");
    proxy.send(&text).await;
    let call = shop.incoming().await;
    assert!(!call.info.behind_nat);
    call.leg.answer(description(&call));
    let ok = proxy.receive("SIP/2.0 200").await;
    proxy.send(&ack(&text, &ok)).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    call.leg.hangup();
    let mut octets = [0; 4096];
    let got = tokio::time::timeout(PATIENCE, phone.recv_from(&mut octets)).await;
    let (len, _) = got.expect("a BYE at its Contact").unwrap();
    assert!(octets[..len].starts_with(b"BYE "));
}

#[tokio::test]
async fn by_a_connection_all_goes_back_in_it() {
    let mut shop = Phone::new(SipConfig { ..config() }).await;
    let mut stream = TcpStream::connect(shop.addr(Proto::Tcp)).await.unwrap();
    let text = invite("TCP 10.1.2.3:5060;rport", "10.1.2.3:5060;transport=tcp", "");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut call = shop.incoming().await;
    assert!(call.info.behind_nat);
    call.leg.answer(description(&call));
    let mut seen = String::new();
    let mut until = async |stream: &mut TcpStream, what: &str| {
        while !seen.contains(what) {
            let mut octets = [0; 4096];
            let read = tokio::time::timeout(PATIENCE, stream.read(&mut octets)).await;
            let len = read.unwrap_or_else(|_| panic!("no {what}: {seen}")).unwrap();
            assert!(len > 0, "closed before {what}");
            seen += &String::from_utf8_lossy(&octets[..len]);
        }
        seen.clone()
    };
    let ok = until(&mut stream, "SIP/2.0 200").await;
    let ok = &ok[ok.find("SIP/2.0 200").unwrap()..];
    stream
        .write_all(ack(&text, ok).replace("UDP", "TCP").as_bytes())
        .await
        .unwrap();
    assert!(matches!(next(&mut call.leg).await, LegEvent::Acked));
    call.leg.hangup();
    until(&mut stream, "BYE sip:me@10.1.2.3:5060").await;
    assert_eq!(end(&mut call.leg).await.cause, EndCause::Hangup);
}
