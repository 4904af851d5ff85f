//! Finding trunks by NAPTR, SRV and A (RFC 3263), from a name server on loopback that knows one zone.

mod common;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use biseo_telephony::config::{Proto, SipConfig};
use biseo_telephony::sdp::offer;
use biseo_telephony::trunk::Trunk;
use biseo_telephony::{LegEvent, OutgoingCall};
use common::{Phone, caps, config, description, next};
use tokio::net::UdpSocket;

const A: u16 = 1;
const SRV: u16 = 33;
const NAPTR: u16 = 35;

/// Name, type and data of a record.
type Record = (String, u16, Vec<u8>);

/// A name server (RFC 1035): answers from its zone, and nothing when it is dead.
struct NameServer {
    at: SocketAddr,
    asked: Arc<AtomicUsize>,
    dead: Arc<AtomicBool>,
}

fn name(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in text.split('.').filter(|l| !l.is_empty()) {
        out.push(u8::try_from(label.len()).unwrap());
        out.extend(label.bytes());
    }
    out.push(0);
    out
}

fn text(s: &str) -> Vec<u8> {
    let mut out = vec![u8::try_from(s.len()).unwrap()];
    out.extend(s.bytes());
    out
}

fn srv(of: &str, priority: u16, port: u16, host: &str) -> Record {
    let data = [priority, 10, port].into_iter().flat_map(|n| n.to_be_bytes());
    (of.into(), SRV, data.chain(name(host)).collect())
}

fn naptr(of: &str, order: u16, service: &str, to: &str) -> Record {
    let mut data: Vec<u8> = [order, 10].into_iter().flat_map(|n| n.to_be_bytes()).collect();
    for part in ["s", service, ""] {
        data.extend(text(part));
    }
    data.extend(name(to));
    (of.into(), NAPTR, data)
}

fn a(of: &str, ip: [u8; 4]) -> Record {
    (of.into(), A, ip.to_vec())
}

/// The name and type that a question asks for, and where it ends.
fn question(octets: &[u8]) -> (String, u16, usize) {
    let (mut at, mut labels) = (12, Vec::new());
    while octets[at] != 0 {
        let len = octets[at] as usize;
        labels.push(String::from_utf8_lossy(&octets[at + 1..=at + len]).to_lowercase());
        at += len + 1;
    }
    let kind = u16::from_be_bytes([octets[at + 1], octets[at + 2]]);
    (labels.join("."), kind, at + 5)
}

fn reply(asked: &[u8], zone: &[Record]) -> Vec<u8> {
    let (of, kind, end) = question(asked);
    let found: Vec<&Record> = zone.iter().filter(|r| r.0 == of && r.1 == kind).collect();
    let known = zone.iter().any(|r| r.0 == of);
    let mut out = asked[..2].to_vec();
    // Answer, authoritative, recursion available; NXDOMAIN for names that are in no record.
    out.extend([0x85, if known { 0x80 } else { 0x83 }, 0, 1]);
    out.extend(u16::try_from(found.len()).unwrap().to_be_bytes());
    out.extend([0, 0, 0, 0]);
    out.extend(&asked[12..end]);
    for (_, kind, data) in found {
        out.extend([0xc0, 12]);
        out.extend(kind.to_be_bytes());
        out.extend([0, 1, 0, 0, 0, 1]);
        out.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        out.extend(data);
    }
    out
}

impl NameServer {
    async fn new(zone: Vec<Record>) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let at = socket.local_addr().unwrap();
        let (asked, dead) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let (count, mute) = (asked.clone(), dead.clone());
        tokio::spawn(async move {
            let mut octets = [0; 4096];
            while let Ok((len, from)) = socket.recv_from(&mut octets).await {
                count.fetch_add(1, Ordering::Relaxed);
                if !mute.load(Ordering::Relaxed) {
                    let _ = socket.send_to(&reply(&octets[..len], &zone), from).await;
                }
            }
        });
        Self { at, asked, dead }
    }
}

fn by(server: &str, any_proto: bool) -> Trunk {
    let mut trunk = Trunk::by_address("t", vec![]);
    trunk.server = Some(server.into());
    trunk.any_proto = any_proto;
    trunk
}

async fn house(at: &NameServer, trunk: Trunk) -> Phone {
    let mut config = SipConfig {
        name_servers: vec![at.at],
        trunks: vec![trunk],
        ..config()
    };
    config.timers.hedge = std::time::Duration::from_millis(150);
    Phone::new(config).await
}

async fn calls(house: &Phone, carrier: &mut Phone) {
    let call = OutgoingCall {
        to: "0212345678".into(),
        trunk: Some("t".into()),
        sdp: offer(&caps(41_000)),
        ..OutgoingCall::default()
    };
    let mut leg = house.stack.call(call).await.expect("a way");
    let call = carrier.incoming().await;
    call.leg.answer(description(&call));
    assert!(matches!(next(&mut leg).await, LegEvent::Answered { .. }));
}

#[tokio::test]
async fn the_provider_chooses_the_protocol_and_its_second_server_takes_over() {
    let mut carrier = Phone::new(config()).await;
    let (udp, tcp) = (carrier.addr(Proto::Udp), carrier.addr(Proto::Tcp));
    // Its first server by TCP listens no more.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = gone.local_addr().unwrap().port();
    drop(gone);
    let names = NameServer::new(vec![
        naptr("carrier.test", 10, "SIP+D2T", "_sip._tcp.carrier.test"),
        naptr("carrier.test", 20, "SIP+D2U", "_sip._udp.carrier.test"),
        naptr("carrier.test", 1, "SIPS+D2T", "_sips._tcp.carrier.test"),
        srv("_sip._tcp.carrier.test", 1, dead, "one.carrier.test"),
        srv("_sip._tcp.carrier.test", 2, tcp.port(), "two.carrier.test"),
        srv("_sip._udp.carrier.test", 1, udp.port(), "two.carrier.test"),
        a("one.carrier.test", [127, 0, 0, 1]),
        a("two.carrier.test", [127, 0, 0, 1]),
    ])
    .await;
    let house = house(&names, by("carrier.test", true)).await;
    calls(&house, &mut carrier).await;
    let places = house.stack.trunks().await.unwrap().remove(0).places;
    assert_eq!(places.len(), 3);
    assert_eq!(places[2].port(), dead, "what failed stands last: {places:?}");
}

#[tokio::test]
async fn srv_records_hold_the_port_and_answers_are_kept() {
    let mut carrier = Phone::new(config()).await;
    let port = carrier.addr(Proto::Udp).port();
    let names = NameServer::new(vec![
        srv("_sip._udp.carrier.test", 1, port, "one.carrier.test"),
        a("one.carrier.test", [127, 0, 0, 1]),
    ])
    .await;
    let house = house(&names, by("carrier.test", false)).await;
    calls(&house, &mut carrier).await;
    // Within the TTL nobody is asked, so that nobody misses a name server that died.
    let asked = names.asked.load(Ordering::Relaxed);
    names.dead.store(true, Ordering::Relaxed);
    calls(&house, &mut carrier).await;
    assert_eq!(names.asked.load(Ordering::Relaxed), asked);
}

#[tokio::test]
async fn a_port_asks_for_addresses_only_and_an_address_for_nothing() {
    let mut carrier = Phone::new(config()).await;
    let port = carrier.addr(Proto::Udp).port();
    let names = NameServer::new(vec![a("carrier.test", [127, 0, 0, 1])]).await;
    let one = house(&names, by(&format!("carrier.test:{port}"), true)).await;
    calls(&one, &mut carrier).await;
    let asked = names.asked.load(Ordering::Relaxed);
    assert!(asked <= 2 * 2, "A and AAAA, at most twice each: {asked}");
    let other = house(&names, by(&format!("127.0.0.1:{port}"), true)).await;
    calls(&other, &mut carrier).await;
    assert_eq!(names.asked.load(Ordering::Relaxed), asked);
}
